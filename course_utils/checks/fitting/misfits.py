"""Checks of an objective: a number that is least at the true parabola, and at no other.

Sum or mean, squares or fourth powers: any objective with the properties is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.carried import forgiving
from course_utils.checks.context import inside
from course_utils.checks.misconceptions import Case, add, number_array, same
from course_utils.checks.outcome import fail, passed
from course_utils.checks.values import reject

__all__ = ["flaw", "measures_misfit"]

Array = npt.NDArray[Any]
# Steps away from the true parameters, none of them along an axis.
_AWAY = np.array([[1.3, -0.7, 0.4], [-0.6, 1.1, 0.9], [0.5, 0.8, -1.7], [0.3, -1.2, 2.1]])
_SMALL = 1e-6

add(
    "ignores_data",
    "your number does not change when the points change.",
    "the true parameters are what we look for: your function knows the arguments x and y alone.",
)
add(
    "ascending_model",
    "your number is 0 for (c, b, a) instead of (a, b, c).",
    "theta is (a, b, c): the first one belongs to x². Your function predict knows that.",
)
add(
    "inputs_for_targets",
    "you exchange inputs and targets.",
    "predict from x, and compare with y.",
)
add(
    "not_zero_at_truth",
    "a parabola that goes through all points should cost 0, and does not.",
    "what do you compare the prediction with? Look at one point by hand.",
)
add(
    "everything_squared",
    "you compare every prediction with every target.",
    "a column minus a row makes a square table: both must have the shape (n,).",
)
add(
    "negated",
    "your number is below 0 for wrong parabolas, so that the true one is a maximum.",
    "the smaller, the better: follow the minus signs.",
)
add(
    "signed_residuals",
    "your number is negative for some parabolas: one far below the points beats the true one.",
    "too high and too low are both wrong. What makes both of them positive?",
)
add(
    "negative_somewhere",
    "your number is negative for some parabolas, so that the true one is not the least.",
    "what does each point add? Can that be negative?",
)
add(
    "cancelling_residuals",
    "your number is 0 for a wrong parabola: too high at one point makes up for too low at another.",
    "make each residual positive first, and then add up.",
)
add(
    "one_hit_is_enough",
    "your number is 0 for a parabola that meets some of the points only.",
    "each point that is missed must cost something, whatever the others do.",
)
add(
    "misses_points",
    "your number does not change when one of the targets changes.",
    "each point must add its share: do you skip points, or take the largest residual alone?",
)
add(
    "kink",
    "your number is least in the right place, but it has a kink there: no slope to follow downhill.",
    "|r| falls straight to 0 and turns; so does the root of a sum of squares. Which function of r is flat at 0?",
)


class _Probe:
    """A student's objective at parameters around the true ones; ``shares``: what each parameter adds at each point."""

    def __init__(self, objective: Callable[..., Any], theta: Sequence[float], x: Array) -> None:
        self._objective = objective
        self.theta, self.x = np.asarray(theta, float), x
        self.y, self.shares = np.polyval(self.theta, x), np.vander(x, 3).T

    def at(self, theta: Any, x: Any = None, y: Any = None) -> float:
        """Ask for the number; reject what is none."""
        actual = call(self._objective, theta, self.x if x is None else x, self.y if y is None else y)
        number = number_array(actual)
        if number is None or number.shape != () or number.dtype.kind == "c" or not np.isfinite(number):
            reject([Case((), actual, 0.0)], whats=["your objective"])
        return float(number)

    def scaled(self, step: Array) -> Array:
        """Make a step away from the truth as long as the others: its largest residual is 6."""
        longer: Array = step * (6.0 / np.max(np.abs(step @ self.shares)))
        return longer

    def away(self) -> Array:
        """Ask at wrong parameters."""
        return np.array([self.at(self.theta + step) for step in _AWAY])


def flaw(objective: Callable[..., Any], theta: Sequence[float], x: Array) -> str | None:
    """Name what is wrong with an objective, or return None.

    Parameters
    ----------
    objective : callable
        The student's ``objective(theta, x, y)``.
    theta : sequence of float
        The true parameters.
    x : ndarray of shape (n,)
        Inputs, none of them special.

    Raises
    ------
    CheckFailed, NotAttempted
        It gives no number at all.
    """
    probe = _Probe(objective, theta, x)
    truth, away = probe.at(probe.theta), probe.away()
    small = _SMALL * float(np.max(np.abs(away))) + 1e-12
    looks = (_data, _truth, _sign, _valley, _all_points, _smooth)
    return next((name for look in looks for name in look(probe, truth, away, small)), None)


