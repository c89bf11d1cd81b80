"""How a class goes from lab to lab, and who falls behind."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING

from autograder.report.pages import percent
from autograder.verdict import SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from autograder.course import LabInfo
    from autograder.report.summary import Standing

__all__ = ["ENOUGH", "LAST", "Behind", "LabProgress", "behind", "lab_progress"]

LAST = 2  # labs that are looked at
ENOUGH = 0.5  # of a lab's points
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LabProgress:
    """What a class handed in of a lab.

    ``shares`` are the least, the lower quarter, the median, the upper quarter and the most of the students' shares of
    the points that are given so far, from 0 to 1; empty if nothing is graded.
    """

    lab: str
    students: int
    handed_in: int
    late: int
    waiting: int
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """A student who falls behind, and what is said of each of the last labs, by lab."""

    student: str
    why: Mapping[str, str]


def lab_progress(lab: str, students: Sequence[str], standings: Mapping[Place, Standing]) -> LabProgress:
    """Count what a class handed in of a lab.

    Parameters
    ----------
    lab : str
        Its name.
    students : sequence of str
        The class.
    standings : Mapping
        Where each submission stands, by student and lab.
    """
    found = [entry for student in students if (entry := standings.get((student, lab))) is not None]
    shares = sorted(share for entry in found if (share := entry.share) is not None)
    return LabProgress(
        lab,
        len(students),
        handed_in=sum(entry.result.status is not SubmissionStatus.MISSING for entry in found),
        late=sum(entry.result.late_seconds > 0 for entry in found),
        waiting=sum(entry.waiting for entry in found),
        shares=_five(shares),
    )


def _five(values: Sequence[float]) -> tuple[float, ...]:
    if len(values) < 2:
        return tuple(values) * 5
    return (values[0], *quantiles(values, n=4, method="inclusive"), values[-1])


def behind(
    labs: Sequence[LabInfo],
    students: Sequence[str],
    standings: Mapping[Place, Standing],
    extensions: Mapping[Place, timedelta],
    now: datetime,
) -> list[Behind]:
    """Return who handed in nothing, or got less than half of the points, in each of the last two labs that are due.

    A lab counts for a student once the due date is past, with the student's extension; one without a due date counts.
    What failed on our side counts for nobody.

    Parameters
    ----------
    labs : sequence of LabInfo
        Those of which something was handed in, in order.
    students : sequence of str
        The class.
    standings, extensions : Mapping
        Where each submission stands, and the extra time that was granted, by student and lab.
    now : datetime
        When the report is written.
    """
    found = []
    for student in students:
        due = [lab.name for lab in labs if _is_due(lab, extensions.get((student, lab.name)), now)]
        why = {lab: _weakness(standings.get((student, lab))) for lab in due[-LAST:]}
        if why and all(why.values()):
            found.append(Behind(student, why))
    return found


def _is_due(lab: LabInfo, extension: timedelta | None, now: datetime) -> bool:
    due = lab.due_after(extension)
    return due is None or due < now


def _weakness(entry: Standing | None) -> str:
    """Say what is weak about a submission; nothing if it is strong enough, or if our side failed."""
    if entry is None or entry.result.status is SubmissionStatus.MISSING:
        return "nothing handed in"
    if entry.result.status is SubmissionStatus.INFRA:
        return ""
    if entry.share is None:
        return "cannot be read"
    return f"{percent(entry.share)} of the points" if entry.share < ENOUGH else ""
