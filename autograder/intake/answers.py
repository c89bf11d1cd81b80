"""Which cell of a student's notebook answers which exercise."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from autograder.intake.cells import same_text
from autograder.intake.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograder.intake.cells import StudentCell
    from autograder.intake.template import Template, TemplateCell

__all__ = ["Answer", "Answers"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The text that fills one exercise or written answer.

    ``index`` is the place of its cell in the student's notebook, None if it has none of its own.
    ``how`` is ``id``, ``name`` (found by the name that it defines), ``place`` (a written answer found by its
    question), ``inside`` (a copy of another answer's cell that defines it too), ``blank`` or ``absent``.
    """

    source: str
    how: str
    index: int | None = None


@dataclass(frozen=True)
class Answers:
    """A student's cells, read against a lab's template."""

    template: Template
    cells: tuple[StudentCell, ...]
    _names: Names = field(default_factory=Names)

    @cached_property
    def claims(self) -> tuple[TemplateCell | None, ...]:
        """For each of the student's cells, the cell of the template that it says it is."""
        return tuple(self.template.claimed_by(cell) for cell in self.cells)

    @cached_property
    def found(self) -> dict[str, Answer]:
        """The answer to each exercise, by cell id of the template."""
        own = [cell for cell in self.template.cells if cell.is_own]
        found = {cell.id: self._exercise(cell) if cell.kind == "exercise" else self._written(cell) for cell in own}
        written = [answer.source for answer in found.values() if answer.index is not None]
        return {cell.id: self._inside(cell, found[cell.id], written) for cell in own}

    @cached_property
    def taken(self) -> dict[int, TemplateCell]:
        """The student's cells that are answers, by their place, with what they answer."""
        places = {answer.index: cell_id for cell_id, answer in self.found.items() if answer.index is not None}
        return {index: self.template.by_id[cell_id] for index, cell_id in places.items()}

    def is_given(self, index: int) -> bool:
        """Whether a student's cell stands for a given one, so that the source's text takes its place."""
        claim = self.claims[index]
        return claim is not None and not claim.is_own and not self._is_rewritten_copy(index, claim)

    def _is_rewritten_copy(self, index: int, claim: TemplateCell) -> bool:
        """Whether a cell was pasted from a given one that is still there as it was, and then written anew."""
        if not self._is_misplaced(index):
            return False
        copies = (cell for cell, other in zip(self.cells, self.claims, strict=True) if other is claim)
        return any(same_text(cell.source, claim.shown) for cell in copies)

    def is_extra(self, index: int) -> bool:
        """Whether a student's cell is neither given nor an answer, and says something."""
        cell, claim = self.cells[index], self.claims[index]
        if index in self.taken or self.is_given(index) or cell.kind == "raw" or not cell.source.strip():
            return False
        if claim is None:
            return not cell.was_given(self.template.lab)
        if not claim.is_own:
            return True
        return not same_text(cell.source, claim.shown) and not same_text(cell.source, self.found[claim.id].source)

    def _exercise(self, wanted: TemplateCell) -> Answer:
        """Prefer a cell that defines the name to one that does not, one with the id to one without, early to late."""
        name = wanted.grade_id or ""
        claiming = [index for index, claim in enumerate(self.claims) if claim is wanted]
        edited = [index for index in claiming if not same_text(self.cells[index].source, wanted.shown)]
        if (index := self._first(edited, name)) is not None:
            return Answer(self.cells[index].source, "id", index)
        unmarked = [i for i, claim in enumerate(self.claims) if claim is None and self.cells[i].kind == "code"]
        if (index := self._first(unmarked, name)) is not None:
            return Answer(self.cells[index].source, "name", index)
        if edited:
            return Answer(self.cells[edited[0]].source, "id", edited[0])
        if (index := self._first(filter(self._is_misplaced, range(len(self.cells))), name)) is not None:
            return Answer(self.cells[index].source, "name", index)
        return Answer(wanted.shown, "blank", claiming[0]) if claiming else Answer(wanted.shown, "absent")

    def _is_misplaced(self, index: int) -> bool:
        """Whether a cell claims to be one that it is not: pasted with its marks, and written anew."""
        cell, claim = self.cells[index], self.claims[index]
        if claim is None or cell.kind != "code" or same_text(cell.source, claim.shown):
            return False
        return not (claim.is_own and self._names.defines(cell.source, claim.grade_id or ""))

    def _first(self, indices: Iterable[int], name: str) -> int | None:
        return next((index for index in indices if self._names.defines(self.cells[index].source, name)), None)

    def _written(self, wanted: TemplateCell) -> Answer:
        claiming = [index for index, claim in enumerate(self.claims) if claim is wanted]
        edited = [index for index in claiming if not same_text(self.cells[index].source, wanted.shown)]
        if edited:
            return Answer(self.cells[edited[0]].source, "id", edited[0])
        if claiming:
            return Answer(wanted.shown, "blank", claiming[0])
        index = self._below_question(wanted)
        return Answer(wanted.shown, "absent") if index is None else Answer(self.cells[index].source, "place", index)

    def _below_question(self, wanted: TemplateCell) -> int | None:
        """Find the student's text directly below the cell that stands before a written answer."""
        place = self.template.cells.index(wanted)
        if place == 0:
            return None
        question = self.template.cells[place - 1]
        for index in range(1, len(self.cells)):
            follows = self.claims[index - 1] is question and self.claims[index] is None
            if follows and self.cells[index].kind == "markdown":
                return index
        return None

    def _inside(self, wanted: TemplateCell, answer: Answer, written: list[str]) -> Answer:
        """Look for an answer that was written into another exercise's cell."""
        if answer.how not in ("blank", "absent") or wanted.kind != "exercise":
            return answer
        name = wanted.grade_id or ""
        blanks = [cell.shown for cell in self.template.cells if cell.is_own]
        sources = [source for source in written if not any(same_text(source, blank) for blank in blanks)]
        source = next((source for source in sources if self._names.defines(source, name)), None)
        return answer if source is None else Answer(source, "inside")
