"""Checks that may be broken: what in a class's results points at the check and not at the students.

Each kind has a rule that the report states. A suspicion is a reason to read some answers, no proof.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from autograder.report.correlation import correlate
from autograder.report.exercise_result import is_written
from autograder.report.pages import percent
from autograder.verdict import CheckStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from autograder.report.exercise_result import ExerciseResult
    from autograder.report.exercises import ExerciseStatistics
    from autograder.verdict import Verdict

__all__ = ["RULES", "Suspicion", "suspicions"]

_FEWEST = 5  # answers
_NOBODY, _BACKWARD, _DIAGNOSIS, _UNFORESEEN = "nobody is right", "runs backward", "wrong name", "unforeseen error"
RULES = {
    _NOBODY: f"at least {_FEWEST} students attempted the check, and it found none of them right",
    _BACKWARD: "who gets the exercise right has fewer of the lab's other points, beyond chance: "
    "the whole 95 % interval of its discrimination lies below 0",
    _DIAGNOSIS: f"at least {_FEWEST} students were told of a misconception; they have as many of the lab's other "
    "points as those whom the check found right, or more, and, beyond chance, more than those who are wrong otherwise",
    _UNFORESEEN: "the check ended in an error that it does not expect; the answer counts as wrong",
}


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A check to look at: one of `RULES`, what was seen, whose answers show it, and an error's text if there is one."""

    lab: str
    exercise: str
    check: str
    kind: str
    seen: str
    students: tuple[str, ...]
    cause: str = ""

    @property
    def answers(self) -> list[tuple[str, str, str]]:
        """Student, lab and exercise of each answer that shows it."""
        return [(student, self.lab, self.exercise) for student in self.students]


def suspicions(answers: Iterable[ExerciseResult], statistics: Iterable[ExerciseStatistics]) -> list[Suspicion]:
    """Return the checks that may be broken, in the order of labs, exercises and rules.

    Parameters
    ----------
    answers : iterable of ExerciseResult
        All answers of the class.
    statistics : iterable of ExerciseStatistics
        Of the same answers.
    """
    groups: dict[tuple[str, str], list[ExerciseResult]] = defaultdict(list)
    for answer in answers:
        groups[answer.lab, answer.exercise].append(answer)
    return [found for entry in statistics for found in _of_exercise(entry, groups[entry.lab, entry.exercise])]


def _of_exercise(entry: ExerciseStatistics, group: Sequence[ExerciseResult]) -> Iterator[Suspicion]:
    if entry.discrimination.high < 0:
        right = tuple(answer.student for answer in group if answer.is_right)
        seen = f"discrimination {entry.discrimination.r:.2f}, at most {entry.discrimination.high:.2f}"
        yield Suspicion(entry.lab, entry.exercise, "", _BACKWARD, seen, right)
    checks: dict[str, list[tuple[ExerciseResult, Verdict]]] = defaultdict(list)
    for answer in group:
        for verdict in answer.verdicts:
            if not is_written(verdict) and verdict.status is not CheckStatus.BLANK:
                checks[verdict.check].append((answer, verdict))
    for check, tried in checks.items():
        yield from _of_check((entry.lab, entry.exercise, check), tried)


def _of_check(place: tuple[str, str, str], tried: Sequence[tuple[ExerciseResult, Verdict]]) -> Iterator[Suspicion]:
    right = [answer for answer, verdict in tried if verdict.status is CheckStatus.CORRECT]
    if len(tried) >= _FEWEST and not right:
        yield Suspicion(*place, _NOBODY, f"{len(tried)} attempted it", _students(answer for answer, _ in tried))
    bearers: dict[str, list[ExerciseResult]] = defaultdict(list)
    for answer, verdict in tried:
        if verdict.misconception:
            bearers[verdict.misconception].append(answer)
    for name, told in sorted(bearers.items()):
        here, there = _rest(told), _rest(right)
        others = [
            answer for answer, one in tried if one.status is not CheckStatus.CORRECT and one.misconception != name
        ]
        if here is not None and there is not None and here >= there and _are_better(told, others):
            seen = (
                f"{name}: {len(told)} students with {percent(here)} of the other points; who is right: {percent(there)}"
            )
            yield Suspicion(*place, _DIAGNOSIS, seen, _students(told))
    failed = [(answer, verdict) for answer, verdict in tried if verdict.cause]
    if failed:
        last = failed[0][1].cause.strip().splitlines()[-1]
        students = _students(answer for answer, _ in failed)
        yield Suspicion(*place, _UNFORESEEN, f"{len(failed)} answers, such as {last}", students, failed[0][1].cause)


def _rest(group: Sequence[ExerciseResult]) -> float | None:
    """Return the mean share of the lab's other points; None if nobody has any."""
    known = [answer.rest for answer in group if answer.rest is not None]
    return fmean(known) if known else None


def _are_better(told: Sequence[ExerciseResult], others: Sequence[ExerciseResult]) -> bool:
    """Whether enough answers bear a name, and theirs are better students than others; nothing speaks against it."""
    groups = ((1.0, told), (0.0, others))
    pairs = [(side, answer.rest) for side, group in groups for answer in group if answer.rest is not None]
    found = correlate(pairs)
    return len(told) >= _FEWEST and (found.r is None or found.low > 0)


def _students(group: Iterable[ExerciseResult]) -> tuple[str, ...]:
    return tuple(answer.student for answer in group)
