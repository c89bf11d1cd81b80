"""``course solutions``: solution notebooks, for assistants at any time, for students once nobody can hand in."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from autograder.commands.grade import class_option
from autograder.course import Course
from autograder.errors import UsageError
from autograder.intake.extensions import granted_time

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import timedelta

    from autograder.course import LabInfo

__all__ = ["solutions", "solutions_options"]


def solutions_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``course solutions``."""
    parser.add_argument("--upto", metavar="NN", help="leave out the labs after this one")
    what = "for students: without hidden checks, and only once the last of these labs can no longer be handed in"
    parser.add_argument("--students", action="store_true", help=what)
    class_option(parser)


def solutions(chosen: argparse.Namespace) -> int:
    """Write solution notebooks and pages into ``build/solutions/``."""
    from tqdm import tqdm

    from autograder.release.build import build
    from autograder.release.solutions import Solution

    course = Course.load(chosen.root, chosen.class_folder)
    last = max(lab.number for lab in course.labs) if chosen.upto is None else course.lab(chosen.upto).number
    labs = [lab for lab in course.labs if lab.number <= last]
    if chosen.students:
        _refuse_too_early(course, labs)
    built = build(course)
    built.write()
    labs = [lab for lab in labs if course.source_folder / lab.name / f"{lab.name}.ipynb" in built.others]
    for lab in tqdm(labs, desc="solutions", unit="lab", file=sys.stderr):
        path = Solution(course, lab).write(students=chosen.students)
        print(f"{path.relative_to(course.root)}, {path.with_suffix('.html').name}", flush=True)
    if not chosen.students:
        print("For assistants alone: these notebooks hold hidden checks. For students: --students.")
    return 0


def _refuse_too_early(course: Course, labs: Sequence[LabInfo]) -> None:
    """Stop before a solution gets out that somebody could still hand in.

    Raises
    ------
    UsageError
        A lab has no due date, or can still be handed in.
    """
    from autograder.release.solutions import open_until

    if undated := [lab.name for lab in labs if lab.due is None]:
        what = f"{', '.join(undated)}: no due date in {course.root / 'course.toml'}, so nobody knows when solutions may"
        raise UsageError(f"{what} go to students: give each lab its `due`, or leave it out with --upto")
    latest = open_until(labs, _extensions(course))
    if latest is not None and (moment := latest[0] + course.grace) >= datetime.now(UTC):
        when = f"{moment.astimezone(course.zone):%Y-%m-%d %H:%M (%Z)}"
        raise UsageError(
            f"{latest[1]} can be handed in on time until {when}, extensions included: "
            "solutions go to students after that. Earlier labs can go before, with --upto"
        )


def _extensions(course: Course) -> dict[tuple[str, str], timedelta]:
    """Return the extra time that was granted; without a gradebook, what class/extensions.csv grants."""
    from autograder.gradebook.book import Book

    if not Book.is_made(course):
        return granted_time(course)
    with Book(course) as book:
        return book.extensions()
