"""Which names of a notebook wait for an exercise: a value that is not written, and what other cells make of it.

A stub stops its own cell; cells below that read what it should have made stop with errors that name no exercise.
`Blanks` follows the cells as they run, and knows it.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Blanks", "names"]

_LONGEST = 20_000  # characters of a cell that is read: no lab's cell comes near


@dataclass(frozen=True, slots=True)
class _Blank:
    """Why a name has no proper value: the exercise that it waits for, and the cell that could not make it."""

    exercise: str
    cell: str


class Blanks:
    """The names that wait for an exercise, cell after cell."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Blank] = {}
        self._unmade: set[str] = set()
        self._cell, self._stub = "", ""
        self._reads: list[str] = []
        self._makes: list[str] = []

    def begin(self, cell: str) -> None:
        """Take note of a cell before it runs."""
        self._cell, self._stub = cell, ""
        self._reads, self._makes = names(cell)

    def meet(self, stub: str) -> None:
        """Take note that the cell met the stub of a function or class."""
        self._stub = stub

    def lacked(self, error: BaseException) -> tuple[str, str] | None:
        """Tell what the cell lacked if that may explain its error: a name, and the exercise that it waits for."""
        if not isinstance(error, NameError | LookupError) and "NoneType" not in str(error):
            return None  # no name, key or place that was never filled, and no value that is still None
        lacks = self._lacks()
        named = [lack for lack in lacks if isinstance(error, NameError) and lack[0] == error.name]
        stubs = [lack for lack in lacks if lack[0] == lack[1]]
        return next(iter([*named, *stubs, *lacks]), None)

    def unmade(self, error: BaseException) -> str:
        """Return the missing name of an error, if a cell that stopped by an error of its own should have made it."""
        name = str(error.name) if isinstance(error, NameError) else ""
        return name if name in self._unmade and name not in self._makes else ""

    def end(self, error: BaseException | None, values: Mapping[str, Any]) -> None:
        """Take note of how the cell ended; ``values`` are those of the notebook's names."""
        exercise = self._stub or next((exercise for _, exercise in self._lacks()), "")
        for name in self._makes:
            if exercise:
                self._waiting[name] = _Blank(exercise, self._cell)
            elif isinstance(error, NotImplementedError) and values.get(name, error) is None:
                self._waiting[name] = _Blank(name, self._cell)  # the stub of a value
            elif error is None:
                self._waiting.pop(name, None)
        self._unmade -= values.keys()
        if error is not None:
            self._unmade.update(name for name in self._makes if name not in values)

    def _lacks(self) -> list[tuple[str, str]]:
        """Return the names that the cell reads in vain, with their exercises; what it makes itself does not count."""
        waiting = {name: self._waiting[name] for name in self._reads if name in self._waiting}
        return [(name, blank.exercise) for name, blank in waiting.items() if blank.cell != self._cell]


def names(cell: str) -> tuple[list[str], list[str]]:
    """Return the names of the notebook that a cell reads before it makes them, and those that it makes.

    Parameters
    ----------
    cell : str
        Python; of what is none, or is longer than any lab's, both lists are empty.
    """
    reads: dict[str, None] = {}
    makes: dict[str, None] = {}
    try:
        statements = ast.parse(cell).body if len(cell) < _LONGEST else []
        tables = [symtable.symtable(ast.unparse(statement), "cell", "exec") for statement in statements]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [], []
    for statement, table in zip(statements, tables, strict=True):
        made = [symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()]
        own = {*makes} if isinstance(statement, ast.Assign | ast.AugAssign) else {*makes, *made}  # x = x + 1 reads x
        read = [*_read(table), *(made if isinstance(statement, ast.AugAssign) else ())]
        reads |= dict.fromkeys(name for name in read if name not in own)
        makes |= dict.fromkeys(made)
    return list(reads), list(makes)


def _read(table: symtable.SymbolTable) -> Iterator[str]:
    """Give the notebook's names that a statement reads, inside of functions, too."""
    outermost = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (outermost or symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _read(inner)
