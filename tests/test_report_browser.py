"""The report and students' pages in a real Chromium without a network: numbers, links, barriers, other screens."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from autograder.course import Course
from tests.jupyterlab import CHROMIUM, Browser, open_browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium"),
]
SCREENS = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"},
}
# A table as texts: the rows of the one with this caption, links and all as a person reads them.
ROWS = """caption => [...document.querySelectorAll('table')].find(table => table.caption.innerText.startsWith(caption))
    .tBodies[0].querySelectorAll('tr').values().map(row => [...row.cells].map(cell => cell.innerText)).toArray()"""
SCORES = """
    SELECT submitted_assignment.student_id, assignment.name,
    SUM(COALESCE(grade.manual_score, grade.auto_score, 0) + COALESCE(grade.extra_credit, 0))
    FROM grade
    JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    JOIN assignment ON assignment.id = submitted_assignment.assignment_id
    GROUP BY 1, 2
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one Chromium for all tests."""
    with open_browser() as started:
        yield started


@contextmanager
def opened(browser: Browser, path: Path, screen: str = "light") -> Iterator[Page]:
    """Open a file without a network; whatever the console says or a request asks for is a failure."""
    context = browser.new_context(**SCREENS[screen], offline=True)
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "request",
        lambda request: trouble.append(request.url) if not request.url.startswith(("file:", "data:")) else None,
    )
    page.goto(path.as_uri())
    try:
        yield page
    finally:
        context.close()
    assert trouble == []


def report(course: Course) -> Path:
    """Return where the report is."""
    return course.class_folder / "report.html"


def student_page(course: Course, student: str = "mallory") -> Path:
    """Return where a student's page is."""
    return course.feedback / student / "01_toy" / "01_toy.html"


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("which", [report, student_page])
def test_axe_finds_nothing(browser: Browser, toy_sample: Course, which: object, screen: str) -> None:
    """No violation of any impact, with all that folds opened."""
    assert callable(which)
    with opened(browser, which(toy_sample), screen) as page:
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found = Axe().run(page).response["violations"]
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert 0 == width  # nothing but tables and figures, each in its own place, is wider than the screen


def test_the_scores_are_those_of_the_gradebook(browser: Browser, toy_sample: Course) -> None:
    """Each score and each sum, read from nbgrader's database by its own tables."""
    with closing(sqlite3.connect(toy_sample.gradebook_path)) as database:
        scores = {(student, lab): points for student, lab, points in database.execute(SCORES)}
    with opened(browser, report(toy_sample)) as page:
        rows = page.evaluate(ROWS, "Points by student and lab")
    labs = [lab.name for lab in toy_sample.labs]
    shown = {
        (row[0], lab): float(cell.split()[0])
        for row in rows
        for lab, cell in zip(labs, row[1:], strict=False)
        if "of" in cell.split()
    }
    assert scores == shown
    sums = {row[0]: sum(points for (student, _), points in scores.items() if student == row[0]) for row in rows}
    assert sums == {row[0]: float(row[-2]) for row in rows}
    final = {
        row[0]: (scores.get((row[0], "01_toy"), 0) / 6 + scores.get((row[0], "02_more"), 0) / 3) / 2 for row in rows
    }
    assert final == pytest.approx({row[0]: float(row[-1].split(" %")[0]) / 100 for row in rows}, abs=1e-4)


def test_counts_of_a_lab_are_those_of_the_gradebook(browser: Browser, toy_sample: Course) -> None:
    """Right answers of each exercise are those whose cells have all their points in nbgrader's database."""
    query = """
        SELECT COUNT(*), SUM(two.auto_score + any.auto_score = 3) FROM grade AS two
        JOIN base_cell AS a ON a.id = two.cell_id AND a.name = 'check_double_two'
        JOIN grade AS any ON any.notebook_id = two.notebook_id
        JOIN base_cell AS b ON b.id = any.cell_id AND b.name = 'check_double_any'
    """
    with closing(sqlite3.connect(toy_sample.gradebook_path)) as database:
        answers, right = database.execute(query).fetchone()
    with opened(browser, report(toy_sample)) as page:
        row = page.evaluate(ROWS, "Exercises of 01_toy")[0]
    assert ["1.1 doubling", str(answers), str(right)] == row[:3]
    assert f"{100 * right / answers:.0f} %" == row[7]


def test_an_answer_is_one_click_away(browser: Browser, toy_sample: Course) -> None:
    """From a misconception to the cell of a student who shows it."""
    with opened(browser, report(toy_sample)) as page:
        page.locator("#misconceptions ~ .wide details summary").first.click()
        link = page.locator("#misconceptions ~ .wide ul.names a").first
        student = link.inner_text()
        link.click()
        assert student in page.locator(".score").inner_text()
        target = page.locator(":target")
        assert target.is_visible()
        assert "def " in target.inner_text()


def test_figures_say_their_numbers(browser: Browser, toy_sample: Course) -> None:
    """Each figure's text alternative holds what the table below it holds."""
    with opened(browser, report(toy_sample)) as page:
        labels = page.evaluate("[...document.querySelectorAll('svg')].map(one => one.getAttribute('aria-label'))")
        exercises = page.evaluate(ROWS, "Exercises of 01_toy")
        named = page.evaluate(ROWS, "Misconceptions")
    told = next(label for label in labels if label.startswith("Exercises of 01_toy"))
    for row in exercises:
        assert f"{row[0]}: {row[7]} right" in told or f"{row[0]}: no answers" in told
    bars = next(label for label in labels if label.startswith("Students by misconception"))
    assert [row for row in named[:12] if f"{row[0]}: {row[1]}." not in bars] == []


def test_it_prints(browser: Browser, toy_sample: Course, tmp_path: Path) -> None:
    """On paper it is dark on white whatever the screen is, and folded messages are open."""
    with opened(browser, report(toy_sample), "dark") as page:
        page.emulate_media(media="print")
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert "rgb(255, 255, 255)" == paper
        assert page.locator("#misconceptions ~ .wide details pre").first.is_visible()
        page.pdf(path=tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").stat().st_size > 10_000


def test_a_student_reads_the_way_on(browser: Browser, toy_sample: Course) -> None:
    """What is not right is listed, each with a link to its check; hints stand where something is not right."""
    with opened(browser, student_page(toy_sample, "blaise")) as page:
        page.locator("ol a").first.click()
        assert "not attempted" in page.locator(":target").inner_text()
    with opened(browser, student_page(toy_sample, "ada")) as page:
        assert 0 == page.locator("ol a").count()
