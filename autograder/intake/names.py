"""Which names a cell defines: how an answer is found when its id is lost."""

from __future__ import annotations

import ast
import re
import warnings

__all__ = ["Names"]

# Longer texts are not worth a syntax tree: an answer is a few dozen lines, and a notebook is not worth many such trees.
_LONGEST, _MOST = 50_000, 300_000


class Names:
    """Which names the cells of one notebook define; each text is parsed once."""

    def __init__(self) -> None:
        self._bound: dict[str, set[str] | None] = {}
        self._left = _MOST

    def defines(self, source: str, name: str) -> bool:
        """Tell whether a cell's text defines a name at its top level.

        Parameters
        ----------
        source : str
            The cell's text; anything at all, with syntax errors or magics.
        name : str
            The name of a function, a class or a value.
        """
        if name not in source:
            return False
        if source not in self._bound:
            self._bound[source] = self._read(source)
        bound = self._bound[source]
        return _looks_defined(source, name) if bound is None else name in bound

    def _read(self, source: str) -> set[str] | None:
        if len(source) > _LONGEST or self._left <= 0:
            return None
        self._left -= len(source)
        tree = _tree(source)
        return None if tree is None else _bound(tree)


def _tree(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a student's invalid escape is no warning of ours
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _bound(tree: ast.Module) -> set[str]:
    """Names bound by the statements of a module, those inside ``if`` or ``try`` too, those inside functions not."""
    names: set[str] = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            waiting.extend(ast.iter_child_nodes(node))
    return names


def _looks_defined(source: str, name: str) -> bool:
    """Guess from the text alone, for cells that do not parse."""
    word = re.escape(name)
    pattern = rf"^(?:(?:async[ \t]+)?def[ \t]+{word}\b|class[ \t]+{word}\b|{word}[ \t]*(?::[^=\n]*)?=(?!=))"
    return re.search(pattern, source, re.MULTILINE) is not None
