"""A student's way through the unpacked bundle, in a real JupyterLab: start page, lab 02, hand-in; then it is graded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ViewportSize

from autograder.cli import main
from autograder.course import Course
from autograder.release.bundle import bundle
from tests.jupyterlab import CHROMIUM, Browser, Lab, Page, open_browser, open_notebook, open_page, run_all, serve
from tests.test_bundle import SITE

ROOT = Path(__file__).resolve().parents[1]
LAB = "02_gradient_descent"
CELL = """(id) => {
    const cells = window.jupyterapp.shell.currentWidget.content.widgets;
    return cells.findIndex(cell => (cell.model.getMetadata('nbgrader') || {}).grade_id === id);
}"""
RUN = """async (index) => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.activeCellIndex = index;
    panel.content.deselectAll();
    await window.jupyterapp.commands.execute('notebook:run-cell');
    return panel.content.widgets[index].model.toJSON().outputs;
}"""
WRITE = """([index, text]) =>
    window.jupyterapp.shell.currentWidget.content.widgets[index].model.sharedModel.setSource(text)"""
TALL: ViewportSize = {"width": 1280, "height": 4000}  # JupyterLab draws only the cells that are in sight
OPENED = "() => window.jupyterapp.shell.currentWidget.context.path"
SAVE = "() => window.jupyterapp.commands.execute('docmanager:save')"
BLANK = "○ Exercise 2.2 is not attempted yet"
UPHILL = "def gradient_step(x, gradient, learning_rate):\n    return x + learning_rate * gradient(x)"
DOWNHILL = UPHILL.replace("x +", "x -")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium"),
]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the course's own bundle, and copy its labs to work/."""
    elsewhere = tmp_path_factory.mktemp("bundle")
    with zipfile.ZipFile(bundle(Course.load(ROOT)).path) as archive:
        archive.extractall(elsewhere)
    (folder,) = elsewhere.iterdir()
    (folder / "sitecustomize.py").write_text(SITE, "utf-8")  # import autograder fails
    environment = os.environ | {"PYTHONPATH": str(folder)}
    subprocess.run([sys.executable, "-m", "course_utils.lab", "--copy-only"], cwd=folder, env=environment, check=True)
    return folder


@pytest.fixture(scope="module")
def lab(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Serve work/ as `make lab` does in the bundle."""
    with serve(unpacked / "work", tmp_path_factory.mktemp("home"), unpacked) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one Chromium for all tests."""
    with open_browser() as started:
        yield started


def run_cell(page: Page, grade_id: str, text: str | None = None) -> str:
    """Run a cell, with a new text if there is one, and return what it says."""
    index = page.evaluate(CELL, grade_id)
    if text is not None:
        page.evaluate(WRITE, [index, text])
    outputs = page.evaluate(RUN, index)
    return "".join("\n".join(output.get("traceback", [])) + "".join(output.get("text", "")) for output in outputs)


def strangers(page: Page) -> list[str]:
    """Collect the addresses off this computer that a page asks for, from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if _is_far(request.url) else None)
    return asked


def grave(page: Page) -> list[str]:
    """Name what axe finds serious or critical in prose and outputs; the rest of the page is JupyterLab's."""
    found = Axe().run(page, context=[".jp-RenderedMarkdown", ".jp-OutputArea-output"]).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def statuses(archive: Path, folder: Path) -> dict[str, str]:
    """Grade what Moodle makes of a student's archive, and return the status of each check."""
    folder.mkdir()
    upload, table = folder / "moodle.zip", folder / "results.json"
    with zipfile.ZipFile(upload, "w") as members:
        members.write(archive, f"Ada Lovelace_1234_assignsubmission_file_/{archive.name}")
    assert main(["--root", str(ROOT), "grade", str(upload), "--class", str(folder), "--json", str(table)]) == 0
    (submission,) = json.loads(table.read_text("utf-8"))["submissions"]
    return {check["check"]: check["status"] for check in submission["checks"]}


def _is_far(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1"


def test_the_start_page_opens_first(browser: Browser, lab: Lab) -> None:
    """Without a question; it runs to its end, draws its formula, and asks no other computer for anything."""
    with open_page(browser, lab.first_page) as page:
        asked = strangers(page)
        page.set_viewport_size(TALL)
        page.reload()
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        assert page.evaluate(OPENED) == "00_start/00_start.ipynb"
        assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0
        run_all(page)
        page.set_default_timeout(60_000)
        page.wait_for_selector("mjx-container")
        assert asked == []
        assert page.locator(".jp-OutputArea-output a", has_text="02 Gradient descent").count() == 1
        assert page.get_by_text("All that the labs need is there.").count() == 1


def test_the_start_page_is_accessible(browser: Browser, lab: Lab) -> None:
    """Axe finds nothing serious in what the page adds to JupyterLab, in the light theme and in the dark one."""
    for dark in (False, True):
        with open_notebook(browser, lab, "00_start/00_start.ipynb", dark=dark) as page:
            page.set_viewport_size(TALL)
            run_all(page)
            page.wait_for_selector(".jp-OutputArea button")
            assert grave(page) == []


def test_a_student_s_path(browser: Browser, lab: Lab, unpacked: Path) -> None:
    """Wrong answer, message, hint, right answer, progress, hand-in; and the archive grades."""
    with open_notebook(browser, lab, f"{LAB}/{LAB}.ipynb") as page:
        run_all(page)
        page.set_default_timeout(60_000)
        assert run_cell(page, "check_gradient_step_number").startswith(BLANK)
        run_cell(page, "gradient_step", UPHILL)
        wrong = run_cell(page, "check_gradient_step_number")
        assert wrong.startswith("✗ Exercise 2.2: ")
        assert "uphill" in wrong
        hint = page.locator("details", has_text="Which way of writing the update").first
        hint.locator("summary").click()
        assert hint.locator("p").is_visible()
        run_cell(page, "gradient_step", DOWNHILL)
        assert run_cell(page, "check_gradient_step_number").startswith("✓")
        assert run_cell(page, "check_gradient_step_array").startswith("✓")
        last = page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length - 1")
        (told, *_) = page.evaluate(RUN, last)
        assert "Lab 02, Gradient descent: 1 of 7 exercises right; not attempted: 2.1" in told["text"]
        button = page.get_by_role("button", name="Hand in lab 02")
        button.click()
        page.get_by_text("what you ran last for gradient_step is not saved").wait_for()
        page.evaluate(SAVE)
        button.click()
        page.get_by_text("Receipt: ").wait_for(timeout=120_000)
    (archive,) = (unpacked / "work" / "hand_in").glob(f"{LAB}-*.zip")
    assert statuses(archive, unpacked.parent / "class")["check_gradient_step_number"] == "CORRECT"


def test_the_start_page_tells_progress(browser: Browser, lab: Lab) -> None:
    """What the checks of lab 02 said is in its table."""
    with open_notebook(browser, lab, "00_start/00_start.ipynb") as page:
        page.set_viewport_size(TALL)
        row = page.locator(".jp-OutputArea-output tr", has_text="02 Gradient descent").first
        for _ in range(3):  # the page tells what is noted when its cell runs: as its words say, run it again
            run_all(page)
            if "1 of 7 exercises right" in row.inner_text():
                break
        assert "1 of 7 exercises right" in row.inner_text()
        page.set_default_timeout(180_000)
        row.locator("a").click()
        page.wait_for_function(f"({OPENED})() === '{LAB}/{LAB}.ipynb'")
