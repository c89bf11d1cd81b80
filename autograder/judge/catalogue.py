"""Trying a lab's checks on its catalogue: the solution, every known mistake, every right variant.

A check that accepts a mistake gives marks away; one that names it wrongly sends a student astray.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from autograder.course import Course
from autograder.errors import SandboxError
from autograder.intake.submission import RestoredCell
from autograder.judge.session import Judge, Session
from autograder.source.lab import Lab
from autograder.source.mistakes import Answer, read_mistakes
from autograder.source.notebook import check_source
from autograder.source.percent import read_lab
from autograder.verdict import CheckStatus, Verdict

__all__ = ["Attempt", "Stage", "Tally", "answers_of", "judge_catalogue", "stages", "tally"]

_TRIES = 3  # of one answer whose zygote ends


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
    def expected(self) -> frozenset[str]:
        """The misconceptions that should be named: that of a mistake, if it has a name."""
        return frozenset(filter(None, [self.answer.misconception]))

    @property
    def fault(self) -> str | None:
        """What is wrong with the checks, seen from this answer; None if nothing is."""
        if self.answer.kind != "mistake":
            return None if self.is_right else "a right answer is rejected"
        if self.is_right:
            return "a mistake is accepted"
        if self.names != self.expected:
            named, expected = (", ".join(sorted(names)) or "nothing" for names in (self.names, self.expected))
            return f"named {named} instead of {expected}"
        return None


@dataclass(frozen=True, slots=True)
class Stage:
    """A place in a lab where answers are tried.

    ``before``: the cells that lead there from the stage before, solved. ``attempts``: each answer, with the cells
    from its own to the last check of its exercise.
    """

    before: tuple[RestoredCell, ...]
    attempts: tuple[tuple[Answer, tuple[RestoredCell, ...]], ...]


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


def stages(lab: Lab, answers: Iterable[Answer]) -> Iterator[Stage]:
    """Cut a lab at its exercises, so that what all answers to an exercise share is run once.

    Parameters
    ----------
    lab : Lab
        Its cells, in order.
    answers : iterable of Answer
        To any of its exercises, in any order.

    Yields
    ------
    Stage
        One for each exercise that has an answer, in the lab's order.
    """
    cells = {place: cell for place in range(len(lab.cells)) if (cell := _restored(lab, place))}
    given, start = list(answers), 0
    for exercise in lab.exercises:
        place = lab.cells.index(exercise.cell)
        tried = [answer for answer in given if answer.exercise == exercise.id]
        if tried:
            before = tuple(cells[p] for p in range(start, place) if p in cells and cells[p].kind != "checks")
            last = max(p for p, cell in cells.items() if cell.kind == "checks" and cell.exercise == exercise.id)
            after = [cells[p] for p in range(place + 1, last + 1) if p in cells]
            rest = tuple(cell for cell in after if cell.kind != "checks" or cell.exercise == exercise.id)
            yield Stage(before, tuple((a, (replace(cells[place], source=a.source), *rest)) for a in tried))
            start = place


def _restored(lab: Lab, place: int) -> RestoredCell | None:
    """Return a cell as it is in the notebook of a student who solved everything; None if nothing in it is run."""
    cell = lab.cells[place]
    if cell.kind == "setup":
        return RestoredCell("setup", f"cell{place}", cell.source, f"setup_{place}")
    if cell.kind == "exercise" and cell.id is not None:
        return RestoredCell("exercise", f"cell{place}", cell.source, cell.id, cell.id, lab.exercise(cell.id).number)
    if cell.kind == "checks" and cell.exercise is not None:
        source, number = check_source(lab, cell), lab.exercise(cell.exercise).number
        return RestoredCell("checks", f"cell{place}", source, cell.id, cell.exercise, number, cell.points)
    return None


def judge_catalogue(course: Course, name: str, exercise: str | None = None) -> Iterator[Attempt]:
    """Judge every answer of a lab's catalogue, each as that of a student who solved all before and stops there.

    Parameters
    ----------
    course : Course
        Built (`course build`).
    name : str
        The lab's name.
    exercise : str, optional
        Try the answers to this exercise alone.

    Yields
    ------
    Attempt
        Exercise by exercise; the answers to one in the order of the catalogue.

    Raises
    ------
    SandboxError
        Our side failed at one answer again and again.
    """
    lab = read_lab(course.solutions / f"{name}.py")
    answers = [answer for answer in answers_of(course, lab) if exercise in (None, answer.exercise)]
    plan, done, tried = list(stages(lab, answers)), 0, 0
    while done < len(answers):
        try:
            with Judge(course, name) as judge, judge.session("catalogue") as session:
                for attempt in _attempts(session, plan, done):
                    yield attempt
                    done, tried = done + 1, 0
        except SandboxError:  # a process of ours has ended: go on with new ones, unless they end at the same place
            tried += 1
            if tried == _TRIES:
                raise


def _attempts(session: Session, plan: Iterable[Stage], done: int) -> Iterator[Attempt]:
    """Judge a catalogue's answers but for the first ones, which are done."""
    for stage in plan:
        session.run(stage.before)
        for answer, cells in stage.attempts[done:]:
            with session.branch() as branch:
                branch.run(cells)
            yield Attempt(answer, tuple(branch.verdicts))
        done = max(0, done - len(stage.attempts))


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
        named=sum(attempt.names == attempt.expected != frozenset() for attempt in mistakes),
        misnamed=sum(bool(attempt.names - attempt.expected) for attempt in mistakes),
        refused_variants=sum(not attempt.is_right for attempt in variants),
    )
