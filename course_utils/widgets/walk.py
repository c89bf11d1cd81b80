"""A walk in a landscape, told in words: descent.js says the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.widgets.base import number
from course_utils.widgets.landscapes import Landscape

__all__ = ["told", "walked"]

Array = np.ndarray[Any, np.dtype[Any]]


def walked(landscape: Landscape, start: Sequence[float], rate: float, steps: int) -> Array:
    """Walk downhill in a landscape that is known by its numbers; shape (steps + 1, d)."""
    points = [np.array(start, dtype=float)]
    with np.errstate(all="ignore"):
        while len(points) <= steps:
            points.append(points[-1] - rate * landscape.slope(points[-1]))
    return np.array(points)


@dataclass(frozen=True)
class Walk:
    """A walk as its description asks for it."""

    landscape: Landscape
    path: Array
    heights: Array

    @property
    def width(self) -> float:
        """Of the picture."""
        return max(high - low for low, high in self.landscape.bounds)

    def inside(self) -> Array:
        """Tell which points are in the picture; shape (steps + 1,)."""
        low, high = np.array(self.landscape.bounds).T
        return np.asarray(np.all((self.path >= low) & (self.path <= high), axis=1))

    def near(self, point: Sequence[float]) -> Array:
        """Tell which points are as good as at a place; shape (steps + 1,)."""
        return np.asarray(np.linalg.norm(self.path - np.array(point), axis=1) <= 1e-3 * self.width)


def _since(true: Array) -> int:
    """Return the step from which on all is true."""
    false = np.flatnonzero(~true)
    return int(false[-1]) + 1 if len(false) else 0


def _place(point: Sequence[float]) -> str:
    written = [number(float(x)) for x in point]
    return f"x = {written[0]}" if len(written) == 1 else f"({', '.join(written)})"


def told(landscape: Landscape, rate: float, path: Array, heights: Array, *, fog: bool = False) -> str:
    """Say how a walk went.

    Parameters
    ----------
    landscape : Landscape
        Where.
    rate : float
        The learning rate.
    path : ndarray of shape (steps + 1, d)
    heights : ndarray of shape (steps + 1,)
    fog : bool
        Whether only the ground near the path may be spoken of.
    """
    walk = Walk(landscape, path, heights)
    begun, inside = landscape.bottom(path[0]), walk.inside()
    bottom = (landscape.bottom(path[-1]) if inside[-1] else None) or begun
    edge = 2 / bottom.curvature if bottom else math.inf
    side = "above" if rate > edge else "below"
    compared = (
        f"the learning rate {number(rate)} is {side} 2/L = {number(edge)}{'' if bottom is begun else ' of this valley'}"
    )
    if bottom is None:
        why = f"the learning rate {number(rate)} is too large here, or the ground has no bottom"
    else:
        why = compared if rate > edge else f"{compared} at the bottom, but the ground is more curved here"
    left = _since(~inside)
    if 0 < left < len(path):
        return f"Diverged at step {left}: {why}."
    return _rest(walk) or _arrival(walk, fog=fog) or _journey(walk, rate, edge if bottom else None, compared)


def _rest(walk: Walk) -> str | None:
    if not walk.near(walk.path[0])[-1] or np.abs(walk.path[1] - walk.path[0]).max() > 1e-9 * walk.width:
        return None
    return f"Stands still: the slope at {_place(walk.path[0])} is 0, height {number(walk.heights[0])}."


def _arrival(walk: Walk, *, fog: bool) -> str | None:
    reached = next((bottom for bottom in walk.landscape.bottoms if walk.near(bottom.at)[-1]), None)
    if reached is None:
        return None
    words = f"Arrived at step {_since(walk.near(reached.at))}: {_place(reached.at)}, height {number(reached.height)}."
    if fog:
        return f"{words} In the fog you cannot tell whether a deeper valley exists."
    for lower in walk.landscape.bottoms:
        if lower.height < reached.height - 1e-9:
            return (
                f"{words} This is a local minimum: at {_place(lower.at)} the ground is lower, {number(lower.height)}."
            )
    return words


def _journey(walk: Walk, rate: float, edge: float | None, compared: str) -> str:
    first, end, last = float(walk.heights[0]), float(walk.heights[-1]), len(walk.path) - 1
    if abs(end - first) <= 1e-6 * abs(first - walk.landscape.floor):
        return f"Swings for ever: after {last} steps it is as high as at the start, {number(end)}."
    fell = f"{number(end)} after {last} steps, {number(first)} at the start"
    if end > first:
        return f"Runs away, height {fell}{f': {compared}' if edge and rate > edge else ''}."
    where = f"{_place(walk.path[-1])}, height {fell}"
    if edge and rate > edge:
        if np.all(np.diff(walk.heights[-5:]) < 0):
            return f"Still on its way at {where}: {compared}, but it has not felt the steepest direction."
        return f"Cannot settle at {where}: {compared}."
    return f"{_pace(rate, edge, where, compared)}."


def _pace(rate: float, edge: float | None, where: str, compared: str) -> str:
    if edge and rate > 0.9 * edge:
        return f"Comes closer from wall to wall, now at {where}: {compared}, but not by much"
    if edge and rate < 0.1 * edge:
        return f"Still on its way at {where}: {compared}, so each step is short"
    return f"Still on its way at {where}"
