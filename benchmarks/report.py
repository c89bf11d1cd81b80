"""The report and the students' pages of a large class: seconds, with one worker and with two.

    .venv/bin/python benchmarks/report.py [--students 300] [--pages 280] [--keep DIR]

The class is invented: what each student knows decides which checks are passed, and misconceptions are those of the
catalogue. It is written as grading writes it: by the writer, into journal, nbgrader's database and graded notebooks.
``course report`` then runs as a command, in a process of its own. All pages of a class are written at most once, so
pages are timed on some students' folders: the same ones for each number of workers, removed in between.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from autograder.course import Course
from autograder.gradebook.autograded import autograded, notebook_text
from autograder.gradebook.book import Book
from autograder.gradebook.grader import Graded
from autograder.gradebook.key import Key
from autograder.gradebook.writer import Writer
from autograder.intake.restore import restore
from autograder.intake.submission import Submission
from autograder.intake.template import Template, TemplateCell
from autograder.release.build import build
from autograder.source.mistakes import read_mistakes
from autograder.source.notebook import notebook
from autograder.source.percent import read_lab
from autograder.verdict import CheckStatus, GradingResult, SubmissionStatus, Verdict

__all__ = ["main", "write_class"]

ROOT = Path(__file__).resolve().parents[1]
BATCH = 100  # submissions that are written at once
LARGEST = 20.0  # seconds that the report of 300 students may take


def write_class(course: Course, students: int, seed: int = 1) -> None:
    """Grade an invented class: every student hands in most of the labs."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    knows = {f"student{number:03}": rng.betavariate(5, 2) for number in range(students)}
    with Book(course) as book:
        book.enrol(sorted(knows))
        writer = Writer.of(course, book)
        for lab in course.labs:
            graded = list(_lab(course, lab.name, knows, book.register(lab.name), rng))
            for start in range(0, len(graded), BATCH):
                batch = graded[start : start + BATCH]
                writer.write(batch, {(found.student, found.lab): "invented" for found, *_ in batch})


def _lab(
    course: Course, lab: str, knows: dict[str, float], checksums: dict[str, str], rng: random.Random
) -> Iterator[tuple[Submission, Key, Graded]]:
    """Yield what was found of each submission of a lab."""
    source = read_lab(course.solutions / f"{lab}.py")
    template, node = Template.from_notebook(lab, notebook(source)), notebook(source)
    named = _misconceptions(course, lab)
    hardness = {exercise.id: rng.uniform(-0.3, 0.3) for exercise in source.exercises}
    key = Key("synthetic", lab, "", "", "")
    due = course.lab(lab).due or datetime(2026, 9, 1, tzinfo=UTC)
    for student, known in knows.items():
        submission = Submission(student, lab, course.submitted / student / lab / f"{lab}.ipynb", notebook=node)
        if rng.random() > 0.75 + known / 4:
            yield (
                submission,
                key,
                Graded(GradingResult(student, lab, SubmissionStatus.MISSING, "Nothing was handed in.")),
            )
            continue
        seconds = rng.choice([0.0] * 9 + [3600.0 * rng.randint(1, 40)])
        submission = replace(submission, received=due + timedelta(seconds=seconds))
        verdicts = tuple(
            _verdict(cell, known - hardness.get(cell.exercise or "", 0), named, rng)
            for cell in template.cells
            if cell.kind in ("checks", "answer")
        )
        result = GradingResult(student, lab, SubmissionStatus.GRADED, "", 1.0, "full", seconds, verdicts)
        yield (
            submission,
            key,
            Graded(result, notebook_text(autograded(restore(submission, template), result, checksums))),
        )


def _verdict(cell: TemplateCell, chance: float, named: dict[str, list[str]], rng: random.Random) -> Verdict:
    """Invent what a check says of a student who passes it with this chance."""
    exercise, check, points = cell.exercise or "", cell.grade_id or "", cell.points
    if cell.kind == "answer":
        return Verdict(exercise, check, CheckStatus.MANUAL, None, points, "read by a person")
    if rng.random() < chance:
        return Verdict(exercise, check, CheckStatus.CORRECT, points, points, "✓ right on all that was tried")
    if rng.random() < 0.2:
        return Verdict(
            exercise, check, CheckStatus.BLANK, 0.0, points, f"○ Exercise of {exercise} is not attempted yet."
        )
    name = rng.choice([*named.get(exercise, []), None])
    return Verdict(
        exercise, check, CheckStatus.WRONG, 0.0, points, f"✗ {exercise}: not right yet.\n  Hint: look again.", name
    )


def _misconceptions(course: Course, lab: str) -> dict[str, list[str]]:
    """Return the names that the catalogue knows for each exercise."""
    names: dict[str, list[str]] = {}
    for answer in read_mistakes(course.solutions / "mistakes" / f"{lab}.py"):
        if answer.misconception:
            names.setdefault(answer.exercise, []).append(answer.misconception)
    return names


class Seconds(NamedTuple):
    """What a command took: by the clock, and of all processors together."""

    clock: float
    cpu: float


def _report(course: Course, workers: int) -> Seconds:
    """Run ``course report``; return its seconds."""
    command = [sys.executable, "-m", "autograder.cli", "--root", str(course.root), "report", "--workers", str(workers)]
    start, before = time.perf_counter(), os.times()
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Seconds(time.perf_counter() - start, cpu)


def _remove_pages(course: Course, count: int) -> None:
    """Remove the first pages, so that the next report writes them."""
    for path in sorted(course.feedback.glob("*/*/*.html"))[:count]:
        path.unlink()


def _course(root: Path, students: int) -> Course:
    """Make the course and its class in a folder, if they are not there yet."""
    if not (root / "class").is_dir():
        for name in ("solutions", "labs"):
            shutil.copytree(ROOT / name, root / name)
        for name in ("course.toml", "nbgrader_config.py"):
            shutil.copy(ROOT / name, root)
        build(Course.load(root)).write()
        write_class(Course.load(root), students)
    return Course.load(root)


def main() -> int:
    """Print seconds of the report and of pages; return 1 if the report takes too long."""
    parser = argparse.ArgumentParser(description="Time `course report` on a large class.")
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--pages", type=int, default=280, help="pages that are written for each number of workers")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="make the class in DIR, leave it there, use it again")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = _course((chosen.keep or Path(folder)).resolve(), chosen.students)
        first = _report(course, 2)
        alone = min(_report(course, 1) for _ in range(2))
        size = (course.class_folder / "report.html").stat().st_size / 1e6
        what = f"{chosen.students} students x {len(course.labs)} labs"
        print(f"{what}: report {alone.clock:.1f} s ({alone.cpu:.1f} s of processors), {size:.1f} MB", flush=True)
        print(f"with all pages that were not there, 2 workers: {first.clock:.1f} s ({first.cpu:.1f} s)", flush=True)
        seconds = {}
        for workers in (1, 2):
            _remove_pages(course, chosen.pages)
            seconds[workers] = _report(course, workers).clock - alone.clock
        one, two = seconds[1], seconds[2]
        print(f"{chosen.pages} pages: 1 worker {one:.1f} s, 2 workers {two:.1f} s, ratio {one / two:.2f}")
    return int(alone.clock > LARGEST)


if __name__ == "__main__":
    sys.exit(main())
