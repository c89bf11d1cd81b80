"""Which names a cell may use: setup's, its own, builtins, and those of exercises so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.errors import SourceError
from autograder.source.names import names_of

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.source.lab import Cell, Lab
    from autograder.source.names import Names

__all__ = ["check_names"]


def check_names(lab: Lab) -> None:
    """Hold the names of all cells that are graded, or run for a grade, against the rules.

    Parameters
    ----------
    lab : Lab
        Its setup, exercise and check cells parse.

    Raises
    ------
    SourceError
        A cell uses a name that will not be there, or takes one that is not its own.
    """
    exercises = {exercise.id: exercise.cell.line for exercise in lab.exercises}
    given: set[str] = set()
    solved: set[str] = set()
    for cell in lab.of_kind("setup", "exercise", "checks"):
        names = names_of(cell.source)
        if cell.kind == "setup":
            _check_setup(lab.path, cell, names, exercises)
            given |= names.bound.keys()
        elif cell.kind == "exercise":
            _check_exercise(lab.path, cell, names, given | solved)
            solved |= names.bound.keys()
        else:
            _check_check(lab.path, cell, names, exercises)
            if "checks" not in given:
                raise SourceError(lab.path, cell.line, "no [setup] cell above says `from course_utils import checks`")
            _check_free(lab.path, cell, names, given | solved)


def _check_setup(path: Path, cell: Cell, names: Names, exercises: dict[str, int]) -> None:
    """Keep setup off the student's names: it runs in the judge too, where none of them is real."""
    for name, line in [*names.used.items(), *names.bound.items()]:
        if name in exercises:
            raise SourceError(
                path,
                cell.start + line,
                f"a [setup] cell must not touch {name!r}, which is an exercise (line {exercises[name]}): use [show]",
            )


def _check_exercise(path: Path, cell: Cell, names: Names, known: set[str]) -> None:
    others = [name for name in names.bound if name != cell.id]
    if others or cell.id not in names.bound:
        what = f"defines {others[0]!r} too" if others else f"does not define {cell.id!r}"
        line = names.bound[others[0]] if others else 0
        raise SourceError(
            path,
            cell.start + line,
            f"exercise {cell.id!r} {what}: one cell, one name, the id; helpers and imports go inside",
        )
    _check_free(path, cell, names, known)


def _check_check(path: Path, cell: Cell, names: Names, exercises: dict[str, int]) -> None:
    for name in names.bound:
        if name in exercises:
            raise SourceError(path, cell.start + names.bound[name], f"a check must not replace the student's {name!r}")


def _check_free(path: Path, cell: Cell, names: Names, known: set[str]) -> None:
    for name, line in names.free.items():
        if name not in known:
            raise SourceError(
                path,
                cell.start + line,
                f"{name!r} is unknown here: a [{cell.kind}] cell may use names of [setup] cells and of exercises above "
                "it, and its own ([show] cells are not run for a grade)",
            )
