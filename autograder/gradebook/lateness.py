"""Extra time and late penalties in nbgrader's database."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from autograder.gradebook.settings import settings
from autograder.intake.extensions import granted_time

if TYPE_CHECKING:
    from datetime import timedelta

    from autograder.course import Course

__all__ = ["Lateness"]


class Lateness:
    """What rules and extensions make of submissions that came after their due dates.

    Parameters
    ----------
    course : Course
        Its settings name the plugin that nbgrader asks for penalties; its class holds the extensions.
    database : sqlalchemy.orm.Session
        nbgrader's, open; the caller commits.
    """

    def __init__(self, course: Course, database: Any) -> None:
        self._course, self._database = course, database

    def extensions(self) -> dict[tuple[str, str], timedelta]:
        """Return the extra time that was granted, by student and lab.

        ``class/extensions.csv`` decides for whom it names; for others, what nbgrader's database holds stays in force.
        """
        from nbgrader.api import SubmittedAssignment as Submitted

        granted = self._database.query(Submitted).filter(Submitted.extension.is_not(None))
        recorded = {(row.student_id, row.assignment.name): row.extension for row in granted}
        return recorded | self._granted

    def extend(self, submitted: Any) -> None:
        """Write down the extra time that class/extensions.csv grants, where nbgrader looks for it."""
        known = submitted.student_id, submitted.assignment.name
        extension = self._granted.get(known, submitted.extension) or None  # no time at all is none
        if submitted.extension != extension:
            submitted.extension = extension

    def penalise(self, entry: Any) -> None:
        """Set the late penalty that the plugin of nbgrader's settings asks for, as nbgrader's own step does."""
        late, penalty = entry.assignment.total_seconds_late, None
        if late > 0:
            self._database.expire(entry, ["score"])  # a sum over rows that may have been written just now
            penalty = self._step.plugin_inst.late_submission_penalty(entry.student.id, entry.score, late)
        if penalty is not None:
            penalty = self._step._check_late_penalty(entry, penalty)  # noqa: SLF001 - nbgrader's limits
        if entry.late_submission_penalty != penalty:
            entry.late_submission_penalty = penalty

    def settle(self) -> None:
        """Bring all submissions up to what rules, due dates and scores are now.

        What a person gives in formgrader changes a score, and so what a share of it is.
        """
        from nbgrader.api import SubmittedAssignment, SubmittedNotebook

        self._database.expire_all()
        entries = self._database.query(SubmittedNotebook, SubmittedAssignment).join(SubmittedAssignment)
        for entry, submitted in entries.all():
            self.extend(submitted)
            if entry.late_submission_penalty or submitted.total_seconds_late > 0:
                self.penalise(entry)

    @cached_property
    def _granted(self) -> dict[tuple[str, str], timedelta]:
        return granted_time(self._course)

    @cached_property
    def _step(self) -> Any:
        from nbgrader.preprocessors import AssignLatePenalties

        step = AssignLatePenalties(config=settings(self._course.root))
        step.init_plugin()
        return step
