"""Checks of measured Jacobians, and of the price of multiplying Jacobians in either order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np

from course_utils.checks.calls import call, record
from course_utils.checks.descent import slopes  # noqa: F401 - registers the mistakes of measured gradients
from course_utils.checks.misconceptions import MISCONCEPTIONS, Case, Misconception, add, misconception, same
from course_utils.checks.outcome import fail, passed
from course_utils.checks.values import reject, shown

__all__ = ["jacobian", "multiplications"]

# A case of the measured Jacobian: args are f, x, h.


def _lookalike(name: str, recognise: Callable[[Case], bool]) -> Misconception:
    """Name the mistake of a measured gradient in a measured Jacobian."""
    return replace(MISCONCEPTIONS[name], recognise=recognise)


def _one_sided(case: Case) -> bool:
    f, x, h = case.args
    here = f(np.asarray(x, float))
    sides = ((f(x + h * e) - here, here - f(x - h * e)) for e in np.eye(len(x)))
    ahead, back = (np.array(side).T / h for side in zip(*sides, strict=True))
    return any(
        np.shape(case.actual) == side.shape and np.allclose(case.actual, side, rtol=1e-7) for side in (ahead, back)
    )


@misconception(
    "columns_as_rows",
    "your Jacobian lies on its side.",
    "row i belongs to output i: moving one input fills a column.",
)
def columns_as_rows(case: Case) -> bool:
    """Recognise the transpose."""
    return same(case.actual, np.asarray(case.expected).T, rtol=1e-5)


@misconception(
    "outputs_summed",
    "you return a single row: the sum over the outputs.",
    "keep the outputs apart: each has a row of its own.",
)
def outputs_summed(case: Case) -> bool:
    """Recognise the gradient of the sum of the outputs."""
    return same(case.actual, np.sum(case.expected, axis=0), rtol=1e-5)


@misconception(
    "inputs_moved_together",
    "you move all inputs at once.",
    "a column tells what happens when one input moves and the others stay.",
)
def inputs_moved_together(case: Case) -> bool:
    """Recognise the sum over the inputs, in every column or alone."""
    f, place, width = case.args
    ends = [f(place + side * width) for side in (1, -1)]
    along = np.subtract(*ends) / width / 2
    repeated = np.tile(along[:, None], len(place))
    return any(same(case.actual, wrong, rtol=1e-5) for wrong in (along, repeated))


@misconception(
    "inputs_not_put_back",
    "an input that you moved is not moved back before the next one moves.",
    "start each time from a fresh copy of x.",
)
def inputs_not_put_back(case: Case) -> bool:
    """Recognise a first column that is right and a later one that is not."""
    wrong = ~np.all(np.isclose(case.actual, case.expected, rtol=1e-5, atol=1e-7), axis=0)
    return bool(np.shape(case.actual)[1] > 2 and not wrong[0] and wrong[1:].any())


def _truncated(case: Case) -> bool:
    """Recognise a width that is lost in an array of whole numbers, which keeps no fraction."""
    f, x, h = case.args
    ends = [np.array([f(np.trunc(x + side * h * step)) for step in np.eye(len(x))]) for side in (1, -1)]
    return np.asarray(x).dtype.kind in "iu" and same(case.actual, np.subtract(*ends).T / (2 * h), rtol=1e-5)


_MEASURED = (
    _lookalike("whole_numbers", _truncated),
    columns_as_rows,
    outputs_summed,
    inputs_moved_together,
    _lookalike("two_h_apart", lambda case: same(case.actual, 2 * np.asarray(case.expected), rtol=1e-5)),
    _lookalike("rise_without_run", lambda case: same(case.actual, 2 * case.args[2] * case.expected, rtol=1e-5)),
    _lookalike("times_h", lambda case: same(case.actual, case.args[2] ** 2 * case.expected, rtol=1e-5)),
    _lookalike("one_sided", _one_sided),
    inputs_not_put_back,
)


def jacobian(function: Callable[..., Any], examples: Sequence[tuple[tuple[Any, ...], Any]]) -> None:
    """Check a measured Jacobian.

    Parameters
    ----------
    function : callable
        The student's ``numerical_jacobian(f, x, h)``.
    examples : sequence of ((f, x, h), expected)
        Function (n,) -> (m,), place, width, and what the central differences are, shape (m, n).

    Raises
    ------
    CheckFailed, NotAttempted
        Some slope is wrong; there is nothing to check.
    """
    wrong = []
    for (f, x, h), expected in examples:
        actual = call(function, record(f, limit=1000 * len(x)), x, h)
        if not same(actual, expected, rtol=1e-5 if h > 1e-3 else 2e-7, atol=1e-8):
            wrong.append(Case((f, x, h), actual, expected))
    if wrong:
        _, x, h = wrong[0].args
        reject(wrong, suspects=_MEASURED, whats=[f"at x = {shown(x)}, with h = {h:g}, the Jacobian"])
    passed("a row for each output, a column for each input, and x stays as it was")


# A case of the counted products: args are sizes and mode; facts hold the count in the other order.


@misconception(
    "orders_exchanged",
    "you count forward order for reverse, and reverse for forward.",
    "forward order begins at the input, n₀: which two Jacobians meet first?",
)
def orders_exchanged(case: Case) -> bool:
    """Recognise the count of the other order."""
    return bool(case.actual == case.facts["other"] and case.actual != case.expected)


@misconception(
    "entries_counted",
    "you count the entries of the Jacobians.",
    "a product of matrices needs more: each entry of the result is a sum of products.",
)
def entries_counted(case: Case) -> bool:
    """Recognise the sum of the sizes of all Jacobians, or of all but the first."""
    entries = [m * n for n, m in zip(case.args[0], case.args[0][1:], strict=False)]
    return case.actual in (sum(entries), sum(entries[1:]), sum(entries[:-1]))


@misconception(
    "neighbours_only",
    "you multiply each Jacobian with its neighbour, and not with the result so far.",
    "after the first product you hold one matrix: which shape does it have?",
)
def neighbours_only(case: Case) -> bool:
    """Recognise the sum over three sizes in a row."""
    sizes = case.args[0]
    return bool(case.actual == sum(a * b * c for a, b, c in zip(sizes, sizes[1:], sizes[2:], strict=False)))


@misconception(
    "one_product_too_many",
    "you count one product too many.",
    "s Jacobians need s − 1 products: what is the first one multiplied with?",
)
def one_product_too_many(case: Case) -> bool:
    """Recognise a product with an identity at either end."""
    sizes = case.args[0]
    return case.actual - case.expected in (sizes[0] ** 2 * sizes[1], sizes[-1] ** 2 * sizes[-2])


@misconception(
    "additions_counted",
    "you count additions too.",
    "only multiplications are asked for: how many of them does an entry of a product need?",
)
def additions_counted(case: Case) -> bool:
    """Recognise twice the count."""
    return bool(case.actual == 2 * case.expected)


@misconception(
    "sizes_added",
    "your numbers are far too small: sizes are multiplied, not added.",
    "an m × k matrix times a k × n matrix: how many products of two numbers is that?",
)
def sizes_added(case: Case) -> bool:
    """Recognise less than one multiplication for each entry of the largest Jacobian."""
    largest = max(m * n for n, m in zip(case.args[0], case.args[0][1:], strict=False))
    return bool(0 < case.actual < largest)


add(
    "one_order_only",
    "you count the same order for both modes.",
    "reverse order begins at the other end of the list.",
)


_COUNTS = (orders_exchanged, additions_counted, one_product_too_many, entries_counted, neighbours_only, sizes_added)


def multiplications(function: Callable[..., Any], chains: Mapping[tuple[int, ...], tuple[int, int]]) -> None:
    """Check counted multiplications.

    Parameters
    ----------
    function : callable
        The student's ``count_multiplications(sizes, mode)``.
    chains : mapping of sizes to (forward, reverse)
        What is right for each chain.

    Raises
    ------
    CheckFailed, NotAttempted
        Some count is wrong; there is nothing to check.
    """
    seen = []
    for sizes, counts in chains.items():
        for mode, count, other in (("forward", *counts), ("reverse", *counts[::-1])):
            seen.append(Case((list(sizes), mode), call(function, list(sizes), mode), count, {"other": other}))
    wrong = [case for case in seen if not same(case.actual, case.expected, rtol=0, atol=0)]
    if wrong:
        _reject_counts(wrong)
    passed(f"right for {len(chains)} chains, in both orders")


def _reject_counts(wrong: Sequence[Case]) -> NoReturn:
    whats = [f"sizes {case.args[0]}, {case.args[1]}: it" for case in wrong]
    if all(case.actual == case.facts["other"] for case in wrong) and len({case.args[1] for case in wrong}) == 1:
        right, got = wrong[0].expected, wrong[0].actual
        fail(misconception="one_order_only", details=[f"{whats[0]} should be {right}, but it is {got}"])
    informative = [case for case in wrong if case.expected != case.facts["other"]] or list(wrong)
    reject(informative, suspects=_COUNTS, whats=whats)
