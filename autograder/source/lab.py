"""A lab as its author wrote it: cells, exercises and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["Card", "Cell", "Exercise", "Kind", "Lab"]

Kind = Literal["markdown", "setup", "show", "exercise", "checks", "answer"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a source.

    ``line`` is the line of its marker in the file, ``start`` that of its first line of text.
    ``exercise`` is the id of the exercise that a check belongs to.
    """

    kind: Kind
    source: str
    line: int
    start: int
    id: str | None = None
    exercise: str | None = None
    points: float = 0
    optional: bool = False

    @property
    def is_code(self) -> bool:
        """Whether the cell is run, not read."""
        return self.kind not in ("markdown", "answer")


@dataclass(frozen=True, slots=True)
class Card:
    """What the heading of an exercise says; ``points`` is None on the card of an optional one."""

    number: str
    title: str
    points: float | None
    minutes: int
    difficulty: int
    line: int


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: its id is the one name that its cell defines."""

    id: str
    number: str
    title: str
    points: float
    minutes: int
    optional: bool
    cell: Cell
    card: Card


@dataclass(frozen=True, slots=True)
class Lab:
    """A whole lab: ``name`` is the file's, like ``02_gradient_descent``."""

    name: str
    path: Path
    cells: tuple[Cell, ...]
    exercises: tuple[Exercise, ...]

    @property
    def number(self) -> int:
        """The lab's number, the first part of its name."""
        return int(self.name.split("_")[0])

    @property
    def text(self) -> str:
        """All that the author wrote in cells, markers left out."""
        return "\n\n".join(cell.source for cell in self.cells)

    def exercise(self, name: str) -> Exercise:
        """Find an exercise by its id; KeyError if the lab has none of that id."""
        for exercise in self.exercises:
            if exercise.id == name:
                return exercise
        raise KeyError(name)

    def checks(self, exercise: str) -> tuple[Cell, ...]:
        """Return the check cells of one exercise, in order."""
        return tuple(cell for cell in self.cells if cell.kind == "checks" and cell.exercise == exercise)

    def of_kind(self, *kinds: Kind) -> tuple[Cell, ...]:
        """Return the cells of these kinds, in order."""
        return tuple(cell for cell in self.cells if cell.kind in kinds)
