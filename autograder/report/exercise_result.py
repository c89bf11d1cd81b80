"""What each student made of each exercise: the numbers from which the report's statistics are made."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.verdict import CheckStatus, SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from autograder.verdict import GradingResult, Verdict

__all__ = ["ExerciseResult", "exercise_results", "is_written"]

_DIGITS = 9  # shares that are equal but for the order of a sum are equal


@dataclass(frozen=True, slots=True)
class ExerciseResult:
    """One student's answer to one exercise of a graded submission.

    Parameters
    ----------
    student, lab, exercise : str
        Whose, and which.
    verdicts : tuple of Verdict
        Of the exercise's checks; a written answer has one of its own.
    share : float or None
        The part of the exercise's points that the answer got, from 0 to 1; of its checks, if it is worth no points.
        None while a person has still to read it, and for an optional exercise that was left alone.
    rest : float or None
        The part of the lab's other points that a machine gave, from 0 to 1; None if there are no others.
    """

    student: str
    lab: str
    exercise: str
    verdicts: tuple[Verdict, ...]
    share: float | None
    rest: float | None

    @property
    def is_blank(self) -> bool:
        """Whether nothing was attempted."""
        return all(verdict.status is CheckStatus.BLANK for verdict in self.verdicts)

    @property
    def is_right(self) -> bool:
        """Whether all of it is right."""
        return self.share is not None and self.share >= 1.0

    @property
    def points(self) -> float:
        """The points that it got so far."""
        return sum(verdict.points or 0.0 for verdict in self.verdicts)


def exercise_results(results: Iterable[GradingResult]) -> list[ExerciseResult]:
    """Return every answer of the graded submissions, in the order of the results and of their notebooks."""
    return [found for result in results if result.status is SubmissionStatus.GRADED for found in _of(result)]


def is_written(verdict: Verdict) -> bool:
    """Tell whether a verdict is of a written answer, which has no checks and bears its own name."""
    return verdict.exercise == verdict.check


def _of(result: GradingResult) -> Iterator[ExerciseResult]:
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in result.verdicts:
        groups[verdict.exercise].append(verdict)
    for exercise, verdicts in groups.items():
        others = [one for one in result.verdicts if one.exercise != exercise and not is_written(one)]
        yield ExerciseResult(result.student, result.lab, exercise, tuple(verdicts), _share(verdicts), _part(others))


def _share(verdicts: Sequence[Verdict]) -> float | None:
    if any(verdict.points is None for verdict in verdicts):
        return None
    part = _part(verdicts)
    if part is not None:
        return part
    if all(verdict.status is CheckStatus.BLANK for verdict in verdicts):
        return None
    return sum(verdict.status is CheckStatus.CORRECT for verdict in verdicts) / len(verdicts)


def _part(verdicts: Sequence[Verdict]) -> float | None:
    """Return points over the most that there are; None if there are none."""
    most = sum(verdict.max_points for verdict in verdicts)
    return round(sum(verdict.points or 0.0 for verdict in verdicts) / most, _DIGITS) if most else None
