"""``course grade --dry-run``: grade, and show what a run would change, before any of it is in the gradebook."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from autograder.errors import UsageError
from autograder.gradebook.score import Given
from autograder.verdict import SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from autograder.classroom import Classroom
    from autograder.course import Course
    from autograder.plan import Plan
    from autograder.verdict import GradingResult

__all__ = ["rehearse_folder"]


class _Row(NamedTuple):
    """One thing that a run would change."""

    student: str
    lab: str
    what: str
    old: str
    new: str
    why: str


def rehearse_folder(
    course: Course,
    folder: Path,
    lab: str | None,
    student: str | None,
    *,
    workers: int,
    force: bool,
    dask: str | None = None,
) -> list[GradingResult]:
    """Grade a folder of submissions and print what would change; the gradebook stays as it is.

    Parameters
    ----------
    course, folder, lab, student, workers, force, dask
        As for :func:`autograder.commands.grade.grade_folder`.

    Returns
    -------
    list of GradingResult
        What the same command would give without ``--dry-run``.

    Raises
    ------
    UsageError
        Nothing was graded before, so that there is nothing to compare with.
    """
    from autograder.classroom import Classroom
    from autograder.gradebook.book import Book
    from autograder.report.export import text_table

    if not Book.is_made(course):
        raise UsageError(f"nothing is graded in {course.class_folder} yet: a dry run compares with what is there")
    with Classroom(course, workers, dask) as classroom:
        if course.grades.counts != "best" and folder.resolve() == course.submitted:
            for line in classroom.choose(dry=True):
                print(
                    f"{line}: run `course grade` to put it in place; until then the one there is looked at",
                    file=sys.stderr,
                )
        submissions = classroom.find(folder.resolve(), lab, student)
        plan = classroom.plan(submissions, force=force, dry=True)
        if said := str(plan):
            print(said, file=sys.stderr)
        before, given = classroom.results(), classroom.given()
        after = {**before, **_dated(plan), **_rehearsed(classroom, plan)}
    rows = sorted(row for place in plan.places for row in _rows(before.get(place), after[place], given, plan))
    if rows:
        print(text_table(("student", "lab", "what", "old", "new", "why"), rows, numeric=frozenset({3, 4})), end="\n\n")
    print(_summary(rows, len(plan.fresh)))
    return [after[submission.student, submission.lab] for submission in submissions]


def _rehearsed(classroom: Classroom, plan: Plan) -> dict[tuple[str, str], GradingResult]:
    from tqdm import tqdm

    graded = {}
    with tqdm(total=len(plan.fresh), desc="dry run", unit="notebook", file=sys.stderr) as bar:
        for result in classroom.rehearse(plan):
            graded[result.student, result.lab] = result
            bar.update()
    return graded


def _dated(plan: Plan) -> dict[tuple[str, str], GradingResult]:
    return {entry.place: entry.result for _, entry in plan.moved}


def _rows(
    before: GradingResult | None,
    after: GradingResult,
    given: Mapping[tuple[str, str], Mapping[str, Given]],
    plan: Plan,
) -> Iterator[_Row]:
    """Say of one submission what would change: its status, how late it is, the score of each check."""
    from autograder.report.pages import number
    from autograder.report.rows import duration

    place = (after.student, after.lab)
    why = plan.why.get(place, "another date or another gradebook")
    if before is not None and before.status != after.status:
        yield _Row(*place, "status", str(before.status), str(after.status), why)
    if before is not None and before.late_seconds != after.late_seconds:
        old, new = ("in time" if not late else duration(late) for late in (before.late_seconds, after.late_seconds))
        yield _Row(*place, "late", old, new, why)
    if after.status is not SubmissionStatus.GRADED:
        return  # what was graded before keeps its scores
    known = given.get(place, {})
    for verdict in after.verdicts:
        now = known.get(verdict.check, Given(None))
        if not now.by_hand and now.score != verdict.points:
            yield _Row(*place, verdict.check, number(now.score), number(verdict.points), why)


def _summary(rows: list[_Row], graded: int) -> str:
    students = len({(row.student, row.lab) for row in rows})
    return (
        f"dry run: {graded} submissions were graded; {len(rows)} changes in {students} of them. The gradebook is as it "
        "was. The same command without --dry-run writes it, and takes over what was graded now."
    )
