"""Two steps for ``c.Autograde.autograde_preprocessors``: nbgrader's own commands grade as ``course grade`` does.

They take the places of nbgrader's Execute and SaveAutoGrades, for ``nbgrader autograde`` and for formgrader's button.
"""

from __future__ import annotations

import atexit
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.course import Course
from autograder.errors import CourseError
from autograder.gradebook.book import Book
from autograder.gradebook.grader import Graded, Grading
from autograder.gradebook.key import Key, Keys
from autograder.gradebook.lock import only_one
from autograder.gradebook.workers import Pool
from autograder.gradebook.writer import Writer
from autograder.intake.folder import Folder
from autograder.intake.submission import Submission
from autograder.verdict import SubmissionStatus

__all__ = ["GradeSafely", "SaveVerdicts"]

_running: dict[str, Pool] = {}  # at most one, by what it grades


class GradeSafely(NbGraderPreprocessor):  # type: ignore[misc]
    """Grades the file that was handed in, in a process of its own; the notebook becomes the graded one."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:  # noqa: ARG002
        """Grade; nbgrader calls this with the notebook as it was handed in, which is not looked at."""
        course = _course(self)
        with only_one(course), Book(course) as book:
            submission = _find(course, book, resources)
            key, checksums = Keys(course).key(submission), book.register(submission.lab)
        graded = _grade(course, key, Grading(submission, checksums))
        if graded.result.status is not SubmissionStatus.GRADED:
            raise CourseError(f"{submission.path}: {graded.result.status}: {graded.result.message}")
        resources["graded"] = (submission, key, graded)
        return nbformat.v4.reads(graded.notebook), resources


class SaveVerdicts(NbGraderPreprocessor):  # type: ignore[misc]
    """Writes the result of GradeSafely into journal and gradebook, late penalty included."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Write; nbgrader then writes the notebook itself."""
        course = _course(self)
        with only_one(course), Book(course) as book:
            writer, graded = Writer.of(course, book), resources.pop("graded")
            submission: Submission = graded[0]
            writer.catch_up(submission.student)
            writer.write([graded], {(submission.student, submission.lab): "asked for with nbgrader"})
        return nb, resources


def _course(step: NbGraderPreprocessor) -> Course:
    """Return the course of the converter that a step belongs to."""
    folders = step.parent.parent.coursedir
    root = Path(folders.root)
    return Course.load(root, (root / folders.submitted_directory).parent)


def _find(course: Course, book: Book, resources: dict[str, Any]) -> Submission:
    names = resources["nbgrader"]
    folder = Folder(course, course.submitted, book.roster(), book.extensions())
    (submission,) = folder.submissions(names["assignment"], names["student"])
    return submission


def _grade(course: Course, key: Key, job: Grading) -> Graded:
    """Grade in a worker, which stays for the next submission of the same lab."""
    name = f"{course.root}\0{course.class_folder}\0{key.lab}"
    if name not in _running:
        _stop()
        _running[name] = Pool(course, 1).__enter__()
    _running[name].submit(job)
    ((_, graded),) = [result for done in _running[name].results() for result in done]
    return graded  # type: ignore[no-any-return]


@atexit.register
def _stop() -> None:
    while _running:
        _running.popitem()[1].__exit__(None, None, None)
