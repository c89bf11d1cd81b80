"""Checks of an objective and of its gradient, found on paper and written in code.

Students choose their own objective: all that comes after is checked against theirs, so that a mistake costs once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.fitting.gradients import GRADIENT, PAPER
from course_utils.checks.fitting.misfits import flaw, heights
from course_utils.checks.misconceptions import Case, number_array, same
from course_utils.checks.outcome import CheckFailed, passed
from course_utils.checks.values import reject, shown

__all__ = ["close", "differentiates", "gradients_of", "is_sound", "matches_paper", "misfits_of"]

Array = npt.NDArray[Any]
Objective = Callable[[Array], Any]
# Slopes are measured along these directions, each at a right angle to the others, and put together.
_FRAME = np.linalg.qr(np.array([[2.0, 1.0, -1.0], [1.0, -3.0, 0.5], [0.5, 1.0, 2.0]]))[0]
_REACH = 0.05


def _slopes(misfit: Objective, theta: Any) -> Array | None:
    """Measure the gradient of a number that depends on theta; None if it is no finite number.

    Exact up to rounding for polynomials up to degree 4.
    """
    at = np.asarray(theta, float)
    size = float(np.max(np.abs(at)))
    reach = _REACH * (size if size > 1e3 else 1.0)  # a fixed reach would drown in rounding at large parameters
    table = [[number_array(misfit(at + reach * part * way)) for part in (1, -1, 0.5, -0.5)] for way in _FRAME.T]
    if any(value is None or value.shape != () or not np.isfinite(value) for row in table for value in row):
        return None
    values = np.array(table, float)
    wide = (values[:, 0] - values[:, 1]) / (2 * reach)
    narrow = (values[:, 2] - values[:, 3]) / reach
    measured: Array = _FRAME @ ((4 * narrow - wide) / 3)
    return measured


def _squared_misfit(theta: Any, x: Any, y: Any) -> Any:
    """Measure how far a parabola misses the points, all squared distances together."""
    gaps = np.subtract(np.polyval(theta, x), y)
    return np.dot(gaps, gaps)


def _own_slopes(objective: Callable[..., Any], theta: Any, x: Any, y: Any) -> Array | None:
    """Measure the gradient of a student's objective; None if it cannot be used."""
    try:
        return _slopes(lambda at: call(objective, at, x, y), theta)
    except CheckFailed:
        return None


def close(actual: Any, expected: Array) -> bool:
    """Say whether two gradients are equal, up to what measuring and float32 blur."""
    return same(actual, expected, 0.0, 1e-4 * float(np.max(np.abs(expected))) + 1e-9)


def matches_paper(answer: Any, *, theta: Sequence[float], x: float, y: float) -> None:
    """Check the gradient of one point's squared residual, found on paper.

    Parameters
    ----------
    answer : sequence of float
        Three numbers.
    theta : sequence of float
        The parameters at which it is asked for.
    x, y : float
        The point.

    Raises
    ------
    CheckFailed
        It is not the gradient; the message does not show it.
    """
    points = np.array([x], float), np.array([y], float)
    expected = _slopes(lambda at: _squared_misfit(at, *points), theta)
    assert expected is not None  # noqa: S101 - the numbers of the question are finite
    if not close(answer, expected):
        facts = {"slopes": lambda at, *data: _slopes(lambda near: _squared_misfit(near, *data), at)}
        _reject_in_words(Case((theta, *points), answer, expected, facts))
    passed("your gradient has the slopes that a tiny step in each direction shows")


def _reject_in_words(case: Case) -> None:
    """Fail without numbers: the answer is one."""
    try:
        reject([case], suspects=PAPER)
    except CheckFailed as failed:
        lines = [line for line in failed.message.split("\n") if not line.startswith(("  your answer", "  but it is"))]
        raise CheckFailed("\n".join(lines), failed.misconception) from None


