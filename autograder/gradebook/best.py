"""Which of several notebooks that a student handed in for a lab is the best: all of them are graded.

Best is what checks give, less what lateness takes off; what a person gives comes later and counts for none of them.
The points of a notebook stand beside it, with the key of what they depend on, so that each is graded once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple
from datetime import timedelta
from pathlib import Path

from autograder.course import Course
from autograder.files import write_whole
from autograder.gradebook.grader import Graded
from autograder.gradebook.key import Keys
from autograder.intake.attempts import Attempt, Place, handed_in
from autograder.intake.received import seconds_late
from autograder.intake.submission import Submission
from autograder.verdict import SubmissionStatus

__all__ = ["Best"]


class Best:
    """The points of attempts.

    Parameters
    ----------
    course : Course
        The course, built.
    extensions : Mapping
        Extra time, by student and lab.
    """

    def __init__(self, course: Course, extensions: Mapping[tuple[str, str], timedelta]) -> None:
        self._course, self._extensions = course, extensions
        self._keys = Keys(course)
        self._known = {lab.name for lab in course.labs}

    def ungraded(self) -> list[Submission]:
        """Return the attempts that have to be graded before the best of their place is known."""
        places = [place for place in handed_in(self._course) if place.lab in self._known]
        several = [(place, attempts) for place in places if len(attempts := place.attempts()) > 1]
        found = [_submission(place, attempt) for place, attempts in several for attempt in attempts]
        return [submission for submission in found if self._points(submission) is None]

    def note(self, submission: Submission, graded: Graded) -> None:
        """Keep the points of an attempt that was graded; what failed on our side has none, and is graded again."""
        if graded.result.status is not SubmissionStatus.INFRA:
            values = {"key": self._key(submission), "points": graded.result.points}
            write_whole(_beside(submission.path), json.dumps(values) + "\n")

    def of(self, place: Place) -> Attempt | None:
        """Return the best attempt, of equal ones the last; None while there is one whose points are not known."""
        attempts = place.attempts() if place.lab in self._known else []
        worth = [(self._worth(place, attempt), attempt) for attempt in attempts]
        known = [(value, attempt) for value, attempt in worth if value is not None]
        return max(known)[1] if known and len(known) == len(worth) else None

    def _worth(self, place: Place, attempt: Attempt) -> float | None:
        points = self._points(_submission(place, attempt))
        if points is None or self._course.late is None:
            return points
        due = self._course.lab(place.lab).due_after(self._extensions.get((place.student, place.lab)))
        return points * (1 - self._course.late.share(seconds_late(attempt.moment, due)))

    def _points(self, submission: Submission) -> float | None:
        try:
            values = json.loads(_beside(submission.path).read_text("utf-8"))
            return float(values["points"]) if values["key"] == self._key(submission) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _key(self, submission: Submission) -> str:
        return hashlib.sha256("\0".join(astuple(self._keys.key(submission))).encode()).hexdigest()


def _submission(place: Place, attempt: Attempt) -> Submission:
    return Submission(place.student, place.lab, attempt.path, received=attempt.moment)


def _beside(path: Path) -> Path:
    return path.with_suffix(".json")
