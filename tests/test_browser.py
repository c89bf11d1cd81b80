"""Released labs in a real JupyterLab: they open without a question, and Run All ends with messages one can read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.source.percent import read_lab
from course_utils.lab import copy_labs
from tests.jupyterlab import CHROMIUM, Browser, Lab, Page, open_browser, open_notebook, run_all, serve

COURSE = Course.load(Path(__file__).resolve().parents[1])
LABS = [lab.name for lab in COURSE.labs]
OUTPUTS = "(selector) => [...document.querySelectorAll(selector)].map(output => output.innerText)"
CELLS = "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.toJSON())"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium"),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Serve a copy of labs/, as `make lab` does."""
    work, home = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("home")
    copy_labs(COURSE.labs_folder, work)
    with serve(work, home) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one Chromium for all tests."""
    with open_browser() as started:
        yield started


def questions(page: Page) -> list[str]:
    """Return what covers the notebook and waits for an answer."""
    texts: list[str] = page.evaluate(OUTPUTS, ".jp-Dialog, .Toastify__toast")
    return texts


def errors(page: Page, kind: str) -> list[str]:
    """Return the names of the errors in the outputs of the cells of one kind."""
    cells = [cell for cell in page.evaluate(CELLS) if cell["metadata"].get("course", {}).get("kind") == kind]
    return [output["ename"] for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]


@pytest.mark.parametrize("name", LABS)
def test_a_lab_opens_without_a_question(browser: Browser, lab: Lab, name: str) -> None:
    """No dialog for a kernel, no popup."""
    with open_notebook(browser, lab, f"{name}/{name}.ipynb") as page:
        assert questions(page) == []


@pytest.mark.parametrize("name", LABS)
def test_run_all_goes_through_an_unsolved_lab(browser: Browser, lab: Lab, name: str) -> None:
    """Setup cells run, every check says that it is not attempted, and nothing worse happens."""
    checks = len(read_lab(COURSE.solutions / f"{name}.py").of_kind("checks"))
    with open_notebook(browser, lab, f"{name}/{name}.ipynb") as page:
        run_all(page)
        found = errors(page, "setup"), errors(page, "checks"), errors(page, "show") + errors(page, "exercise")
    # A check whose whole body is hidden has nothing to say in a student's kernel.
    assert (found[0], set(found[1]), len(found[1]) <= checks) == ([], {"NotAttempted"}, True)
    # A demonstration may also miss what an earlier one would have made.
    assert set(found[2]) - {"NotImplementedError", "NameError"} == set()


@pytest.mark.parametrize("name", LABS)
def test_an_unwritten_exercise_is_one_line_not_a_stack(browser: Browser, lab: Lab, name: str) -> None:
    """Whatever cell meets it, and in the words of a person."""
    with open_notebook(browser, lab, f"{name}/{name}.ipynb") as page:
        run_all(page)
        outputs = [output for cell in page.evaluate(CELLS) for output in cell.get("outputs", [])]
    traces = [output["traceback"] for output in outputs if output.get("ename") == "NotImplementedError"]
    assert [trace for trace in traces if len(trace) != 1 or not trace[0].startswith("○ Not written yet: ")] == []
    assert traces != []
