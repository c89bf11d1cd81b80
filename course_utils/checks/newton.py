"""Checks of Newton's method: where each tangent meets the axis, when the walk stops, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import Recorder, call, raised, record
from course_utils.checks.misconceptions import MISCONCEPTIONS, add, number_array
from course_utils.checks.outcome import CheckFailed, fail, passed
from course_utils.checks.values import shown

__all__ = ["newton_path", "newton_refuses", "newton_tangents"]

Function = Callable[[float], float]
Path = npt.NDArray[np.float64]

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
add(
    "root_without_path",
    "you return one number; asked is the whole path, from x0 to the last point.",
    "keep each point in a list.",
)
add("path_without_start", "your path does not begin with x0.", "after 0 steps you have been at one point already.")
add(
    "integer_path",
    "your path lost everything behind the decimal point.",
    "an array made from a whole number keeps whole numbers only: start from float(x0).",
)
add(
    "stops_too_early",
    "your path ends before it arrives.",
    "how small is the last step when you stop? Do not count it by its sign: use abs.",
)
add(
    "never_stops",
    "your loop does not stop after max_iter steps.",
    "some functions have no root at all: a loop needs a second way out.",
)
add("max_iter_off_by_one", "with max_iter steps your path should hold max_iter + 1 points.", "x0 comes before step 1.")
add(
    "keeps_stepping",
    "you arrive, and go on stepping on the spot.",
    "when is a step so small that it changes nothing? That is what tol is for.",
)
add("ignores_tol", "the size of tol makes no difference to your path.", "compare with tol, not with a fixed number.")
add(
    "flat_tangent_followed",
    "where the tangent is flat you do not raise a ValueError.",
    "a horizontal line never meets the axis. Look at the slope before you divide by it.",
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


def _meets(f: Function, df: Function, x: float, new: float, tolerance: float) -> bool:
    """Say whether the tangent at x is zero at the new point, up to rounding."""
    height, slope = float(f(x)), float(df(x))
    size = abs(height) + abs(slope) * (abs(new - x) + 1e-2 * (1 + abs(x)))
    return abs(height + slope * (new - x)) <= tolerance * size


def _idea(f: Function, df: Function, x: float, new: float, tolerance: float) -> str | None:
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
    if abs(f(new) / df(new)) < 2e-3:
        fail(misconception="root_not_step")
    frozen = which == "second" and abs(height / df(x0) + (new - x)) <= 2e-3
    name = "frozen_slope" if frozen else _idea(f, df, x, new, 2e-4)
    sentence = MISCONCEPTIONS[name].sentence if name else f"the {which} tangent does not meet the axis there."
    fail(sentence, misconception=name, details=[f"the {which} tangent touches the curve at x = {x:g}"])


def newton_path(
    function: Callable[..., Any],
    f: Function,
    df: Function,
    x0: float,
    *,
    tol: float = 1e-12,
    max_iter: int = 50,
    arrives: bool = True,
) -> None:
    """Check the path of a student's Newton's method.

    Parameters
    ----------
    function : callable
        Takes f, df, x0, tol and max_iter, returns the points.
    f, df : callable
        The function and its derivative.
    x0 : float
        The start.
    tol, max_iter : float, int
        When to stop.
    arrives : bool
        Whether the steps get as small as tol before max_iter of them are done.

    Raises
    ------
    CheckFailed
        The path does not start at x0, a step does not follow the tangent, or the path ends elsewhere or too late.
    """
    path = _path(function, record(f, 40 * max_iter), record(df, 40 * max_iter), (x0, tol, max_iter))
    _check_start(path, f, df, x0)
    _check_steps(path, f, df)
    if arrives:
        _check_end(path, f, df, tol, max_iter)
        passed(f"{len(path)} points from x0 = {x0:g} to {shown(path[-1])}, each where a tangent meets the axis")
        return
    if len(path) != max_iter + 1:
        fail(misconception="max_iter_off_by_one" if abs(len(path) - max_iter - 1) == 1 else None)
    passed(f"max_iter = {max_iter} gives {len(path)} points, each where a tangent meets the axis")


def _path(function: Callable[..., Any], f: Recorder, df: Recorder, rest: tuple[float, float, int]) -> Path:
    try:
        answer = call(function, f, df, *rest)
    except CheckFailed:
        if max(f.calls, df.calls) >= 40 * rest[2]:
            fail(misconception="never_stops")
        raise
    path = number_array(answer)
    if answer is None:
        fail(misconception="no_return")
    if path is None:
        fail("your path is not a list or an array of numbers.", misconception="not_a_number")
    if path.ndim == 0:
        fail(misconception="root_without_path")
    if path.ndim != 1 or not path.size:
        fail(misconception="wrong_shape")
    if path.dtype.kind in "iu" and path.size > 1:
        fail(misconception="integer_path")
    return path.astype(float)


def _check_start(path: Path, f: Function, df: Function, x0: float) -> None:
    if not np.isclose(path[0], x0, rtol=1e-6):
        early = _meets(f, df, x0, float(path[0]), 1e-5)
        details = [f"path[0] should be {x0:g}, but it is {shown(path[0])}"]
        fail(
            "your path does not begin with x0.", misconception="path_without_start" if early else None, details=details
        )
    if len(path) == 1:
        fail(misconception="stops_too_early", details=["your path holds x0 and no step"])


def _check_steps(path: Path, f: Function, df: Function) -> None:
    if not np.all(np.isfinite(path)):
        fail(misconception="not_finite")
    steps = list(zip(path[:-1].tolist(), path[1:].tolist(), strict=True))
    bad = [number for number, (x, new) in enumerate(steps) if not _meets(f, df, x, new, 1e-4)]
    if not bad:
        return
    x, new = steps[bad[0]]
    name = _idea(f, df, x, new, 1e-5) if bad[0] == 0 else _idea_of_later_step(path, f, df, bad[0])
    sentence = MISCONCEPTIONS[name].sentence if name else "your next point is not where the tangent meets the axis."
    details = [f"step {bad[0] + 1} goes from {shown(x)} to {shown(new)}"]
    fail(sentence, misconception=name, details=[*details, f"height there: {shown(f(x))}, slope: {shown(df(x))}"])


def _idea_of_later_step(path: Path, f: Function, df: Function, number: int) -> str | None:
    start, x, new = float(path[0]), float(path[number]), float(path[number + 1])
    height, step = float(f(x)), new - x
    if np.isclose(step, path[1] - start):
        return "frozen_step"
    if abs(height + df(start) * step) <= 1e-5 * (abs(height) + abs(step)):
        return "frozen_slope"
    return None


def _check_end(path: Path, f: Function, df: Function, tol: float, max_iter: int) -> None:
    last = float(path[-1])
    left = abs(f(last) / df(last))
    if left > max(10 * tol, 1e-6 * (1 + abs(last))):
        fail(misconception="stops_too_early")
    small = np.flatnonzero(np.abs(np.diff(path)) <= max(tol, 1e-15 * (1 + abs(last))))
    idle = len(path) - 1 - small[0] if len(small) else 0
    if idle > 2:
        fail(misconception="keeps_stepping" if len(path) > max_iter else "ignores_tol")


def newton_refuses(function: Callable[..., Any], f: Function, df: Function, x0: float) -> None:
    """Check that a student's Newton's method raises an error where its tangent is flat.

    Raises
    ------
    CheckFailed
        It returns something.
    """
    error = raised(function, f, df, x0)
    if isinstance(error, ValueError):
        passed("a ValueError where the tangent is flat")
        return
    if error is not None and not isinstance(error, ArithmeticError):
        fail(f"your code stops with {type(error).__name__}.", misconception="other_error")
    fail(misconception="flat_tangent_followed", details=[f"tried from x0 = {x0:g}, where the slope is {df(x0):g}"])
