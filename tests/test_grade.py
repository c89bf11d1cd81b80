"""`course grade` and `course report` on the toy course: every submission ends well, whatever it or the machine does."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

from autograder.classroom import Classroom
from autograder.cli import main
from autograder.course import Course
from autograder.gradebook.book import Book
from autograder.gradebook.grader import Grader
from autograder.gradebook.journal import Journal
from autograder.intake.folder import Folder
from autograder.release.build import build
from autograder.sample import STUDENTS
from autograder.sandbox.host import Zygote
from autograder.verdict import GradingResult
from tests.gradebooks import content, export
from tests.toy import SOLVED, hand_in, handed_in, toy_course

ANSWERS = SOLVED | {"explain_double": "2 times 2 is 4"}


def grade(course: Course, *options: str) -> int:
    """Run ``course grade`` on a class."""
    return main(["--root", str(course.root), "grade", "--class", str(course.class_folder), "--workers", "1", *options])


def results(course: Course) -> dict[tuple[str, str], GradingResult]:
    """Return what is known of a class."""
    return {place: entry.result for place, entry in Journal.of(course).latest().items()}


def test_statuses_of_the_sample(toy_sample: Course) -> None:
    """Each submission of the sample class ends in its status, and each has a page for its student."""
    odd = {key: str(result.status) for key, result in results(toy_sample).items() if result.status != "GRADED"}
    assert odd == {
        ("sofia", "01_toy"): "UNREADABLE",
        ("carl", "lab-2"): "UNKNOWN_LAB",
        ("carl", "02_more"): "MISSING",
        ("isaac", "02_more"): "MISSING",
        ("niels", "02_more"): "MISSING",
    }
    assert len(results(toy_sample)) == 2 * len(STUDENTS) + 1
    pages = [toy_sample.feedback / student / lab / f"{lab}.html" for student, lab in results(toy_sample)]
    assert [path for path in pages if not path.is_file()] == []


def test_honest_styles_score_full(toy_sample: Course) -> None:
    """Warnings and tqdm on stderr, lost metadata, variants: right answers get all the points that no person gives."""
    found = results(toy_sample)
    assert {found[student, "01_toy"].points for student in ("ada", "grace", "katherine")} == {4.0}
    assert {found[student, "02_more"].points for student in ("ada", "katherine", "maryam", "mallory")} == {2.0}
    assert found["blaise", "01_toy"].points == 0.0


def test_late_is_known(toy_sample: Course) -> None:
    """One student is late, by what the timestamp says; nobody else is."""
    late = {student: result.late_seconds for (student, lab), result in results(toy_sample).items() if lab == "01_toy"}
    assert {student: seconds for student, seconds in late.items() if seconds} == {"leonhard": 18720.0}


@pytest.mark.parametrize(
    ("student", "status", "words"),
    [
        ("evariste", "WRONG", "SyntaxError"),
        ("zeno", "TIMEOUT", "did not finish within 2 seconds"),
        ("rene", "CRASHED", "ended the Python process"),
        ("blaise", "BLANK", "not attempted yet"),
    ],
)
def test_messages(toy_sample: Course, student: str, status: str, words: str) -> None:
    """What went wrong in a cell is said of its checks, and stands on the student's page."""
    verdicts = [verdict for verdict in results(toy_sample)[student, "01_toy"].verdicts if verdict.status == status]
    assert any(words in verdict.message for verdict in verdicts)
    assert words in (toy_sample.feedback / student / "01_toy" / "01_toy.html").read_text()


def test_graded_notebooks_agree_with_the_gradebook(toy_sample: Course) -> None:
    """Each graded notebook is valid, and nbgrader reads from it exactly the scores in the database."""
    from nbgrader.utils import determine_grade, is_grade

    with Book(toy_sample) as book:
        scores = book.scores()
    for (student, lab), result in results(toy_sample).items():
        if result.status != "GRADED":
            continue
        notebook = nbformat.read(toy_sample.autograded / student / lab / f"{lab}.ipynb", as_version=4)
        nbformat.validate(notebook)
        read = sum(determine_grade(cell)[0] or 0.0 for cell in notebook.cells if is_grade(cell))
        assert (student, lab, read) == (student, lab, scores[student, lab].score)
        assert read == result.points


