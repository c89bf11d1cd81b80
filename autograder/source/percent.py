"""Read a lab from its percent source: cells by their markers, each with its line in the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from autograder.errors import SourceError
from autograder.source.card import read_card
from autograder.source.lab import Cell, Exercise, Kind, Lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbformat import NotebookNode

    from autograder.source.lab import Card

__all__ = ["KINDS", "read_lab"]

_MARKER = re.compile(r"# %%(?:\s|$)")
_MARKER_LIKE = re.compile(r"#\s*%%")
_CARD_REACH = 3  # how many cells may stand between a card and its exercise, counted with the card


class _Keys(NamedTuple):
    """Keys of a marker, each with the type of its value."""

    needed: dict[str, type]
    allowed: dict[str, type]
    cell_type: str


KINDS: dict[str, _Keys] = {
    "setup": _Keys({}, {}, "code"),
    "show": _Keys({}, {}, "code"),
    "exercise": _Keys({"id": str}, {"optional": bool}, "code"),
    "checks": _Keys({"exercise": str, "id": str, "points": float}, {}, "code"),
    "answer": _Keys({"id": str, "points": float}, {}, "markdown"),
}
# By default jupytext takes comments such as `# cat and mouse` for commands of a shell, and runs them.
_FORMAT = {"extension": ".py", "format_name": "percent", "comment_magics": False}
_EXAMPLES = {str: '="name"', float: "=2", bool: "=true"}


def read_lab(path: Path) -> Lab:
    """Read a lab's source.

    Parameters
    ----------
    path : Path
        A file such as ``solutions/02_gradient_descent.py``.

    Returns
    -------
    Lab
        Its cells and exercises. The rules that need more than one cell are :func:`autograder.source.lint.check_lab`'s.

    Raises
    ------
    SourceError
        The file cannot be read, a marker is wrong, or an exercise has no card.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError.unreadable(path, error) from error
    cells = tuple(_cells(path, text))
    return Lab(name=path.stem, path=path, cells=cells, exercises=tuple(_exercises(path, cells)))


def _cells(path: Path, text: str) -> Iterator[Cell]:
    import jupytext  # takes half a second

    lines = _marker_lines(path, text)
    nodes = jupytext.reads(text, fmt=_FORMAT).cells
    if len(nodes) != len(lines):
        raise SourceError(
            path, lines[-1], f"{len(lines)} markers but {len(nodes)} cells: does a text in quotes hold a line `# %%`?"
        )
    for node, line in zip(nodes, lines, strict=True):
        yield _cell(path, line, node)


def _marker_lines(path: Path, text: str) -> list[int]:
    """Find the lines of the markers: jupytext does not tell them."""
    lines = text.split("\n")
    found = [number for number, line in enumerate(lines, 1) if _MARKER.match(line)]
    first = next((number for number, line in enumerate(lines, 1) if line.strip()), 1)
    if not found or found[0] != first:
        raise SourceError(path, first, "a source starts with a marker: write `# %% [markdown]` above this line")
    for number, line in enumerate(lines, 1):
        if _MARKER_LIKE.match(line) and not _MARKER.match(line):
            raise SourceError(path, number, f"looks like a marker but is none: {line!r}; a marker starts with `# %% `")
    return found


def _cell(path: Path, line: int, node: NotebookNode) -> Cell:
    kind, values = _marker(path, line, node)
    source = node.source.strip("\n")
    leading = len(node.source) - len(node.source.lstrip("\n"))
    return Cell(
        kind=kind,
        source="\n".join(text.rstrip() for text in source.split("\n")),
        line=line,
        start=line + 1 + leading,
        **values,
    )


def _marker(path: Path, line: int, node: NotebookNode) -> tuple[Kind, dict[str, Any]]:
    values = dict(node.metadata)
    values.pop("lines_to_next_cell", None)
    if "incorrectly_encoded_metadata" in values:
        raise SourceError(
            path, line, f'cannot read {values["incorrectly_encoded_metadata"]!r}: values are written like JSON, id="x"'
        )
    title = values.pop("title", None)
    if title is None and node.cell_type == "markdown":
        _check_keys(path, line, "markdown", _Keys({}, {}, "markdown"), values)
        return "markdown", {}
    kind = None if title is None else title.removeprefix("[").removesuffix("]")
    if kind not in KINDS or title != f"[{kind}]":
        what = "a code cell without a marker" if title is None else f"unknown marker {title!r}"
        raise SourceError(path, line, f"{what}: write [markdown], {', '.join(f'[{name}]' for name in KINDS)}")
    keys = KINDS[kind]
    if node.cell_type != keys.cell_type:
        form = "[answer] [markdown]" if kind == "answer" else f"[{kind}] without [{node.cell_type}]"
        raise SourceError(path, line, f"[{kind}] is a {keys.cell_type} cell: write `# %% {form}`")
    _check_keys(path, line, kind, keys, values)
    return cast("Kind", kind), values


def _check_keys(path: Path, line: int, kind: str, keys: _Keys, values: dict[str, Any]) -> None:
    types = {**keys.needed, **keys.allowed}
    for name in keys.needed:
        if name not in values:
            raise SourceError(path, line, f"[{kind}] needs {name}{_EXAMPLES[types[name]]}")
    for name, value in values.items():
        if name not in types:
            known = ", ".join(types) or "no keys"
            raise SourceError(path, line, f"[{kind}] has no key {name!r}: it takes {known}")
        if not _fits(value, types[name]):
            raise SourceError(path, line, f"{name}={value!r} is not understood: write {name}{_EXAMPLES[types[name]]}")


def _fits(value: object, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str) and value.isidentifier()
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return isinstance(value, kind)


def _exercises(path: Path, cells: tuple[Cell, ...]) -> Iterator[Exercise]:
    used: set[int] = set()
    for place, cell in enumerate(cells):
        if cell.kind != "exercise":
            continue
        card = _card_before(path, cells, place)
        if card is None or card.line in used:
            raise SourceError(
                path,
                cell.line,
                f"exercise {cell.id!r} has no card: write `### Exercise N.M · title · P points · M minutes · ●○○` in a "
                f"[markdown] cell at most {_CARD_REACH} cells above it",
            )
        used.add(card.line)
        yield Exercise(
            id=str(cell.id),
            number=card.number,
            title=card.title,
            points=card.points or 0,
            minutes=card.minutes,
            optional=cell.optional,
            cell=cell,
            card=card,
        )


def _card_before(path: Path, cells: tuple[Cell, ...], place: int) -> Card | None:
    for cell in reversed(cells[max(0, place - _CARD_REACH) : place]):
        if cell.kind == "exercise":
            return None
        if (card := read_card(path, cell)) is not None:
            return card
    return None
