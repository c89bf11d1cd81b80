"""Checks of minibatch gradients: what those of all minibatches say together."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.misconceptions import Case, misconception, number_array, same
from course_utils.checks.outcome import passed
from course_utils.checks.pytorch.tensors import tensor
from course_utils.checks.values import reject

__all__ = ["estimates_of_all"]

Array = npt.NDArray[Any]
RTOL = 1e-4

# A case of estimates: args are the gradients, batch_size; actual and expected are sorted by rows.


def _rows(actual: Any) -> tuple[int, ...]:
    numbers = number_array(actual)
    if numbers is None:
        raise TypeError
    return numbers.shape


@misconception(
    "sums_for_means",
    "each of your estimates is B times too large.",
    "the full gradient is a mean over the pictures: what guesses a mean, the sum of a few or their mean?",
)
def sums_for_means(case: Case) -> bool:
    """Recognise sums over the minibatches."""
    return same(case.actual, case.args[1] * case.expected, RTOL)


@misconception(
    "divided_by_all",
    "your estimates are too small: you divide by the number of all pictures.",
    "over how many pictures does the sum of one minibatch go?",
)
def divided_by_all(case: Case) -> bool:
    """Recognise a division by n in place of B."""
    table, size = case.args
    return same(case.actual, case.expected * size / len(table), RTOL)


@misconception(
    "scaled_to_the_sum",
    "your estimates are n times too large: they guess the sum over all pictures.",
    "a factor n / B belongs to a loss that is a sum; ours is a mean.",
)
def scaled_to_the_sum(case: Case) -> bool:
    """Recognise n / B times the sum."""
    return same(case.actual, len(case.args[0]) * case.expected, RTOL)


@misconception(
    "every_order_counted",
    "you count a minibatch again for every order of its pictures.",
    "a minibatch is a set: `combinations` takes each once, `permutations` in every order.",
)
def every_order_counted(case: Case) -> bool:
    """Recognise permutations."""
    table, size = case.args
    return _rows(case.actual)[0] == math.perm(len(table), size) and size > 1


@misconception(
    "pictures_repeated",
    "some of your minibatches hold a picture twice.",
    "each picture is in a minibatch or not: draw without putting back.",
)
def pictures_repeated(case: Case) -> bool:
    """Recognise draws with replacement."""
    table, size = case.args
    n = len(table)
    return _rows(case.actual)[0] in (n**size, math.comb(n + size - 1, size)) and size > 1


@misconception(
    "neighbours_together_only",
    "you take minibatches of neighbours only.",
    "picture 0 and picture 4 can be drawn together too: let `combinations` list them all.",
)
def neighbours_together_only(case: Case) -> bool:
    """Recognise slices of the table."""
    table, size = case.args
    return _rows(case.actual)[0] in (len(table) - size + 1, math.ceil(len(table) / size), len(table) // size)


@misconception(
    "full_gradient_only",
    "you return the mean of all pictures.",
    "a row for each minibatch, made of its own pictures alone.",
)
def full_gradient_only(case: Case) -> bool:
    """Recognise the mean of the whole table, once or in every row."""
    mean = np.mean(case.args[0], axis=0)
    return any(same(case.actual, np.broadcast_to(mean, shape), RTOL) for shape in (mean.shape, np.shape(case.expected)))


@misconception(
    "averaged_over_parameters",
    "you average over the parameters, not over the pictures.",
    "rows are pictures, columns are parameters: along which axis does the mean go?",
)
def averaged_over_parameters(case: Case) -> bool:
    """Recognise the mean along the wrong axis."""
    table, size = case.args
    return _rows(case.actual) == (math.comb(len(table), size), size) or (
        _rows(case.actual) == (math.comb(len(table), size),)
    )


@misconception(
    "minibatches_not_averaged",
    "you return the rows of each minibatch as they are.",
    "an estimate is one gradient for each minibatch: the mean of its rows.",
)
def minibatches_not_averaged(case: Case) -> bool:
    """Recognise a table for each minibatch."""
    table, size = case.args
    return _rows(case.actual) == (math.comb(len(table), size), size, len(table[0]))


_ESTIMATES = (
    full_gradient_only,
    minibatches_not_averaged,
    averaged_over_parameters,
    every_order_counted,
    pictures_repeated,
    neighbours_together_only,
    sums_for_means,
    divided_by_all,
    scaled_to_the_sum,
)


def estimates_of_all(function: Callable[..., Any], examples: Sequence[tuple[Any, int]]) -> None:
    """Check the estimates of a mean gradient by all minibatches of a size.

    Parameters
    ----------
    function : callable
        The student's ``all_estimates(gradients, batch_size)``.
    examples : sequence of (gradients, batch_size)
        A row for each picture; sizes from 2 to n - 1.

    Raises
    ------
    CheckFailed, NotAttempted
        An estimate is wrong or missing; there is nothing to check.
    """
    wrong, off = [], 0.0
    for rows, size in examples:
        table = np.asarray(rows, float)
        actual, right = call(function, tensor(table), size), _sorted(_estimates(table, size))
        numbers = number_array(actual)
        ordered = _sorted(numbers) if numbers is not None and numbers.ndim == 2 else actual
        if not _holds_rows(actual, right):
            wrong.append(Case((table, size), ordered, right))
        else:
            off = max(off, float(np.max(np.abs(np.mean(right, axis=0) - np.mean(table, axis=0)))))
    if wrong:
        told = [f"the estimates by minibatches of {case.args[1]} out of {len(case.args[0])}" for case in wrong]
        reject(wrong, suspects=_ESTIMATES, whats=told)
    passed(f"every minibatch is there; on average the estimates are off by {off:.0e}")


def _estimates(table: Array, size: int) -> Array:
    chosen = np.zeros((math.comb(len(table), size), len(table)))
    for row, members in zip(chosen, combinations(range(len(table)), size), strict=True):
        row[list(members)] = 1 / size
    estimates: Array = np.dot(chosen, table)
    return estimates


def _holds_rows(actual: Any, right: Array) -> bool:
    """Say whether an answer holds these rows, each once, in any order."""
    rows = number_array(actual)
    if rows is None or rows.shape != right.shape:
        return False
    nearest = [int(np.argmin(np.linalg.norm(rows - row, axis=1))) for row in right]
    return sorted(nearest) == list(range(len(right))) and same(rows[nearest], right, RTOL, 1e-5)


def _sorted(rows: Array) -> Array:
    """Bring rows into one order, whatever order they were made in."""
    order: Array = np.argsort(np.dot(rows.astype(float), np.sqrt(np.arange(rows.shape[1]) + 2.0)))
    return rows[order]
