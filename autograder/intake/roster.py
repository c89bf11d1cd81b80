"""The roster: who belongs to the class, in ``class/roster.csv``, and as Canvas and Moodle export it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from autograder.course import Course
from autograder.files import write_whole
from autograder.intake.sender import Sender
from autograder.intake.table import Row, Table, written

__all__ = ["Person", "Roster"]

COLUMNS = ("student", "first_name", "last_name", "email", "section", "lms_user_id")
_PLAIN = re.compile(r"\w[\w.@+-]{0,99}")
_ROUNDED = re.compile(r"\d([.,]\d+)?[Ee]\+\d+")
_LONGEST = 128  # characters of nbgrader's columns
_CANVAS = {"email": "Email", "section": "Section", "lms_user_id": "ID"}
# What Moodle calls a column, in English and in German; several are tried in this order.
_MOODLE = {
    "student": ("username", "id number", "email address", "anmeldename", "id-nummer", "e-mail-adresse"),
    "first_name": ("first name", "vorname"),
    "last_name": ("last name", "surname", "nachname"),
    "email": ("email address", "e-mail-adresse"),
    "section": ("groups", "group", "gruppen", "gruppe"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """A student of the class; ``others`` are values of further columns, by which the LMS may name the student."""

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    section: str = ""
    lms_user_id: str = ""
    others: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> set[str]:
        """All by which an archive may name this student, in small letters."""
        first, last = self.first_name, self.last_name
        values = {self.student, self.email, self.lms_user_id, *(value for _, value in self.others)}
        values |= {f"{first} {last}", f"{last} {first}", f"{last}, {first}"} if first and last else {first, last}
        squeezed = re.sub(r"[\W_]", "", f"{last}{first}")  # as Canvas names files
        return {_folded(value) for value in (*values, squeezed) if value.strip()}


@dataclass(frozen=True)
class Roster:
    """The students of a class, and where each one's row begins; ``notes`` say what was passed over."""

    path: Path
    people: tuple[Person, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, course: Course) -> Self:
        """Read ``class/roster.csv``; without it, nobody is on the roster."""
        path = cls.path_of(course)
        return cls.read(path) if path.is_file() else cls(path)

    @staticmethod
    def path_of(course: Course) -> Path:
        """Return where the roster of a class is."""
        return course.class_folder / "roster.csv"

    @classmethod
    def read(cls, path: Path, id_column: str | None = None) -> Self:
        """Read a roster in our own columns, or as Canvas or Moodle export it.

        Parameters
        ----------
        path : Path
            A table; its head tells which of them it is.
        id_column : str, optional
            The column that holds the students' ids.

        Raises
        ------
        UsageError
            It cannot be understood, or names a student twice; each line at fault is named.
        """
        table = Table.read(path)
        notes: list[str] = []
        people = list(_people(table, id_column, notes))
        lines = [line for line, _ in people]
        problems = [(line, text) for line, person in people for text in _faults(person)]
        own = Table(path, COLUMNS, tuple(Row(line, _values(person)) for line, person in people))
        problems += [fault for name in ("student", "email", "lms_user_id") for fault in own.repeated(name)]
        problems += [] if lines else [(1, "there are no students below the head")]
        table.refuse(problems)
        return cls(path, tuple(person for _, person in people), tuple(notes))

    def write(self, path: Path) -> None:
        """Write it in our own columns, whole or not at all."""
        others = list(dict.fromkeys(name for person in self.people for name, _ in person.others))
        rows = [
            [*_values(person).values(), *(dict(person.others).get(n, "") for n in others)] for person in self.people
        ]
        write_whole(path, written([*COLUMNS, *others], rows))

    def find(self, sender: Sender) -> str | None:
        """Return the id of whoever sent something, or None if the roster does not say, or names two people so."""
        names = (_folded(name) for name in (sender.id, sender.name, sender.slug) if name)
        return next((self._students[name] for name in names if name in self._students), None)

    @cached_property
    def _students(self) -> dict[str, str]:
        """Ids by each name that one person alone has."""
        found: dict[str, set[str]] = defaultdict(set)
        for person in self.people:
            for name in person.names:
                found[name].add(person.student)
        return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}


