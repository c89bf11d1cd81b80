"""The start page: built and handed out like a lab, unknown to the grader; its rehearsal goes as it tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.course import Course
from autograder.intake.folder import Folder
from autograder.release.build import build
from course_utils import checks
from course_utils.labs import find_lab, id_, kind
from tests.walks import ROOT

COURSE = Course.load(ROOT)


def test_it_is_no_lab_of_the_gradebook() -> None:
    """Students get it; nbgrader's source notebooks, the references and the list of labs know nothing of it."""
    built = build(COURSE)
    assert next(iter(built.labs)).parent.name == "00_start"
    assert [path for path in built.others if "00_start" in str(path)] == []
    assert [lab.name for lab in COURSE.start] == ["00_start"]
    assert "00_start" not in [lab.name for lab in COURSE.labs]


def test_nobody_misses_it_and_nobody_is_asked_what_it_is(tmp_path: Path) -> None:
    """Handed in with the whole work folder, it is passed over, and so are progress and archives."""
    for name in ("00_start", "01_minima", "hand_in", "progress"):
        (tmp_path / "ada" / name).mkdir(parents=True)
        (tmp_path / "ada" / name / f"{name}.ipynb").touch()
    (tmp_path / "bob" / "01_minima").mkdir(parents=True)
    found = [(submission.student, submission.lab) for submission in Folder(COURSE, tmp_path).submissions()]
    assert found == [("ada", "01_minima"), ("bob", "01_minima")]


def rehearsed(answer: str | None) -> None:
    """Run the page's given cells, an answer to 0.1 in place of its stub, and the check."""
    names: dict[str, Any] = {}
    for cell in find_lab("00", ROOT).notebook["cells"]:
        if kind(cell) in ("setup", "exercise", "checks"):
            source = answer if answer is not None and id_(cell) == "rise" else cell["source"]
            exec(source, names)  # noqa: S102 - cells of the course's own


def test_the_rehearsal_goes_as_told(capsys: pytest.CaptureFixture[str]) -> None:
    """○ without an answer, ✗ with the wrong one that the page proposes, and why; ✓ when it is repaired."""
    (proposed,) = (
        line.split("`return ")[1].split("`")[0]
        for cell in find_lab("00", ROOT).notebook["cells"]
        for line in cell["source"].splitlines()
        if "`return " in line
    )
    with pytest.raises(checks.NotAttempted, match=r"○ Exercise 0\.1"):
        rehearsed(None)
    with pytest.raises(checks.CheckFailed, match="sign") as told:
        rehearsed(f"def rise(heights):\n    return {proposed}")
    assert told.value.message.startswith("✗ Exercise 0.1: ")
    rehearsed("def rise(heights):\n    return heights[-1] - heights[0]")
    assert capsys.readouterr().out.splitlines()[-1].startswith("✓ ")


def test_its_prose_is_short() -> None:
    """Ten minutes hold so many words and no more."""
    cells = nbformat.reads(find_lab("00", ROOT).text, as_version=4).cells
    assert sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown") < 900
