"""What the server answers besides, or in the place of, nbgrader's formgrader."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import JupyterHandler
from nbgrader.api import MissingEntry
from nbgrader.server_extensions.formgrader.apihandlers import (
    CommentCollectionHandler,
    GradeCollectionHandler,
    GradeHandler,
)
from nbgrader.server_extensions.formgrader.base import BaseHandler, check_notebook_dir, check_xsrf
from tornado.web import HTTPError, authenticated

from autograder.formgrader.answers import readings
from autograder.formgrader.split import Split
from autograder.gradebook.audit import FOUND, Cause
from autograder.gradebook.score import given
from autograder.report.pages import render

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.gradebook.audit import Audit

__all__ = ["CommentsHandler", "Desk", "GradesHandler", "OneGradeHandler", "WorkHandler"]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one person grades: the course, who it is, and the audit that says so."""

    course: Course
    assistant: str
    audit: Audit


class GradesHandler(GradeCollectionHandler):  # type: ignore[misc]
    """The scores of a submission, as they are in the gradebook now: others may have changed them."""

    @authenticated  # type: ignore[untyped-decorator]
    def get(self) -> None:
        """Answer as nbgrader does."""
        self.gradebook.db.expire_all()
        super().get()


class CommentsHandler(CommentCollectionHandler):  # type: ignore[misc]
    """The comments on a submission, as they are in the gradebook now."""

    @authenticated  # type: ignore[untyped-decorator]
    def get(self) -> None:
        """Answer as nbgrader does."""
        self.gradebook.db.expire_all()
        super().get()


class OneGradeHandler(GradeHandler):  # type: ignore[misc]
    """The score of one check; that it was changed, and by whom, is written down."""

    @authenticated  # type: ignore[untyped-decorator]
    def put(self, grade_id: str) -> None:
        """Take a score as nbgrader does, with a line in the audit."""
        desk: Desk = self.settings["course_desk"]
        with desk.audit.turn():
            self.gradebook.db.expire_all()
            place = self._place(grade_id)
            desk.audit.follow(self._scores(place), {}, FOUND)
            super().put(grade_id)
            desk.audit.follow(self._scores(place), {}, Cause(desk.assistant, "in formgrader"))

    def _place(self, grade_id: str) -> tuple[str, str]:
        try:
            grade = self.gradebook.find_grade_by_id(grade_id)
        except MissingEntry:
            raise HTTPError(404) from None
        return grade.student.id, grade.assignment.name

    def _scores(self, place: tuple[str, str]) -> dict[tuple[str, str], Any]:
        return {place: given(self.gradebook.db, [place[0]]).get(place, {})}


class WorkHandler(BaseHandler):  # type: ignore[misc]
    """The list of an assistant's answers, each with a link to where it is graded."""

    base_url = (
        JupyterHandler.base_url
    )  # nbgrader's own lacks the slash, so that a login here would hold for lists alone

    @authenticated  # type: ignore[untyped-decorator]
    @check_xsrf  # type: ignore[untyped-decorator]
    @check_notebook_dir  # type: ignore[untyped-decorator]
    def get(self, assistant: str) -> None:
        """Show the list."""
        desk: Desk = self.settings["course_desk"]
        self.gradebook.db.expire_all()
        known = readings(self.gradebook.db)
        mine = [(answer, known[answer]) for answer in Split.read(desk.course).of(assistant) if answer in known]
        waiting = Counter((answer.lab, answer.check) for answer, reading in mine if reading.waits)
        questions = sorted({(answer.lab, answer.check) for answer, _ in mine})
        self.write(
            render(
                "work.html",
                assistant=assistant,
                mine=mine,
                waiting=waiting,
                questions=questions,
                base=self.base_url.rstrip("/"),
            )
        )
