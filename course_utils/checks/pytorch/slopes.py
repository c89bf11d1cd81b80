"""Checks of derivatives that torch finds: the first one, and those of any order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.misconceptions import Case, Misconception, add, misconception, number_array, same
from course_utils.checks.outcome import passed
from course_utils.checks.pytorch.tensors import Given, tensor
from course_utils.checks.values import reject

__all__ = ["derives", "derives_again"]

Array = npt.NDArray[Any]
Exact = Callable[[Array, int], Any]
RTOL = 1e-4
PLACES = 2e-4  # of the largest expected value: what float32 leaves of a sum

# A case of derivatives: args are the places; facts hold `rivals`, what known mistakes return there, and `measured`.


def _near(actual: Any, expected: Any) -> bool:
    wanted = np.asarray(expected, float)
    return same(actual, wanted, RTOL, PLACES * max(1.0, float(np.max(np.abs(wanted)))))


def _rival(name: str, sentence: str, hint: str) -> Misconception:
    """Register a mistake that is recognised by what it returns, which the check works out beforehand."""
    return add(name, sentence, hint, lambda case: _near(case.actual, case.facts["rivals"][name]))


@misconception(
    "gradient_in_a_tuple",
    "you return a tuple with a gradient in it.",
    "`torch.autograd.grad` takes many tensors and returns as many gradients: which of them do you want?",
)
def gradient_in_a_tuple(case: Case) -> bool:
    """Recognise a forgotten [0]."""
    return isinstance(case.actual, tuple) and len(case.actual) == 1


@misconception(
    "gradient_not_returned",
    "your function returns None.",
    "`backward()` returns nothing; it leaves the gradient in `.grad` of the tensor that you made and asked to be "
    "tracked. Hand that over with `return`.",
)
def gradient_not_returned(case: Case) -> bool:
    """Recognise None."""
    return case.actual is None


@misconception(
    "measured_slope",
    "you measure the slope with two values of f.",
    "one function here holds a part of itself still for torch, which no measurement can know: let torch differentiate.",
)
def measured_slope(case: Case) -> bool:
    """Recognise a difference quotient, with the blur that float32 gives it."""
    measured = np.asarray(case.facts["measured"], float)
    actual = number_array(case.actual)
    blur = 0.1 * float(np.max(np.abs(measured))) + 0.01
    return actual is not None and actual.shape == measured.shape and bool(np.allclose(actual, measured, 0, blur))


@misconception(
    "slope_at_one_place",
    "only one of the places gets a slope.",
    "which of the n values does your backward pass start from? All of them have to count.",
)
def slope_at_one_place(case: Case) -> bool:
    """Recognise zeros everywhere but at one end."""
    actual, expected = number_array(case.actual), np.asarray(case.expected, float)
    return actual is not None and any(
        _near(actual, np.where(np.arange(expected.size) == place, expected, 0.0)) for place in (0, expected.size - 1)
    )


_FIRST = (
    gradient_in_a_tuple,
    gradient_not_returned,
    _rival("value_for_slope", "you return the values of f, not its slopes.", "what does torch leave in `.grad`?"),
    _rival(
        "mean_of_places",
        "your slopes are n times too small, n being the number of places.",
        "the mean gives each place an n-th of its slope: how else can many numbers become one?",
    ),
    _rival(
        "slopes_added_up",
        "you return one number, all slopes together.",
        "each place keeps its own slope: it stands in the gradient, at its place.",
    ),
    _rival(
        "slope_by_hand",
        "your derivative belongs to one function only.",
        "f is an argument, and may be any function: let torch differentiate it.",
    ),
    slope_at_one_place,
    measured_slope,
)


def derives(derivative: Callable[..., Any], examples: Sequence[tuple[Given, Any, Any]]) -> None:
    """Check first derivatives at many places.

    Parameters
    ----------
    derivative : callable
        The student's ``derivative(f, x)``.
    examples : sequence of (f, x, expected)
        Given functions, places and the slopes there.

    Raises
    ------
    CheckFailed, NotAttempted
        Some slope is wrong; there is nothing to check.
    """
    wrong = []
    for f, x, expected in examples:
        actual, right = call(derivative, f.theirs, tensor(x)), np.asarray(expected, float)
        if not _near(actual, right):
            wrong.append(Case((np.asarray(x, float),), actual, right, _first_facts(f, np.asarray(x, float), right)))
    if wrong:
        reject(wrong, suspects=_FIRST, whats=["your derivative"])
    passed(f"the slopes of {len(examples)} functions are right at all places")


def _first_facts(f: Given, x: Array, right: Array) -> dict[str, Any]:
    values, (high, low) = _values(f, x), (_values(f, x + 1e-3), _values(f, x - 1e-3))
    rivals = {
        "value_for_slope": values,
        "mean_of_places": right / right.size,
        "slopes_added_up": np.sum(right),
        "slope_by_hand": 3 * x**2 - 3,
    }
    return {"rivals": rivals, "measured": (high - low) / 2e-3}


def _values(f: Given, x: Array) -> Array:
    import torch

    found = number_array(f.ours(torch.tensor(x)))  # in float64
    assert found is not None  # noqa: S101 - a given function returns numbers
    return found


_ORDERS = (
    gradient_in_a_tuple,
    gradient_not_returned,
    _rival(
        "one_order_short",
        "you differentiate one time too few.",
        "count: how often do you differentiate for order 1?",
    ),
    _rival(
        "one_order_more",
        "you differentiate one time too many.",
        "count: how often do you differentiate for order 1?",
    ),
    _rival(
        "first_order_only",
        "you return the first derivative, whatever the order.",
        "what you got is a function of x again: differentiate it, order times in all.",
    ),
    _rival(
        "power_of_slope",
        "you raise the slope to a power.",
        "the second derivative is the slope of the slope, not its square.",
    ),
    _rival(
        "orders_added_up",
        "you return all derivatives up to the order, added up.",
        "the derivative of the highest order alone is asked for.",
    ),
    _rival(
        "derivatives_pile_up",
        "your derivatives of several orders pile up in `.grad`.",
        "`backward()` adds to `.grad`: clear it in each round, or let `torch.autograd.grad` hand you the gradient.",
    ),
    _rival(
        "taylor_coefficient",
        "your derivatives are divided by a factorial.",
        "those are the coefficients of a Taylor series; the derivatives themselves are asked for.",
    ),
)


def derives_again(
    nth_derivative: Callable[..., Any], f: Given, exact: Exact, x: Any, *, orders: Sequence[int] = (1, 2, 3)
) -> None:
    """Check derivatives of several orders.

    Parameters
    ----------
    nth_derivative : callable
        The student's ``nth_derivative(f, x, order)``.
    f : Given
        The function.
    exact : callable
        Its derivatives by formula, ``exact(x, order)``.
    x : array of shape (n,)
        Where to compare.
    orders : sequence of int
        Which derivatives.

    Raises
    ------
    CheckFailed, NotAttempted
        Some derivative is wrong; there is nothing to check.
    """
    places = np.asarray(x, float)
    wrong, whats = [], []
    for order in orders:
        actual = call(nth_derivative, f.theirs, tensor(places), order)
        if not _near(actual, exact(places, order)):
            wrong.append(Case((places,), actual, exact(places, order), _order_facts(exact, places, order)))
            whats.append(f"the derivative of order {order}")
    if wrong:
        reject(wrong, suspects=_ORDERS, whats=whats)
    passed(f"the derivatives of order {', '.join(map(str, orders))} are right at {places.size} places")


def _order_facts(exact: Exact, x: Array, order: int) -> dict[str, Any]:
    several = [np.asarray(exact(x, k), float) for k in range(order + 2)]
    rivals = {
        "one_order_short": several[order - 1],
        "one_order_more": several[order + 1],
        "first_order_only": several[1],
        "power_of_slope": several[1] ** order,
        "orders_added_up": sum(several[1 : order + 1]),
        "derivatives_pile_up": sum(math.comb(order - 1, k) * several[k + 1] for k in range(order)),
        "taylor_coefficient": several[order] / math.factorial(order),
    }
    return {"rivals": rivals}
