"""Checks of single steps of Newton's method: where a tangent meets the axis, and what leads elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from course_utils.checks.misconceptions import MISCONCEPTIONS, add, number_array
from course_utils.checks.outcome import fail, passed

__all__ = ["idea", "meets", "newton_tangents"]

Function = Callable[[float], float]

add(
    "newton_wrong_way",
    "your tangent is followed away from the axis, not towards it.",
    "above the axis on a rising tangent, must you go left or right?",
)
add(
    "newton_upside_down",
    "height and slope have changed places in your fraction.",
    "a steep tangent reaches the axis after a short way: is the slope above or below the line of the fraction?",
)
add(
    "newton_no_slope",
    "the length of your step is the height; the slope does not matter to it.",
    "with a slope of 2, how far must you go to lose a height of 1?",
)
add(
    "newton_multiplies",
    "you multiply height and slope.",
    "a steep tangent reaches the axis after a short way.",
)
add(
    "newton_follows_slope",
    "your step is the slope itself; the height does not matter to it.",
    "standing on the axis, you have arrived: how long must the step be there?",
)
add(
    "newton_forgets_place",
    "you take the step itself for the new place.",
    "the step says how far to go from x: where does it lead?",
)
add(
    "frozen_slope",
    "all your steps use the slope at the start.",
    "each tangent touches the curve where you stand now.",
)
add(
    "frozen_step",
    "all your steps are as long as the first.",
    "each tangent touches the curve where you stand now: work out height and slope anew.",
)
add("start_not_step", "x0 is where you start; asked is where the two tangents lead.")
add(
    "root_not_step",
    "you give the root itself; asked is where the tangent leads.",
    "one tangent seldom leads to the root: work out height and slope at the start, and draw.",
)
# Each idea as what is zero if it was followed from x to the next point; a and b are height and slope at x.
_IDEAS: dict[str, Callable[[Any, Any, Any, Any], Any]] = {
    "newton_wrong_way": lambda a, b, x, new: a - b * (new - x),
    "newton_upside_down": lambda a, b, x, new: b + a * (new - x),
    "newton_no_slope": lambda a, b, x, new: a + (new - x) + 0 * b,
    "newton_multiplies": lambda a, b, x, new: a * b + (new - x),
    "newton_follows_slope": lambda a, b, x, new: b + (new - x) + 0 * a,
    "newton_forgets_place": lambda a, b, x, new: (a - b * new) * (a + b * new) + 0 * x,
}


def meets(f: Function, df: Function, x: float, new: float, tolerance: float) -> bool:
    """Say whether the tangent at x is zero at the new point, up to rounding."""
    height, slope = float(f(x)), float(df(x))
    size = abs(height) + abs(slope) * (abs(new - x) + 1e-2 * (1 + abs(x)))
    return abs(height + slope * (new - x)) <= tolerance * size


def idea(f: Function, df: Function, x: float, new: float, tolerance: float) -> str | None:
    """Name the wrong idea that leads from x to the new point; None if no known one does."""
    height, slope = float(f(x)), float(df(x))
    for name, residual in _IDEAS.items():
        size = abs(height) + abs(slope) + abs(height * slope)
        if abs(residual(height, slope, x, new)) <= tolerance * size:
            return name
    return None


def newton_tangents(answers: Any, f: Function, df: Function, x0: float) -> None:
    """Check the first two points of Newton's method, found on paper.

    Parameters
    ----------
    answers : sequence of float
        The points after the start, to three decimals or better.
    f, df : callable
        The function and its derivative.
    x0 : float
        The start.

    Raises
    ------
    CheckFailed
        Some tangent does not meet the axis there.
    """
    points = number_array(answers)
    if points is None:
        fail("your answer holds something that is not a number.", misconception="not_a_number")
    if points.shape != (2,):
        fail("your answer should be a list of two numbers.", misconception="wrong_shape")
    first, second = (float(point) for point in points)
    _check_tangent(f, df, (x0, x0, first), "first")
    _check_tangent(f, df, (x0, first, second), "second")
    passed("each of your points is where the tangent at the point before meets the axis")


def _check_tangent(f: Function, df: Function, points: tuple[float, float, float], which: str) -> None:
    x0, x, new = points
    height, slope = f(x), df(x)
    if abs(height / slope + (new - x)) <= 2e-3:
        return
    if new == x0:
        fail(misconception="start_not_step")
    if abs(f(new)) < 2e-3 * abs(df(new)):
        fail(misconception="root_not_step")
    frozen = which == "second" and abs(height / df(x0) + (new - x)) <= 2e-3
    name = "frozen_slope" if frozen else idea(f, df, x, new, 2e-4)
    sentence = MISCONCEPTIONS[name].sentence if name else f"the {which} tangent does not meet the axis there."
    fail(sentence, misconception=name, details=[f"the {which} tangent touches the curve at x = {x:g}"])
