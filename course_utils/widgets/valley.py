"""The loss of a parabola over its three parameters, and the walk down into it: curvefit.js does and says the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from course_utils.widgets.base import number

__all__ = ["Valley", "drawn_as", "measured", "of_squares", "told", "walked"]

Array = np.ndarray[Any, np.dtype[Any]]
FLAT = 1e-9  # of the largest curvature: less than this is none
DIVERGED, ARRIVED = 10.0, 1e-4  # times the loss at the start
STEP = 1e-2  # to measure curvatures with; for squares any step is exact


@dataclass(frozen=True)
class Valley:
    """A loss near its bottom: floor + (theta - best) @ hessian @ (theta - best) / 2."""

    hessian: Array
    best: Array
    floor: float

    @property
    def bends(self) -> Array:
        """The three curvatures, the flattest first."""
        return np.linalg.eigvalsh(self.hessian)

    @property
    def drawn(self) -> dict[str, Any]:
        """What JavaScript needs of it."""
        plain = {"hessian": self.hessian.tolist(), "best": self.best.tolist(), "bends": self.bends.tolist()}
        return plain | {"floor": self.floor}


def powers(x: Array) -> Array:
    """Return what a, b and c are multiplied by at each input; shape (n, 3)."""
    return np.stack([x * x, x, np.ones(len(x))], axis=1)


def of_squares(points: Array) -> Valley:
    """Return the valley of the mean squared error over points of shape (n, 2)."""
    table = powers(points[:, 0])
    hessian = 2 / len(points) * table.T @ table
    best = np.linalg.pinv(hessian, rcond=FLAT, hermitian=True) @ (2 / len(points) * table.T @ points[:, 1])
    return Valley(hessian, best, float(np.square(table @ best - points[:, 1]).mean()))


def measured(objective: Callable[..., Any], points: Array, start: Array) -> Valley | None:
    """Measure the valley of a student's objective; None if it is not made of squares, or has no bottom there."""
    best, (x, y) = of_squares(points).best, points.T

    def height(theta: Array) -> float:
        return float(objective(theta, x, y))

    moves, floor = STEP * np.eye(3), height(best)
    alone = [height(best + move) - floor for move in moves]
    hessian = np.array([[height(best + one + two) - floor for two in moves] for one in moves])
    hessian = (hessian - np.add.outer(alone, alone)) / STEP**2
    away = start - best if np.abs(start - best).max() > STEP else np.ones(3)
    expected, found = away @ hessian @ away / 2, height(best + away) - floor
    if not (expected > 0 and abs(found - expected) <= 1e-3 * expected):
        return None
    return Valley((hessian + hessian.T) / 2, best, floor)


def walked(points: Array, start: Array, rate: float, steps: int) -> tuple[Array, Array]:
    """Walk down the mean squared error; parameters of shape (steps + 1, 3), losses of shape (steps + 1,)."""
    table, targets = powers(points[:, 0]), points[:, 1]
    hessian, pull = 2 / len(points) * table.T @ table, 2 / len(points) * table.T @ targets
    path = np.empty((steps + 1, 3))
    path[0] = start
    with np.errstate(all="ignore"):
        for here, there in pairwise(path):
            there[:] = here - rate * (hessian @ here - pull)
        return path, np.square(path @ table.T - targets).mean(axis=1)


def drawn_as(theta: Sequence[float] | Array) -> str:
    """Write a parabola as a formula."""
    a, b, c = (float(value) for value in theta)

    def more(value: float) -> str:
        return f"{'−' if value < 0 else '+'} {number(abs(value), 3)}"

    return f"y = {number(a, 3)} x² {more(b)} x {more(c)}"


def told(valley: Valley | None, rate: float, path: Array, losses: Array, *, edge: bool) -> str:
    """Say how a fit went.

    Parameters
    ----------
    valley : Valley or None
        Of the loss, if it is known.
    rate : float
        The learning rate.
    path : ndarray of shape (steps + 1, 3)
    losses : ndarray of shape (steps + 1,)
    edge : bool
        Whether to name 2 / L.
    """
    first, end, last = float(losses[0]), float(losses[-1]), len(losses) - 1
    if last == 0:
        return seen(path, losses, 0, last)
    floor = valley.floor if valley else 0.0
    floor = floor if floor > 1e-12 * (first + 1) else 0.0
    fell = f"loss {number(end)} after {last} steps, {number(first)} at the start"
    gone = _since(~(losses <= DIVERGED * first + FLAT))
    if gone <= last:
        why = _blame(valley, rate, edge=edge)
        return f"Diverged at step {gone}: {why}. Each step lands higher on the other side: {fell}."
    if first - floor <= FLAT * (first + 1):
        return f"Stands still: {drawn_as(path[0])} is the best parabola already, loss {number(first)}."
    arrived = _since(losses - floor <= ARRIVED * (first - floor))
    if arrived <= last:
        return (
            f"Arrived at step {arrived}: {drawn_as(path[-1])}, loss {number(end)}; "
            f"the best parabola has {number(floor)}.{_loose(valley)}"
        )
    if end > first:
        return f"Runs away, {fell}: {_blame(valley, rate, edge=edge)}."
    return f"On its way, {fell}, {number(floor)} at best{_pace(valley, rate, edge=edge)}"


def seen(path: Array, losses: Array, step: int, last: int) -> str:
    """Say where a fit is at one step."""
    change = f", {number(losses[step] / losses[step - 1], 3)} times that of the step before" if step else ""
    return f"Step {step} of {last}: {drawn_as(path[step])}, loss {number(float(losses[step]))}{change}."


def _since(true: Array) -> int:
    """Return the step from which on all is true; the number of steps if there is none."""
    false = np.flatnonzero(~true)
    return int(false[-1]) + 1 if len(false) else 0


def _compared(valley: Valley, rate: float) -> str:
    limit = 2 / valley.bends[-1]
    return f"the learning rate {number(rate)} is {'above' if rate > limit else 'below'} 2/L = {number(float(limit))}"


def _blame(valley: Valley | None, rate: float, *, edge: bool) -> str:
    if valley is None or not edge:
        return f"the learning rate {number(rate)} is too large for these points"
    words = _compared(valley, rate)
    if rate > 2 / valley.bends[-1]:
        return words
    return f"{words}, so look at the gradient, which may not be that of the loss"


def _pace(valley: Valley | None, rate: float, *, edge: bool) -> str:
    if valley is None:
        return "."
    flattest, _, steepest = valley.bends
    share = rate * steepest / 2
    words = f"{_compared(valley, rate)}, " if edge else ""
    if share > 1:
        return f": {words}and it cannot settle." if edge else ": it cannot settle."
    if share > 0.9:
        return f": {words}but not by much, and the parabola swings from side to side."
    if share < 0.05:
        return f": {words}so each step is short." if edge else ": each step is short."
    if flattest <= FLAT * steepest:
        return f".{_loose(valley)}"
    times = number(float(steepest / flattest), 3)
    return f": the steepest direction is done soon, the flattest, {times} times less curved, takes long."


def _loose(valley: Valley | None) -> str:
    loose = valley is not None and valley.bends[0] <= FLAT * valley.bends[-1]
    return " These points do not fix a parabola: many others fit as well." if loose else ""
