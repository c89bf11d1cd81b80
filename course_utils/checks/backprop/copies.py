"""Checks of sums over the copies that broadcasting makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.misconceptions import Case, misconception, same
from course_utils.checks.values import cases

__all__ = ["unbroadcast"]

Array = npt.NDArray[Any]

# A case of unbroadcast: args are g and shape.


@misconception(
    "copies_not_summed",
    "you return g as it came.",
    "how many copies of each entry are there, and what happens to their adjoints?",
)
def copies_not_summed(case: Case) -> bool:
    """Recognise g itself, with or without another shape."""
    return same(np.ravel(case.actual), np.ravel(case.args[0])) and np.size(case.actual) > np.size(case.expected)


@misconception(
    "copies_averaged",
    "you average over the copies.",
    "if an entry grows by 1, all its copies grow by 1: their influences add up.",
)
def copies_averaged(case: Case) -> bool:
    """Recognise a mean in place of a sum."""
    copies = np.size(case.args[0]) / np.size(case.expected)
    return copies > 1 and same(np.asarray(case.actual) * copies, case.expected)


@misconception(
    "one_copy_kept",
    "you keep one copy and drop the others.",
    "each copy has an influence of its own: none may be lost.",
)
def one_copy_kept(case: Case) -> bool:
    """Recognise the first or the last copy."""
    g, shape = case.args
    return any(same(case.actual, _copy(g, shape, which)) for which in (0, -1))


def _copy(g: Array, shape: tuple[int, ...], which: int) -> Array:
    g = g[(which,) * (g.ndim - len(shape))]
    keep = tuple([which] if length == 1 else slice(None) for length in shape)
    for axis, part in enumerate(keep):
        g = g[(slice(None),) * axis + (part,)]
    return g


@misconception(
    "everything_summed",
    "you sum over all axes.",
    "only copies belong together: which axes did broadcasting make or stretch?",
)
def everything_summed(case: Case) -> bool:
    """Recognise one number, alone or repeated."""
    if np.size(case.expected) == 1 and np.shape(case.actual) == np.shape(case.expected):
        return False
    return same(np.unique(np.round(case.actual, 9)), [np.round(np.sum(case.args[0]), 9)])


@misconception(
    "stretched_axis_forgotten",
    "you sum over new axes only.",
    "an axis of length 1 was stretched: its copies lie along it.",
)
def stretched_axis_forgotten(case: Case) -> bool:
    """Recognise a result in which an axis of length 1 is still long."""
    actual, wanted = np.shape(case.actual), np.shape(case.expected)
    longer = [a != b for a, b in zip(actual, wanted, strict=False)]
    return len(actual) == len(wanted) and any(longer) and all(wanted[i] == 1 for i, far in enumerate(longer) if far)


@misconception(
    "new_axis_forgotten",
    "you sum over stretched axes only.",
    "g may have more axes than the array had: the new ones stand in front.",
)
def new_axis_forgotten(case: Case) -> bool:
    """Recognise a result that still has the new axes."""
    return len(np.shape(case.actual)) == np.ndim(case.args[0]) > len(np.shape(case.expected))


@misconception(
    "reshaped_axis_lost",
    "the numbers are right, but an axis of length 1 is lost.",
    "(3, 1) is not (3,): see “My result has lost an axis”.",
)
def reshaped_axis_lost(case: Case) -> bool:
    """Recognise a forgotten keepdims."""
    return np.shape(case.actual) != np.shape(case.expected) and same(np.ravel(case.actual), np.ravel(case.expected))


_COPIES = (
    new_axis_forgotten,
    stretched_axis_forgotten,
    copies_not_summed,
    copies_averaged,
    one_copy_kept,
    reshaped_axis_lost,
    everything_summed,
)


def unbroadcast(function: Callable[..., Any], examples: Sequence[tuple[tuple[Any, ...], Any]]) -> None:
    """Check the sums over copies that broadcasting made.

    Parameters
    ----------
    function : callable
        The student's ``unbroadcast(g, shape)``.
    examples : sequence of ((g, shape), expected)
        Adjoint of the repeated array, shape of the array, and its adjoint.

    Raises
    ------
    CheckFailed, NotAttempted
        Some sum is wrong; there is nothing to check.
    """
    cases(function, examples, suspects=_COPIES, rtol=1e-5, success=f"right for {len(examples)} pairs of shapes")
