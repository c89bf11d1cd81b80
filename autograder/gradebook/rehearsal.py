"""What a dry run graded, kept until a run writes it into the gradebook, or grades something else.

A result is taken over if all that decides it is as it was: its key, which is that of the journal, says so.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograder.files import write_whole
from autograder.gradebook.grader import Graded
from autograder.gradebook.journal import Entry, from_line, to_line
from autograder.verdict import SubmissionStatus

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.course import Course
    from autograder.gradebook.key import Key
    from autograder.intake.submission import Submission

__all__ = ["Rehearsal"]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A folder of results, one file a submission: its line as the journal has them, then its graded notebook."""

    folder: Path

    @classmethod
    def of(cls, course: Course) -> Rehearsal:
        """Return what is kept of a class."""
        return cls(course.class_folder / "journal" / "rehearsed")

    def keep(self, submission: Submission, key: Key, graded: Graded) -> None:
        """Keep a result; one that cost nothing, or failed on our side, is not worth it."""
        if graded.result.status is SubmissionStatus.GRADED:
            path = self._path(submission.student, submission.lab)
            write_whole(path, to_line(Entry.of(key, graded)) + graded.notebook.encode())

    def take(self, submission: Submission, key: Key) -> Graded | None:
        """Return the kept result of a submission, or None if there is none with this very key."""
        path = self._path(submission.student, submission.lab)
        if not path.is_file():
            return None
        line, _, notebook = path.read_bytes().partition(b"\n")
        entry = from_line(line)
        if entry is None or entry.key != key or entry.notebook != hashlib.sha256(notebook).hexdigest():
            return None
        result = replace(entry.result, late_seconds=submission.late_seconds)
        return Graded(result, notebook.decode(), entry.untouched)

    def drop(self, student: str, lab: str) -> None:
        """Forget the result of a submission, and the folder of a student without any."""
        path = self._path(student, lab)
        path.unlink(missing_ok=True)
        for folder in (path.parent, self.folder):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    def _path(self, student: str, lab: str) -> Path:
        return self.folder / student / f"{lab}.json"
