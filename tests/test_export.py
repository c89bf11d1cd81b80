"""What leaves the gradebook: tables for other programs, verdicts for research, and one student's data for good."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.cli import main
from autograder.commands.export import _FORMATS
from autograder.course import Course
from autograder.gradebook.audit import Audit
from autograder.gradebook.book import Book
from autograder.gradebook.erasure import traces
from autograder.gradebook.score import Score
from autograder.intake.roster import Person
from autograder.report.research import pseudonym
from autograder.report.sheets import FORMATS, Class, Sheet
from tests.nbgrader_command import nbgrader
from tests.toy import SOLVED, TOY_COURSE, hand_in, handed_in

ROSTER = (
    "student,first_name,last_name,email,section,lms_user_id\nada,Ada,Lovelace,ada@x.org,A,77\n"
    'bo,=1+1,"Li, Jr.",bo@x.org,B,78\ncy,,,,,\n'
)
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def table(text: str) -> list[list[str]]:
    """Read a table as another program does: a mark of UTF-8, commas, quotes."""
    return list(csv.reader(io.StringIO(text.encode().decode("utf-8-sig"))))


@pytest.fixture(scope="module")
def graded_class(toy_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a graded class of two students who handed in and one who did not, with a person's points and comment."""
    folder = shutil.copytree(toy_root / "empty", tmp_path_factory.mktemp("export") / "class")
    course = Course.load(toy_root, folder)
    (folder / "roster.csv").write_text(ROSTER)
    assert run(course, "roster") == 0
    for student, work in (("ada", SOLVED | {"explain_double": "Written by ada"}), ("bo", {"middle": "middle = 2.5"})):
        path = hand_in(course.submitted, student, handed_in(work))
        (path.parent / "timestamp.txt").write_text("2026-09-27 20:00:00 UTC")
    assert run(course, "extend", "bo", "1", "--days", "30", "--reason", "secret illness") == 0
    assert run(course, "grade", "--workers", "1") == 0
    rows = "".join(f"01_toy,explain_double,{student},ta\n" for student in ("ada", "bo"))
    (folder / "split.csv").write_text(f"lab,check,student,assistant\n{rows}")
    return folder


@pytest.fixture
def graded(toy_root: Path, graded_class: Path, tmp_path: Path) -> Course:
    """Return a copy of that class."""
    return Course.load(toy_root, shutil.copytree(graded_class, tmp_path / "class"))


def run(course: Course, *words: str) -> int:
    """Run a subcommand on a class."""
    return main(["--root", str(course.root), *words, "--class", str(course.class_folder)])


def exported(course: Course, *words: str) -> list[list[str]]:
    """Return the table that a command writes."""
    path = course.class_folder / "out.csv"
    assert run(course, "export", *words, "-o", str(path)) == 0
    assert path.stat().st_mode & 0o077 == 0
    return table(path.read_text("utf-8"))


