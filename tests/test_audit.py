"""The audit: a line for each score that changed, by whom and why, whatever ended a run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.course import Course
from autograder.gradebook.audit import BY_HAND, Audit, Cause, Change, this_user
from autograder.gradebook.book import Book
from autograder.gradebook.score import LATE, Given
from tests.toy import SOLVED, hand_in, handed_in

ADA = ("ada", "01_toy")
RUN = {ADA: Cause("ed", "graded", "engine", "lab")}
RIGHT = SOLVED | {"explain_double": "2 times 2 is 4"}
WRONG = {"double": "def double(x):\n    return x"}


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    """Return an empty audit."""
    return Audit(tmp_path / "journal" / "audit.jsonl")


def said(changes: list[Change]) -> list[tuple[object, ...]]:
    """Return what matters of changes in a test."""
    return [(change.who, change.check, change.old, change.new, change.why) for change in changes]


def test_a_line_for_each_change_and_none_without(audit: Audit) -> None:
    """Scores that stay get no line; a second reader of the file knows what the first wrote."""
    assert said(audit.follow({ADA: {"a": Given(1.0), "b": Given(None)}}, RUN)) == [("ed", "a", None, 1.0, "graded")]
    assert audit.follow({ADA: {"a": Given(1.0), "b": Given(None)}}, RUN) == []
    other = Audit(audit.path)
    assert said(other.follow({ADA: {"a": Given(0.0)}}, RUN)) == [("ed", "a", 1.0, 0.0, "graded")]
    assert said(audit.follow({ADA: {}}, RUN)) == [("ed", "a", 0.0, None, "the check is gone from its lab")]
    assert [change.new for change in audit.changes()] == [1.0, 0.0, None]
    assert (audit.changes()[0].engine, audit.changes()[0].lab_version) == ("engine", "lab")


def test_who_gave_a_score_by_hand(audit: Audit) -> None:
    """A person's score is not the machine's; whose score it replaced is said; taking it away is by hand, too."""
    found = Cause(BY_HAND, "found")
    audit.follow({ADA: {"a": Given(1.0)}}, RUN)
    steps = [
        (Given(2.0, by_hand=True), Cause("bob", "in formgrader")),
        (Given(1.5, by_hand=True), Cause("eve", "read")),
    ]
    steps += [(Given(0.5, by_hand=True), found), (Given(1.0), found), (Given(0.0), found)]
    lines = [said(audit.follow({ADA: {"a": given}}, RUN, hand))[0] for given, hand in steps]
    assert lines == [
        ("bob", "a", 1.0, 2.0, "in formgrader"),
        ("eve", "a", 2.0, 1.5, "read, over a score that bob gave"),
        (BY_HAND, "a", 1.5, 0.5, "found, over a score that eve gave"),
        (BY_HAND, "a", 0.5, 1.0, "found"),
        ("ed", "a", 1.0, 0.0, "graded"),
    ]


@pytest.mark.parametrize("cut", [1, 20])
def test_half_a_line_is_written_again(audit: Audit, cut: int) -> None:
    """What a killed run left half written is found again, and the file can be read on."""
    audit.follow({ADA: {"a": Given(1.0), "b": Given(2.0)}}, RUN)
    audit.path.write_bytes(audit.path.read_bytes()[:-cut])
    again = Audit(audit.path).follow({ADA: {"a": Given(1.0), "b": Given(2.0)}}, RUN)
    assert [change.check for change in again] == ([] if cut == 1 else ["b"])
    assert {(change.check, change.new) for change in Audit(audit.path).changes()} == {("a", 1.0), ("b", 2.0)}


def test_scores_are_put_together_as_nbgrader_does() -> None:
    """Manual scores, extra credit and penalties count as in nbgrader's own sum."""
    assert Given.of(1.0, None, None) == Given(1.0)
    assert Given.of(1.0, 0.5, None) == Given(0.5, by_hand=True)
    assert Given.of(None, None, 0.25) == Given(0.25, by_hand=True)
    assert Given.of(None, None, None) == Given(None)


def grade(course: Course, *options: str) -> int:
    """Run ``course grade`` with one worker."""
    where = ["--root", str(course.root), "grade", "--class", str(course.class_folder), "--workers", "1"]
    return main([*where, *options])


def by_hand(course: Course, check: str, score: float | None) -> None:
    """Give a score as formgrader does: in the database, without a word to anybody."""
    cell = "SELECT id FROM base_cell WHERE name = ?"
    query = f"UPDATE grade SET manual_score = ?, needs_manual_grade = 0 WHERE cell_id = ({cell})"  # noqa: S608 - constant
    with closing(sqlite3.connect(course.gradebook_path)) as database:
        database.execute(query, (score, check))
        database.commit()


def test_a_term_in_lines(toy: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """First grades, a score by hand, work handed in again, a killed run: each change has one line, with its reason."""
    hand_in(toy.submitted, "ada", handed_in(RIGHT))
    assert grade(toy) == 0
    audit = Audit.of(toy)
    first = audit.changes()
    assert {(change.check, change.old, change.new) for change in first} == {
        ("check_double_any", None, 2.0),
        ("check_double_two", None, 1.0),
        ("check_middle_value", None, 1.0),
    }
    assert {(change.who, change.why) for change in first} == {(this_user(), "graded for the first time")}
    assert all(len(change.engine) == len(change.lab_version) == 32 for change in first)
    assert grade(toy) == 0
    assert audit.changes() == first

    by_hand(toy, "explain_double", 1.5)
    hand_in(toy.submitted, "ada", handed_in(WRONG | {"explain_double": RIGHT["explain_double"]}))
    assert grade(toy) == 0
    second = audit.changes()[len(first) :]
    user = this_user()
    assert said(second) == [
        (BY_HAND, "explain_double", None, 1.5, "found in the gradebook"),
        (user, "check_double_any", 2.0, 0.0, "handed in again"),
        (user, "check_double_two", 1.0, 0.0, "handed in again"),
        (user, "check_middle_value", 1.0, 0.0, "handed in again"),
    ]

    lines = audit.path.read_bytes().splitlines(keepends=True)
    audit.path.write_bytes(b"".join(lines[:-1]))  # as a run leaves it that is killed between database and audit
    assert main(["--root", str(toy.root), "report", "--class", str(toy.class_folder)]) == 0
    why = "graded by a run that was ended before it said why"
    assert said(audit.changes()[-1:]) == [(user, "check_middle_value", 1.0, 0.0, why)]

    capsys.readouterr()
    assert main(["--root", str(toy.root), "audit", "--class", str(toy.class_folder), "--student", "ada"]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 2 + len(audit.changes())
    assert "explain_double" in out
    assert main(["--root", str(toy.root), "audit", "--class", str(toy.class_folder), "--lab", "2"]) == 0
    assert capsys.readouterr().out == "no score has changed\n"
    assert main(["--root", str(toy.root), "audit", "--class", str(toy.class_folder), "--student", "nobody"]) == 2
    assert f"no student 'nobody' in {toy.gradebook_path}" in capsys.readouterr().err


def test_the_audit_adds_up_to_the_gradebook(toy_sample: Course) -> None:
    """The last lines of a graded class are its scores, penalties apart."""
    last = {(c.student, c.lab, c.check): c.new for c in Audit.of(toy_sample).changes() if c.check != LATE}
    sums: dict[tuple[str, str], float] = {}
    for (student, lab, _), score in last.items():
        sums[student, lab] = sums.get((student, lab), 0.0) + (score or 0.0)
    with Book(toy_sample) as book:
        assert {place: score.score for place, score in book.scores().items()} == sums
