"""Results as plain data and as plain text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograder.verdict import GradingResult

__all__ = ["json_text", "text_table"]


def json_text(results: Iterable[GradingResult]) -> str:
    """Return results as the JSON that ``course grade --json`` writes."""
    document = {"submissions": [_submission(result) for result in results]}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def text_table(heads: Sequence[str], rows: Iterable[Sequence[str]], numeric: frozenset[int] = frozenset()) -> str:
    """Return a table in columns.

    Parameters
    ----------
    heads : sequence of str
        The columns' heads.
    rows : iterable of sequences of str
        The cells.
    numeric : frozenset of int
        Columns that are aligned on the right.
    """
    lines = [list(heads), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["─" * width for width in widths])
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place in numeric else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _submission(result: GradingResult) -> dict[str, Any]:
    return {
        "student": result.student,
        "lab": result.lab,
        "status": str(result.status),
        "seconds": round(result.seconds, 3),
        "protection": result.protection,
        "late": result.late_seconds,
        "checks": [
            {
                "exercise": verdict.exercise,
                "check": verdict.check,
                "status": str(verdict.status),
                "points": verdict.points,
                "max_points": verdict.max_points,
                "message": verdict.message,
                "misconception": verdict.misconception,
            }
            for verdict in result.verdicts
        ],
    }