def test_the_table_for_spreadsheets(graded: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """Everybody has a row, points are the gradebook's, what is not read yet is said, and a name is no formula."""
    head, ada, bo, cy = exported(graded)
    with Book(graded) as book:
        scores = book.scores()
    most = scores["ada", "01_toy"].max_score
    assert ["student", "last_name", "first_name", "email", "section", "lms_user_id"] == head[:6]
    assert [f"01_toy (of {most:g})", "final grade in %", "dropped", "not read yet"] == head[6:]
    assert ["ada", "Lovelace", "Ada", "ada@x.org", "A", "77"] == ada[:6]
    assert ["bo", "Li, Jr.", "'=1+1", "bo@x.org", "B", "78"] == bo[:6]
    points = [scores[name, "01_toy"].score - scores[name, "01_toy"].late_penalty for name in ("ada", "bo")]
    assert [*points, 0.0] == [float(row[6]) for row in (ada, bo, cy)]
    assert [round(100 * value / most, 4) for value in (*points, 0.0)] == [float(row[7]) for row in (ada, bo, cy)]
    assert ["01_toy", "", ""] == [row[9] for row in (ada, bo, cy)]
    assert "1 submissions hold written answers that nobody has read" in capsys.readouterr().err


def test_canvas(graded: Course) -> None:
    """The table has Canvas's own columns, the points that are to be had, and students under Canvas's ids."""
    head, most, *rows = exported(graded, "--format", "canvas", "--lab", "1")
    assert ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Toy"] == head
    assert ("Points Possible", "") == (most[0].strip(), most[1])
    assert [["Lovelace, Ada", "77", "", "ada", "A"], ["Li, Jr., =1+1", "78", "", "bo", "B"]] == [
        r[:5] for r in rows[:2]
    ]
    assert ["cy", "", "", "cy", ""] == rows[2][:5]
    assert run(graded, "roster", str(graded.class_folder / "out.csv"), "--dry-run") == 0  # as Canvas exports it


def test_moodle(graded: Course) -> None:
    """The table has what Moodle tells students by, then the points."""
    head, ada, *_ = exported(graded, "--format", "moodle")
    assert ["Username", "First name", "Last name", "Email address", "Toy"] == head
    assert ["ada", "Ada", "Lovelace", "ada@x.org"] == ada[:4]


def test_nbgraders_export_writes_the_same(graded: Course, tmp_path: Path) -> None:
    """`nbgrader export` with our plugin writes the bytes that `course export` does."""
    home = tmp_path / "home"
    shutil.copytree(graded.root, home, ignore=shutil.ignore_patterns("class", "empty"))
    course = Course.load(home, shutil.copytree(graded.class_folder, home / "class"))
    nbgrader(course.root, "export", "--exporter=autograder.report.exporters.Canvas", "--to=canvas.csv")
    assert run(course, "export", "--format", "canvas", "-o", str(home / "ours.csv")) == 0
    assert (home / "ours.csv").read_bytes() == (home / "canvas.csv").read_bytes()


def test_what_may_still_come_is_no_zero() -> None:
    """An empty cell while a student may hand in, by extension or because there is no due date; then 0."""
    course = Course.load(TOY_COURSE, Path("nowhere"))
    due = course.labs[0].due
    assert due is not None
    course = replace(course, labs=(course.labs[0], replace(course.labs[0], name="02_open", due=None)))
    scores = {("ada", lab.name): Score(1, 2, False, 0, {}, {}) for lab in course.labs}
    people, extra = [Person("ada"), Person("bo"), Person("cy")], {("bo", "01_toy"): timedelta(days=2)}
    cells = {
        hours: [
            Class.of(course, people, scores, extra, now=due + timedelta(hours=hours)).points(one.student)
            for one in people
        ]
        for hours in (-1, 1, 49)
    }
    assert [(1, 1), (None, None), (None, None)] == cells[-1]
    assert [(1, 1), (None, None), (0, None)] == cells[1]
    assert [(1, 1), (0, None), (0, None)] == cells[49]


@given(st.text(), st.floats(-1e6, 1e6), st.sampled_from(["=", "+", "-", "@", "\t=", " =", "\r@", "＝", "|"]))
def test_no_text_is_a_formula(text: str, number: float, begin: str) -> None:
    """No cell of text begins like a formula, numbers stay numbers, and the table has as many cells as it was given."""
    rows = table(Sheet(("a", "=b"), ((begin + text, number), (text, None))).text())
    assert [2, 2, 2] == [len(row) for row in rows]
    shown = [rows[0][1], rows[1][0], rows[2][0]]
    assert not any(value.lstrip()[:1] in {*"=+-@\t\r＝"} for value in shown if value.strip())
    assert number == pytest.approx(float(rows[1][1]), abs=1e-4)


def test_numbers_are_short_and_text_is_quoted() -> None:
    """7.000000001 is 7, and each text stands in quotes, so that no separator in it counts."""
    assert (
        '\ufeff"a","b;c"\n7,"x, ""y"""\n0.3333,""\n'
        == Sheet(("a", "b;c"), ((7.000000001, 'x, "y"'), (1 / 3, None))).text()
    )


def test_research(graded: Course) -> None:
    """Each verdict has a row; no name, id, address, message or answer of anybody is in it; days, no hours."""
    (graded.class_folder / "roster.csv").write_text(ROSTER)
    head, *rows = exported(graded, "--anonymous")
    text = (graded.class_folder / "out.csv").read_text("utf-8")
    secret = graded.secret()
    assert {pseudonym(secret, "ada"), pseudonym(secret, "bo")} == {row[0] for row in rows}
    assert sorted(rows, key=lambda row: row[:2]) == rows
    assert (
        "2"
        == dict(zip(head, next(row for row in rows if row[0] == pseudonym(secret, "ada")), strict=True))["days_late"]
    )
    for private in ("ada", "bo", "Lovelace", "x.org", "Written by", "illness", "2026-09"):
        assert private not in {word for row in rows for word in row}
        assert private not in text or len(private) < 4  # two letters may be part of a number in hexadecimal
    assert exported(graded, "--anonymous") == [head, *rows]
    assert pseudonym(secret, "ada") != pseudonym(secret + b"!", "ada")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--anonymous", "--format", "canvas"), "give one or the other"),
        (("--lab", "9"), "no lab '9'"),
        (("-o", "/proc/nowhere/x.csv"), "cannot write /proc/nowhere/x.csv"),
    ],
)
def test_wrong_usage(graded: Course, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str) -> None:
    """What cannot be exported is said in a sentence."""
    assert run(graded, "export", *words) == 2
    assert said in capsys.readouterr().err


