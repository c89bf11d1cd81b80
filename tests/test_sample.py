"""The sample class: always the same, made of the whole catalogue, and never in the way of real work."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.course import Course
from autograder.errors import UsageError
from autograder.files import write_whole
from autograder.judge.catalogue import answers_of
from autograder.release.build import build, source_path
from autograder.sample import STUDENTS, sample_files, write_sample
from autograder.source.percent import read_lab
from autograder.source.regions import SOLUTION
from tests.toy import hand_in, handed_in

ROOT = Path(__file__).resolve().parents[1]
LABS = [lab.name for lab in Course.load(ROOT).labs if (ROOT / "solutions" / f"{lab.name}.py").exists()]


def cells(files: dict[str, str], lab: str) -> set[str]:
    """Return the texts of all cells that students hand in for a lab."""
    notebooks = [content for path, content in files.items() if path.endswith(f"/{lab}.ipynb") and content[:1] == "{"]
    return {"".join(cell["source"]) for notebook in notebooks for cell in json.loads(notebook)["cells"]}


@pytest.fixture(scope="module")
def real_files() -> dict[str, str]:
    """Return the sample of the real course, as it is released."""
    course = Course.load(ROOT)
    build(course).write()
    return sample_files(course)


@pytest.mark.parametrize("lab", LABS)
def test_the_whole_catalogue_appears(real_files: dict[str, str], lab: str) -> None:
    """Every mistake and every right style is some student's answer, as far as 24 students can give them."""
    course = Course.load(ROOT)
    edges = {f"# BEGIN {SOLUTION}", f"# END {SOLUTION}"}
    handed = cells(real_files, lab)
    known: dict[str, list[str]] = {}
    for answer in answers_of(course, read_lab(source_path(course, course.lab(lab)))):
        text = "\n".join(line for line in answer.source.split("\n") if line.strip() not in edges)
        known.setdefault(answer.exercise, []).append(text)
    absent = {exercise: sum(text not in handed for text in texts) for exercise, texts in known.items()}
    seats = 18  # the solution's, and those of students whose notebook is read and who may err
    assert {exercise: count for exercise, count in absent.items() if count > max(0, len(known[exercise]) - seats)} == {}


def test_a_class_of_24(real_files: dict[str, str]) -> None:
    """24 students have a name each, and nearly all hand in each lab."""
    assert len(set(STUDENTS)) == len(STUDENTS) == 24
    assert {path.split("/")[0] for path in real_files} == set(STUDENTS)


def test_the_same_each_time(toy_root: Path) -> None:
    """Two samples are equal to the byte."""
    course = Course.load(toy_root)
    assert sample_files(course) == sample_files(course)


def test_written_twice(toy: Course) -> None:
    """The sample may be written over itself, over half of itself, and leaves nothing behind that it no more has."""
    toy.gradebook_path.unlink()
    assert write_sample(toy) == len(sample_files(toy))
    marker = toy.submitted / ".sample.json"
    gone = toy.submitted / "ada" / "old_lab" / "old_lab.ipynb"
    write_whole(gone, "old")
    digests = json.loads(marker.read_text()) | {"ada/old_lab/old_lab.ipynb": [hashlib.sha256(b"old").hexdigest()]}
    marker.write_text(json.dumps(digests))
    (toy.submitted / "emmy" / "01_toy" / "01_toy.ipynb").unlink()
    write_sample(toy)
    found = {path.relative_to(toy.submitted).as_posix() for path in toy.submitted.rglob("*") if path.is_file()}
    assert found == {*sample_files(toy), ".sample.json"}


def test_real_work_is_refused(toy: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that the sample did not write, or one that was changed since, stops it before it writes anything."""
    toy.gradebook_path.unlink()
    path = hand_in(toy.submitted, "zoe", handed_in())
    with pytest.raises(UsageError, match="zoe"):
        write_sample(toy)
    assert [found for found in toy.submitted.rglob("*") if found.is_file()] == [path]
    path.unlink()
    write_sample(toy)
    changed = toy.submitted / "ada" / "01_toy" / "01_toy.ipynb"
    changed.write_text(changed.read_text() + " ")
    assert main(["--root", str(toy.root), "demo", "--class", str(toy.class_folder)]) == 2
    assert "ada/01_toy/01_toy.ipynb" in capsys.readouterr().err


def test_a_real_gradebook_is_refused(toy: Course) -> None:
    """A gradebook without submissions is somebody's too."""
    from autograder.gradebook.book import Book

    with Book(toy) as book:
        book._gradebook.add_student("zoe")
    with pytest.raises(UsageError, match="gradebook"):
        write_sample(toy)
