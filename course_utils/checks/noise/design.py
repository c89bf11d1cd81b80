"""Checks of the design matrix: a row for each input, a column for each power."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.misconceptions import GENERIC, Case, add, diagnose, misconception, number_array, same
from course_utils.checks.outcome import CheckFailed, fail, passed
from course_utils.checks.values import shown

__all__ = ["powers"]

Array = npt.NDArray[Any]
RTOL, ATOL = 1e-5, 1e-6  # a float32 answer is right too

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
            fail(misconception="two_rows", details=[failed.message.split("\n")[0].partition(": ")[2]])
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
