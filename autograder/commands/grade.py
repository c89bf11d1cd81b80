"""``course grade`` and ``course report``: grade what was handed in, and show where the class stands."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import Course
from autograder.errors import UsageError
from autograder.files import write_whole
from autograder.intake.collect import collect
from autograder.verdict import SubmissionStatus

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from autograder.classroom import Classroom
    from autograder.verdict import GradingResult

__all__ = ["class_option", "grade", "grade_folder", "grade_options", "report"]


def class_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--class DIR``."""
    parser.add_argument("--class", dest="class_folder", type=Path, metavar="DIR", help="the class's folder (class/)")


def grade_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``course grade``."""
    folder = "submissions, as DIR/STUDENT/LAB/LAB.ipynb, or an archive of them (default: class/submitted)"
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR_OR_ARCHIVE", help=folder)
    parser.add_argument("--lab", metavar="L", help="this lab alone, by name or number")
    parser.add_argument("--student", metavar="S", help="this student alone")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all verdicts to FILE")
    class_option(parser)


def grade(chosen: argparse.Namespace) -> int:
    """Grade a folder of submissions; 0 if each has its verdicts, 1 if our side failed for one."""
    from autograder.report.export import json_text

    course = Course.load(chosen.root, chosen.class_folder)
    if chosen.lab is not None:
        course.lab(chosen.lab)  # a wrong name is said before anything takes time
    if chosen.json is not None and not os.access(chosen.json.resolve().parent, os.W_OK):
        raise UsageError(f"cannot write {chosen.json}: {chosen.json.resolve().parent} is no folder to write into")
    folder = _folder(course, chosen.folder, chosen.lab)
    results = grade_folder(course, folder, chosen.lab, chosen.student)
    if chosen.json:
        write_whole(chosen.json, json_text(results))
    return int(any(result.status is SubmissionStatus.INFRA for result in results))


def _folder(course: Course, chosen: Path | None, lab: str | None) -> Path:
    """Return the folder to grade; an archive is taken into the class first."""
    if chosen is None or not chosen.is_file():
        return chosen or course.submitted
    print(collect(course, chosen, lab), file=sys.stderr)
    return course.submitted


def report(chosen: argparse.Namespace) -> int:
    """Write the report and the students' pages again, with what was given by hand since."""
    from autograder.classroom import Classroom

    course = Course.load(chosen.root, chosen.class_folder)
    if not course.gradebook_path.exists():
        raise UsageError(f"nothing is graded in {course.class_folder} yet: run `course grade` first")
    with Classroom(course) as classroom:
        for result in classroom.results():
            classroom.write_feedback(result)
        print(f"report: {classroom.write_report()}")
    return 0


def grade_folder(
    course: Course, folder: Path, lab: str | None = None, student: str | None = None
) -> list[GradingResult]:
    """Grade a folder of submissions, with a progress bar, a table, a summary and the report's path.

    Parameters
    ----------
    course : Course
        The course; its class is where results go.
    folder : Path
        ``DIR/<student>/<lab>/<lab>.ipynb``.
    lab, student : str, optional
        This one alone.
    """
    from tqdm import tqdm

    from autograder.classroom import Classroom

    with Classroom(course) as classroom:
        submissions = classroom.find(folder.resolve(), lab, student)
        with tqdm(total=len(submissions), desc="grading", unit="notebook", file=sys.stderr) as bar:

            def told(result: GradingResult) -> None:
                bar.set_postfix_str(f"{result.student} {result.lab} {result.status}", refresh=False)
                bar.update()

            results = classroom.grade(submissions, told)
        path = classroom.write_report()
        print(_table(classroom, results), _summary(results), f"report: {path}", sep="\n\n")
    return results


def _table(classroom: Classroom, results: Iterable[GradingResult]) -> str:
    from autograder.report.export import text_table
    from autograder.report.pages import number
    from autograder.report.summary import standing

    scores = classroom.scores()
    rows = []
    for result in sorted(results, key=lambda result: (result.student, result.lab)):
        entry = standing(result, scores.get((result.student, result.lab)))
        score = number(entry.score) + ("" if entry.max_score is None else f" of {number(entry.max_score)}")
        late = ", late" if result.late_seconds > 0 else ""
        waiting = ", to read by hand" if entry.waiting else ""
        rows.append((result.student, result.lab, score, f"{result.status}{late}{waiting}"))
    return text_table(("student", "lab", "score", "status"), rows, numeric=frozenset({2}))


def _summary(results: list[GradingResult]) -> str:
    counts = Counter(str(result.status) for result in results)
    said = ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "no submissions"
    levels = sorted({result.protection for result in results if result.status is SubmissionStatus.GRADED})
    guard = f"; student code ran with protection: {', '.join(levels)}" if levels else ""
    return f"{said}{guard}"
