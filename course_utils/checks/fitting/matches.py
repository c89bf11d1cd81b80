"""Checks of an objective and of its gradient, found on paper and written in code.

Students choose their own objective, and the gradient is checked against theirs. What theirs is, is measured at points
of our own, where it cannot know which gradient it has to fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.carried import forgiving, own
from course_utils.checks.context import inside
from course_utils.checks.fitting.gradients import GRADIENT, PAPER
from course_utils.checks.fitting.misfits import flaw
from course_utils.checks.misconceptions import Case, number_array, same
from course_utils.checks.outcome import CheckFailed, passed
from course_utils.checks.values import reject, shown

__all__ = ["differentiates", "matches_paper", "misfit_scale", "squares"]

Array = npt.NDArray[Any]
Objective = Callable[[Array], float]
# Slopes are measured along these directions, each at a right angle to the others, and put together.
_FRAME = np.linalg.qr(np.array([[2.0, 1.0, -1.0], [1.0, -3.0, 0.5], [0.5, 1.0, 2.0]]))[0]
_REACH = 0.05


def _slopes(misfit: Objective, theta: Any) -> Array:
    """Measure the gradient of a function of ours: exact up to rounding for polynomials up to degree 4."""
    at = np.asarray(theta, float)
    size = float(np.max(np.abs(at)))
    reach = _REACH * (size if size > 1e3 else 1.0)  # a fixed reach would drown in rounding at large parameters
    table = [[misfit(at + reach * part * way) for part in (1, -1, 0.5, -0.5)] for way in _FRAME.T]
    values = np.array(table, float)
    wide = (values[:, 0] - values[:, 1]) / (2 * reach)
    narrow = (values[:, 2] - values[:, 3]) / reach
    measured: Array = _FRAME @ ((4 * narrow - wide) / 3)
    return measured


def _squared_misfit(theta: Any, x: Any, y: Any) -> Any:
    """Measure how far a parabola misses the points, all squared distances together."""
    gaps = np.subtract(np.polyval(theta, x), y)
    return np.dot(gaps, gaps)


def _close(actual: Any, expected: Array) -> bool:
    """Say whether two gradients are equal, up to what measuring and float32 blur."""
    return same(actual, expected, 0.0, 1e-4 * float(np.max(np.abs(expected))))


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
    if not _close(answer, expected):
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


def differentiates(grad_objective: Callable[..., Any], examples: Sequence[tuple[Any, Any, Any]]) -> None:
    """Check a gradient against the slopes of the student's own objective.

    A mistake in ``predict`` is not counted again. Where the objective is wrong, the gradient of the squares is right.

    Parameters
    ----------
    grad_objective : callable
        The student's, of ``(theta, x, y)``.
    examples : sequence of (theta, x, y)
        Where to compare; no residual is 0.

    Raises
    ------
    CheckFailed, NotAttempted
        Some gradient is wrong; there is nothing to check.
    """

    def check(_: object) -> None:
        objective = own("objective")
        sound, wrong = _is_sound(objective), []
        for theta, x, y in examples:
            actual = call(grad_objective, theta, x, y)
            right = list(_gradients(objective, theta, x, y, sound=sound))
            if not any(_close(actual, expected) for expected in right):
                wrong.append(Case((theta, x, y), actual, right[0], {"slopes": _like(right[0], theta, x, y)}))
        if wrong:
            theta, x, y = wrong[0].args
            whats = [f"grad_objective at theta = {shown(theta)} with {np.size(x)} points"]
            reject(wrong, suspects=GRADIENT, whats=whats)
        whose = "your own objective" if sound else "squared residuals"
        still = "" if sound else "; your objective is not right yet"
        told.append(f"your gradient agrees with the slopes of {whose} at {len(examples)} places{still}")

    told: list[str] = []
    forgiving(check, predict=inside(np.polyval))
    passed(told[-1])


def _is_sound(objective: Callable[..., Any]) -> bool:
    """Say whether a student's objective is one."""
    try:
        return flaw(objective, (1.5, -2.0, 0.5), np.array([-1.5, -0.5, 0.7, 1.6, 2.5])) is None
    except CheckFailed:
        return False


