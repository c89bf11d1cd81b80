"""Wrong steps that have a name: uphill, of one length, one coordinate after another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.misconceptions import Case, add, double, half, misconception

__all__ = ["PATH", "STEP", "Array", "Gradient", "close", "end_only", "stops_early"]

Array = npt.NDArray[Any]
Gradient = Callable[[Array], Array]

# In the recognisers below, a case holds moves: how far the walker went, and how far it should have gone.
# Its facts are where the walker stood (position), the learning_rate, and the gradient.


def close(left: Any, right: Any, case: Case) -> bool:
    """Compare moves as exactly as float32 positions allow."""
    size = float(np.max(np.abs(case.facts["position"]), initial=1.0))
    return bool(np.allclose(left, right, rtol=1e-5, atol=2e-6 * size))


def _moves(case: Case) -> tuple[Array, Array, float]:
    return np.asarray(case.actual, float), np.asarray(case.expected, float), float(case.facts["learning_rate"])


@misconception(
    "uphill", "you walk uphill.", "the gradient points to where f grows: which sign takes you the other way?"
)
def uphill(case: Case) -> bool:
    """Recognise + in place of −."""
    actual, expected, _ = _moves(case)
    return close(actual, -expected, case)


@misconception(
    "never_moves",
    "the point never moves.",
    "you work out where to go; do you also keep it as the new point?",
)
def never_moves(case: Case) -> bool:
    """Recognise an update that is lost."""
    actual, expected, _ = _moves(case)
    return close(actual, 0, case) and not close(expected, 0, case)


@misconception(
    "ignores_learning_rate",
    "the learning rate has no effect: your steps are as long as the gradient itself.",
    "what does λ do to the step?",
)
def ignores_learning_rate(case: Case) -> bool:
    """Recognise a step of the whole gradient."""
    actual, expected, rate = _moves(case)
    return rate > 0 and close(actual * rate, expected, case)


@misconception(
    "divides_by_learning_rate",
    "a smaller learning rate makes your steps longer.",
    "is the learning rate a factor, or does it stand below the line?",
)
def divides_by_learning_rate(case: Case) -> bool:
    """Recognise / in place of *."""
    actual, expected, rate = _moves(case)
    return rate > 0 and close(actual * rate**2, expected, case)


@misconception(
    "forgets_position",
    "you return how far to go, and not where you arrive.",
    "the new point is the old point plus the step.",
)
def forgets_position(case: Case) -> bool:
    """Recognise the displacement alone."""
    actual, expected, _ = _moves(case)
    arrived = actual + case.facts["position"]
    return close(arrived, expected, case) or close(arrived, -expected, case)


@misconception(
    "scales_position", "your step grows with x itself, not only with the gradient.", "x is moved, it is not multiplied."
)
def scales_position(case: Case) -> bool:
    """Recognise x (1 − λ g)."""
    actual, expected, _ = _moves(case)
    return close(actual, np.asarray(case.facts["position"]) * expected, case)


@misconception(
    "fixed_length",
    "all your steps have the same length: only the direction of the gradient counts.",
    "on steep ground the step is long, near a flat place it is short: do not divide by the size of the gradient.",
)
def fixed_length(case: Case) -> bool:
    """Recognise a normalised gradient, or its sign alone."""
    actual, expected, rate = _moves(case)
    length = np.linalg.norm(np.atleast_1d(expected), axis=-1, keepdims=True)
    unit = np.atleast_1d(expected) / np.where(length > 0, length, 1)
    return close(np.atleast_1d(actual), rate * unit, case) or close(actual, rate * np.sign(expected), case)


@misconception(
    "frozen_gradient",
    "every step uses the gradient at the start.",
    "the ground under your feet changes as you walk: where is the gradient asked for, inside the loop or above it?",
)
def frozen_gradient(case: Case) -> bool:
    """Recognise one gradient for the whole walk."""
    actual, expected, _ = _moves(case)
    return len(actual) > 1 and close(actual, np.broadcast_to(expected[0], actual.shape), case)


@misconception(
    "late_by_one",
    "the start stands in your path twice, and the last point is missing.",
    "first take the step, then store where you are.",
)
def late_by_one(case: Case) -> bool:
    """Recognise a point that is stored before it moves."""
    actual, expected, _ = _moves(case)
    return len(actual) > 1 and close(actual[0], 0, case) and close(actual[1:], expected[1:], case)


@misconception(
    "one_after_another",
    "your coordinates move one after another: the second one already sees where the first one went.",
    "ask for the gradient once, at the old point, and move all coordinates with it.",
)
def one_after_another(case: Case) -> bool:
    """Recognise a gradient that is asked at half-updated points."""
    actual, _, rate = _moves(case)
    return all(
        close(move, rate * _one_by_one(case.facts["gradient"], here, move), case)
        for here, move in zip(case.facts["position"], actual, strict=True)
    )


def _one_by_one(gradient: Gradient, here: Array, move: Array) -> Array:
    """Slopes downhill, each coordinate's asked after those before it have made their move."""
    rows = [here + np.where(np.arange(here.size) < axis, move, 0.0) for axis in range(here.size)]
    return np.array([-np.asarray(gradient(row))[axis] for axis, row in enumerate(rows)])


@misconception(
    "integer_start",
    "you keep whole numbers only: every fraction of a step is lost.",
    "an array made from whole numbers cannot hold 9.5: make your own array of floats first.",
)
def integer_start(case: Case) -> bool:
    """Recognise a path that lives in an array of integers."""
    path = case.facts.get("path")
    return path is not None and bool(np.all(path == np.trunc(path))) and not close(*_moves(case)[:2], case)


STEP = (
    uphill,
    never_moves,
    ignores_learning_rate,
    divides_by_learning_rate,
    forgets_position,
    scales_position,
    fixed_length,
    half,
    double,
)
PATH = (late_by_one, frozen_gradient, one_after_another, *STEP, integer_start)

add(
    "gradient_not_called",
    "`gradient` is a function, and you calculate with it as if it were a number.",
    "a function gives its value when you call it: which point do you hand to it?",
)
add(
    "aliased_path",
    "every row of your path is the same point.",
    'is one array stored again and again, and changed in place (`x -= …`)? See "All my rows are the same".',
)
add(
    "not_from_start",
    "the first row of your path is not x0.",
    "row 0 is where you stand before any step.",
)
add(
    "ignores_gradient",
    "your code never asks the function `gradient` that it is given.",
    "it has to work on any landscape: which slope do you use in place of the argument?",
)
add(
    "asks_too_often",
    "your code asks for the gradient more than once a step.",
    "on a large model one gradient takes seconds: keep its value in a variable.",
)


@misconception(
    "end_only",
    "you return the last point, but the whole path was asked for.",
    "where do you keep the points that you leave behind?",
)
def end_only(case: Case) -> bool:
    """Recognise the end in place of the path."""
    return bool(np.shape(case.actual) == np.shape(case.expected)[1:])


@misconception(
    "stops_early",
    "your path is shorter than n_steps + 1 points.",
    "take exactly n_steps steps, even where the ground is flat; and is `return` outside the loop?",
)
def stops_early(case: Case) -> bool:
    """Recognise a loop that ends before its time."""
    actual, expected = np.shape(case.actual), np.shape(case.expected)
    return bool(actual[1:] == expected[1:] and actual[0] < expected[0] - 1)
