"""Labs in a real JupyterLab: unsolved ones end with messages one can read, solved ones show all they have to show."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from autograder.course import Course
from autograder.source.percent import read_lab
from course_utils.lab import copy_labs
from tests.jupyterlab import CHROMIUM, Browser, Lab, Page, open_browser, open_notebook, run_all, serve
from tests.proof import count
from tests.worked_lab import solved

COURSE = Course.load(Path(__file__).resolve().parents[1])
LABS = [lab.name for lab in COURSE.labs]
OPENED = LABS[:: count(2, 1)]  # JupyterLab and Chromium take ten seconds for each
ALL = [lab.name for lab in (*COURSE.start, *COURSE.labs)]
SOLVED = (ALL[3::3], ALL)[count(0, 1)]  # the start page and lab 02 have test_student_path
VALIDATED = LABS[: count(1, len(LABS))]
PARTS = ["validate-assignment", "create-assignment", "assignment-list", "course-list", "formgrader"]
OUTPUTS = "(selector) => [...document.querySelectorAll(selector)].map(output => output.innerText)"
CELLS = "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.toJSON())"
# What a cell shows when it is in sight: problems with its widgets and figures, and how many of each are well.
SHOWN = """async index => {
    const {content: notebook} = window.jupyterapp.shell.currentWidget;
    const {node, model} = notebook.widgets[index];
    const outputs = model.toJSON().outputs.map(output => output.data ?? {});
    const bar = data => data['text/plain']?.includes('%|');  // of tqdm: it goes when its loop has ended
    const live = outputs.filter(data => 'application/vnd.jupyter.widget-view+json' in data && !bar(data)).length;
    const still = outputs.filter(data => /<(svg|img) /.test(data['text/html'] ?? '')).length;
    const large = element => element.getBoundingClientRect().width * element.getBoundingClientRect().height > 0;
    const within = (selector) => [...node.querySelectorAll(`.jp-OutputArea-output ${selector}`)];
    const inSight = element => !element.closest('[hidden], [aria-hidden=true], .course-unseen');
    const told = element => element.getAttribute('alt') || element.getAttribute('aria-label');
    const look = () => {
        const widgets = within('.course-widget, .widget-vbox, .widget-interact');
        const figures = within('svg, img, canvas').filter(inSight);
        return {
            live: widgets.filter(widget => large(widget) && widget.childElementCount).length,
            still: figures.length,
            problems: [
                ...widgets.filter(widget => !large(widget)).map(widget => `no size: ${widget.className}`),
                ...figures.filter(figure => !told(figure)).map(figure => `no words: ${figure.outerHTML.slice(0, 90)}`),
                ...figures.filter(figure => !large(figure)).map(figure => `no size: ${told(figure)}`),
                ...figures.filter(figure => figure.naturalWidth === 0).map(figure => `no picture: ${told(figure)}`),
                ...outputs.filter(data => 'image/png' in data).map(() => 'a picture without words'),
            ],
        };
    };
    await notebook.scrollToItem(index, 'center');
    for (let tries = 0; tries < 200; tries += 1) {
        const {live: mounted, still: drawn, problems} = look();
        if (mounted >= live && drawn >= still && !problems.length) break;
        await new Promise(done => setTimeout(done, 50));
    }
    const seen = look();
    if (seen.live < live) seen.problems.push(`${seen.live} of ${live} widgets are shown`);
    if (seen.still < still) seen.problems.push(`${seen.still} of ${still} figures are shown`);
    return seen;
}"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium"),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Serve a copy of labs/, as `make lab` does."""
    work, home = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("home")
    copy_labs(COURSE.labs_folder, work)
    for name in ALL:
        (work / name / f"{name}_solved.ipynb").write_text(solved(COURSE, name), "utf-8")
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


@pytest.mark.parametrize("name", OPENED)
def test_a_lab_opens_without_a_question(see: Callable[[str], Seen], name: str) -> None:
    """No dialog for a kernel, no popup."""
    assert see(name).questions == []


@pytest.mark.parametrize("name", OPENED)
def test_run_all_goes_through_an_unsolved_lab(see: Callable[[str], Seen], name: str) -> None:
    """Setup cells run, every check says that it is not attempted, and nothing worse happens."""
    checks = len(read_lab(COURSE.solutions / f"{name}.py").of_kind("checks"))
    assert see(name).errors("setup") == []
    told = [error["ename"] for error in see(name).errors("checks")]
    # A check whose whole body is hidden has nothing to say in a student's kernel.
    assert (set(told), len(told) <= checks) == ({"NotAttempted"}, True)


@pytest.mark.parametrize("name", OPENED)
def test_an_unwritten_exercise_is_one_line_not_a_stack(see: Callable[[str], Seen], name: str) -> None:
    """Whatever cell meets it, or what a cell could not make without it, and in the words of a person."""
    traces = [error["traceback"] for error in see(name).errors("show", "exercise")]
    assert [trace for trace in traces if len(trace) != 1 or not trace[0].startswith("○ Not written yet: ")] == []
    assert traces != []


@pytest.mark.parametrize("name", SOLVED)
def test_a_solved_lab_shows_all_that_it_has_to_show(browser: Browser, lab: Lab, name: str) -> None:
    """No error and no complaint; every widget is there, every figure is drawn, and each is told in words."""
    complaints: list[str] = []
    with open_notebook(browser, lab, f"{name}/{name}_solved.ipynb", complaints=complaints) as page:
        run_all(page)
        cells = page.evaluate(CELLS)
        outputs = [(number, output) for number, cell in enumerate(cells) for output in cell.get("outputs", [])]
        assert [(output["ename"], output["evalue"]) for _, output in outputs if output["output_type"] == "error"] == []
        shown = {number: page.evaluate(SHOWN, number) for number in {at for at, output in outputs if "data" in output}}
    assert {number: seen["problems"] for number, seen in shown.items() if seen["problems"]} == {}
    widgets, figures = (sum(seen[kind] for seen in shown.values()) for kind in ("live", "still"))
    assert (widgets >= 1, figures >= (3 if name in LABS else 0)) == (True, True)
    assert complaints == []


def validated(page: Page) -> str:
    """Press nbgrader's Validate button, and return what the dialog says."""
    expect(page.locator(".jp-NotebookPanel .jp-Spinner")).to_have_count(0, timeout=60_000)
    page.get_by_role("button", name="Validate").click()
    dialog = page.locator(".jp-Dialog", has_text="Validation Results")
    dialog.wait_for(timeout=120_000)
    text: str = dialog.inner_text()
    dialog.get_by_role("button", name="Ok").click()
    expect(dialog).to_have_count(0)
    return text


@pytest.mark.parametrize("name", VALIDATED)
def test_validate_passes_a_solved_lab(browser: Browser, lab: Lab, name: str) -> None:
    """The button in JupyterLab runs all checks, and finds nothing; nbgrader's panels for instructors are not there."""
    with open_notebook(browser, lab, f"{name}/{name}_solved.ipynb") as page:
        assert "Success! Your notebook passes all the tests." in validated(page)
        there = page.evaluate(
            "names => names.map(name => window.jupyterapp.hasPlugin(`@jupyter/nbgrader:${name}`))", PARTS
        )
    assert there == [True, False, False, False, False]


@pytest.mark.parametrize("name", VALIDATED)
def test_validate_names_what_is_not_attempted(browser: Browser, lab: Lab, name: str) -> None:
    """In the checks' own words, and without a stack."""
    with open_notebook(browser, lab, f"{name}/{name}.ipynb") as page:
        told = validated(page)
    assert ("is not attempted yet" in told, "Traceback" in told) == (True, False)
