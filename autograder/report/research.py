"""Verdicts for research: pseudonyms for names, no free text, whole days for times."""

from __future__ import annotations

import hmac
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from autograder.report.sheets import Sheet
from autograder.term import DAY

if TYPE_CHECKING:
    from autograder.verdict import GradingResult

__all__ = ["pseudonym", "research_sheet"]

_LENGTH = 16  # hexadecimal digits: two students of a million share one with chance 3e-8
_HEADS = (
    "pseudonym",
    "lab",
    "submission",
    "days_late",
    "exercise",
    "check",
    "status",
    "points",
    "max_points",
    "misconception",
)


def pseudonym(secret: bytes, student: str) -> str:
    """Return what stands for a student: the same in every export of this class, and told by nobody without its secret.

    Parameters
    ----------
    secret : bytes
        The class's.
    student : str
        The student's id.
    """
    return hmac.new(secret, f"pseudonym\0{student}".encode("utf-8", "replace"), "sha256").hexdigest()[:_LENGTH]


def research_sheet(secret: bytes, results: Iterable[GradingResult], lab: str | None = None) -> Sheet:
    """Return a row for each verdict, in the order of pseudonyms, which tells nothing of names.

    Messages are left out: they may quote what a student wrote. So are folders that are no lab: students named them.

    Parameters
    ----------
    secret : bytes
        The class's.
    results : iterable of GradingResult
        What was graded.
    lab : str, optional
        This lab alone.
    """
    rows = []
    for result in results:
        if lab not in (None, result.lab) or not result.verdicts:
            continue
        days = math.ceil(max(0.0, result.late_seconds) / DAY)
        who = (pseudonym(secret, result.student), result.lab, str(result.status), days)
        rows += [
            (*who, one.exercise, one.check, str(one.status), one.points, one.max_points, one.misconception)
            for one in result.verdicts
        ]
    return Sheet(_HEADS, tuple(sorted(rows, key=lambda row: row[:2])))
