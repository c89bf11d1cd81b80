"""`course solutions`: what assistants get now, and what students get once nobody can hand in any more."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest

from autograder.cli import main
from autograder.course import Course, LabInfo
from autograder.gradebook.book import Book, Marks
from autograder.release.build import build
from autograder.release.solutions import open_until
from tests.test_instructor import commands

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)


def solutions(course: Course, *options: str) -> int:
    """Run ``course solutions``."""
    return main(["--root", str(course.root), "solutions", *options])


@pytest.fixture(scope="module")
def course(toy_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return the toy course with the assistants' set written, and a due date for each lab, long past."""
    root = tmp_path_factory.mktemp("solutions")
    for name in ("solutions", "empty"):
        shutil.copytree(toy_root / name, root / ("class" if name == "empty" else name))
    text = (toy_root / "course.toml").read_text().replace("due = 2026", "due = 2020")
    (root / "course.toml").write_text(f"{text}due = 2020-10-02T23:59:00+02:00\n")
    shutil.copy(toy_root / "nbgrader_config.py", root)
    assert solutions(Course.load(root)) == 0
    return Course.load(root)


def folder(course: Course, who: str) -> Path:
    """Return where a set of solutions is."""
    return course.root / "build" / "solutions" / who


def shown(page: Path) -> str:
    """Return the text of a page, without its tags."""
    return re.sub(r"<[^>]*>", "", page.read_text())


def due(course: Course, lab: str, moment: str) -> Course:
    """Give a lab another due date."""
    path = course.root / "course.toml"
    before, _, after = path.read_text().partition(f"[labs.{lab}]")
    lines = [f"due = {moment}" if line.startswith("due") else line for line in after.split("\n\n")[0].split("\n")]
    path.write_text("\n\n".join([f"{before}[labs.{lab}]" + "\n".join(lines), *after.split("\n\n")[1:]]))
    return Course.load(course.root)


def test_assistants_get_all_of_it_run(course: Course) -> None:
    """The solution, its outputs, hidden checks and the sample answer, as a notebook and as a page."""
    notebook = nbformat.read(folder(course, "assistants") / "01_toy.ipynb", as_version=4)
    nbformat.validate(notebook)
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}
    assert "return 2 * x" in cells["double"].source
    assert 'reference("01_toy")' in cells["check_double_any"].source
    assert "Two times two is four" in cells["explain_double"].source
    assert ["42\n"] == [output.text for cell in notebook.cells for output in cell.get("outputs", [])]
    page = folder(course, "assistants") / "01_toy.html"
    assert [word for word in ("Two times two is four", "from hidden", "42") if word not in shown(page)] == []
    loaded = re.findall(r'<(?:script|img|link)[^>]*(?:src|href)="([^"]*)"', page.read_text())
    assert ["mathjax/MathJax.js?config=TeX-AMS-MML_HTMLorMML-full,Safe"] == loaded
    assert (page.parent / "mathjax" / "MathJax.js").is_file()
    assert not [cell for cell in notebook.cells if "hand_in" in cell.source]


def test_students_get_no_hidden_check(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """Once the labs are past: the same without hidden parts, in the notebook and on the page; nothing is run again."""
    path = folder(course, "assistants") / "01_toy.ipynb"
    before = path.stat().st_mtime_ns
    assert solutions(course, "--students") == 0
    assert before == path.stat().st_mtime_ns
    assert "01_toy.ipynb" in capsys.readouterr().out
    for lab in ("01_toy", "02_more"):
        notebook = nbformat.read(folder(course, "students") / f"{lab}.ipynb", as_version=4)
        text = "\n".join(cell.source for cell in notebook.cells)
        assert not [word for word in ("HIDDEN", "reference(", "checks.hidden", "BEGIN SOLUTION") if word in text]
        page = shown(folder(course, "students") / f"{lab}.html")
        assert not [word for word in ("HIDDEN", "from hidden", "reference(", "BEGIN SOLUTION") if word in page]
        assert "return" in text


def test_giving_back_as_the_page_of_the_term_says(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its commands run as they stand, and leave what they promise."""
    monkeypatch.chdir(course.root)
    for command in commands("Give back"):
        assert 0 == main(command), command
    assert (course.class_folder / "report.html").is_file()
    pages = sorted(path.relative_to(folder(course, "")).as_posix() for path in folder(course, "").rglob("*.html"))
    labs = ("01_toy", "02_more")
    assert [f"{who}/{lab}.html" for who in ("assistants", "students") for lab in labs] == pages


def test_no_solution_for_students_before_the_last_may_hand_in(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before a due date, before the end of one student's extension, and where there is no date: no file, and when."""
    root = tmp_path / "course"
    shutil.copytree(course.root, root, ignore=shutil.ignore_patterns("students"))
    copy = due(Course.load(root), "02_more", SOON.isoformat())
    assert solutions(copy, "--students") == 2
    error = capsys.readouterr().err
    assert f"02_more can be handed in on time until {SOON.astimezone(copy.zone):%Y-%m-%d %H:%M}" in error
    with Book(copy) as book:
        build(copy).write()
        book.register("01_toy")
        book.record(Marks("ada", "01_toy", dict.fromkeys(book._cells("01_toy").graded, 0.0)))
        last = copy.lab("01_toy").due
        assert last is not None
        entry = book._gradebook.find_submission("01_toy", "ada")
        entry.extension = SOON - last
        book._gradebook.db.commit()
    assert solutions(copy, "--students", "--upto", "1") == 2
    assert "01_toy can be handed in on time until" in capsys.readouterr().err
    assert not folder(copy, "students").exists()
    (copy.root / "course.toml").write_text((copy.root / "course.toml").read_text().replace("due =", "# due ="))
    assert solutions(copy, "--students") == 2
    assert "give each lab its `due`" in capsys.readouterr().err


def test_the_latest_moment_counts() -> None:
    """Of due dates and due dates with an extension; an extension of another lab does not count."""
    labs = [LabInfo("01_a", "A", 60, SOON), LabInfo("02_b", "B", 60, SOON + timedelta(days=7))]
    granted = {("ada", "01_a"): timedelta(days=9), ("bob", "03_c"): timedelta(days=90)}
    assert (SOON + timedelta(days=7), "02_b") == open_until(labs, {})
    assert (SOON + timedelta(days=9), "01_a") == open_until(labs, granted)
    assert (SOON, "01_a") == open_until(labs[:1], {})
    assert open_until([], {}) is None


def test_a_solution_that_fails_its_check_is_named(course: Course, tmp_path: Path) -> None:
    """No set is written in which a check says that the solution is wrong."""
    root = tmp_path / "course"
    shutil.copytree(course.root, root, ignore=shutil.ignore_patterns("build", "class"))
    source = root / "solutions" / "01_toy.py"
    source.write_text(source.read_text().replace("return 2 * x", "return 2 * x + 1"))
    copy = Course.load(root)
    assert solutions(copy, "--upto", "1") == 2
    assert not folder(copy, "assistants").exists()