def kept(folder: Path, word: bytes) -> Iterator[Path]:
    """Find the files of a class that hold a word, in their name or in their bytes."""
    for path in sorted(folder.rglob("*")):
        if word.decode() in path.parts or (path.is_file() and word in path.read_bytes()):
            yield path.relative_to(folder)


def test_forgetting_a_student(graded: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """First it is said what there is; then no file of the class, no row and no free page of the database holds it."""
    before = sorted(graded.class_folder.rglob("*"))
    assert run(graded, "forget", "bo") == 1
    assert "nothing was deleted" in (said := capsys.readouterr().out)
    for where in (
        "submitted/bo",
        "autograded/bo",
        "feedback/bo",
        "results.jsonl",
        "audit.jsonl",
        "gradebook.db",
        "split.csv",
    ):
        assert where in said
    assert before == sorted(graded.class_folder.rglob("*"))
    others = exported(graded)[1]
    (graded.class_folder / "out.csv").unlink()
    assert [0, 0] == [run(graded, "export"), run(graded, "export", "--anonymous")]
    assert run(graded, "forget", "bo", "--yes") == 0
    assert [] == [*(graded.class_folder / "export").iterdir()]
    for word in (b"bo@x.org", b"illness", b"Li, Jr.", b'"bo"'):
        assert [] == list(kept(graded.class_folder, word))
    assert [] == [path for path in graded.class_folder.rglob("*") if path.name == "bo"]
    assert {"ada"} == {change.student for change in Audit.of(graded).changes()}
    assert "01_toy,explain_double,ada,ta\n" in (graded.class_folder / "split.csv").read_text()
    with closing(sqlite3.connect(graded.gradebook_path)) as database:
        dump = "\n".join(database.iterdump())
    assert "'bo'" not in dump
    assert "'ada'" in dump
    assert [others] == [row for row in exported(graded) if row[0] == "ada"]
    assert ["ada", "cy"] == [row[0] for row in exported(graded)[1:]]
    capsys.readouterr()
    assert run(graded, "forget", "bo", "--yes") == 2
    assert "nothing is kept of 'bo'" in capsys.readouterr().err


def test_forgetting_goes_on_after_any_end(graded: Course) -> None:
    """Ended after any of its steps, the same command deletes the rest; nobody else loses anything."""
    with Book(graded) as book:
        steps = len(traces(graded, book, "bo"))
    assert steps >= 8
    for number in range(steps + 1):
        course = Course.load(graded.root, shutil.copytree(graded.class_folder, graded.class_folder / f"../{number}"))
        with Book(course) as book:
            for trace in traces(course, book, "bo")[:number]:
                trace.delete()
        assert run(course, "forget", "bo", "--yes") == 0
        with Book(course) as book:
            assert ([], {("ada", "01_toy")}) == (traces(course, book, "bo"), {*book.scores()})
        assert "bo" not in (course.class_folder / "report.html").read_text().split()


@pytest.mark.parametrize("student", ["..", ".", "", "a/b", "../class", "*"])
def test_only_a_student_is_forgotten(graded: Course, student: str) -> None:
    """A path or a pattern is nobody's id: nothing is deleted."""
    before = sorted(graded.class_folder.rglob("*"))
    assert run(graded, "forget", student, "--yes") == 2
    assert before == sorted(graded.class_folder.rglob("*"))


def test_half_a_line_may_be_anybodys(graded: Course) -> None:
    """A damaged line goes if the id stands in it; a line of somebody whose id is longer stays."""
    path = graded.class_folder / "journal" / "damaged.jsonl"
    path.write_text(json.dumps({"student": "bob"}) + '\n{"stud\n{"student": "bo", "la\n')
    assert run(graded, "forget", "bo", "--yes") == 0
    assert '{"student": "bob"}\n{"stud\n' == path.read_text()


def test_formats_are_those_of_the_command() -> None:
    """The command offers each format that there is."""
    assert tuple(FORMATS) == _FORMATS
