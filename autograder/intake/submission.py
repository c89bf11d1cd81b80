"""One handed-in notebook, read but not yet believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.verdict import SubmissionStatus

__all__ = ["Restored", "RestoredCell", "Submission"]


@dataclass(frozen=True, slots=True)
class Submission:
    """A student's notebook for a lab, as found.

    ``status`` is GRADED-to-be when ``notebook`` holds it; any other status says in ``message`` why there is none.
    """

    student: str
    lab: str
    path: Path
    status: SubmissionStatus = SubmissionStatus.GRADED
    message: str = ""
    received: datetime | None = None
    late_seconds: float = 0.0
    notebook: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RestoredCell:
    """A cell of the notebook that is graded.

    ``kind`` is one of markdown, setup, show, exercise, checks, answer (all from the source),
    or extra (the student's own code cell).
    """

    kind: str
    id: str  # the cell's id in the notebook
    source: str
    grade_id: str | None = None
    exercise: str | None = None
    exercise_number: str | None = None
    points: float = 0.0


@dataclass(frozen=True, slots=True)
class Restored:
    """A submission in which everything but the student's own cells comes from the source."""

    student: str
    lab: str
    cells: tuple[RestoredCell, ...]
    notebook: dict[str, Any]  # the same, as an nbformat notebook without outputs
    notes: tuple[str, ...] = ()
