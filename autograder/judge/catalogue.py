"""Trying a lab's checks on its catalogue: the solution, every known mistake, every right variant.

A check that accepts a mistake gives marks away; one that names it wrongly sends a student astray.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from autograder.course import Course
from autograder.intake.submission import Restored, RestoredCell
from autograder.judge.session import Judge
from autograder.source.lab import Lab
from autograder.source.mistakes import Answer, read_mistakes
from autograder.source.notebook import check_source
from autograder.source.percent import read_lab
from autograder.verdict import CheckStatus, Verdict

__all__ = ["Attempt", "Tally", "answers_of", "attempt_cells", "judge_catalogue", "tally"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """An answer of the catalogue and the verdicts on it."""

    answer: Answer
    verdicts: tuple[Verdict, ...]

    @property
    def is_right(self) -> bool:
        """Whether it got full marks."""
        return all(verdict.status is CheckStatus.CORRECT for verdict in self.verdicts)

    @property
    def names(self) -> frozenset[str]:
        """The misconceptions that were named."""
        return frozenset(verdict.misconception for verdict in self.verdicts if verdict.misconception)

    @property
    def fault(self) -> str | None:
        """What is wrong with the checks, seen from this answer; None if nothing is."""
        if self.answer.kind != "mistake":
            return None if self.is_right else "a right answer is rejected"
        if self.is_right:
            return "a mistake is accepted"
        if self.names != {self.answer.misconception}:
            return f"named {', '.join(sorted(self.names)) or 'nothing'} instead of {self.answer.misconception}"
        return None


@dataclass(frozen=True, slots=True)
class Tally:
    """How a lab's checks did on its catalogue, in numbers."""

    exercises: int
    mistakes: int
    variants: int
    rejected: int
    named: int
    misnamed: int
    refused_variants: int

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"{self.exercises} exercises, {self.mistakes} mistakes ({self.rejected} rejected, {self.named} named, "
            f"{self.misnamed} misnamed), {self.variants} right answers ({self.refused_variants} refused)"
        )


def answers_of(course: Course, lab: Lab) -> tuple[Answer, ...]:
    """Return a lab's catalogue: its solutions as variants, then all that stands in ``solutions/mistakes``."""
    solutions = tuple(Answer(e.id, None, "variant", e.cell.source, e.cell.line) for e in lab.exercises)
    path = course.solutions / "mistakes" / f"{lab.name}.py"
    return solutions + (read_mistakes(path) if path.exists() else ())


def attempt_cells(lab: Lab, answer: Answer) -> tuple[RestoredCell, ...]:
    """Return the notebook of a student who solved all before, gives this answer, and stops there."""
    cells = []
    for place, cell in enumerate(lab.cells):
        if cell.kind == "setup":
            cells.append(RestoredCell("setup", f"cell{place}", cell.source, f"setup_{place}"))
        elif cell.kind == "exercise" and cell.id is not None:
            source = answer.source if cell.id == answer.exercise else cell.source
            number = lab.exercise(cell.id).number
            cells.append(RestoredCell("exercise", f"cell{place}", source, cell.id, cell.id, number))
        elif cell.kind == "checks" and cell.exercise == answer.exercise:
            source, number = check_source(lab, cell), lab.exercise(answer.exercise).number
            check = RestoredCell("checks", f"cell{place}", source, cell.id, cell.exercise, number, cell.points)
            cells.append(check)
    last = max(place for place, cell in enumerate(cells) if cell.kind == "checks")
    return tuple(cells[: last + 1])


def judge_catalogue(
    course: Course,
    name: str,
    progress: Callable[[Iterable[Answer]], Iterable[Answer]] = iter,
    exercise: str | None = None,
) -> Iterator[Attempt]:
    """Judge every answer of a lab's catalogue.

    Parameters
    ----------
    course : Course
        Built (`course build`).
    name : str
        The lab's name.
    progress : callable, optional
        Wraps the answers, such as `tqdm`.
    exercise : str, optional
        Try the answers to this exercise alone.

    Yields
    ------
    Attempt
        In the order of the catalogue.
    """
    lab = read_lab(course.solutions / f"{name}.py")
    with Judge(course, name) as judge:
        for answer in progress([a for a in answers_of(course, lab) if exercise in (None, a.exercise)]):
            restored = Restored("catalogue", name, attempt_cells(lab, answer), {})
            verdicts = judge.grade(restored).verdicts
            yield Attempt(replace(answer), verdicts)


def tally(attempts: Iterable[Attempt]) -> Tally:
    """Count what the checks did."""
    tried = list(attempts)
    mistakes = [attempt for attempt in tried if attempt.answer.kind == "mistake"]
    variants = [attempt for attempt in tried if attempt.answer.kind != "mistake"]
    return Tally(
        exercises=len({attempt.answer.exercise for attempt in tried}),
        mistakes=len(mistakes),
        variants=len(variants),
        rejected=sum(not attempt.is_right for attempt in mistakes),
        named=sum(attempt.names == {attempt.answer.misconception} for attempt in mistakes),
        misnamed=sum(bool(attempt.names - {attempt.answer.misconception}) for attempt in mistakes),
        refused_variants=sum(not attempt.is_right for attempt in variants),
    )
