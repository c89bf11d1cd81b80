"""``course forget``: delete all that is kept of a student."""

from __future__ import annotations

import argparse
import html
import re
from pathlib import Path

from autograder.commands.grade import class_option
from autograder.course import Course
from autograder.errors import UsageError
from autograder.formgrader.split import Split
from autograder.gradebook.book import Book
from autograder.gradebook.erasure import Trace, traces
from autograder.gradebook.lock import only_one
from autograder.report.research import pseudonym

__all__ = ["forget", "forget_options"]


def forget_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``course forget``."""
    parser.add_argument("student", metavar="STUDENT", help="the student's id")
    parser.add_argument("--yes", action="store_true", help="delete it; without this, only say what would be deleted")
    class_option(parser)


def forget(chosen: argparse.Namespace) -> int:
    """List all that is kept of a student, and delete it if told so; 1 if something is kept still."""
    course = Course.load(chosen.root, chosen.class_folder)
    _refuse_paths(chosen.student)
    if not course.class_folder.is_dir():
        raise UsageError(f"there is no class in {course.class_folder}")
    with only_one(course), Book(course) as book:
        found = [*traces(course, book, chosen.student), *_split(course, chosen.student)]
        for trace in found:
            print(trace)
            if chosen.yes:
                trace.delete()
    exported = _exports(course, chosen.student)
    for path in exported:
        print(f"{path}: a table, which `course export` writes anew")
        if chosen.yes:
            path.unlink()
    named = _report_names(course, chosen.student)
    if named:
        print(f"{course.class_folder / 'report.html'}: written without {chosen.student}")
    if not (found or exported or named):
        raise UsageError(f"nothing is kept of {chosen.student!r} in {course.class_folder}")
    if not chosen.yes:
        print("nothing was deleted: give --yes to delete all of this for good")
        return 1
    if named:
        _write_report(course)
    print(f"nothing is kept of {chosen.student} in {course.class_folder}; copies elsewhere are yours to delete")
    return 0


def _refuse_paths(student: str) -> None:
    """Refuse what names no folder of a student, before anything is looked for."""
    if not student.strip(". ") or re.search(r"[/\\\0*?]", student):
        raise UsageError(f"{student!r} is no student's id")


def _split(course: Course, student: str) -> list[Trace]:
    """Find the rows that say who reads the student's written answers."""
    split = Split.read(course)
    others = Split({answer: owner for answer, owner in split.owners.items() if answer.student != student})
    count = len(split.owners) - len(others.owners)
    return [Trace(Split.path(course), f"{count} rows", lambda: others.write(course))] if count else []


def _exports(course: Course, student: str) -> list[Path]:
    """Return the exported tables that name a student, or the pseudonym."""
    words = (student, pseudonym(course.secret(), student))
    paths = sorted((course.class_folder / "export").glob("*.csv"))
    return [path for path in paths if any(_names(path.read_text("utf-8", "replace"), word) for word in words)]


def _report_names(course: Course, student: str) -> bool:
    path = course.class_folder / "report.html"
    return path.is_file() and _names(path.read_text("utf-8"), html.escape(student))


def _names(text: str, student: str) -> bool:
    return re.search(rf"(?<![\w.@+-]){re.escape(student)}(?![\w.@+-])", text) is not None


def _write_report(course: Course) -> None:
    from autograder.classroom import Classroom

    with Classroom(course) as classroom:
        classroom.write_report()
