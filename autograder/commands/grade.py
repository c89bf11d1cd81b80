"""``course grade`` and ``course report``: grade what was handed in, and show where the class stands."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import Course
from autograder.errors import StoppedError, UsageError
from autograder.files import write_whole
from autograder.gradebook.journal import Journal
from autograder.gradebook.workers import cores
from autograder.intake.collect import collect
from autograder.verdict import SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from autograder.classroom import Classroom
    from autograder.plan import Plan
    from autograder.verdict import GradingResult

__all__ = ["class_option", "grade", "grade_folder", "grade_options", "report", "report_options"]


def class_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--class DIR``."""
    parser.add_argument("--class", dest="class_folder", type=Path, metavar="DIR", help="the class's folder (class/)")


def grade_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``course grade``."""
    folder = "submissions, as DIR/STUDENT/LAB/LAB.ipynb, or an archive of them (default: class/submitted)"
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR_OR_ARCHIVE", help=folder)
    parser.add_argument("--lab", metavar="L", help="this lab alone, by name or number")
    parser.add_argument("--student", metavar="S", help="this student alone")
    workers = "processes that grade at the same time (default: the number of processors)"
    parser.add_argument("--workers", type=_count, metavar="N", help=workers)
    dask = "grade on the machines of this Dask scheduler, such as tcp://10.0.0.1:8786"
    parser.add_argument("--dask", metavar="ADDRESS", help=dask)
    parser.add_argument("--force", action="store_true", help="grade everything, also what the journal answers for")
    dry = "write nothing into the gradebook: show what a run would change"
    parser.add_argument("--dry-run", action="store_true", help=dry)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all verdicts to FILE")
    class_option(parser)


def grade(chosen: argparse.Namespace) -> int:
    """Grade a folder of submissions; 0 if each has its verdicts, 1 if our side failed for one."""
    from autograder.commands.rehearse import rehearse_folder
    from autograder.report.export import json_text

    course = Course.load(chosen.root, chosen.class_folder)
    if chosen.lab is not None:
        course.lab(chosen.lab)  # a wrong name is said before anything takes time
    if chosen.json is not None and not os.access(chosen.json.resolve().parent, os.W_OK):
        raise UsageError(f"cannot write {chosen.json}: {chosen.json.resolve().parent} is no folder to write into")
    if chosen.dry_run and chosen.folder is not None and chosen.folder.is_file():
        raise UsageError("a dry run takes no archive into the class: unpack it, and give the folder")
    folder = _folder(course, chosen.folder, chosen.lab)
    run = rehearse_folder if chosen.dry_run else grade_folder
    options = {"workers": chosen.workers or cores(), "dask": chosen.dask, "force": chosen.force}
    results = run(course, folder, chosen.lab, chosen.student, **options)
    if chosen.json:
        write_whole(chosen.json, json_text(results))
    return int(any(result.status is SubmissionStatus.INFRA for result in results))


def _folder(course: Course, chosen: Path | None, lab: str | None) -> Path:
    """Return the folder to grade; an archive is taken into the class first."""
    if chosen is None or not chosen.is_file():
        return chosen or course.submitted
    print(collect(course, chosen, lab), file=sys.stderr)
    return course.submitted


def report_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``course report``."""
    parser.add_argument("--workers", type=_count, metavar="N", help="processes that write feedback at the same time")
    class_option(parser)


def report(chosen: argparse.Namespace) -> int:
    """Write the report and the students' pages again, with what was given by hand since."""
    from autograder.classroom import Classroom
    from autograder.gradebook.book import Book

    course = Course.load(chosen.root, chosen.class_folder)
    Book.refuse_unmade(course)
    with Classroom(course, chosen.workers or cores()) as classroom:
        classroom.settle()
        _write_pages(classroom)
        print(f"report: {classroom.write_report()}")
    return 0


