"""The heading of an exercise: ``### Exercise 2.3 · gradient descent · 3 points · 15 minutes · ●●○``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autograder.errors import SourceError
from autograder.source.lab import Card

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.source.lab import Cell

__all__ = ["read_card"]

_FORM = "### Exercise 2.3 · its title · 3 points · 15 minutes · ●●○"
_CARD = re.compile(
    r"### Exercise (?P<number>\d+\.\d+) · (?P<title>[^·]*[^·\s]) · "
    r"(?:(?P<points>\d+(?:\.\d+)?) points?|optional) · (?P<minutes>\d+) minutes? · (?P<stars>●○○|●●○|●●●)"
)


def read_card(path: Path, cell: Cell) -> Card | None:
    """Read the card in a markdown cell, if there is one.

    Parameters
    ----------
    path : Path
        The source file, for the error.
    cell : Cell
        A cell of any kind.

    Raises
    ------
    SourceError
        A heading starts like a card and is none, or the cell holds two cards.
    """
    if cell.kind != "markdown":
        return None
    headings = [
        (cell.start + number, line)
        for number, line in enumerate(cell.source.split("\n"))
        if re.match(r"#+\s*Exercise\s+\d", line)
    ]
    if not headings:
        return None
    if len(headings) > 1:
        raise SourceError(path, headings[1][0], "a second exercise card in one cell: give each exercise a cell")
    line, heading = headings[0]
    match = _CARD.fullmatch(heading.rstrip())
    if match is None:
        raise SourceError(
            path, line, f"not an exercise card: {heading!r}; write `{_FORM}`, or `optional` in place of the points"
        )
    points = match["points"]
    return Card(
        number=match["number"],
        title=match["title"],
        points=None if points is None else float(points),
        minutes=int(match["minutes"]),
        difficulty=match["stars"].count("●"),
        line=line,
    )
