"""Grades as tables that other programs take in: spreadsheets, Canvas, Moodle.

An empty cell is work that may still come; where nothing came in time, there is a 0.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from autograder.report.grades import FinalGrade, LabGrade, final_grades

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.gradebook.score import Score
    from autograder.intake.roster import Person

__all__ = ["FORMATS", "Class", "Sheet", "cell"]

Cell = str | float | None
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠|%]")
_DIGITS = 4  # of a number, behind the point


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: numbers stay numbers, text is quoted, and no text can be taken for a formula."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def text(self) -> str:
        """Write it with commas, in UTF-8 that says so: spreadsheets would guess another encoding."""
        file = io.StringIO()
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        writer.writerows([cell(value) for value in row] for row in (self.columns, *self.rows))
        return "\ufeff" + file.getvalue()


@dataclass(frozen=True, slots=True)
class Class:
    """A class and its grades: who is in it, what each has, and who may still hand in which lab.

    ``labs`` holds the name, title and points of each lab that is exported.
    """

    people: tuple[Person, ...]
    grades: Mapping[str, FinalGrade]
    labs: tuple[tuple[str, str, float], ...]
    pending: frozenset[tuple[str, str]]
    whole: bool = True

    @classmethod
    def of(
        cls,
        course: Course,
        people: Iterable[Person],
        scores: Mapping[tuple[str, str], Score],
        extensions: Mapping[tuple[str, str], timedelta],
        *,
        lab: str | None = None,
        now: datetime | None = None,
    ) -> Self:
        """Gather what a table says.

        Parameters
        ----------
        course : Course
            Its labs, weights and due dates.
        people : iterable of Person
            The class; each has a row.
        scores : Mapping of (student, lab) and Score
            What the gradebook holds.
        extensions : Mapping of (student, lab) and timedelta
            Extra time.
        lab : str, optional
            The one lab to export; by default all that somebody handed in, and final grades.
        now : datetime, optional
            What lies before it is over.
        """
        now, listed = now or datetime.now(UTC), sorted(people, key=lambda person: person.student)
        grades = {grade.student: grade for grade in final_grades(course, scores, [one.student for one in listed])}
        points = {one.lab: one.max_points for grade in grades.values() for one in grade.labs}
        chosen = [info for info in course.labs if info.name in points and lab in (None, info.name)]
        places = [(one.student, info) for one in listed for info in chosen]
        ends = {(who, info.name): info.due_after(extensions.get((who, info.name))) for who, info in places}
        pending = frozenset(place for place, end in ends.items() if end is None or end + course.grace > now)
        labs = tuple((info.name, info.title, points[info.name]) for info in chosen)
        return cls(tuple(listed), grades, labs, pending, lab is None)

    @property
    def waiting(self) -> int:
        """How many submissions hold written answers that nobody has read."""
        names = {name for name, _, _ in self.labs}
        return sum(one.waiting for grade in self.grades.values() for one in grade.labs if one.lab in names)

    def points(self, student: str) -> tuple[Cell, ...]:
        """Return a student's points in each lab."""
        found = {one.lab: one for one in self.grades[student].labs}
        return tuple(self._points(student, found[name]) for name, _, _ in self.labs)

    def _points(self, student: str, grade: LabGrade) -> Cell:
        return None if not grade.handed_in and (student, grade.lab) in self.pending else grade.points


def cell(value: Cell) -> str | float:
    """Return a value as a cell: a number, or text that no spreadsheet takes for a formula."""
    if isinstance(value, int | float):
        short = round(value, _DIGITS)
        return int(short) if short == int(short) else short
    text = "".join(character if character.isprintable() else " " for character in value or "")
    return f"'{text}" if _FORMULA.match(text) else text


def _spreadsheet(found: Class) -> Sheet:
    """One row for each student: who it is, points, final grade in percent, what is dropped or not read yet."""
    heads = ("student", "last_name", "first_name", "email", "section", "lms_user_id")
    last = ("final grade in %", "dropped", "not read yet") if found.whole else ("not read yet",)
    labs = tuple(f"{name} (of {cell(most)})" for name, _, most in found.labs)
    shown = {name for name, _, _ in found.labs}
    rows = []
    for person in found.people:
        grade = found.grades[person.student]
        waiting = " ".join(one.lab for one in grade.labs if one.waiting and one.lab in shown)
        dropped = " ".join(one.lab for one in grade.labs if one.dropped)
        ending: tuple[Cell, ...] = (100 * grade.total, dropped, waiting) if found.whole else (waiting,)
        who: tuple[Cell, ...] = tuple(getattr(person, name) for name in heads)
        rows.append((*who, *found.points(person.student), *ending))
    return Sheet((*heads, *labs, *last), tuple(rows))


def _canvas(found: Class) -> Sheet:
    """Return Canvas's own gradebook table: its head, the points that are to be had, then the students."""
    heads = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
    most: tuple[Cell, ...] = ("    Points Possible", "", "", "", "", *(points for _, _, points in found.labs))
    rows = [
        (_last_first(one), one.lms_user_id, "", one.student, one.section, *found.points(one.student))
        for one in found.people
    ]
    return Sheet((*heads, *(title for _, title, _ in found.labs)), (most, *rows))


def _moodle(found: Class) -> Sheet:
    """Return a table for Moodle's grade import: username, names and address to tell students by, then points."""
    heads = ("Username", "First name", "Last name", "Email address")
    rows = [(one.student, one.first_name, one.last_name, one.email, *found.points(one.student)) for one in found.people]
    return Sheet((*heads, *(title for _, title, _ in found.labs)), tuple(rows))


def _last_first(person: Person) -> str:
    names = [name for name in (person.last_name, person.first_name) if name]
    return ", ".join(names) or person.student


FORMATS: dict[str, Callable[[Class], Sheet]] = {"csv": _spreadsheet, "canvas": _canvas, "moodle": _moodle}