def grade_folder(
    course: Course,
    folder: Path,
    lab: str | None = None,
    student: str | None = None,
    *,
    workers: int = 0,
    dask: str | None = None,
    force: bool = False,
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
    workers : int
        Processes that grade; 0 for one for each processor.
    dask : str, optional
        The address of a Dask scheduler, whose machines grade instead; processes here write feedback.
    force : bool
        Grade also what the journal answers for.

    Returns
    -------
    list of GradingResult
        One for each submission that was found, in the order of labs and students, however many workers there were.
    """
    from autograder.classroom import Classroom

    with _stoppable(course), Classroom(course, workers or cores(), dask) as classroom:
        if folder.resolve() == course.submitted:
            _choose(classroom)
        submissions = classroom.find(folder.resolve(), lab, student)
        everything = submissions if lab is None and student is None else None
        for damage in classroom.mend(everything, whole=folder.resolve() == course.submitted):
            print(damage, file=sys.stderr)
        classroom.catch_up()
        plan = classroom.plan(submissions, force=force)
        if said := str(plan):
            print(said, file=sys.stderr)
        if plan.fresh:
            _tell_protection(course)
        _grade(classroom, plan)
        _write_pages(classroom)
        known = classroom.results()
        results = [known[submission.student, submission.lab] for submission in submissions]
        path = classroom.write_report()
        print(_table(classroom, results), _summary(results), f"report: {path}", sep="\n\n")
    return results


def _tell_protection(course: Course) -> None:
    """Say before it starts if student code will not be isolated fully."""
    from autograder.sandbox.settings import Settings, protection

    held: list[str] = []
    if sys.platform == "linux":
        from autograder.sandbox.trial import try_layers

        held = [trial.layer for trial in try_layers(Settings.of(course).isolation()) if trial.holds]
    if (level := protection(held)) != "full":
        print(f"student code will run with protection: {level}; `course doctor` says why", file=sys.stderr)


def _choose(classroom: Classroom) -> None:
    """Let the notebook count that course.toml says, of those that a student handed in for a lab."""
    from tqdm import tqdm

    best = None
    if classroom.course.grades.counts == "best":
        best, jobs = classroom.attempts()
        graded = classroom.grade_attempts(best, jobs)
        list(tqdm(graded, total=len(jobs), desc="attempts", unit="notebook", file=sys.stderr, disable=not jobs))
    for line in classroom.choose(best):
        print(line, file=sys.stderr)


def _grade(classroom: Classroom, plan: Plan) -> None:
    """Grade, with a progress bar; what cannot be graded is said at once."""
    from tqdm import tqdm

    with tqdm(total=len(plan.fresh), desc="grading", unit="notebook", file=sys.stderr) as bar:
        for result in classroom.grade(plan):
            if result.status not in (SubmissionStatus.GRADED, SubmissionStatus.MISSING):
                bar.write(f"{result.student} {result.lab}: {result.status}: {result.message}", file=sys.stderr)
            bar.set_postfix_str(f"{result.student} {result.lab} {result.status}", refresh=False)
            bar.update()


def _write_pages(classroom: Classroom) -> None:
    from tqdm import tqdm

    pages = classroom.handbacks()
    told = tqdm(classroom.write_pages(pages), total=len(pages), desc="feedback", unit="page", file=sys.stderr)
    problems = [problem for problem in told if problem]
    if problems:
        done = _done(classroom.course)
        raise StoppedError(f"stopped, because {len(problems)} pages cannot be written, such as {problems[0]}. {done}")


@contextmanager
def _stoppable(course: Course) -> Iterator[None]:
    """Say what is done if the run is stopped, by a person or by a full disk: the same command goes on from there."""
    try:
        yield
    except KeyboardInterrupt:
        raise StoppedError(f"stopped: {_done(course)}") from None
    except OSError as error:
        raise StoppedError(f"stopped, because {error.strerror or error} ({error.filename}): {_done(course)}") from error


def _done(course: Course) -> str:
    entries = Journal.of(course).latest().values()
    graded = sum(entry.result.status is not SubmissionStatus.INFRA for entry in entries)
    return f"{graded} submissions are graded and kept. Run the same command again: it goes on with the others."


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} workers cannot grade: give 1 or more")
    return number


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
