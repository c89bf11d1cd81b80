"""Data flows one way, and so do imports: who may import whom, and what loads when."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Packages and modules of autograder, in the order of the way: each may import itself, those before it, what is shared.
ORDER = (
    *("source", "release", "intake", "sandbox", "judge", "gradebook", "report", "formgrader"),  # the stages
    *("sample", "plan", "classroom"),  # a class: the stages put together
    *("commands", "cli"),
)
# nbgrader takes seconds to import: only these may, and only where they use it.
NBGRADER = {"release", "gradebook", "report", "formgrader"}
# Of course_utils, what labs 06 and 07 alone import.
TORCH = {"course_utils.datasets", "course_utils.loaders"}
# Values that all stages hand on. They import nothing but one another.
SHARED = {f"autograder.{name}" for name in ("errors", "files", "tomlfile", "term", "course", "verdict")}
# Imports modules one by one and prints which of them loads a heavy package that was not there before.
PROGRAM = """
import importlib, sys
names, heavy = sys.argv[1 : sys.argv.index("--")], set(sys.argv[sys.argv.index("--") + 1 :])
for name in names:
    before = heavy & sys.modules.keys()
    importlib.import_module(name)
    for package in sorted(heavy & sys.modules.keys() - before):
        print(f"{name} loads {package}")
"""


@dataclass(frozen=True)
class Import:
    """One import statement: who imports what, where, and whether that happens when the module loads."""

    module: str
    target: str
    place: str
    at_load: bool

    def __str__(self) -> str:
        """Say it as an editor would open it."""
        return f"{self.place}: {self.module} imports {self.target}"


def modules(package: str) -> Iterator[tuple[str, Path]]:
    """List a package's modules: dotted name and file."""
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts).removesuffix(".__init__"), path


def targets(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Name what a statement imports: the module, and below it each name, which may be a module too."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    assert node.level == 0, "imports are absolute in this project"
    return [f"{node.module}.{alias.name}" for alias in node.names]


def loaded_with(tree: ast.Module) -> set[ast.stmt]:
    """Find the statements that run when a module is imported: those outside functions."""
    found: set[ast.stmt] = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.stmt):
            found.add(node)
        waiting.extend(ast.iter_child_nodes(node))
    return found


def imports(package: str) -> Iterator[Import]:
    """List all imports of a package."""
    for name, path in modules(package):
        tree = ast.parse(path.read_text("utf-8"))
        at_load = loaded_with(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield from (Import(name, target, place, node in at_load) for target in targets(node))


def stage(module: str) -> str:
    """Return the package of the order that a module belongs to, or "shared"."""
    if module in SHARED or module.rpartition(".")[0] in SHARED:
        return "shared"
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "shared"


def within(target: str, package: str) -> bool:
    """Tell whether a dotted name is a package or lies in it."""
    return target == package or target.startswith(f"{package}.")


def runs_back(entry: Import) -> bool:
    """Tell whether an import goes against the order."""
    if not within(entry.target, "autograder"):
        return False
    origin, target = stage(entry.module), stage(entry.target)
    if target == "shared":
        return False
    return origin == "shared" or ORDER.index(target) > ORDER.index(origin)


def loaders(names: list[str], heavy: set[str]) -> list[str]:
    """Import modules one after another in a fresh interpreter; name those that load something heavy, and what."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *names, "--", *sorted(heavy)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return done.stdout.splitlines()


def test_every_module_has_its_place_in_the_order() -> None:
    """A new package or module of autograder is placed before it imports anything."""
    unknown = {stage(name) for name, _ in modules("autograder")} - {*ORDER, "shared"}
    assert unknown == set()


def test_no_import_runs_back_up() -> None:
    """A stage knows those before it, not those after it; shared values know no stage."""
    assert [str(entry) for entry in imports("autograder") if runs_back(entry)] == []


def test_a_backward_import_would_be_seen() -> None:
    """The rule tells the two directions apart, shared values aside."""
    pairs = [
        ("autograder.source.lint", "autograder.judge.session.Judge"),
        ("autograder.judge.session", "autograder.sandbox.host.Zygote"),
        ("autograder.intake.folder", "autograder.errors.UsageError"),
        ("autograder.errors", "autograder.source.lab.Lab"),
    ]
    assert [runs_back(Import(*pair, "here", at_load=True)) for pair in pairs] == [True, False, False, True]


def test_grader_and_labs_know_nothing_of_each_other() -> None:
    """The students' bundle works without autograder, and no check can reach the grader."""
    wrong = [entry for entry in imports("course_utils") if within(entry.target, "autograder")]
    wrong += [entry for entry in imports("autograder") if within(entry.target, "course_utils")]
    assert [str(entry) for entry in wrong] == []


def test_nbgrader_is_imported_where_it_is_used() -> None:
    """Only three stages may import nbgrader, inside functions; modules that subclass it are imported lazily."""
    entries = [entry for package in ("autograder", "course_utils") for entry in imports(package)]
    wrong = [entry for entry in entries if within(entry.target, "nbgrader") and stage(entry.module) not in NBGRADER]
    assert [str(entry) for entry in wrong] == []


def test_the_grader_starts_without_nbgrader() -> None:
    """`course --help` answers at once: nbgrader and torch are loaded where they are used."""
    light = [name for name, _ in modules("autograder") if stage(name) not in NBGRADER and not name.endswith("__main__")]
    assert loaders(light, {"nbgrader", "torch", "torchvision"}) == []


def test_labs_start_without_torch() -> None:
    """Labs 01 to 05 do not wait for torch, and students have no grader."""
    heavy = {"torch", "torchvision", "nbgrader", "autograder", "scipy", "sklearn"}
    assert loaders([name for name, _ in modules("course_utils") if name not in TORCH], heavy) == []


def test_importing_the_labs_package_alone_loads_no_numpy() -> None:
    """Its submodules load when they are used."""
    assert loaders(["course_utils"], {"numpy", "matplotlib"}) == []
