"""Graph, Loop, LiveTraining, Gallery and Pad in a real JupyterLab: keyboard, mouse, and Python's state behind them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Locator, expect

from tests.jupyterlab import CHROMIUM, DRAWN, Browser, Lab, Page, open_browser, open_notebook, python, run_all, serve
from tests.test_widgets_jupyterlab import caption, path_data, slider, wait_for_python

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium"),
]
CELLS = [
    "from tests.test_widgets_graph import paper\ngraph = paper()\ngraph",
    "from tests.test_widgets_loop import made\nloop = made()\nloop",
    "from course_utils import widgets\nlive = widgets.LiveTraining('Logistic')\nlive",
    "for step in range(100):\n    live.update(loss=1 / (1 + step))\nlive.update(accuracy=0.5)",
    "from tests.test_widgets_livetraining import gallery\nmistakes = gallery()\nmistakes",
    "pad = widgets.Pad(lambda picture: float(picture.sum(axis=0).max() / 255 / 28))\npad",
    "import time\nfrom course_utils import checks\nfrom tqdm.auto import tqdm\nsteps = 0",
    "for step in tqdm(range(steps)):\n    live.update(loss=1 / (1 + step))\n    time.sleep(0.001)",
]
TRAIN = """() => {
    const {content} = window.jupyterapp.shell.currentWidget;
    content.activeCellIndex = content.widgets.length - 1;
    content.deselectAll();
    window.jupyterapp.commands.execute('notebook:run-cell');
}"""
NAMES = ["Computation graph", "Training loop, line by line", "Live training", "Mistakes", "Write a digit"]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a notebook of widgets."""
    folder = tmp_path_factory.mktemp("work")
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "training.ipynb")
    return folder


