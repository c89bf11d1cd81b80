"""Notebooks that were handed in again: all are kept, a rule says which one counts, and receipts are compared."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.course import Course
from autograder.gradebook.book import Book
from autograder.intake.attempts import Attempt, Place, misplaced
from autograder.intake.collect import collect
from autograder.intake.received import received
from autograder.release.build import build
from tests.toy import SOLVED, handed_in, toy_course

DUE = datetime(2026, 10, 2, 21, 59, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TOML = (
    '[term]\ntimezone = "Europe/Berlin"\n[late]\ngrace_minutes = 10\npenalty = 0.5\n[grades]\ncounts = "{}"\n'
    '[labs.01_toy]\ntitle = "Toy"\nminutes = 9\ndue = 2026-10-02T23:59:00\n'
)


def course_with(root: Path, counts: str) -> Course:
    """Return a course with a rule, and the class that it may have already."""
    (root / "course.toml").write_text(TOML.format(counts))
    return Course.load(root)


def archive(path: Path, content: bytes, after: timedelta, name: str = "01_toy.ipynb") -> Path:
    """Write an archive of Moodle's with one file, handed in so long after the due date; its clock is Berlin's."""
    moment = DUE + after + timedelta(hours=2)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(zipfile.ZipInfo(f"Ada L_7_assignsubmission_file_/{name}", moment.timetuple()[:6]), content)
    return path


def counting(course: Course) -> bytes:
    """Return what is in the place of Ada's notebook."""
    return Place(course, "ada-l", "01_toy").submitted.read_bytes()


TIMES = {b"first": -60 * MINUTE, b"second": 6 * MINUTE, b"third": 30 * MINUTE, b"fourth": 60 * MINUTE}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
@pytest.mark.parametrize(("counts", "content"), [("last", b"fourth"), ("last on time", b"second")])
def test_all_are_kept_and_one_counts(tmp_path: Path, counts: str, content: bytes, order: tuple[int, ...]) -> None:
    """In whatever order archives come, and twice: the same notebooks, and the one of the rule; grace is on time."""
    course = course_with(tmp_path, counts)
    handed = list(TIMES.items())
    for number in (*order, *order):
        collect(course, archive(tmp_path / "all.zip", *handed[number]))
    place = Place(course, "ada-l", "01_toy")
    assert list(TIMES) == [attempt.path.read_bytes() for attempt in place.attempts()]
    assert content == counting(course)
    assert DUE + TIMES[content] == received(place.submitted)


def test_nothing_on_time(tmp_path: Path) -> None:
    """Where nothing was on time, the last one counts."""
    course = course_with(tmp_path, "last on time")
    for content in (b"third", b"fourth"):
        collect(course, archive(tmp_path / "all.zip", content, TIMES[content]))
    assert b"fourth" == counting(course)


def test_a_later_rule_or_extension_counts(tmp_path: Path) -> None:
    """Which one counts is asked again with each grading."""
    course = course_with(tmp_path, "last on time")
    for content, after in TIMES.items():
        collect(course, archive(tmp_path / "all.zip", content, after))
    longer = {("ada-l", "01_toy"): 21 * MINUTE}
    ((place, third),) = misplaced(course, longer)
    assert (b"second", b"third") == (counting(course), third.path.read_bytes())
    place.put(third)
    assert ([], b"third") == (misplaced(course, longer), counting(course))
    ((place, fourth),) = misplaced(course_with(tmp_path, "last"), {})
    assert b"fourth" == fourth.path.read_bytes()


def test_what_was_put_in_place_by_hand_is_kept(tmp_path: Path) -> None:
    """A notebook that came another way is an attempt, too, and loses nothing by an archive."""
    course = course_with(tmp_path, "last")
    place = Place(course, "ada-l", "01_toy")
    place.submitted.parent.mkdir(parents=True)
    place.submitted.write_bytes(b"by hand")
    (place.submitted.parent / "timestamp.txt").write_text("2026-10-02 21:00:00 UTC")
    told = collect(course, archive(tmp_path / "all.zip", b"first", TIMES[b"first"] - MINUTE))
    assert b"by hand" == counting(course)
    assert ["ada-l 01_toy: what was handed in later stays."] == told.notes
    collect(course, archive(tmp_path / "all.zip", b"fourth", TIMES[b"fourth"]))
    assert [b"first", b"by hand", b"fourth"] == [attempt.path.read_bytes() for attempt in place.attempts()]


