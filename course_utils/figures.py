"""Figures of the course: one style, themes light and dark, and a text alternative for each.

A figure becomes an inline SVG: its ink takes the colour of the page's text, so that it reads on any theme.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BLUE", "GREEN", "INK", "LINES", "PURPLE", "VERMILLION", "axes", "describe", "grid", "show", "svg"]

BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
INK = "#010203"  # stands for the page's own text colour
DATA: dict[str, Any] = {"color": INK, "marker": "o", "linestyle": "none", "label": "data"}
MODEL: dict[str, Any] = {"color": BLUE, "linewidth": 2, "label": "model"}
TRUTH: dict[str, Any] = {"color": GREEN, "linewidth": 2, "linestyle": "--", "label": "truth"}
PATH: dict[str, Any] = {"color": VERMILLION, "marker": ".", "linewidth": 1, "label": "path"}
# Fixed meanings, told by marker or line style as well as by colour: axes.plot(x, y, **LINES["data"])
LINES = {"data": DATA, "model": MODEL, "truth": TRUTH, "path": PATH}

_STYLE = {
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#808080",
    "grid.alpha": 0.25,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "legend.frameon": False,
    "savefig.facecolor": "none",
    "svg.fonttype": "path",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "font.size": 11,
}


def grid(
    rows: int = 1, columns: int = 1, *, width: float = 6.4, height: float = 3.6, **options: Any
) -> tuple[Figure, Any]:
    """Make a figure with a grid of axes, in the course's style.

    Parameters
    ----------
    rows, columns : int
        Number of axes in each direction.
    width, height : float
        Size of the whole figure in inches.
    **options
        As for `matplotlib.figure.Figure.subplots`.

    Returns
    -------
    figure : Figure
        Not known to pyplot: only `show` displays it.
    axes : Axes or ndarray of Axes
    """
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.subplots(rows, columns, **options)


def axes(title: str = "", xlabel: str = "", ylabel: str = "", **options: Any) -> Axes:
    """Make one pair of axes with its labels; ``axes.figure`` is the figure."""
    _, one = grid(**options)
    one.set(title=title, xlabel=xlabel, ylabel=ylabel)
    made: Axes = one
    return made


def svg(figure: Figure, alt: str) -> str:
    """Draw a figure as SVG text whose ink is the page's text colour.

    Parameters
    ----------
    figure : Figure
        What to draw.
    alt : str
        What a person who does not see it should know, made from its data.

    Raises
    ------
    ValueError
        The text alternative is empty.
    """
    if not alt.strip():
        raise ValueError("a figure needs a text alternative: say what it shows, with numbers from its data")
    _clear_legends(figure)
    buffer = io.StringIO()
    # Two figures share no names of parts: in one page the first name counts, and out of sight it clips nothing.
    with mpl.rc_context(_STYLE | {"svg.hashsalt": alt}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawing = buffer.getvalue()
    drawing = drawing[drawing.index("<svg") :].replace(INK, "currentColor")
    drawing = re.sub(r"<style type=\"text/css\">.*?</style>", "", drawing, flags=re.DOTALL)  # it would style the page
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    label = html.escape(alt, quote=True)
    opening = f'<svg role="img" aria-label="{label}" style="max-width:100%;height:auto" fill="currentColor" '
    return opening + drawing[len("<svg ") :]


def _clear_legends(figure: Figure) -> None:
    """Take the white box away: a legend that a cell makes does not know the course's style."""
    for one in figure.axes:
        legend = one.get_legend()
        if legend is not None:
            legend.set_frame_on(False)


def show(figure: Figure | Axes, alt: str) -> None:
    """Display a figure with its text alternative.

    Parameters
    ----------
    figure : Figure or Axes
        Any figure, or axes of it.
    alt : str
        The text alternative, made from the figure's data (see `describe`).
    """
    from IPython.display import HTML, display

    drawn = figure if isinstance(figure, Figure) else figure.figure
    assert isinstance(drawn, Figure)  # noqa: S101 - axes of a subfigure are not used in this course
    display(HTML(svg(drawn, alt)))


def describe(name: str, x: Sequence[float] | NDArray[Any], y: Sequence[float] | NDArray[Any]) -> str:
    """Say in words where a curve starts, ends, and has its least and greatest value."""
    low = min(range(len(y)), key=lambda i: y[i])
    high = max(range(len(y)), key=lambda i: y[i])
    return (
        f"{name}: from {y[0]:.3g} at {x[0]:.3g} to {y[-1]:.3g} at {x[-1]:.3g}, "
        f"least {y[low]:.3g} at {x[low]:.3g}, greatest {y[high]:.3g} at {x[high]:.3g}"
    )
