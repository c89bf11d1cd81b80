"""The gradebook: nbgrader's database and the graded notebook agree with the verdicts."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.course import Course
from autograder.errors import CourseError
from autograder.gradebook.autograded import autograded
from autograder.gradebook.book import Book, Marks
from autograder.intake.restore import restore
from autograder.release.build import build
from autograder.verdict import CellOutcome, CheckStatus, GradingResult, SubmissionStatus, Verdict
from tests.toy import SOLVED, handed_in, submission, template, toy_course

ANSWERS = {name: text for name, text in SOLVED.items() if name != "triple"} | {"explain_double": "2 times 2 is 4"}
DUE = datetime(2026, 9, 25, 21, 59, tzinfo=UTC)


@pytest.fixture
def course(toy: Course) -> Course:
    """Return the toy course with an empty class."""
    return toy


@pytest.fixture
def book(course: Course) -> Iterator[Book]:
    """Return an open gradebook."""
    with Book(course) as book:
        yield book


def result(statuses: dict[str, CheckStatus], student: str = "ada") -> GradingResult:
    """Return hand-made verdicts on the first toy lab; what is not named is right."""
    verdicts = []
    for cell in template().cells:
        if cell.kind == "checks":
            status = statuses.get(cell.grade_id or "", CheckStatus.CORRECT)
            points = cell.points if status is CheckStatus.CORRECT else 0.0
            verdicts.append(Verdict(cell.exercise or "", cell.grade_id or "", status, points, cell.points, str(status)))
    manual = Verdict("explain_double", "explain_double", CheckStatus.MANUAL, None, 2.0)
    return GradingResult(student, "01_toy", SubmissionStatus.GRADED, verdicts=(*verdicts, manual))


def graded(book: Book, answers: dict[str, str], **statuses: CheckStatus) -> dict[str, Any]:
    """Return the graded notebook of hand-made verdicts."""
    return autograded(restore(submission(handed_in(answers)), template()), result(statuses), book.register("01_toy"))


def record(book: Book, notebook: dict[str, Any], received: datetime | None = None, changed: str = "") -> None:
    """Record a graded notebook's scores, as nbgrader reads them, and which cells are as they were given out."""
    from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution

    cells = [cell for cell in nbformat.from_dict(notebook).cells if cell.metadata.get("nbgrader")]
    names = {cell.metadata.nbgrader.grade_id: cell for cell in cells}
    scores = {name: determine_grade(cell)[0] for name, cell in names.items() if is_grade(cell)}
    untouched = {
        name
        for name, cell in names.items()
        if is_solution(cell) and cell.metadata.nbgrader.checksum == compute_checksum(cell)
    }
    book.record(Marks("ada", "01_toy", scores, frozenset(untouched), frozenset(changed.split()), received))


def rows(course: Course, query: str) -> list[tuple[Any, ...]]:
    """Ask the database itself."""
    with closing(sqlite3.connect(course.gradebook_path)) as database:
        return database.execute(query).fetchall()


GRADES = (
    "SELECT base_cell.name, auto_score, manual_score, needs_manual_grade FROM grade "
    "JOIN base_cell ON base_cell.id = grade.cell_id ORDER BY 1"
)
COMMENTS = (
    "SELECT base_cell.name, auto_comment, manual_comment FROM comment "
    "JOIN base_cell ON base_cell.id = comment.cell_id ORDER BY 1"
)


def test_scores_are_recorded(course: Course, book: Book) -> None:
    """Checks get their points, a written answer waits for a person, and nbgrader's total is the sum."""
    notebook = graded(book, ANSWERS, check_double_any=CheckStatus.WRONG)
    record(book, notebook, DUE)
    assert rows(course, GRADES) == [
        ("check_double_any", 0.0, None, 0),
        ("check_double_two", 1.0, None, 0),
        ("check_middle_value", 1.0, None, 0),
        ("explain_double", None, None, 1),
    ]
    score = book.scores()["ada", "01_toy"]
    assert (score.score, score.max_score, score.needs_manual_grade) == (2.0, 6.0, True)


