"""What had to be put right in a notebook, in words for its student."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.intake.cells import same_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.intake.answers import Answers
    from autograder.intake.template import TemplateCell

__all__ = ["notes"]

_WORDS = {"setup": "Given code", "show": "A demonstration"}


def notes(answers: Answers) -> tuple[str, ...]:
    """Say what was restored; an untouched or honestly filled notebook gives no note.

    Parameters
    ----------
    answers : Answers
        A student's cells, read against the template.
    """
    return tuple(dict.fromkeys([*_marks(answers), *_answers(answers), *_given(answers)]))


def _marks(answers: Answers) -> Iterator[str]:
    marked = any(cell.grade_id in answers.template.by_grade_id for cell in answers.cells)
    if not marked and answers.template.by_grade_id:
        yield "The marks of the lab's cells are gone (another program saved the notebook): answers were found by name."


def _answers(answers: Answers) -> Iterator[str]:
    lost = next(_marks(answers), None) is not None
    for cell_id, answer in answers.found.items():
        cell = answers.template.by_id[cell_id]
        what = _exercise(cell)
        if answer.how == "absent":
            yield f"{what}: its cell is missing from the notebook, so it counts as not attempted."
        elif answer.how in ("name", "place") and not lost:
            yield f"{what}: its own cell is gone or untouched; the answer was found in another cell."
        elif answer.how == "inside":
            yield f"{what}: the answer was found in another exercise's cell."
        elif answer.index is not None and (cell.kind == "exercise") != (answers.cells[answer.index].kind == "code"):
            yield f"{what}: its cell had been turned into another type and was turned back."


def _given(answers: Answers) -> Iterator[str]:
    claimed: dict[str, list[str]] = {}
    for cell, claim in zip(answers.cells, answers.claims, strict=True):
        if claim is not None:
            claimed.setdefault(claim.id, []).append(cell.source)
    given = [cell for cell in answers.template.cells if not cell.is_own and cell.kind != "markdown"]
    gone = [cell for cell in given if cell.id not in claimed]
    changed = [
        cell
        for cell in given
        if cell.id in claimed and not any(same_text(text, known) for text in claimed[cell.id] for known in _texts(cell))
    ]
    yield from (f"{what} had been deleted and put back." for what in _named(gone))
    yield from (f"{what} had been changed; the lab's own text was used." for what in _named(changed))


def _texts(cell: TemplateCell) -> tuple[str, str]:
    return cell.shown, cell.source


def _named(cells: list[TemplateCell]) -> Iterator[str]:
    """Say in a word or two which given cells are meant."""
    yield from (words for kind, words in _WORDS.items() if any(cell.kind == kind for cell in cells))
    numbers = dict.fromkeys(cell.number or "" for cell in cells if cell.kind == "checks")
    if numbers:
        yield f"Checks of exercise {', '.join(numbers)}"


def _exercise(cell: TemplateCell) -> str:
    if cell.kind == "answer":
        return "Written answer"
    return f"Exercise {cell.number or ''} `{cell.grade_id}`".replace("  ", " ")
