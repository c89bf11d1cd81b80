"""Plain stock nbgrader, nbgrader with the course's settings, and `course grade` give the same scores."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from autograder.cli import main
from autograder.course import Course
from autograder.release.build import build
from autograder.source.mistakes import read_mistakes
from autograder.source.percent import read_lab
from tests.nbgrader_command import nbgrader
from tests.proof import count
from tests.toy import hand_in

COURSE = Course.load(Path(__file__).resolve().parents[1])
LABS = [lab.name for lab in COURSE.labs]
TRIED = LABS[: count(1, len(LABS))]  # each kernel of stock nbgrader takes seconds
KINDS = ("right", "wrong", "blank")
GRADES = """
    SELECT submitted_assignment.student_id, base_cell.name, auto_score, needs_manual_grade FROM grade
    JOIN base_cell ON base_cell.id = cell_id
    JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    ORDER BY 1, 2
"""
COMMENTS = GRADES.replace("auto_score, needs_manual_grade FROM grade", "auto_comment FROM comment").replace(
    "grade.notebook_id", "comment.notebook_id"
)


def handed_in(name: str, kind: str) -> dict[str, Any]:
    """Return the released notebook with right answers, or with a mistake in each exercise, or untouched."""
    lab = read_lab(COURSE.solutions / f"{name}.py")
    mistakes = reversed(read_mistakes(COURSE.solutions / "mistakes" / f"{name}.py"))
    answers = {
        "right": {str(cell.id): cell.source for cell in lab.cells if cell.kind in ("exercise", "answer")},
        "wrong": {answer.exercise: answer.source for answer in mistakes if answer.kind == "mistake"},
        "blank": {},
    }[kind]
    notebook: dict[str, Any] = json.loads((COURSE.labs_folder / name / f"{name}.ipynb").read_text())
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(grade_id, "".join(cell["source"]))
    return notebook


def a_class(root: Path, name: str) -> Course:
    """Return a copy of the course, built, whose class handed in one notebook of each kind."""
    root.mkdir()
    for file in ("course.toml", "nbgrader_config.py"):
        shutil.copy(COURSE.root / file, root)
    others = [f"{lab}.py" for lab in LABS if lab != name]
    shutil.copytree(COURSE.solutions, root / "solutions", ignore=shutil.ignore_patterns(*others))
    course = Course.load(root)
    build(course).write()
    for kind in KINDS:
        path = hand_in(course.submitted, kind, handed_in(name, kind), name)
        (path.parent / "timestamp.txt").write_text("2026-09-01 12:00:00 UTC")
    (course.class_folder / "secret").write_text("the same for all")
    return course


def rows(course: Course) -> list[list[tuple[Any, ...]]]:
    """Return all that a machine wrote into a gradebook: scores, what waits for a person, comments."""
    with closing(sqlite3.connect(course.gradebook_path)) as database:
        return [database.execute(query).fetchall() for query in (GRADES, COMMENTS)]


def notebooks(course: Course) -> dict[str, bytes]:
    """Return the graded notebooks."""
    found = sorted(course.autograded.rglob("*.ipynb"))
    return {path.relative_to(course.autograded).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize("name", TRIED)
def test_three_ways_to_the_same_scores(name: str, tmp_path: Path) -> None:
    """Right, wrong and blank notebooks, check by check; with our settings, the graded notebooks are the same bytes."""
    first = a_class(tmp_path / "ours", name).root
    copies = [shutil.copytree(first, tmp_path / way) for way in ("safe", "stock")]
    ours, safe, stock = (Course.load(root) for root in (first, *copies))
    with (stock.root / "nbgrader_config.py").open("a") as settings:
        settings.write("del c.Autograde\n")
    assert main(["--root", str(ours.root), "grade", "--workers", "1"]) == 0
    for course in (safe, stock):
        nbgrader(course.root, "generate_assignment", name, "--force")
        nbgrader(course.root, "autograde", name)
    assert len(rows(ours)[0]) >= 3 * len(KINDS)
    assert rows(safe) == rows(ours)
    assert rows(stock) == rows(ours)
    assert len(notebooks(ours)) == len(KINDS)
    assert notebooks(safe) == notebooks(ours)
