"""The gradebook: nbgrader's own database, opened once and written by one process."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Self, TypeVar

from autograder.errors import UsageError
from autograder.gradebook.assignment import register
from autograder.gradebook.lateness import Lateness
from autograder.gradebook.people import compact, erase, people, rows_of
from autograder.gradebook.score import given, recorded, scores
from autograder.gradebook.settings import course_id, database_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime, timedelta
    from pathlib import Path

    from autograder.course import Course
    from autograder.gradebook.score import Given, Score
    from autograder.intake.roster import Person

__all__ = ["Book", "Marks"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Marks:
    """What grading gives nbgrader's database of one submission.

    ``scores`` holds the points of each check and written answer by grade_id, None for those that a person reads;
    ``untouched`` the exercises and written answers that are as they were given out;
    ``changed`` the written answers that are not what was graded before: manual scores of others stay settled.
    """

    student: str
    lab: str
    scores: Mapping[str, float | None]
    untouched: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    received: datetime | None = None


class Book:
    """A course's gradebook; use it as a context manager.

    Parameters
    ----------
    course : Course
        Whose class it is.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self._gradebook: Any = None
        self._known: dict[str, _Cells] = {}

    def __enter__(self) -> Self:
        """Open the database, or make it."""
        from nbgrader.api import Gradebook

        path = self.course.gradebook_path
        url = database_url(self.course)
        with _storage(path):
            if not url.startswith("sqlite:"):
                _make_tables(url)
            elif not path.exists():
                _create(path)
            self._gradebook = Gradebook(url, course_id(self.course))
        self._lateness = Lateness(self.course, self._gradebook.db)
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._gradebook.close()

    @staticmethod
    def is_made(course: Course) -> bool:
        """Whether there is a database to open; on a server, nbgrader makes what is missing."""
        return course.gradebook_path.exists() or not database_url(course).startswith("sqlite:")

    @classmethod
    def refuse_unmade(cls, course: Course) -> None:
        """Refuse a command that shows what was graded, if nothing was.

        Raises
        ------
        UsageError
            There is no database.
        """
        if not cls.is_made(course):
            raise UsageError(f"nothing is graded in {course.class_folder} yet: run `course grade` first")

    def roster(self) -> frozenset[str]:
        """Return the students whom nbgrader knows."""
        return frozenset(student.id for student in self._gradebook.students)

    def enrol(self, students: Iterable[str]) -> None:
        """Add students, in this order."""
        from nbgrader.api import Student

        with self._one_commit() as database:
            for student in students:
                database.add(Student(id=student))
                database.flush()

    def people(self) -> list[Person]:
        """Return the students whom nbgrader knows, with what it knows of them."""
        return people(self._gradebook.db)

    def rows_of(self, student: str) -> int:
        """Return how many rows of the database tell of a student."""
        return rows_of(self._gradebook.db, student)

    def erase(self, student: str) -> None:
        """Delete all that the database holds of a student, in one commit."""
        with self._one_commit() as database:
            erase(database, student)
        compact(self._gradebook.db)

    def with_work(self) -> frozenset[str]:
        """Return the students of whom there is something in the database."""
        from nbgrader.api import SubmittedAssignment

        return frozenset(student for (student,) in self._gradebook.db.query(SubmittedAssignment.student_id).distinct())

    def write_people(self, people: Iterable[Person], removed: Iterable[str] = ()) -> None:
        """Add or change students, and remove some who have no grade, all in one commit.

        Raises
        ------
        OSError
            The disk is full, or the like; nothing is changed.
        """
        from nbgrader.api import Student

        with self._one_commit() as database:
            for person in people:
                student = database.get(Student, person.student) or Student(id=person.student)
                for name in ("first_name", "last_name", "email", "lms_user_id"):
                    setattr(student, name, getattr(person, name) or None)
                database.add(student)
                database.flush()  # one by one: exports list students as they came
            for name in removed:
                database.delete(database.get(Student, name))

    def extensions(self) -> dict[tuple[str, str], timedelta]:
        """Return the extra time that was granted, by student and lab."""
        return self._lateness.extensions()

    def register(self, lab: str) -> dict[str, str]:
        """Record a lab and its cells; return the checksum of each cell by grade_id."""
        with _storage(self.course.gradebook_path):
            register(self.course, self._gradebook, self.course.lab(lab))
        self._known.pop(lab, None)
        return {cell.name: cell.checksum for cell in self._gradebook.find_notebook(lab, lab).source_cells}

    def record(self, *submissions: Marks) -> None:
        """Write the scores of submissions, all in one commit.

        Raises
        ------
        OSError
            The disk is full, or the like; nothing of them is written.
        """
        with self._one_commit() as database:
            for marks in submissions:
                with database.no_autoflush:
                    entry = self._entry(marks)
                database.flush()
                self._lateness.penalise(entry)

    def settle(self) -> None:
        """Bring extensions and late penalties of all submissions up to what rules, due dates and scores are now.

        Raises
        ------
        OSError
            The disk is full, or the like; nothing is changed.
        """
        with self._one_commit():
            self._lateness.settle()

    def scores(self) -> dict[tuple[str, str], Score]:
        """Return the score of each submission, by student and lab."""
        self._gradebook.db.expire_all()
        return scores(self._gradebook.db)

    def read(self, query: Callable[[Any], T]) -> T:
        """Return what a query finds in nbgrader's database, which is handed to it as a session of SQLAlchemy."""
        return query(self._gradebook.db)

    def given(self, students: Iterable[str] | None = None) -> dict[tuple[str, str], dict[str, Given]]:
        """Return the score of each check as it counts, by student and lab, of these students or of all."""
        return given(self._gradebook.db, students)

    def recorded(self) -> dict[tuple[str, str], tuple[datetime | None, dict[str, float | None]]]:
        """Return when each submission was handed in, and its points by grade_id as a machine gave them."""
        return recorded(self._gradebook.db)

    @contextmanager
    def _one_commit(self) -> Iterator[Any]:
        """Give the database; what is written into it is there whole, or not at all."""
        with _storage(self.course.gradebook_path):
            try:
                yield self._gradebook.db
                self._gradebook.db.commit()
            except BaseException:  # Ctrl+C too must leave no half of a submission behind
                self._gradebook.db.rollback()
                raise

    def _entry(self, marks: Marks) -> Any:
        """Write the rows of a submission: one grade or comment for each cell of the lab."""
        from nbgrader.api import Comment, Grade, Student, SubmittedAssignment, SubmittedNotebook

        database, source = self._gradebook.db, self._cells(marks.lab)
        if database.get(Student, marks.student) is None:
            database.add(Student(id=marks.student))
        submitted = _get_or_add(
            database, SubmittedAssignment, assignment_id=source.assignment, student_id=marks.student
        )
        submitted.timestamp = None if marks.received is None else marks.received.astimezone(UTC).replace(tzinfo=None)
        self._lateness.extend(submitted)
        entry = _get_or_add(database, SubmittedNotebook, notebook_id=source.notebook, assignment_id=submitted.id)
        for name, grade in _rows(database, Grade, entry, source.graded).items():
            _grade(grade, marks.scores[name], is_new=name in marks.changed)
        for name, comment in _rows(database, Comment, entry, source.solved).items():
            comment.auto_comment = "No response." if name in marks.untouched else None
        return entry

    def _cells(self, lab: str) -> _Cells:
        """Return the ids of a lab's cells, which stay while it is not registered anew."""
        if lab not in self._known:
            notebook = self._gradebook.find_notebook(lab, lab)
            graded = {cell.name: cell.id for cell in notebook.grade_cells}
            solved = {cell.name: cell.id for cell in notebook.solution_cells}
            self._known[lab] = _Cells(notebook.assignment_id, notebook.id, graded, solved)
        return self._known[lab]


