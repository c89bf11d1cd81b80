"""A class: finding what was handed in, grading all of it, and the report."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from itertools import groupby
from typing import TYPE_CHECKING, Self

from autograder.errors import UsageError
from autograder.files import write_whole
from autograder.gradebook.book import Book
from autograder.grading import LabGrader, journal, write_feedback
from autograder.intake.folder import Folder
from autograder.release.build import build, source_path
from autograder.report.page import page
from autograder.verdict import SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from autograder.course import Course
    from autograder.gradebook.book import Score
    from autograder.intake.submission import Submission
    from autograder.verdict import GradingResult

__all__ = ["Classroom"]


class Classroom:
    """The class of a course, its gradebook open; use it as a context manager.

    Parameters
    ----------
    course : Course
        The course; ``class_folder`` says where the class is.

    Raises
    ------
    UsageError
        Another command writes into this class's gradebook.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self._book = Book(course)
        self._lock = _only_one(course)

    def __enter__(self) -> Self:
        """Lock the class and open its gradebook."""
        self._lock.__enter__()
        self._book.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Close the gradebook and unlock the class."""
        self._book.__exit__()
        self._lock.__exit__(None, None, None)

    def find(self, folder: Path, lab: str | None = None, student: str | None = None) -> list[Submission]:
        """Find the submissions in a folder, lab by lab.

        A student who has a grade already is not missing where a folder holds other people's work alone.

        Parameters
        ----------
        folder : Path
            ``DIR/<student>/<lab>/<lab>.ipynb``.
        lab, student : str, optional
            This one alone.
        """
        here = Folder(self.course, folder, self._book.roster(), self._book.extensions())
        graded = self._book.scores().keys()
        found = [
            submission
            for submission in here.submissions(lab, student)
            if submission.status is not SubmissionStatus.MISSING
            or (submission.student, submission.lab) not in graded
            or submission.path.parent.exists()
        ]
        if lab is None and student is None:
            self._forget(found, whole=folder == self.course.submitted)
        return sorted(found, key=lambda submission: (submission.lab, submission.student))

    def grade(self, submissions: list[Submission], told: Callable[[GradingResult], object]) -> list[GradingResult]:
        """Build the labs, grade submissions one after the other, and write down each as soon as it is graded.

        Parameters
        ----------
        submissions : list of Submission
            As :meth:`find` gives them.
        told : callable
            Is called with each result.

        Returns
        -------
        list of GradingResult
            One for each submission, in the same order.
        """
        broken = self._build()
        results = []
        for lab, group in groupby(submissions, key=lambda submission: submission.lab):
            with LabGrader(self.course, self._book, lab, broken.get(lab, "")) as grader:
                for submission in group:
                    results.append(grader.grade(submission))
                    told(results[-1])
        return results

    def results(self) -> list[GradingResult]:
        """Return the last result of each submission of the class."""
        return list(journal(self.course).latest().values())

    def scores(self) -> dict[tuple[str, str], Score]:
        """Return what the gradebook holds, by student and lab."""
        return self._book.scores()

    def write_feedback(self, result: GradingResult) -> None:
        """Write a student's page again, with what was given by hand since."""
        write_feedback(self.course, self._book, result)

    def write_report(self) -> Path:
        """Write the report of the class, and return where it is."""
        path = self.course.class_folder / "report.html"
        write_whole(path, page(self.course, journal(self.course).latest(), self._book.scores()))
        return path

    def _build(self) -> dict[str, str]:
        """Bring the built labs up to date; return those that have an error in their source, with what to tell."""
        built = build(self.course)
        with suppress(*{type(error) for error in built.errors}):
            built.write()
        names = [lab.name for lab in self.course.labs if source_path(self.course, lab).exists()]
        broken = [name for name in names if self.course.source_folder / name / f"{name}.ipynb" not in built.others]
        why = "; ".join(map(str, built.errors))
        return dict.fromkeys(broken, f"The lab's source has an error on our side, so nothing was graded: {why}")

    def _forget(self, found: Iterable[Submission], *, whole: bool) -> None:
        """Drop results of folders that are gone, such as one that had a wrong name.

        ``whole``: the folder holds all of the class, so that who is not in it is gone too.
        """
        keys = {(submission.student, submission.lab) for submission in found}
        students = {student for student, _ in keys}
        graded = self._book.scores().keys()
        journal(self.course).keep(lambda key: key in keys or key in graded or not (whole or key[0] in students))


@contextmanager
def _only_one(course: Course) -> Iterator[None]:
    """Keep a second command out of the class; a killed one leaves no lock behind."""
    where = course.class_folder
    try:
        where.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(where / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UsageError(f"cannot write into {where} ({error.strerror}): give another folder with --class") from error
    try:
        try:
            _lock(descriptor)
        except BlockingIOError as error:
            raise UsageError(f"another command writes into {where}: wait for it, then try again") from error
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows has other locks, and one instructor
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
