"""`course grade --dry-run`: what it shows is what the run then does, and until then nothing has changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.gradebook.assignment import checksums
from autograder.gradebook.book import Book
from autograder.gradebook.journal import Journal
from autograder.gradebook.rehearsal import Rehearsal
from autograder.gradebook.score import Given
from tests.gradebooks import content
from tests.test_audit import RIGHT, WRONG, by_hand, grade
from tests.toy import hand_in, handed_in

KEPT = "journal/rehearsed/"


def files(course: Course) -> dict[str, str]:
    """Return a digest of each file of a class, but for what a dry run keeps."""
    paths = [path for path in course.class_folder.rglob("*") if path.is_file()]
    digests = {str(path.relative_to(course.class_folder)): hashlib.sha256(path.read_bytes()) for path in paths}
    return {name: digest.hexdigest() for name, digest in digests.items() if not name.startswith(KEPT)}


def given(course: Course) -> dict[tuple[str, str], dict[str, Given]]:
    """Return the score of each check."""
    with Book(course) as book:
        return book.given()


@pytest.fixture(scope="module")
def whole(toy_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return a class in which three students are graded, one check of each by hand, and all have handed in again."""
    folder = shutil.copytree(toy_root / "empty", tmp_path_factory.mktemp("rehearsal") / "class")
    course = Course.load(toy_root, folder)
    for student in ("ada", "bob", "eve"):
        hand_in(course.submitted, student, handed_in(RIGHT))
    assert grade(course) == 0
    by_hand(course, "check_double_two", 0.5)
    for student in ("ada", "bob"):
        hand_in(course.submitted, student, handed_in(WRONG))
    hand_in(course.submitted, "eve", "no notebook")
    return course


@pytest.fixture
def graded(whole: Course, tmp_path: Path) -> Course:
    """Return a copy of that class."""
    return Course.load(whole.root, shutil.copytree(whole.class_folder, tmp_path / "class"))


def test_a_dry_run_tells_and_changes_nothing(
    graded: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its table holds each change of the run after it, old and new, and its JSON is that run's; no file is touched."""
    before, scores = files(graded), given(graded)
    capsys.readouterr()
    assert grade(graded, "--dry-run", "--json", str(tmp_path / "dry.json")) == 0
    said = capsys.readouterr().out
    assert files(graded) == before
    assert given(graded) == scores

    assert grade(graded, "--json", str(tmp_path / "run.json")) == 0
    now = given(graded)
    changed = {
        (student, lab, check)
        for (student, lab), checks in now.items()
        for check in checks
        if checks[check] != scores[student, lab].get(check)
    }
    rows = [tuple(line.split()[:3]) for line in said.splitlines() if line.startswith(("ada", "bob", "eve"))]
    assert sorted(row for row in rows if row[2] != "status") == sorted(changed)
    assert changed == {
        (s, "01_toy", c) for s in ("ada", "bob") for c in ("check_double_any", "check_middle_value", "explain_double")
    }
    assert [row for row in rows if row[2] == "status"] == [("eve", "01_toy", "status")]
    documents = [json.loads((tmp_path / name).read_text()) for name in ("dry.json", "run.json")]
    assert documents[0] == documents[1]  # the seconds too: the run took over what the dry run had graded


def test_the_run_takes_over_what_is_still_true(graded: Course) -> None:
    """A kept result serves the same key alone, and is gone when it is written; the class is as without a dry run."""
    assert grade(graded, "--dry-run") == 0
    kept = Rehearsal.of(graded)
    assert sorted(path.parent.name for path in kept.folder.rglob("*.json")) == ["ada", "bob"]
    (path,) = (kept.folder / "bob").iterdir()
    path.write_bytes(path.read_bytes().replace(b"def double", b"def treble"))  # damaged: it must not count
    hand_in(graded.submitted, "ada", handed_in(RIGHT))  # and this one is not what was handed in since
    assert grade(graded) == 0
    assert not kept.folder.exists()
    assert given(graded)["ada", "01_toy"]["check_double_any"] == Given(2.0)
    left = content(graded)
    assert grade(graded, "--force") == 0
    assert content(graded) == left
    assert set(Journal.of(graded).latest()) >= {("ada", "01_toy"), ("bob", "01_toy"), ("eve", "01_toy")}


def test_a_dry_run_needs_something_to_compare_with(
    toy: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a gradebook there is nothing old; an archive would be taken into the class."""
    archive = tmp_path / "all.zip"
    archive.write_bytes(b"PK")
    assert grade(toy, "--dry-run", str(archive)) == 2
    assert "unpack it" in capsys.readouterr().err
    toy.gradebook_path.unlink()
    assert grade(toy, "--dry-run") == 2
    assert "nothing is graded" in capsys.readouterr().err
    assert not toy.gradebook_path.exists()


def test_checksums_are_those_of_the_gradebook(toy: Course) -> None:
    """What a dry run computes is what registering a lab records."""
    with Book(toy) as book:
        assert checksums(toy, toy.lab("1")) == book.register("01_toy")
