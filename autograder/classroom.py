"""A class: finding what was handed in, grading all of it, and the report."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from autograder.files import remove_parts, write_whole
from autograder.gradebook.assignment import checksums
from autograder.gradebook.best import Best
from autograder.gradebook.book import Book
from autograder.gradebook.elsewhere import Elsewhere
from autograder.gradebook.grader import Grading
from autograder.gradebook.lock import only_one
from autograder.gradebook.rehearsal import Rehearsal
from autograder.gradebook.workers import Pool
from autograder.gradebook.writer import Writer
from autograder.intake.attempts import misplaced
from autograder.intake.folder import Folder, read_submission
from autograder.plan import Plan
from autograder.release.build import build, source_path
from autograder.report.handback import Handback, with_manual_points
from autograder.report.page import page
from autograder.verdict import SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from autograder.course import Course
    from autograder.gradebook.grader import Graded
    from autograder.gradebook.key import Key
    from autograder.gradebook.score import Given, Score
    from autograder.intake.submission import Submission
    from autograder.verdict import GradingResult

__all__ = ["Classroom"]


class Classroom:
    """The class of a course, its gradebook open; use it as a context manager.

    Parameters
    ----------
    course : Course
        The course; ``class_folder`` says where the class is.
    workers : int
        Processes that grade; none are needed to look at what is there.
    dask : str, optional
        The address of a Dask scheduler, whose machines grade instead.

    Raises
    ------
    UsageError
        Another command writes into this class's gradebook.
    """

    def __init__(self, course: Course, workers: int = 0, dask: str | None = None) -> None:
        self.course = course
        self._book = Book(course)
        self._lock = only_one(course)
        self._pool = Pool(course, workers)
        self._graders = self._pool if dask is None else Elsewhere(course, dask)
        self._writer = Writer.of(course, self._book)
        self._journal = self._writer.journal
        self._kept = Rehearsal.of(course)
        self._broken: dict[str, str] = {}
        self._checksums: dict[str, dict[str, str]] = {}

    def __enter__(self) -> Self:
        """Lock the class, start the workers, and open the gradebook while they get ready."""
        with ExitStack() as stack:
            stack.enter_context(self._lock)
            for folder in (self.course.autograded, self.course.feedback, self._journal.path.parent):
                remove_parts(folder)
            for part in dict.fromkeys((self._graders, self._pool, self._book)):
                stack.enter_context(part)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Close all of it."""
        self._open.close()

    def attempts(self) -> tuple[Best, list[Grading]]:
        """Return the points of attempts, and those to be graded first; none but where the best of several counts."""
        self._broken = self._build()
        best = Best(self.course, self._book.extensions())
        return best, [Grading(one, {}, self._broken.get(one.lab, "")) for one in best.ungraded()]

    def grade_attempts(self, best: Best, jobs: Iterable[Grading]) -> Iterator[None]:
        """Grade attempts, and note their points; yield after each."""
        for job in jobs:
            self._graders.submit(job)
        for done in self._graders.results():
            for job, graded in done:
                best.note(job.submission, graded)
                yield

    def choose(self, best: Best | None = None, *, dry: bool = False) -> list[str]:
        """Put in its place, of several notebooks of a student for a lab, the one that counts.

        Parameters
        ----------
        best : Best, optional
            What attempts are worth, where the best of them counts.
        dry : bool
            Whether all stays where it is.

        Returns
        -------
        list of str
            Where another one counts than before.
        """
        extensions = self._book.extensions()
        found = misplaced(self.course, extensions) if best is None else misplaced(self.course, extensions, best.of)
        for place, attempt in () if dry else found:
            place.put(attempt)
        return [
            f"{place.student} {place.lab}: another notebook counts, {attempt.path.name}" for place, attempt in found
        ]

    def find(self, folder: Path, lab: str | None = None, student: str | None = None) -> list[Submission]:
        """Find the submissions in a folder, lab by lab.

        A student who has a grade already is not missing where a folder holds other people's work alone.

        Parameters
        ----------
        folder : Path
            ``DIR/<student>/<lab>/<lab>.ipynb``.
        lab, student : str, optional
            This one alone.
        """
        here = Folder(self.course, folder, self._book.roster(), self._book.extensions())
        graded = self._book.scores().keys()
        found = {
            (submission.lab, submission.student): submission
            for submission in here.submissions(lab, student)
            if submission.status is not SubmissionStatus.MISSING
            or (submission.student, submission.lab) not in graded
            or submission.path.parent.exists()
        }
        return [submission for _, submission in sorted(found.items())]

    def mend(self, found: Iterable[Submission] | None = None, *, whole: bool = False) -> list[str]:
        """Set aside what is damaged in the journal, and drop results of folders that are gone.

        Parameters
        ----------
        found : iterable of Submission, optional
            All that these students handed in; without it, nothing is dropped.
        whole : bool
            Whether that is all of the class, so that who is not in it is gone too.

        Returns
        -------
        list of str
            What was damaged.
        """
        if found is None:
            return self._journal.mend()
        keys = {(submission.student, submission.lab) for submission in found}
        students = {student for student, _ in keys}
        graded = self._book.scores().keys()
        return self._journal.mend(lambda key: key in keys or key in graded or not (whole or key[0] in students))

    def catch_up(self) -> None:
        """Write into the audit what was given by hand since."""
        self._writer.catch_up()

    def plan(self, submissions: Iterable[Submission], *, force: bool = False, dry: bool = False) -> Plan:
        """Build and register the labs, and tell what has to be graded from what the journal answers for.

        Parameters
        ----------
        submissions : iterable of Submission
            As :meth:`find` gives them.
        force : bool
            Grade all of them.
        dry : bool
            Whether the gradebook stays as it is: the plan is for :meth:`rehearse`.
        """
        self._broken = self._build()
        labs = {submission.lab for submission in submissions} - self._broken.keys()
        known = sorted(lab for lab in labs if (self.course.source_folder / lab / f"{lab}.ipynb").is_file())
        self._checksums = {
            lab: checksums(self.course, self.course.lab(lab)) if dry else self._book.register(lab) for lab in known
        }
        return Plan.make(self.course, submissions, self._writer, broken=self._broken, force=force)

    def grade(self, plan: Plan) -> Iterator[GradingResult]:
        """Grade what a plan says, and write down once a second what has been graded.

        Yields
        ------
        GradingResult
            What was found of each submission that was graded; in no particular order.
        """
        self._writer.record_again(plan.moved)
        self._writer.settle()
        self._enrol(submission for submission, _ in plan.fresh)
        for made in self._graded(plan):
            entries = self._writer.write(made, plan.why)
            yield from (entry.result for entry in entries)
        for place in (*(entry.place for entry in plan.taken), *plan.places):
            self._kept.drop(*place)

    def rehearse(self, plan: Plan) -> Iterator[GradingResult]:
        """Grade what a plan says, and write nothing but what the next run takes over from it.

        Yields
        ------
        GradingResult
            As :meth:`grade` does.
        """
        for made in self._graded(plan):
            for submission, key, graded in made:
                self._kept.keep(submission, key, graded)
                yield replace(graded.result, outcomes=())

    def _graded(self, plan: Plan) -> Iterator[list[tuple[Submission, Key, Graded]]]:
        """Yield what becomes of each submission of a plan: first what a dry run graded, then what workers do."""
        keys = dict(plan.fresh)
        for submission, key in plan.fresh:
            lab = submission.lab
            kept = None if plan.is_forced or lab in self._broken else self._kept.take(submission, key)
            if kept is not None:
                yield [(submission, key, kept)]
            else:
                self._graders.submit(Grading(submission, self._checksums.get(lab, {}), self._broken.get(lab, "")))
        for done in self._graders.results():
            yield [(job.submission, keys[job.submission], graded) for job, graded in done]

    def settle(self) -> None:
        """Bring late penalties up to the rules of now, and to what a person gave since."""
        self._writer.catch_up()
        self._writer.settle()

    def results(self) -> dict[tuple[str, str], GradingResult]:
        """Return the last result of each submission, by student and lab, with what was given by hand."""
        scores = self.scores()
        return {
            place: with_manual_points(entry.result, scores.get(place))
            for place, entry in self._journal.latest().items()
        }

    def handbacks(self) -> list[Handback]:
        """Return the pages for students that are not as they should be."""
        scores = self.scores()
        pages = [Handback.of(self.course, e, scores.get(place)) for place, e in self._journal.latest().items()]
        return [page for page in pages if not page.is_written]

    def write_pages(self, pages: Iterable[Handback]) -> Iterator[str]:
        """Write pages for students; yield for each what went wrong, empty if nothing did."""
        for handback in pages:
            self._pool.submit(handback)
        for done in self._pool.results():
            yield from (problem for _, problem in done)

    def given(self) -> dict[tuple[str, str], dict[str, Given]]:
        """Return the score of each check as it counts now, by student and lab."""
        return self._book.given()

    def scores(self) -> dict[tuple[str, str], Score]:
        """Return what the gradebook holds, by student and lab."""
        return self._book.scores()

    def write_report(self) -> Path:
        """Write the report of the class, and return where it is."""
        path = self.course.class_folder / "report.html"
        write_whole(path, page(self.course, self.results(), self.scores(), self._book.extensions()))
        return path

    def _enrol(self, submissions: Iterable[Submission]) -> None:
        """Add new students in the order of their names: nbgrader's exports list them as they came."""
        known = self._book.roster()
        new: set[str] = set()
        for submission in submissions:
            if submission.student not in known | new and read_submission(submission).status is SubmissionStatus.GRADED:
                new.add(submission.student)
        self._book.enrol(sorted(new))

    def _build(self) -> dict[str, str]:
        """Bring the built labs up to date; return those that have an error in their source, with what to tell."""
        built = build(self.course)
        with suppress(*{type(error) for error in built.errors}):
            built.write()
        names = [lab.name for lab in self.course.labs if source_path(self.course, lab).exists()]
        broken = [name for name in names if self.course.source_folder / name / f"{name}.ipynb" not in built.others]
        why = "; ".join(map(str, built.errors))
        return dict.fromkeys(broken, f"The lab's source has an error on our side, so nothing was graded: {why}")
