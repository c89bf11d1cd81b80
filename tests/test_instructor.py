"""docs/instructor.md does what it says: the commands of its first steps are run, in order, as a reader would."""

from __future__ import annotations

import json
import re
import shlex
import zipfile
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.course import Course
from autograder.gradebook.book import Book
from tests.toy import SOLVED, handed_in, toy_course

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "instructor.md").read_text("utf-8")
TERM = '[term]\nname = "2026-fall"\ntimezone = "Europe/Berlin"\nstart = 2026-09-21\n[late]\npenalty = 0.5\n[limits]'
PARTICIPANTS = "First name;Last name;ID number;Email address\nAda;Lovelace;ada;a@x.org\nBo;Li;bo;b@x.org\n"


def commands(heading: str) -> list[list[str]]:
    """Return the commands of a section."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return [shlex.split(line)[1:] for line in "".join(blocks).splitlines()]


def test_set_up_and_collect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A new term, its roster, extensions, and an archive of Moodle's, graded."""
    course = toy_course(tmp_path)
    text = (tmp_path / "course.toml").read_text().replace("[limits]", TERM)
    (tmp_path / "course.toml").write_text(f"{text}due = 2026-10-02T23:59:00\n")
    (tmp_path / "participants.csv").write_text(PARTICIPANTS, "utf-16")
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as archive:
        name = zipfile.ZipInfo("Ada Lovelace_7_assignsubmission_file_/02_more.ipynb", (2027, 3, 10, 11, 0, 0))
        archive.writestr(name, json.dumps(handed_in(SOLVED, "02_more")))
    course.secret()
    monkeypatch.chdir(tmp_path)
    for command in (*commands("Set up"), *commands("Collect")):
        assert 0 == main(command), command
    said = capsys.readouterr().out
    assert "ada 02_more: until 2027-03-10T12:00\nbo all: 2 days more" in said
    assert ["class", "class-2026-fall"] == sorted(path.name for path in tmp_path.glob("class*"))
    with Book(Course.load(tmp_path)) as book:
        scores = {place: (score.score, score.late_penalty) for place, score in book.scores().items()}
        assert {("ada", "02_more"): (2.0, 0.0)} == scores  # in time, by the extension
        assert {"ada": "Lovelace", "bo": "Li"} == {person.student: person.last_name for person in book.people()}