class Page(HTMLParser):
    """What a test wants to know of an HTML page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102 - the base class's
        self.tags.append((tag, dict(attrs)))

    def values(self, name: str) -> list[str]:
        """Return all values of an attribute."""
        return [attributes[name] or "" for _, attributes in self.tags if name in attributes]


def test_feedback_is_harmless(toy_sample: Course) -> None:
    """No page for students holds a script, a handler, a link elsewhere, or a hidden part of a check."""
    for path in toy_sample.feedback.rglob("*.html"):
        page = Page(path)
        assert not {"script", "iframe", "object", "embed", "form", "link"} & {tag for tag, _ in page.tags}
        assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
        assert not [value for value in page.values("href") if not value.startswith("#")]
        text = path.read_text()
        assert "reference(" not in text
        assert "HIDDEN" not in text
    assert "alert(" in (toy_sample.feedback / "mallory" / "01_toy" / "01_toy.html").read_text()  # shown, as text


def test_feedback_of_what_could_not_be_read(toy_sample: Course) -> None:
    """A student whose file is no notebook reads why, and what to do."""
    text = (toy_sample.feedback / "sofia" / "01_toy" / "01_toy.html").read_text()
    assert "not a notebook" in text
    assert "hand in the lab again" in text


def leads_somewhere(page: Path, link: str) -> bool:
    """Tell whether a link's file is there, and the place in it."""
    name, _, anchor = link.partition("#")
    target = page.parent / unquote(name) if name else page
    return target.is_file() and (not anchor or unquote(anchor) in ids(target))


@cache
def ids(path: Path) -> set[str]:
    """Return the places in a page."""
    return set(Page(path).values("id"))


def test_report_page(toy_sample: Course) -> None:
    """The report is one file: no script, nothing from elsewhere, tables with captions and scopes, sound links."""
    path = toy_sample.class_folder / "report.html"
    page, text = Page(path), path.read_text()
    count = {name: sum(tag == name for tag, _ in page.tags) for name in ("table", "caption", "th", "script", "link")}
    assert (count["table"], count["script"], count["link"]) == (count["caption"], 0, 0)
    assert count["th"] == len(page.values("scope"))
    assert not page.values("src")
    assert not re.findall(r"https?://|url\(|@import", text)
    links = page.values("href")
    assert len(links) >= 2 * len(STUDENTS)
    assert [link for link in links if not leads_somewhere(path, link)] == []
    assert "prefers-color-scheme: dark" in text
    assert "no_return" in text
    assert "check_double_any" in text


