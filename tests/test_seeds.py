"""docs/seeds.toml: every item of the three seed documents, and the place in a lab that covers it."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.source.notebook import notebook
from autograder.source.percent import read_lab

ROOT = Path(__file__).resolve().parent.parent
KINDS = {"exercise", "concept", "figure", "code", "erratum"}
ITEMS = {
    "seed-0-from-optimization-to-autodiff.md": 97,
    "seed-1-stat4830-lecture4-slides.md": 82,
    "seed-2-automatic-differentiation-slides.md": 75,
}


@dataclass(frozen=True)
class Item:
    """One item, as the file lists it."""

    document: str
    line: int
    lab: int
    kind: str
    cell: str
    item: str

    def __str__(self) -> str:
        """Say where it stands and what it is."""
        return f"{self.document}:{self.line}: {self.item}"


def documents() -> list[dict[str, Any]]:
    """Read the file."""
    listed: list[dict[str, Any]] = tomllib.loads((ROOT / "docs" / "seeds.toml").read_text("utf-8"))["document"]
    return listed


def items() -> list[Item]:
    """List all items, in order."""
    return [Item(document["file"], **item) for document in documents() for item in document["items"]]


def headings(text: str) -> Iterator[str]:
    """Find the words of markdown headings."""
    for match in re.finditer(r"^#+\s+(.+?)\s*$", text, re.MULTILINE):
        yield match[1]


@cache
def places(file: str) -> frozenset[str]:
    """Return what can be referred to in a lab's source or a page: ids of cells, and headings."""
    if file.endswith(".md"):
        return frozenset(headings((ROOT / file).read_text("utf-8")))
    lab = read_lab(ROOT / "solutions" / f"{file}.py")
    ids = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook(lab).cells}
    words = {word for cell in lab.of_kind("markdown") for word in headings(cell.source)}
    return frozenset(ids - {None} | words)


def test_every_document_is_listed_whole() -> None:
    """The number of items of each document is what an enumeration of it found."""
    assert {document["file"]: len(document["items"]) for document in documents()} == ITEMS


def test_items_stand_in_the_order_of_their_document() -> None:
    """Lines never go back, so that an item is found by reading along."""
    for document in documents():
        lines = [item["line"] for item in document["items"]]
        assert lines == sorted(lines)


def test_no_item_is_listed_twice() -> None:
    """An item is known by its document, line and words."""
    twice = [name for name, count in Counter(map(str, items())).items() if count > 1]
    assert twice == []


def test_kinds_and_labs_are_known() -> None:
    """An item is of one of five kinds and belongs to one of seven labs; 0 stands for a page about the documents."""
    unknown = [str(item) for item in items() if item.kind not in KINDS or item.lab not in range(8)]
    assert unknown == []


def is_found(item: Item) -> bool:
    """Tell whether the file exists and holds the cell or heading; a cell is in the lab that the item names."""
    file, _, place = item.cell.partition("#")
    return place in places(file) and (item.lab == 0 or file.startswith(f"{item.lab:02}_"))


@pytest.mark.parametrize("document", ITEMS)
def test_every_reference_leads_somewhere(document: str) -> None:
    """Each item's cell or heading is there."""
    covered = [item for item in items() if item.document == document]
    lost = [f"{item} -> {item.cell}" for item in covered if not is_found(item)]
    assert lost == []
