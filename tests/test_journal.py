"""The journal answers for what has not changed, names what is damaged, and loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.cli import main
from autograder.course import Course
from autograder.gradebook.grader import Graded
from autograder.gradebook.journal import Entry, Journal
from autograder.gradebook.key import Key, Keys
from autograder.intake.folder import Folder
from autograder.release.build import build
from autograder.verdict import CheckStatus, GradingResult, SubmissionStatus, Verdict
from tests.gradebooks import content, verdicts
from tests.toy import SOLVED, hand_in, handed_in, toy_course

KEY = Key("submission", "lab", "secret", "engine", "packages")
STUDENTS = ("ada", "bob", "eve")


def entry(student: str, points: float = 1.0) -> Entry:
    """Return an entry with one verdict."""
    verdict = Verdict("double", "check_double_two", CheckStatus.CORRECT, points, 1.0, "✓ right", "none")
    result = GradingResult(student, "01_toy", SubmissionStatus.GRADED, verdicts=(verdict,), notes=("a note",))
    return Entry.of(KEY, Graded(result, "a notebook", ("middle",)))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Return an empty journal."""
    return Journal(tmp_path / "journal" / "results.jsonl")


def test_entries_come_back(journal: Journal) -> None:
    """What is appended is read again, the last of each submission."""
    journal.append([entry("ada"), entry("bob")])
    journal.append([entry("ada", 0.5)])
    assert list(journal.latest().values()) == [entry("ada", 0.5), entry("bob")]
    assert journal.mend() == []
    assert journal.path.read_bytes().count(b"\n") == 2


@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_torn_last_line_is_named_and_set_aside(journal: Journal, cut: int) -> None:
    """Whatever is left of a line that was being written, all others stand, and the next run can append."""
    journal.append([entry("ada"), entry("bob")])
    content = journal.path.read_bytes()
    journal.path.write_bytes(content[:-cut])
    torn = journal.path.read_bytes().split(b"\n")[1]
    if cut > 1:  # a line that lacks nothing but its end is whole
        (said,) = journal.mend()
        assert "results.jsonl, line 2: it is half a line" in said
        assert journal.path.with_name("damaged.jsonl").read_bytes() == torn + b"\n"
        assert [found.result.student for found in journal.latest().values()] == ["ada"]
    journal.append([entry("eve")])
    assert "eve" in {found.result.student for found in journal.latest().values()}


@pytest.mark.parametrize("damage", [b"\x00", b'"points": 9', b"}", b"\xff"])
def test_a_damaged_line_is_named_and_set_aside(journal: Journal, damage: bytes) -> None:
    """A line in the middle that is not what was written does not count, even if it is JSON."""
    journal.append([entry(student) for student in STUDENTS])
    lines = journal.path.read_bytes().split(b"\n")
    lines[1] = lines[1].replace(b'"points": 1', damage)
    journal.path.write_bytes(b"\n".join(lines))
    (said,) = journal.mend()
    assert "line 2: it is damaged" in said
    assert [found.result.student for found in journal.latest().values()] == ["ada", "eve"]
    assert journal.path.with_name("damaged.jsonl").read_bytes() == lines[1] + b"\n"
    assert journal.mend() == []


def grade(course: Course, *options: str) -> int:
    """Run ``course grade`` with one worker."""
    where = ["--root", str(course.root), "grade", "--class", str(course.class_folder), "--workers", "1"]
    return main([*where, *options])


def test_what_has_not_changed_is_not_graded_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each reason to grade again is said, and touches what it must; everything else comes from the journal."""
    course = toy_course(tmp_path / "toy")
    build(course).write()
    for student in STUDENTS:
        hand_in(course.submitted, student, handed_in(SOLVED))
    hand_in(course.submitted, "ada", handed_in(SOLVED, "02_more"), "02_more")
    journal = Journal.of(course)

    def run(*options: str) -> str:
        assert grade(course, *options) == 0
        lines = capsys.readouterr().err.split("grading:")[0].splitlines()
        return "\n".join(line for line in lines if not line.startswith("student code will run")).strip()

    assert run() == ""
    before = content(course), verdicts(course)
    assert run() == "6 unchanged, taken from the journal"
    assert (content(course), verdicts(course)) == before

    hand_in(course.submitted, "bob", handed_in({"double": SOLVED["double"]}))
    assert run() == "5 unchanged, taken from the journal; 1 graded again: handed in again"

    graded = course.autograded / "eve" / "01_toy" / "01_toy.ipynb"
    graded.write_text(graded.read_text()[:-5])
    assert run() == "5 unchanged, taken from the journal; 1 graded again: not written whole before"

    lines = journal.path.read_bytes().split(b"\n")
    journal.path.write_bytes(b"\n".join([lines[0][:-9], *lines[1:]]))
    said = run()
    assert "line 1: it is damaged; it was set aside in damaged.jsonl" in said
    assert "5 unchanged, taken from the journal" in said

    source = course.solutions / "02_more.py"
    source.write_text(source.read_text().replace("# # More toys", "# # Still more toys"))
    assert run() == "3 unchanged, taken from the journal; 3 graded again: the lab has changed"

    toml = course.root / "course.toml"
    toml.write_text(toml.read_text().replace("2026-09-25T23:59:00", "2020-09-25T23:59:00"))
    course = Course.load(course.root)
    assert run() == "6 unchanged, taken from the journal"
    assert min(found.result.late_seconds for found in journal.latest().values() if found.notebook) == 0.0
    assert journal.latest()["eve", "01_toy"].result.late_seconds > 0

    course.gradebook_path.unlink()
    assert "taken from the journal" in run()
    assert run("--force") == "6 graded again: asked for with --force"


def test_a_key_holds_all_that_decides(toy: Course) -> None:
    """Another submission, another lab and another secret make another key; the same ones the same."""
    hand_in(toy.submitted, "ada", handed_in(SOLVED))
    hand_in(toy.submitted, "bob", handed_in({}))
    hand_in(toy.submitted, "ada", handed_in(SOLVED, "02_more"), "02_more")
    ada, more, bob, _ = Folder(toy, toy.submitted).submissions()
    keys = Keys(toy)
    assert keys.key(ada) == Keys(toy).key(ada)
    assert keys.key(bob).changed(keys.key(ada)) == ("submission",)
    assert "lab" in keys.key(more).changed(keys.key(ada))
    (toy.class_folder / "secret").write_text("another")
    assert Keys(toy).key(ada).changed(keys.key(ada)) == ("secret",)
