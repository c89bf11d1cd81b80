"""Grading with ``course grade`` beside stock nbgrader: the same submissions, in turns, end to end.

    .venv/bin/python benchmarks/grading.py [--labs 1 6] [--students 3] [--two]

Stock nbgrader grades through its API in one process, with gradebook and files; the course with one worker, its journal,
gradebook and files. Feedback pages are left out on both sides, and so is what either does once: imports, the database,
the first zygote. Each submission is graded by one and then by the other before the next one; medians count.
``--two`` times two workers on two processors against one, which has one processor, or two: then it keeps more than one
busy, since the system takes down students' processes, and the writer writes, while it goes on.

Then what a submission costs the course is itemised: isolation (starting and ending its first process), fork (one for
each cell and check), cells (running them), checks (in the judge, with the calls that they make), restore (reading the
file, the graded notebook) and write (journal, database, notebook).
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import shutil
import statistics
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.files import write_whole
from autograder.gradebook.book import Book
from autograder.gradebook.grader import Graded, Grader, Grading
from autograder.gradebook.key import Keys
from autograder.gradebook.settings import settings
from autograder.gradebook.workers import Pool
from autograder.gradebook.writer import Writer
from autograder.intake.folder import Folder
from autograder.intake.submission import Submission
from autograder.judge.processes import Processes
from autograder.judge.remote import Remote
from autograder.judge.session import Session
from autograder.release.build import build
from autograder.sample import sample_files

__all__ = ["main"]

ROOT = Path(__file__).resolve().parents[1]
# Of the sample class, those who answer all exercises, some rightly and some not, and do nothing odd.
STUDENTS = ("ada", "alan", "emmy", "grace", "hypatia", "kurt")
AGAIN = 4  # times that workers grade each submission: the last one, which one of them does alone, counts little then
ROUNDS = 3  # of one worker beside two
ITEMS = ("isolation", "fork", "cells", "checks", "restore", "write")


@dataclass
class Ours:
    """The course's way: one class, with its writer."""

    course: Course
    book: Book
    checksums: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make its one writer, as a run has it, and its keys."""
        self.writer = Writer.of(self.course, self.book)
        self.keys = Keys(self.course)

    def submissions(self, lab: str) -> list[Submission]:
        """Return what was handed in of a lab."""
        self.checksums[lab] = self.book.register(lab)
        return list(Folder(self.course, self.course.submitted).submissions(lab))

    def write(self, done: list[tuple[Submission, Graded]]) -> None:
        """Write results."""
        why = {(submission.student, submission.lab): "measured" for submission, _ in done}
        self.writer.write([(submission, self.keys.key(submission), graded) for submission, graded in done], why)

    def grade(self, pool: Pool, submissions: list[Submission]) -> float:
        """Grade submissions; return the seconds."""
        start = time.perf_counter()
        for submission in submissions:
            pool.submit(Grading(submission, self.checksums[submission.lab]))
        for done in pool.results():
            failed = [graded.result for _, graded in done if graded.result.status != "GRADED"]
            assert not failed, failed  # noqa: S101 - a failure must not count as fast
            self.write([(job.submission, graded) for job, graded in done])
        return time.perf_counter() - start


@dataclass
class Stock:
    """nbgrader's way: its API, without the course's steps."""

    api: Any

    @classmethod
    def of(cls, course: Course) -> Stock:
        """Make it for a course folder."""
        from nbgrader.apps.api import NbGraderAPI

        config = settings(course.root).copy()
        del config["Autograde"]
        return cls(NbGraderAPI(config=config))

    def generate(self, lab: str) -> None:
        """Register a lab."""
        assert self.api.generate_assignment(lab)["success"]  # noqa: S101

    def grade(self, submission: Submission) -> float:
        """Grade one submission; return the seconds."""
        start = time.perf_counter()
        done = self.api.autograde(submission.lab, submission.student, force=True, create=True)
        assert done["success"], done["log"]  # noqa: S101
        return time.perf_counter() - start


def make_class(folder: Path, students: tuple[str, ...]) -> Course:
    """Copy the course into a folder, and hand in what some students of the sample class hand in."""
    for name in ("course.toml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)
    for name in ("solutions", "labs"):
        shutil.copytree(ROOT / name, folder / name)
    course = Course.load(folder)
    build(course).write()
    for path, text in sample_files(course).items():
        if path.split("/")[0] in students:
            write_whole(course.submitted / path, text)
    return course


def itemise(ours: Ours, grader: Grader, submission: Submission) -> dict[str, float]:
    """Grade one submission in this process; return the seconds of each item."""
    spent: dict[str, float] = defaultdict(float)
    with contextlib.ExitStack() as stack:
        for owner, name, item in (
            (Processes, "__init__", "isolation"),
            (Processes, "end", "isolation"),
            (Processes, "fork", "fork"),
            (Processes, "_sweep", "fork"),
            (Remote, "run", "cells"),
            (Session, "check", "checks"),
        ):
            stack.enter_context(timed(owner, name, spent, item))
        start = time.perf_counter()
        graded = grader.grade(submission, ours.checksums[submission.lab])
    spent["restore"] = time.perf_counter() - start - sum(spent.values())
    start = time.perf_counter()
    ours.write([(submission, graded)])
    spent["write"] = time.perf_counter() - start
    return {**spent, "number of checks": len(graded.result.verdicts)}


@contextlib.contextmanager
def timed(owner: type, name: str, spent: dict[str, float], item: str) -> Iterator[None]:
    """Add a method's own seconds, without those of other timed methods in it, to an item."""
    method = getattr(owner, name)

    def run(*args: Any, **kwargs: Any) -> Any:
        inside, start = sum(spent.values()), time.perf_counter()
        try:
            return method(*args, **kwargs)
        finally:
            spent[item] += time.perf_counter() - start - (sum(spent.values()) - inside)

    setattr(owner, name, run)
    try:
        yield
    finally:
        setattr(owner, name, method)


