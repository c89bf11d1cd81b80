"""Extra time: one file, in force wherever lateness is looked at."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties

from autograder.cli import main
from autograder.course import Course
from autograder.errors import UsageError
from autograder.gradebook.book import Book, Marks
from autograder.gradebook.settings import database_url, settings
from autograder.intake.extensions import granted_time
from autograder.release.build import build
from tests.toy import SOLVED, hand_in, handed_in, toy_course

TERM = '[term]\nname = "t"\ntimezone = "Europe/Berlin"\n'
LATE = "[late]\ngrace_minutes = 10\npenalty = 0.25\nmost = 0.5\nzero_after_days = 3\n"
LABS = (
    '[labs.01_toy]\ntitle = "Toy"\nminutes = 9\ndue = 2026-10-23T23:59:00\n'
    '[labs.02_more]\ntitle = "More"\nminutes = 9\ndue = 2026-11-06T23:59:00\n[labs.03_last]\ntitle = "x"\nminutes = 9\n'
)
HEAD = "student,lab,due,days,reason\n"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
DUE = datetime(2026, 9, 25, 21, 59, tzinfo=UTC)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Return a course without sources, and an empty class."""
    (tmp_path / "course.toml").write_text(TERM + LABS)
    (tmp_path / "class").mkdir()
    return Course.load(tmp_path)


def granted(course: Course, *rows: str, head: str = HEAD) -> dict[tuple[str, str], timedelta]:
    """Return what a file grants."""
    (course.class_folder / "extensions.csv").write_text(head + "\n".join(rows))
    return granted_time(course)


def test_what_is_granted(course: Course) -> None:
    """Days and due dates; a row for one lab goes before one for all, wherever it stands; labs go by number, too."""
    rows = ("ada,2,,0,", "ada,all,,1.5,doctor's note", "bo,01_toy,2026-10-24T12:00,,", "cy,1,2026-10-24 22:59+01:00,,")
    assert granted(course, *rows) == {
        ("ada", "01_toy"): 1.5 * DAY + 60 * MINUTE,
        ("ada", "02_more"): timedelta(),
        ("bo", "01_toy"): timedelta(hours=12, minutes=1),
        ("cy", "01_toy"): DAY,
    }


def test_days_are_those_of_the_calendar(course: Course) -> None:
    """Two days later, at the same hour by the clock: an hour more where clocks are set back."""
    assert {("ada", "01_toy"): 2 * DAY + timedelta(hours=1)} == granted(course, "ada,1,,2,")


