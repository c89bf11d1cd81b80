"""Checks of a student's figure, read as data: which points and curves it holds, and what they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.carried import forgiving
from course_utils.checks.context import inside
from course_utils.checks.misconceptions import add, number_array, same
from course_utils.checks.outcome import fail, passed

__all__ = ["contents", "draws_fit"]

Array = npt.NDArray[Any]
Curve = tuple[Array, Array]
_FEWEST = 30  # abscissae with which a parabola looks round

add(
    "figure_not_returned",
    "your function returns no figure.",
    "return the axes at the end: whoever calls the function decides when to show it.",
)
add(
    "points_missing",
    "the points (x, y) are not in the figure.",
    "draw them with figures.LINES['data'], x across and y up.",
)
add(
    "points_joined",
    "your points are joined by a line.",
    "the data are three separate points: a marker, and no line.",
)
add(
    "truth_missing",
    "the true parabola is not in the figure.",
    "draw what predict gives for theta_true at many inputs.",
)
add(
    "estimate_missing",
    "the estimate is not in the figure.",
    "draw what predict gives for theta at many inputs: two curves in all, one for each set of parameters.",
)
add(
    "few_abscissae",
    "a curve is drawn through a few inputs only, so that it has corners.",
    "matplotlib joins what it is given by straight lines: give it 100 inputs or more (np.linspace).",
)
add(
    "does_not_reach",
    "a curve does not reach from the leftmost to the rightmost point.",
    "the inputs of the curve should run from min(x) to max(x), or further.",
)
add("no_legend", "the figure has no legend that tells its parts.", "axes.legend() shows the labels of what was drawn.")
add("axes_turned_round", "x and y are exchanged.", "axes.plot(across, up): inputs first.")


def contents(drawn: Any) -> dict[str, Any] | None:
    """List what a figure holds as plain data, or return None if it is no figure.

    Parameters
    ----------
    drawn : Axes or Figure
        Of a figure, its first axes are looked at.

    Returns
    -------
    dict
        ``curves`` and ``points``: lists of (x, y), each a list of numbers; ``legend``: list of texts.
    """
    axes = getattr(drawn, "axes", None)
    one = axes[0] if isinstance(axes, list) and axes else drawn
    if not hasattr(one, "get_lines"):
        return None
    lines = [(*(np.asarray(part, float).tolist() for part in line.get_data()), line) for line in one.get_lines()]
    is_curve = [line.get_linestyle() not in ("None", "none", " ", "") for *_, line in lines]
    dots = [np.asarray(each.get_offsets(), float).T.tolist() for each in one.collections]
    legend = one.get_legend()
    return {
        "curves": [(x, y) for (x, y, _), joined in zip(lines, is_curve, strict=True) if joined],
        "points": [(x, y) for (x, y, _), joined in zip(lines, is_curve, strict=True) if not joined]
        + [tuple(pair) for pair in dots if len(pair) == 2],
        "legend": [text.get_text() for text in legend.get_texts()] if legend else [],
    }


def draws_fit(
    plot_fit: Callable[..., Any],
    x: Any,
    y: Any,
    *,
    theta_true: Any,
    theta: Any,
) -> None:
    """Check a figure of points, true parabola and estimate; a mistake in ``predict`` is not counted again.

    Parameters
    ----------
    plot_fit : callable
        The student's ``plot_fit(x, y, theta_true, theta)``, which returns axes or a figure.
    x, y : ndarray of shape (n,)
        The points; sorted by x.
    theta_true, theta : sequence of float
        Parameters of the two curves.

    Raises
    ------
    CheckFailed, NotAttempted
        Something is missing; there is nothing to check.
    """

    def check(_: object) -> None:
        drawn = call(plot_fit, x, y, theta_true, theta)
        found = (
            None if drawn is None or isinstance(drawn, int | float | str | list | tuple) else inside(contents)(drawn)
        )
        if not isinstance(found, dict):
            fail(misconception="figure_not_returned")
        curves, points = list(_pairs(found.get("curves"))), list(_pairs(found.get("points")))
        _look_at_points(points, curves, np.asarray(x), np.asarray(y))
        for parameters, missing in ((theta_true, "truth_missing"), (theta, "estimate_missing")):
            _look_for_curve(curves, parameters, missing, np.asarray(x))
        legend = found.get("legend")
        if not isinstance(legend, list) or len(legend) < 3:
            fail(misconception="no_legend")

    forgiving(check, predict=inside(np.polyval))
    passed(f"{np.size(x)} points, two smooth curves, a legend")


def _pairs(listed: Any) -> Iterator[Curve]:
    """Take pairs of number lists out of data that is not trusted."""
    for pair in listed if isinstance(listed, list) else []:
        rows = [number_array(row) for row in pair] if isinstance(pair, list | tuple) and len(pair) == 2 else []
        if len(rows) == 2 and rows[0] is not None and rows[1] is not None and rows[0].shape == rows[1].shape:
            yield rows[0].astype(float), rows[1].astype(float)


def _look_at_points(points: list[Curve], curves: list[Curve], x: Array, y: Array) -> None:
    if any(_are_points(pair, x, y) for pair in points):
        return
    if any(_are_points((up, across), x, y) for across, up in points):
        fail(misconception="axes_turned_round")
    joined = any(_are_points(pair, x, y) for pair in curves)
    fail(misconception="points_joined" if joined else "points_missing")


def _are_points(pair: Curve, x: Array, y: Array) -> bool:
    order = np.argsort(pair[0], kind="stable")
    return same(pair[0][order], x, 1e-5, 1e-6) and same(pair[1][order], y, 1e-5, 1e-6)


def _look_for_curve(curves: list[Curve], parameters: Any, missing: str, x: Array) -> None:
    own = [across for across, up in curves if across.size and _belongs(parameters, across, up)]
    if not own:
        turned = any(_belongs(parameters, up, across) for across, up in curves)
        fail(misconception="axes_turned_round" if turned else missing)
    across = max(own, key=np.size)
    if across.size < _FEWEST:
        fail(misconception="few_abscissae")
    if across.min() > x.min() + 1e-9 or across.max() < x.max() - 1e-9:
        fail(misconception="does_not_reach")


def _belongs(parameters: Any, across: Array, up: Array) -> bool:
    return same(up, np.polyval(parameters, across), 1e-5, 1e-6)
