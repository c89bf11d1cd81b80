"""Formgrader as `course formgrade` opens it, in a real Chromium without a network: two assistants grade one class."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response

from autograder.cli import main
from autograder.course import Course
from autograder.formgrader.page import rubrics
from autograder.formgrader.split import Answer, Split
from autograder.gradebook.audit import Audit
from autograder.gradebook.book import Book
from tests.jupyterlab import CHROMIUM, open_browser
from tests.test_audit import grade
from tests.toy import SOLVED, hand_in, handed_in

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")]

TOKEN = "tested"  # noqa: S105 - of a server on the loopback address that lives as long as a test
ASSISTANTS = ("lea", "max")
TEXT = r"Because $2 \cdot 2 = 4$, and $$\int_0^1 4\,dx = 4.$$"
READERS = {"ada": "lea", "bob": "max", "eve": "lea"}


@dataclass
class Desk:
    """A page of an assistant's own browser session on a server of their own, and what went wrong on it."""

    page: Page
    address: str
    problems: list[str]

    def open(self, path: str) -> Page:
        """Open an address of formgrader."""
        self.page.goto(f"{self.address}/formgrader/{path}")
        return self.page

    def open_answer(self, assistant: str, student: str) -> Page:
        """Open an answer from an assistant's list, and wait until the page is ready."""
        self.open(f"work/{assistant}").get_by_role("link", name=student).click()
        self.page.wait_for_function("window.MathJax && MathJax.loaded && formgrader.grades.loaded")
        return self.page


@contextmanager
def desk(browser: Browser, course: Course, assistant: str) -> Iterator[Desk]:
    """Run `course formgrade` for an assistant, with a page in a browser session of their own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = course.class_folder.with_name(assistant)
    home.mkdir()
    own = {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home), "JUPYTER_RUNTIME_DIR": str(home)}
    own["JUPYTER_TOKEN"] = TOKEN
    own["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")])
    where = ["--root", str(course.root), "formgrade", "--class", str(course.class_folder), "--port", str(port)]
    command = [sys.executable, "-m", "autograder.cli", *where, "--assistant", assistant, "--no-browser"]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=course.root, env=os.environ | own, stdout=log, stderr=log, start_new_session=True
        )
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    found = Desk(context.new_page(), f"http://127.0.0.1:{port}", [])
    page = found.page
    page.on("console", lambda said: found.problems.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.problems.append(str(error)))
    page.on("request", lambda r: found.problems.append(r.url) if not r.url.startswith(found.address) else None)
    try:
        wait_for(f"{found.address}/api?token={TOKEN}", server)
        yield found
    finally:
        context.close()
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own http address
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server does not answer")


@pytest.fixture(scope="module")
def course(toy_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return a class of three: two are graded, the third has handed in since; answers are dealt out."""
    folder = shutil.copytree(toy_root / "empty", tmp_path_factory.mktemp("formgrade") / "class")
    course = Course.load(toy_root, folder)
    for student in READERS:
        if student == "eve":
            assert grade(course) == 0
        hand_in(course.submitted, student, handed_in(SOLVED | {"explain_double": TEXT}))
    Split({Answer("01_toy", "explain_double", student): reader for student, reader in READERS.items()}).write(course)
    return course


@pytest.fixture(scope="module")
def desks(course: Course) -> Iterator[dict[str, Desk]]:
    """Return two assistants at work, each with a server and a browser session."""
    with ExitStack() as stack:
        browser = stack.enter_context(open_browser())
        found = {name: stack.enter_context(desk(browser, course, name)) for name in ASSISTANTS}
        for each in found.values():
            each.page.goto(f"{each.address}/?token={TOKEN}")
        yield found


def manual(course: Course) -> dict[str, float]:
    """Return the scores that people gave to the written answer, by student."""
    with Book(course) as book:
        return {student: s.manual["explain_double"] for (student, _), s in book.scores().items() if s.manual}


def saves(response: Response) -> bool:
    """Tell the server's word that a score is in the gradebook."""
    return "/api/grade/" in response.url and response.ok


def give(page: Page, score: str) -> None:
    """Type a score where the page has put the cursor, and wait until it is saved."""
    assert page.evaluate("document.activeElement.id") == "explain_double"
    with page.expect_response(saves):
        page.keyboard.type(score)
        page.keyboard.press("Escape")


