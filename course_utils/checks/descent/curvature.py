"""Checks of how large a step may be: the curvature of the steepest direction sets the edge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.misconceptions import Case, misconception, same
from course_utils.checks.outcome import passed
from course_utils.checks.values import reject

__all__ = ["stable_rate"]

# A case of the largest stable learning rate: args hold the Hessian.


def _two_over(case: Case) -> tuple[float, npt.NDArray[Any]]:
    """Which curvature the answer speaks of, if it is 2 over something; and the Hessian."""
    return 2 / float(case.actual), np.asarray(case.args[0], float)


@misconception(
    "another_curvature",
    "you use a curvature of this landscape, but not the largest.",
    "which direction is the first to run away, the flattest or the steepest?",
)
def another_curvature(case: Case) -> bool:
    """Recognise an eigenvalue that is not the largest."""
    curvature, hessian = _two_over(case)
    return bool(np.any(np.isclose(curvature, np.linalg.eigvalsh(hessian)[:-1], rtol=1e-5)))


@misconception(
    "one_over_curvature",
    "your learning rate is exactly half of the largest stable one.",
    "at which λ is the distance multiplied by −1, not by 0?",
)
def one_over_curvature(case: Case) -> bool:
    """Recognise 1 over the largest curvature."""
    return same(case.actual, np.asarray(case.expected) / 2, rtol=1e-5)


@misconception(
    "upside_down", "a more curved landscape gives you a larger learning rate.", "a steeper valley needs smaller steps."
)
def upside_down(case: Case) -> bool:
    """Recognise the curvature, or half of it."""
    product = float(case.actual) * float(case.expected)
    return any(np.isclose(product, value, rtol=1e-5) for value in (1, 2, 4))


@misconception(
    "largest_entry",
    "you use the largest entry of the matrix.",
    "entries are curvatures along the axes; a valley may be steepest in between: numpy.linalg has eigenvalues.",
)
def largest_entry(case: Case) -> bool:
    """Recognise the largest entry, or the largest on the diagonal."""
    curvature, hessian = _two_over(case)
    return any(np.isclose(curvature, value, rtol=1e-5) for value in (hessian.max(), np.diag(hessian).max()))


@misconception(
    "not_the_steepest",
    "you use one number made from all entries of the matrix, and not the curvature of the steepest direction.",
    "trace, determinant and norm mix all directions; which eigenvalue belongs to the steepest?",
)
def not_the_steepest(case: Case) -> bool:
    """Recognise trace, determinant, mean eigenvalue and Frobenius norm."""
    curvature, hessian = _two_over(case)
    trace = np.trace(hessian)
    mixed = (trace, trace / len(hessian), np.linalg.det(hessian), np.linalg.norm(hessian), hessian.sum())
    return any(np.isclose(curvature, value, rtol=1e-5) for value in mixed)


@misconception(
    "rate_per_direction",
    "you return one learning rate per direction, but one number was asked for.",
    "one λ serves all directions: which of them is the first to run away?",
)
def rate_per_direction(case: Case) -> bool:
    """Recognise an array of rates."""
    return bool(np.shape(case.actual) == np.shape(case.args[0])[:1])


_RATES = (rate_per_direction, one_over_curvature, another_curvature, upside_down, largest_entry, not_the_steepest)


def stable_rate(function: Callable[..., Any], examples: Sequence[tuple[tuple[Any], float]]) -> None:
    """Check the learning rate at which the steepest direction swings for ever.

    Parameters
    ----------
    function : callable
        The student's ``max_stable_learning_rate(hessian)``.
    examples : sequence of ((hessian,), expected)
        Symmetric matrices with positive eigenvalues.

    Raises
    ------
    CheckFailed, NotAttempted
        Some rate is wrong; there is nothing to check.
    """
    wrong, whats = [], []
    for (hessian,), expected in examples:
        actual = call(function, hessian)
        if not same(actual, expected, rtol=1e-5):
            wrong.append(Case((hessian,), actual, expected))
            whats.append(f"for the Hessian {np.asarray(hessian).tolist()} the edge")
    if wrong:
        reject(wrong, suspects=_RATES, whats=whats)
    passed(f"the edge is right for {len(examples)} landscapes")
