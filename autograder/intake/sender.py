"""Who sent a file, by the name that a learning management system gave it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Self

__all__ = ["Sender"]

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
