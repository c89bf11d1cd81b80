"""axe-core looks at every widget, light and dark, wide and narrow."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from course_utils import widgets
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
DIGITS = np.arange(128).reshape(2, 8, 8)
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
    "a training": ("LiveTraining", {}),
    "mistakes": ("Gallery", {"pictures": DIGITS, "labels": [3, 5], "p_right": [0.1, 0.2], "said": ["even"] * 2}),
    "a pad": ("Pad", {"p_odd": lambda _: 0.9, "picture": [0, 255] * 392}),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one Chromium for all tests."""
    with open_browser() as started:
        yield started


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", WIDGETS)
def test_axe_finds_nothing_serious(browser: Browser, name: str, *, dark: bool) -> None:
    """No violation that axe calls serious or critical."""
    kind, traits = WIDGETS[name]
    with mounted(browser, getattr(widgets, kind)(**traits), dark=dark) as page:
        found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}] == []


def test_every_widget_is_looked_at() -> None:
    """The list above has each class."""
    assert {kind for kind, _ in WIDGETS.values()} == set(widgets.__all__)