def _gradients(objective: Callable[..., Any], theta: Any, x: Any, y: Any, *, sound: bool) -> Iterator[Array]:
    """Give the gradients that are right: the own objective's; those of usual formulas, if that one is not sound."""
    pulls = _pulls(objective, np.subtract(np.polyval(theta, x), y))
    if pulls is not None:
        yield _slopes(lambda at: pulls.dot(np.polyval(at, x)), theta)
    if pulls is None or not sound:
        of_squares = squares(x, y)[1](theta)
        of_sum = _slopes(lambda at: np.square(np.sum(np.subtract(np.polyval(at, x), y))), theta)
        n = np.size(x)
        yield from (of_squares / scale for scale in (1, n, 2, 2 * n))
        yield from (of_sum / scale for scale in (1, n, n**2, 2))


def squares(x: Any, y: Any) -> tuple[Callable[[Array], float], Callable[[Array], Array]]:
    """Return the sum of squared residuals and its gradient, measured: two functions of theta."""

    def height(at: Array) -> float:
        return float(_squared_misfit(at, x, y))

    return height, lambda at: _slopes(height, at)


def _pulls(objective: Callable[..., Any], residuals: Array) -> Array | None:
    """Measure how much a student's objective grows with each residual; None if it is no measure of residuals.

    Each point pulls towards itself, or (where a sign is wrong) each pushes away: with anything else, a wrong gradient
    and an objective in step with it would be easier than a right one.
    """
    scale = misfit_scale(objective, residuals)
    if scale is not None:
        return 2 * scale * residuals
    reach = 0.05 * float(np.max(np.abs(residuals)))
    steps = reach * np.eye(len(residuals))
    try:
        table = [[_at(objective, residuals + part * step) for part in (1, -1, 0.5, -0.5)] for step in steps]
    except CheckFailed:
        return None
    values = np.array(table, float)
    pulls: Array = (8 * (values[:, 2] - values[:, 3]) - (values[:, 0] - values[:, 1])) / (6 * reach)
    towards = (pulls * np.sign(residuals))[np.abs(residuals) > reach]
    return pulls if np.all(np.isfinite(pulls)) and (np.all(towards > 0) or np.all(towards < 0)) else None


def misfit_scale(objective: Callable[..., Any], residuals: Array) -> float | None:
    """Return by what a student's objective multiplies the sum of squared residuals; None if it does not."""
    others = residuals * np.linspace(0.5, 1.5, len(residuals))
    try:
        scales = [_at(objective, each) / float(each.dot(each)) for each in (residuals, others)]
    except CheckFailed:
        return None
    is_one = 1e-6 < abs(scales[0]) < 1e6 and same(scales[1], scales[0], 1e-4, 0.0)
    return scales[0] if is_one else None


def _at(objective: Callable[..., Any], residuals: Array) -> float:
    """Ask a student's objective for its value at some residuals, with parameters and inputs of our own; nan if none."""
    theta, x = np.array([0.9, -1.3, 0.7]), np.linspace(-1.2, 1.7, len(residuals))
    number = number_array(call(objective, theta, x, np.polyval(theta, x) - residuals))
    return float(number) if number is not None and number.shape == () and number.dtype.kind in "fiub" else float("nan")


def _like(expected: Array, theta: Any, x: Any, y: Any) -> Callable[..., Array]:
    """Return the gradient of squares elsewhere, a sum or a mean as the one that is expected here."""
    of_squares = squares(x, y)[1](theta)
    scale, n = float(expected.dot(of_squares)) / float(of_squares.dot(of_squares)), np.size(x)
    is_mean = scale * n < 1.5
    return lambda at, *data: scale * (n / np.size(data[0]) if is_mean else 1.0) * squares(*data)[1](at)
