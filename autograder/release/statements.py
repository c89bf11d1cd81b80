"""Statements of code as keys that do not depend on layout, comments or docstrings."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["TRIVIAL", "Statement", "code_in_markdown", "operations", "statements"]

# Up to so many operations a statement says nothing: `x = np.asarray(x, float)`, `total += 1`, `rows = len(x) + 1`.
# Three are the least that hold an idea: `return -b / (2 * a)`, `x = x - slope(x) / curvature(x)`.
TRIVIAL = 2
_VALUES = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Call, ast.Subscript, ast.comprehension)
_OPERATIONS = (*_VALUES, ast.AugAssign, ast.For, ast.While)
_FENCE = re.compile(r"^(`{3,}|~{3,})[^\n]*\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


class Statement(NamedTuple):
    """A statement: its line in the text from 0, what it compares by, and its first line of code."""

    line: int
    key: str
    code: str


def statements(text: str) -> Iterator[Statement]:
    """Give every statement above the trivial size, nested ones too.

    What a statement returns or assigns also counts on its own: an answer leaks under any name.

    Parameters
    ----------
    text : str
        Python; where it does not parse, each line that does on its own is looked at.

    Yields
    ------
    Statement
        Several may share a line.
    """
    for line, tree in _trees(text):
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt):
                for part in _parts(node):
                    if operations(part) > TRIVIAL:
                        code = ast.unparse(part).split("\n")[0]
                        yield Statement(line + node.lineno - 1, ast.dump(part), code)


def operations(node: ast.AST) -> int:
    """Count the operators, calls, indices and loops in a piece of code."""
    return sum(isinstance(inner, _OPERATIONS) for inner in ast.walk(node))


def code_in_markdown(text: str) -> list[str]:
    """Return the fenced blocks and the inline code of a markdown text."""
    fenced = [match[2] for match in _FENCE.finditer(text)]
    return fenced + _INLINE.findall(_FENCE.sub("", text))


def _trees(text: str) -> Iterator[tuple[int, ast.Module]]:
    """Give the text as one tree and its comments as trees of their own; or, if it is no Python, each line."""
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"))]
    whole = _parse(text)
    if whole is not None:
        yield 0, whole
        lines = [(number, line.lstrip("# ")) for number, line in lines if line.startswith("#")]
    for number, line in lines:
        if (tree := _parse(line)) is not None:
            yield number, tree


def _parse(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings(action="ignore", category=SyntaxWarning):  # prose may hold any backslash
            return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def _parts(node: ast.stmt) -> list[ast.AST]:
    match node:
        case ast.Expr(value=value):
            return [value]
        case ast.Assign(value=value) | ast.Return(value=ast.expr() as value) | ast.AnnAssign(value=ast.expr() as value):
            return [node, value]
        case ast.FunctionDef() | ast.ClassDef():
            return []  # its statements are looked at one by one, and its name is on the card
        case _:
            return [node]
