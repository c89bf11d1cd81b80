"""A judge of a lab with one setup cell, and cells to give it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.course import Course
from autograder.intake.submission import Restored, RestoredCell
from autograder.judge.session import Judge
from autograder.verdict import GradingResult, Verdict

SETUP = """
import numpy as np
from course_utils import checks

DATA = np.array([1.0, 2.0])

def slope(x):
    return 2 * x

def bends(node):
    return node.bend() + 1
"""
COURSE = 'title = "t"\n[labs.01_toy]\ntitle = "Toy"\nminutes = 9\n[limits]\ncheck_seconds = 6\ncell_seconds = 6\n'


@contextmanager
def toy_judge(root: Path) -> Iterator[Judge]:
    """Start a judge, for a course made in an empty folder."""
    (root / "course.toml").write_text(COURSE)
    course = Course.load(root)
    folder = course.source_folder / "01_toy"
    folder.mkdir(parents=True)
    cell = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "setup_1"}}, "source": SETUP}
    (folder / "01_toy.ipynb").write_text(json.dumps({"cells": [cell]}))
    with Judge(course, "01_toy") as running:
        yield running


def check_cell(source: str, number: int = 1, name: str = "f") -> RestoredCell:
    """Write a check of exercise f worth one point."""
    text = f'checks.exercise("1.1", "{name}")\n{source}'
    return RestoredCell("checks", f"c{number}", text, f"check_{number}", name, "1.1", 1.0)


def exercise_cell(source: str, name: str = "f", number: str = "1.1") -> RestoredCell:
    """Write an answer."""
    return RestoredCell("exercise", name, source, name, name, number)


def grade(judge: Judge, *cells: RestoredCell, student: str = "ada") -> GradingResult:
    """Grade a notebook that starts with the setup cell."""
    setup = RestoredCell("setup", "s", SETUP, "setup_1")
    return judge.grade(Restored(student, "01_toy", (setup, *cells), {}))


def verdict_on(judge: Judge, answer: str, check: str) -> Verdict:
    """Grade one answer with one check."""
    return grade(judge, exercise_cell(answer), check_cell(check)).verdicts[0]


def statuses(result: GradingResult) -> list[str]:
    """Return how the checks ended."""
    return [verdict.status.value for verdict in result.verdicts]
