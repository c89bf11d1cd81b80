"""``course roster``: who belongs to the class."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.commands.grade import class_option
from autograder.course import Course
from autograder.errors import UsageError
from autograder.gradebook.book import Book
from autograder.gradebook.enrolment import Enrolment
from autograder.gradebook.lock import only_one
from autograder.intake.roster import Roster

__all__ = ["roster", "roster_options"]


def roster_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``course roster``."""
    table = "a CSV file: ours, or an export of Canvas or Moodle (default: class/roster.csv)"
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help=table)
    parser.add_argument("--id", dest="id_column", metavar="COLUMN", help="the column that holds the students' ids")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    parser.add_argument("--remove", action="store_true", help="remove who is not in FILE and has no work")
    class_option(parser)


def roster(chosen: argparse.Namespace) -> int:
    """Take a roster into class/roster.csv and nbgrader's database; all of it, or nothing if a line is wrong."""
    course = Course.load(chosen.root, chosen.class_folder)
    path = Roster.path_of(course)
    if chosen.file is None and not path.exists():
        raise UsageError(f"there is no {path} yet: name a file, such as your system's list of participants")
    found = Roster.read(chosen.file or path, chosen.id_column)
    change = _compared(course, found) if chosen.dry_run else _written(course, found, remove=chosen.remove)
    lines = [*change.lines(remove=chosen.remove)]
    strangers = _working(course) - {person.student for person in found.people} - {*change.kept}
    lines += [f"? {name}: handed in something, and is not on the roster" for name in sorted(strangers)]
    print("".join(f"{line}\n" for line in (*found.notes, *lines)), end="")
    print(f"{len(found.people)} on the roster, {len(change.added)} new, {len(change.changed)} changed", end="")
    print("; nothing was changed: --dry-run" if chosen.dry_run else f"; written: {path}")
    return 0


def _written(course: Course, found: Roster, *, remove: bool) -> Enrolment:
    """Write a roster; the database first, because it may refuse."""
    with only_one(course), Book(course) as book:
        change = Enrolment.of(found, book.people(), _working(course) | book.with_work())
        change.write(book, remove=remove)
        found.write(Roster.path_of(course))
    return change


def _compared(course: Course, found: Roster) -> Enrolment:
    if not Book.is_made(course):
        return Enrolment.of(found, (), _working(course))
    with Book(course) as book:
        return Enrolment.of(found, book.people(), _working(course) | book.with_work())


def _working(course: Course) -> frozenset[str]:
    """Return who handed in something."""
    folders = course.submitted.iterdir() if course.submitted.is_dir() else ()
    return frozenset(folder.name for folder in folders if folder.is_dir() and not folder.name.startswith("."))