@pytest.fixture(scope="module")
def lab(work: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Serve it."""
    with serve(work, tmp_path_factory.mktemp("home"), Path(__file__).resolve().parents[1]) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one Chromium for all tests."""
    with open_browser() as started:
        yield started


@pytest.fixture(scope="module")
def console() -> list[str]:
    """Collect what the browser complains about while all tests of this file run."""
    return []


@pytest.fixture(scope="module")
def page(browser: Browser, lab: Lab, console: list[str]) -> Iterator[Page]:
    """Open the notebook and run it."""
    with open_notebook(browser, lab, "training.ipynb") as opened:
        opened.on("console", lambda message: console.append(message.text) if message.type == "error" else None)
        opened.on("pageerror", lambda error: console.append(str(error)))
        run_all(opened)
        opened.set_default_timeout(20_000)
        expect(opened.locator(".course-caption")).to_have_count(len(NAMES))
        yield opened


def widget(page: Page, place: int) -> Locator:
    """Return a widget, with JupyterLab in command mode."""
    page.keyboard.press("Escape")
    found = page.get_by_role("group", name=NAMES[place], exact=True)
    found.scroll_into_view_if_needed()
    return found


def test_a_graph_is_stepped_by_keyboard(page: Page) -> None:
    """Values forward, adjoints back, the sum at the end; Python knows the step."""
    found = widget(page, 0)
    for step in range(1, 10):
        found.get_by_role("button", name="Step").press("Enter")
        wait_for_python(page, "graph.step", str(step))
    expect(caption(found)).to_contain_text("adds up: 3 + 0.5 = 3.5. Back: one walk, 5 multiplications")
    expect(found.locator("svg[role=img] text", has_text="3 + 0.5")).to_have_count(1)
    found.get_by_role("button", name="Back").press("Space")
    expect(caption(found)).to_contain_text("Backward 4 of 5")
    assert python(page, "graph.caption") == caption(found).inner_text()


def test_an_input_of_the_graph_moves_by_keyboard_and_mouse(page: Page) -> None:
    """The engine runs again, and the picture has its values."""
    found = widget(page, 0)
    python(page, "setattr(graph, 'step', 1)")
    slider(found, "x2").press("Home")
    wait_for_python(page, "graph.at['x2']", "-4")
    expect(caption(found)).to_contain_text("× −4 = −4.19")
    box = slider(found, "x1").bounding_box()
    assert box is not None
    slider(found, "x1").click(position={"x": box["width"] * 0.99, "y": box["height"] / 2})
    wait_for_python(page, "graph.at['x1'] > 3.8", "True")
    expect(found.locator("svg[role=img] text", has_text="value −1")).not_to_have_count(0)


def test_the_loop_goes_line_by_line(page: Page) -> None:
    """The line is marked, the table changes, zero_grad left out adds slopes up."""
    found = widget(page, 1)
    for _ in range(3):
        found.get_by_role("button", name="Step").press("Enter")
    wait_for_python(page, "loop.step", "3")
    expect(found.locator("li[aria-current=step]")).to_contain_text("loss.backward()")
    expect(found.locator("td.course-new")).to_have_text(["21"])
    found.get_by_label("with zero_grad()").press("Space")
    wait_for_python(page, "loop.clear", "False")
    for _ in range(4):
        found.get_by_role("button", name="Step").click()
    expect(caption(found)).to_contain_text("21 + 7.297 = 28.3")
    expect(found.locator("li.course-skipped")).to_contain_text("# left out")
    found.get_by_role("button", name="the end").press("Enter")
    expect(caption(found)).to_contain_text("momentum=1 goes the same way")
    before = path_data(found, "other")
    slider(found, "Learning rate λ").press("Home")
    wait_for_python(page, "loop.learning_rate", "0.001")
    expect(found.locator("svg path.course-other").last).not_to_have_attribute("d", before)


def test_a_training_is_drawn_while_and_after_it_runs(page: Page) -> None:
    """The loop's numbers are there when the cell has ended; more come, and an interrupt is told."""
    found = widget(page, 2)
    expect(caption(found)).to_have_text(
        re.compile(r"Logistic after 100 steps: loss from 1 to 0\.0102, accuracy 0\.5\.")
    )
    expect(found.get_by_role("img", name=re.compile("The curve of"))).to_have_count(2)
    before = path_data(found, "path")
    python(page, "[live.update(loss=2.0) for _ in range(50)] and live.flush()")
    expect(caption(found)).to_contain_text("after 150 steps: loss from 1 to 2")
    assert before != path_data(found, "path")


def test_a_long_training_is_stopped_by_the_square_button(page: Page) -> None:
    """While it runs the curve grows; then the caption says who stopped it, and the notebook goes on."""
    python(page, "[setattr(live, 'run', 'Long'), globals().update(steps=10**7)]")
    page.evaluate(TRAIN)
    found = page.get_by_role("group", name=NAMES[2], exact=True)
    expect(caption(found)).to_contain_text(re.compile(r"Long after \d{3,} steps"))
    seen = caption(found).inner_text()
    expect(caption(found)).not_to_have_text(seen)
    expect(page.locator(".jp-OutputArea", has_text="it/s").last).to_be_visible()
    page.locator("[data-command='notebook:interrupt-kernel']").click()
    expect(caption(found)).to_contain_text("Stopped by hand: what was learned so far is kept.")
    expect(page.get_by_text("■ Stopped by you. All that was computed before is still there")).to_be_visible()
    kept = int(python(page, "len(live.curve('loss', 'Long')[0])"))
    assert kept >= 100
    python(page, "[live.update(loss=1.0), live.flush()]")
    expect(caption(found)).to_contain_text(f"Long after {kept + 1} steps")
    expect(caption(found)).not_to_contain_text("Stopped by hand")


def test_mistakes_are_chosen_by_label(page: Page) -> None:
    """The list and the pages, with words for each picture."""
    found = widget(page, 3)
    expect(found.get_by_role("img")).to_have_count(10)
    expect(found.get_by_role("img").first).to_have_attribute("aria-label", "A picture of 3: said odd, p = 0.02")
    found.get_by_role("combobox", name="Show pictures of").select_option("1")
    wait_for_python(page, "mistakes.label", "1")
    expect(found.get_by_role("img")).to_have_count(5)
    expect(caption(found)).to_contain_text("5 of 5 pictures of 1 are wrong (100.0%); page 1 of 1")


def test_a_digit_is_drawn_by_mouse(page: Page) -> None:
    """A stroke from top to bottom is ink in Python, and the model speaks."""
    found = widget(page, 4)
    box = found.locator("canvas").first.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(middle, box["y"] + 0.8 * box["height"], steps=6)
    page.mouse.up()
    wait_for_python(page, "sum(ink > 0 for ink in pad.picture) > 40", "True")
    expect(caption(found)).to_contain_text("Your model says odd: p(odd) = ")
    found.get_by_role("button", name="Clear").press("Enter")
    wait_for_python(page, "sum(pad.picture)", "0")
    expect(caption(found)).to_contain_text("The pad is empty")


def test_a_digit_is_drawn_by_keyboard_in_command_mode(page: Page) -> None:
    """Arrow keys move the pen, Space puts it down; no cell is left, added or deleted."""
    found, cells = widget(page, 4), page.locator(".jp-Cell").count()
    canvas = found.locator("canvas").first
    canvas.focus()
    for key in ("ArrowLeft", "Space", *["ArrowDown"] * 12, "Space", "ArrowRight"):
        page.keyboard.press(key)
    expect(found.get_by_text("Pen up in column 15, row 18 of 28.")).to_be_visible()
    wait_for_python(page, "max(range(28), key=lambda column: sum(pad.picture[column::28])) in (12, 13)", "True")
    page.keyboard.press("Delete")
    wait_for_python(page, "sum(pad.picture)", "0")
    assert cells == page.locator(".jp-Cell").count()


def test_the_browser_had_no_complaint(page: Page, console: list[str]) -> None:
    """After all that."""
    page.evaluate(DRAWN)
    assert console == []


def test_pages_without_a_kernel_show_pictures_and_captions(page: Page, work: Path) -> None:
    """The saved notebook as HTML has an SVG with a text alternative and a caption for each widget."""
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    body, _ = HTMLExporter().from_notebook_node(nbformat.read(work / "training.ipynb", as_version=4))
    told = re.findall(r'<svg[^>]*aria-label="([^"]+)".*?</svg>\s*<p>([^<]+)</p>', body, re.DOTALL)
    assert [len(alt) > 20 and len(words) > 20 for alt, words in told] == [True] * len(NAMES)
