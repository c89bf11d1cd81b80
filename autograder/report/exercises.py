"""How an exercise did in a class: how many got it right, and whether it tells those who know from those who do not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from autograder.report.correlation import Correlation, correlate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograder.report.exercise_result import ExerciseResult

__all__ = ["ExerciseStatistics", "exercise_statistics"]


@dataclass(frozen=True, slots=True)
class ExerciseStatistics:
    """Counts of an exercise's answers.

    Parameters
    ----------
    lab, exercise : str
        Which.
    right, partly, wrong, blank : int
        Answers that got all points, some, none, and those that were not attempted.
    waiting : int
        Written answers that a person has still to read; they are in no other number.
    mean : float
        The mean share of the points, from 0 to 1; 0 if there are no answers.
    discrimination : Correlation
        Of that share with the share of the lab's other points that a machine gave.
    """

    lab: str
    exercise: str
    right: int
    partly: int
    wrong: int
    blank: int
    waiting: int
    mean: float
    discrimination: Correlation

    @property
    def n(self) -> int:
        """How many answers count."""
        return self.right + self.partly + self.wrong + self.blank

    @property
    def share_right(self) -> float:
        """The share of answers that are right, from 0 to 1; 0 if there are none."""
        return self.right / self.n if self.n else 0.0


def exercise_statistics(answers: Iterable[ExerciseResult]) -> list[ExerciseStatistics]:
    """Count answers by exercise, lab by lab, in the order in which exercises come.

    Parameters
    ----------
    answers : iterable of ExerciseResult
        All answers of the class.
    """
    found: dict[tuple[str, str], list[ExerciseResult]] = defaultdict(list)
    for answer in answers:
        found[answer.lab, answer.exercise].append(answer)
    return [_statistics(*key, group) for key, group in sorted(found.items(), key=lambda item: item[0][0])]


def _statistics(lab: str, exercise: str, group: Sequence[ExerciseResult]) -> ExerciseStatistics:
    known = [(answer, answer.share) for answer in group if answer.share is not None]
    right = sum(answer.is_right for answer, _ in known)
    partly = sum(0.0 < share < 1.0 for _, share in known)
    blank = sum(answer.is_blank for answer, _ in known)
    return ExerciseStatistics(
        lab,
        exercise,
        right=right,
        partly=partly,
        wrong=len(known) - right - partly - blank,
        blank=blank,
        waiting=sum(any(verdict.points is None for verdict in answer.verdicts) for answer in group),
        mean=fmean(share for _, share in known) if known else 0.0,
        discrimination=correlate([(share, answer.rest) for answer, share in known if answer.rest is not None]),
    )
