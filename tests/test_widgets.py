"""What all widgets share: numbers, traits, the student's functions behind them, controls, a page without kernel."""

from __future__ import annotations

import itertools
import math
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets
from matplotlib.figure import Figure

from course_utils import figures
from course_utils.widgets import Descent
from course_utils.widgets.base import FOLDER, Widget, number
from tests.javascript import needs_node, run
from tests.jupyterlab import CHROMIUM, Browser, open_browser
from tests.widget_page import mounted

browser_test = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium"),
]
NUMBERS = [0, 1, -1, 0.1, 1 / 3, 12.5, -3.514, 99999.0, 1e5, 123456.7, 1e-4, 9.9e-5, -2.98e-8, 1e100, 100.0]


class Square(Widget):
    """The smallest widget that a student's function drives."""

    script = "descent.js"
    inputs = ("x", "y")
    x = traitlets.Float(3.0).tag(sync=True)
    y = traitlets.Float(0.0).tag(sync=True)

    def __init__(self, f: Any, **state: Any) -> None:
        self.f, self.calls = f, 0
        super().__init__(**state)

    def drive(self) -> dict[str, Any]:
        """Ask the student's function once."""
        self.calls += 1
        return {"square": np.array([self.f(self.x)])}

    @property
    def caption(self) -> str:
        """Say what it is."""
        return f"The square of {self.x:g} <is> this."

    def figure(self) -> Figure:
        """Draw a dot."""
        axes = figures.axes("dot", "x", "y")
        axes.plot([self.x], [self.y], "o")
        assert isinstance(axes.figure, Figure)
        return axes.figure


def answered(widget: Widget) -> float:
    """Return the number that a Square has sent."""
    return float(struct.unpack("<f", widget._answer["square"]["data"])[0])


@needs_node
def test_numbers_are_written_alike_in_both_languages() -> None:
    """A caption from Python and one from JavaScript say the same."""
    random = np.random.default_rng(1)
    values = [*NUMBERS, *(random.standard_normal(200) * 10.0 ** random.integers(-9, 9, 200)).tolist()]
    assert [number(value) for value in values] == run("descent.js", "return data.map((x) => number(x))", values)


@pytest.mark.parametrize(("value", "text"), [(math.nan, "nan"), (math.inf, "∞"), (-math.inf, "−∞"), (-0.5, "−0.5")])
def test_numbers_that_are_none_have_names(value: float, text: str) -> None:
    """Infinity and nan are words; minus is a minus."""
    assert number(value) == text


