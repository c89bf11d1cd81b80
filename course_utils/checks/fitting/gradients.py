"""Wrong ideas of the gradient of a sum of squared residuals, and how each is recognised."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.misconceptions import Case, Misconception, misconception, number_array, same
from course_utils.checks.misconceptions import half as half_of

__all__ = ["GRADIENT", "PAPER"]

Array = npt.NDArray[Any]

# A case of gradients: args are theta, x, y; the facts hold `slopes(theta, x, y)`, measured.


def _measured(case: Case, x: Any, y: Any, theta: Any = None) -> Array:
    measured: Array = case.facts["slopes"](case.args[0] if theta is None else theta, x, y)
    return measured


def _points(case: Case) -> int:
    return int(np.size(case.args[1]))


def _is_times(case: Case, factor: float) -> bool:
    return same(case.actual, factor * np.asarray(case.expected), 1e-4)


@misconception(
    "sum_for_mean",
    "your gradient is exactly n times too large, n being the number of points.",
    "your objective takes the mean over the points: does its gradient?",
)
def sum_for_mean(case: Case) -> bool:
    """Recognise a sum where the objective takes the mean."""
    return _points(case) > 1 and _is_times(case, _points(case))


@misconception(
    "mean_for_sum",
    "your gradient is exactly n times too small, n being the number of points.",
    "your objective adds up over the points: does its gradient?",
)
def mean_for_sum(case: Case) -> bool:
    """Recognise a mean where the objective takes the sum."""
    return _points(case) > 1 and _is_times(case, 1 / _points(case))


@misconception(
    "sum_for_mean_and_half",
    "your gradient is exactly n/2 times what it should be, n being the number of points.",
    "two things are missing: a factor that comes from the square, and the mean that your objective takes.",
)
def sum_for_mean_and_half(case: Case) -> bool:
    """Recognise a missing 2 and a missing mean."""
    return _points(case) > 1 and _is_times(case, _points(case) / 2)


@misconception(
    "ascending_gradient",
    "your three numbers are right, but in the opposite order.",
    "theta is (a, b, c), so the first number is the slope in a.",
)
def ascending_gradient(case: Case) -> bool:
    """Recognise (∂c, ∂b, ∂a)."""
    return same(case.actual, np.asarray(case.expected)[::-1], 1e-4)


@misconception(
    "square_at_the_wrong_place",
    "your first two numbers have changed places.",
    "differentiate by a: which power of x is a multiplied by?",
)
def square_at_the_wrong_place(case: Case) -> bool:
    """Recognise x² and x exchanged."""
    return same(case.actual, np.asarray(case.expected)[[1, 0, 2]], 1e-4)


@misconception(
    "forgets_inner_derivative",
    "your three numbers are all the slope in c.",
    "the chain rule: after the square comes the derivative of what is inside, by a, by b, by c.",
)
def forgets_inner_derivative(case: Case) -> bool:
    """Recognise a chain rule that stops after the square."""
    return same(case.actual, np.full(3, case.expected[2]), 1e-4)


@misconception(
    "forgets_outer_derivative",
    "your three numbers are those of the prediction alone.",
    "the chain rule: the derivative of the square comes first, times that of what is inside.",
)
def forgets_outer_derivative(case: Case) -> bool:
    """Recognise the derivative of the prediction in place of that of the loss."""
    x = np.asarray(case.args[1], float)
    inner = np.array([np.sum(x * x), np.sum(x), x.size])
    return any(same(case.actual, inner / scale, 1e-4) for scale in (1, x.size))


@misconception(
    "forgets_targets",
    "your gradient does not look at the targets.",
    "what is squared is the residual, not the prediction.",
)
def forgets_targets(case: Case) -> bool:
    """Recognise a prediction in place of the residual."""
    _, x, y = case.args
    return same(case.actual, _measured(case, x, np.zeros(np.shape(y))), 1e-4)


@misconception(
    "derivative_by_x",
    "you differentiate by x.",
    "the points are given and stay: what you can change is theta.",
)
def derivative_by_x(case: Case) -> bool:
    """Recognise 2 r · (2 a x + b), one for each point or all together."""
    (a, b, _), x, y = case.args
    each = 2 * np.subtract(np.polyval(case.args[0], x), y) * np.polyval([2 * a, b], x)
    found = [each, each / 2, each / np.size(x), np.sum(each), np.mean(each)]
    return any(same(case.actual, value, 1e-4) for value in found)


@misconception(
    "one_per_point",
    "you return one number for each point.",
    "a gradient has one number for each parameter: three, however many points there are.",
)
def one_per_point(case: Case) -> bool:
    """Recognise shape (n,) where n is not 3."""
    actual = number_array(case.actual)
    return actual is not None and actual.shape == (_points(case),) != (3,)


@misconception(
    "not_added_up",
    "you return a whole row of numbers for each parameter.",
    "each point adds its share to a slope: what joins the shares into one number?",
)
def not_added_up(case: Case) -> bool:
    """Recognise shape (3, n) or (n, 3)."""
    actual = number_array(case.actual)
    return actual is not None and actual.ndim == 2 and sorted(actual.shape) == sorted((3, _points(case)))


@misconception(
    "everything_with_everything",
    "your residuals pair every prediction with every target.",
    "a column minus a row makes a square table: both must have the shape (n,).",
)
def everything_with_everything(case: Case) -> bool:
    """Recognise residuals of shape (n, n): they act like mean targets, or like a constant model."""
    theta, x, y = case.args
    average = float(np.mean(np.polyval(theta, x)))
    tables = [_measured(case, x, np.full(np.shape(y), np.mean(y))), _measured(case, x, y, (0.0, 0.0, average))]
    return any(same(case.actual, scale * table, 1e-4) for table in tables for scale in (1, _points(case)))


@misconception(
    "shares_of_one_point",
    "only one of the points has a say in your gradient.",
    "every point adds its share: look at where your loop starts anew, and where it returns.",
)
def shares_of_one_point(case: Case) -> bool:
    """Recognise the gradient at the first or the last point alone."""
    _, x, y = case.args
    ends = [_measured(case, np.asarray(x)[part], np.asarray(y)[part]) for part in (slice(0, 1), slice(-1, None))]
    return any(same(case.actual, scale * end, 1e-4) for end in ends for scale in (1, 1 / _points(case)))


@misconception(
    "three_points_only",
    "your gradient looks at the first three points only.",
    "how many points there are is for x to say: do not count them yourself.",
)
def three_points_only(case: Case) -> bool:
    """Recognise a loop over three points."""
    _, x, y = case.args
    first = _measured(case, np.asarray(x)[:3], np.asarray(y)[:3])
    return any(same(case.actual, scale * first, 1e-4) for scale in (1, 3 / _points(case)))


@misconception(
    "measured_gradient",
    "your gradient is measured with tiny steps, not derived: for large parameters it is blurred.",
    "measuring is for checking. Code the formula that you found on paper.",
)
def measured_gradient(case: Case) -> bool:
    """Recognise a difference quotient: wrong only where the parameters are so large that tiny steps drown."""
    actual = number_array(case.actual)
    finite = actual is not None and actual.shape == (3,) and bool(np.all(np.isfinite(actual)))
    return finite and bool(np.max(np.abs(case.args[0])) > 1e6)


PAPER = (
    half_of,
    ascending_gradient,
    square_at_the_wrong_place,
    forgets_inner_derivative,
    forgets_outer_derivative,
    forgets_targets,
    derivative_by_x,
)
GRADIENT: tuple[Misconception, ...] = (
    derivative_by_x,
    one_per_point,
    not_added_up,
    sum_for_mean,
    mean_for_sum,
    sum_for_mean_and_half,
    *PAPER,
    everything_with_everything,
    shares_of_one_point,
    three_points_only,
    measured_gradient,
)
