"""Checks of rows times Jacobians: the VJPs of the squared errors and of a polynomial model."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_utils.checks.calls import call
from course_utils.checks.context import inside
from course_utils.checks.misconceptions import Case, add, misconception, same
from course_utils.checks.outcome import CheckFailed, fail, passed
from course_utils.checks.values import cases, reject

__all__ = ["error_vjp", "model_vjp", "never_square", "peak_bytes"]

# A case of the error's vjp: args are v, prediction, y.


add(
    "dense_jacobian",
    "your code builds the whole n × n matrix.",
    "nearly all of its entries are 0: what is left of entry i of the product, if you leave the zeros out?",
)


@misconception(
    "forgets_row",
    "you return the slopes alone: your answer does not depend on v.",
    "a VJP is the row v times the Jacobian.",
)
def forgets_row(case: Case) -> bool:
    """Recognise the diagonal of the Jacobian, or half of it."""
    v = np.asarray(case.args[0])
    return same(case.actual * v, case.expected) or same(2 * case.actual * v, case.expected)


@misconception(
    "error_not_slope",
    "you multiply v by the errors themselves.",
    "the Jacobian holds slopes: what is the derivative of a square?",
)
def error_not_slope(case: Case) -> bool:
    """Recognise v times the squares."""
    _, prediction, y = case.args
    return same(2 * np.asarray(case.actual), case.expected * (prediction - y))


@misconception("row_added", "you add v to the slopes.", "each entry of a row times a matrix is a sum of products.")
def row_added(case: Case) -> bool:
    """Recognise v + the slopes."""
    v = np.asarray(case.args[0])
    return same((case.actual - v) * v, case.expected)


@misconception(
    "average_twice",
    "your answer is n times too small.",
    "the average is a step of its own, with a VJP of its own: v has been through it already.",
)
def average_twice(case: Case) -> bool:
    """Recognise a factor 1/n."""
    return same(np.asarray(case.actual) * len(case.args[0]), case.expected)


_ERROR = (forgets_row, error_not_slope, row_added, average_twice)


def error_vjp(function: Callable[..., Any], examples: Sequence[tuple[tuple[Any, ...], Any]]) -> None:
    """Check a row times the Jacobian of the squared errors.

    Parameters
    ----------
    function : callable
        The student's ``error_vjp(v, prediction, y)``.
    examples : sequence of ((v, prediction, y), expected)
        Arrays of shape (n,).

    Raises
    ------
    CheckFailed, NotAttempted
        Some entry is wrong; there is nothing to check.
    """
    cases(function, examples, suspects=_ERROR, rtol=1e-5, atol=1e-6, success="each entry of the row is right")


def peak_bytes(function: Callable[..., Any], *args: Any) -> int:
    """Call a function, and return how many bytes it held at most beyond its arguments."""
    tracemalloc.start()
    try:
        function(*args)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def never_square(function: Callable[..., Any], *, small: int, large: int) -> None:
    """Check that a vjp of the squared errors works where no n × n matrix can be held.

    At ``small`` points memory is measured, which names the mistake before it hurts the computer.
    At ``large`` ones the values decide: so many points squared are more than any computer can hold.

    Parameters
    ----------
    function : callable
        The student's ``error_vjp(v, prediction, y)``.
    small, large : int
        Numbers of points.

    Raises
    ------
    CheckFailed, NotAttempted
        It builds the matrix, or an entry is wrong; there is nothing to check.
    """
    v, y = np.linspace(-1, 2, small), np.linspace(0, 5, small)
    held = call(inside(peak_bytes), function, v, y + 0.5, y)
    if not isinstance(held, int) or held > small**2:
        fail(misconception="dense_jacobian", details=[f"{held / 1e6:.3g} MB for {small} points"])
    v, y = np.linspace(-1, 2, large), np.linspace(0, 5, large)
    try:
        actual = call(function, v, y + 0.5, y)
    except CheckFailed as error:
        if "MemoryError" in error.message:
            fail(misconception="dense_jacobian")
        raise
    if not same(actual, v, rtol=1e-5, atol=1e-6):
        reject([Case((v, y + 0.5, y), actual, v)], suspects=_ERROR, whats=[f"for {large} points the row"])
    passed(f"right for {large:,} points, without the {8 * large**2 / 1e9:.3g} GB of their matrix")


# A case of the model's vjp: args are v, x, degree.


@misconception(
    "highest_power_first",
    "your numbers are right, but in the opposite order.",
    "theta[0] belongs to the power 0: look up `increasing` in np.vander, or use design_matrix.",
)
def highest_power_first(case: Case) -> bool:
    """Recognise descending powers."""
    return len(case.expected) > 1 and same(case.actual, np.asarray(case.expected)[::-1])


@misconception(
    "degree_columns",
    "your answer has one number too few.",
    "a polynomial of degree k has k + 1 coefficients: count them for a straight line.",
)
def degree_columns(case: Case) -> bool:
    """Recognise the first k entries, or the last."""
    expected = np.asarray(case.expected)
    return same(case.actual, expected[:-1]) or same(case.actual, expected[1:])


@misconception(
    "row_ignored",
    "your answer does not depend on v.",
    "a VJP is the row v times the Jacobian.",
)
def row_ignored(case: Case) -> bool:
    """Recognise the sums of the powers."""
    _, x, degree = case.args
    return same(case.actual, [np.sum(np.power(x, k)) for k in range(degree + 1)])


@misconception(
    "powers_of_row",
    "you take powers of v, and not of x.",
    "the Jacobian of the model holds powers of the inputs; v multiplies it.",
)
def powers_of_row(case: Case) -> bool:
    """Recognise the exchange of v and x."""
    v, x, degree = case.args
    return same(case.actual, [np.sum(x * np.power(v, k)) for k in range(degree + 1)])


@misconception(
    "rows_not_summed",
    "you return a row for each point.",
    "each parameter hears from all points: its number is the sum of what they say.",
)
def rows_not_summed(case: Case) -> bool:
    """Recognise shape (n, k + 1), or its transpose."""
    v, _, degree = case.args
    return np.shape(case.actual) in ((len(v), degree + 1), (degree + 1, len(v)))


@misconception(
    "slopes_in_x",
    "you differentiate by x.",
    "the inputs are given and stay: the model's Jacobian tells how predictions change with theta.",
)
def slopes_in_x(case: Case) -> bool:
    """Recognise powers that were differentiated."""
    v, x, degree = case.args
    lowered = [k * np.sum(v * np.power(x, k - 1.0)) for k in range(degree + 1)]
    return same(case.actual, lowered) or same(case.actual, lowered[1:])


@misconception(
    "averaged_again",
    "your answer is n times too small.",
    "the average is a step of its own: v has been through it already.",
)
def averaged_again(case: Case) -> bool:
    """Recognise a mean in place of a sum."""
    return same(np.asarray(case.actual) * len(case.args[0]), case.expected)


add(
    "wrong_side",
    "your row stands on the wrong side of the matrix.",
    "a row of n numbers times an n × (k + 1) matrix: see “ValueError: matmul”.",
)

_MODEL = (
    highest_power_first,
    slopes_in_x,
    degree_columns,
    row_ignored,
    powers_of_row,
    rows_not_summed,
    averaged_again,
)


def model_vjp(function: Callable[..., Any], examples: Sequence[tuple[tuple[Any, ...], Any]]) -> None:
    """Check a row times the Jacobian of a polynomial model.

    Parameters
    ----------
    function : callable
        The student's ``model_vjp(v, x, degree)``.
    examples : sequence of ((v, x, degree), expected)
        Rows and inputs of shape (n,), and the answer of shape (degree + 1,).

    Raises
    ------
    CheckFailed, NotAttempted
        Some entry is wrong; there is nothing to check.
    """
    try:
        cases(function, examples, suspects=_MODEL, rtol=1e-5, success="one right number for each coefficient")
    except CheckFailed as error:
        if "ValueError: matmul" in error.message:
            fail(misconception="wrong_side", details=error.message.splitlines()[1:])
        raise