@dataclass(frozen=True, slots=True)
class _Cells:
    """The database's ids of a lab: of its assignment, its notebook, and its cells by grade_id."""

    assignment: str
    notebook: str
    graded: dict[str, str]
    solved: dict[str, str]


def _rows(database: Any, table: Any, entry: Any, cells: dict[str, str]) -> dict[str, Any]:
    """Find or add a submission's rows of one table, one for each cell, by grade_id."""
    # By both columns: they are the database's own index.
    rows = database.query(table).filter(table.cell_id.in_(cells.values()), table.notebook_id == entry.id)
    found = {row.cell_id: row for row in rows}
    for cell in cells.values():
        if cell not in found:
            found[cell] = table(cell_id=cell, notebook_id=entry.id)
            database.add(found[cell])
    return {name: found[cell] for name, cell in cells.items()}


def _grade(grade: Any, score: float | None, *, is_new: bool) -> None:
    """Do for one cell what nbgrader's SaveAutoGrades does, but leave settled what a person settled."""
    if grade.manual_score is None:
        grade.needs_manual_grade = score is None
    else:
        grade.needs_manual_grade = bool(grade.needs_manual_grade) or is_new or grade.auto_score != score
    grade.auto_score = score


@contextmanager
def _storage(path: Path) -> Iterator[None]:
    """Let what the database says of a full disk be what the system says of one."""
    from nbgrader.api import InvalidEntry, app_log
    from sqlalchemy.exc import OperationalError

    told = app_log.disabled
    app_log.disabled = True  # nbgrader logs the stack of what is told here in a sentence
    try:
        yield
    except (OperationalError, InvalidEntry) as error:
        cause = error.__context__ if isinstance(error, InvalidEntry) else error
        if not isinstance(cause, OperationalError):
            raise
        raise OSError(errno.EIO, str(cause.orig), str(path)) from error
    finally:
        app_log.disabled = told


def _create(path: Path) -> None:
    """Make an empty database, whole or not at all: a database without its version is of no use to nbgrader."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    _make_tables(f"sqlite:///{temporary}")
    temporary.replace(path)


def _make_tables(url: str) -> None:
    """Make nbgrader's tables where there are none; nbgrader itself starts a process to ask for their version."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from nbgrader.api import Base
    from nbgrader.dbutil import ALEMBIC_DIR
    from sqlalchemy import create_engine, inspect
    from sqlalchemy.pool import NullPool

    with create_engine(url, poolclass=NullPool).begin() as connection:
        if not inspect(connection).get_table_names():
            Base.metadata.create_all(connection)
            MigrationContext.configure(connection).stamp(ScriptDirectory(ALEMBIC_DIR), "head")


def _get_or_add(database: Any, table: Any, **columns: Any) -> Any:
    found = database.query(table).filter_by(**columns).one_or_none()
    if found is None:
        found = table(**columns)
        database.add(found)
        database.flush()
    return found
