"""Released labs in a real JupyterLab: they open without a question, and Run All ends with messages one can read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course
from autograder.source.percent import read_lab
from course_utils.lab import copy_labs
from tests.jupyterlab import CHROMIUM, Browser, Lab, open_browser, open_notebook, run_all, serve

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


@dataclass(frozen=True)
class Seen:
    """What a student saw of a lab: what asked for an answer when it was opened, and its cells after Run All."""

    questions: list[str]
    cells: list[dict[str, Any]]

    def errors(self, *kinds: str) -> list[dict[str, Any]]:
        """Return the errors in the outputs of the cells of some kinds."""
        cells = [cell for cell in self.cells if cell["metadata"].get("course", {}).get("kind") in kinds]
        return [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]


@pytest.fixture(scope="module")
def see(browser: Browser, lab: Lab) -> Callable[[str], Seen]:
    """Open an unsolved lab and run all of it, once for all tests."""

    @cache
    def seen(name: str) -> Seen:
        with open_notebook(browser, lab, f"{name}/{name}.ipynb") as page:
            questions = page.evaluate(OUTPUTS, ".jp-Dialog, .Toastify__toast")
            run_all(page)
            return Seen(questions, page.evaluate(CELLS))

    return seen


@pytest.mark.parametrize("name", LABS)
def test_a_lab_opens_without_a_question(see: Callable[[str], Seen], name: str) -> None:
    """No dialog for a kernel, no popup."""
    assert see(name).questions == []


@pytest.mark.parametrize("name", LABS)
def test_run_all_goes_through_an_unsolved_lab(see: Callable[[str], Seen], name: str) -> None:
    """Setup cells run, every check says that it is not attempted, and nothing worse happens."""
    checks = len(read_lab(COURSE.solutions / f"{name}.py").of_kind("checks"))
    assert see(name).errors("setup") == []
    told = [error["ename"] for error in see(name).errors("checks")]
    # A check whose whole body is hidden has nothing to say in a student's kernel.
    assert (set(told), len(told) <= checks) == ({"NotAttempted"}, True)
    assert [error for error in see(name).errors("show", "exercise") if not misses_an_answer(error)] == []


def misses_an_answer(error: dict[str, Any]) -> bool:
    """Tell whether a cell stops for want of an exercise: its function, its value, or what a cell made of it."""
    name, text = error["ename"], error["evalue"]
    return name in ("NotImplementedError", "NameError", "KeyError", "IndexError") or "'NoneType'" in text


@pytest.mark.parametrize("name", LABS)
def test_an_unwritten_exercise_is_one_line_not_a_stack(see: Callable[[str], Seen], name: str) -> None:
    """Whatever cell meets it, and in the words of a person."""
    outputs = [output for cell in see(name).cells for output in cell.get("outputs", [])]
    traces = [output["traceback"] for output in outputs if output.get("ename") == "NotImplementedError"]
    assert [trace for trace in traces if len(trace) != 1 or not trace[0].startswith("○ Not written yet: ")] == []
    assert traces != []