def test_json(toy_sample: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON has the keys of the design, no more, and the printed table has student, lab, score and status."""
    assert grade(toy_sample, "--student", "ada", "--lab", "1", "--json", str(tmp_path / "out.json")) == 0
    document = json.loads((tmp_path / "out.json").read_text())
    (entry,) = document["submissions"]
    assert list(document) == ["submissions"]
    assert list(entry) == ["student", "lab", "status", "seconds", "protection", "late", "checks"]
    assert entry["checks"][-1] == {
        "exercise": "explain_double",
        "check": "explain_double",
        "status": "MANUAL",
        "points": None,
        "max_points": 2.0,
        "message": "read by a person",
        "misconception": None,
    }
    assert entry["checks"][0]["points"] == 1.0
    out = capsys.readouterr().out
    assert ["student", "lab", "score", "status"] == out.split("\n")[0].split()
    assert ["ada", "01_toy", "4", "of", "6", "GRADED,", "to", "read", "by", "hand"] == out.split("\n")[2].split()
    assert f"report: {toy_sample.class_folder / 'report.html'}" in out


@pytest.mark.parametrize(
    "options",
    [["--lab", "99"], ["--student", "nobody"], ["/no/such/folder"], ["--class", "/dev/null/x"], ["--json", "/no/x"]],
)
def test_wrong_usage(toy: Course, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A lab, student or folder that is none ends in 2 and says what there is."""
    hand_in(toy.submitted, "ada", handed_in(ANSWERS))
    assert grade(toy, *options) == 2
    assert capsys.readouterr().err.startswith("course grade: ")


def test_manual_grading_reaches_report_and_feedback(toy: Course) -> None:
    """A score and a comment given in formgrader are in the next report, in feedback, and survive a regrade."""
    hand_in(toy.submitted, "ada", handed_in(ANSWERS))
    assert grade(toy) == 0
    with Book(toy) as book:
        given = book._gradebook.find_grade("explain_double", "01_toy", "01_toy", "ada")
        given.manual_score, given.needs_manual_grade = 1.5, False
        book._gradebook.find_comment("explain_double", "01_toy", "01_toy", "ada").manual_comment = "Why <b>two</b>?"
        book._gradebook.db.commit()
    page = toy.feedback / "ada" / "01_toy" / "01_toy.html"
    for command in (["report"], ["grade"]):
        assert main(["--root", str(toy.root), *command, "--class", str(toy.class_folder)]) == 0
        assert "5.5 of 6" in (toy.class_folder / "report.html").read_text()
        assert "Why &lt;b&gt;two&lt;/b&gt;?" in page.read_text()
    with Classroom(toy) as classroom:
        assert classroom.results()["ada", "01_toy"].verdicts[-1].points == 1.5
    assert results(toy)["ada", "01_toy"].verdicts[-1].points is None  # the journal holds what a machine found


def test_a_lab_with_an_error_is_our_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a lab's source has an error, its submissions are INFRA, the exit code is 1, and other labs are graded."""
    course = toy_course(tmp_path / "toy")
    source = course.solutions / "01_toy.py"
    source.write_text(source.read_text().replace("# END SOLUTION", ""))
    for lab in ("01_toy", "02_more"):
        hand_in(course.submitted, "ada", handed_in(ANSWERS, lab), lab)
    assert grade(course) == 1
    assert {lab: str(result.status) for (_, lab), result in results(course).items()} == {
        "01_toy": "INFRA",
        "02_more": "GRADED",
    }
    assert "01_toy.py:" in results(course)["ada", "01_toy"].message
    assert "INFRA" in capsys.readouterr().out


def test_a_dead_zygote_costs_nobody_a_grade(toy: Course) -> None:
    """When our own process dies between two submissions, the next one is graded all the same."""
    for student in ("ada", "bob"):
        hand_in(toy.submitted, student, handed_in(ANSWERS))
    ada, bob = Folder(toy, toy.submitted).submissions()
    with Grader(toy) as grader:
        first = grader.grade(ada, {}).result
        host = grader._hosts["numpy"]
        assert isinstance(host, Zygote)
        os.kill(host._process.pid, signal.SIGKILL)
        second = grader.grade(bob, {}).result
    assert [(result.status, result.points) for result in (first, second)] == [("GRADED", 4.0), ("GRADED", 4.0)]


def test_earlier_grades_stay(toy: Course, tmp_path: Path) -> None:
    """Grading a folder with late work leaves all others as they are, and so does a broken resubmission."""
    for student in ("ada", "bob"):
        hand_in(toy.submitted, student, handed_in(ANSWERS))
    assert grade(toy) == 0
    hand_in(tmp_path / "late", "ada", handed_in({"double": SOLVED["double"]}))
    hand_in(tmp_path / "late", "bob", "broken")
    assert grade(toy, str(tmp_path / "late")) == 0
    with Book(toy) as book:
        assert {key[0]: score.score for key, score in book.scores().items()} == {"ada": 3.0, "bob": 4.0}
    assert {key[0]: str(result.status) for key, result in results(toy).items()} == {
        "ada": "GRADED",
        "bob": "UNREADABLE",
    }


def test_one_command_at_a_time(toy: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """While one command writes into a class, another says so and leaves."""
    toy.submitted.mkdir()
    with Classroom(toy):
        assert grade(toy) == 2
    assert "wait for it" in capsys.readouterr().err
    assert grade(toy) == 0


def wait_for_lines(path: Path, count: int) -> None:
    """Wait until a journal has so many results."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if path.exists() and len(path.read_bytes().split()) and path.read_bytes().count(b'"student"') >= count:
            return
        time.sleep(0.01)
    pytest.fail("the run did not get anywhere")


def test_a_killed_run_can_be_run_again(toy: Course, tmp_path: Path) -> None:
    """After SIGKILL in the middle, the same command gives what an uninterrupted run gives, to the byte."""
    answers = [ANSWERS, {}, {"double": "while True:\n    pass"}, {"double": "def double(x):\n    return x"}, SOLVED]
    for number, given in enumerate(answers):
        path = hand_in(toy.submitted, f"student{number}", handed_in(given))
        (path.parent / "timestamp.txt").write_text("2026-09-25 22:00:00 UTC")
    whole = Course.load(toy.root, shutil.copytree(toy.class_folder, tmp_path / "whole"))
    for course in (toy, whole):
        (course.class_folder / "secret").write_bytes(b"the same inputs for both")
    assert grade(whole) == 0

    options = ["--root", str(toy.root), "grade", "--workers", "1", "--class", str(toy.class_folder)]
    run = subprocess.Popen([sys.executable, "-m", "autograder.cli", *options], stderr=subprocess.DEVNULL)
    wait_for_lines(toy.class_folder / "journal" / "results.jsonl", 2)
    run.kill()
    run.wait()
    assert 2 <= len(results(toy)) < len(answers)
    assert grade(toy) == 0
    assert content(toy) == content(whole)
    assert export(toy) == export(whole)


def test_grading_twice_changes_nothing(toy: Course) -> None:
    """The same class graded again gives the same files and rows."""
    hand_in(toy.submitted, "ada", handed_in(ANSWERS))
    hand_in(toy.submitted, "bob", "broken")
    assert grade(toy) == 0
    before = content(toy)
    assert grade(toy) == 0
    assert content(toy) == before


def test_build_runs_first(tmp_path: Path) -> None:
    """A course that was never built, or whose source has changed, is built before it is graded."""
    course = toy_course(tmp_path / "toy")
    hand_in(course.submitted, "ada", handed_in(ANSWERS))
    source = course.solutions / "01_toy.py"
    for old, new in (("", ""), ("middle, 2.5", "middle, 2.6")):
        source.write_text(source.read_text().replace(old, new))
        if new:
            source.write_text(source.read_text().replace("float(np.median(SIZES))", "2.6"))
        assert grade(course) == 0
    verdicts = {verdict.check: str(verdict.status) for verdict in results(course)["ada", "01_toy"].verdicts}
    assert verdicts["check_middle_value"] == "WRONG"
    assert build(course).labs
