"""``course audit``: every score that changed, who changed it, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.commands.grade import class_option
from autograder.course import Course
from autograder.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from autograder.gradebook.audit import Change

__all__ = ["audit", "audit_options"]

_HEADS = ("when", "who", "student", "lab", "check", "old", "new", "why", "engine", "lab version")
_NUMERIC = frozenset({5, 6})
_VERSION = 8  # characters of a digest: enough to tell two versions of one term apart


def audit_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``course audit``."""
    parser.add_argument("--student", metavar="S", help="this student alone")
    parser.add_argument("--lab", metavar="L", help="this lab alone, by name or number")
    class_option(parser)


def audit(chosen: argparse.Namespace) -> int:
    """Print the lines of the audit, oldest first, after writing down what was given by hand since."""
    from autograder.classroom import Classroom
    from autograder.gradebook.audit import Audit
    from autograder.gradebook.book import Book
    from autograder.report.export import text_table

    course = Course.load(chosen.root, chosen.class_folder)
    lab = chosen.lab and course.lab(chosen.lab).name
    Book.refuse_unmade(course)
    with Classroom(course) as classroom:
        classroom.catch_up()
    every = list(Audit.of(course).changes())
    if chosen.student is not None:
        with Book(course) as book:
            known = {person.student for person in book.people()} | {change.student for change in every}
        if chosen.student not in known:
            raise UsageError(f"no student {chosen.student!r} in {course.gradebook_path}")
    changes = [one for one in every if chosen.student in (None, one.student) and lab in (None, one.lab)]
    print(text_table(_HEADS, map(_row, changes), numeric=_NUMERIC) if changes else "no score has changed")
    return 0


def _row(change: Change) -> tuple[str, ...]:
    from autograder.report.pages import number

    place = (change.when, change.who, change.student, change.lab, change.check)
    versions = (change.engine[:_VERSION], change.lab_version[:_VERSION])
    return *place, number(change.old), number(change.new), change.why, *versions
