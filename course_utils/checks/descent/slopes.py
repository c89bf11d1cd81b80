"""Checks of slopes that are measured from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call, record
from course_utils.checks.misconceptions import Case, misconception, number_array, same
from course_utils.checks.outcome import passed
from course_utils.checks.values import reject, shown

__all__ = ["numerical"]

Array = npt.NDArray[Any]
Landscape = Callable[[Any], Any]


# A case of the measured slope: args are f, x, h; the facts hold the points at which f was asked.


def _factor(case: Case, factor: float) -> bool:
    return np.shape(case.actual) == np.shape(case.expected) and np.allclose(
        case.actual, factor * np.asarray(case.expected), rtol=1e-4, atol=0
    )


def _offsets(case: Case) -> list[Array]:
    """How far each point that was asked lies from x."""
    return [np.asarray(point, float) - case.args[1] for point in case.facts["points"]]


@misconception(
    "one_sided",
    "you look to one side only.",
    "a look ahead and a look back, both equally far, cancel most of the error: where are the two points?",
)
def one_sided(case: Case) -> bool:
    """Recognise a forward or a backward difference."""
    f, x, h = case.args
    rows = np.diag(np.full(len(x), h))
    ahead = [f(x + row) - f(x) for row in rows]
    back = [f(x) - f(x - row) for row in rows]
    return any(np.allclose(case.actual, np.array(rise) / h, rtol=1e-6, atol=1e-9) for rise in (ahead, back))


@misconception("two_h_apart", "every slope is twice too large.", "how far apart are the two points at which you look?")
def two_h_apart(case: Case) -> bool:
    """Recognise a division by h."""
    return _factor(case, 2)


@misconception(
    "rise_without_run",
    "you return the rise, but a slope is the rise divided by the run.",
    "how far apart are the two points at which you look?",
)
def rise_without_run(case: Case) -> bool:
    """Recognise a missing division."""
    return _factor(case, 2 * case.args[2])


@misconception(
    "times_h",
    "you divide by 2 and then multiply by h.",
    "Python reads `/ 2 * h` from left to right: write parentheses.",
)
def times_h(case: Case) -> bool:
    """Recognise / 2 * h."""
    return _factor(case, case.args[2] ** 2)


@misconception(
    "not_put_back",
    "a coordinate that you moved is not moved back before the next one moves.",
    "each look changes one coordinate only: start each time from a fresh copy of x.",
)
def not_put_back(case: Case) -> bool:
    """Recognise points that differ from x in several coordinates, but not all at first."""
    return any(np.count_nonzero(np.abs(offset) > 1e-12) > 1 for offset in _offsets(case))


@misconception(
    "all_at_once",
    "you move all coordinates at once.",
    "you want one slope per coordinate: move one, keep the others where they are.",
)
def all_at_once(case: Case) -> bool:
    """Recognise x + h for an array x."""
    moved = [offset for offset in _offsets(case) if np.any(offset)]
    return bool(moved) and all(np.all(offset) and np.ptp(offset) < 1e-9 for offset in moved)


@misconception(
    "step_vanishes",
    "your looks ahead and back are at the very same point.",
    "a float holds about 16 digits: x + 1e-16 is x.",
)
def step_vanishes(case: Case) -> bool:
    """Recognise an h that is lost to rounding."""
    far = [float(np.max(np.abs(offset))) for offset in _offsets(case)]
    return bool(far) and max(far) < 1e-12


@misconception(
    "ignores_h", "your function does not use the h that it is given.", "which step do you take in place of h?"
)
def ignores_h(case: Case) -> bool:
    """Recognise a step of another length."""
    far = [float(np.max(np.abs(offset))) for offset in _offsets(case) if np.any(offset)]
    return bool(far) and not any(np.isclose(one, case.args[2], rtol=1e-3) for one in far)


@misconception(
    "whole_numbers",
    "x may hold whole numbers, and your arrays then lose every fraction.",
    "make your own array of floats first: np.array(x, dtype=float).",
)
def whole_numbers(case: Case) -> bool:
    """Recognise integer arrays."""
    actual = number_array(case.actual)
    lost = [np.asarray(point).dtype.kind in "iu" for point in case.facts["points"]]
    return case.args[1].dtype.kind in "iu" and (
        bool(lost and all(lost)) or (actual is not None and actual.dtype.kind in "iu")
    )


@misconception(
    "too_few_digits",
    "your points have 7 digits only (float32), and the difference of two neighbours loses most of them.",
    "measure slopes in float64.",
)
def too_few_digits(case: Case) -> bool:
    """Recognise float32 points."""
    actual = number_array(case.actual)
    kinds = [np.asarray(point).dtype for point in case.facts["points"]]
    return np.dtype(np.float32) in kinds or (actual is not None and actual.dtype == np.float32)


_MEASURED = (
    whole_numbers,
    too_few_digits,
    all_at_once,
    not_put_back,
    step_vanishes,
    ignores_h,
    one_sided,
    two_h_apart,
    rise_without_run,
    times_h,
)


def numerical(function: Callable[..., Any], examples: Sequence[tuple[tuple[Landscape, Any, float], Any]]) -> None:
    """Check a gradient that is measured by central differences.

    Parameters
    ----------
    function : callable
        The student's ``numerical_gradient(f, x, h)``.
    examples : sequence of ((f, x, h), expected)
        Function, point of shape (d,), width, and what the central differences are.

    Raises
    ------
    CheckFailed, NotAttempted
        Some slope is wrong; there is nothing to check.
    """
    wrong, whats = [], []
    for (f, x, h), expected in examples:
        asked, point = record(f, limit=1000 * len(x)), np.asarray(x)
        actual = call(function, asked, point, h)
        exact = 1e-5 if h > 1e-3 else 2e-7  # a tiny h leaves a one-sided slope only a tiny error
        if not same(actual, expected, rtol=exact, atol=1e-8):
            wrong.append(Case((f, point, h), actual, expected, {"points": asked.points}))
            whats.append(f"at x = {shown(point)}, with h = {h:g}, the slopes")
    if wrong:
        reject(wrong, suspects=_MEASURED, whats=whats)
    passed("the slopes are right, one for each coordinate, and x stays as it was")
