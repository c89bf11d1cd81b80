"""Final grades: what each lab of a student counts, late penalties, weights and dropped labs included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.gradebook.score import Score

__all__ = ["FinalGrade", "LabGrade", "final_grades"]


@dataclass(frozen=True, slots=True)
class LabGrade:
    """What one lab gives a student: ``points`` of ``max_points``, ``penalty`` taken off already.

    ``weight`` is what it counts beside the others; a ``dropped`` lab counts nothing.
    ``handed_in`` and ``waiting`` say whether there is anything, and whether a person has still to read some of it.
    """

    lab: str
    points: float
    max_points: float
    penalty: float = 0.0
    weight: float = 1.0
    handed_in: bool = True
    waiting: bool = False
    dropped: bool = False

    @property
    def share(self) -> float:
        """The share of the points that were to be had, from 0; more than 1 where a person gave extra points."""
        return self.points / self.max_points


@dataclass(frozen=True, slots=True)
class FinalGrade:
    """A student's labs, and the weighted mean of those that count."""

    student: str
    labs: tuple[LabGrade, ...]

    @property
    def total(self) -> float:
        """The share of all that was to be had; 0 while no lab weighs anything."""
        kept = [lab for lab in self.labs if not lab.dropped]
        weight = sum(lab.weight for lab in kept)
        return sum(lab.weight * lab.share for lab in kept) / weight if weight else 0.0

    @property
    def waiting(self) -> bool:
        """Whether a person has still to read some of it."""
        return any(lab.waiting for lab in self.labs)


def final_grades(
    course: Course, scores: Mapping[tuple[str, str], Score], students: Iterable[str] | None = None
) -> list[FinalGrade]:
    """Return each student's final grade, by the labs that were graded so far.

    A lab that nobody handed in yet counts for nobody; one that a student did not hand in counts as 0.
    The labs that are dropped are those without which the total is largest; one always stays.

    Parameters
    ----------
    course : Course
        Its labs with their weights, and how many are dropped.
    scores : Mapping of (student, lab) and Score
        What the gradebook holds, penalties included.
    students : iterable of str, optional
        The class; by default all who have a score.

    Returns
    -------
    list of FinalGrade
        In the order of the students' ids.
    """
    most = {lab: score.max_score for (_, lab), score in scores.items() if score.max_score > 0}
    listed = [(info.name, info.weight) for info in course.labs if info.name in most]
    names = {student for student, _ in scores} if students is None else set(students)
    return [
        FinalGrade(
            student,
            _drop(
                [_lab(lab, weight, most[lab], scores.get((student, lab))) for lab, weight in listed],
                course.grades.dropped,
            ),
        )
        for student in sorted(names)
    ]


def _lab(lab: str, weight: float, most: float, score: Score | None) -> LabGrade:
    if score is None:
        return LabGrade(lab, 0.0, most, weight=weight, handed_in=False)
    points = max(0.0, score.score - score.late_penalty)
    return LabGrade(lab, points, most, score.late_penalty, weight, waiting=score.needs_manual_grade)


def _drop(labs: Sequence[LabGrade], count: int) -> tuple[LabGrade, ...]:
    """Mark the labs without which the weighted mean is largest.

    Where weights differ, that need not be the labs with the least shares. The best mean m is the one for which the
    largest sum of weight · (share − m) over the labs that stay is 0; keeping the largest terms for the mean so far
    makes the mean grow, until it is m (Dinkelbach's method for ratios).
    """
    weighing = [lab for lab in labs if lab.weight > 0]
    stay = max(1, len(weighing) - count)
    mean, kept = -1.0, weighing
    while weighing:
        kept = sorted(weighing, key=lambda lab: lab.weight * (lab.share - mean), reverse=True)[:stay]
        better = FinalGrade("", tuple(kept)).total
        if better <= mean:
            break
        mean = better
    names = {lab.lab for lab in kept}
    return tuple(replace(lab, dropped=lab.weight > 0 and lab.lab not in names) for lab in labs)
