"""Handing in and restoring from an unpacked course: what is said, what is in the archive, and that nothing is lost."""

from __future__ import annotations

import copy
import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.course import LARGEST, Course
from autograder.intake.collect import collect
from autograder.release.build import build
from course_utils import progress
from course_utils.fresh_run import run
from course_utils.hand_in import unsaved
from course_utils.labs import Lab, LabError, Limits, find_lab, id_, read_labs
from course_utils.notebook_file import parse
from course_utils.receipt import Receipt, write_archive
from course_utils.repair import repaired
from course_utils.restore import restore
from course_utils.submit import examine, main
from tests.proof import count
from tests.walks import walks_course

SOLVED = {
    "step": "def step(x, length):\n    return x + length / 2",
    "heights": "def heights(height, starts):\n    return np.array([height(start) for start in starts])",
}


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the released labs of the small course, as a student unpacks it."""
    folder = tmp_path_factory.mktemp("course")
    build(walks_course(folder)).write()
    return folder


@pytest.fixture
def root(handed_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return such a folder with a fresh work/, and stand in it."""
    (tmp_path / "labs").symlink_to(handed_out / "labs")
    for lab in read_labs(tmp_path):
        path = tmp_path / "work" / lab.name / f"{lab.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(lab.text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def path(root: Path) -> Path:
    """Return the student's notebook of lab 01."""
    return root / "work" / "01_walks" / "01_walks.ipynb"


def edit(path: Path, *changes: Callable[[Any], object]) -> bytes:
    """Change a notebook's cells, save it, and return its bytes."""
    notebook = nbformat.read(path, as_version=4)
    for change in changes:
        change(notebook.cells)
    nbformat.write(notebook, path)
    return path.read_bytes()


def solve(cells: Any, answers: dict[str, str] = SOLVED) -> None:
    """Write answers into their cells."""
    for cell in cells:
        cell.source = answers.get(id_(cell), cell.source)


def without(*names: str) -> Callable[[Any], None]:
    """Return a change that deletes cells."""

    def change(cells: Any) -> None:
        cells[:] = [cell for cell in cells if id_(cell) not in names]

    return change


def archive(root: Path) -> tuple[bytes, dict[str, Any]]:
    """Return the notebook and the receipt in the one archive that was made."""
    (made,) = (root / "work" / "hand_in").glob("*.zip")
    with zipfile.ZipFile(made) as members:
        assert members.namelist() == ["01_walks/01_walks.ipynb", "receipt.json"]
        return members.read("01_walks/01_walks.ipynb"), json.loads(members.read("receipt.json"))


