"""The report of a class: one HTML file that needs nothing but a browser."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import quote

from autograder.report.pages import render
from autograder.report.rows import duration
from autograder.report.summary import check_counts, misconceptions, standing
from autograder.verdict import SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograder.course import Course
    from autograder.gradebook.score import Score
    from autograder.verdict import GradingResult

__all__ = ["page"]


def page(
    course: Course, results: Mapping[tuple[str, str], GradingResult], scores: Mapping[tuple[str, str], Score]
) -> str:
    """Return the report as HTML, to be written into the class's folder.

    Parameters
    ----------
    course : Course
        The course.
    results : Mapping
        The last result of each submission, by student and lab.
    scores : Mapping
        What the gradebook holds, by student and lab.
    """
    known = [lab for lab in course.labs if any(lab.name == key[1] for key in results)]
    standings = {key: standing(result, scores.get(key)) for key, result in results.items()}
    return render(
        "page.html",
        course=course.title,
        labs=known,
        students=sorted({student for student, _ in results}),
        standings=standings,
        counts=Counter(str(result.status) for result in results.values()),
        protection=sorted({r.protection for r in results.values() if r.status is SubmissionStatus.GRADED}),
        checks=check_counts(results.values()),
        misconceptions=misconceptions(results.values()),
        troubled=[result for result in results.values() if result.status is not SubmissionStatus.GRADED],
        causes=[(result, verdict) for result in results.values() for verdict in result.verdicts if verdict.cause],
        link=_link,
        duration=duration,
        total=lambda student: sum(entry.score for key, entry in standings.items() if key[0] == student),
    )


def _link(result: GradingResult) -> str:
    """Return the address of a feedback page, from the report's place."""
    return quote(os.fsencode(f"feedback/{result.student}/{result.lab}/{result.lab}.html"))
