"""From a submission to its result and its graded notebook: a pure step, which writes nothing."""

from __future__ import annotations

import traceback
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from autograder.gradebook.autograded import autograded, notebook_text
from autograder.intake.folder import read_submission
from autograder.intake.restore import restore
from autograder.intake.template import Template
from autograder.judge.session import Judge, start_host
from autograder.verdict import CheckStatus, GradingResult, SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograder.course import Course
    from autograder.intake.submission import Restored, Submission
    from autograder.sandbox.host import Zygote
    from autograder.sandbox.launcher import Launcher

__all__ = ["Graded", "Grader", "Grading"]

_OURS = "Something failed on our side while this was graded: {0}. It costs no points, and will be graded again."
_TRIES = 2
_NOT_BEGUN = "The course plans this lab, but it has not begun: there is nothing to grade it with yet."


@dataclass(frozen=True, slots=True)
class Graded:
    """What became of one submission.

    ``notebook`` is the text of the graded notebook, empty if there is none;
    ``untouched`` names exercises and written answers that were handed in as they were given out.
    """

    result: GradingResult
    notebook: str = ""
    untouched: tuple[str, ...] = ()


class Grader:
    """Grades submissions of any lab, one after another; use it as a context manager.

    All labs of an environment share one zygote, which starts with the first notebook that needs it.

    Parameters
    ----------
    course : Course
        The course, built.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self._hosts: dict[str, Zygote | Launcher] = {}
        self._judges: dict[str, Judge] = {}
        self._templates: dict[str, Template] = {}
        self._failures = 0

    def __enter__(self) -> Self:
        """Return the grader."""
        return self

    def __exit__(self, *_: object) -> None:
        """End its processes."""
        self._stop()

    def grade(self, submission: Submission, checksums: Mapping[str, str], trouble: str = "") -> Graded:
        """Grade one submission; our own failures end in INFRA, never in an exception.

        Parameters
        ----------
        submission : Submission
            As found, not read.
        checksums : Mapping
            nbgrader's checksum of each cell of the lab, by grade_id.
        trouble : str
            Why the lab cannot be graded now; empty if it can.
        """
        graded = self._attempt(submission, checksums, trouble)
        for _ in range(1, _TRIES):
            if graded.result.status is SubmissionStatus.INFRA and self._failures <= _TRIES:
                self._stop()
                graded = self._attempt(submission, checksums, trouble)
        failed = graded.result.status is SubmissionStatus.INFRA
        self._failures = self._failures + 1 if failed else 0
        return graded

    def _attempt(self, submission: Submission, checksums: Mapping[str, str], trouble: str) -> Graded:
        result = GradingResult(submission.student, submission.lab, submission.status, submission.message)
        result = replace(result, late_seconds=submission.late_seconds)
        try:
            read = read_submission(submission)
            result = replace(result, status=read.status, message=read.message)
            if read.status is not SubmissionStatus.GRADED:
                return Graded(result)
            if trouble:
                return Graded(replace(result, status=SubmissionStatus.INFRA, message=trouble))
            if not (self.course.source_folder / read.lab / f"{read.lab}.ipynb").is_file():
                return Graded(replace(result, status=SubmissionStatus.UNKNOWN_LAB, message=_NOT_BEGUN))
            return self._judged(read, checksums)
        except Exception as error:  # whatever fails on our side must not cost anybody's grade
            if _is_exit(error):  # this process is told to end, and what it worked with may be gone already
                raise SystemExit(0) from error
            traceback.print_exc()
            return Graded(replace(result, status=SubmissionStatus.INFRA, message=_OURS.format(type(error).__name__)))

    def _judged(self, submission: Submission, checksums: Mapping[str, str]) -> Graded:
        template = self._template(submission.lab)
        restored = restore(submission, template)
        untouched = _untouched(restored, template)
        judged = self._judge(submission.lab).grade(restored)
        notes = (*((submission.message,) if submission.message else ()), *restored.notes)
        judged = replace(judged, message="", late_seconds=submission.late_seconds, notes=notes)
        judged = _with_blank_answers(judged, untouched)
        if any(verdict.status is CheckStatus.INFRA for verdict in judged.verdicts):
            message = _OURS.format("a check could not be run")
            return Graded(replace(judged, status=SubmissionStatus.INFRA, message=message, outcomes=()))
        text = notebook_text(autograded(restored, judged, checksums))
        return Graded(replace(judged, outcomes=()), text, untouched)

    def _template(self, lab: str) -> Template:
        if lab not in self._templates:
            self._templates[lab] = Template.read(self.course.source_folder, lab)
        return self._templates[lab]

    def _judge(self, lab: str) -> Judge:
        if lab not in self._judges:
            environment = self.course.lab(lab).environment
            if environment not in self._hosts:
                self._hosts[environment] = start_host(self.course, environment)
            self._judges[lab] = Judge(self.course, lab, self._hosts[environment]).__enter__()
        return self._judges[lab]

    def _stop(self) -> None:
        hosts = list(self._hosts.values())
        self._judges.clear()
        self._hosts.clear()
        for host in hosts:
            with suppress(Exception):  # it may be what failed
                host.__exit__(None, None, None)


@dataclass(frozen=True, slots=True)
class Grading:
    """The grading of one submission, as work for a process; the fields are those of :meth:`Grader.grade`."""

    submission: Submission
    checksums: Mapping[str, str]
    trouble: str = ""

    def run(self, grader: Grader) -> Graded:
        """Grade it."""
        return grader.grade(self.submission, self.checksums, self.trouble)

    def give_up(self, reason: str) -> Graded:
        """Say that our side failed."""
        found = self.submission
        message = _OURS.format(reason.strip().splitlines()[-1])
        status = SubmissionStatus.INFRA
        return Graded(GradingResult(found.student, found.lab, status, message, late_seconds=found.late_seconds))


def _is_exit(error: BaseException | None) -> bool:
    """Whether an error came up while this process was on its way out."""
    while error is not None and not isinstance(error, SystemExit):
        error = error.__context__
    return error is not None


def _untouched(restored: Restored, template: Template) -> tuple[str, ...]:
    """Name the exercises and written answers that hold the very text that students got."""
    cells = [cell for cell in restored.cells if cell.kind in ("exercise", "answer") and cell.grade_id]
    return tuple(str(c.grade_id) for c in cells if c.source == template.by_grade_id[str(c.grade_id)].shown)


def _with_blank_answers(result: GradingResult, untouched: tuple[str, ...]) -> GradingResult:
    """Give an untouched written answer its zero, as nbgrader does: there is nothing to read."""
    verdicts = [
        replace(verdict, status=CheckStatus.BLANK, points=0.0, message="There is no answer to read.")
        if verdict.status is CheckStatus.MANUAL and verdict.check in untouched
        else verdict
        for verdict in result.verdicts
    ]
    return replace(result, verdicts=tuple(verdicts))
