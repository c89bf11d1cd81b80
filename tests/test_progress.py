"""What is noted of a student's progress, where and when; and what the start page and a report of a problem say."""

from __future__ import annotations

import ast
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jupyter_client.manager import start_new_kernel

from autograder.course import Course
from autograder.release.build import build
from autograder.source.percent import read_lab
from course_utils import environment, progress
from course_utils.lab import copy_labs, start_command
from course_utils.labs import LabError, find_lab, id_, read_labs
from course_utils.problem import text
from course_utils.start import labs_table
from tests.walks import ROOT, walks_course

# Anything at all, and JSON of any kind.
NOTES = st.binary(max_size=40) | st.recursive(
    st.none() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["checks", "lab", "c"]), inner),
    max_leaves=5,
).map(lambda value: json.dumps(value).encode())
Say = Callable[[str], str]


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the released labs of the small course, and work/ as `make lab` makes it."""
    folder = tmp_path_factory.mktemp("course")
    build(walks_course(folder)).write()
    copy_labs(folder / "labs", folder / "work")
    return folder


@pytest.fixture(scope="module")
def kernel(handed_out: Path) -> Iterator[Any]:
    """Start one kernel in the folder of lab 01, as JupyterLab does."""
    manager, client = start_new_kernel(cwd=str(handed_out / "work" / "01_walks"))
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def say(kernel: Any) -> Say:
    """Run a cell in that kernel, and return what it prints and the lines of its error."""
    return lambda code: said(kernel, code)


def said(client: Any, code: str, after: Callable[[], None] = lambda: None) -> str:
    """Run a cell and return its text; ``after`` is called once it runs."""
    told: list[str] = []

    def hear(message: dict[str, Any]) -> None:
        content = message["content"]
        told.append(content.get("text", "") + "\n".join(content.get("traceback", [])))
        if message["msg_type"] == "stream" and "running" in content["text"]:
            after()

    client.execute_interactive(code, output_hook=hear, timeout=120, allow_stdin=False)
    return "".join(told)


def check_cell(folder: Path) -> str:
    """Return the text of a check as it was handed out."""
    cells = find_lab("01", folder).notebook["cells"]
    return str(next(cell["source"] for cell in cells if id_(cell) == "check_step_values"))


def test_a_kernel_notes_what_its_checks_say(handed_out: Path, say: Say) -> None:
    """Open, wrong, right: the last counts. What is no check of the lab is not noted."""
    work, check = handed_out / "work", check_cell(handed_out)
    say("import numpy as np\nfrom course_utils import checks")
    states = []
    for answer in ("step = None", "def step(x, length): return x", "def step(x, length): return x + length / 2"):
        say(answer)
        say(check)
        say(f"{check}\n1 / 0")  # not as it was handed out
        states.append(json.loads((work / "progress" / "01_walks.json").read_text("utf-8"))["checks"])
    assert states == [{"check_step_values": state} for state in ("open", "wrong", "right")]
    assert "1 of 3 exercises right" in say('from course_utils.hand_in import hand_in\nhand_in("01_walks")')
    assert [path.name for path in (work / "progress").iterdir()] == ["01_walks.json"]


def test_a_check_that_fails_again_and_again_says_how_to_report_it(handed_out: Path, say: Say) -> None:
    """In the third message in a row, with exercise and version; a right answer starts anew, an open one is none."""
    check, version = check_cell(handed_out), find_lab("01", handed_out).version
    say("import numpy as np\nfrom course_utils import checks")
    told = {}
    answers = {"wrong": "def step(x, length): return x", "right": "def step(x, length): return x + length / 2"}
    for name, answer in (answers | {"open": "step = None"}).items():
        say(answer)
        told[name] = [say(check) for _ in range(4)]
    way_out = (
        "\n  Is the check wrong, and not your answer? Tell your instructor: `%run -m course_utils.problem 1.1`\n"
        f"    in a cell prints what to send (exercise 1.1, step, lab version {version})."
    )
    first = told["wrong"][0]
    assert told["wrong"] == [first, first, first + way_out, first + way_out]
    assert "course_utils.problem" not in "".join([first, *told["right"], *told["open"]])
    say(answers["wrong"])
    assert say(check) == first


def test_the_judge_leaves_no_note(say: Say) -> None:
    """Where a judge runs checks, nothing watches them."""
    say("from course_utils import checks\nfrom course_utils.progress import _note\nstep = len")
    say("callbacks = get_ipython().events.callbacks['post_run_cell']\n_note in callbacks and callbacks.remove(_note)")
    judged = "with checks.in_judge(b'key', lambda f: f):\n    checks.exercise('1.1', 'step')\nprint(_note in callbacks)"
    assert say(judged) == "False\n"
    assert say("checks.exercise('1.1', 'step')\nprint(_note in callbacks)") == "True\n"


def test_a_check_never_fails_for_want_of_a_note(handed_out: Path, say: Say) -> None:
    """Without the folder, or with a folder in place of the file, the check says what it says."""
    folder = handed_out / "work" / "progress"
    shutil.rmtree(folder)
    say("import numpy as np\nfrom course_utils import checks\ndef step(x, length): return x + length / 2")
    assert say(check_cell(handed_out)).startswith("✓")
    assert not folder.exists()
    (folder / "01_walks.json").mkdir(parents=True)
    assert say(check_cell(handed_out)).startswith("✓")
    assert [path.name for path in folder.iterdir()] == ["01_walks.json"]
    shutil.rmtree(folder)
    folder.mkdir()


def test_cells_restore_and_report_from_a_notebook(handed_out: Path, say: Say) -> None:
    """`%run -m` does in a cell what `python -m` does in a terminal."""
    notebook = handed_out / "work" / "01_walks" / "01_walks.ipynb"
    whole = notebook.read_text("utf-8")
    notebook.write_text("broken", "utf-8")
    assert "A fresh copy of the lab is in its place" in say("%run -m course_utils.restore 01")
    assert notebook.read_text("utf-8") == whole
    assert say("%run -m course_utils.problem 1.2").startswith("Problem with 01_walks, exercise 1.2 ")


def test_the_button_s_work_can_be_stopped(handed_out: Path, kernel: Any, say: Say) -> None:
    """The square ends the run that handing in makes: no archive, no process left, and the notebook is usable."""
    notebook = handed_out / "work" / "01_walks" / "01_walks.ipynb"
    cells = json.loads(notebook.read_text("utf-8"))
    slow: dict[str, Any] = {"cell_type": "code", "id": "slow", "metadata": {}, "outputs": [], "execution_count": None}
    cells["cells"].insert(0, slow | {"source": "import time\ntime.sleep(60)"})
    notebook.write_text(json.dumps(cells), "utf-8")
    say("from course_utils.hand_in import _handed_in\nfrom course_utils.labs import find_lab")

    def stop() -> None:
        time.sleep(2)
        kernel.parent.interrupt_kernel()

    work = 'for text in _handed_in(find_lab("01")):\n    print(text, end="", flush=True)'
    said(kernel, work, stop)
    assert not (handed_out / "work" / "hand_in").exists()
    children = "import os, psutil\nprint([p.name() for p in psutil.Process(os.getpid()).children(recursive=True)])"
    assert say(children) == "[]\n"


def test_a_training_can_be_stopped(kernel: Any, say: Say) -> None:
    """One line instead of a stack through torch; what was computed is there, and the next cell runs."""
    say("import torch\nfrom course_utils import checks\nw = torch.zeros(3, requires_grad=True)\nsteps = 0")
    training = (
        "optimizer = torch.optim.SGD([w], lr=0.1)\nprint('running')\n"
        "while True:\n    optimizer.zero_grad()\n    ((w - 1) ** 2).sum().backward()\n"
        "    optimizer.step()\n    steps += 1"
    )

    def stop() -> None:
        time.sleep(0.5)
        kernel.parent.interrupt_kernel()

    told = said(kernel, training, stop)
    assert told.removeprefix("running\n") == (
        "■ Stopped by you. All that was computed before is still there; run any cell to go on."
    )
    assert say("print(steps > 0, bool((w > 0).all()))") == "True True\n"


def test_a_long_training_shows_how_far_it_is() -> None:
    """Every loop of lab 07 that trains epoch after epoch, outside of exercises and checks, has a bar."""
    lab = read_lab(ROOT / "solutions" / "07_mnist.py")
    trees = [ast.parse(cell.source) for cell in lab.of_kind("show", "setup")]
    loops = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.For)]
    epochs = [loop for loop in loops if ast.unparse(loop.target) == "_" and "train_epoch(" in ast.unparse(loop)]
    assert [ast.unparse(loop.iter) for loop in epochs if not ast.unparse(loop.iter).startswith("tqdm(")] == []
    assert len(epochs) == 3


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=NOTES)
def test_a_damaged_note_is_an_empty_one(tmp_path: Path, data: bytes) -> None:
    """Whatever the file holds, reading gives known states alone, and the next note makes it whole."""
    folder = tmp_path / progress.FOLDER
    folder.mkdir(exist_ok=True)
    (folder / "09_none.json").write_bytes(data)
    assert set(progress.read("09_none", tmp_path).values()) <= set(progress.STATES)
    progress.record("09_none", "check_a", "right", tmp_path)
    assert json.loads((folder / "09_none.json").read_text("utf-8"))["checks"]["check_a"] == "right"
    progress._seen.clear()


def test_the_table_of_labs_is_computed(handed_out: Path, tmp_path: Path) -> None:
    """Minutes are those of course.toml, points the sum of the lab's; progress is that of the file."""
    labs = read_labs(handed_out)
    first, second = Course.load(handed_out).labs
    (tmp_path / "progress").mkdir()
    progress.record("01_walks", "check_step_values", "right", tmp_path)
    progress._seen.clear()
    told = "1 of 3 exercises right; not checked yet: 1.2, 1.3"
    assert labs_table(labs, tmp_path).splitlines()[2:] == [
        f"| [01 Walks](../01_walks/01_walks.ipynb) | {first.minutes} | 8 | {told} |",
        f"| [02 Farther](../02_farther/02_farther.ipynb) | {second.minutes} | 3 | not begun |",
    ]


