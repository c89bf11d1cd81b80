"""What can go wrong on the instructor's side.

CourseError
├── SourceError     a lab's source breaks a rule; says file and line
├── LeakError       an answer would reach the students
├── UsageError      a command was called in a way that cannot work
├── StoppedError    a run was ended before it was done; what it did is kept
└── SandboxError    our side failed: a process or a wire; a student never loses points by it
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

__all__ = ["CourseError", "LeakError", "SandboxError", "SourceError", "StoppedError", "UsageError"]


class CourseError(Exception):
    """Base of every error that an instructor reads as one plain message."""


class SourceError(CourseError):
    """A lab's source breaks a rule.

    Parameters
    ----------
    path : Path
        The source file.
    line : int
        Line in that file, from 1.
    message : str
        What is wrong and what to do.
    """

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line, self.message = path, line, message

    @classmethod
    def unreadable(cls, path: Path, error: Exception) -> Self:
        """Build the error of a file that cannot be read at all."""
        return cls(path, 1, f"cannot be read: {error}")


class LeakError(CourseError):
    """An answer would reach the students."""


class UsageError(CourseError):
    """A command was called in a way that cannot work."""


class StoppedError(CourseError):
    """A run was ended before it was done, by a person or by the machine; what it did is kept."""


class SandboxError(CourseError):
    """Our side failed while student code ran; never a student's zero."""