def _people(table: Table, id_column: str | None, notes: list[str]) -> Iterator[tuple[int, Person]]:
    """Read the rows, as the head says how."""
    if id_column is not None and id_column not in table.columns:
        raise table.error(1, f"has no column {id_column!r}: it has {', '.join(table.columns)}")
    if "student" in table.columns:
        return _own(table, id_column or "student")
    if {"Student", "ID", "Section"} <= set(table.columns):
        return _canvas(table, id_column or _first(table, ("SIS Login ID", "SIS User ID")), notes)
    folded = {name.casefold(): name for name in table.columns}
    columns = {field: [folded[name] for name in names if name in folded] for field, names in _MOODLE.items()}
    if columns["first_name"] and columns["last_name"] and (columns["student"] or id_column):
        filled = [
            name for name in columns["student"] if any(row[name] for row in table.rows)
        ]  # id numbers often are not
        id_column = id_column or [*filled, *columns["student"]][0]
        return _moodle(table, id_column, {k: v[0] for k, v in columns.items() if v}, notes)
    known = f"our own ({','.join(COLUMNS)}), or those of an export of Canvas or Moodle"
    raise table.error(1, f"the columns {', '.join(table.columns)} are none that a roster has: {known}")


def _own(table: Table, id_column: str) -> Iterator[tuple[int, Person]]:
    further = [name for name in table.columns if name not in COLUMNS]
    for row in table.rows:
        values = {name: row[name] for name in COLUMNS} | {"student": row[id_column]}
        yield row.line, _person(values, others=tuple((name, row[name]) for name in further))


def _canvas(table: Table, id_column: str, notes: list[str]) -> Iterator[tuple[int, Person]]:
    """Read Canvas's gradebook: names as ``Last, First``, below the head rows that are no students."""
    notes.append(f"as Canvas exports it: ids are taken from the column {id_column!r}")
    for row in table.rows:
        name = row["Student"]
        if name in ("Points Possible", "Student, Test") or not (name or row["ID"]):
            notes.append(f"line {row.line} is no student: {name or 'no name'}")
            continue
        last, _, first = name.partition(",")
        values = {field: row[column] for field, column in _CANVAS.items()}
        values |= {"student": row[id_column], "first_name": first.strip(), "last_name": last.strip()}
        yield row.line, _person(values)


def _moodle(table: Table, id_column: str, columns: dict[str, str], notes: list[str]) -> Iterator[tuple[int, Person]]:
    notes.append(f"as Moodle exports it: ids are taken from the column {id_column!r}")
    for row in table.rows:
        values = {field: row[column] for field, column in columns.items()}
        yield row.line, _person(values | {"student": row[id_column]})


def _person(values: dict[str, str], others: tuple[tuple[str, str], ...] = ()) -> Person:
    student, first, last, email, section, number = (values.get(name, "") for name in COLUMNS)
    return Person(student, first, last, email, section, number, others)


def _first(table: Table, names: tuple[str, ...]) -> str:
    """Return the first of some columns that the table has."""
    for name in names:
        if name in table.columns:
            return name
    raise table.error(1, f"has none of the columns {', '.join(names)}, which hold ids: name one with --id")


def _faults(person: Person) -> Iterator[str]:
    if not person.student:
        yield "has no id"
    elif _ROUNDED.fullmatch(person.student):
        yield f"the id {person.student!r} was rounded by a spreadsheet: export it again, and do not save it there"
    elif not _PLAIN.fullmatch(person.student):
        allowed = "letters, digits and . @ + - _, a letter or digit first, at most 100"
        yield f"the id {person.student!r} cannot be a folder's name: {allowed}"
    for name, value in _values(person).items():
        if len(value) > _LONGEST or not value.isprintable():
            yield f"{name} {value[:40]!r} is longer than {_LONGEST} characters, or cannot be printed"


def _values(person: Person) -> dict[str, str]:
    return {name: getattr(person, name) for name in COLUMNS}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()
