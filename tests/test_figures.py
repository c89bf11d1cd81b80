"""Figures: a text alternative for each, ink in the colour of the page, nothing that styles the page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.figure import Figure

from course_utils import figures


def drawing() -> Figure:
    """Draw one of each kind of line, with a legend and a text."""
    axes = figures.axes("Title", "x", "height")
    for kind, options in figures.LINES.items():
        axes.plot([0, 1], [len(kind), 1], **options)
    axes.text(0, 1, "here")
    axes.legend()
    assert isinstance(axes.figure, Figure)
    return axes.figure


def test_a_figure_says_its_text_alternative() -> None:
    """Quotes and angle brackets included."""
    root = ET.fromstring(figures.svg(drawing(), 'a "steep" <hill>'))  # noqa: S314 - our own drawing
    assert (root.get("role"), root.get("aria-label")) == ("img", 'a "steep" <hill>')


def test_a_figure_without_text_alternative_is_refused() -> None:
    """An empty one too."""
    with pytest.raises(ValueError, match="text alternative"):
        figures.svg(drawing(), " ")


@pytest.mark.parametrize("unwanted", ["#000000", "#ffffff", figures.INK, "<style", "<metadata"])
def test_a_figure_takes_the_pages_ink_and_leaves_the_page_alone(unwanted: str) -> None:
    """Neither black nor white is written down, and no style sheet."""
    assert unwanted not in figures.svg(drawing(), "a drawing")


def test_the_same_figure_is_the_same_text() -> None:
    """Outputs do not change from run to run."""
    assert figures.svg(drawing(), "a") == figures.svg(drawing(), "a")


def test_two_figures_share_no_clipping() -> None:
    """In one page the first of two equal names counts, and one that is out of sight clips nothing."""
    names = [set(re.findall(r'<clipPath id="([^"]+)"', figures.svg(drawing(), alt))) for alt in ("a", "b")]
    assert names[0].isdisjoint(names[1])
    assert all(names)


def contrast(colour: str, background: float) -> float:
    """WCAG 2.2's contrast ratio of a colour and a grey background of a given luminance."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ [0.2126, 0.7152, 0.0722])
    high, low = max(luminance, background), min(luminance, background)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [figures.BLUE, figures.VERMILLION, figures.GREEN])
def test_lines_stand_out_on_white_and_on_dark(colour: str) -> None:
    """At least 3 to 1, on white and on JupyterLab's dark page (#111111)."""
    assert [contrast(colour, 1.0) >= 3, contrast(colour, 0.0056) >= 3] == [True, True]


def test_a_curve_is_described_by_its_numbers() -> None:
    """Where it starts and ends, and where it is lowest and highest."""
    x = np.linspace(-1, 3, 5)
    told = figures.describe("f", x, (x - 1) ** 2 + x)
    assert told == "f: from 3 at -1 to 7 at 3, least 1 at 0, greatest 7 at 3"
