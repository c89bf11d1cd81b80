"""Wrong answers and right variants of a lab's exercises: each a decorated definition, read and never run here.

A file ``solutions/mistakes/02_gradient_descent.py`` looks like this::

    from autograder.source.mistakes import mistake, variant

    @mistake("gradient_descent", misconception="uphill")
    def gradient_descent(gradient, x0, learning_rate, n_steps):
        ...

    @variant("gradient_descent")
    def gradient_descent(gradient, x0, learning_rate, n_steps):
        ...

    mistake("minimum", misconception="forgets_half", cell="minimum = 4.0")   # a value, or a cell of several statements
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from autograder.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Answer", "mistake", "read_mistakes", "variant"]

_T = TypeVar("_T")
_Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one exercise, as a student would type it.

    ``misconception`` names what a mistake shows; None for a variant, and for a mistake that has no name.
    """

    exercise: str
    misconception: str | None
    kind: Literal["mistake", "variant"]
    source: str
    line: int


def mistake(exercise: str, *, misconception: str | None = None, cell: str = "") -> Callable[[_T], _T]:  # noqa: ARG001
    """Mark a wrong answer.

    Parameters
    ----------
    exercise : str
        Its exercise.
    misconception : str, optional
        The name that the check must give it.
    cell : str, optional
        The whole cell, where the answer is not one definition below the mark.
    """
    return _same


def variant(exercise: str, *, cell: str = "") -> Callable[[_T], _T]:  # noqa: ARG001
    """Mark a right answer that is written differently from the solution."""
    return _same


def read_mistakes(path: Path) -> tuple[Answer, ...]:
    """Read the answers in a file, in order.

    Parameters
    ----------
    path : Path
        A file such as ``solutions/mistakes/02_gradient_descent.py``.

    Raises
    ------
    SourceError
        The file cannot be read, or a statement in it is no answer.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
    except SyntaxError as error:
        raise SourceError(path, error.lineno or 1, f"not Python: {error.msg}") from error
    except (OSError, ValueError) as error:
        raise SourceError.unreadable(path, error) from error
    return tuple(_answer(path, text, node) for node in tree.body if not _passed_over(node))


def _same(answer: _T) -> _T:
    return answer


def _passed_over(node: ast.stmt) -> bool:
    """Tell whether a statement is the docstring or an import, which serves the author's editor alone."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, ast.Import | ast.ImportFrom)


def _answer(path: Path, text: str, node: ast.stmt) -> Answer:
    if isinstance(node, _Definition) and len(node.decorator_list) == 1:
        mark = node.decorator_list[0]
        source = "\n".join(text.split("\n")[node.lineno - 1 : node.end_lineno])
        exercise, misconception, kind, cell = _mark(path, mark)
        if exercise != node.name or cell is not None:
            raise SourceError(
                path, mark.lineno, f"an answer to {exercise!r} defines {exercise!r}, here and not in a cell"
            )
        return Answer(exercise, misconception, kind, source, mark.lineno)
    if isinstance(node, ast.Expr):
        exercise, misconception, kind, cell = _mark(path, node.value)
        if cell is not None:
            return Answer(exercise, misconception, kind, cell.strip("\n"), node.lineno)
    raise SourceError(
        path,
        node.lineno,
        "not an answer: write one definition below one @mistake(...) or @variant(...), "
        'or mistake("name", misconception="...", cell="...")',
    )


def _mark(path: Path, mark: ast.expr) -> tuple[str, str | None, Literal["mistake", "variant"], str | None]:
    """Read a call of mistake or variant: exercise, misconception, which of the two, cell."""
    match mark:
        case ast.Call(func=ast.Name(id="mistake" | "variant" as kind), args=[ast.Constant(value=str(exercise))]):
            words: dict[str | None, Any] = {
                word.arg: word.value.value for word in mark.keywords if isinstance(word.value, ast.Constant)
            }
            allowed = {"misconception", "cell"} if kind == "mistake" else {"cell"}
            if len(words) == len(mark.keywords) and words.keys() <= allowed:
                return exercise, words.get("misconception"), kind, words.get("cell")
    raise SourceError(
        path, mark.lineno, 'not understood: write @mistake("exercise", misconception="name") or @variant("exercise")'
    )
