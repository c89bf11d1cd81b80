"""The graded notebook: what formgrader shows, and what nbgrader reads scores from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from autograder.gradebook.sanitise import harmless_markdown, harmless_outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograder.intake.submission import Restored
    from autograder.verdict import GradingResult, Verdict

__all__ = ["autograded", "notebook_text"]


def autograded(restored: Restored, result: GradingResult, checksums: Mapping[str, str]) -> dict[str, Any]:
    """Put the outputs and verdicts of a submission into its notebook.

    Parameters
    ----------
    restored : Restored
        The notebook that was graded.
    result : GradingResult
        What grading found; its outputs are the student's and are made harmless here.
    checksums : Mapping
        nbgrader's checksum of each source cell, by grade_id: it tells an untouched answer.

    Returns
    -------
    dict
        An nbformat notebook of which nbgrader's ``determine_grade`` gives exactly the points of the verdicts.
    """
    notebook: dict[str, Any] = json.loads(json.dumps(restored.notebook))  # a copy, in a fraction of the time
    verdicts = {verdict.check: verdict for verdict in result.verdicts}
    outputs = {outcome.cell_id: outcome.outputs for outcome in result.outcomes}
    for cell, node in zip(restored.cells, notebook["cells"], strict=True):
        grade_id = cell.grade_id or ""
        if grade_id in checksums:
            node["metadata"]["nbgrader"]["checksum"] = checksums[grade_id]
        if cell.kind == "checks" and grade_id in verdicts:
            node["outputs"] = _verdict_outputs(verdicts[grade_id])
        elif node["cell_type"] == "code":
            node["outputs"] = harmless_outputs(outputs.get(cell.id, ()))
        elif cell.kind == "answer" or cell.id.startswith("extra-"):
            node["source"] = harmless_markdown(node["source"], node.get("attachments"))
    return notebook


def notebook_text(notebook: dict[str, Any]) -> str:
    """Write a notebook as nbgrader writes it: the same notebook, the same bytes."""
    import nbformat
    from nbformat.v4 import writes

    return f"{writes(nbformat.from_dict(notebook))}\n"


def _verdict_outputs(verdict: Verdict) -> list[dict[str, Any]]:
    """Write a verdict the way nbgrader reads a score: the value of the cell, a number at most the maximum."""
    points = min(max(verdict.points or 0.0, 0.0), verdict.max_points)
    message = {"output_type": "stream", "name": "stdout", "text": verdict.message}
    value = {
        "output_type": "execute_result",
        "execution_count": None,
        "metadata": {},
        "data": {"text/plain": repr(float(points))},
    }
    return [*harmless_outputs([message]), value]
