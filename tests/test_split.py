"""Written answers are dealt out evenly, stay with whom they are, and a file that is no split is named by line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.cli import main
from autograder.course import Course
from autograder.errors import UsageError
from autograder.formgrader.split import Answer, Split
from tests.test_audit import RIGHT, by_hand, grade
from tests.toy import hand_in, handed_in

QUESTIONS = (("01_toy", "why"), ("01_toy", "how"), ("02_more", "when"))
ANSWERS = [Answer(*question, f"student{number:02}") for question in QUESTIONS for number in range(50)]
NAMES = st.lists(st.sampled_from(["ada", "bob", "eve", "kim", "lea"]), min_size=1, unique=True)


def counts(split: Split) -> dict[tuple[str, str], list[int]]:
    """Return how many answers to each question each assistant has."""
    found = Counter((answer.lab, answer.check, owner) for answer, owner in split.owners.items())
    return {
        question: [found[*question, owner] for owner in sorted(set(split.owners.values()))] for question in QUESTIONS
    }


@settings(max_examples=25, deadline=None)
@given(NAMES, NAMES, st.sets(st.sampled_from(ANSWERS)), st.randoms(use_true_random=False))
def test_even_whole_and_stable(before: list[str], after: list[str], done: set[Answer], order: Random) -> None:
    """Each answer has one reader, nobody has two more than another; what stays somebody's is not moved."""
    shuffled = list(ANSWERS)
    order.shuffle(shuffled)
    first = Split({}).deal(shuffled, before)
    assert set(first.owners) == set(ANSWERS)
    assert all(max(each) - min(each) <= 1 for each in counts(first).values())
    assert first == Split({}).deal(ANSWERS, list(reversed(before)))
    assert first.deal(ANSWERS, before) == first
    second = first.deal(ANSWERS, after, done)
    assert set(second.owners) == set(ANSWERS)
    stays = [answer for answer, owner in first.owners.items() if owner in after or answer in done]
    assert {answer: second.owners[answer] for answer in stays} == {answer: first.owners[answer] for answer in stays}
    assert {owner for answer, owner in second.owners.items() if answer not in stays} <= set(after)


def test_students_differ_from_question_to_question() -> None:
    """No assistant reads the same half of the class twice, nor the first half of the alphabet."""
    split = Split({}).deal(ANSWERS, ["ada", "bob"])
    halves = [{answer.student for answer in split.of("ada") if (answer.lab, answer.check) == q} for q in QUESTIONS]
    assert len({frozenset(half) for half in [*halves, {f"student{number:02}" for number in range(25)}]}) == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1: the columns"),
        (b"lab;check;student;assistant\n", "line 1: the columns"),
        (b"lab,check,student,assistant\n01_toy,why,ada\n", "line 2: expected"),
        (b"lab,check,student,assistant\n01_toy,why,ada,a/b\n", "line 2: expected"),
        (b"lab,check,student,assistant\n01_toy,why,ada,bob\n\n01_toy,why,ada,eve\n", "line 4: this answer has two"),
        (b"lab,check,student,assistant\n01_toy,why,ad\xe4,bob\n", "cannot be read as UTF-8"),
        (b'lab,check,student,assistant\n01_toy,why,"ada,bob\n', "cannot be read as UTF-8 CSV"),
    ],
)
def test_a_file_that_is_no_split(toy: Course, content: bytes, words: str) -> None:
    """The error names file and line, and nothing is dealt out over it."""
    Split.path(toy).write_bytes(content)
    with pytest.raises(UsageError, match=r"split\.csv.*" + words):
        Split.read(toy)
    assert Split.path(toy).read_bytes() == content


def test_a_file_comes_back(toy: Course) -> None:
    """What is written is read again; a spreadsheet's mark at its start does no harm."""
    split = Split({}).deal(ANSWERS, ["ada", "bob.b"])
    split.write(toy)
    assert Split.read(toy) == split
    path = Split.path(toy)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert Split.read(toy) == split


def test_the_command(toy: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """`course split` deals out what waits, keeps what has been read, and says who has how many left."""

    def split(*options: str) -> tuple[int, str]:
        code = main(["--root", str(toy.root), "split", "--class", str(toy.class_folder), *options])
        said = capsys.readouterr()
        return code, said.out + said.err

    for student in ("ada", "bob", "eve"):
        hand_in(toy.submitted, student, handed_in(RIGHT))
    hand_in(toy.submitted, "kim", handed_in({}))  # left blank: nothing to read
    assert grade(toy) == 0
    capsys.readouterr()
    assert "nobody" in split()[1]
    assert split("--assistants", "a b")[0] == 2
    assert split("--assistants", ",")[0] == 2
    assert main(["--root", str(toy.root), "formgrade", "--class", str(toy.class_folder), "--assistant", "a/b"]) == 2
    assert split("--assistants", "lea,max")[0] == 0
    first = Split.read(toy)
    assert {answer.student for answer in first.owners} == {"ada", "bob", "eve"}
    assert sorted(Counter(first.owners.values()).values()) == [1, 2]
    by_hand(toy, "explain_double", 1.0)  # all are read
    code, said = split("--assistants", "lea")
    assert (code, Split.read(toy)) == (0, first)
    rows = [line.split() for line in said.splitlines()[2:]]
    assert sorted(int(row[3]) for row in rows) == [1, 2]


def test_the_class_must_be_graded(tmp_path: Path, toy: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a gradebook there is nothing to split and nothing to open."""
    for command in ("split", "formgrade"):
        assert main(["--root", str(toy.root), command, "--class", str(tmp_path / "nowhere")]) == 2
        assert "run `course grade` first" in capsys.readouterr().err
