"""What a class's results say when they are put together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.report.exercise_result import is_written
from autograder.verdict import CheckStatus, SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograder.gradebook.score import Score
    from autograder.verdict import GradingResult, Verdict

__all__ = ["CheckCount", "Misconception", "Standing", "check_counts", "misconceptions", "standing"]

Answer = tuple[str, str, str]  # student, lab, exercise


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one submission stands: its score after penalties, and what is still to be done by hand."""

    result: GradingResult
    score: float
    max_score: float | None
    waiting: bool

    @property
    def share(self) -> float | None:
        """The score over the most that is given so far, from 0 to 1; None if nothing could be graded."""
        unread = sum(verdict.max_points for verdict in self.result.verdicts if verdict.points is None)
        most = (self.max_score or 0.0) - unread
        return min(1.0, self.score / most) if most > 0 else None


@dataclass(frozen=True, slots=True)
class CheckCount:
    """How many submissions of a lab a check found right, wrong (in any way) and not attempted."""

    lab: str
    exercise: str
    check: str
    right: int
    wrong: int
    blank: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.right + self.wrong + self.blank


@dataclass(frozen=True, slots=True)
class Misconception:
    """A named misconception: whose answers show it, and what one of these students was told."""

    name: str
    answers: tuple[Answer, ...]
    example: str

    @property
    def students(self) -> int:
        """How many students show it, in one exercise or in several."""
        return len({student for student, _, _ in self.answers})

    @property
    def places(self) -> dict[tuple[str, str], list[Answer]]:
        """The answers by lab and exercise, where there are most first."""
        found: dict[tuple[str, str], list[Answer]] = defaultdict(list)
        for answer in self.answers:
            found[answer[1:]].append(answer)
        return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def standing(result: GradingResult, score: Score | None) -> Standing:
    """Say where a submission stands.

    Parameters
    ----------
    result : GradingResult
        What was found this time.
    score : Score, optional
        What the gradebook holds; an earlier grade stays until a submission can be graded again.
    """
    if score is not None:
        return Standing(result, max(0.0, score.score - score.late_penalty), score.max_score, score.needs_manual_grade)
    graded = result.status is SubmissionStatus.GRADED
    waiting = any(verdict.points is None for verdict in result.verdicts)
    return Standing(result, result.points, result.max_points if graded else None, waiting)


def check_counts(results: Iterable[GradingResult]) -> list[CheckCount]:
    """Count verdicts by check, in the order of the labs; written answers and our own failures are left out."""
    found: dict[tuple[str, str, str], list[CheckStatus]] = defaultdict(list)
    for result, verdict in _verdicts(results):
        if verdict.status is not CheckStatus.INFRA and not is_written(verdict):
            found[result.lab, verdict.exercise, verdict.check].append(verdict.status)
    return [_count(key, statuses) for key, statuses in sorted(found.items(), key=lambda item: item[0][0])]


def misconceptions(results: Iterable[GradingResult]) -> list[Misconception]:
    """Gather what students misunderstand by its name, the most frequent first."""
    found: dict[str, dict[Answer, str]] = defaultdict(dict)
    for result, verdict in _verdicts(results):
        if verdict.misconception:
            answer = (result.student, result.lab, verdict.exercise)
            found[verdict.misconception].setdefault(answer, verdict.message)
    named = [Misconception(name, tuple(told), next(iter(told.values()))) for name, told in found.items()]
    return sorted(named, key=lambda entry: (-entry.students, entry.name))


def _verdicts(results: Iterable[GradingResult]) -> list[tuple[GradingResult, Verdict]]:
    return [(result, verdict) for result in results for verdict in result.verdicts]


def _count(key: tuple[str, str, str], statuses: list[CheckStatus]) -> CheckCount:
    right, blank = statuses.count(CheckStatus.CORRECT), statuses.count(CheckStatus.BLANK)
    return CheckCount(*key, right=right, wrong=len(statuses) - right - blank, blank=blank)
