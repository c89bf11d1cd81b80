"""Putting a student's answers back into the lab as its author wrote it."""

from __future__ import annotations

import copy
import hashlib
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from autograder.intake.answers import Answers
from autograder.intake.cells import student_cells
from autograder.intake.notes import notes
from autograder.intake.submission import Restored, RestoredCell
from autograder.intake.template import Template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.intake.cells import StudentCell
    from autograder.intake.submission import Submission
    from autograder.intake.template import TemplateCell

__all__ = ["restore"]

_VERSION = re.compile("[0-9a-f]{8}")


def restore(submission: Submission, source: dict[str, Any] | Template) -> Restored:
    """Put what a student wrote into the lab's own frame.

    Given code, checks, text, order, points, metadata and kernel come from the source; the student's are
    the answers, and further cells, which stay below the cell that they followed.

    Parameters
    ----------
    submission : Submission
        One that was read: its ``notebook`` may hold anything.
    source : dict or Template
        The lab's source notebook, or the template made of it.

    Returns
    -------
    Restored
        A notebook that can be graded, and in ``notes`` what had to be put right.
    """
    template = source if isinstance(source, Template) else Template.from_notebook(submission.lab, source)
    answers = Answers(template, student_cells(submission.notebook or {}))
    extras = _extras(answers)
    pairs = [_extra(cell, count) for count, cell in enumerate(extras[""])]
    for cell in template.cells:
        pairs.append(_restored(cell, answers))
        pairs.extend(_extra(extra, f"{cell.id}{count}") for count, extra in enumerate(extras[cell.id]))
    notebook = {
        "cells": [node for _, node in pairs],
        "metadata": copy.deepcopy(template.metadata),
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    cells = tuple(cell for cell, _ in pairs)
    said = (*_versions(template, submission.notebook or {}), *notes(answers))
    return Restored(submission.student, submission.lab, cells, notebook, said)


def _versions(template: Template, notebook: dict[str, Any]) -> Iterator[str]:
    """Say if a notebook is of another release of the lab than the one that it is graded by."""
    now, then = _version(template.metadata), _version(notebook.get("metadata"))
    if now and then and now != then:
        yield f"The notebook is of another version of the lab ({then}); it was graded by the present one ({now})."


def _version(metadata: Any) -> str:
    course = metadata.get("course") if isinstance(metadata, dict) else None
    version = course.get("version") if isinstance(course, dict) else None
    return version if isinstance(version, str) and _VERSION.fullmatch(version) else ""


def _extras(answers: Answers) -> dict[str, list[StudentCell]]:
    """Group the student's further cells by the id of the known cell that they follow; "" is the start."""
    groups: dict[str, list[StudentCell]] = defaultdict(list)
    last = ""
    for index, cell in enumerate(answers.cells):
        if (answered := answers.taken.get(index)) is not None:
            last = answered.id
        elif answers.is_given(index):
            claim = answers.claims[index]
            last = claim.id if claim else last
        elif answers.is_extra(index):
            groups[last].append(cell)
    return groups


def _restored(cell: TemplateCell, answers: Answers) -> tuple[RestoredCell, dict[str, Any]]:
    source, node = cell.source, copy.deepcopy(dict(cell.node))
    if cell.is_own:
        answer = answers.found[cell.id]
        source = answer.source
        if cell.kind == "answer" and answer.index is not None and (images := answers.cells[answer.index].attachments):
            node["attachments"] = images
    node["source"] = source
    if node["cell_type"] == "code":
        node |= {"outputs": [], "execution_count": None}
    restored = RestoredCell(cell.kind, cell.id, source, cell.grade_id, cell.exercise, cell.number, cell.points)
    return restored, node


def _extra(cell: StudentCell, place: object) -> tuple[RestoredCell, dict[str, Any]]:
    """Make a cell of the student's own: code, or a note in markdown."""
    digest = hashlib.sha256(f"{place}\n{cell.source}".encode()).hexdigest()[:12]
    node: dict[str, Any] = {"cell_type": cell.kind, "id": f"extra-{digest}", "metadata": {}, "source": cell.source}
    if cell.kind == "code":
        node |= {"outputs": [], "execution_count": None}
    elif cell.attachments:
        node["attachments"] = cell.attachments
    return RestoredCell("extra" if cell.kind == "code" else "markdown", node["id"], cell.source), node