@needs_node
def test_each_file_is_a_module_of_its_own(tmp_path: Path) -> None:
    """What it imports is exported where it says so: joined to one text, nobody would notice."""
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for file in FOLDER.glob("*.js"):
        shutil.copy(file, tmp_path)
    (tmp_path / "all.js").write_text("".join(f'import "./{file.name}";\n' for file in FOLDER.glob("*.js")))
    done = subprocess.run(["node", "all.js"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@needs_node
def test_ticks_are_round_and_inside() -> None:
    """For any domain, at least two and not many, in steps of 1, 2 or 5."""
    domains: list[list[float]] = [[-12, 12], [0, 25], [-2.2, 2.2], [1e-5, 1e4], [0.001, 0.0042], [0, 1]]
    found = run("descent.js", "return data.map(([a, b]) => ticks([a, b], 5, a > 0 && b / a > 1e3))", domains)
    assert [len(ticks) in range(2, 8) for ticks in found] == [True] * len(domains)
    assert [low - 1e-9 <= min(t) and max(t) <= high + 1e-9 for t, (low, high) in zip(found, domains, strict=True)] == [
        True
    ] * len(domains)


def test_a_students_function_drives_a_widget() -> None:
    """Its values go over as float32, and follow the traits."""
    widget = Square(lambda x: x**2)
    first = answered(widget)
    widget.x = 1.5
    assert (9.0, 2.25, {"x": 1.5, "y": 0.0}) == (first, answered(widget), widget._answer["for"])


def test_no_value_is_sent_back_to_the_slider_that_it_came_from() -> None:
    """While it is dragged an echo would be out of date: it would move it back."""
    traits = Descent("parabola").traits(sync=True)
    own = {name for name in traits if name in Descent.__dict__ or name in Widget.__dict__}
    assert {"learning_rate", "start"} <= own
    assert {
        name for name in own if name not in {"_css", "_esm"} and traits[name].metadata.get("echo_update", True)
    } <= {"_answer"}


def test_traits_that_change_together_ask_once() -> None:
    """A preset sets two values, and the function is called once."""
    widget = Square(lambda x: x**2)
    widget.set_state({"x": 2.0, "y": 1.0})
    assert (2, 4.0) == (widget.calls, answered(widget))


def test_an_error_at_the_start_is_the_cells_own() -> None:
    """An exercise that is not written yet says so as everywhere."""

    def unwritten(x: float) -> float:
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        Square(unwritten)


def test_an_error_later_is_told_by_the_widget() -> None:
    """A slider never prints a stack."""
    widget = Square(lambda x: 1 / (x - 2))
    widget.x = 2.0
    assert widget._answer["error"] == "ZeroDivisionError: float division by zero"
    widget.x = 3.0
    assert answered(widget) == 1.0


def test_a_page_without_kernel_shows_figure_and_caption() -> None:
    """The bundle of a display has the widget, and HTML with an SVG and the caption in words."""
    bundle = Square(lambda x: x)._repr_mimebundle_()
    assert bundle is not None
    data, _ = bundle
    assert {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"} == set(data)
    assert data["text/html"].startswith("<svg role=")
    assert data["text/html"].endswith("<p>The square of 3 &lt;is&gt; this.</p>")


def test_nothing_is_fetched() -> None:
    """The module and the style name no other file and no address but that of SVG."""
    text = f"{Descent._esm}{Widget._css}".replace("http://www.w3.org/2000/svg", "").replace("`url(#", "")
    assert [word for word in ("http", "//cdn", "fetch(", "@import", "url(", "\nimport ") if word in text] == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one Chromium for all tests."""
    with open_browser() as started:
        yield started


class TestPanel:
    """Controls in a page of their own."""

    pytestmark = browser_test

    def test_who_wants_no_motion_sees_the_end_at_once(self, browser: Browser) -> None:
        """Play goes to the last step without the steps between."""
        with mounted(browser, Descent("hills", step=0), calm=True) as page:
            page.get_by_role("button", name="Play").click()
            assert page.evaluate("model.get('step')") is None

    def test_play_goes_on_until_the_end(self, browser: Browser) -> None:
        """Each step is shown, and Pause is there meanwhile."""
        with mounted(browser, Descent("hills", step=0, steps=20)) as page:
            page.get_by_role("button", name="Play").click()
            page.get_by_role("button", name="Pause").wait_for()
            page.wait_for_function("document.querySelector('.course-caption').textContent.startsWith('Step 3 of 20')")
            page.wait_for_function("model.get('step') === null")
            page.get_by_role("button", name="Play").wait_for()

    def test_a_caption_is_spoken_after_it_has_settled(self, browser: Browser) -> None:
        """The polite region says the last caption, and those on the way at most about once a second."""
        with mounted(browser, Descent("parabola")) as page:
            page.evaluate("""() => { window.spoken = []; new MutationObserver(() =>
                spoken.push([performance.now(), document.querySelector('[aria-live=polite]').textContent])
                ).observe(document.querySelector('[aria-live=polite]'), {childList: true}); }""")
            page.get_by_label("Learning rate λ").focus()
            for _ in range(40):
                page.keyboard.press("ArrowRight")
            page.wait_for_function("""() => model.get('learning_rate') > 0.15
                && spoken.at(-1)?.[1] === document.querySelector('.course-caption').textContent""")
            moments = [moment for moment, _ in page.evaluate("spoken")]
            assert [later - sooner > 800 for sooner, later in itertools.pairwise(moments)] == [True] * (
                len(moments) - 1
            )

    def test_python_hears_of_a_change_when_the_widget_goes(self, browser: Browser) -> None:
        """What was set last is saved."""
        with mounted(browser, Descent("parabola")) as page:
            page.evaluate("""() => { const input = document.querySelector('input[type=range]');
                input.value = -1; input.dispatchEvent(new Event('input')); unmount(); }""")
            assert page.evaluate("[model.saved.learning_rate, document.querySelector('.course-widget')]") == [0.1, None]

    @pytest.mark.parametrize("width", [320, 900])
    def test_a_narrow_window_shows_all(self, browser: Browser, width: int) -> None:
        """Nothing sticks out to the right."""
        with mounted(browser, Descent("ravine"), width=width) as page:
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