def _data(probe: _Probe, truth: float, away: Array, small: float) -> Iterator[str]:
    """Look whether the points matter."""
    others = [probe.at(probe.theta + step, probe.x + 0.3, probe.y + 2.9) for step in _AWAY]
    if same(others, away) and same(probe.at(probe.theta, probe.x + 0.3, probe.y + 2.9), truth, atol=small):
        yield "ignores_data"


def _truth(probe: _Probe, truth: float, _away: Array, small: float) -> Iterator[str]:
    """Look at the true parameters."""
    if abs(truth) <= small:
        return
    if abs(probe.at(probe.theta[::-1])) <= small:
        yield "ascending_model"
    if abs(probe.at(probe.theta, probe.y, probe.x)) <= small:
        yield "inputs_for_targets"
    pairs = np.subtract.outer(probe.y, probe.y) ** 2
    if any(same(truth, np.sum(pairs) / scale, 1e-4) for scale in (1, len(probe.x), pairs.size)):
        yield "everything_squared"
    yield "not_zero_at_truth"


def _sign(probe: _Probe, _truth: float, away: Array, small: float) -> Iterator[str]:
    """Look for numbers below 0."""
    opposite = np.array([probe.at(probe.theta - step) for step in _AWAY])
    if np.any(np.abs(away) > small) and np.all(away <= small) and np.all(opposite <= small):
        yield "negated"
    if same(opposite, -away, 1e-4, small):
        yield "signed_residuals"
    if np.any(away < -small) or np.any(opposite < -small):
        yield "negative_somewhere"


def _valley(probe: _Probe, _truth: float, _away: Array, small: float) -> Iterator[str]:
    """Look for wrong parabolas that cost nothing."""
    through_two = np.cross(probe.shares[:, 0], probe.shares[:, 1])  # misses all but the first two
    if abs(probe.at(probe.theta + probe.scaled(through_two))) <= small:
        yield "one_hit_is_enough"
    balanced = np.cross(np.sum(probe.shares, axis=1), [1.0, -1.0, 0.0])  # its residuals add up to 0
    if abs(probe.at(probe.theta + probe.scaled(balanced))) <= small:
        yield "cancelling_residuals"


def _all_points(probe: _Probe, _truth: float, away: Array, small: float) -> Iterator[str]:
    """Move one target after the other, up and down: either way alone can leave a residual as large as it was."""
    for one in np.eye(len(probe.x)):
        moved = (probe.at(probe.theta + _AWAY[0], y=probe.y + shift * one) for shift in (1.7, -2.3))
        if all(abs(value - away[0]) <= small for value in moved):
            yield "misses_points"


def _smooth(probe: _Probe, _truth: float, _away: Array, _small: float) -> Iterator[str]:
    """Look how fast the number falls on the way to the truth: a slope that stays is a kink."""
    for step in _AWAY:
        far, near = probe.at(probe.theta + 0.1 * step), probe.at(probe.theta + 0.001 * step)
        if near > 0 and np.log(far / near) / np.log(100) < 1.5:
            yield "kink"


def measures_misfit(objective: Callable[..., Any], examples: Sequence[tuple[Sequence[float], Any]]) -> None:
    """Check that an objective is least at the true parabola alone; a mistake in ``predict`` is not counted again.

    Parameters
    ----------
    objective : callable
        The student's ``objective(theta, x, y)``.
    examples : sequence of (theta, x)
        True parameters, and the inputs at which their parabola gives the targets.

    Raises
    ------
    CheckFailed, NotAttempted
        A property is missing; there is nothing to check.
    """

    def check(_: object) -> None:
        for theta, x in examples:
            found = flaw(objective, theta, np.asarray(x, float))
            if found:
                details = [f"true parabola: theta = {tuple(theta)}, at x = {np.asarray(x).tolist()}"]
                fail(misconception=found, details=details)

    forgiving(check, predict=inside(np.polyval))
    passed("0 at the true parabola, above 0 at all others that were tried, every point counts, and no kinks")