def test_attempts_are_known_by_their_names(tmp_path: Path) -> None:
    """Other files in the folder are none."""
    place = Place(course_with(tmp_path, "last"), "ada-l", "01_toy")
    kept = place.keep(b"x", DUE, 3)
    for name in ("notes.txt", kept.path.with_suffix(".json").name, "20261332T000000000000Z-0-0123456789abcdef.ipynb"):
        (place.folder / name).write_text("x")
    assert [kept] == place.attempts()
    assert Attempt(3, DUE, hashlib.sha256(b"x").hexdigest()[:16], kept.path) == kept


NOTEBOOK = json.dumps(handed_in(SOLVED)).encode()
RECEIPT = {
    "file": "01_toy/01_toy.ipynb",
    "sha256": hashlib.sha256(NOTEBOOK).hexdigest(),
    "made": "2026-10-02T22:58:00+02:00",
}


@pytest.mark.parametrize(
    ("receipt", "said"),
    [
        (RECEIPT, None),
        (RECEIPT | {"made": "2026-10-02T23:08:00+02:00"}, None),  # clocks differ
        (RECEIPT | {"made": "2026-10-02T22:58:00"}, None),
        (RECEIPT | {"made": "0001-01-01T00:00:00+14:00"}, None),
        (RECEIPT | {"sha256": "0" * 64}, "is not the one that its receipt is for"),
        (RECEIPT | {"file": "02_more/02_more.ipynb"}, "is for '02_more/02_more.ipynb', which is not in the archive"),
        (RECEIPT | {"made": "2026-10-03T08:00:00+02:00"}, "after it was handed in"),
        (RECEIPT | {"made": "soon"}, "its receipt cannot be read"),
        ({}, "its receipt cannot be read"),
        ([], "its receipt cannot be read"),
        ("[" * 5000, "its receipt cannot be read"),
    ],
)
def test_receipts_are_compared_and_never_believed(tmp_path: Path, receipt: object, said: str | None) -> None:
    """What does not fit is said; the notebook is taken all the same, at the time that the archive says."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("receipt.json", receipt if isinstance(receipt, str) else json.dumps(receipt))
        file.writestr("01_toy/01_toy.ipynb", NOTEBOOK)
    course = course_with(tmp_path, "last")
    packed = archive(tmp_path / "all.zip", inner.getvalue(), -60 * MINUTE, "01_toy-1.zip")
    told = collect(course, packed)
    assert (said is None) == (told.notes == [])
    assert (said or "") in " ".join(told.notes)
    assert {("ada-l", "01_toy"): DUE - 60 * MINUTE} == told.taken


def test_who_is_on_no_roster_is_said(tmp_path: Path) -> None:
    """The work is kept under the system's name, and nobody is guessed."""
    course = course_with(tmp_path, "last")
    course.class_folder.mkdir()
    (course.class_folder / "roster.csv").write_text("student,first_name,last_name\nada,Ada,Lovelace\n")
    told = collect(course, archive(tmp_path / "all.zip", NOTEBOOK, -MINUTE))
    said = (
        "'Ada L' 7 is not on the roster, or two are called so: give its student the lms_user_id 7 in class/roster.csv,"
        " run `course roster`, and hand the archive over again."
    )
    assert [said] == told.notes
    assert {("ada-l", "01_toy")} == told.taken.keys()


def test_the_best_counts(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """All are graded, lateness is taken off, and each is graded once."""
    course = toy_course(tmp_path)
    rules = '[late]\npenalty = 0.6\n[grades]\ncounts = "best"\n[limits]'
    (tmp_path / "course.toml").write_text((tmp_path / "course.toml").read_text().replace("[limits]", rules))
    build(course).write()
    course = Course.load(tmp_path)
    half = {name: SOLVED[name] for name in ("double",)}
    due = datetime(2026, 9, 25, 21, 59, tzinfo=UTC) - DUE
    for answers, after in (({}, -90 * MINUTE), (half, -60 * MINUTE), ({}, -30 * MINUTE), (SOLVED, 60 * MINUTE)):
        collect(course, archive(tmp_path / "all.zip", json.dumps(handed_in(answers)).encode(), due + after))
    grade = ["--root", str(tmp_path), "grade", "--workers", "1"]
    assert main(grade) == 0
    first = capfd.readouterr().err
    assert ("attempts: 100%" in first, "4/4" in first) == (True, True)
    with Book(course) as book:
        assert [3.0] == [score.score - score.late_penalty for score in book.scores().values()]
    assert main(grade) == 0
    assert "attempts:" not in capfd.readouterr().err