def test_a_class_without_extensions(course: Course) -> None:
    """There need be no file."""
    assert {} == granted_time(course)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("ada,1,,3,\nada,01_toy,,4,", ":3: ada and 01_toy stand in line 2, too"),
        (",1,,3,", ":2: names no student"),
        ("ada,9,,3,", ":2: no lab '9'"),
        ("ada,1,,,", ":2: needs a due date or days"),
        ("ada,1,2026-10-24T12:00,3,", ":2: needs a due date or days"),
        ("ada,1,,-1,", ":2: days '-1'"),
        ("ada,1,,soon,", ":2: days 'soon'"),
        ("ada,1,,999,", ":2: days '999'"),
        ("ada,1,2026-10-24,,", ":2: due '2026-10-24': it needs a time"),
        ("ada,1,24.10.2026 12:00,,", ":2: due '24.10.2026 12:00'"),
        ("ada,1,2026-02-30T12:00,,", ":2: due '2026-02-30T12:00'"),
        ("ada,1,2026-10-25T02:30,,", ":2: due = 2026-10-25T02:30:00: in Europe/Berlin clocks are changed"),
        ("ada,1,2026-10-20T12:00,,", ":2: due 2026-10-20T12:00 is before 01_toy is due, 2026-10-23 23:59"),
        ("ada,3,,3,", ":2: 03_last has no due date"),
        ("ada,all,2026-12-24T12:00,,", ":2: a due date is for one lab"),
        ("ada,1", ":2: has 2 values"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(course: Course, row: str, said: str) -> None:
    """Nothing is guessed of a row that cannot be meant."""
    with pytest.raises(UsageError) as caught:
        granted(course, row)
    assert f"extensions.csv{said}" in str(caught.value)


def test_columns_that_are_not_there(course: Course) -> None:
    """The head is checked before the rows."""
    with pytest.raises(UsageError, match=r"extensions.csv:1: has no column 'lab'"):
        granted(course, "ada,3", head="student,days\n")
    with pytest.raises(UsageError, match=r"extensions.csv:1: a column 'until' means nothing"):
        granted(course, "ada,1,3", head="student,lab,until\n")


def run(course: Course, *arguments: str) -> int:
    """Run the command."""
    return main(["--root", str(course.root), "extend", "--class", str(course.class_folder), *arguments])


def test_the_command(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """It writes a row, replaces it, says until when, and lists."""
    assert run(course) == 0
    assert "nobody has more time\n" == capsys.readouterr().out
    assert run(course, "ada", "2", "--days", "3", "--reason", "a, b") == 0
    assert run(course, "ada", "2", "--due", "2026-11-07T12:00", "--reason", "a, b") == 0
    assert "ada 02_more: due 2026-11-07 12:00 CET" in capsys.readouterr().out
    assert run(course, "bo", "all", "--days", "2") == 0
    assert "bo 01_toy: due 2026-10-25 23:59 CET" in capsys.readouterr().out
    text = (course.class_folder / "extensions.csv").read_text()
    assert f'{HEAD}ada,02_more,2026-11-07T12:00,,"a, b"\nbo,all,,2,\n' == text
    assert run(course) == 0
    assert "ada 02_more: until 2026-11-07T12:00 (a, b)\nbo all: 2 days more\n" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ada",), "name a student, a lab"),
        (("ada", "1"), "name a student, a lab"),
        (("ada", "7", "--days", "1"), "no lab '7'"),
        (("adda", "1", "--days", "1"), "is it ada?"),
        (("ada", "1", "--days", "x"), "days 'x'"),
        (("ada", "all", "--due", "2026-12-24T12:00"), "--due is for one lab"),
    ],
)
def test_the_command_refuses(
    course: Course, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    """What cannot be meant is said, and nothing is written."""
    (course.class_folder / "roster.csv").write_text("student\nada\n")
    assert run(course, *arguments) == 2
    assert said in capsys.readouterr().err
    assert not (course.class_folder / "extensions.csv").exists()


@pytest.fixture(scope="module")
def late_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the toy course with a late policy, built; ``empty/`` in it is a class with a gradebook."""
    course = toy_course(tmp_path_factory.mktemp("late"))
    path = course.root / "course.toml"
    path.write_text(path.read_text().replace("[limits]", f"{TERM}{LATE}[limits]"))
    build(course).write()
    with Book(Course.load(course.root, course.root / "empty")) as book:
        book.register("01_toy")
    return course.root


@pytest.fixture
def late(late_root: Path, tmp_path: Path) -> Course:
    """Return the course with a late policy and a class of its own."""
    shutil.copytree(late_root / "empty", tmp_path / "class")
    return Course.load(late_root, tmp_path / "class")


def hand_in_late(book: Book, **late: timedelta) -> None:
    """Record full scores, 4 of 6 with a written answer to read, handed in so long after the due date."""
    points = {"check_double_two": 1.0, "check_double_any": 2.0, "check_middle_value": 1.0, "explain_double": None}
    book.record(*(Marks(student, "01_toy", points, received=DUE + time) for student, time in late.items()))


def penalties(book: Book) -> dict[str, float]:
    """Return late penalties by student."""
    return {student: score.late_penalty for (student, _), score in book.scores().items()}


def test_a_penalty_is_what_nbgrader_leaves(late: Course) -> None:
    """nbgrader's own step, with the settings of the course, takes off the same."""
    times = {"ada": 5 * MINUTE, "bo": 11 * MINUTE, "cy": DAY + MINUTE, "di": 2.5 * DAY, "eve": 3 * DAY + MINUTE}
    with Book(late) as book:
        hand_in_late(book, **times)
        ours = penalties(book)
        for row in book._gradebook.db.query(SubmittedNotebook):
            row.late_submission_penalty = 0.125
        book._gradebook.db.commit()
        config = settings(late.root).copy()
        for student in times:
            names = {"notebook": "01_toy", "assignment": "01_toy", "student": student, "db_url": database_url(late)}
            step = AssignLatePenalties(config=config)
            step.preprocess(nbformat.v4.new_notebook(), {"nbgrader": names})
            step.gradebook.close()
        assert {"ada": 0.0, "bo": 1.0, "cy": 2.0, "di": 2.0, "eve": 4.0} == ours
        assert ours == penalties(book)


def test_penalties_follow_scores_and_extensions(late: Course) -> None:
    """What a person gives raises a share of it; what is granted afterwards lowers it; nbgrader knows of both."""
    with Book(late) as book:
        hand_in_late(book, ada=11 * MINUTE, bo=4 * DAY, cy=11 * MINUTE)
        for student in ("ada", "bo"):
            grade = book._gradebook.find_grade("explain_double", "01_toy", "01_toy", student)
            grade.manual_score, grade.needs_manual_grade = 2.0, False
        book._gradebook.db.commit()
        book.settle()
        assert {"ada": 1.5, "bo": 6.0, "cy": 1.0} == penalties(book)
    (late.class_folder / "extensions.csv").write_text(f"{HEAD}bo,1,,3,\ncy,all,,0.5,\n")
    with Book(late) as book:
        book.settle()
        assert {"ada": 1.5, "bo": 1.5, "cy": 0.0} == penalties(book)
        late_seconds = {
            row.student.id: row.total_seconds_late for row in book._gradebook.assignment_submissions("01_toy")
        }
        assert {"ada": 660.0, "bo": 86400.0, "cy": 0.0} == late_seconds
    (late.class_folder / "extensions.csv").write_text(f"{HEAD}bo,1,,0,\n")
    with Book(late) as book:
        book.settle()
        assert {"ada": 1.5, "bo": 6.0, "cy": 0.0} == penalties(book)  # cy's stays, in nbgrader's database
        assert {("bo", "01_toy"): timedelta(), ("cy", "01_toy"): DAY / 2} == book.extensions()


def test_an_extension_after_grading(late: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """`course extend`, then `course grade`: nothing is graded again, and nobody is late."""
    path = hand_in(late.submitted, "ada", handed_in(SOLVED))
    (path.parent / "timestamp.txt").write_text(f"{DUE + DAY:%Y-%m-%d %H:%M:%S} UTC")
    grade = ["--root", str(late.root), "grade", "--class", str(late.class_folder), "--workers", "1"]
    assert main(grade) == 0
    assert "GRADED, late" in capsys.readouterr().out
    assert run(late, "ada", "1", "--days", "2") == 0
    assert main(grade) == 0
    told = capsys.readouterr()
    assert "1 unchanged, taken from the journal" in told.err
    assert "GRADED, late" not in told.out
    with Book(late) as book:
        assert {"ada": 0.0} == penalties(book)
