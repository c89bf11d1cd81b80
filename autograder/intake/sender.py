"""Who sent a file, by the name that a learning management system gave it."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Self

__all__ = ["Roster", "Sender"]

_MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<id>\d+)_assignsubmission_file_?/?(?P<file>[^/].*)")
_CANVAS = re.compile(r"(?P<name>[^_/]+)_(?:(?P<late>LATE)_)?(?P<id>\d+)_\d+_(?P<file>[^/]+)")
_AGAIN = re.compile(r"-(\d{1,3})(?=\.\w+$)| ?\((\d{1,3})\)(?=\.\w+$)")


@dataclass(frozen=True, slots=True)
class Sender:
    """What a file's name says: who sent it, which file, which of several times, and whether it came late.

    ``late`` is None where the system does not say.
    """

    name: str
    file: str  # the rest of the path, as the student named it
    id: str = ""
    attempt: int = 0
    late: bool | None = None

    @classmethod
    def of(cls, path: str) -> Self | None:
        """Read a path within an archive.

        Moodle writes ``Full Name_1234567_assignsubmission_file_/file`` or the same without the slash,
        Canvas ``familyfirst_LATE_123_456_file-1.ipynb``, nbgrader ``student/lab/lab.ipynb``; else it is None.
        """
        parts = PurePosixPath(path).parts
        for start in range(min(2, len(parts))):  # the first folder may be the archive's own
            inner = "/".join(parts[start:])
            if match := _MOODLE.fullmatch(inner):
                return cls(match["name"], match["file"], match["id"])
            if match := _CANVAS.fullmatch(inner):
                again = _AGAIN.search(match["file"])
                number = int(again[1] or again[2]) if again else 0
                return cls(match["name"], _AGAIN.sub("", match["file"]), match["id"], number, bool(match["late"]))
        return cls(parts[-3], "/".join(parts[-2:])) if len(parts) >= 3 else None

    @property
    def slug(self) -> str:
        """The name in small letters, with ``-`` between its words: what a student is called without a roster."""
        words = re.findall(r"\w+", unicodedata.normalize("NFC", self.name).replace("_", "-").lower())
        return "-".join(words)[:60] or f"id-{self.id or 'none'}"


@dataclass(frozen=True, slots=True)
class Roster:
    """The ids of a class's students, by any name or number that stands in the same row of ``class/roster.csv``."""

    students: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a table with a column ``student``; a name that stands in two rows finds nobody."""
        if not path.is_file():
            return cls({})
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row.get("student")]
        found: dict[str, set[str]] = {}
        for row in rows:
            for value in row.values():
                if isinstance(value, str) and value.strip():
                    found.setdefault(value.strip().lower(), set()).add(row["student"].strip())
        return cls({name: ids.pop() for name, ids in found.items() if len(ids) == 1})

    def find(self, sender: Sender) -> str | None:
        """Return the id of whoever sent something, or None if the roster does not say."""
        names = (sender.id, sender.name, sender.slug)
        return next((self.students[name.lower()] for name in names if name and name.lower() in self.students), None)
