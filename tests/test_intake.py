"""Intake: every file ends in exactly one status, with a message that a student can act on."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import UsageError
from autograder.intake.folder import Folder, read_submission
from autograder.intake.received import parse_timestamp
from autograder.intake.submission import Submission
from tests.toy import hand_in, handed_in, toy_course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Return a toy course with an empty folder of submissions."""
    course = toy_course(tmp_path / "course")
    course.submitted.mkdir(parents=True)
    return course


def found(course: Course, **options: str) -> dict[tuple[str, str], Submission]:
    """Return what the folder holds, read, by student and lab."""
    submissions = Folder(course, course.submitted).submissions(**options)
    return {(s.student, s.lab): read_submission(s, largest=100_000) for s in submissions}


def test_notebook_is_read(course: Course) -> None:
    """A notebook in its place is ready to be graded."""
    hand_in(course.submitted, "ada", handed_in())
    submission = found(course)["ada", "01_toy"]
    assert submission.status == "GRADED"
    assert (submission.notebook or {})["nbformat"] == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"this is no JSON", "not a notebook"),
        (b'{"cells": [{"cell_type": "code", "sou', "breaks off in line 1"),
        ("é".encode("latin-1") * 20, "not UTF-8"),
        (b"[1, 2]", "not a notebook"),
        (b'{"cells": []}', "no cells"),
        (b'{"cells": "none", "metadata": 3}', "no cells"),
        (b'{"cells": [3, null, "x"]}', "no cells"),
        (b"[" * 100_000 + b"]" * 0, "no notebook holds"),
        (b'{"a": ' * 9_000 + b"1" + b"}" * 9_000, "no notebook holds"),
        (b"9" * 10_000, "no notebook holds"),
        (b'{"cells": 1}' + b" " * 200_000, "Clear Outputs"),
        (b"\x00\x01\x02\x03", "not"),
    ],
)
def test_unreadable(course: Course, content: bytes, words: str) -> None:
    """A file that is no notebook is UNREADABLE and says why."""
    hand_in(course.submitted, "ada", content)
    submission = found(course)["ada", "01_toy"]
    assert (submission.status, submission.notebook) == ("UNREADABLE", None)
    assert words in submission.message


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_other_unicode_encodings_are_read(course: Course, encoding: str) -> None:
    """A notebook that an editor saved in another Unicode encoding counts."""
    hand_in(course.submitted, "ada", json.dumps(handed_in()).encode(encoding))
    assert found(course)["ada", "01_toy"].status == "GRADED"


def test_old_nbformat_is_read(course: Course) -> None:
    """A notebook of nbformat 3 keeps its cells in worksheets."""
    old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1"], "language": "python"}]}]}
    hand_in(course.submitted, "ada", old)
    assert found(course)["ada", "01_toy"].status == "GRADED"


def test_links_are_refused(course: Course, tmp_path: Path) -> None:
    """No link is followed: not as a notebook, nor as a lab's folder, nor as a student's."""
    real = hand_in(tmp_path / "elsewhere", "eve", handed_in())
    notebook = course.submitted / "ada" / "01_toy" / "01_toy.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.symlink_to(real)
    (course.submitted / "bob").mkdir()
    (course.submitted / "bob" / "01_toy").symlink_to(real.parent)
    (course.submitted / "eve").symlink_to(real.parent.parent)
    submissions = found(course)
    assert ["UNREADABLE"] * 3 == [submissions[name, "01_toy"].status for name in ("ada", "bob", "eve")]
    assert all("link" in submission.message for submission in submissions.values())


def test_pipe_does_not_hang(course: Course) -> None:
    """A named pipe in place of a notebook is refused, not waited for."""
    path = course.submitted / "ada" / "01_toy" / "01_toy.ipynb"
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    assert found(course)["ada", "01_toy"].status == "UNREADABLE"


def test_folder_as_notebook(course: Course) -> None:
    """A folder named like a notebook is refused."""
    (course.submitted / "ada" / "01_toy" / "01_toy.ipynb").mkdir(parents=True)
    assert found(course)["ada", "01_toy"].status == "UNREADABLE"


def test_unknown_lab(course: Course) -> None:
    """A folder that no lab is named like says which names there are."""
    hand_in(course.submitted, "ada", handed_in(), lab="lab-one")
    submission = found(course)["ada", "lab-one"]
    assert submission.status == "UNKNOWN_LAB"
    assert "01_toy, 02_more" in submission.message


def test_missing(course: Course) -> None:
    """A student of the class without a submission is MISSING; a lab that nobody handed in is still to come."""
    hand_in(course.submitted, "ada", handed_in())
    (course.submitted / "bob" / "01_toy").mkdir(parents=True)
    submissions = Folder(course, course.submitted, roster=frozenset({"cleo"})).submissions()
    assert [("ada", "GRADED"), ("bob", "MISSING"), ("cleo", "MISSING")] == [(s.student, s.status) for s in submissions]


