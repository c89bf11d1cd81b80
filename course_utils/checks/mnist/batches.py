"""Checks of minibatches: how an epoch is cut."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np

from course_utils.checks.calls import call
from course_utils.checks.context import inside
from course_utils.checks.misconceptions import Case, add, diagnose, misconception
from course_utils.checks.outcome import fail, passed

__all__ = ["as_lists", "covers_all"]

# A case of minibatches: args are n, batch_size; actual are the minibatches, as lists of indices.


def _flat(case: Case) -> list[int]:
    return list(chain.from_iterable(case.actual))


def _sizes(case: Case) -> list[int]:
    return [len(batch) for batch in case.actual]


@misconception(
    "last_batch_dropped",
    "the last pictures of an epoch are missing.",
    "how many are left over after the last whole minibatch? They form a smaller one.",
)
def last_batch_dropped(case: Case) -> bool:
    """Recognise whole minibatches alone."""
    n, size = case.args
    whole = _sizes(case) == [size] * (n // size) and len(set(_flat(case))) == n - n % size
    return bool(whole and n % size)


@misconception(
    "pictures_come_twice",
    "some pictures come twice in an epoch, and others never.",
    "draw one order of all pictures, and cut it: then each comes once.",
)
def pictures_come_twice(case: Case) -> bool:
    """Recognise indices that repeat."""
    flat = _flat(case)
    return len(set(flat)) < len(flat) and set(flat) <= set(range(case.args[0]))


@misconception(
    "empty_minibatch",
    "one of your minibatches is empty.",
    "if n is a multiple of batch_size, nothing is left over: how many minibatches are there then?",
)
def empty_minibatch(case: Case) -> bool:
    """Recognise a minibatch without pictures."""
    return 0 in _sizes(case)


@misconception(
    "size_for_number",
    "you make batch_size minibatches, instead of minibatches with batch_size pictures.",
    "`np.array_split` wants to know how many parts there are, and you know how large they are.",
)
def size_for_number(case: Case) -> bool:
    """Recognise exchanged roles."""
    n, size = case.args
    return len(case.actual) == size and _sizes(case) != _right_sizes(n, size)


@misconception(
    "evenly_split",
    "your minibatches are all of about the same size.",
    "all have batch_size pictures but the last, which takes what is left.",
)
def evenly_split(case: Case) -> bool:
    """Recognise sizes that differ by one at most."""
    n, size = case.args
    return len(case.actual) == math.ceil(n / size) and max(_sizes(case)) - min(_sizes(case)) <= 1


@misconception("counts_from_one", "your indices run from 1 to n.", "the first picture has the number 0.")
def counts_from_one(case: Case) -> bool:
    """Recognise indices that are one too large."""
    return sorted(_flat(case)) == list(range(1, case.args[0] + 1))


@misconception(
    "order_of_the_data",
    "your minibatches are in the order of the data.",
    "neighbours in a data set are often alike: draw a new order for each epoch.",
)
def order_of_the_data(case: Case) -> bool:
    """Recognise the indices in their own order."""
    return _flat(case) == list(range(case.args[0]))


@misconception(
    "blocks_shuffled",
    "pictures that are neighbours in the data always stay together.",
    "you shuffle finished minibatches: shuffle the pictures, then cut.",
)
def blocks_shuffled(case: Case) -> bool:
    """Recognise runs of neighbours in a random order."""
    blocks = [sorted(batch) for batch in case.actual]
    return all(batch == list(range(batch[0], batch[0] + len(batch))) for batch in blocks)


@misconception(
    "same_order_each_time",
    "every epoch has the same order.",
    "a seed of your own starts the same numbers anew each time: draw from the rng that you are given.",
)
def same_order_each_time(case: Case) -> bool:
    """Recognise an order that is shuffled, but always in the same way."""
    return bool(case.actual == case.facts["again"])


_SHAPES = (
    empty_minibatch,
    counts_from_one,
    pictures_come_twice,
    last_batch_dropped,
    evenly_split,
    size_for_number,
    blocks_shuffled,
)
_ORDERS = (order_of_the_data, blocks_shuffled, same_order_each_time)
add("not_batches", "your answer is not a list of arrays of indices.", "a list, and in it an array for each minibatch.")


def covers_all(function: Callable[..., Any], examples: Sequence[tuple[int, int]], *, rng: np.random.Generator) -> None:
    """Check one epoch of shuffled minibatches.

    Parameters
    ----------
    function : callable
        The student's ``minibatches(n, batch_size, rng)``.
    examples : sequence of (n, batch_size)
        At least ten pictures each, so that no right order looks like a wrong one.
    rng : Generator
        Draws the seeds of what the student's function gets.

    Raises
    ------
    CheckFailed, NotAttempted
        Pictures are missing, come twice or are not shuffled; there is nothing to check.
    """
    seen = [_epoch(function, n, size, rng) for n, size in examples]
    uneven = [case for case in seen if _sizes(case) != _right_sizes(*case.args) or len(set(_flat(case))) < case.args[0]]
    uneven += [case for case in seen if case not in uneven and sorted(_flat(case)) != list(range(case.args[0]))]
    for wrong, suspects in ((uneven, _SHAPES), ([case for case in seen if _is_ordered(case)], _ORDERS)):
        if wrong:
            _fail_on(wrong, suspects)
    if not all(case.facts["used"] for case in seen):
        fail(misconception="own_generator")
    told = ", ".join(f"{n} pictures in {math.ceil(n / size)}" for n, size in examples)
    passed(f"each picture once, in random order: {told} minibatches")


def _right_sizes(n: int, size: int) -> list[int]:
    return [min(size, left) for left in range(n, 0, -size)]


def _is_ordered(case: Case) -> bool:
    """Say whether an order is not as random as it should be; a minibatch of everything is all blocks by itself."""
    suspects = _ORDERS if 1 < case.args[1] < case.args[0] else (order_of_the_data, same_order_each_time)
    return any(diagnose([case], [suspect]) for suspect in suspects)


def _fail_on(wrong: Sequence[Case], suspects: Sequence[Any]) -> None:
    found = diagnose(wrong, suspects)
    (n, size), sizes = wrong[0].args, _sizes(wrong[0])
    told = sizes if len(sizes) < 12 else f"{sizes[:10]} and so on"
    details = [f"for n = {n} and batch_size = {size}, your minibatches have the sizes {told}"]
    fail(
        found.sentence if found else "your minibatches have the wrong sizes, or do not hold each picture once.",
        misconception=found.name if found else None,
        details=details,
    )


def _epoch(function: Callable[..., Any], n: int, size: int, rng: np.random.Generator) -> Case:
    first, second = (np.random.default_rng(int(seed)) for seed in rng.integers(2**32, size=2))
    before = first.bit_generator.state
    told = [_asked(function, n, size, given) for given in (first, second)]
    return Case((n, size), told[0], None, {"used": first.bit_generator.state != before, "again": told[1]})


def _asked(function: Callable[..., Any], n: int, size: int, given: np.random.Generator) -> list[list[int]]:
    answer = call(inside(as_lists), function, n, size, given)
    if answer is None:
        fail(misconception="no_return")
    is_one = isinstance(answer, list) and all(isinstance(batch, list) for batch in answer)
    if not is_one or not all(isinstance(index, int) for batch in answer for index in batch):
        fail(misconception="not_batches")
    batches: list[list[int]] = answer
    return batches


def as_lists(function: Callable[..., Any], *args: Any) -> list[list[Any]] | None:
    """Return what a student's function gives as lists in a list, whatever can be walked through it is made of."""
    answer = function(*args)
    try:
        return None if answer is None else [np.asarray(batch).tolist() for batch in answer]
    except (TypeError, ValueError):
        return []
