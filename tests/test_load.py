"""A large class: nobody is lost, and the grader needs no more memory for the last submission than for the first."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course
from autograder.gradebook.journal import Journal
from autograder.judge.catalogue import answers_of
from autograder.source.percent import read_lab
from tests.proof import count
from tests.toy import hand_in

REAL = Course.load(Path(__file__).resolve().parents[1])
STUDENTS = count(12, 300)


def honest(course: Course, lab: str, number: int, *, loops: bool = True) -> dict[str, Any]:
    """Return an honest notebook: for each exercise a right answer, a mistake or nothing, as chance has it.

    Without ``loops``, no answer can run for ever.
    """
    source = read_lab(course.solutions / f"{lab}.py")
    chance = random.Random(f"{lab} {number}")  # noqa: S311 - a class, no secret
    answers: dict[str, list[str]] = {}
    for answer in answers_of(course, source):
        if loops or "while" not in answer.source:
            answers.setdefault(answer.exercise, []).append(answer.source)
    notebook: dict[str, Any] = json.loads((course.labs_folder / lab / f"{lab}.ipynb").read_text())
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in answers and chance.random() < 0.9:
            cell["source"] = chance.choice(answers[grade_id])
    return notebook


def resident(pid: int) -> int:
    """Return the bytes of memory that a process has."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_load(toy: Course) -> None:
    """Honest students, all different, in every lab: each has its result, and grading keeps its memory as it is."""
    course = toy
    if count(0, 1):
        course = Course.load(REAL.root, toy.class_folder)
        shutil.rmtree(toy.class_folder)
    labs = [lab.name for lab in course.labs]
    for number in range(STUDENTS):
        for lab in labs:
            hand_in(course.submitted, f"student{number:03}", json.dumps(honest(course, lab, number)), lab)
    where = ["--root", str(course.root), "grade", "--class", str(course.class_folder), "--workers", "2"]
    run = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "autograder.cli", *where], stdout=subprocess.DEVNULL)
    sizes: list[int] = []
    journal = Journal.of(course)
    while run.poll() is None:
        graded = journal.path.read_bytes().count(b"\n") if journal.path.exists() else 0
        if 0 < graded < STUDENTS * len(labs):  # the report comes later, and holds the whole class
            sizes.append(resident(run.pid))
        time.sleep(0.05)
    assert run.returncode == 0
    results = [entry.result for entry in journal.latest().values()]
    assert len(results) == STUDENTS * len(labs)
    assert {str(result.status) for result in results} == {"GRADED"}
    assert {str(verdict.status) for result in results for verdict in result.verdicts} <= {
        *("CORRECT", "WRONG", "BLANK", "MANUAL"),
        *("TIMEOUT", "CRASHED", "MEMORY", "OUTPUT"),  # some of the known mistakes never end
    }
    third = len(sizes) // 3
    assert max(sizes[-third:]) < 1.2 * max(sizes[:third]) + 30 * 2**20
