"""The exchange of nbgrader on one machine: a lab is released, fetched, handed in, collected, and graded."""

from __future__ import annotations

import json
from getpass import getuser
from pathlib import Path

from autograder.cli import main
from autograder.course import Course
from autograder.gradebook.book import Book
from autograder.release.build import build
from tests.nbgrader_command import nbgrader
from tests.test_instructor import PAGE
from tests.toy import SOLVED, handed_in, toy_course


def test_the_exchange(tmp_path: Path) -> None:
    """The page's commands, with the toy's lab in place of the page's: the score is that of the answers."""
    course, exchange, student = toy_course(tmp_path / "course"), tmp_path / "exchange", tmp_path / "student"
    build(course).write()
    for folder in (exchange, student):
        folder.mkdir()
    exchange.chmod(0o777)

    def run(folder: Path, command: str) -> str:
        assert f"\nnbgrader {command}" in PAGE.replace("01_minima", "01_toy")
        words = [*command.split(), f"--Exchange.root={exchange}", f"--Exchange.cache={student / '.cache'}"]
        return nbgrader(folder, *words)

    name = "--course optimization-to-autodiff"
    run(course.root, "release_assignment 01_toy")
    run(student, f"fetch_assignment 01_toy {name}")
    path = student / "01_toy" / "01_toy.ipynb"
    assert (course.labs_folder / "01_toy" / "01_toy.ipynb").read_bytes() == path.read_bytes()
    path.write_text(json.dumps(handed_in(SOLVED)), "utf-8")
    run(student, f"submit 01_toy {name}")
    run(course.root, "collect 01_toy")
    assert 0 == main(["--root", str(course.root), "grade", "--workers", "1"])
    with Book(Course.load(course.root)) as book:
        assert {(getuser(), "01_toy"): 4.0} == {place: score.score for place, score in book.scores().items()}
