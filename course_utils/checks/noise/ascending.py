"""Checks of polynomials of any degree: coefficients in ascending order, and predictions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.polynomial.polynomial import polyvander

from course_utils.checks.calls import call
from course_utils.checks.carried import forgiving
from course_utils.checks.context import inside
from course_utils.checks.misconceptions import Case, add, misconception, number_array, same
from course_utils.checks.outcome import CheckFailed, fail, passed
from course_utils.checks.values import cases, reject, shown

__all__ = ["evaluates", "flips"]

Array = npt.NDArray[Any]
RTOL, ATOL = 1e-5, 1e-6  # a float32 answer is right too

# A case of the flip: args are the coefficients, highest power first.


@misconception(
    "sorted_by_value",
    "you sort the numbers by their size.",
    "what goes up is the power of x that a number belongs to, not the number itself.",
)
def sorted_by_value(case: Case) -> bool:
    """Recognise sorted coefficients."""
    ranked = np.sort(case.args[0])
    return any(same(case.actual, order, RTOL) for order in (ranked, ranked[::-1]))


@misconception(
    "kept_order",
    "your numbers are still in the old order.",
    "which number stands alone, without any x? It comes first now.",
)
def kept_order(case: Case) -> bool:
    """Recognise the input."""
    return same(case.actual, case.args[0], RTOL)


@misconception(
    "ends_exchanged",
    "you exchange the first and the last number, and leave those between where they were.",
    "with three numbers this looks right: try four.",
)
def ends_exchanged(case: Case) -> bool:
    """Recognise a swap of the two ends."""
    given, answer = np.asarray(case.args[0]), np.asarray(case.actual)
    swapped = same(answer[[0, -1]], given[[-1, 0]], RTOL)
    return len(given) > 3 and swapped and same(answer[1:-1], given[1:-1], RTOL)


@misconception(
    "three_coefficients_only",
    "your code counts on three coefficients.",
    "from now on a model has as many as it likes: let the list say how long it is.",
)
def three_coefficients_only(case: Case) -> bool:
    """Recognise three numbers where there are more."""
    answer = number_array(case.actual)
    return answer is not None and answer.shape == (3,) != np.shape(case.args[0])


_FLIPS = (sorted_by_value, kept_order, ends_exchanged, three_coefficients_only)


def flips(function: Callable[..., Any], examples: Sequence[tuple[Any, Any]]) -> None:
    """Check that coefficients are handed back in ascending order.

    Parameters
    ----------
    function : callable
        The student's ``ascending(coefficients)``.
    examples : sequence of (coefficients, expected)
        Of several lengths.

    Raises
    ------
    CheckFailed, NotAttempted
        Some answer is wrong; there is nothing to check.
    """
    paired = [((np.asarray(given, float),), expected) for given, expected in examples]
    try:
        success = f"the constant comes first for {len(examples)} polynomials"
        cases(function, paired, suspects=_FLIPS, rtol=RTOL, success=success)
    except CheckFailed as failed:
        if "values to unpack" in failed.message:
            fail(misconception="three_coefficients_only", details=[_quoted(failed)])
        raise


def _quoted(failed: CheckFailed) -> str:
    """Take the student's error out of a message."""
    return failed.message.split("\n")[0].partition(": ")[2]


# A case of predictions: args are theta, x.

add(
    "matrix_on_the_wrong_side",
    "the matrix product does not fit: theta stands on the wrong side.",
    "(n, k + 1) @ (k + 1,) gives (n,): the inner lengths must agree.",
)
add(
    "degree_equals_length",
    "your table has one column more than theta has numbers.",
    "theta with 3 numbers is a polynomial of which degree?",
)
add(
    "fixed_degree",
    "your function has a fixed degree in it.",
    "theta knows the degree: how many numbers does it hold?",
)


@misconception(
    "reads_descending",
    "you read theta from the wrong end.",
    "theta[0] is the constant now, theta[k] belongs to x to the power k. (`np.polyval` reads the old order.)",
)
def reads_descending(case: Case) -> bool:
    """Recognise the order of labs 01 to 03."""
    return same(case.actual, np.polyval(*case.args), RTOL, ATOL)


@misconception(
    "terms_not_added",
    "you have the terms of the polynomial, but not their sum.",
    "a prediction is one number for each input: which axis do you add up?",
)
def terms_not_added(case: Case) -> bool:
    """Recognise shape (n, k + 1)."""
    theta, x = case.args
    return bool(np.shape(case.actual) == (len(x), len(theta)))


@misconception(
    "added_over_points",
    "you add up over the points, and keep the powers apart.",
    "a prediction is one number for each input: add along the row of each input.",
)
def added_over_points(case: Case) -> bool:
    """Recognise shape (k + 1,)."""
    theta, x = case.args
    return bool(np.shape(case.actual) == (len(theta),) != (len(x),))


_PREDICTIONS = (reads_descending, terms_not_added, added_over_points)
_SIZES = re.compile(r"size (\d+) is different from (\d+)|(\d+) \(dim \d\) != (\d+)")


def evaluates(predict: Callable[..., Any], examples: Sequence[tuple[Any, Any, Any]]) -> None:
    """Check predictions of a polynomial of any degree; a mistake in ``design_matrix`` is not counted again.

    Parameters
    ----------
    predict : callable
        The student's ``predict(theta, x)``.
    examples : sequence of (theta, x, expected)
        Parameters, inputs, and the prediction for each input.

    Raises
    ------
    CheckFailed, NotAttempted
        Some prediction is wrong; there is nothing to check.
    """

    def check(_: object) -> None:
        seen = []
        for given_theta, given_x, expected in examples:
            theta, x = np.asarray(given_theta, float), np.asarray(given_x, float)
            seen.append(Case((theta, x), _predicted(predict, theta, x), np.asarray(expected, float)))
        wrong = [case for case in seen if not same(case.actual, case.expected, RTOL, ATOL)]
        if wrong:
            reject(wrong, suspects=_PREDICTIONS, whats=[f"predict({', '.join(map(shown, wrong[0].args))})"])

    forgiving(check, design_matrix=inside(polyvander))
    passed(f"predict is right for {len(examples)} polynomials of different degrees")


def _predicted(predict: Callable[..., Any], theta: Array, x: Array) -> Any:
    """Call a student's function; where two lengths disagree, say why they may."""
    try:
        return call(predict, theta, x)
    except CheckFailed as failed:
        name = _why_lengths_differ(failed.message, len(theta), len(x))
        if failed.verdict == "WRONG" and name:
            fail(misconception=name, details=[_quoted(failed)])
        raise


def _why_lengths_differ(message: str, parameters: int, points: int) -> str | None:
    """Name what a failed matrix product tells: one length is theta's, the other that of a row or a column."""
    found = _SIZES.search(message)
    sizes = {int(size) for size in found.groups() if size} if found else set()
    if parameters not in sizes or len(sizes) != 2:
        return None
    names = {points: "matrix_on_the_wrong_side", parameters + 1: "degree_equals_length", 3: "fixed_degree"}
    return names.get((sizes - {parameters}).pop())
