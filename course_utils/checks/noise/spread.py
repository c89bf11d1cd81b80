"""Checks of bias and variance of a bundle of curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_utils.checks.misconceptions import Case, misconception, number_array, same
from course_utils.checks.values import cases

__all__ = ["parts_of_error"]

# A case: args are bundle, target; expected is (squared bias, variance).


@misconception("variance_first", "your two numbers come in the wrong order.", "bias first, then variance.")
def variance_first(case: Case) -> bool:
    """Recognise (variance, squared bias)."""
    return same(case.actual, case.expected[::-1], 1e-5)


@misconception(
    "not_averaged",
    "you return curves: one number for each input.",
    "two numbers are asked for: average both over the inputs.",
)
def not_averaged(case: Case) -> bool:
    """Recognise a missing mean over the inputs."""
    answer = number_array(case.actual)
    return answer is not None and answer.shape == (2, len(case.args[1]))


@misconception(
    "bias_not_squared",
    "your bias is not squared.",
    "square the distance at each input first, then take the mean.",
)
def bias_not_squared(case: Case) -> bool:
    """Recognise a mean of distances, with or without signs, or its square."""
    bundle, target = case.args
    gaps = np.mean(bundle, axis=0) - target
    unsquared = (np.mean(gaps), -np.mean(gaps), np.mean(np.abs(gaps)), np.mean(gaps) ** 2, np.mean(np.abs(gaps)) ** 2)
    first, second = case.actual
    return same(second, case.expected[1], 1e-5) and any(same(first, wrong, 1e-5) for wrong in unsquared)


@misconception(
    "one_run_less",
    "your variance is a little too large: you divide by the number of runs less one.",
    "here the sum bias² + variance should be exactly the mean squared distance: divide by the number of runs.",
)
def one_run_less(case: Case) -> bool:
    """Recognise the other definition of a variance."""
    runs = len(case.args[0])
    right = np.multiply(case.expected, [1, runs / (runs - 1)])
    return same(case.actual, right, 1e-5)


_PARTS = (variance_first, not_averaged, one_run_less, bias_not_squared)


def parts_of_error(function: Callable[..., Any], examples: Sequence[tuple[tuple[Any, Any], Any]]) -> None:
    """Check the squared bias and the variance of bundles of curves.

    Parameters
    ----------
    function : callable
        The student's ``bias_and_variance(bundle, target)``.
    examples : sequence of ((bundle, target), expected)
        ``expected`` is the pair of numbers.

    Raises
    ------
    CheckFailed, NotAttempted
        Some number is wrong; there is nothing to check.
    """
    success = "bias² and variance are right: together they are the mean squared distance from the target"
    cases(function, examples, suspects=_PARTS, rtol=1e-5, success=success)
