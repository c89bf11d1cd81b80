"""Each notebook that a student handed in for a lab, and which of them counts.

All are kept, as ``class/attempts/<student>/<lab>/<moment>-<number>-<digest>.ipynb``; the one that counts is copied to
``class/submitted``, where nbgrader looks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from autograder.course import Course
from autograder.files import write_whole
from autograder.intake.received import REFUSED, STAMP, received, stamp

__all__ = ["Attempt", "Place", "handed_in", "misplaced"]

_NAME = re.compile(r"(\d{8}T\d{12})Z-(\d+)-([0-9a-f]{16})\.ipynb")
_MOMENT = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True, slots=True, order=True)
class Attempt:
    """A notebook that was handed in; ``number`` is the learning management system's, and orders them before moments."""

    number: int
    moment: datetime
    digest: str
    path: Path

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """Read a file's name; one of another kind is none."""
        if (match := _NAME.fullmatch(path.name)) is None:
            return None
        try:
            moment = datetime.strptime(match[1], _MOMENT).replace(tzinfo=UTC)
        except ValueError:
            return None
        return cls(int(match[2]), moment, match[3], path)

    def moved_to(self, moment: datetime) -> Attempt:
        """Give it another moment."""
        path = self.path.with_name(_name(moment, self.number, self.digest))
        self.path.replace(path)
        return Attempt(self.number, moment, self.digest, path)


@dataclass(frozen=True, slots=True)
class Place:
    """A student's lab: where all attempts are, and where the one that counts is."""

    course: Course
    student: str
    lab: str

    @property
    def folder(self) -> Path:
        """Where all attempts are."""
        return self.course.class_folder / "attempts" / self.student / self.lab

    @property
    def submitted(self) -> Path:
        """Where the one that counts is."""
        return self.course.submitted / self.student / self.lab / f"{self.lab}.ipynb"

    def attempts(self) -> list[Attempt]:
        """Return all attempts, the last one last; a notebook that was put in place by other means is one, too."""
        paths = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        found = [attempt for attempt in map(Attempt.of, paths) if attempt]
        if self.submitted.is_file() and not self.submitted.is_symlink():
            digest = _digest(self.submitted.read_bytes())
            if digest not in {attempt.digest for attempt in found}:
                number, moment = max((attempt.number for attempt in found), default=0), received(self.submitted)
                found.append(Attempt(number, moment, digest, self.submitted))
        return sorted(found)

    def keep(self, content: bytes, moment: datetime, number: int = 0) -> Attempt:
        """Keep a notebook; handed in twice at the same moment, it is kept once."""
        digest, moment = _digest(content), moment.astimezone(UTC)
        attempt = Attempt(number, moment, digest, self.folder / _name(moment, number, digest))
        if not attempt.path.exists():
            write_whole(attempt.path, content)
        return attempt

    def keep_all(self) -> None:
        """Keep what was put in place by other means, so that no other one replaces it."""
        for attempt in self.attempts():
            if attempt.path == self.submitted:
                self.keep(self.submitted.read_bytes(), attempt.moment, attempt.number)

    def put(self, attempt: Attempt) -> None:
        """Put an attempt in the place where nbgrader looks, and keep what is there."""
        if self.holds(attempt):
            return
        self.keep_all()
        write_whole(self.submitted, attempt.path.read_bytes())
        for name in (REFUSED, STAMP):
            (self.submitted.parent / name).unlink(missing_ok=True)
        stamp(self.submitted, attempt.moment)

    def counting(self, extension: timedelta | None = None) -> Attempt | None:
        """Return the last attempt, or, if the rule is so, the last that was on time, if any was.

        Parameters
        ----------
        extension : timedelta, optional
            What the student was granted.
        """
        found = self.attempts()
        due = next((info.due_after(extension) for info in self.course.labs if info.name == self.lab), None)
        in_time = [attempt for attempt in found if due is None or attempt.moment <= due + self.course.grace]
        if self.course.grades.counts == "last on time" and in_time:
            return in_time[-1]
        return found[-1] if found else None

    def holds(self, attempt: Attempt) -> bool:
        """Whether this attempt, with its moment, is where nbgrader looks."""
        if not self.submitted.is_file() or received(self.submitted) != attempt.moment:
            return False
        return _digest(self.submitted.read_bytes()) == attempt.digest


def handed_in(course: Course) -> Iterator[Place]:
    """Find all places with attempts."""
    root = course.class_folder / "attempts"
    folders = sorted(root.glob("*/*/")) if root.is_dir() else []
    return (Place(course, folder.parent.name, folder.name) for folder in folders)


def misplaced(
    course: Course,
    extensions: Mapping[tuple[str, str], timedelta],
    best: Callable[[Place], Attempt | None] = lambda _: None,
) -> list[tuple[Place, Attempt]]:
    """Find where another attempt counts than the one in place.

    Parameters
    ----------
    course : Course
        Its ``[grades]`` say which one.
    extensions : Mapping
        Extra time, by student and lab.
    best : callable
        Says of a place which attempt is the best, where that is the rule.

    Returns
    -------
    list of (Place, Attempt)
        The places, each with the one that counts.
    """
    found = (
        (place, best(place) or place.counting(extensions.get((place.student, place.lab))))
        for place in handed_in(course)
    )
    return [(place, attempt) for place, attempt in found if attempt is not None and not place.holds(attempt)]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _name(moment: datetime, number: int, digest: str) -> str:
    return f"{moment.astimezone(UTC).strftime(_MOMENT)}Z-{number}-{digest}.ipynb"
