"""The cells of a notebook that nobody vouches for, reduced to plain text."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["StudentCell", "bare", "same_text", "student_cells"]

# More cells than any honest notebook holds; what comes after is left out.
_MOST_CELLS = 5_000
_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
# The ids that a build gives to a lab's cells say what was in them: autograder.source.notebook.
_GIVEN_CODE = re.compile(r"(?:setup|show)_([0-9a-f]{8})(?:_\d+)?")
_CHECK = re.compile(r'checks\.exercise\("')
_MOST_COPIES = 9  # of one text in a lab


@dataclass(frozen=True, slots=True)
class StudentCell:
    """A cell as a student handed it in: its kind, its text and the ids that it claims."""

    kind: Literal["code", "markdown", "raw"]
    source: str
    grade_id: str | None = None
    id: str | None = None
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)  # pictures pasted into a written answer

    def was_given(self, lab: str) -> bool:
        """Whether some release of a lab held this very cell: given code or text as it was, or a check.

        It is asked of cells that the lab as it is now does not have.
        """
        if self.kind == "code":
            marked = _GIVEN_CODE.fullmatch(self.grade_id or "")
            if marked is not None:
                return marked[1] == _digest(self.source, 8)
            return self.grade_id is not None and _CHECK.match(self.source) is not None
        copies = range(1, _MOST_COPIES + 1)
        return self.id is not None and any(self.id == _digest(f"{lab}\n{self.source}\n{n}", 12) for n in copies)


def student_cells(notebook: dict[str, Any]) -> tuple[StudentCell, ...]:
    """Read the cells of a notebook of any nbformat version; what is not a cell is left out.

    Parameters
    ----------
    notebook : dict
        A JSON object of unknown contents.
    """
    found = [_cell(cell) for cell in _listed(notebook)[:_MOST_CELLS] if isinstance(cell, dict)]
    return tuple(cell for cell in found if cell is not None)


def bare(source: str) -> str:
    """Return a cell's text without spaces at the ends of lines and without empty lines around."""
    return "\n".join(line.rstrip() for line in source.strip().split("\n"))


def same_text(one: str, other: str) -> bool:
    """Compare two cells' texts, bare."""
    return bare(one) == bare(other)


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def _listed(notebook: dict[str, Any]) -> list[Any]:
    """Nbformat 4 keeps cells in the notebook, 3 and 2 in its worksheets."""
    cells = notebook.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = notebook.get("worksheets")
    sheets = sheets if isinstance(sheets, list) else []
    return [
        cell
        for sheet in sheets
        if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
        for cell in sheet["cells"]
    ]


def _cell(cell: dict[str, Any]) -> StudentCell | None:
    match cell.get("cell_type"):
        case "code":
            return StudentCell("code", _text(cell.get("source", cell.get("input"))), _grade_id(cell), _id(cell))
        case "markdown":
            source = _text(cell.get("source"))
            return StudentCell("markdown", source, _grade_id(cell), _id(cell), _attachments(cell))
        case "heading":  # nbformat 3
            return StudentCell("markdown", "# " + _text(cell.get("source")), _grade_id(cell), _id(cell))
        case "raw" | "html":
            return StudentCell("raw", _text(cell.get("source")), _grade_id(cell), _id(cell))
        case _:
            return None


def _text(value: Any) -> str:
    """Return a cell's text: nbformat allows a string or a list of them; what no file could hold is replaced."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text.encode("utf-8", "replace").decode("utf-8")


def _grade_id(cell: dict[str, Any]) -> str | None:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
    return grade_id if isinstance(grade_id, str) else None


def _id(cell: dict[str, Any]) -> str | None:
    return cell["id"] if isinstance(cell.get("id"), str) else None


def _attachments(cell: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Keep pictures alone."""
    value = cell.get("attachments")
    if not isinstance(value, dict):
        return {}
    kept = {_text(name): _pictures(bundle) for name, bundle in value.items() if isinstance(bundle, dict)}
    return {name: bundle for name, bundle in kept.items() if bundle}


def _pictures(bundle: dict[str, Any]) -> dict[str, str]:
    return {mime: _text(data) for mime, data in bundle.items() if mime in _IMAGES and isinstance(data, str | list)}
