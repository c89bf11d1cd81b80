"""Checks of the gradient of the mean squared error, against measured slopes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.carried import own
from course_utils.checks.misconceptions import Case, add, half, misconception, number_array, same, wrong_sign
from course_utils.checks.noise.mean_loss import name_products
from course_utils.checks.outcome import CheckFailed, fail, passed
from course_utils.checks.values import reject

__all__ = ["slopes_of_loss"]

Array = npt.NDArray[Any]

# A case of the gradient: args are theta, A, y; the facts hold `slopes(theta, A, y)`, measured on the loss.


def _slopes(loss: Callable[[Array], Any], theta: Array) -> Array | None:
    """Measure the gradient of a square function, along directions at right angles; None if it is no finite number."""
    size = len(theta)
    frame = np.linalg.qr(np.cos(np.arange(1, size * size + 1, dtype=float) ** 2).reshape(size, size))[0]
    table = [[number_array(loss(theta + way)), number_array(loss(theta - way))] for way in frame.T]
    if any(value is None or value.shape != () or not np.isfinite(value) for pair in table for value in pair):
        return None
    ahead, back = np.array(table, float).T
    measured: Array = frame.dot((ahead - back) / 2)
    return measured


def _misfit(theta: Array, table: Array, y: Array) -> float:
    gaps = table.dot(theta) - y
    return float(gaps.dot(gaps) / gaps.size)


def _close(actual: Any, expected: Any, factor: float = 1) -> bool:
    right = factor * np.asarray(expected)
    return same(actual, right, 0.0, 1e-4 * float(np.max(np.abs(right))) + 1e-9)


def _points(case: Case) -> int:
    return len(case.args[2])


@misconception(
    "gradient_of_the_sum",
    "your gradient is exactly n times too large, n being the number of points.",
    "the loss is a mean over the points: so is its gradient.",
)
def gradient_of_the_sum(case: Case) -> bool:
    """Recognise a missing 1/n."""
    return _close(case.actual, case.expected, _points(case))


@misconception(
    "no_factor_from_square_or_mean",
    "your gradient is exactly n/2 times what it should be, n being the number of points.",
    "two things are missing: the factor that comes from the square, and the mean.",
)
def no_factor_from_square_or_mean(case: Case) -> bool:
    """Recognise a missing 2/n."""
    return _close(case.actual, case.expected, _points(case) / 2)


@misconception(
    "mean_over_parameters",
    "you divide by the number of parameters instead of the number of points.",
    "the mean goes over the rows of A.",
)
def mean_over_parameters(case: Case) -> bool:
    """Recognise 2/(k + 1), or 1/(k + 1)."""
    wrong = _points(case) / len(case.args[0])
    return any(_close(case.actual, case.expected, factor * wrong) for factor in (1, 0.5))


@misconception(
    "one_slope_per_point",
    "you return one number for each point.",
    "a gradient has one number for each parameter: what brings n numbers together to k + 1?",
)
def one_slope_per_point(case: Case) -> bool:
    """Recognise shape (n,)."""
    return bool(np.shape(case.actual) == (_points(case),) != np.shape(case.expected))


@misconception(
    "shares_not_summed",
    "you return a whole row of numbers for each parameter.",
    "each point adds its share to a slope: add them up.",
)
def shares_not_summed(case: Case) -> bool:
    """Recognise shape (n, k + 1) or (k + 1, n)."""
    shape = np.shape(case.actual)
    return len(shape) == 2 and sorted(shape) == sorted((_points(case), len(case.args[0])))


@misconception(
    "gradient_without_targets",
    "your gradient does not look at the targets.",
    "what is squared is the residual, not the prediction.",
)
def gradient_without_targets(case: Case) -> bool:
    """Recognise predictions in place of residuals."""
    theta, table, y = case.args
    measured = case.facts["slopes"](theta, table, np.zeros(len(y)))
    return measured is not None and any(_close(case.actual, measured, factor) for factor in (1, 0.5, _points(case)))


@misconception(
    "no_inner_derivative",
    "your slopes are all the same: the chain rule stops too early.",
    "after the square comes the derivative of the prediction: by theta[k], which column of A is it?",
)
def no_inner_derivative(case: Case) -> bool:
    """Recognise the slope of a constant term, in every place or on its own."""
    answer = np.atleast_1d(np.asarray(case.actual, float))
    return bool(answer.size > 0 and np.ptp(answer) < 1e-9) and _close(answer[0], case.expected[0])


_GRADIENTS = (
    no_inner_derivative,
    one_slope_per_point,
    shares_not_summed,
    wrong_sign,
    half,
    gradient_of_the_sum,
    no_factor_from_square_or_mean,
    mean_over_parameters,
    gradient_without_targets,
)


def slopes_of_loss(mse_grad: Callable[..., Any], examples: Sequence[tuple[Any, Any, Any]]) -> None:
    """Check the gradient of the mean of squares.

    Where the student's own loss is the sum of squares, or half of it, or of the mean, its gradient is right too.

    Parameters
    ----------
    mse_grad : callable
        The student's, of ``(theta, A, y)``.
    examples : sequence of (theta, A, y)
        Where to compare; column 0 of A holds ones.

    Raises
    ------
    CheckFailed, NotAttempted
        Some gradient is wrong; there is nothing to check.
    """
    wrong = []
    for example in examples:
        theta, table, y = (np.asarray(part, float) for part in example)
        actual = _gradient(mse_grad, theta, table, y)
        expected = _measured(theta, table, y)
        if not any(_close(actual, expected, factor) for factor in (_scale(theta, table, y), 1)):
            wrong.append(Case((theta, table, y), actual, expected, {"slopes": _measured}))
    if wrong:
        theta, table, _ = wrong[0].args
        reject(wrong, suspects=_GRADIENTS, whats=[f"the gradient for {len(theta)} parameters and {len(table)} points"])
    passed(f"your gradient agrees with measured slopes of the loss at {len(examples)} places")


def _measured(theta: Array, table: Array, y: Array) -> Array | None:
    return _slopes(lambda at: _misfit(at, table, y), theta)


def _scale(theta: Array, table: Array, y: Array) -> float:
    """Return by what the student's own loss multiplies the mean of squares; 1 if it does something else."""
    places = (theta, theta + np.linspace(0.4, 0.9, len(theta)))
    try:
        values = [number_array(call(own("mse_loss"), at, table, y)) for at in places]
    except CheckFailed:
        return 1.0
    if any(value is None or value.shape != () for value in values):
        return 1.0
    scales = np.array(values, float) / [_misfit(at, table, y) for at in places]
    known = any(same(scales, [scale, scale], 1e-4) for scale in (len(y), len(y) / 2, 0.5))
    return float(scales[0]) if known else 1.0


def _gradient(mse_grad: Callable[..., Any], theta: Array, table: Array, y: Array) -> Any:
    try:
        return call(mse_grad, theta, table, y)
    except CheckFailed as failed:
        name_products(failed)
        if re.search(r"broadcast together with shapes \(\d+,\) \(\d+,\d+\)", failed.message):
            fail(misconception="residuals_across_columns", details=[failed.message.split("\n")[0].partition(": ")[2]])
        if re.search(r"size \d+ is different from \d+|not aligned", failed.message):
            fail(misconception="gradient_shapes", details=[failed.message.split("\n")[0].partition(": ")[2]])
        raise


add(
    "residuals_across_columns",
    "numpy lays your n residuals across the columns of A, but each belongs to a row.",
    "shapes are matched from the right: (n,) fits to (k + 1, n), not to (n, k + 1).",
)
add(
    "gradient_shapes",
    "a matrix product in your gradient does not fit.",
    "there are n residuals and k + 1 slopes: which of A and its transpose takes n numbers to k + 1?",
)