def test_a_blank_lab_is_handed_in(root: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It runs, every exercise is not attempted, the answer is empty, and the file is in the archive as it is."""
    assert main(["01"]) == 0
    said = capsys.readouterr().out
    assert "It runs from top to bottom in a fresh kernel" in said
    assert "○ 1.1" in said
    assert "written answer: still empty" in said
    data, receipt = archive(root)
    assert data == path.read_bytes()
    assert receipt["sha256"] == hashlib.sha256(data).hexdigest()
    assert receipt["code"] in said
    assert set(receipt["exercises"].values()) <= {"open", ""}


def test_right_and_wrong_answers_are_told_apart(root: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A right one, a wrong one with the check's own words, and one that is open; nothing is changed in the file."""
    wrong = {"heights": "def heights(height, starts):\n    return np.zeros(5)"}
    before = edit(path, lambda cells: solve(cells, SOLVED | wrong))
    assert main(["1"]) == 0
    said = capsys.readouterr().out
    assert [f"  {mark} 1.{number} " in said for number, mark in enumerate("✓✗○", start=1)] == [True] * 3
    data, receipt = archive(root)
    assert (data, path.read_bytes()) == (before, before)
    assert [receipt["exercises"][f"1.{number}"] for number in (1, 2, 3)] == ["right", "wrong", "open"]


def test_an_endless_loop_is_stopped_and_the_rest_is_looked_at(
    root: Path, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The cell is named in a warning; an exercise behind it is still right; there is an archive all the same."""
    endless = nbformat.v4.new_code_cell("while True:\n    pass")
    edit(path, solve, lambda cells: cells.insert(2, endless))
    assert main(["01", "--seconds", "3"]) == 0
    said = capsys.readouterr().out
    assert "WARNING: it does not run from top to bottom" in said
    assert "longer than 3 seconds" in said
    assert archive(root)[1]["exercises"]["1.1"] == "right"


def test_the_limits_of_grading_are_those_of_handing_in(
    root: Path, path: Path, handed_out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lab was told them when it was built; a cell that takes longer is stopped here, too, and named."""
    told = Course.load(handed_out).limits
    assert find_lab("01").limits == Limits(told.setup_seconds, told.cell_seconds, told.check_seconds)
    short = find_lab("01").text.replace('"cell_seconds": 20.0', '"cell_seconds": 2.0')
    (root / "labs").unlink()
    (root / "labs" / "01_walks").mkdir(parents=True)
    (root / "labs" / "01_walks" / "01_walks.ipynb").write_text(short, "utf-8")
    edit(path, lambda cells: cells.insert(2, nbformat.v4.new_code_cell("import time\ntime.sleep(9)")))
    assert main(["01"]) == 0
    said = capsys.readouterr().out
    assert "longer than 2 seconds" in said
    assert "Grading stops a cell after 2 seconds" in said


def test_a_file_that_is_too_large_for_grading_is_packed_with_a_warning(
    root: Path, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is refused here: the archive is there, and the words say what makes the file smaller."""
    assert LARGEST == find_lab("01").limits.notebook_bytes
    large = {"text/plain": "x" * LARGEST}
    data = edit(path, lambda cells: setattr(cells[1], "outputs", [nbformat.v4.new_output("display_data", large)]))
    assert main(["01", "--no-run"]) == 0
    said = capsys.readouterr().out
    assert "WARNING: it has 30 MB, and grading reads no more than 30 MB." in said
    assert "Clear Outputs of All Cells" in said
    assert archive(root)[0] == data
    assert main(["02", "--no-run"]) == 0
    assert "WARNING: it has" not in capsys.readouterr().out


def test_a_kernel_that_dies_is_a_warning(root: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What comes after it is not known, and is called so."""
    edit(path, lambda cells: cells.insert(2, nbformat.v4.new_code_cell("import os\nos._exit(1)")))
    assert main(["01"]) == 0
    assert "ended the whole Python process" in capsys.readouterr().out
    assert set(archive(root)[1]["exercises"].values()) == {""}


def test_a_syntax_error_is_a_warning(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is in an exercise's own cell, so it is no unsolved exercise."""
    edit(path, lambda cells: solve(cells, {"step": "def step(x, length)\n    return x"}))
    assert main(["01"]) == 0
    assert "(step): SyntaxError" in capsys.readouterr().out


BROKEN = {
    "empty": (b"", "it is empty"),
    "cut off": (b'{"cells": [{"cell_type": "code"', "breaks off or is damaged"),
    "merge conflict": (b'{\n<<<<<<< HEAD\n"cells": []}', "breaks off or is damaged"),
    "another encoding": ('{"cells": "é"}'.encode("latin-1"), "not written in UTF-8"),
    "no notebook": (b"[1, 2]", "is no notebook"),
    "no cells": (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "is no notebook"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_no_notebook_is_not_handed_in(
    name: str, root: Path, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says why; the file stays, no archive is made, and `restore` keeps it and brings a fresh lab."""
    data, reason = BROKEN[name]
    path.write_bytes(data)
    assert main(["01"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("Nothing was handed in: ")
    assert reason in said
    assert (path.read_bytes(), (root / "work" / "hand_in").exists()) == (data, False)
    restore(find_lab("01"), path)
    (kept,) = path.parent.glob("*.before-restore-*")
    assert (kept.read_bytes(), path.read_text("utf-8")) == (data, find_lab("01").text)


def test_wrong_numbers_and_notebooks_are_told(root: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A lab that is not there, a file that is not there, and a file that is another lab."""
    assert main(["12"]) == 1
    assert "there is no lab '12': you have 01_walks, 02_farther" in capsys.readouterr().err
    assert main(["02", str(path)]) == 1
    assert "this notebook is 01_walks, not 02_farther" in capsys.readouterr().err
    path.unlink()
    assert main(["01"]) == 1
    assert "there is no file" in capsys.readouterr().err
    assert not (root / "work" / "hand_in").exists()


def test_what_is_missing_is_told_before_it_is_handed_in(
    root: Path, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A lost exercise costs points, lost or edited checks do not; the states are those of the lab's own checks."""

    def change(cells: Any) -> None:
        solve(cells)
        without("heights", "check_step_values")(cells)
        next(cell for cell in cells if id_(cell) == "check_lowest_value").source = "pass"

    edit(path, change)
    assert main(["01"]) == 0
    said = capsys.readouterr().out
    assert "the cell of exercise 1.2 " in said
    assert "2 given cells are missing or changed (check_step_values, check_lowest_value)" in said
    assert "  ✓ 1.1 " in said
    assert archive(root)[1]["exercises"]["1.2"] == "open"


def test_handing_in_again_keeps_the_first_archive(root: Path, path: Path) -> None:
    """Two archives made in one second have two names."""
    receipt = Receipt.of(find_lab("01"), path.read_bytes(), {})
    first, second = (write_archive(root / "work" / "hand_in", receipt, path.read_bytes()) for _ in range(2))
    assert (first != second, first.read_bytes()) == (True, second.read_bytes())


@pytest.mark.parametrize("name", ["Ada Lovelace_1234_assignsubmission_file_/{}", "lovelaceada_56_78_{}"])
def test_what_a_system_for_learning_packs_is_collected(name: str, root: Path, path: Path, handed_out: Path) -> None:
    """Moodle and Canvas give the archive another name; the notebook that is graded is the student's, byte for byte."""
    assert main(["01", "--no-run"]) == 0
    (made,) = (root / "work" / "hand_in").glob("*.zip")
    with zipfile.ZipFile(root / "all.zip", "w") as members:
        members.write(made, name.format(made.name))
    course = Course.load(handed_out, root / "class")
    collect(course, root / "all.zip")
    (found,) = course.submitted.glob("*/01_walks/01_walks.ipynb")
    assert found.read_bytes() == path.read_bytes()


def test_an_interrupted_hand_in_leaves_nothing(root: Path, path: Path) -> None:
    """Ctrl+C ends the kernel that it runs, says so, and makes no archive."""
    import signal
    import time

    edit(path, lambda cells: cells.insert(2, nbformat.v4.new_code_cell("import time\ntime.sleep(60)")))
    command = [sys.executable, "-m", "course_utils.submit", "01"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        while "1/" not in process.stderr.read(40):  # the bar has moved: the kernel runs
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=60)
    assert (process.returncode, "no archive was made" in error) == (130, True)
    assert not (root / "work" / "hand_in").exists()


def test_restore_brings_back_what_was_given(path: Path) -> None:
    """Deleted and damaged cells are as they were handed out, in their places; answers and own cells stay."""
    lab = find_lab("01")
    own = nbformat.v4.new_code_cell("mine = 1")

    def change(cells: Any) -> None:
        solve(cells)
        without("heights", "check_step_values", "check_lowest_value")(cells)
        cells[1].source = "broken"
        cells.insert(3, own)

    before = edit(path, change)
    said = "\n".join(restore(lab, path))
    after = nbformat.read(path, as_version=4)
    texts = {id_(cell): cell.source for cell in after.cells}
    given = {id_(cell): cell["source"] for cell in lab.notebook["cells"]}
    assert {**given, "step": SOLVED["step"]} == {name: texts[name] for name in given}
    order = [cell.id for cell in after.cells if cell.id != own.id]
    assert [cell["id"] for cell in lab.notebook["cells"]] == order
    assert [cell.source for cell in after.cells].count("mine = 1") == 1
    assert "back again: heights" in said
    (kept,) = path.parent.glob("*.before-restore-*")
    assert kept.read_bytes() == before
    assert restore(lab, path) == ["All given cells are there, as they were handed out. Nothing was changed."]


def test_restore_resets_one_cell_alone(path: Path) -> None:
    """`restore 01 1.1` gives the stub again; other answers and other damage stay as they are."""
    edit(path, solve, without("check_lowest_value"))
    restore(find_lab("01"), path, "1.1")
    texts = {id_(cell): cell.source for cell in nbformat.read(path, as_version=4).cells}
    assert "raise NotImplementedError" in texts["step"]
    assert texts["heights"] == SOLVED["heights"]
    assert "check_lowest_value" not in texts
    restore(find_lab("01"), path, "check_lowest_value")
    assert "check_lowest_value" in {id_(cell) for cell in nbformat.read(path, as_version=4).cells}
    with pytest.raises(LabError, match=r"has no cell '1\.9'"):
        restore(find_lab("01"), path, "1.9")


def test_an_answer_without_marks_is_found_by_its_name(path: Path) -> None:
    """Another editor dropped ids and metadata: the answers are still answers."""

    def strip(cells: Any) -> None:
        solve(cells)
        for number, cell in enumerate(cells):
            cell.metadata, cell.id = nbformat.NotebookNode(), f"other{number}"

    edit(path, strip)
    lab = find_lab("01")
    repair = repaired(lab, parse(path, path.read_bytes()))
    texts = {id_(cell): cell.source for cell in repair.notebook.cells}
    assert {name: texts[name] for name in SOLVED} == SOLVED
    assert [name for name in repair.missing if name] == []


@settings(max_examples=count(30, 400), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_restoring_loses_no_answer(handed_out: Path, data: st.DataObject) -> None:
    """Whatever is deleted, moved, doubled or spoilt: the given cells are back once each, and every own text is kept."""
    lab = find_lab("01", handed_out)
    notebook = nbformat.reads(lab.text, as_version=4)
    solve(notebook.cells)
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(notebook.cells) - 1))
        match data.draw(st.sampled_from(["delete", "move", "double", "spoil", "add"])):
            case "delete" if len(notebook.cells) > 1:
                del notebook.cells[at]
            case "move":
                notebook.cells.insert(data.draw(st.integers(0, len(notebook.cells) - 1)), notebook.cells.pop(at))
            case "double":
                notebook.cells.insert(at, copy.deepcopy(notebook.cells[at]))
            case "spoil":
                notebook.cells[at].metadata = nbformat.NotebookNode()
            case _:
                notebook.cells.insert(at, nbformat.v4.new_code_cell(f"mine_{at} = 1"))
    answers = {text for text in [c.source for c in notebook.cells] if text in SOLVED.values() or "mine_" in text}
    after = repaired(lab, notebook).notebook
    texts = [cell.source for cell in after.cells]
    assert answers <= set(texts)
    names = [id_(cell) for cell in after.cells]
    assert {id_(cell) for cell in lab.notebook["cells"]} <= set(names)
    for cell in lab.notebook["cells"]:
        assert id_(cell) in SOLVED or cell["source"] in texts
    assert repaired(lab, after).missing == ()


@pytest.mark.usefixtures("root")
def test_what_ran_and_was_not_saved_is_noticed() -> None:
    """The last text that a kernel ran for an answer counts, not an earlier one; what never ran is no change."""
    lab = find_lab("01")
    notebook = nbformat.reads(lab.text, as_version=4)
    assert unsaved(lab, notebook, ["", "x = 1"]) == []
    solve(notebook.cells)
    assert unsaved(lab, notebook, ["def step(x, length):\n    return 0", SOLVED["step"]]) == []
    assert unsaved(lab, notebook, [SOLVED["step"], "def step(x, length):\n    return 0"]) == ["step"]


def test_a_run_reads_nothing_beside_the_notebook(path: Path) -> None:
    """The folder is empty, as it is where the lab is graded."""
    (path.parent / "mine.csv").touch()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import os\nprint(os.listdir())")])
    (outcome,) = run(notebook, Limits()).outcomes
    assert outcome.text == "[]\n"


def test_states_are_those_of_the_worst_check() -> None:
    """An exercise is right when all its checks are; one that was not run says nothing."""
    lab = Lab.read(Path(__file__).parents[1] / "labs" / "02_gradient_descent" / "02_gradient_descent.ipynb")
    step = next(exercise for exercise in lab.exercises if exercise.number == "2.2")
    first, second = step.checks
    cases = [({}, ""), ({first: "right"}, ""), ({first: "right", second: "wrong"}, "wrong")]
    cases += [({first: "open", second: "right"}, "open"), ({first: "right", second: "right"}, "right")]
    assert [progress.of_exercise(step, states) for states, _ in cases] == [state for _, state in cases]


def test_examining_runs_nothing_if_told_so(root: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--no-run` makes the archive at once, and says that it knows nothing."""
    assert examine(find_lab("01"), parse(path, path.read_bytes()), None).run is None
    assert main(["01", "--no-run"]) == 0
    assert "It was not run" in capsys.readouterr().out
    assert archive(root)[0] == path.read_bytes()
