"""Extra time of single students: ``class/extensions.csv``, which decides for whom it names.

``student,lab,due,days,reason``: a day until which, or a number of days; ``all`` as the lab means each of them.
A row for a lab goes before one for all labs. No days take back what nbgrader's database still grants.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from autograder.course import Course, LabInfo
from autograder.errors import UsageError
from autograder.files import write_whole
from autograder.intake.table import Row, Table, written
from autograder.term import MOST_DAYS, moment_in

__all__ = ["ALL", "Extension", "Extensions", "granted_time"]

ALL = "all"
_COLUMNS = ("student", "lab", "due", "days", "reason")


@dataclass(frozen=True, slots=True)
class Extension:
    """What one student was granted for a lab, or for all: a due date, as it was written, or days."""

    student: str
    lab: str
    due: str = ""
    days: str = ""
    reason: str = ""

    def time(self, course: Course, lab: LabInfo) -> timedelta:
        """Return the extra time for a lab; a day later is due at the same hour, also when clocks are changed.

        Raises
        ------
        UsageError
            The row cannot be understood.
        """
        if bool(self.due) == bool(self.days):
            raise UsageError("needs a due date or days, and not both")
        if lab.due is None:
            raise UsageError(f"{lab.name} has no due date in course.toml that could be extended")
        later = lab.due + self._days if self.days else _moment(course, self.due)
        time = later.astimezone(UTC) - lab.due.astimezone(UTC)
        if time < timedelta():
            raise UsageError(f"due {self.due} is before {lab.name} is due, {lab.due:%Y-%m-%d %H:%M}")
        return time

    @property
    def _days(self) -> timedelta:
        if not re.fullmatch(r"\d{1,3}([.]\d{1,4})?", self.days) or not float(self.days) <= MOST_DAYS:
            raise UsageError(f"days {self.days!r}: it is a number from 0 to {MOST_DAYS}, like 3 or 0.5")
        return timedelta(days=float(self.days))


@dataclass(frozen=True, slots=True)
class Extensions:
    """All that was granted in a class."""

    course: Course
    rows: tuple[Extension, ...] = ()

    @classmethod
    def read(cls, course: Course) -> Self:
        """Read ``class/extensions.csv``; without it nobody was granted anything.

        Raises
        ------
        UsageError
            It cannot be understood; each line at fault is named.
        """
        path = cls.path_of(course)
        if not path.exists():
            return cls(course)
        table = Table.read(path)
        missing = [name for name in ("student", "lab") if name not in table.columns]
        unknown = [name for name in table.columns if name not in _COLUMNS]
        table.refuse((1, f"has no column {name!r}: its columns are {','.join(_COLUMNS)}") for name in missing)
        table.refuse((1, f"a column {name!r} means nothing here: they are {','.join(_COLUMNS)}") for name in unknown)
        entries = [_extension(course, row) for row in table.rows]
        table.refuse(_problems(table.rows, entries))
        return cls(course, tuple(entry for entry in entries if isinstance(entry, Extension)))

    @staticmethod
    def path_of(course: Course) -> Path:
        """Return where they are written down."""
        return course.class_folder / "extensions.csv"

    def granted(self) -> dict[tuple[str, str], timedelta]:
        """Return the extra time by student and lab; what stands for one lab goes before what stands for all."""
        found: dict[tuple[str, str], timedelta] = {}
        for entry in sorted(self.rows, key=lambda entry: entry.lab != ALL):
            for lab in _labs(self.course, entry.lab):
                found[entry.student, lab.name] = entry.time(self.course, lab)
        return found

    def with_row(self, row: Extension) -> Self:
        """Return them with one more, in place of what the same student was granted for the same lab.

        Raises
        ------
        UsageError
            The new one cannot be understood.
        """
        for lab in _labs(self.course, row.lab):
            row.time(self.course, lab)
        others = [entry for entry in self.rows if (entry.student, entry.lab) != (row.student, row.lab)]
        return type(self)(self.course, tuple(sorted([*others, row], key=lambda entry: (entry.student, entry.lab))))

    def write(self) -> None:
        """Write the file, whole or not at all."""
        rows = [[getattr(entry, name) for name in _COLUMNS] for entry in self.rows]
        write_whole(self.path_of(self.course), written(_COLUMNS, rows))


def granted_time(course: Course) -> dict[tuple[str, str], timedelta]:
    """Return the extra time that ``class/extensions.csv`` grants, by student and lab.

    Raises
    ------
    UsageError
        The file cannot be understood.
    """
    return Extensions.read(course).granted()


def _extension(course: Course, row: Row) -> Extension | UsageError:
    """Read a row, or say what is wrong with it."""
    if not row["student"]:
        return UsageError("names no student")
    try:
        lab = row["lab"] if row["lab"] == ALL else course.lab(row["lab"]).name
        entry = Extension(row["student"], lab, row["due"], row["days"], row["reason"])
        for info in _labs(course, lab):
            entry.time(course, info)
    except UsageError as error:
        return error
    return entry


def _problems(rows: Sequence[Row], entries: Iterable[Extension | UsageError]) -> Iterable[tuple[int, str]]:
    seen: dict[tuple[str, str], int] = {}
    for row, entry in zip(rows, entries, strict=True):
        if isinstance(entry, UsageError):
            yield row.line, str(entry)
        elif entry.lab == ALL and entry.due:
            yield row.line, "a due date is for one lab: give days for all of them"
        elif (first := seen.setdefault((entry.student, entry.lab), row.line)) != row.line:
            yield row.line, f"{entry.student} and {entry.lab} stand in line {first}, too"


def _labs(course: Course, name: str) -> list[LabInfo]:
    """Return the lab of a row, or all that have a due date."""
    return [lab for lab in course.labs if lab.due is not None] if name == ALL else [course.lab(name)]


def _moment(course: Course, text: str) -> datetime:
    try:
        written_down = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"due {text!r}: it is a day and a time, like 2026-10-05T23:59 ({error})") from error
    if not re.search(r"\d[T ]\d", text):
        raise UsageError(f"due {text!r}: it needs a time, too, like {text}T23:59")
    try:
        return moment_in(course.zone, written_down)
    except UsageError as error:
        raise UsageError(f"due {error}") from error