def test_autograde_by_its_button(course: Course, desks: dict[str, Desk]) -> None:
    """Formgrader's own button grades as `course grade` does, and the audit knows."""
    lea = desks["lea"]
    page = lea.open("manage_submissions/01_toy")
    page.get_by_role("row", name="eve").locator(".autograde a").click()
    page.get_by_text("Successfully autograded").wait_for(timeout=60_000)
    with Book(course) as book:
        assert book.scores()["eve", "01_toy"].score == book.scores()["ada", "01_toy"].score == 4.0
    assert {c.why for c in Audit.of(course).changes() if c.student == "eve"} == {"asked for with nbgrader"}
    assert lea.problems == []


def test_a_written_answer_is_graded(course: Course, desks: dict[str, Desk]) -> None:
    """The list leads to the answer; mathematics, sample answer and rubric are there; the score is saved."""
    lea = desks["lea"]
    assert lea.page.goto(f"{lea.address}/?token={TOKEN}").url.startswith(f"{lea.address}/formgrader/work/lea")
    assert Axe().run(lea.page).response["violations"] == []
    assert lea.page.locator("tbody th").all_inner_texts() == ["ada", "eve"]
    page = lea.open_answer("lea", "ada")
    answer = page.locator(".nbgrader_cell", has=page.locator("#explain_double"))
    assert answer.locator(".MathJax").count() == 2
    assert "$" not in answer.locator(".rendered_html").inner_text()
    rubric = page.locator("details.rubric")
    assert rubric.inner_text().splitlines()[-1] == rubrics(course, "01_toy")["explain_double"]
    give(page, "1.5")
    assert manual(course) == {"ada": 1.5}
    last = Audit.of(course).changes()[-1]
    assert (last.who, last.student, last.check, last.old, last.new) == ("lea", "ada", "explain_double", None, 1.5)
    lea.open("work/lea")
    assert lea.page.locator("tbody tr").all_inner_texts() == ["ada\tread\t1.5 of 2", "eve\twaits\t– of 2"]
    assert lea.problems == []


def test_no_student_sees_a_rubric(course: Course, desks: dict[str, Desk]) -> None:
    """Sample answer and rubric are made into the page when it is looked at: no file of the class holds them."""
    del desks
    assert main(["--root", str(course.root), "report", "--class", str(course.class_folder)]) == 0
    words = rubrics(course, "01_toy")["explain_double"].encode()
    files = [path for path in course.class_folder.rglob("*") if path.is_file() and path.name != "gradebook.db"]
    assert len([path for path in files if path.suffix == ".html"]) == 4
    assert [path for path in files if words in path.read_bytes()] == []


def test_two_assistants_at_once(course: Course, desks: dict[str, Desk]) -> None:
    """Scores of two answers given at once both stay; a score over another's is kept, seen by both, and said."""
    pages = [desks["lea"].open_answer("lea", "ada"), desks["max"].open_answer("max", "bob")]
    for page, score in zip(pages, ("2", "0.5"), strict=True):
        page.keyboard.press("Control+a")
        page.keyboard.type(score)
    with pages[0].expect_response(saves), pages[1].expect_response(saves):
        for page in pages:
            page.keyboard.press("Escape")
    assert manual(course) == {"ada": 2.0, "bob": 0.5}
    page = desks["max"].open_answer("lea", "ada")
    assert page.locator("#explain_double").input_value() == "2"
    assert page.locator("details.rubric .note").inner_text().startswith("lea reads this answer. lea gave 2, 20")
    page.keyboard.press("Control+a")
    give(page, "1")
    last = Audit.of(course).changes()[-1]
    assert (last.who, last.old, last.new) == ("max", 2.0, 1.0)
    assert last.why == "in formgrader, over a score that lea gave"
    assert desks["lea"].open_answer("lea", "ada").locator("#explain_double").input_value() == "1"
    assert [desk.problems for desk in desks.values()] == [[], []]


def test_scores_by_hand_survive_a_regrade(course: Course, desks: dict[str, Desk]) -> None:
    """What people gave stays when everything is graded again, also beside open formgraders."""
    before = manual(course)
    assert grade(course, "--force") == 0
    assert manual(course) == before
    assert desks["max"].open_answer("max", "bob").locator("#explain_double").input_value() == "0.5"
