"""Checks of Newton's method: each step follows a tangent, the walk stops in time, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import Recorder, call, raised, record
from course_utils.checks.minima.newton_steps import idea, meets
from course_utils.checks.misconceptions import MISCONCEPTIONS, add, number_array
from course_utils.checks.outcome import CheckFailed, fail, passed
from course_utils.checks.values import shown

__all__ = ["newton_path", "newton_refuses"]

Function = Callable[[float], float]
Path = npt.NDArray[np.float64]

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
    path = _path(function, f, df, (x0, tol, max_iter))
    _check_start(path, f, df, x0)
    _check_steps(path, f, df)
    if arrives:
        _check_end(path, f, df, tol, max_iter)
        passed(f"{len(path)} points from x0 = {x0:g} to {shown(path[-1])}, each where a tangent meets the axis")
        return
    extra = len(path) - max_iter - 1
    if extra:
        name = "max_iter_off_by_one" if abs(extra) == 1 else "never_stops" if extra > 0 else "stops_too_early"
        details = [f"with max_iter = {max_iter} your path should hold {max_iter + 1} points, but it holds {len(path)}"]
        fail(misconception=name, details=details)
    passed(f"max_iter = {max_iter} gives {len(path)} points, each where a tangent meets the axis")


def _path(function: Callable[..., Any], f: Function, df: Function, rest: tuple[float, float, int]) -> Path:
    most = 40 * rest[2]
    heights, slopes = record(f, most), record(df, most)
    try:
        answer = call(function, heights, slopes, *rest)
    except CheckFailed:
        _check_recorded(heights, f, df)
        if max(heights.calls, slopes.calls) >= most:
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
    if path.dtype.kind in "iu" and path.size > 1 and _is_cut_off(path, f, df):
        fail(misconception="integer_path")
    return path.astype(float)


def _is_cut_off(path: npt.NDArray[Any], f: Function, df: Function) -> bool:
    """Say whether the first step would be right if it had kept its fraction."""
    x, new = float(path[0]), float(path[1])
    height, slope = f(x), df(x)
    return bool(1e-6 < abs(height + slope * (new - x)) / abs(slope) < 1)


def _check_recorded(heights: Recorder, f: Function, df: Function) -> None:
    """Look for a wrong step among the points at which code that failed had asked for heights."""
    asked = number_array(heights.points)
    if asked is not None and asked.ndim == 1 and len(asked) > 1:
        moved = np.flatnonzero(np.diff(asked)) + 1
        _check_steps(asked[[0, *moved[:20]]].astype(float), f, df)


def _check_start(path: Path, f: Function, df: Function, x0: float) -> None:
    if not np.isclose(path[0], x0, rtol=1e-6):
        early = meets(f, df, x0, float(path[0]), 1e-5)
        details = [f"path[0] should be {x0:g}, but it is {shown(path[0])}"]
        fail(
            "your path does not begin with x0.", misconception="path_without_start" if early else None, details=details
        )
    if len(path) == 1:
        fail(misconception="stops_too_early", details=["your path holds x0 and no step"])


def _check_steps(path: Path, f: Function, df: Function) -> None:
    finite = path if np.all(np.isfinite(path)) else path[: int(np.argmin(np.isfinite(path)))]
    steps = list(zip(finite[:-1].tolist(), finite[1:].tolist(), strict=True))
    bad = [number for number, (x, new) in enumerate(steps) if not meets(f, df, x, new, 1e-4)]
    if not bad and len(finite) < len(path):
        fail(misconception="not_finite")
    if not bad:
        return
    x, new = steps[bad[0]]
    name = idea(f, df, x, new, 1e-5) if bad[0] == 0 else _idea_of_later_step(path, f, df, bad[0])
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
        details = [f"from x0 = {path[0]:g} it ends at {shown(path[-1])}, where the height is {shown(f(last))}"]
        fail(misconception="stops_too_early", details=details)
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
