"""``course demo``: build, make the sample class, grade it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.commands.grade import grade_folder
from autograder.course import Course
from autograder.verdict import SubmissionStatus

if TYPE_CHECKING:
    import argparse

__all__ = ["demo"]


def demo(chosen: argparse.Namespace) -> int:
    """Build the labs, write the sample class, grade it; 0 if each submission has its verdicts."""
    from autograder.release.build import build
    from autograder.sample import STUDENTS, write_sample

    course = Course.load(chosen.root, chosen.class_folder)
    print(f"building {course.title}", flush=True)
    built = build(course)
    built.write()
    print(f"making a sample class of {len(STUDENTS)} students x {len(course.labs)} labs", flush=True)
    write_sample(course)
    results = grade_folder(course, course.submitted)
    return int(any(result.status is SubmissionStatus.INFRA for result in results))