def test_other_name_is_taken(course: Course) -> None:
    """One notebook under another name is taken, and that is said; of two, none is."""
    one = hand_in(course.submitted, "ada", handed_in())
    one.rename(one.with_name("01_toy (1).ipynb"))
    two = hand_in(course.submitted, "bob", handed_in())
    (two.with_name("old.ipynb")).write_bytes(two.read_bytes())
    two.rename(two.with_name("new.ipynb"))
    submissions = found(course)
    assert ("GRADED", "MISSING") == (submissions["ada", "01_toy"].status, submissions["bob", "01_toy"].status)
    assert "01_toy (1).ipynb" in submissions["ada", "01_toy"].message


def test_notebook_beside_its_folder(course: Course) -> None:
    """A notebook directly in the student's folder is taken too."""
    path = hand_in(course.submitted, "ada", handed_in())
    path.rename(course.submitted / "ada" / "01_toy.ipynb")
    path.parent.rmdir()
    submissions = found(course)
    assert {("ada", "01_toy"): "GRADED"} == {key: s.status for key, s in submissions.items()}


def test_hidden_files_are_nobodys(course: Course) -> None:
    """Checkpoints and an operating system's marks are no submissions."""
    hand_in(course.submitted, "ada", handed_in())
    hand_in(course.submitted, ".ipynb_checkpoints", handed_in())
    (course.submitted / "ada" / ".DS_Store").write_text("")
    (course.submitted / "readme.txt").write_text("")
    assert [("ada", "01_toy")] == list(found(course))


def test_names_that_are_no_text(course: Course) -> None:
    """A student's folder whose name is not UTF-8 is graded under a name that can be printed."""
    folder = Path(os.fsdecode(os.fsencode(course.submitted) + b"/jos\xe9"))
    path = hand_in(course.submitted, "x", handed_in())
    path.parent.parent.rename(folder)
    assert [("jos\\xe9", "01_toy")] == list(found(course))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-25 23:59:00 UTC", "2026-09-25T23:59:00+00:00"),
        ("2026-09-25 23:59:00.500000 UTC\n", "2026-09-25T23:59:00.500000+00:00"),
        ("2026-09-25 23:59:00 Europe/Berlin", "2026-09-25T21:59:00+00:00"),
        ("2026-09-25 23:59:00 +0200", "2026-09-25T21:59:00+00:00"),
        ("2026-09-25T23:59:00", "2026-09-25T23:59:00+00:00"),
        ("2026-09-25 23:59:00 ../../etc/passwd", None),
        ("2026-02-31 23:59:00", None),
        ("0001-01-01 00:00:00 +2359", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_timestamp(text: str, expected: str | None) -> None:
    """Timestamps are read as nbgrader writes them; anything else is none."""
    moment = parse_timestamp(text)
    assert expected == (None if moment is None else moment.isoformat())


def test_late(course: Course) -> None:
    """The timestamp beside a notebook says how late it is, extensions count; without one the file's time does."""
    for student in ("ada", "bob"):
        path = hand_in(course.submitted, student, handed_in())
        (path.parent / "timestamp.txt").write_text("2026-09-26 00:59:00 Europe/Berlin")
    cleo = hand_in(course.submitted, "cleo", handed_in())
    moment = datetime(2026, 9, 25, 22, 59, tzinfo=UTC).timestamp()
    os.utime(cleo, (moment, moment))
    folder = Folder(course, course.submitted, extensions={("bob", "01_toy"): timedelta(hours=2)})
    assert {"ada": 3600.0, "bob": 0.0, "cleo": 3600.0} == {s.student: s.late_seconds for s in folder.submissions()}


def test_choice(course: Course) -> None:
    """One lab or one student can be chosen; a name that is none is an error."""
    for student in ("ada", "bob"):
        hand_in(course.submitted, student, handed_in())
    assert {("ada", "02_more"), ("bob", "02_more")} == set(found(course, lab="2"))
    assert {("bob", "01_toy")} == set(found(course, student="bob"))
    with pytest.raises(UsageError, match="no lab '7'"):
        found(course, lab="7")
    with pytest.raises(UsageError, match="no student 'zoe'"):
        found(course, student="zoe")
    with pytest.raises(UsageError, match="no folder"):
        Folder(course, course.root / "nowhere").submissions()


def test_folder_that_may_not_be_read(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails is our fault: INFRA, never a zero."""
    path = hand_in(course.submitted, "ada", handed_in())

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    submission = Folder(course, course.submitted).submissions()[0]
    monkeypatch.setattr("autograder.intake.reader.os.open", refuse)
    assert path == submission.path
    assert "INFRA" == read_submission(submission).status
