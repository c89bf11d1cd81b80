"""The gradebook: nbgrader's own database, opened once and written by one process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from autograder.gradebook.assignment import register
from autograder.gradebook.settings import course_id, database_url, settings, tools_on_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from autograder.course import Course

__all__ = ["Book", "Score"]


@dataclass(frozen=True, slots=True)
class Score:
    """What nbgrader's database says of one submission, manual scores and penalties included."""

    score: float
    max_score: float
    needs_manual_grade: bool
    late_penalty: float
    manual: Mapping[str, float]  # by grade_id: scores that a person gave
    comments: Mapping[str, str]  # by grade_id: what a person wrote


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

    def __enter__(self) -> Self:
        """Open the database, or make it."""
        from nbgrader.api import Gradebook

        path = self.course.gradebook_path
        url = database_url(self.course)
        with tools_on_path():
            if url.startswith("sqlite:") and not path.exists():
                _create(path, course_id(self.course))
            self._gradebook = Gradebook(url, course_id(self.course))
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._gradebook.close()

    def roster(self) -> frozenset[str]:
        """Return the students whom nbgrader knows."""
        return frozenset(student.id for student in self._gradebook.students)

    def extensions(self) -> dict[tuple[str, str], timedelta]:
        """Return the extra time that was granted, by student and lab."""
        from nbgrader.api import SubmittedAssignment as Submitted

        granted = self._gradebook.db.query(Submitted).filter(Submitted.extension.is_not(None))
        return {(row.student_id, row.assignment.name): row.extension for row in granted}

    def register(self, lab: str) -> dict[str, str]:
        """Record a lab and its cells; return the checksum of each cell by grade_id."""
        register(self.course, self._gradebook, self.course.lab(lab))
        return {cell.name: cell.checksum for cell in self._gradebook.find_notebook(lab, lab).source_cells}

    def record(
        self,
        student: str,
        lab: str,
        notebook: Mapping[str, Any],
        *,
        received: datetime | None = None,
        changed: frozenset[str] = frozenset(),
    ) -> None:
        """Write the scores of one submission, in one commit.

        Parameters
        ----------
        student, lab : str
            Whose and what it is.
        notebook : Mapping
            The graded notebook: its scores are read as nbgrader reads them.
        received : datetime, optional
            When it was handed in.
        changed : frozenset of str
            Written answers that are not what was graded before: manual scores of others stay settled.
        """
        database = self._gradebook.db
        try:
            with database.no_autoflush:
                entry = self._entry(student, lab, received)
                for cell in notebook["cells"]:
                    marks = cell["metadata"].get("nbgrader", {})
                    if marks.get("grade") or marks.get("solution"):
                        self._write_cell(entry, cell, is_new=marks["grade_id"] in changed)
                database.flush()
            self._apply_penalty(entry)
            database.commit()
        except BaseException:  # Ctrl+C too must leave no half of a submission behind
            database.rollback()
            raise

    def score(self, student: str, lab: str) -> Score | None:
        """Return the score of one submission, None if there is none."""
        from nbgrader.api import MissingEntry

        self._gradebook.db.expire_all()
        try:
            return _score(self._gradebook.find_submission(lab, student))
        except MissingEntry:
            return None

    def scores(self) -> dict[tuple[str, str], Score]:
        """Return the score of each submission, by student and lab."""
        from nbgrader.api import SubmittedAssignment as Submitted

        self._gradebook.db.expire_all()
        rows = self._gradebook.db.query(Submitted).all()
        return {(row.student_id, row.assignment.name): _score(row) for row in rows}

    def _entry(self, student: str, lab: str, received: datetime | None) -> Any:
        """Find or add the rows of a submission, with one grade or comment for each cell of the lab."""
        from nbgrader.api import Comment, Grade, Student, SubmittedAssignment, SubmittedNotebook

        database = self._gradebook.db
        source = self._gradebook.find_notebook(lab, lab)
        _get_or_add(database, Student, id=student)
        submitted = _get_or_add(database, SubmittedAssignment, assignment_id=source.assignment_id, student_id=student)
        submitted.timestamp = None if received is None else received.astimezone(UTC).replace(tzinfo=None)
        entry = _get_or_add(database, SubmittedNotebook, notebook_id=source.id, assignment_id=submitted.id)
        for cell in source.grade_cells:
            _get_or_add(database, Grade, cell_id=cell.id, notebook_id=entry.id)
        for cell in source.solution_cells:
            _get_or_add(database, Comment, cell_id=cell.id, notebook_id=entry.id)
        database.flush()
        database.expire(entry)
        return entry

    def _write_cell(self, entry: Any, cell: Mapping[str, Any], *, is_new: bool) -> None:
        """Do for one cell what nbgrader's SaveAutoGrades does, but leave settled what a person settled."""
        import nbformat
        from nbgrader import utils

        node = nbformat.from_dict(cell)
        name = node.metadata.nbgrader["grade_id"]
        if utils.is_grade(node):
            grade = next(grade for grade in entry.grades if grade.name == name)
            score, _ = utils.determine_grade(node)
            if grade.manual_score is None:
                grade.needs_manual_grade = score is None
            else:
                grade.needs_manual_grade = grade.needs_manual_grade or is_new or grade.auto_score != score
            grade.auto_score = score
        if utils.is_solution(node):
            comment = next(comment for comment in entry.comments if comment.name == name)
            untouched = node.metadata.nbgrader.get("checksum") == utils.compute_checksum(node)
            comment.auto_comment = "No response." if untouched else None

    def _apply_penalty(self, entry: Any) -> None:
        """Set the late penalty that the plugin of nbgrader's settings asks for."""
        from nbgrader.preprocessors import AssignLatePenalties

        late = entry.assignment.total_seconds_late
        entry.late_submission_penalty = None
        if late <= 0:
            return
        step = AssignLatePenalties(config=settings(self.course.root))
        step.init_plugin()
        penalty = step.plugin_inst.late_submission_penalty(entry.assignment.student_id, entry.score, late)
        if penalty is not None:
            entry.late_submission_penalty = step._check_late_penalty(entry, penalty)  # noqa: SLF001 - nbgrader's limits


def _create(path: Path, course: str) -> None:
    """Make an empty database, whole or not at all: a database without its version is of no use to nbgrader."""
    from nbgrader.api import Gradebook

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    Gradebook(f"sqlite:///{temporary}", course).close()
    temporary.replace(path)


def _get_or_add(database: Any, table: Any, **columns: Any) -> Any:
    found = database.query(table).filter_by(**columns).one_or_none()
    if found is None:
        found = table(**columns)
        database.add(found)
        database.flush()
    return found


def _score(row: Any) -> Score:
    grades = [grade for notebook in row.notebooks for grade in notebook.grades]
    comments = [comment for notebook in row.notebooks for comment in notebook.comments]
    return Score(
        score=row.score,
        max_score=row.max_score,
        needs_manual_grade=row.needs_manual_grade,
        late_penalty=row.late_submission_penalty or 0.0,
        manual={grade.name: grade.manual_score for grade in grades if grade.manual_score is not None},
        comments={comment.name: comment.manual_comment for comment in comments if comment.manual_comment},
    )
