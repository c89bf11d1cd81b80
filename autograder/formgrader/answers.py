"""The written answers of a class, as its gradebook knows them: where to read each, and which have been read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.formgrader.split import Answer

__all__ = ["Reading", "readings"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The state of one answer: its page in formgrader, and its score, if a person has given one."""

    page: str
    score: float | None
    max_score: float
    waits: bool


def readings(database: Any) -> dict[Answer, Reading]:
    """Return the answers that a person reads; those that were left blank are no work for anybody.

    Parameters
    ----------
    database : sqlalchemy.orm.Session
        nbgrader's.
    """
    from nbgrader.api import Assignment, Grade, GradeCell, SubmittedAssignment, SubmittedNotebook

    rows = (
        database.query(
            Assignment.name,
            GradeCell.name,
            SubmittedAssignment.student_id,
            SubmittedNotebook.id,
            Grade.manual_score,
            GradeCell.max_score,
            Grade.needs_manual_grade,
        )
        .select_from(Grade)
        .join(GradeCell, GradeCell.id == Grade.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Grade.auto_score.is_(None))
    )
    found = {Answer(lab, check, student): Reading(*rest) for lab, check, student, *rest in rows}
    return dict(sorted(found.items()))
