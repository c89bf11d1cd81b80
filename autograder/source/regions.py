"""Regions of a cell: what lies between a BEGIN and an END line, as nbgrader cuts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from autograder.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from autograder.source.lab import Cell

__all__ = ["HIDDEN", "SOLUTION", "Region", "hidden_text", "regions", "solution_texts", "stub", "visible_text"]

SOLUTION = "SOLUTION"
HIDDEN = "HIDDEN TESTS"


class Region(NamedTuple):
    """A region of a cell's lines, counted from 0: its BEGIN line and its END line."""

    begin: int
    end: int


def regions(path: Path, cell: Cell, word: str) -> list[Region]:
    """Find the regions of one kind in a cell.

    Parameters
    ----------
    path : Path
        The source file, for the error.
    cell : Cell
        The cell to look at.
    word : str
        ``SOLUTION`` or ``HIDDEN TESTS``.

    Raises
    ------
    SourceError
        A BEGIN without its END, an END without its BEGIN, or other text on such a line.
    """
    found: list[Region] = []
    begin: int | None = None
    for number, line in enumerate(cell.source.split("\n")):
        here = cell.start + number
        for edge in ("BEGIN", "END"):
            if f"{edge} {word}" in line and line.strip() != f"# {edge} {word}":
                raise SourceError(path, here, f"nothing else may stand on the line: write `# {edge} {word}`")
        if line.strip() == f"# BEGIN {word}":
            if begin is not None:
                raise SourceError(path, here, f"a second BEGIN {word} before END {word}")
            begin = number
        elif line.strip() == f"# END {word}":
            if begin is None:
                raise SourceError(path, here, f"END {word} without BEGIN {word} above it")
            found.append(Region(begin, number))
            begin = None
    if begin is not None:
        raise SourceError(path, cell.start + begin, f"BEGIN {word} without END {word}")
    return found


def stub(source: str, text: str) -> str:
    """Replace each solution region by a text at the indent of its BEGIN line, as nbgrader does."""
    lines: list[str] = []
    for line, inside in _walk(source, SOLUTION):
        if not inside:
            lines.append(line)
        elif f"BEGIN {SOLUTION}" in line:
            indent = line[: len(line) - len(line.lstrip())]
            lines.extend(indent + stub_line for stub_line in text.split("\n"))
    return "\n".join(lines)


def solution_texts(source: str) -> list[str]:
    """Return the text of each solution region, as it stands, without its two edges."""
    return _inside(source, SOLUTION)


def visible_text(source: str) -> str:
    """Return a check's text without its hidden region."""
    return "\n".join(line for line, inside in _walk(source, HIDDEN) if not inside)


def hidden_text(source: str) -> str:
    """Return the text of a check's hidden region; empty if it has none."""
    return "\n".join(_inside(source, HIDDEN))


def _inside(source: str, word: str) -> list[str]:
    texts: list[list[str]] = []
    for line, inside in _walk(source, word):
        if inside and f"BEGIN {word}" in line:
            texts.append([])
        elif inside and f"END {word}" not in line:
            texts[-1].append(line)
    return ["\n".join(lines) for lines in texts]


def _walk(source: str, word: str) -> Iterator[tuple[str, bool]]:
    """Give each line, and whether it belongs to a region; its edges do."""
    inside = False
    for line in source.split("\n"):
        inside = inside or f"BEGIN {word}" in line
        yield line, inside
        inside = inside and f"END {word}" not in line
