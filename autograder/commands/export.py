"""``course export``: grades for other programs, and verdicts for research."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from autograder.commands.grade import class_option
from autograder.course import Course
from autograder.errors import UsageError
from autograder.files import write_whole
from autograder.gradebook.book import Book

__all__ = ["export", "export_options"]

_FORMATS = ("csv", "canvas", "moodle")  # as in report.sheets, which starts slowly


def export_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``course export``."""
    parser.add_argument("--format", choices=_FORMATS, help="for spreadsheets (csv, the default), Canvas or Moodle")
    parser.add_argument("--lab", metavar="L", help="this lab alone, by name or number, and no final grades")
    anonymous = "each verdict, for research: with pseudonyms, without names and free text"
    parser.add_argument("--anonymous", action="store_true", help=anonymous)
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: class/export/FORMAT.csv")
    class_option(parser)


def export(chosen: argparse.Namespace) -> int:
    """Write a table of grades or of verdicts, readable by its owner alone."""
    course = Course.load(chosen.root, chosen.class_folder)
    lab = None if chosen.lab is None else course.lab(chosen.lab).name
    if chosen.anonymous and chosen.format:
        raise UsageError(f"--anonymous has no names, and {chosen.format} needs them: give one or the other")
    Book.refuse_unmade(course)
    kind = "anonymous" if chosen.anonymous else chosen.format or "csv"
    path = chosen.output or course.class_folder / "export" / f"{kind}.csv"
    text = _verdicts(course, lab) if chosen.anonymous else _grades(course, kind, lab)
    try:
        write_whole(path, text, 0o600)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
    print(path)
    return 0


def _grades(course: Course, kind: str, lab: str | None) -> str:
    from autograder.gradebook.people import with_sections
    from autograder.report.sheets import FORMATS, Class

    with Book(course) as book:
        people = with_sections(course, book.people())
        found = Class.of(course, people, book.scores(), book.extensions(), lab=lab)
    if found.waiting:
        print(f"{found.waiting} submissions hold written answers that nobody has read: they count 0", file=sys.stderr)
    return FORMATS[kind](found).text()


def _verdicts(course: Course, lab: str | None) -> str:
    from autograder.classroom import Classroom
    from autograder.report.research import research_sheet

    with Classroom(course) as classroom:
        return research_sheet(course.secret(), classroom.results().values(), lab).text()