def test_blank_written_answer_needs_nobody(course: Course, book: Book) -> None:
    """An untouched written answer is a zero that no person has to give, as in nbgrader."""
    record(book, graded(book, {}, check_double_two=CheckStatus.BLANK))
    assert ("explain_double", 0.0, None, 0) in rows(course, GRADES)
    assert rows(course, COMMENTS) == [
        ("double", "No response.", None),
        ("explain_double", "No response.", None),
        ("middle", "No response.", None),
    ]


def test_nbgrader_reads_the_same_scores(book: Book) -> None:
    """``determine_grade`` gives for each check the points of its verdict, whatever stands in the message."""
    from nbgrader.utils import determine_grade

    for status in CheckStatus:
        notebook = nbformat.from_dict(graded(book, ANSWERS, check_double_any=status, check_middle_value=status))
        cells = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if cell.metadata.get("nbgrader")}
        points = 2.0 if status is CheckStatus.CORRECT else 0.0
        assert determine_grade(cells["check_double_any"]) == (points, 2.0)
        assert determine_grade(cells["check_double_two"]) == (1.0, 1.0)
        assert determine_grade(cells["explain_double"]) == (None, 2.0)
        nbformat.validate(notebook)


def test_manual_work_survives_a_regrade(course: Course, book: Book) -> None:
    """Scores and comments given by hand stay; they ask for a second look only if what they judge has changed."""
    record(book, graded(book, ANSWERS), DUE)
    database = book._gradebook.db
    for name in ("explain_double", "check_middle_value"):
        grade = book._gradebook.find_grade(name, "01_toy", "01_toy", "ada")
        grade.manual_score, grade.needs_manual_grade = 0.5, False
    book._gradebook.find_comment("explain_double", "01_toy", "01_toy", "ada").manual_comment = "half"
    database.commit()
    record(book, graded(book, ANSWERS), DUE)
    score = book.scores()["ada", "01_toy"]
    assert (score.score, score.needs_manual_grade) == (4.0, False)
    assert (score.manual, score.comments) == (
        {"explain_double": 0.5, "check_middle_value": 0.5},
        {"explain_double": "half"},
    )
    notebook = graded(book, ANSWERS, check_middle_value=CheckStatus.WRONG)
    record(book, notebook, changed="explain_double")
    assert [row[2:] for row in rows(course, GRADES) if row[2] is not None] == [(0.5, 1), (0.5, 1)]


def test_regrading_changes_nothing(course: Course, book: Book) -> None:
    """The same submission twice gives the same rows, not more of them."""
    dump = []
    for _ in range(2):
        record(book, graded(book, ANSWERS), DUE)
        with closing(sqlite3.connect(course.gradebook_path)) as database:
            dump.append(sorted(database.iterdump()))
    assert dump[0] == dump[1]


def test_a_failure_leaves_no_half(course: Course, book: Book) -> None:
    """A submission is in the database whole or not at all."""
    notebook = graded(book, ANSWERS)
    marks = [cell["metadata"].get("nbgrader", {}) for cell in notebook["cells"]]
    next(mark for mark in marks if mark.get("grade_id") == "explain_double")["grade_id"] = "no_such_cell"
    with pytest.raises(KeyError, match="explain_double"):
        record(book, notebook)
    assert rows(course, "SELECT * FROM student UNION ALL SELECT id, null, null, null, null FROM grade") == []


def test_register_equals_generate_assignment(course: Course, book: Book, tmp_path: Path) -> None:
    """The cells and the due date are those that nbgrader's own command writes."""
    from tests.nbgrader_command import nbgrader

    book.register("01_toy")
    theirs = Course.load(shutil.copytree(course.root, tmp_path / "stock", ignore=shutil.ignore_patterns("class")))
    nbgrader(theirs.root, "generate_assignment", "01_toy", "--force")
    queries = [
        "SELECT name, cell_type, locked, source, checksum FROM source_cell ORDER BY name",
        "SELECT name, type, max_score, cell_type FROM base_cell LEFT JOIN grade_cells USING (id) ORDER BY 1, 2",
        "SELECT name, kernelspec FROM notebook",
        "SELECT name, course_id FROM assignment",
        "SELECT version_num FROM alembic_version",
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name != 'alembic_version' ORDER BY name",
    ]
    assert [rows(theirs, query) for query in queries] == [rows(course, query) for query in queries]
    assert rows(course, "SELECT duedate FROM assignment") == [("2026-09-25 21:59:00.000000",)]


