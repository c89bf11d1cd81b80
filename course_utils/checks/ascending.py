"""Checks of polynomials of any degree: coefficients in ascending order, the design matrix, predictions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.misconceptions import GENERIC, Case, add, diagnose, misconception, number_array, same
from course_utils.checks.outcome import CheckFailed, fail, passed
from course_utils.checks.values import cases, reject, shown

__all__ = ["evaluates", "flips", "powers"]

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


# A case of the design matrix: args are x, degree.


def _columns(case: Case, wanted: Array) -> bool:
    return same(case.actual, wanted, RTOL, ATOL)


@misconception(
    "descending_powers",
    "your columns are right, but the highest power comes first.",
    "column k belongs to theta[k]: which power is in column 0? (`np.vander` counts down unless it is told not to.)",
)
def descending_powers(case: Case) -> bool:
    """Recognise columns from right to left."""
    return _columns(case, case.expected[:, ::-1])


@misconception(
    "without_ones",
    "the column of ones is missing.",
    "theta[0] is multiplied by x to the power 0: what is that for every x?",
)
def without_ones(case: Case) -> bool:
    """Recognise powers from 1 on, in either order, perhaps with a power too many at the end."""
    kept, answer = case.expected[:, 1:], np.asarray(case.actual)
    longer = answer.shape == case.expected.shape and same(answer[:, :-1], kept, RTOL, ATOL)
    return longer or any(_columns(case, order) for order in (kept, kept[:, ::-1]))


@misconception(
    "without_top_power",
    "the highest power is missing.",
    "`range(degree)` ends one before degree: how many coefficients has a polynomial of degree 2?",
)
def without_top_power(case: Case) -> bool:
    """Recognise powers up to degree − 1, in either order."""
    kept = case.expected[:, :-1]
    return any(_columns(case, order) for order in (kept, kept[:, ::-1]))


@misconception(
    "one_power_too_many",
    "there is one column too many.",
    "a polynomial of degree k has k + 1 coefficients, one for each power from 0 to k.",
)
def one_power_too_many(case: Case) -> bool:
    """Recognise degree + 2 columns."""
    rows, columns = case.expected.shape
    return bool(np.shape(case.actual) == (rows, columns + 1))


@misconception(
    "degree_ignored",
    "your table always has three columns, whatever the degree.",
    "use the argument degree.",
)
def degree_ignored(case: Case) -> bool:
    """Recognise a parabola's table."""
    return bool(np.shape(case.actual) == (len(case.expected), 3) and case.args[1] != 2)


@misconception(
    "multiples_for_powers",
    "your columns hold multiples of x, not powers.",
    "column 2 is x times x; `*` with the number of the column gives x + x.",
)
def multiples_for_powers(case: Case) -> bool:
    """Recognise k · x in place of x to the power k; column 0 may be anything."""
    x, columns = np.asarray(case.args[0]), case.expected.shape[1]
    return same(np.asarray(case.actual)[:, 1:], np.outer(x, np.arange(1, columns)), RTOL, ATOL)


@misconception(
    "base_and_exponent_exchanged",
    "base and exponent have changed places.",
    "column 2 holds the square of each x, not 2 to the power of x.",
)
def base_and_exponent_exchanged(case: Case) -> bool:
    """Recognise k to the power x: column 1 holds ones, column 0 does not."""
    answer = np.asarray(case.actual)
    same_shape = answer.shape == case.expected.shape
    return bool(same_shape and np.all(answer[:, 1:2] == 1) and not np.all(answer[:, 0] == 1))


add(
    "two_rows",
    "inputs and exponents are both rows, and numpy pairs them one by one.",
    "a table comes from a column and a row: give x the shape (n, 1), or go power by power.",
)
_POWERS = (
    descending_powers,
    without_ones,
    without_top_power,
    degree_ignored,
    one_power_too_many,
    multiples_for_powers,
    base_and_exponent_exchanged,
)


def powers(function: Callable[..., Any], examples: Sequence[tuple[Any, int, Any]]) -> None:
    """Check a table of powers.

    Parameters
    ----------
    function : callable
        The student's ``design_matrix(x, degree)``.
    examples : sequence of (x, degree, expected)
        ``expected`` has a row for each input.

    Raises
    ------
    CheckFailed, NotAttempted
        Some table is wrong; there is nothing to check.
    """
    seen = []
    for given, degree, expected in examples:
        x = np.asarray(given, float)
        seen.append(Case((x, degree), _table(function, x, degree), np.asarray(expected, float)))
    wrong = [case for case in seen if not same(case.actual, case.expected, RTOL, ATOL)]
    if wrong:
        found = diagnose(wrong, (*_POWERS, *GENERIC))
        fail(misconception=found.name if found else None, details=_rows(wrong[0]))
    passed(f"{len(seen)} tables are right: a row for each input, a column for each power from 0 to degree")


def _table(function: Callable[..., Any], x: Array, degree: int) -> Any:
    try:
        return call(function, x, degree)
    except CheckFailed as failed:
        if re.search(r"broadcast together with shapes \(\d+,\) \(\d+,\)", failed.message):
            fail(misconception="two_rows", details=[_quoted(failed)])
        raise


def _rows(case: Case) -> list[str]:
    """Say how a table's shape, or its first wrong row, differs from what it should be."""
    (x, degree), answer = case.args, number_array(case.actual)
    called = f"design_matrix(x, {degree}) for {len(x)} inputs"
    if answer is None or answer.shape != case.expected.shape:
        shape = "no table of numbers" if answer is None else f"of shape {answer.shape}"
        return [f"{called} should be of shape {case.expected.shape}", f"but it is {shape}"]
    row = int(np.argmin(np.all(np.isclose(answer, case.expected, RTOL, ATOL), axis=1)))
    place = f"row {row} of {called}, for x = {x[row]:g},"
    return [f"{place} should be {shown(case.expected[row])}", f"but it is {shown(answer[row])}"]


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


def evaluates(
    predict: Callable[..., Any], design_matrix: Callable[..., Any], examples: Sequence[tuple[Any, Any, Any]]
) -> None:
    """Check predictions of a polynomial of any degree; a mistake in ``design_matrix`` is not counted again.

    Parameters
    ----------
    predict, design_matrix : callable
        The student's ``predict(theta, x)`` and ``design_matrix(x, degree)``.
    examples : sequence of (theta, x, expected)
        Parameters, inputs, and the prediction for each input.

    Raises
    ------
    CheckFailed, NotAttempted
        Some prediction is wrong; there is nothing to check.
    """
    wrong = []
    for given_theta, given_x, expected in examples:
        theta, x = np.asarray(given_theta, float), np.asarray(given_x, float)
        actual = _predicted(predict, theta, x)
        if not any(same(actual, right, RTOL, ATOL) for right in (expected, _by_own_table(design_matrix, theta, x))):
            wrong.append(Case((theta, x), actual, np.asarray(expected, float)))
    if wrong:
        reject(wrong, suspects=_PREDICTIONS, whats=[f"predict({', '.join(map(shown, wrong[0].args))})"])
    passed(f"predict is right for {len(examples)} polynomials of different degrees")


def _by_own_table(design_matrix: Callable[..., Any], theta: Array, x: Array) -> Array | None:
    try:
        table = number_array(call(design_matrix, x, len(theta) - 1))
    except CheckFailed:
        return None
    return table.dot(theta) if table is not None and table.shape == (len(x), len(theta)) else None


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