def compare(ours: Ours, stock: Stock, pool: Pool, lab: str) -> tuple[float, float]:
    """Print and return the median seconds of a submission of a lab: stock, and the course."""
    submissions = ours.submissions(lab)
    stock.generate(lab)
    ours.grade(pool, submissions[:1])  # the zygote starts
    pairs = [(stock.grade(one), ours.grade(pool, [one])) for one in submissions]
    theirs, mine = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"{lab}: stock {theirs:.2f} s, course {mine:.3f} s, ratio {theirs / mine:.1f}", flush=True)
    with Grader(ours.course) as grader:
        grader.grade(submissions[0], ours.checksums[lab])
        items = [itemise(ours, grader, one) for one in submissions]
    medians = {name: statistics.median(item[name] for item in items) for name in (*ITEMS, "number of checks")}
    checks = int(medians.pop("number of checks"))
    told = ", ".join(f"{name} {1000 * seconds:.0f}" for name, seconds in medians.items())
    overhead = sum(medians.values()) - medians["cells"]
    print(f"    ms: {told}; without cells {1000 * overhead:.0f} for {checks} checks", flush=True)
    return theirs, mine


def two_workers(ours: Ours, labs: list[str]) -> None:
    """Print how much faster two workers on two processors grade than one, which has both of them or one alone."""
    submissions = [one for lab in labs for one in ours.submissions(lab)]
    processors = sorted(os.sched_getaffinity(0))[:2]
    settings = {"1 on 1": (1, processors[:1]), "1 on 2": (1, processors), "2 on 2": (2, processors)}
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name, (workers, given) in settings.items():
            os.sched_setaffinity(0, given)
            with Pool(ours.course, workers) as pool:
                for lab in labs:  # each worker starts its zygotes
                    ours.grade(pool, [one for one in submissions if one.lab == lab][: 2 * workers])
                taken[name].append(ours.grade(pool, submissions * AGAIN))
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in medians.items())
    alone, free, both = medians.values()
    print(f"{AGAIN * len(submissions)} submissions, workers on processors: {told}", flush=True)
    print(f"two workers are {alone / both:.2f} times one on one processor, {free / both:.2f} times one on two")


def main() -> int:
    """Print the medians of each lab and of all together; return 0."""
    parser = argparse.ArgumentParser(description="Compare `course grade` with stock nbgrader.")
    parser.add_argument("--labs", nargs="*", metavar="L", help="these labs alone")
    parser.add_argument("--students", type=int, default=3, help=f"submissions of each lab, at most {len(STUDENTS)}")
    parser.add_argument("--two", action="store_true", help="time one worker against two as well")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as ours_folder, tempfile.TemporaryDirectory() as stock_folder:
        students = STUDENTS[: chosen.students]
        course, other = make_class(Path(ours_folder), students), make_class(Path(stock_folder), students)
        labs = [course.lab(name).name for name in chosen.labs or [lab.name for lab in course.labs]]
        with Book(course) as book, Book(other), Pool(course, 1) as pool:
            ours = Ours(course, book)
            medians = [compare(ours, Stock.of(other), pool, lab) for lab in labs]
            if chosen.two:
                two_workers(ours, labs)
    theirs, mine = (sum(times) for times in zip(*medians, strict=True))
    print(f"grading: stock {theirs:.2f} s, course {mine:.2f} s, ratio {theirs / mine:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
