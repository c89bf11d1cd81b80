"""One submission on its way from its file to the gradebook."""

from __future__ import annotations

import json
import traceback
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from autograder.files import write_whole
from autograder.gradebook.autograded import autograded
from autograder.gradebook.journal import Journal
from autograder.intake.cells import same_text
from autograder.intake.folder import read_submission
from autograder.intake.received import stamp
from autograder.intake.restore import restore
from autograder.intake.template import Template
from autograder.judge.session import Judge
from autograder.report.feedback import feedback
from autograder.verdict import CheckStatus, GradingResult, SubmissionStatus

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.course import Course
    from autograder.gradebook.book import Book, Score
    from autograder.intake.submission import Restored, Submission

__all__ = ["LabGrader", "journal", "write_feedback"]

_TRIES = 2
_OURS = "Something failed on our side while this was graded: {0}. It costs no points, and will be graded again."


def journal(course: Course) -> Journal:
    """Return where a class's results are kept."""
    return Journal(course.class_folder / "journal" / "results.jsonl")


def write_feedback(course: Course, book: Book, result: GradingResult) -> None:
    """Write the page that the student of a submission reads."""
    graded = result.status is SubmissionStatus.GRADED
    title = next((info.title for info in course.labs if info.name == result.lab), result.lab)
    notebook = _read(_graded_path(course, result)) if graded else None
    score = book.score(result.student, result.lab) if graded else None
    text = feedback(title, result, notebook, score)
    write_whole(course.feedback / result.student / result.lab / f"{result.lab}.html", text)


@dataclass
class LabGrader:
    """Grades submissions of one lab; use it as a context manager.

    Parameters
    ----------
    course : Course
        The course, built.
    book : Book
        The open gradebook.
    lab : str
        The lab's name, or the name of a folder that is none.
    trouble : str
        Why the lab cannot be graded now; empty if it can.
    """

    course: Course
    book: Book
    lab: str
    trouble: str = ""
    _judge: Judge | None = None
    _template: Template | None = None
    _checksums: dict[str, str] | None = None
    _failures: int = 0

    def __enter__(self) -> Self:
        """Return the grader; processes start with the first notebook that needs them."""
        return self

    def __exit__(self, *_: object) -> None:
        """End its processes."""
        self._stop()

    def grade(self, submission: Submission) -> GradingResult:
        """Grade one submission and write down what was found; our own failures end in INFRA, never in an exception."""
        result = self._attempt(submission)
        for _ in range(1, _TRIES):
            if result.status is SubmissionStatus.INFRA and self._failures <= _TRIES:
                self._stop()
                result = self._attempt(submission)
        self._failures = self._failures + 1 if result.status is SubmissionStatus.INFRA else 0
        journal(self.course).append(result)
        with suppress(OSError):  # a page that cannot be written loses no verdict
            write_feedback(self.course, self.book, result)
        return result

    def _attempt(self, submission: Submission) -> GradingResult:
        result = GradingResult(submission.student, submission.lab, submission.status, submission.message)
        result = replace(result, late_seconds=submission.late_seconds)
        try:
            read = read_submission(submission)
            result = replace(result, status=read.status, message=read.message)
            if read.status is not SubmissionStatus.GRADED:
                return result
            if self.trouble:
                return replace(result, status=SubmissionStatus.INFRA, message=self.trouble)
            if not (self.course.source_folder / self.lab / f"{self.lab}.ipynb").is_file():
                message = "The course plans this lab, but it has not begun: there is nothing to grade it with yet."
                return replace(result, status=SubmissionStatus.UNKNOWN_LAB, message=message)
            return self._judged(read, result)
        except Exception as error:  # noqa: BLE001 - whatever fails on our side must not cost anybody's grade
            traceback.print_exc()
            return replace(result, status=SubmissionStatus.INFRA, message=_OURS.format(type(error).__name__))

    def _judged(self, submission: Submission, result: GradingResult) -> GradingResult:
        self._start()
        assert self._template is not None  # noqa: S101 - set by _start, and so is the judge
        assert self._judge is not None  # noqa: S101
        restored = restore(submission, self._template)
        judged = self._judge.grade(restored)
        notes = (*((submission.message,) if submission.message else ()), *restored.notes)
        judged = replace(judged, message="", late_seconds=result.late_seconds, notes=notes)
        judged = _with_blank_answers(judged, restored, self._template)
        if any(verdict.status is CheckStatus.INFRA for verdict in judged.verdicts):
            return replace(judged, status=SubmissionStatus.INFRA, message=_OURS.format("a check could not be run"))
        self._record(submission, restored, judged)
        return _with_manual_points(judged, self.book.score(submission.student, submission.lab))

    def _record(self, submission: Submission, restored: Restored, result: GradingResult) -> None:
        """Write the graded notebook and the scores; each is there whole or not at all, and again after a rerun."""
        path = _graded_path(self.course, result)
        before = _read(path)
        notebook = autograded(restored, result, self._checksums or {})
        write_whole(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
        if submission.path.is_relative_to(self.course.submitted) and submission.received:
            stamp(submission.path, submission.received)
        changed = frozenset(name for name, text in _answers(notebook).items() if _answers(before).get(name) != text)
        self.book.record(submission.student, submission.lab, notebook, received=submission.received, changed=changed)

    def _start(self) -> None:
        if self._template is None:
            self._checksums = self.book.register(self.lab)
            self._template = Template.read(self.course.source_folder, self.lab)
        if self._judge is None:
            self._judge = Judge(self.course, self.lab).__enter__()

    def _stop(self) -> None:
        judge, self._judge = self._judge, None
        if judge is not None:
            with suppress(Exception):  # it may be what failed
                judge.__exit__(None, None, None)


def _graded_path(course: Course, result: GradingResult) -> Path:
    return course.autograded / result.student / result.lab / f"{result.lab}.ipynb"


def _with_blank_answers(result: GradingResult, restored: Restored, template: Template) -> GradingResult:
    """Give an untouched written answer its zero, as nbgrader does: there is nothing to read."""
    blank = {
        cell.grade_id
        for cell in restored.cells
        if cell.kind == "answer" and same_text(cell.source, template.by_grade_id[cell.grade_id or ""].shown)
    }
    verdicts = [
        replace(verdict, status=CheckStatus.BLANK, points=0.0, message="There is no answer to read.")
        if verdict.check in blank
        else verdict
        for verdict in result.verdicts
    ]
    return replace(result, verdicts=tuple(verdicts))


def _with_manual_points(result: GradingResult, score: Score | None) -> GradingResult:
    """Give a written answer the points that a person gave it."""
    manual = {} if score is None else score.manual
    verdicts = [
        replace(verdict, points=manual[verdict.check])
        if verdict.status is CheckStatus.MANUAL and verdict.check in manual
        else verdict
        for verdict in result.verdicts
    ]
    return replace(result, verdicts=tuple(verdicts))


def _answers(notebook: dict[str, Any] | None) -> dict[str, str]:
    """Return the written answers of a graded notebook."""
    cells = notebook["cells"] if notebook else []
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["source"]
        for cell in cells
        if cell["metadata"].get("course", {}).get("kind") == "answer"
    }


def _read(path: Path) -> dict[str, Any] | None:
    try:
        notebook = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return notebook if isinstance(notebook, dict) else None
