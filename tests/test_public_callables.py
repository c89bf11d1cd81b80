"""What students can import solves no exercise: each public callable of course_utils is handed in as each answer."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import course_utils
from autograder.course import Course
from autograder.intake.submission import RestoredCell
from autograder.judge.catalogue import Stage, answers_of, stages
from autograder.judge.session import Judge, Session
from autograder.source.percent import read_lab
from autograder.verdict import CheckStatus
from tests.proof import count

COURSE = Course.load(Path(__file__).resolve().parents[1])
LABS = [pytest.param(lab.name, marks=pytest.mark.xdist_group(f"callables-{lab.name}")) for lab in COURSE.labs]
STEP = count(16, 1)  # each exercise is tried with one callable in sixteen, the next exercise with the next ones
ENDS = (CheckStatus.CRASHED, CheckStatus.TIMEOUT, CheckStatus.MEMORY)
# What some callables import takes a second: once, instead of in each process in which they are tried.
WARM = """
import contextlib, importlib
for _name in ("sklearn.datasets", "torchvision"):
    with contextlib.suppress(ImportError):
        importlib.import_module(_name)
"""
# Runs in the student's process: puts one callable after the other, and at last the solution, in the answer's place.
# Where a lab has no torch, a callable that needs it is no answer at all.
HAND_IN = """
import importlib
_solution = {name}
def _hand_in(path):
    module, _, attribute = path.partition(":")
    try:
        globals()["{name}"] = getattr(importlib.import_module(module), attribute) if module else _solution
    except ImportError:
        globals()["{name}"] = None
"""


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


def tried_in_turn(session: Session, stage: Stage, paths: list[str]) -> Iterator[tuple[str, CheckStatus]]:
    """Try callables on an exercise's last check, all in one process, for as long as it lives."""
    answer, cells = stage.attempts[0]
    left = list(paths)
    while left:
        with session.branch() as branch:
            branch.run(cell for cell in cells if cell.kind != "checks")
            process = branch.processes.fork()
            process.allow(60)
            process.run(HAND_IN.format(name=answer.exercise))
            hand_in = process.get("_hand_in")
            status = CheckStatus.WRONG
            while left and status not in ENDS:
                process.allow(60)
                hand_in(left[0])
                status = branch.check(cells[-1], process).status
                yield left.pop(0), status
            branch.processes.drop(process)


def passes_alone(session: Session, stage: Stage, path: str) -> bool:
    """Hand a callable in as a student would, and try all checks."""
    module, _, attribute = path.partition(":")
    answer, (cell, *rest) = stage.attempts[0]
    source = f"from {module} import {attribute} as {answer.exercise}"
    with session.branch() as branch:
        branch.run([replace(cell, source=source), *rest])
    return all(verdict.status is CheckStatus.CORRECT for verdict in branch.verdicts)


@pytest.mark.parametrize("name", LABS)
def test_no_public_callable_solves_an_exercise(name: str) -> None:
    """Full marks need work of one's own; what passes the last check of an exercise is given all of them."""
    lab, callables = read_lab(COURSE.solutions / f"{name}.py"), public_callables()
    solving: dict[str, list[str]] = {}
    with Judge(COURSE, name) as judge, judge.session("student") as session:
        session.run([RestoredCell("extra", "warm", WARM)])
        for number, stage in enumerate(stages(lab, answers_of(COURSE, lab)[: len(lab.exercises)])):
            session.run(stage.before)
            tried = dict(tried_in_turn(session, stage, [*callables[number % STEP :: STEP], ":"]))
            # None of them changed the process: in it, after all of them, the solution is still right.
            assert tried.pop(":") is CheckStatus.CORRECT
            passing = [path for path, status in tried.items() if status is CheckStatus.CORRECT]
            if passing := [path for path in passing if passes_alone(session, stage, path)]:
                solving[stage.attempts[0][0].exercise] = passing
    assert solving == {}


def test_there_are_callables_to_try() -> None:
    """The test above does look at something."""
    assert [name for name in public_callables() if name.endswith(":Recorder")] != []
