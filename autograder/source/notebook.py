"""Turn a lab into nbgrader's source notebook; the same lab gives the same bytes."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

import nbformat

from autograder.source.lab import Cell
from autograder.source.regions import HIDDEN

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.source.lab import Kind, Lab

__all__ = ["check_source", "notebook", "write"]

# (grade, solution, locked), nbgrader's words for the kinds
_FLAGS: dict[Kind, tuple[bool, bool, bool]] = {
    "setup": (False, False, True),
    "show": (False, False, True),
    "exercise": (False, True, False),
    "checks": (True, False, True),
    "answer": (True, True, False),
}
# Run All goes on past an unsolved exercise: these cells may end in an error.
_MAY_RAISE: tuple[Kind, ...] = ("exercise", "checks", "show")
_ENDING: tuple[tuple[Kind, str], ...] = (
    (
        "markdown",
        "## Hand in\n\nSave with Ctrl+S (⌘S on a Mac), then run this cell: it says how far you are and shows a button.",
    ),
    ("show", 'from course_utils.hand_in import hand_in\n\nhand_in("{}")'),
)
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def notebook(lab: Lab) -> NotebookNode:
    """Make nbgrader's source notebook of a lab.

    Parameters
    ----------
    lab : Lab
        A lab that :func:`autograder.source.lint.check_lab` has passed.

    Returns
    -------
    NotebookNode
        Valid nbformat 4.5 with nbgrader's metadata. ``cell.metadata.course`` names kind and exercise.
        Ids depend on the lab and the cell alone.
    """
    grade_ids, cell_ids = _Unique(), _Unique()
    node = nbformat.v4.new_notebook(
        metadata={"kernelspec": _KERNEL, "language_info": {"file_extension": ".py", "name": "python"}}
    )
    for cell in (*lab.cells, *_ending(lab)):
        node.cells.append(_node(lab, cell, grade_ids, cell_ids))
    nbformat.validate(node)
    return node


def write(node: NotebookNode) -> str:
    """Return the text of a notebook's file."""
    return str(nbformat.writes(node, version=4)).rstrip("\n") + "\n"


def check_source(lab: Lab, cell: Cell) -> str:
    """Return a check's text with the two lines that the build adds: whose check it is, and where it gets silent."""
    exercise = lab.exercise(str(cell.exercise))
    first = f'checks.exercise("{exercise.number}", "{exercise.id}")'
    begin = f"# BEGIN {HIDDEN}"
    return f"{first}\n{cell.source}".replace(begin, f"{begin}\nchecks.hidden()")


def _ending(lab: Lab) -> tuple[Cell, ...]:
    """Return the cells that close every lab: progress, and handing in."""
    return tuple(Cell(kind, text.format(lab.name), 0, 0) for kind, text in _ENDING)


class _Unique:
    """Tell how often a text was seen before."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def count(self, text: str) -> int:
        self.seen[text] += 1
        return self.seen[text]


def _node(lab: Lab, cell: Cell, grade_ids: _Unique, cell_ids: _Unique) -> NotebookNode:
    source = check_source(lab, cell) if cell.kind == "checks" else cell.source
    grade_id = _grade_id(cell, grade_ids)
    key = grade_id or source
    cell_id = _digest(f"{lab.name}\n{key}\n{cell_ids.count(key)}", 12)
    new = nbformat.v4.new_code_cell if cell.is_code else nbformat.v4.new_markdown_cell
    return new(source=source, id=cell_id, metadata=_metadata(cell, grade_id))


def _grade_id(cell: Cell, seen: _Unique) -> str | None:
    if cell.kind == "markdown":
        return None
    if cell.id is not None:
        return cell.id
    name = f"{cell.kind}_{_digest(cell.source, 8)}"
    count = seen.count(name)
    return name if count == 1 else f"{name}_{count}"


def _metadata(cell: Cell, grade_id: str | None) -> dict[str, Any]:
    if grade_id is None:
        return {}
    grade, solution, locked = _FLAGS[cell.kind]
    marks: dict[str, Any] = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if grade:
        marks["points"] = cell.points
    course = {"kind": cell.kind} | ({"exercise": cell.exercise} if cell.exercise else {})
    tags = {"tags": ["raises-exception"]} if cell.kind in _MAY_RAISE else {}
    return {"course": course, "nbgrader": marks, **tags}


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
