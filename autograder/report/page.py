"""The report of a class: one HTML file that needs nothing but a browser."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from autograder.errors import SourceError
from autograder.release.build import source_path
from autograder.report.correlation import FEWEST
from autograder.report.exercise_result import exercise_results
from autograder.report.exercises import exercise_statistics
from autograder.report.grades import final_grades
from autograder.report.pages import render
from autograder.report.progress import ENOUGH, LAST, behind, lab_progress
from autograder.report.rows import duration, exercise_anchor, mark
from autograder.report.summary import check_counts, misconceptions, standing
from autograder.report.suspicions import RULES, suspicions
from autograder.source.percent import read_lab
from autograder.verdict import SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    from autograder.course import Course, LabInfo
    from autograder.gradebook.score import Score
    from autograder.report.exercise_result import ExerciseResult
    from autograder.report.exercises import ExerciseStatistics
    from autograder.report.progress import LabProgress
    from autograder.report.summary import CheckCount, Standing
    from autograder.report.suspicions import Suspicion
    from autograder.verdict import GradingResult

__all__ = ["page"]

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _LabView:
    """What the report shows of one lab; ``answers`` are by student and exercise."""

    info: LabInfo
    progress: LabProgress
    exercises: list[ExerciseStatistics]
    checks: list[CheckCount]
    answers: dict[Place, ExerciseResult]
    suspicions: list[Suspicion]

    @classmethod
    def of(cls, info: LabInfo, results: Mapping[Place, GradingResult], standings: Mapping[Place, Standing]) -> Self:
        """Gather it from the results of the whole class."""
        own = [result for (_, lab), result in results.items() if lab == info.name]
        tried = exercise_results(own)
        statistics = exercise_statistics(tried)
        students = sorted({student for student, _ in results})
        return cls(
            info,
            lab_progress(info.name, students, standings),
            statistics,
            check_counts(own),
            {(answer.student, answer.exercise): answer for answer in tried},
            suspicions(tried, statistics),
        )


def page(
    course: Course,
    results: Mapping[Place, GradingResult],
    scores: Mapping[Place, Score],
    extensions: Mapping[Place, timedelta] | None = None,
    now: datetime | None = None,
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
    extensions : Mapping, optional
        The extra time that single students were granted, by student and lab.
    now : datetime, optional
        What tells the labs that are due; by default the present. The page does not show it.
    """
    known = [lab for lab in course.labs if any(lab.name == key[1] for key in results)]
    students = sorted({student for student, _ in results})
    standings = {key: standing(result, scores.get(key)) for key, result in results.items()}
    grades = final_grades(course, scores, students)
    views = [_LabView.of(lab, results, standings) for lab in known]
    return render(
        "page.html",
        course=course.title,
        views=views,
        students=students,
        standings=standings,
        grades={grade.student: grade for grade in grades},
        dropped={(grade.student, lab.lab) for grade in grades for lab in grade.labs if lab.dropped},
        counts=Counter(str(result.status) for result in results.values()),
        protection=sorted({r.protection for r in results.values() if r.status is SubmissionStatus.GRADED}),
        behind=behind(known, students, standings, extensions or {}, now or datetime.now(UTC)),
        misconceptions=misconceptions(results.values()),
        suspicions=[found for view in views for found in view.suspicions],
        troubled=[result for result in results.values() if result.status is not SubmissionStatus.GRADED],
        rules={"last": LAST, "enough": ENOUGH, "fewest": FEWEST, "kinds": RULES},
        label=_Labels(course, known),
        link=_link,
        duration=duration,
        mark=mark,
        total=lambda student: sum(entry.score for key, entry in standings.items() if key[0] == student),
    )


class _Labels:
    """Names exercises as their cards do, such as ``2.3 gradient descent``; by their ids where there is no card."""

    def __init__(self, course: Course, labs: Iterable[LabInfo]) -> None:
        self._known: dict[Place, str] = {}
        for lab in labs:
            with suppress(SourceError, OSError):
                for exercise in read_lab(source_path(course, lab)).exercises:
                    self._known[lab.name, exercise.id] = f"{exercise.number} {exercise.title}"

    def __call__(self, lab: str, exercise: str) -> str:
        return self._known.get((lab, exercise), exercise.replace("_", " "))


def _link(student: str, lab: str, exercise: str = "") -> str:
    """Return the address of a feedback page, from the report's place; of an exercise's answer in it."""
    page = quote(os.fsencode(f"feedback/{student}/{lab}/{lab}.html"))
    return f"{page}#{quote(exercise_anchor(exercise))}" if exercise else page
