"""One line of a report for each verdict, in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.report.pages import number
from autograder.verdict import CheckStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograder.gradebook.score import Score
    from autograder.report.exercise_result import ExerciseResult
    from autograder.verdict import Verdict

__all__ = ["Row", "duration", "exercise_anchor", "mark", "row", "to_do"]

_WORDS = {
    CheckStatus.CORRECT: ("✓ right", "right"),
    CheckStatus.WRONG: ("✗ not right yet", "wrong"),
    CheckStatus.BLANK: ("○ not attempted", "open"),
    CheckStatus.CRASHED: ("✗ ended the process", "wrong"),
    CheckStatus.TIMEOUT: ("✗ took too long", "wrong"),
    CheckStatus.MEMORY: ("✗ took too much memory", "wrong"),
    CheckStatus.OUTPUT: ("✗ printed too much", "wrong"),
    CheckStatus.MANUAL: ("… read by a person", "open"),
    CheckStatus.INFRA: ("… to be graded again", "open"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A verdict as a page shows it; ``tone`` is right, wrong or open."""

    exercise: str
    check: str
    name: str
    word: str
    tone: str
    points: float | None
    max_points: float
    message: str
    comment: str
    misconception: str

    @property
    def worth(self) -> str:
        """The points, in words."""
        return f"{number(self.points)} of {number(self.max_points)}" if self.max_points else "optional"

    @property
    def anchor(self) -> str:
        """The place in the page."""
        return f"check-{self.check}"


def row(verdict: Verdict, score: Score | None = None) -> Row:
    """Put a verdict into words; what a person gave in formgrader goes before what was found.

    Parameters
    ----------
    verdict : Verdict
        The verdict.
    score : Score, optional
        What the gradebook says of the submission.
    """
    word, tone = _WORDS[verdict.status]
    points, comment = verdict.points, ""
    if score is not None:
        comment = score.comments.get(verdict.check, "")
        if verdict.check in score.manual:
            points = score.manual[verdict.check]
            word, tone = "✎ graded by a person", "right" if points >= verdict.max_points else "open"
    name = verdict.check.removeprefix("check_").replace("_", " ")
    message = "" if verdict.status is CheckStatus.MANUAL else verdict.message
    max_points = verdict.max_points
    misconception = (verdict.misconception or "").replace("_", " ")
    return Row(verdict.exercise, verdict.check, name, word, tone, points, max_points, message, comment, misconception)


def exercise_anchor(exercise: str) -> str:
    """Return the place of an answer in its student's page."""
    return f"exercise-{exercise}"


def to_do(rows: Iterable[Row]) -> dict[str, Row]:
    """Return the first check of each exercise that is not right and that a student can still put right."""
    found: dict[str, Row] = {}
    for entry in rows:
        if entry.tone == "wrong" or (entry.max_points and entry.word == _WORDS[CheckStatus.BLANK][0]):
            found.setdefault(entry.exercise, entry)
    return found


def mark(answer: ExerciseResult) -> str:
    """Return the sign of an answer in a table of a whole class."""
    if answer.is_blank:
        return "○"
    if answer.share is None:
        return "…"
    return "✓" if answer.is_right else "◐" if answer.share else "✗"


def duration(seconds: float) -> str:
    """Write a time span in its two largest units."""
    minutes = int(seconds // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{count} {unit}{'s' * (count != 1)}" for count, unit in ((days, "day"), (hours, "hour")) if count]
    if len(parts) < 2 and (minutes or not parts):
        parts.append(f"{minutes} minute{'s' * (minutes != 1)}" if minutes else "less than a minute")
    return " ".join(parts)
