"""The journal of a class: what was found of each submission, on the disk before anything else is written.

A line holds one entry and its digest. The last line of a submission counts.
A line that a killed run left half written, or that something damaged, is named and set aside; its submission is graded
again.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from autograder.files import append_whole, write_whole
from autograder.gradebook.key import Key
from autograder.verdict import CheckStatus, GradingResult, SubmissionStatus, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from autograder.course import Course
    from autograder.gradebook.grader import Graded

__all__ = ["Entry", "Journal", "from_line", "to_line"]

_VERDICT_FIELDS = {field.name for field in fields(Verdict)}


@dataclass(frozen=True, slots=True)
class Entry:
    """What the journal keeps of a graded submission.

    ``notebook`` is the digest of the graded notebook, empty if there is none; ``untouched`` is that of `Graded`.
    The result is what a machine found, nothing that a person gave. Only its seconds vary between runs.
    """

    key: Key
    result: GradingResult
    notebook: str = ""
    untouched: tuple[str, ...] = ()

    @classmethod
    def of(cls, key: Key, graded: Graded) -> Entry:
        """Make the entry of a submission that was graded."""
        digest = hashlib.sha256(graded.notebook.encode()).hexdigest() if graded.notebook else ""
        return cls(key, replace(graded.result, outcomes=()), digest, graded.untouched)

    @property
    def place(self) -> tuple[str, str]:
        """Student and lab."""
        return self.result.student, self.result.lab


class Journal:
    """The entries of a class.

    Parameters
    ----------
    path : Path
        A file of JSON lines.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, course: Course) -> Journal:
        """Return the journal of a class."""
        return cls(course.class_folder / "journal" / "results.jsonl")

    def append(self, entries: Iterable[Entry]) -> None:
        """Add entries; when this returns they are on the disk, and if it fails none of them is.

        Raises
        ------
        OSError
            The disk is full, or the like.
        """
        append_whole(self.path, b"".join(map(to_line, entries)))

    def latest(self) -> dict[tuple[str, str], Entry]:
        """Return the last entry of each submission, by student and lab; damaged lines are passed over."""
        found = {entry.place: entry for line in self._lines().values() if (entry := from_line(line)) is not None}
        return dict(sorted(found.items()))

    def mend(self, keep: Callable[[tuple[str, str]], bool] = lambda _: True) -> list[str]:
        """Set damaged lines aside, and drop entries that are superseded or not to be kept.

        Parameters
        ----------
        keep : callable
            Says of a student and a lab whether their entry stays.

        Returns
        -------
        list of str
            What was damaged, one sentence for each line.
        """
        lines = self._lines()
        damaged = {number: line for number, line in lines.items() if from_line(line) is None}
        if damaged:
            self._set_aside(damaged.values())
        kept = [to_line(entry) for place, entry in self.latest().items() if keep(place)]
        if len(kept) != len(lines):
            write_whole(self.path, b"".join(kept), durable=True)
        last = max(lines, default=0)
        return [self._sentence(number, torn=number == last) for number in damaged]

    def _sentence(self, number: int, *, torn: bool) -> str:
        why = "it is half a line, because a run was ended while it wrote" if torn else "it is damaged"
        done = f"it was set aside in {self._damaged.name}, and its submission is graded again"
        return f"{self.path}, line {number}: {why}; {done}"

    @property
    def _damaged(self) -> Path:
        return self.path.with_name("damaged.jsonl")

    def _set_aside(self, lines: Iterable[bytes]) -> None:
        with self._damaged.open("ab") as file:
            file.write(b"".join(line + b"\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())

    def _lines(self) -> dict[int, bytes]:
        content = self.path.read_bytes() if self.path.exists() else b""
        return {number: line for number, line in enumerate(content.split(b"\n"), start=1) if line.strip()}


def to_line(entry: Entry) -> bytes:
    """Write an entry as a line, with its digest."""
    text = json.dumps(asdict(entry), sort_keys=True)
    return f'{{"digest": "{_digest(text)}", "entry": {text}}}\n'.encode()


def from_line(line: bytes) -> Entry | None:
    """Read a line; None if it is not what was written."""
    try:
        read: dict[str, Any] = json.loads(line)
        values = read["entry"]
        if read["digest"] != _digest(json.dumps(values, sort_keys=True)):
            return None
        return Entry(Key(**values["key"]), _result(values["result"]), values["notebook"], tuple(values["untouched"]))
    except (ValueError, KeyError, TypeError):
        return None


def _result(values: dict[str, Any]) -> GradingResult:
    verdicts = [{key: verdict[key] for key in verdict.keys() & _VERDICT_FIELDS} for verdict in values["verdicts"]]
    values["verdicts"] = tuple(Verdict(**{**v, "status": CheckStatus(v["status"])}) for v in verdicts)
    values |= {"status": SubmissionStatus(values["status"]), "notes": tuple(values["notes"]), "outcomes": ()}
    return GradingResult(**values)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
