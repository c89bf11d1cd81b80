"""What is said of a check, and of a submission."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["CellOutcome", "CheckStatus", "GradingResult", "SubmissionStatus", "Verdict"]


class CheckStatus(StrEnum):
    """How one check ended."""

    CORRECT = "CORRECT"
    WRONG = "WRONG"
    BLANK = "BLANK"  # not attempted
    CRASHED = "CRASHED"  # the student's process died
    TIMEOUT = "TIMEOUT"
    MEMORY = "MEMORY"
    OUTPUT = "OUTPUT"
    MANUAL = "MANUAL"  # a written answer, not graded yet: its points are null
    INFRA = "INFRA"  # our fault: retried, never a zero


class SubmissionStatus(StrEnum):
    """How one submission ended."""

    GRADED = "GRADED"
    UNREADABLE = "UNREADABLE"
    UNKNOWN_LAB = "UNKNOWN_LAB"
    MISSING = "MISSING"
    INFRA = "INFRA"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one check (or one written answer) of one submission.

    ``points`` is None while a person has still to grade it.
    ``message`` is what the student reads; ``cause``, an unforeseen error of a check, is for the instructor alone.
    """

    exercise: str
    check: str
    status: CheckStatus
    points: float | None
    max_points: float
    message: str = ""
    misconception: str | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """What one cell left in the graded notebook: its nbformat outputs.

    ``cell_id`` names the cell of the restored notebook.
    """

    cell_id: str
    outputs: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class GradingResult:
    """All that grading says of one submission."""

    student: str
    lab: str
    status: SubmissionStatus
    message: str = ""
    seconds: float = 0.0
    protection: str = "none"
    late_seconds: float = 0.0
    verdicts: tuple[Verdict, ...] = ()
    outcomes: tuple[CellOutcome, ...] = field(default=())
    notes: tuple[str, ...] = ()  # what was restored

    @property
    def points(self) -> float:
        """Points so far; written answers count once they are graded."""
        return sum(verdict.points or 0.0 for verdict in self.verdicts)

    @property
    def max_points(self) -> float:
        """The most that this lab gives."""
        return sum(verdict.max_points for verdict in self.verdicts)
