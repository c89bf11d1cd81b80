"""Checks of the mean squared error of a linear model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.misconceptions import Case, add, misconception, same
from course_utils.checks.outcome import CheckFailed, fail
from course_utils.checks.values import cases

__all__ = ["mean_square"]

Array = npt.NDArray[Any]
RTOL = 1e-5

# A case of the loss: args are theta, A, y.


def _gaps(case: Case) -> Array:
    theta, table, y = case.args
    gaps: Array = np.subtract(table.dot(theta), y)
    return gaps


def _is_loss(case: Case, value: Any) -> bool:
    return same(case.actual, value, RTOL)


@misconception(
    "sum_of_squares",
    "you add up the squares; the loss is their mean.",
    "ten times as many points should not make the loss ten times as large.",
)
def sum_of_squares(case: Case) -> bool:
    """Recognise n times the loss."""
    return _is_loss(case, len(case.args[2]) * case.expected)


@misconception(
    "half_of_the_mean",
    "your loss is exactly half of the mean of the squares.",
    "some books put a ½ in front to save a factor 2 later; here the loss is the mean.",
)
def half_of_the_mean(case: Case) -> bool:
    """Recognise 1/(2n) times the sum."""
    return _is_loss(case, case.expected / 2)


@misconception(
    "root_of_the_loss",
    "you take a square root at the end.",
    "that is the typical distance; the loss is the mean of the squares themselves.",
)
def root_of_the_loss(case: Case) -> bool:
    """Recognise the root of the mean of squares."""
    return _is_loss(case, np.sqrt(case.expected))


@misconception(
    "distances_not_squared",
    "your loss adds distances that are not squared.",
    "square each residual first.",
)
def distances_not_squared(case: Case) -> bool:
    """Recognise the mean absolute or the mean signed residual."""
    gaps = _gaps(case)
    return any(_is_loss(case, value) for value in (np.mean(np.abs(gaps)), np.mean(gaps), -np.mean(gaps)))


@misconception(
    "square_of_the_mean",
    "you take the mean first and square it then.",
    "residuals of +5 and −5 would give a loss of 0: what has to come first, square or mean?",
)
def square_of_the_mean(case: Case) -> bool:
    """Recognise (mean r)², or (sum r)²."""
    gaps = _gaps(case)
    return any(_is_loss(case, value**2) for value in (np.mean(gaps), np.sum(gaps)))


@misconception(
    "divided_by_parameters",
    "you divide by the number of parameters.",
    "the mean goes over the points: how many of them are there?",
)
def divided_by_parameters(case: Case) -> bool:
    """Recognise a sum that is divided by k + 1."""
    return _is_loss(case, case.expected * len(case.args[2]) / len(case.args[0]))


add(
    "products_not_summed",
    "your predictions are a table of products: `A * theta` multiplies, and does not add up.",
    "the matrix product `@` multiplies and adds along each row.",
)
_LOSSES = (
    sum_of_squares,
    half_of_the_mean,
    root_of_the_loss,
    distances_not_squared,
    square_of_the_mean,
    divided_by_parameters,
)


def mean_square(function: Callable[..., Any], examples: Sequence[tuple[Any, Any, Any, float]]) -> None:
    """Check the mean squared error.

    Parameters
    ----------
    function : callable
        The student's ``mse_loss(theta, A, y)``.
    examples : sequence of (theta, A, y, expected)
        Tables with more rows than columns.

    Raises
    ------
    CheckFailed, NotAttempted
        Some loss is wrong; there is nothing to check.
    """
    paired = [(tuple(np.asarray(part, float) for part in parts), right) for *parts, right in examples]
    try:
        success = f"the mean of the squared residuals is right on {len(paired)} examples, for any number of points"
        cases(function, paired, suspects=_LOSSES, rtol=RTOL, success=success)
    except CheckFailed as failed:
        name_products(failed)
        raise


def name_products(failed: CheckFailed) -> None:
    """Fail anew if the student's error comes from A * theta."""
    if re.search(r"broadcast together with shapes \(\d+,\d+\) \(\d+,\)", failed.message):
        fail(misconception="products_not_summed", details=[failed.message.split("\n")[0].partition(": ")[2]])
