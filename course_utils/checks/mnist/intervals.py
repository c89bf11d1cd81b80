"""Checks of the interval around a score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_utils.checks.misconceptions import Case, Misconception, add, misconception, same
from course_utils.checks.values import cases

__all__ = ["interval_around"]

# A case of an interval: args are share, n; expected are its ends.


def _width(name: str, sentence: str, hint: str, wrong: Callable[[float, int], float]) -> Misconception:
    """Register a wrong half width, recognised by both ends."""

    def recognise(case: Case) -> bool:
        share, n = case.args
        half = wrong(share, n)
        return same(case.actual, [share - half, share + half], 1e-6)

    return add(name, sentence, hint, recognise)


@misconception("low_and_high_exchanged", "your ends are right, but in the opposite order.", "the low end first.")
def low_and_high_exchanged(case: Case) -> bool:
    """Recognise (high, low)."""
    return same(np.flip(case.actual), case.expected, 1e-6)


@misconception("width_alone", "you return half of the interval's width.", "the interval has two ends: which?")
def width_alone(case: Case) -> bool:
    """Recognise one number, the half width or the whole."""
    low, high = case.expected
    return np.shape(case.actual) == () and any(same(case.actual, part * (high - low), 1e-6) for part in (0.5, 1))


@misconception("score_left_out", "your interval lies around 0.", "the score is its middle.")
def score_left_out(case: Case) -> bool:
    """Recognise ± the half width."""
    return same(np.add(case.actual, case.args[0]), case.expected, 1e-6)


_INTERVAL = (
    low_and_high_exchanged,
    width_alone,
    score_left_out,
    _width(
        "one_standard_error",
        "your interval reaches one standard error to each side.",
        "that catches the truth in 68 of 100 cases: how many standard errors for 95?",
        lambda p, n: float(np.sqrt((p - p**2) / n)),
    ),
    _width(
        "no_root",
        "your interval is made of the variance.",
        "the standard deviation is the square root of the variance.",
        lambda p, n: 1.96 * (p - p**2) / n,
    ),
    _width(
        "n_outside_the_root",
        "your interval shrinks too fast with n.",
        "with four times as many pictures it should be half as wide, not a quarter.",
        lambda p, n: 1.96 * float(np.sqrt(p - p**2)) / n,
    ),
    _width(
        "n_forgotten",
        "your interval does not depend on n.",
        "more pictures, more certainty: where does n belong?",
        lambda p, _: 1.96 * float(np.sqrt(p - p**2)),
    ),
    _width(
        "wrong_answers_forgotten",
        "a factor is missing under your root.",
        "a model that is always right scores without any scatter: does your formula know that?",
        lambda p, n: 1.96 * float(np.sqrt(p / n)),
    ),
    _width(
        "two_for_1_96",
        "you take 2 standard errors, and 1.96 are asked for.",
        "2 is a good rule by heart; here use the exact number.",
        lambda p, n: 2 * float(np.sqrt((p - p**2) / n)),
    ),
)


def interval_around(function: Callable[..., Any], examples: Sequence[tuple[float, int]]) -> None:
    """Check the ends of a 95 % interval around a share.

    Parameters
    ----------
    function : callable
        The student's ``interval(share, n)``.
    examples : sequence of (share, n)
        What was measured.

    Raises
    ------
    CheckFailed, NotAttempted
        An end is wrong; there is nothing to check.
    """
    right = []
    for share, n in examples:
        error = np.std(np.array([0.0, 1.0]).repeat(2)) * np.sqrt(4 * share * (1 - share)) / np.sqrt(n)
        right.append(((share, n), share + 1.96 * error * np.array([-1.0, 1.0])))
    success = f"both ends are right for {len(examples)} scores"
    cases(function, right, suspects=_INTERVAL, rtol=1e-6, success=success)
