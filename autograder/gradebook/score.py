"""What nbgrader's database says of submissions, read for a whole class at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

__all__ = ["LATE", "Given", "Score", "given", "recorded", "scores"]

LATE = "late penalty"  # no grade_id has a space

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """What nbgrader's database says of one submission, manual scores and penalties included."""

    score: float
    max_score: float
    needs_manual_grade: bool
    late_penalty: float
    manual: Mapping[str, float]  # by grade_id: scores that a person gave
    comments: Mapping[str, str]  # by grade_id: what a person wrote


@dataclass(frozen=True, slots=True)
class Given:
    """The score of a check as it counts, None if nobody has given one yet, and whether a person gave it."""

    score: float | None
    by_hand: bool = False

    @classmethod
    def of(cls, auto: float | None, manual: float | None, extra: float | None) -> Given:
        """Put together what nbgrader keeps apart: a person's score counts before a machine's, extra credit besides."""
        parts = [part for part in (auto if manual is None else manual, extra) if part is not None]
        return cls(sum(parts) if parts else None, by_hand=manual is not None or extra is not None)


def scores(database: Any) -> dict[Place, Score]:
    """Return the score of each submission, by student and lab.

    Parameters
    ----------
    database : sqlalchemy.orm.Session
        nbgrader's.
    """
    from nbgrader.api import Assignment, Grade, GradeCell, Notebook, SubmittedNotebook

    columns = (GradeCell.name, Grade.score, Grade.manual_score, Grade.needs_manual_grade)
    grades = _by_place(_rows(database, Grade, GradeCell, *columns))
    comments = _comments(database)
    cells = database.query(Assignment.name, GradeCell.max_score).select_from(GradeCell)
    most: dict[str, float] = defaultdict(float)
    for lab, points in cells.join(Notebook, Notebook.id == GradeCell.notebook_id).join(Assignment):
        most[lab] += points
    penalties = _by_place(_submissions(database, SubmittedNotebook.late_submission_penalty, notebooks=True))
    return {
        place: Score(
            score=sum(score for _, score, _, _ in grades[place]),
            max_score=most[place[1]],
            needs_manual_grade=any(waits for *_, waits in grades[place]),
            late_penalty=sum(penalty or 0.0 for (penalty,) in penalties[place]),
            manual={name: manual for name, _, manual, _ in grades[place] if manual is not None},
            comments=comments.get(place, {}),
        )
        for place in sorted((student, lab) for student, lab in _submissions(database))
    }


def given(database: Any, students: Iterable[str] | None = None) -> dict[Place, dict[str, Given]]:
    """Return the score of each check, by student and lab; a late penalty counts as a check with a score below 0.

    Parameters
    ----------
    database : sqlalchemy.orm.Session
        nbgrader's.
    students : iterable of str, optional
        These alone; not more than a few hundred.
    """
    from nbgrader.api import Grade, GradeCell, SubmittedAssignment, SubmittedNotebook

    columns = (GradeCell.name, Grade.auto_score, Grade.manual_score, Grade.extra_credit)
    rows = _rows(database, Grade, GradeCell, *columns)
    penalties = _submissions(database, SubmittedNotebook.late_submission_penalty, notebooks=True)
    if students is not None:
        wanted = SubmittedAssignment.student_id.in_(sorted(students))
        rows, penalties = rows.filter(wanted), penalties.filter(wanted)
    found = {place: {name: Given.of(*parts) for name, *parts in grades} for place, grades in _by_place(rows).items()}
    for student, lab, penalty in penalties:
        if penalty:
            found.setdefault((student, lab), {})[LATE] = Given(-penalty)
    return found


def recorded(database: Any) -> dict[Place, tuple[datetime | None, dict[str, float | None]]]:
    """Return when each submission was handed in, and its points by grade_id as a machine gave them.

    Parameters
    ----------
    database : sqlalchemy.orm.Session
        nbgrader's.
    """
    from nbgrader.api import Grade, GradeCell, SubmittedAssignment

    points = _by_place(_rows(database, Grade, GradeCell, GradeCell.name, Grade.auto_score))
    moments = _submissions(database, SubmittedAssignment.timestamp)
    return {
        (student, lab): (None if moment is None else moment.replace(tzinfo=UTC), dict(points[student, lab]))
        for student, lab, moment in moments
    }


def _comments(database: Any) -> dict[Place, dict[str, str]]:
    from nbgrader.api import Comment, SolutionCell

    rows = _rows(database, Comment, SolutionCell, SolutionCell.name, Comment.manual_comment)
    given = rows.filter(Comment.manual_comment.is_not(None))
    return {place: {name: text for name, text in found if text} for place, found in _by_place(given).items()}


def _rows(database: Any, table: Any, cells: Any, *columns: Any) -> Any:
    """Select columns of grades or comments, behind student and lab."""
    from nbgrader.api import SubmittedNotebook

    found = _submissions(database, *columns, notebooks=True)
    return found.join(table, table.notebook_id == SubmittedNotebook.id).join(cells, cells.id == table.cell_id)


def _submissions(database: Any, *columns: Any, notebooks: bool = False) -> Any:
    """Select student, lab and columns of all submissions, or of their notebooks."""
    from nbgrader.api import Assignment, SubmittedAssignment, SubmittedNotebook

    query = database.query(SubmittedAssignment.student_id, Assignment.name, *columns)
    query = query.select_from(SubmittedAssignment).join(Assignment)
    if not notebooks:
        return query
    return query.join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)


def _by_place(rows: Iterable[Any]) -> dict[Place, list[tuple[Any, ...]]]:
    found: dict[Place, list[tuple[Any, ...]]] = defaultdict(list)
    for student, lab, *rest in rows:
        found[student, lab].append(tuple(rest))
    return found
