"""Checks of polynomials as lists of coefficients, highest power first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.misconceptions import Case, misconception, number_array, same
from course_utils.checks.values import cases

__all__ = ["polynomial_slope"]

# The one argument of a case is the array of coefficients.


def _both(case: Case) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    actual = number_array(case.actual)
    if actual is None or actual.ndim != 1:
        raise TypeError
    return actual, np.asarray(case.expected)


@misconception(
    "keeps_constant",
    "your derivative is one coefficient too long: the constant leaves nothing behind.",
    "a cubic has 4 coefficients, and its derivative is a parabola: how many has that?",
)
def keeps_constant(case: Case) -> bool:
    """Recognise a last coefficient too many, of 0 or of the constant itself."""
    actual, expected = _both(case)
    return same(actual[:-1], expected) and (actual[-1] == 0 or same(actual[-1], case.args[0][-1]))


@misconception(
    "forgets_power",
    "you lower the powers, but no power comes down as a factor.",
    "the derivative of x³ is 3x²: where does the 3 come from?",
)
def forgets_power(case: Case) -> bool:
    """Recognise coefficients that were cut and not multiplied."""
    actual, _ = _both(case)
    return same(actual, case.args[0][: len(actual)]) and len(actual) == len(case.args[0]) - 1


@misconception(
    "power_after",
    "you multiply by the power after it was lowered.",
    "the derivative of x³ is 3x²: first the 3 comes down, then it gets smaller.",
)
def power_after(case: Case) -> bool:
    """Recognise factors one too small."""
    actual, expected = _both(case)
    powers = np.arange(len(expected), 0, -1)
    return same(actual * powers, expected * (powers - 1))


@misconception(
    "power_too_high",
    "each coefficient is multiplied by one more than its power.",
    "a list of 4 coefficients starts with x³, not with x⁴.",
)
def power_too_high(case: Case) -> bool:
    """Recognise factors one too large."""
    actual, expected = _both(case)
    powers = np.arange(len(expected), 0, -1)
    return same(actual * powers, expected * (powers + 1))


@misconception(
    "drops_leading",
    "you drop the first coefficient; the one that vanishes is the constant, and it stands last.",
    "the order is highest power first.",
)
def drops_leading(case: Case) -> bool:
    """Recognise the right powers at the coefficients behind the first."""
    actual, _ = _both(case)
    coefficients = np.asarray(case.args[0])[1:]
    return same(actual, coefficients * np.arange(len(coefficients), 0, -1))


@misconception(
    "ascending_polynomial",
    "you read the coefficients from the constant upwards.",
    "the order is highest power first: [1, 0, -3, 0] is x³ − 3x.",
)
def ascending_polynomial(case: Case) -> bool:
    """Recognise the derivative of the polynomial with its coefficients turned round."""
    actual, _ = _both(case)
    coefficients = np.asarray(case.args[0])[1:]
    return same(actual / np.arange(1, len(actual) + 1), coefficients)


@misconception("integrates", "you go the wrong way: this is an integral, not a derivative.")
def integrates(case: Case) -> bool:
    """Recognise a polynomial of a higher degree."""
    actual, expected = _both(case)
    return len(actual) == len(expected) + 2


_SLOPE = (
    keeps_constant,
    forgets_power,
    power_after,
    power_too_high,
    drops_leading,
    ascending_polynomial,
    integrates,
)


def polynomial_slope(function: Callable[..., Any], examples: Sequence[tuple[Any, Any]]) -> None:
    """Check the derivatives that a student's function gives.

    Parameters
    ----------
    function : callable
        Takes coefficients, returns those of the derivative.
    examples : sequence of (coefficients, expected)
        What goes in, and what is right.

    Raises
    ------
    CheckFailed
        Some derivative is wrong, or the array that went in is changed.
    """
    inputs = [((np.array(coefficients, float),), expected) for coefficients, expected in examples]
    count = f"the derivatives of {len(examples)} polynomials, coefficients left as they were"
    cases(function, inputs, suspects=_SLOPE, rtol=1e-5, success=count)
