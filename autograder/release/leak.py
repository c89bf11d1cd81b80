"""Answers stay out: no solution, hidden check or known mistake in what students get."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from autograder.errors import LeakError
from autograder.release.statements import Statement, code_in_markdown, statements
from autograder.source.regions import hidden_text, solution_texts, visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from nbformat import NotebookNode

    from autograder.source.lab import Kind, Lab
    from autograder.source.mistakes import Answer

__all__ = ["Public", "check_leaks", "public_module", "public_notebook"]

_MARKS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
_SHORTEST_COMMENT = 20  # characters; shorter ones say nothing of a hidden check


class Public(NamedTuple):
    """A text that students can read: where it stands, and its code."""

    place: str
    text: str


class _Secret(NamedTuple):
    what: str
    statement: Statement


def public_notebook(path: Path, node: NotebookNode) -> list[Public]:
    """Return the code of a released notebook: its code cells, and the code within its prose."""
    found = []
    for number, cell in enumerate(node.cells, 1):
        texts = [cell.source] if cell.cell_type == "code" else code_in_markdown(cell.source)
        found += [Public(f"{path}, cell {number}", text) for text in texts]
    return found


def public_module(path: Path) -> Public:
    """Return the code of a file that students get."""
    return Public(str(path), path.read_text(encoding="utf-8"))


def check_leaks(lab: Lab, answers: Iterable[Answer], public: Iterable[Public]) -> None:
    """Look for a lab's answers in what students get.

    Parameters
    ----------
    lab : Lab
        The source.
    answers : iterable of Answer
        Its mistakes and variants.
    public : iterable of Public
        This lab's own release and the modules that labs import.
        A later lab may hold this one's solutions, so it is none of them.

    Raises
    ------
    LeakError
        Names the place, and the line of the source that stands there.
    """
    visible, given = _keys(lab, "checks"), _keys(lab, "setup")
    secrets = {secret.statement.key: secret for secret in _solutions(lab)}
    for secret in _hidden(lab):  # a hidden part may go the way of a visible one
        if secret.statement.key not in visible:
            secrets.setdefault(secret.statement.key, secret)
    for secret in _answers(lab, answers):  # a wrong answer may hold a line that is given
        if secret.statement.key not in visible | given:
            secrets.setdefault(secret.statement.key, secret)
    comments = _hidden_comments(lab)
    for text in public:
        _look(text, secrets, comments)


def _look(public: Public, secrets: dict[str, _Secret], comments: dict[str, str]) -> None:
    for line in public.text.split("\n"):
        if line.strip().lstrip("# ") in _MARKS:
            raise LeakError(f"{public.place}: holds the line {line.strip()!r}")
        if line.strip() in comments:
            raise LeakError(f"{public.place}: shows {comments[line.strip()]}: {line.strip()}")
    for statement in _public_statements(public.text):
        if secret := secrets.get(statement.key):
            raise LeakError(
                f"{public.place}, line {statement.line + 1}: shows {secret.what}: `{secret.statement.code}`; "
                "write it differently there, or take it out"
            )


@cache
def _public_statements(text: str) -> tuple[Statement, ...]:
    """Read a text once: all labs are looked for in the same modules."""
    return tuple(statements(text))


def _solutions(lab: Lab) -> Iterator[_Secret]:
    for exercise in lab.exercises:
        what = f"the solution of {exercise.id!r} ({lab.path}:{exercise.cell.line})"
        for text in solution_texts(exercise.cell.source):
            yield from _secrets(what, text)


def _hidden(lab: Lab) -> Iterator[_Secret]:
    for cell in lab.of_kind("checks"):
        yield from _secrets(f"the hidden part of {cell.id!r} ({lab.path}:{cell.line})", hidden_text(cell.source))


def _answers(lab: Lab, answers: Iterable[Answer]) -> Iterator[_Secret]:
    for answer in answers:
        what = f"a {answer.kind} of {answer.exercise!r} (solutions/mistakes/{lab.path.name}:{answer.line})"
        yield from _secrets(what, answer.source)


def _secrets(what: str, text: str) -> Iterator[_Secret]:
    from textwrap import dedent

    for statement in statements(dedent(text)):
        yield _Secret(what, statement)


def _keys(lab: Lab, kind: Kind) -> set[str]:
    return {statement.key for cell in lab.of_kind(kind) for statement in statements(visible_text(cell.source))}


def _hidden_comments(lab: Lab) -> dict[str, str]:
    shown = {line.strip() for cell in lab.of_kind("checks") for line in visible_text(cell.source).split("\n")}
    return {
        line.strip(): f"the hidden part of {cell.id!r} ({lab.path}:{cell.line})"
        for cell in lab.of_kind("checks")
        for line in hidden_text(cell.source).split("\n")
        if line.strip().startswith("#") and len(line.strip()) >= _SHORTEST_COMMENT and line.strip() not in shown
    }
