"""What is kept of a student, and deleting all of it.

What was handed in goes first, so that no grading brings the rest back; the roster goes last. Whatever ends it in the
middle, the same command goes on with what is left.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.files import write_whole
from autograder.gradebook.audit import Audit
from autograder.gradebook.book import Book
from autograder.gradebook.journal import Journal
from autograder.intake.extensions import Extensions
from autograder.intake.roster import Roster

__all__ = ["Trace", "traces"]


@dataclass(frozen=True, slots=True)
class Trace:
    """Something that is kept of a student: where and what, and how it is deleted."""

    where: Path
    what: str
    delete: Callable[[], object]

    def __str__(self) -> str:
        """Say it."""
        return f"{self.where}: {self.what}"


def traces(course: Course, book: Book, student: str) -> list[Trace]:
    """Find all that is kept of a student, in the order in which it is to be deleted; nothing is deleted yet.

    Parameters
    ----------
    course : Course
        Its class folder is searched.
    book : Book
        The class's gradebook, open.
    student : str
        The student's id.

    Raises
    ------
    UsageError
        Roster or extensions cannot be understood.
    """
    return [
        *_folders(course, student),
        *_journal(course, student),
        *(found for path in _logs(course) for found in _lines(course, path, student)),
        *_database(course, book, student),
        *_tables(course, student),
    ]


def _folders(course: Course, student: str) -> Iterator[Trace]:
    roots = (course.submitted, course.class_folder / "attempts", course.autograded, course.feedback)
    for path in (root / student for root in roots):
        if path.is_symlink():
            yield Trace(path, "a link", path.unlink)
        elif path.is_dir():
            count = sum(found.is_file() for found in path.rglob("*"))
            yield Trace(path, f"{count} files", partial(shutil.rmtree, path))


def _journal(course: Course, student: str) -> Iterator[Trace]:
    journal = Journal.of(course)
    count = sum(name == student for name, _ in journal.latest())
    if count:
        yield Trace(journal.path, f"{count} results", lambda: journal.mend(lambda place: place[0] != student))


def _logs(course: Course) -> list[Path]:
    """Return the other files of JSON lines: what was damaged, and who changed what."""
    journal = Journal.of(course).path
    return [path for path in sorted(journal.parent.glob("*.jsonl")) if path != journal]


def _lines(course: Course, path: Path, student: str) -> Iterator[Trace]:
    count = sum(_mentions(line, student) for line in path.read_bytes().splitlines())
    if count:
        yield Trace(path, f"{count} lines", partial(_without, course, path, student))


def _without(course: Course, path: Path, student: str) -> None:
    """Write a file of lines without those that hold the student's id; nobody adds a line meanwhile."""
    with Audit.of(course).turn():
        lines = path.read_bytes().splitlines(keepends=True)
        write_whole(path, b"".join(line for line in lines if not _mentions(line, student)), durable=True)


def _mentions(line: bytes, student: str) -> bool:
    """Tell whether a line of JSON holds the student's id; of half a line, whether it may."""
    try:
        return student in _texts(json.loads(line))
    except ValueError:
        return student.encode("utf-8", "replace") in line or json.dumps(student)[1:-1].encode() in line


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for part in pair for text in _texts(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in _texts(part))


def _database(course: Course, book: Book, student: str) -> Iterator[Trace]:
    count = book.rows_of(student)
    if count:
        yield Trace(course.gradebook_path, f"{count} rows of nbgrader's database", lambda: book.erase(student))


def _tables(course: Course, student: str) -> Iterator[Trace]:
    extensions = Extensions.read(course)
    rows = tuple(row for row in extensions.rows if row.student != student)
    if len(rows) < len(extensions.rows):
        what = f"{len(extensions.rows) - len(rows)} extensions"
        yield Trace(Extensions.path_of(course), what, replace(extensions, rows=rows).write)
    roster = Roster.of(course)
    people = tuple(person for person in roster.people if person.student != student)
    if len(people) < len(roster.people):
        without = replace(roster, people=people)
        yield Trace(roster.path, "a row", lambda: without.write(roster.path))
