"""The one writer of a class: journal, nbgrader's database, audit, graded notebooks.

Whatever ends a run, and wherever: the same command completes it. The order of writing sees to that.
The journal comes first. The graded notebook comes last, so that it tells, by its digest, that all before it is written.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.files import write_whole
from autograder.gradebook.audit import Audit, Cause
from autograder.gradebook.book import Book, Marks
from autograder.gradebook.journal import Entry, Journal
from autograder.intake.received import copy_stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from autograder.course import Course
    from autograder.gradebook.grader import Graded
    from autograder.gradebook.key import Key
    from autograder.intake.submission import Submission

__all__ = ["Writer", "graded_path"]


_MANY = 500  # students: a database takes no longer list in a question
_MOVED = "another date or another gradebook"
_RULES = "another due date, extension or late policy"
_UNSAID = "graded by a run that was ended before it said why"


def graded_path(course: Course, student: str, lab: str) -> Path:
    """Return where a submission's graded notebook is."""
    return course.autograded / student / lab / f"{lab}.ipynb"


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes what grading found; nothing else writes into a class."""

    course: Course
    book: Book
    journal: Journal
    audit: Audit

    @classmethod
    def of(cls, course: Course, book: Book) -> Writer:
        """Return the writer of a class."""
        return cls(course, book, Journal.of(course), Audit.of(course))

    def write(
        self, graded: Sequence[tuple[Submission, Key, Graded]], why: Mapping[tuple[str, str], str]
    ) -> list[Entry]:
        """Write results: each is in the journal when this returns, or none of them is.

        Parameters
        ----------
        graded : sequence of (Submission, Key, Graded)
            What was handed in, what its result depends on, and what became of it.
        why : Mapping
            Why it was graded, by student and lab, for the audit.

        Raises
        ------
        OSError
            The disk is full, or the like.
        """
        entries = [Entry.of(key, made) for _, key, made in graded]
        self.journal.append(entries)
        triples = zip(graded, entries, strict=True)
        notebooks = [(given, made.notebook, entry) for (given, _, made), entry in triples if entry.notebook]
        with self.audit.turn():
            self.book.record(*(_marks(entry, given, self._changed(entry, text)) for given, text, entry in notebooks))
            self._follow([entry for *_, entry in notebooks], why)
        for submission, text, _ in notebooks:
            self._write_notebook(submission, text)
        return entries

    def record_again(self, entries: Sequence[tuple[Submission, Entry]]) -> None:
        """Write what the journal knows into journal and database once more, where something else has changed."""
        self.journal.append([entry for _, entry in entries])
        noted = [entry for _, entry in entries if entry.notebook]
        with self.audit.turn():
            self.book.record(*(_marks(entry, given) for given, entry in entries if entry.notebook))
            self._follow(noted, dict.fromkeys((entry.place for entry in noted), _MOVED))

    def catch_up(self, student: str | None = None) -> None:
        """Write into the audit what was changed without a line: by hand, or by a run that was ended.

        Parameters
        ----------
        student : str, optional
            This one alone, in little time; which versions a run that was ended had is not looked up then.
        """
        with self.audit.turn():
            latest = self.journal.latest() if student is None else {}
            causes = {place: Cause.run(entry.key, _UNSAID) for place, entry in latest.items()}
            self.audit.follow(self.book.given(None if student is None else [student]), causes)

    def settle(self) -> None:
        """Bring extensions and late penalties of all submissions up to the rules of now."""
        with self.audit.turn():
            self.book.settle()
            causes = {place: Cause.run(entry.key, _RULES) for place, entry in self.journal.latest().items()}
            self.audit.follow(self.book.given(), causes)

    def _follow(self, entries: Sequence[Entry], why: Mapping[tuple[str, str], str]) -> None:
        if not entries:
            return
        causes = {entry.place: Cause.run(entry.key, why[entry.place]) for entry in entries}
        students = {entry.result.student for entry in entries}
        now = self.book.given(students if len(students) < _MANY else None)
        self.audit.follow({place: given for place, given in now.items() if place in causes}, causes)

    def is_settled(self, entry: Entry) -> bool:
        """Whether the graded notebook of an entry is written, and so all of it."""
        content = _read(graded_path(self.course, *entry.place)) if entry.notebook else b""
        return not entry.notebook or hashlib.sha256(content).hexdigest() == entry.notebook

    def _write_notebook(self, submission: Submission, text: str) -> None:
        path = graded_path(self.course, submission.student, submission.lab)
        if submission.received:
            if submission.path.is_relative_to(self.course.submitted):
                stamp(submission.path, submission.received)
            copy_stamp(path, submission.received)
        write_whole(path, text)

    def _changed(self, entry: Entry, text: str) -> frozenset[str]:
        """Name the written answers that are not what was graded before."""
        content = _read(graded_path(self.course, *entry.place))
        if not content:
            return frozenset()
        now = _answers(text.encode())
        try:
            before = _answers(content)
        except (ValueError, KeyError, TypeError):  # whatever was graded, a person should look again
            return frozenset(now)
        return frozenset(name for name, answer in now.items() if before.get(name) != answer)


def _marks(entry: Entry, submission: Submission, changed: frozenset[str] = frozenset()) -> Marks:
    points = {verdict.check: verdict.points for verdict in entry.result.verdicts}
    return Marks(*entry.place, points, frozenset(entry.untouched), changed, submission.received)


def _answers(notebook: bytes) -> dict[str, str]:
    """Return the written answers in a graded notebook, by grade_id."""
    cells = json.loads(notebook)["cells"]
    marked = [(cell["metadata"].get("nbgrader", {}), cell["source"]) for cell in cells]
    return {marks["grade_id"]: "".join(text) for marks, text in marked if marks.get("grade") and marks.get("solution")}


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