def test_late(book: Book) -> None:
    """nbgrader knows how late a submission is, and of an extension."""
    record(book, graded(book, ANSWERS), DUE + timedelta(hours=1))
    assert book._gradebook.find_submission("01_toy", "ada").total_seconds_late == 3600
    book._gradebook.grant_extension("01_toy", "ada", minutes=30)
    assert book.extensions() == {("ada", "01_toy"): timedelta(minutes=30)}
    record(book, graded(book, ANSWERS), DUE + timedelta(hours=1))
    assert book._gradebook.find_submission("01_toy", "ada").total_seconds_late == 1800


def test_late_penalty_of_the_settings(tmp_path: Path) -> None:
    """A penalty method in nbgrader_config.py counts."""
    course = toy_course(tmp_path)
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    build(course).write()
    with Book(course) as book:
        record(book, graded(book, ANSWERS), DUE + timedelta(hours=1))
        score = book.scores()["ada", "01_toy"]
    assert (score.score, score.late_penalty) == (4.0, 4.0)


def test_a_lab_may_change_after_grading(tmp_path: Path) -> None:
    """Checks may come and go between two runs, unless one that goes was graded by hand."""
    course = toy_course(tmp_path)
    build(course).write()
    path = course.solutions / "01_toy.py"
    text = path.read_text()
    with Book(course) as book:
        record(book, graded(book, ANSWERS))
        changed = text.replace('"check_middle_value"', '"check_middle_exact"').replace("4.0])", "4.0])  # sizes")
        path.write_text(changed)
        build(course).write()
        assert "check_middle_exact" in book.register("01_toy")
        names = ["check_double_any", "check_double_two", "check_middle_exact", "explain_double"]
        assert [row[0] for row in rows(course, GRADES)] == names
        book._gradebook.find_grade("check_middle_exact", "01_toy", "01_toy", "ada").manual_score = 1
        book._gradebook.db.commit()
        path.write_text(text)
        build(course).write()
        with pytest.raises(CourseError, match=r"check_middle_exact.*given by hand"):
            book.register("01_toy")


def test_outputs_of_cells(book: Book) -> None:
    """The graded notebook shows what the student's cells printed, and not more than a reader can take."""
    restored = restore(submission(handed_in(ANSWERS)), template())
    cell = next(cell for cell in restored.cells if cell.grade_id == "double")
    outputs = (
        {"output_type": "stream", "name": "stderr", "text": "tqdm\n"},
        {"output_type": "stream", "name": "stdout", "text": "x\n" * 10_000},
        {"output_type": "execute_result", "data": {"text/plain": "3"}},
    )
    outcome = CellOutcome(cell.id, outputs)
    notebook = autograded(restored, replace(result({}), outcomes=(outcome,)), book.register("01_toy"))
    shown = next(node for node in notebook["cells"] if node["id"] == cell.id)["outputs"]
    assert [output["output_type"] for output in shown] == ["stream", "stream", "display_data"]
    assert shown[1]["text"].endswith("cut off")
    assert len(shown[1]["text"].split("\n")) == 1_001


def test_a_database_that_takes_nothing_is_a_disk_that_takes_nothing(
    book: Book, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whether nbgrader's own code meets it, which hides what it was and logs a stack, or ours."""
    with closing(book.read(lambda database: database.connection().connection.cursor())) as cursor:
        cursor.execute("PRAGMA query_only = 1")
    with pytest.raises(OSError, match="readonly database"):
        book.register("01_toy")
    with pytest.raises(OSError, match="readonly database"):
        book.enrol(["ada"])
    assert "Traceback" not in capfd.readouterr().err
