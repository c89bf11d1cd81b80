"""Students in nbgrader's database: who they are, and taking one out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autograder.intake.roster import Person, Roster

if TYPE_CHECKING:
    from autograder.course import Course

__all__ = ["compact", "erase", "people", "rows_of", "with_sections"]


def people(database: Any) -> list[Person]:
    """Return the students whom nbgrader knows, with what it knows of them.

    Parameters
    ----------
    database : sqlalchemy.orm.Session
        nbgrader's.
    """
    from nbgrader.api import Student

    return [
        Person(one.id, one.first_name or "", one.last_name or "", one.email or "", lms_user_id=one.lms_user_id or "")
        for one in database.query(Student).order_by(Student.last_name, Student.first_name, Student.id)
    ]


def with_sections(course: Course, listed: list[Person]) -> list[Person]:
    """Add what nbgrader does not know and ``class/roster.csv`` does: sections.

    Raises
    ------
    UsageError
        The roster cannot be understood.
    """
    sections = {person.student: person.section for person in Roster.of(course).people}
    return [replace(person, section=sections.get(person.student, "")) for person in listed]


def rows_of(database: Any, student: str) -> int:
    """Return how many rows tell of a student: of the student, of submissions, grades and comments.

    Parameters
    ----------
    database : sqlalchemy.orm.Session
        nbgrader's.
    student : str
        The student's id.
    """
    return sum(query.count() for query in _queries(database, student))


def erase(database: Any, student: str) -> None:
    """Delete all rows that tell of a student; the caller commits.

    Parameters
    ----------
    database : sqlalchemy.orm.Session
        nbgrader's.
    student : str
        The student's id.
    """
    for query in _queries(database, student):
        query.delete(synchronize_session=False)


def compact(database: Any) -> None:
    """Write a SQLite file anew, because deleted rows stay in it; a server does so by itself, sooner or later.

    Parameters
    ----------
    database : sqlalchemy.orm.Session
        nbgrader's, with nothing to commit.
    """
    from sqlalchemy import text

    if database.get_bind().dialect.name == "sqlite":
        database.execute(text("VACUUM"))


def _queries(database: Any, student: str) -> list[Any]:
    """Return the queries for a student's rows, those first that others do not refer to."""
    from nbgrader.api import Comment, Grade, Student, SubmittedAssignment, SubmittedNotebook

    assignments = database.query(SubmittedAssignment.id).filter(SubmittedAssignment.student_id == student)
    notebooks = database.query(SubmittedNotebook.id).filter(SubmittedNotebook.assignment_id.in_(assignments))
    return [
        *(database.query(table).filter(table.notebook_id.in_(notebooks)) for table in (Grade, Comment)),
        database.query(SubmittedNotebook).filter(SubmittedNotebook.assignment_id.in_(assignments)),
        database.query(SubmittedAssignment).filter(SubmittedAssignment.student_id == student),
        database.query(Student).filter(Student.id == student),
    ]
