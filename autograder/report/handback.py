"""Writing the pages that students get back: those that are not as they should be, and no others."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.files import write_whole
from autograder.gradebook.writer import graded_path
from autograder.report.feedback import feedback
from autograder.verdict import CheckStatus, SubmissionStatus

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.gradebook.journal import Entry
    from autograder.gradebook.score import Score
    from autograder.verdict import GradingResult

__all__ = ["Handback", "with_manual_points"]

_DIGEST_BYTES = 100  # at the end of a page


@dataclass(frozen=True, slots=True)
class Handback:
    """A student's page: what was found, and what a person gave.

    Parameters
    ----------
    course : Course
        The course.
    result : GradingResult
        What was found.
    notebook : str
        The digest of the graded notebook, empty if there is none.
    score : Score or None
        What the gradebook says.
    """

    course: Course
    result: GradingResult
    notebook: str
    score: Score | None

    @classmethod
    def of(cls, course: Course, entry: Entry, score: Score | None) -> Handback:
        """Make the page of a journal's entry; the score of earlier work is not that of what cannot be read now."""
        graded = entry.result.status is SubmissionStatus.GRADED
        score = score if graded else None
        return cls(course, with_manual_points(entry.result, score), entry.notebook, score)

    @property
    def path(self) -> Path:
        """Where the page is."""
        return self.course.feedback / self.result.student / self.result.lab / f"{self.result.lab}.html"

    @property
    def is_written(self) -> bool:
        """Whether the page that is there was made from these very values."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, self.path.stat().st_size - _DIGEST_BYTES))
                return file.read().endswith(self._mark.encode())
        except OSError:
            return False

    def write(self) -> None:
        """Write the page, whole or not at all."""
        lab = self.result.lab
        title = next((info.title for info in self.course.labs if info.name == lab), lab)
        notebook = _notebook(graded_path(self.course, self.result.student, lab)) if self.notebook else None
        write_whole(self.path, feedback(title, self.result, notebook, self.score) + self._mark)

    def run(self, _: object) -> str:
        """Write the page in a worker; return what went wrong, if anything did."""
        try:
            self.write()
        except OSError as error:
            return self.give_up(str(error))
        return ""

    def give_up(self, reason: str) -> str:
        """Say that the page is not written."""
        return f"{self.path}: not written: {reason.strip().splitlines()[-1]}"

    @property
    def _mark(self) -> str:
        """The last line of the page: a digest of all that it is made from."""
        score = None if self.score is None else asdict(self.score)
        titles = {info.name: info.title for info in self.course.labs}
        values = [asdict(replace(self.result, seconds=0.0)), self.notebook, score, titles, _code()]
        digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
        return f"<!-- made from {digest[:32]} -->\n"


def with_manual_points(result: GradingResult, score: Score | None) -> GradingResult:
    """Give a written answer the points that a person gave it.

    Parameters
    ----------
    result : GradingResult
        What a machine found.
    score : Score or None
        What the gradebook says.
    """
    manual = {} if score is None else score.manual
    verdicts = [
        replace(verdict, points=manual[verdict.check])
        if verdict.status is CheckStatus.MANUAL and verdict.check in manual
        else verdict
        for verdict in result.verdicts
    ]
    return replace(result, verdicts=tuple(verdicts))


def _notebook(path: Path) -> dict[str, Any]:
    """Read a graded notebook; texts are whole, not lists of lines."""
    import nbformat

    notebook: dict[str, Any] = nbformat.v4.reads(path.read_text(encoding="utf-8"))
    return notebook


@cache
def _code() -> str:
    """Digest what makes pages, so that another version of it makes them anew."""
    paths = sorted(path for path in Path(__file__).parent.iterdir() if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
