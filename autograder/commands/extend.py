"""``course extend``: more time for one student, in one lab or in all."""

from __future__ import annotations

import argparse
import difflib
from datetime import UTC, timedelta

from autograder.commands.grade import class_option
from autograder.course import Course
from autograder.errors import UsageError
from autograder.gradebook.book import Book
from autograder.gradebook.lock import only_one
from autograder.intake.extensions import ALL, Extension, Extensions
from autograder.intake.roster import Roster

__all__ = ["extend", "extend_options"]


def extend_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``course extend``."""
    parser.add_argument("student", nargs="?", metavar="STUDENT", help="without one: list all extensions in force")
    parser.add_argument("lab", nargs="?", metavar="LAB", help=f"by name or number, or {ALL!r}")
    granted = parser.add_mutually_exclusive_group()
    granted.add_argument("--days", metavar="N", help="this many days more; 0 takes an extension back")
    granted.add_argument("--due", metavar="DATE", help="until this local day and time, like 2026-10-05T23:59")
    parser.add_argument("--reason", default="", metavar="TEXT", help="for your own records; no student sees it")
    class_option(parser)


def extend(chosen: argparse.Namespace) -> int:
    """Write an extension into class/extensions.csv, or list those in force."""
    course = Course.load(chosen.root, chosen.class_folder)
    if chosen.student is None:
        return _list(course)
    if chosen.lab is None or (chosen.days is None and chosen.due is None):
        raise UsageError("name a student, a lab (or all), and --days N or --due DATE")
    if chosen.lab == ALL and chosen.due:
        raise UsageError("--due is for one lab: give --days for all of them")
    lab = ALL if chosen.lab == ALL else course.lab(chosen.lab).name
    row = Extension(chosen.student, lab, chosen.due or "", chosen.days or "", chosen.reason)
    with only_one(course):
        _refuse_stranger(course, chosen.student)
        Extensions.read(course).with_row(row).write()
    for info in course.labs:
        if info.due and lab in (ALL, info.name):
            until = (info.due.astimezone(UTC) + row.time(course, info)).astimezone(course.zone)
            print(f"{chosen.student} {info.name}: due {until:%Y-%m-%d %H:%M} {until.tzname()}")
    print("`course grade` brings what is graded already up to date.")
    return 0


def _list(course: Course) -> int:
    rows = {(entry.student, entry.lab): entry for entry in Extensions.read(course).rows}
    lines = []
    for entry in rows.values():
        more = f"until {entry.due}" if entry.due else f"{entry.days} days more"
        lines.append(f"{entry.student} {entry.lab}: {more}{f' ({entry.reason})' if entry.reason else ''}")
    if Book.is_made(course):
        with Book(course) as book:
            for (student, lab), time in sorted(book.extensions().items()):
                if time > timedelta() and not {(student, lab), (student, ALL)} & rows.keys():
                    lines.append(f"{student} {lab}: {time} more, granted in nbgrader's database alone")
    print("\n".join(lines or ["nobody has more time"]))
    return 0


def _refuse_stranger(course: Course, student: str) -> None:
    """Refuse a student of whom nobody knows, where a roster says who belongs to the class."""
    listed = {person.student for person in Roster.of(course).people}
    known = listed | ({folder.name for folder in course.submitted.iterdir()} if course.submitted.is_dir() else set())
    if listed and student not in known:
        close = difflib.get_close_matches(student, known, n=3)
        hint = f": is it {' or '.join(close)}?" if close else ""
        raise UsageError(f"nobody is called {student!r} on the roster or in {course.submitted}{hint}")
