"""What a lab's source says of each of its cells: the frame into which a student's answers are put."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from autograder.intake.cells import bare
from autograder.release.student import CODE_STUB, TEXT_STUB
from autograder.source.regions import stub, visible_text

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.intake.cells import StudentCell

__all__ = ["Template", "TemplateCell"]


@dataclass(frozen=True, slots=True)
class TemplateCell:
    """A cell of the source; ``shown`` is the text that students get of it."""

    kind: str
    id: str
    source: str
    shown: str
    node: dict[str, Any]
    grade_id: str | None = None
    exercise: str | None = None
    number: str | None = None
    points: float = 0.0

    @classmethod
    def from_node(cls, node: dict[str, Any], numbers: dict[str, str]) -> Self:
        """Read a cell of the source notebook."""
        marks, course = node["metadata"].get("nbgrader", {}), node["metadata"].get("course", {})
        kind, source = course.get("kind", "markdown"), node["source"]
        exercise = course.get("exercise") or (marks.get("grade_id") if kind in ("exercise", "answer") else None)
        return cls(
            kind=kind,
            id=node["id"],
            source=source,
            shown=_shown(kind, source),
            node=node,
            grade_id=marks.get("grade_id"),
            exercise=exercise,
            number=numbers.get(exercise or ""),
            points=float(marks.get("points", 0)),
        )

    @property
    def is_own(self) -> bool:
        """Whether the student writes this cell."""
        return self.kind in ("exercise", "answer")


@dataclass(frozen=True)
class Template:
    """The cells of a lab's source, in order, and how to recognise them in a student's notebook."""

    lab: str
    cells: tuple[TemplateCell, ...]
    metadata: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_notebook(cls, lab: str, notebook: dict[str, Any]) -> Self:
        """Read the source notebook of a lab, as ``course build`` makes it."""
        notebook = json.loads(
            json.dumps(notebook)
        )  # plain: each submission gets a copy, and nbformat's nodes copy slowly
        numbers = {exercise: number for node in notebook["cells"] for exercise, number in _numbers(node["source"])}
        cells = tuple(TemplateCell.from_node(node, numbers) for node in notebook["cells"])
        return cls(lab, cells, notebook["metadata"])

    @classmethod
    def read(cls, source_folder: Path, lab: str) -> Self:
        """Read ``<source_folder>/<lab>/<lab>.ipynb``."""
        import nbformat

        return cls.from_notebook(lab, nbformat.read(source_folder / lab / f"{lab}.ipynb", as_version=4))

    @cached_property
    def by_grade_id(self) -> dict[str, TemplateCell]:
        """Cells by nbgrader's id."""
        return {cell.grade_id: cell for cell in self.cells if cell.grade_id is not None}

    @cached_property
    def by_id(self) -> dict[str, TemplateCell]:
        """Cells by nbformat's id, which some editors keep when they drop all metadata."""
        return {cell.id: cell for cell in self.cells}

    @cached_property
    def by_text(self) -> dict[str, TemplateCell]:
        """Cells by the bare text that students get; the first of several."""
        return {bare(cell.shown): cell for cell in reversed(self.cells)}

    def claimed_by(self, cell: StudentCell) -> TemplateCell | None:
        """Find the cell that a student's cell says it is; failing that, the given cell whose very text it holds."""
        claimed = self.by_grade_id.get(cell.grade_id or "") or self.by_id.get(cell.id or "")
        return claimed or self.by_text.get(bare(cell.source))


def _shown(kind: str, source: str) -> str:
    match kind:
        case "exercise":
            return stub(source, CODE_STUB)
        case "checks":
            return visible_text(source)
        case "answer":
            return TEXT_STUB
        case _:
            return source


def _numbers(source: str) -> list[tuple[str, str]]:
    """Read the line that the build writes above each check: ``checks.exercise("2.3", "gradient_descent")``."""
    return [(exercise, number) for number, exercise in re.findall(r'^checks\.exercise\("([^"]+)", "([^"]+)"\)', source)]