def differentiates(
    grad_objective: Callable[..., Any],
    objective: Callable[..., Any],
    predict: Callable[..., Any],
    examples: Sequence[tuple[Any, Any, Any]],
) -> None:
    """Check a gradient against the slopes of the student's own objective.

    Where that objective is wrong, the gradient of the squares is right too.

    Parameters
    ----------
    grad_objective, objective : callable
        The student's, both of ``(theta, x, y)``.
    predict : callable
        The student's own model: a mistake in it is not counted again.
    examples : sequence of (theta, x, y)
        Where to compare.

    Raises
    ------
    CheckFailed, NotAttempted
        Some gradient is wrong; there is nothing to check.
    """
    wrong, sound = [], is_sound(objective, predict)
    for theta, x, y in examples:
        actual = call(grad_objective, theta, x, y)
        right = [*gradients_of(objective, theta, x, y, sound=sound), *_mixed(predict, theta, x, y)]
        if not any(close(actual, expected) for expected in right):
            wrong.append(_case(objective, (theta, x, y), actual, right[0]))
    if wrong:
        theta, x, y = wrong[0].args
        reject(wrong, suspects=GRADIENT, whats=[f"grad_objective at theta = {shown(theta)} with {np.size(x)} points"])
    passed(f"your gradient agrees with the slopes of {_whose(sound)} at {len(examples)} places")


def _whose(sound: bool) -> str:
    return "your own objective" if sound else "squared residuals, or of your objective, which is not right yet,"


def is_sound(objective: Callable[..., Any], predict: Callable[..., Any]) -> bool:
    """Say whether a student's objective is one."""
    try:
        return flaw(objective, predict, (1.5, -2.0, 0.5), np.array([-1.5, -0.5, 0.7, 1.6, 2.5])) is None
    except CheckFailed:
        return False


def gradients_of(objective: Callable[..., Any], theta: Any, x: Any, y: Any, *, sound: bool) -> Iterator[Array]:
    """Give the gradients that are right: the own objective's, and those of squares if that one is not sound."""
    own = _own_slopes(objective, theta, x, y)
    if own is not None and np.any(own != 0):
        yield own
    if not sound:
        yield from _of_squares(theta, x, y)


def _of_squares(theta: Any, x: Any, y: Any) -> Iterator[Array]:
    """Give the gradients of sum and mean of squares, with and without a factor 1/2."""
    squares = _slopes(lambda at: _squared_misfit(at, x, y), theta)
    if squares is not None:  # None where theta has run away
        yield from (squares, squares / np.size(x), squares / 2, squares / (2 * np.size(x)))


def _mixed(predict: Callable[..., Any], theta: Any, x: Any, y: Any) -> Iterator[Array]:
    """Give what the right formula makes of the residuals of a model that is wrong."""
    own, right = heights(predict, theta, np.asarray(x)), np.polyval(theta, x)
    if own is not None and not same(own, right, 1e-4, 1e-4 * float(np.max(np.abs(right)))):
        yield from _of_squares(theta, x, np.add(np.subtract(y, own), right))


def _case(objective: Callable[..., Any], args: tuple[Any, Any, Any], actual: Any, expected: Array) -> Case:
    own = _own_slopes(objective, *args) is not None
    measure = objective if own else _squared_misfit
    return Case(args, actual, expected, {"slopes": lambda at, *data: _own_slopes(measure, at, *data)})


def misfits_of(
    objective: Callable[..., Any], theta: Any, x: Any, y: Any, *, sound: bool
) -> Iterator[Callable[[Array], float]]:
    """Give the objectives that are right, as functions of theta: the own one, and squares if that one is not sound."""
    if sound or _is_usable(objective, theta, x, y):
        yield lambda at: float(call(objective, at, x, y))
    if not sound:
        yield lambda at: float(_squared_misfit(at, x, y))
        yield lambda at: float(_squared_misfit(at, x, y)) / np.size(x)


def _is_usable(objective: Callable[..., Any], theta: Any, x: Any, y: Any) -> bool:
    """Say whether an objective gives a number, and not always the same."""
    try:
        values = [number_array(call(objective, np.add(theta, shift), x, y)) for shift in (0.0, 0.7)]
    except CheckFailed:
        return False
    return all(value is not None and value.shape == () for value in values) and not same(values[0], values[1])
