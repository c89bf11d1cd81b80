"""Checks of what a learning rate does: foreseen in words, and its edge measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.misconceptions import add, number_array
from course_utils.checks.outcome import NotAttempted, fail, passed

__all__ = ["finds_edge", "foresees"]

_REPAIR = "this check runs your own {0}, which is not right yet: repair that exercise first."
_WRITE = "this check runs your own {0}, which is not written yet: write that one first."
FATES = ("crawls", "arrives", "explodes")
add("comes_otherwise", "not all came as you thought.")
add(
    "rate_below_the_edge",
    "with a rate a little larger than yours the losses still fall.",
    "halve the interval between a rate that converges and one that does not, again and again.",
)
add(
    "rate_above_the_edge",
    "with your rate the losses grow.",
    "halve the interval between a rate that converges and one that does not, again and again.",
)


def foresees(
    forecast: Any, fit: Callable[..., Any], x: Any, y: Any, *, rates: Sequence[float], n_steps: int, theta0: Any
) -> None:
    """Compare what a student foresees with what the student's own fit does.

    Parameters
    ----------
    forecast : mapping
        For each rate one of "crawls", "arrives", "explodes".
    fit : callable
        The student's ``fit(x, y, learning_rate, n_steps, theta0)``.
    x, y : ndarray of shape (n,)
        The points.
    rates : sequence of float
        The learning rates.
    n_steps : int
        How many steps each fit has.
    theta0 : ndarray
        Initial guess.

    Raises
    ------
    CheckFailed, NotAttempted
        A forecast is no fate, or not the right one.
    """
    if not isinstance(forecast, Mapping) or any(forecast.get(rate) not in FATES for rate in rates):
        fail(f"write one of {', '.join(map(repr, FATES))} for each of the learning rates.")
    with np.errstate(all="ignore"):  # one of them explodes on purpose
        wrong = [rate for rate in rates if forecast[rate] != _fate(_run("fit", fit, x, y, rate, n_steps, theta0))]
    if wrong:
        rate = np.format_float_positional(wrong[0], trim="-")
        fail(
            f"{len(rates) - len(wrong)} of {len(rates)} came as you thought; λ = {rate} does something else.",
            misconception="comes_otherwise",
            hint="no harm done: the next cell shows what happens, and the text below it says why.",
        )
    passed("all came as you thought")


def _run(name: str, function: Callable[..., Any], *args: Any) -> Any:
    """Call a function of another exercise: its stub does not make this exercise an unattempted one."""
    try:
        return call(function, *args)
    except NotAttempted:
        fail(_WRITE.format(name))


def _fate(result: Any) -> str:
    losses = number_array(result[1]) if isinstance(result, list | tuple) and len(result) == 2 else None
    if losses is None or losses.ndim != 1 or losses.size < 2:
        fail(_REPAIR.format("fit"))
    first, last = float(losses[0]), float(losses[-1])
    if not np.isfinite(last) or last > first:
        return "explodes"
    return "crawls" if last > first / 2 else "arrives"


def finds_edge(rate: Any, grad_objective: Callable[..., Any], x: Any, y: Any) -> None:
    """Check the largest learning rate that still converges, to one part in a hundred.

    Parameters
    ----------
    rate : float
        The student's measurement.
    grad_objective : callable
        The student's own: sum and mean have different edges.
    x, y : ndarray of shape (n,)
        The points.

    Raises
    ------
    CheckFailed
        It is not at the edge.
    """
    found = number_array(rate)
    if found is None or found.shape != () or not found > 0:
        fail("your answer should be one number above 0.")
    steepest = float(np.max(np.linalg.eigvalsh(_curvatures(grad_objective, x, y))))
    if steepest <= 0:
        fail(_REPAIR.format("grad_objective"))
    edge = 2 / steepest
    if not 0.99 <= float(found) / edge <= 1.01:
        fail(misconception="rate_below_the_edge" if found < edge else "rate_above_the_edge")
    passed("a little below this rate the losses fall, a little above it they grow")


def _curvatures(grad_objective: Callable[..., Any], x: Any, y: Any) -> npt.NDArray[Any]:
    """Measure how the gradient changes with each parameter; exact where it is a straight line."""
    slopes = partial(_run, "grad_objective", grad_objective)
    rows = [np.subtract(slopes(step, x, y), slopes(-step, x, y)) / 2 for step in np.eye(3)]
    table = np.array(rows, float)
    if table.shape != (3, 3) or not np.all(np.isfinite(table)):
        fail(_REPAIR.format("grad_objective"))
    curvatures: npt.NDArray[Any] = (table + table.T) / 2
    return curvatures