def test_a_report_names_place_and_version() -> None:
    """Exercise, release of the lab, course and computer; an exercise that is not there is told."""
    lab = find_lab("02", ROOT)
    lines = text("2.2").splitlines()
    assert lines[0] == "Problem with 02_gradient_descent, exercise 2.2 one step (gradient_step)"
    assert lines[1] == f"Course 0.1.0, lab version {lab.version}"
    with pytest.raises(LabError, match=r"has no exercise '2\.77'"):
        text("2.77")


def test_the_start_page_opens_first(tmp_path: Path) -> None:
    """Where it is there; elsewhere JupyterLab opens as ever."""
    assert [word for word in start_command(tmp_path) if "default_url" in word] == []
    (tmp_path / "00_start").mkdir()
    (tmp_path / "00_start" / "00_start.ipynb").touch()
    (word,) = (word for word in start_command(tmp_path) if "default_url" in word)
    assert word == "--LabApp.default_url=/lab/tree/00_start/00_start.ipynb"


def test_this_computer_is_ready(handed_out: Path) -> None:
    """Where the tests run, labs run: nothing that is needed is missing."""
    assert [f.what for f in environment.findings(ROOT, handed_out) if f.repair and f.needed] == []


def test_what_is_missing_comes_with_a_repair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, handed_out: Path) -> None:
    """An old Python, a missing package, another version, a broken torch, a folder that cannot be written, no MNIST."""
    (tmp_path / "labs").symlink_to(handed_out / "labs")
    (tmp_path / "torch.py").write_text("raise ImportError('half installed')", "utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nrequires-python = ">=9.9"\ndependencies = ["numpy>=2", "nowhere>=1"]\n', "utf-8"
    )
    (tmp_path / "constraints.txt").write_text("numpy==1.0\nnowhere==1.0\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_DATA_HOME", str(tmp_path / "data"))
    found = {finding.what: finding for finding in environment.findings(tmp_path, tmp_path / "gone") if finding.repair}
    words = ("is too old: 9.9", "nowhere is missing", "tried with 1.0", "cannot be written", "half installed", "MNIST")
    assert [[what for what in found if word in what][1:] for word in words] == [[]] * len(words)
    needed = [finding.needed for word in words for what, finding in found.items() if word in what]
    assert needed == [True, True, False, True, False, False]
    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in environment._IMAGES:
        (raw / f"{name}.gz").touch()
    assert environment._images().repair == ""


def test_a_corner_of_the_disk_is_too_little(tmp_path: Path) -> None:
    """The line is drawn at what is free, not at what there is."""
    free = shutil.disk_usage(tmp_path).free
    assert environment._space(tmp_path, least=free // 2).repair == ""
    assert environment._space(tmp_path, least=free * 2).repair != ""
