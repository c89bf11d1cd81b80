"""axe-core looks at every widget with something in it, light and dark; colours of small words keep their contrast."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from course_utils import widgets
from course_utils.widgets.base import Widget
from tests.jupyterlab import CHROMIUM, Browser, open_browser
from tests.lab_engine import lab, table
from tests.widget_page import mounted

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium"),
]
ENGINE = {
    "node": lab().Node,
    "backprop": lambda root, vjps: lab().backward(lab().topological_order(root), vjps),
    "vjps": table(),
}
DIGITS = np.arange(128 * 10).reshape(20, 8, 8) % 256
WRONG = {"labels": [3, 5] * 10, "p_right": [0.1, 0.2] * 10, "said": ["even"] * 20}
WIDGETS: dict[str, tuple[str, dict[str, Any]]] = {
    "a line": ("Descent", {"landscape": "hills"}),
    "a tangent": ("Tangent", {}),
    "a tangent of the slope": ("Tangent", {"curve": "bowl", "newton": True}),
    "a curve fit": ("CurveFit", {"learning_rate": 0.1, "step": 7}),
    "a fit that diverges": ("CurveFit", {"learning_rate": 0.15}),
    "a fit to noise": ("Noise", {}),
    "a bundle of fits": ("Noise", {"degree": 15, "n": 16, "refits": None}),
    "a plane in fog": ("Descent", {"landscape": "ravine", "fog": True, "step": 3}),
    "a graph": ("Graph", {"formula": lambda a, b: a * b + a, "at": {"a": 2, "b": 3}, "step": None, **ENGINE}),
    "a loop": ("Loop", {"loss": lambda w: (w - 1) ** 2, "start": 2.0, "clear": False, "step": 7}),
    "a training to come": ("LiveTraining", {}),
    "a training": ("LiveTraining", {}),
    "mistakes": ("Gallery", {"pictures": DIGITS, **WRONG}),
    "mistakes, the last page": ("Gallery", {"pictures": DIGITS, "page": 1, **WRONG}),
    "an empty pad": ("Pad", {"p_odd": lambda _: 0.9}),
    "a pad": ("Pad", {"p_odd": lambda _: 0.9, "picture": [0, 255] * 392}),
}
CONTENT = {  # what is in those that can be empty: so many pictures, and words
    "a training": (2, "SimpleNN after 40 steps: loss from 2 to 1.03, accuracy 0.9."),
    "mistakes": (12, "20 of 20 pictures are wrong (100.0%); page 1 of 2"),
    "mistakes, the last page": (8, "page 2 of 2"),
    "a pad": (1, "Your model says odd: p(odd) = 0.9"),
}
# The contrast of each coloured word of a drawing with the page; canvas paints any colour as red, green, blue.
CONTRASTS = """() => {
    const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const luminance = colour => {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b] = Array.from(context.getImageData(0, 0, 1, 1).data, byte => byte / 255)
            .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const paper = luminance(getComputedStyle(document.body).backgroundColor);
    return [...document.querySelectorAll('svg text, svg tspan')].map(word => {
        const ink = luminance(getComputedStyle(word).fill);
        return Math.max(ink, paper) / Math.min(ink, paper);
    });
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one Chromium for all tests."""
    with open_browser() as started:
        yield started


def made(name: str) -> Widget:
    """Make a widget of the list; a training has run."""
    kind, traits = WIDGETS[name]
    widget: Widget = getattr(widgets, kind)(**traits)
    if name == "a training":
        for run in ("Logistic", "SimpleNN"):
            widget.run = run
            for step in range(40):
                widget.update(loss=1 + 1 / (1 + step))
            widget.update(accuracy=0.9)
        widget.flush()
    return widget


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", WIDGETS)
def test_axe_finds_nothing_serious(browser: Browser, name: str, *, dark: bool) -> None:
    """No violation that axe calls serious or critical, in a widget that has its content."""
    with mounted(browser, made(name), dark=dark) as page:
        found = Axe().run(page).response["violations"]
        pictures, words = CONTENT.get(name, (0, ""))
        assert page.locator(".course-plots [role=img]:visible").count() >= pictures
        assert words in page.locator(".course-caption").inner_text()
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}] == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", [name for name, (kind, _) in WIDGETS.items() if kind not in ("Gallery", "Pad")])
def test_words_in_drawings_keep_their_contrast(browser: Browser, name: str, *, dark: bool) -> None:
    """At least 4.5:1 on the page, whatever their colour; axe does not look into SVG."""
    with mounted(browser, made(name), dark=dark) as page:
        contrasts = page.evaluate(CONTRASTS)
    assert (len(contrasts) > 5, [contrast for contrast in contrasts if contrast < 4.5]) == (True, [])


def test_names_of_runs_do_not_cover_each_other(browser: Browser) -> None:
    """Also where both curves end at the same place."""
    with mounted(browser, made("a training")) as page:
        names = page.get_by_text("Logistic", exact=True), page.get_by_text("SimpleNN", exact=True)
        boxes = [one.locator("visible=true").last.bounding_box() for one in names]
    above, below = sorted((box for box in boxes if box), key=lambda box: box["y"])
    assert above["y"] + above["height"] <= below["y"] + 2


def test_every_widget_is_looked_at() -> None:
    """The list above has each class."""
    assert {kind for kind, _ in WIDGETS.values()} == set(widgets.__all__)
