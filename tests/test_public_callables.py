"""What students can import solves no exercise: each public callable of course_utils is handed in as each answer."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import course_utils
from autograder.course import Course
from autograder.intake.submission import Restored, RestoredCell
from autograder.judge.catalogue import attempt_cells
from autograder.judge.session import Judge
from autograder.source.lab import Exercise, Lab
from autograder.source.mistakes import Answer
from autograder.source.percent import read_lab
from autograder.verdict import CheckStatus

COURSE = Course.load(Path(__file__).resolve().parents[1])
LABS = [pytest.param(lab.name, marks=pytest.mark.xdist_group(f"callables-{lab.name}")) for lab in COURSE.labs]


def public_callables() -> list[str]:
    """Return ``module:name`` of every function and class that a student may import, each object once."""
    found: dict[int, str] = {}
    for info in pkgutil.walk_packages(course_utils.__path__, "course_utils."):
        if info.name.split(".")[-1].startswith("_") or info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        for name in getattr(module, "__all__", dir(module)):
            thing = getattr(module, name)
            if callable(thing):
                found.setdefault(id(thing), f"{info.name}:{name}")
    return sorted(found.values())


def cells_with(lab: Lab, exercise: Exercise, callables: list[str], last: int) -> Iterator[RestoredCell]:
    """Write a notebook that hands in one callable after the other, each followed by the last of the checks."""
    solved = attempt_cells(lab, Answer(exercise.id, None, "variant", exercise.cell.source, 1))
    place = next(i for i, cell in enumerate(solved) if cell.grade_id == exercise.id)
    yield from (cell for cell in solved[:place] if cell.kind != "checks")
    checks = [cell for cell in solved if cell.kind == "checks"][-last:]
    for name in callables:
        module, _, attribute = name.partition(":")
        source = f"from {module} import {attribute} as {exercise.id}"
        yield RestoredCell("exercise", name, source, exercise.id, exercise.id, exercise.number)
        for check in checks:
            yield RestoredCell("checks", name, check.source, name, exercise.id, exercise.number, 1.0)


def survivors(judge: Judge, lab: Lab, exercise: Exercise, callables: list[str], last: int) -> list[str]:
    """Return the callables that pass the last checks of an exercise."""
    cells = tuple(cells_with(lab, exercise, callables, last))
    verdicts = judge.grade(Restored("student", lab.name, cells, {})).verdicts
    failed = {v.check for v in verdicts if v.status is not CheckStatus.CORRECT}
    return [name for name in callables if name not in failed]


@pytest.mark.parametrize("name", LABS)
def test_no_public_callable_solves_an_exercise(name: str) -> None:
    """Full marks need work of one's own; what passes the last check of an exercise is given all of them."""
    lab, callables = read_lab(COURSE.solutions / f"{name}.py"), public_callables()
    solving: dict[str, list[str]] = {}
    with Judge(COURSE, name) as judge:
        for exercise in lab.exercises:
            passing = survivors(judge, lab, exercise, callables, last=1)
            if passing and (passing := survivors(judge, lab, exercise, passing, last=len(lab.checks(exercise.id)))):
                solving[exercise.id] = passing
    assert solving == {}


def test_there_are_callables_to_try() -> None:
    """The test above does look at something."""
    assert [name for name in public_callables() if name.endswith(":Recorder")] != []
