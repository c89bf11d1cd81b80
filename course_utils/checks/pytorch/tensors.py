"""Checks of functions written for torch: what all of them share, and a model that can be differentiated.

torch is loaded where it is used: labs without it import this package too.
Graphs never cross to the judge. What needs one runs beside the student's code (`inside`) and returns numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.context import inside
from course_utils.checks.misconceptions import Case, add, is_tensor, misconception, number_array, same
from course_utils.checks.noise.ascending import added_over_points, reads_descending, terms_not_added
from course_utils.checks.outcome import fail, passed
from course_utils.checks.values import reject

__all__ = ["Given", "given", "pulled_back", "tensor", "tracks"]

Array = npt.NDArray[Any]
RTOL, ATOL = 1e-4, 1e-4  # float32 holds seven digits, and a sum of powers loses some of them

add(
    "leaves_torch",
    "your function returns something that is no tensor.",
    "NumPy arrays and Python numbers have no graph: stay with torch's operations from the first line to the last.",
)
add(
    "cuts_part_of_the_graph",
    "your values are right, but torch does not see all the ways from theta to them.",
    "`.item()`, `.detach()`, `float(…)` and `torch.tensor(…)` cut the graph: use the tensors themselves.",
)


def tensor(values: Any) -> Any:
    """Make a tensor of decimal numbers."""
    import torch

    return torch.tensor(np.asarray(values), dtype=torch.float32)


@dataclass(frozen=True, slots=True)
class Given:
    """A given function on both sides: ``ours`` to find out what is right, ``theirs`` to hand to the student's code."""

    ours: Callable[..., Any]
    theirs: Callable[..., Any]


def given(function: Callable[..., Any], *numbers: float) -> Given:
    """Take a function of a setup cell to both sides; with numbers, the function that it makes of them."""
    theirs = inside(function)
    return Given(function(*numbers), theirs(*numbers)) if numbers else Given(function, theirs)


# A case of a model: args are theta, x as arrays.


@misconception(
    "powers_from_one",
    "your powers start at x; the constant is missing.",
    "theta[0] stands alone: which power of x is 1 for every x?",
)
def powers_from_one(case: Case) -> bool:
    """Recognise theta[k] times x to the power k + 1."""
    return same(case.actual, np.multiply(case.args[1], case.expected), RTOL, ATOL)


@misconception(
    "three_terms_only",
    "your function adds up three terms, however long theta is.",
    "theta knows the degree: let its length say how many terms there are.",
)
def three_terms_only(case: Case) -> bool:
    """Recognise a polynomial that is cut off at degree 2."""
    theta, x = case.args
    return len(theta) > 3 and same(case.actual, np.polyval(theta[2::-1], x), RTOL, ATOL)


@misconception(
    "last_term_missing",
    "the term with the highest power is missing.",
    "theta has k + 1 numbers: does your loop reach the last?",
)
def last_term_missing(case: Case) -> bool:
    """Recognise a loop that ends too early."""
    theta, x = case.args
    return len(theta) > 1 and same(case.actual, np.polyval(theta[-2::-1], x), RTOL, ATOL)


_MODEL = (reads_descending, powers_from_one, three_terms_only, last_term_missing, terms_not_added, added_over_points)


def tracks(predict: Callable[..., Any], examples: Sequence[tuple[Any, Any, Any]]) -> None:
    """Check the values of a polynomial in torch, and that a gradient flows through it.

    The gradient is compared with the student's own values: a polynomial is a straight line in each parameter.

    Parameters
    ----------
    predict : callable
        The student's ``predict(theta, x)``.
    examples : sequence of (theta, x, expected)
        ``theta[k]`` belongs to x to the power k.

    Raises
    ------
    CheckFailed, NotAttempted
        Some value or gradient is wrong; there is nothing to check.
    """
    tried = [Case((theta, x), call(predict, tensor(theta), tensor(x)), right) for theta, x, right in examples]
    wrong = [case for case in tried if not same(case.actual, case.expected, RTOL, ATOL)]
    if wrong:
        reject([_in_numpy(case) for case in wrong], suspects=_MODEL)
    if any(not is_tensor(case.actual) for case in tried):
        fail(misconception="leaves_torch")
    for theta, x, right in examples:
        pull = np.linspace(1.0, 2.0, np.size(right))
        slopes = [pull @ np.asarray(number_array(call(predict, tensor(e), tensor(x)))) for e in np.eye(len(theta))]
        found = call(inside(pulled_back), predict, tensor(theta), tensor(x), tensor(pull))
        if found is None:
            fail(misconception="leaves_torch")
        if not same(found, slopes, RTOL, ATOL * max(1.0, float(np.max(np.abs(slopes))))):
            fail(misconception="cuts_part_of_the_graph")
    passed(f"values and gradients are right for {len(examples)} polynomials")


def _in_numpy(case: Case) -> Case:
    args = tuple(np.asarray(arg, float) for arg in case.args)
    return Case(args, case.actual, np.asarray(case.expected, float), case.facts)


def pulled_back(predict: Callable[..., Any], theta: Any, x: Any, pull: Any) -> Any:
    """Return the gradient by theta of the predictions, weighted and added up; None if they are no tensor."""
    import torch

    tracked = theta.detach().clone().requires_grad_()
    result = predict(tracked, x)
    return torch.autograd.grad(result @ pull, tracked)[0] if is_tensor(result) else None
