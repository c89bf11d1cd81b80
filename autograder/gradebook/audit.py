"""The audit of a class: a line for each score that changed, whoever changed it, and nothing is ever taken out.

The last line of a check is what was last known of it. What was changed without a line, by a person in formgrader or
by a run that was killed before it wrote one, is found by comparing, and the next command writes it down.
"""

from __future__ import annotations

import getpass
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.files import append_whole
from autograder.gradebook.lock import in_turn
from autograder.gradebook.score import LATE

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.gradebook.key import Key
    from autograder.gradebook.score import Given

__all__ = ["BY_HAND", "FOUND", "Audit", "Cause", "Change", "this_user"]

BY_HAND = "by hand"
_FOUND = "found in the gradebook"
_GONE = "the check is gone from its lab"

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cause:
    """Who changed a score, and why; for a machine's score also the versions of grader and lab that gave it."""

    who: str
    why: str
    engine: str = ""
    lab_version: str = ""

    @classmethod
    def run(cls, key: Key, why: str) -> Cause:
        """Return what a run of this user gives as the cause of the scores of a submission."""
        return cls(this_user(), why, key.engine, key.lab)


FOUND = Cause(BY_HAND, _FOUND)


@dataclass(frozen=True, slots=True)
class Change:
    """One score that changed; None is a score that is not there, or not yet.

    ``when`` is in ISO format, UTC; ``by_hand`` says whether the new score is one that a person gave.
    """

    when: str
    who: str
    student: str
    lab: str
    check: str
    old: float | None
    new: float | None
    why: str
    by_hand: bool
    engine: str = ""
    lab_version: str = ""


class Audit:
    """The audit of a class, read as far as it was asked for.

    Parameters
    ----------
    path : Path
        A file of JSON lines.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[Place, dict[str, Change]] = defaultdict(dict)
        self._read = 0

    @classmethod
    def of(cls, course: Course) -> Audit:
        """Return the audit of a class."""
        return cls(course.class_folder / "journal" / "audit.jsonl")

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Keep others from changing scores between a look at the gradebook and the lines about it."""
        with in_turn(self.path.with_name(".audit.lock")):
            yield

    def changes(self) -> list[Change]:
        """Return all lines, oldest first; what is no line is passed over."""
        lines = self.path.read_bytes().splitlines() if self.path.exists() else []
        return [change for change in map(_change, lines) if change is not None]

    def last(self, student: str, lab: str) -> dict[str, Change]:
        """Return the last change of each check of a submission."""
        with self.turn():  # a line that is being written is not half a line
            self._catch_up()
        return dict(self._known.get((student, lab), {}))

    def follow(
        self, now: Mapping[Place, Mapping[str, Given]], machine: Mapping[Place, Cause], hand: Cause = FOUND
    ) -> list[Change]:
        """Write a line for each score that is not as last known.

        Parameters
        ----------
        now : Mapping
            All scores of some submissions, by student and lab, then by check.
        machine : Mapping
            By student and lab, what to say of scores that a machine gave.
        hand : Cause
            What to say of those that a person gave or took away.

        Returns
        -------
        list of Change
            What was written.
        """
        self._catch_up()
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        found = [
            change
            for place, given in sorted(now.items())
            for change in self._differences(place, given, machine.get(place, Cause(this_user(), _FOUND)), hand, moment)
        ]
        if found:
            append_whole(self.path, b"".join(map(_line, found)))
        return found

    def _differences(
        self, place: Place, given: Mapping[str, Given], machine: Cause, hand: Cause, moment: str
    ) -> Iterator[Change]:
        known = self._known[place]
        for check in sorted(known.keys() | given.keys()):
            last, now = known.get(check), given.get(check)
            old, new = last.new if last else None, now.score if now else None
            if old == new:
                continue
            is_given = now is not None and now.by_hand
            cause = hand if is_given or (last is not None and last.by_hand) else machine
            why = (_GONE if now is None and check != LATE else cause.why) + _over(last, cause)
            versions = (cause.engine, cause.lab_version)
            yield Change(moment, cause.who, *place, check, old, new, why, is_given, *versions)

    def _catch_up(self) -> None:
        """Read what was appended since, by this process or another; all of it, if something was taken out."""
        if not self.path.exists() or self.path.stat().st_size < self._read:
            self._known, self._read = defaultdict(dict), 0
        for change in map(_change, self._tail()):
            if change is not None:
                self._known[change.student, change.lab][change.check] = change

    def _tail(self) -> list[bytes]:
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(self._read)
            lines = file.readlines()
            self._read = file.tell()
        return lines


def this_user() -> str:
    """Return the name of the user who runs this, or "machine" if the system knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container without users
        return "machine"


def _over(last: Change | None, cause: Cause) -> str:
    """Say whose score was replaced, if a person gave it and it was not the same person."""
    if last is None or not last.by_hand or last.who == cause.who:
        return ""
    return ", over a score given by hand" if last.who == BY_HAND else f", over a score that {last.who} gave"


def _line(change: Change) -> bytes:
    return json.dumps(asdict(change), ensure_ascii=False).encode() + b"\n"


def _change(line: bytes) -> Change | None:
    try:
        return Change(**json.loads(line))
    except (ValueError, TypeError):  # half a line: what it said is found again, and written
        return None
