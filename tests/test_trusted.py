"""What the trusted side never does with bytes from the student's side: unpickle them, evaluate them, run them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# All that runs in the judge, reads what students wrote, or decodes what their processes send.
TRUSTED = [
    *(
        path
        for name in ("intake", "judge", "gradebook", "report")
        for path in (ROOT / "autograder" / name).glob("*.py")
    ),
    *(ROOT / "autograder" / "sandbox" / f"{name}.py" for name in ("host", "launcher", "values", "wire")),
    *(ROOT / "course_utils" / "checks").rglob("*.py"),
]
MODULES = {
    "pickle",
    "_pickle",
    "cPickle",
    "dill",
    "cloudpickle",
    "marshal",
    "shelve",
    "joblib",
    "jsonpickle",
    "copyreg",
}
CALLS = {"eval", "exec", "compile", "__import__", "execfile", "literal_eval", "fromstring", "run_path", "run_module"}
LOADERS = {("np", "load"), ("numpy", "load"), ("torch", "load"), ("yaml", "load"), ("pd", "read_pickle")}
# Where text is compiled and run, and whose it is.
ALLOWED = {
    ("autograder/judge/check.py", "exec"): "a check cell: the instructor's, from the source notebook",
    ("autograder/judge/check.py", "compile"): "a check or setup cell, the same",
    ("autograder/judge/session.py", "exec"): "a setup cell: the instructor's, from the source notebook",
}
CORE = ("judge/bounds", "judge/changes", "judge/check", "judge/remote", "sandbox/values", "sandbox/wire")


def used(path: Path) -> Iterator[str]:
    """Name what a module does that could run data."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            yield str(node.module)
        elif isinstance(node, ast.Name) and node.id in CALLS:
            yield node.id
        elif isinstance(node, ast.Attribute) and _is_forbidden(node):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            yield "allow_pickle"


def _is_forbidden(node: ast.Attribute) -> bool:
    owner = node.value.id if isinstance(node.value, ast.Name) else ""
    return (owner, node.attr) in LOADERS or (node.attr in CALLS and owner not in ("re", "regex"))


def test_nothing_from_students_is_run_in_trusted_code() -> None:
    """The places where text is run are these, and each runs the instructor's text."""
    found = {(path.relative_to(ROOT).as_posix(), name) for path in TRUSTED for name in used(path)}
    assert found == set(ALLOWED)


def test_the_test_sees_what_it_looks_for(tmp_path: Path) -> None:
    """Each forbidden thing is found, by whatever name."""
    text = (
        "import pickle as p\nfrom dill import loads\neval('1')\nf = exec\n"
        "import builtins\nbuiltins.compile('1', '', 'eval')\n"
        "import numpy as np\nnp.load('x', allow_pickle=True)\nimport re\nre.compile('x')\n"
    )
    (tmp_path / "m.py").write_text(text)
    expected = ["allow_pickle", "compile", "dill", "eval", "exec", "load", "pickle"]
    assert expected == sorted(used(tmp_path / "m.py"))


def test_the_core_is_small() -> None:
    """What decodes a student's bytes and decides is a few hundred statements: one can read all of it."""
    trees = [ast.parse((ROOT / "autograder" / f"{name}.py").read_text(encoding="utf-8")) for name in CORE]
    assert sum(isinstance(node, ast.stmt) for tree in trees for node in ast.walk(tree)) < 800
