"""Which names a piece of code binds and which it looks up outside itself, by Python's own symbol table."""

from __future__ import annotations

import ast
import builtins
import symtable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["BUILTINS", "Names", "names_of"]

BUILTINS = frozenset(dir(builtins)) | {"__name__"}


@dataclass(frozen=True, slots=True)
class Names:
    """Names that code binds at its top level, and names that it reads; each with its first line, from 0."""

    bound: dict[str, int]
    used: dict[str, int]

    @property
    def free(self) -> dict[str, int]:
        """Names that somebody else must have bound."""
        return {name: line for name, line in self.used.items() if name not in self.bound and name not in BUILTINS}


def names_of(source: str) -> Names:
    """Look at code without running it.

    Parameters
    ----------
    source : str
        Python that parses; SyntaxError if it does not.

    Returns
    -------
    Names
        Names of nested functions, classes and comprehensions are seen in their own scope.
    """
    table = symtable.symtable(source, "<cell>", "exec")
    lines = _first_lines(ast.parse(source))
    bound, used = set(_bound(table)), set(_used(table))
    return Names(
        {name: lines.get(name, 0) for name in sorted(bound)},
        {name: lines.get(name, 0) for name in sorted(used)},
    )


def _bound(table: symtable.SymbolTable) -> Iterator[str]:
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        written = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
        if written and (top or symbol.is_declared_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _bound(child)


def _used(table: symtable.SymbolTable) -> Iterator[str]:
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (top or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _used(child)


def _first_lines(tree: ast.Module) -> dict[str, int]:
    lines: dict[str, int] = {}
    for node in ast.walk(tree):
        for name in _names_in(node):
            lines[name] = min(lines.get(name, node.lineno - 1), node.lineno - 1)  # type: ignore[attr-defined]
    return lines


def _names_in(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).split(".")[0] for alias in node.names]
    return []
