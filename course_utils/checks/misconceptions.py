"""The registry of misconceptions: wrong answers that have a name, and how each is recognised.

A recogniser looks at one `Case` and says whether this misconception explains it exactly.
A misconception is named only if it explains every wrong case of a check: a false diagnosis is worse than none.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "GENERIC",
    "MISCONCEPTIONS",
    "Case",
    "Misconception",
    "add",
    "diagnose",
    "is_tensor",
    "misconception",
    "number_array",
    "same",
]

Recogniser = Callable[["Case"], bool]


@dataclass(frozen=True, slots=True)
class Case:
    """One call of the student's function: what went in, what came out, what was right.

    ``facts`` holds what a recogniser may need besides, such as the number of points.
    """

    args: tuple[Any, ...]
    actual: Any
    expected: Any
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Misconception:
    """A wrong idea with a name.

    ``sentence`` completes "Exercise 2.3: …" and holds no number; ``hint`` names the way on.
    """

    name: str
    sentence: str
    hint: str | None = None
    recognise: Recogniser | None = None


MISCONCEPTIONS: dict[str, Misconception] = {}


def misconception(name: str, sentence: str, hint: str | None = None) -> Callable[[Recogniser], Misconception]:
    """Register a misconception; decorates its recogniser.

    Raises
    ------
    ValueError
        The name is taken.
    """

    def register(recogniser: Recogniser) -> Misconception:
        return add(name, sentence, hint, recogniser)

    return register


def add(name: str, sentence: str, hint: str | None = None, recognise: Recogniser | None = None) -> Misconception:
    """Register a misconception; without a recogniser, a check names it by itself (`checks.fail`)."""
    if name in MISCONCEPTIONS:
        raise ValueError(f"misconception {name!r} is registered twice")
    MISCONCEPTIONS[name] = Misconception(name, sentence, hint, recognise)
    return MISCONCEPTIONS[name]


def diagnose(wrong: Sequence[Case], suspects: Iterable[Misconception]) -> Misconception | None:
    """Return the first suspect that explains every wrong case."""
    return next((suspect for suspect in suspects if wrong and all(map(_explains(suspect), wrong))), None)


def _explains(suspect: Misconception) -> Recogniser:
    def explains(case: Case) -> bool:
        with np.errstate(all="ignore"):
            try:
                return suspect.recognise is not None and bool(suspect.recognise(case))
            except (ArithmeticError, IndexError, TypeError, ValueError):
                return False  # made for values of another shape or kind: then it explains nothing

    return explains


def is_tensor(value: Any) -> bool:
    """Say whether a value is a torch tensor; without torch nothing is, and this does not load it."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def number_array(value: Any) -> npt.NDArray[Any] | None:
    """Return the value as an array of numbers, or None if it is anything else.

    Lists, tuples and tensors count as arrays; strings, functions, None and ragged lists do not.
    """
    try:
        array = np.asarray(_plain(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return array if array.dtype.kind in "biufc" else None


def _plain(value: Any) -> Any:
    """Return numbers, arrays and nested lists of them; TypeError for anything else."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if is_tensor(value):
        return value.detach().cpu().numpy()
    if isinstance(value, bool | int | float | complex | np.number | np.bool_ | np.ndarray):
        return value
    raise TypeError(f"a {type(value).__name__} is no number")


def same(actual: Any, expected: Any, rtol: float = 1e-6, atol: float = 1e-9) -> bool:
    """Say whether two values are equal numbers of equal shape, up to rounding."""
    left, right = number_array(actual), number_array(expected)
    if left is None or right is None or left.shape != right.shape:
        return False
    return bool(np.allclose(left, right, rtol=rtol, atol=atol, equal_nan=True))


def _informative(case: Case) -> bool:
    """Zeros are their own negative, half and double: they prove nothing."""
    expected = number_array(case.expected)
    return expected is not None and bool(np.any(np.abs(expected) > 1e-9))


def _ratio(factor: float) -> Recogniser:
    return lambda case: _informative(case) and same(case.actual, factor * np.asarray(case.expected))


def _shape(case: Case) -> tuple[tuple[int, ...], tuple[int, ...]]:
    actual, expected = number_array(case.actual), number_array(case.expected)
    if actual is None or expected is None:
        raise TypeError
    return actual.shape, expected.shape


@misconception(
    "no_return",
    "your function returns None.",
    "the last line of a function hands its result over with `return`; `print` only shows it.",
)
def no_return(case: Case) -> bool:
    """Recognise a forgotten return."""
    return case.actual is None


@misconception("not_a_number", "your answer is not a number or an array of numbers.")
def not_a_number(case: Case) -> bool:
    """Recognise text, functions, ragged lists."""
    return number_array(case.actual) is None


@misconception(
    "not_finite",
    "your answer holds inf or nan.",
    "inf comes from a number too large to hold or a division by zero, nan from inf − inf or 0/0.",
)
def not_finite(case: Case) -> bool:
    """Recognise inf and nan where there should be numbers."""
    actual = number_array(case.actual)
    return actual is not None and not np.all(np.isfinite(actual)) and bool(np.all(np.isfinite(case.expected)))


@misconception(
    "wrong_sign",
    "every value has the right size and the wrong sign.",
    "follow the minus signs through your formula.",
)
def wrong_sign(case: Case) -> bool:
    """Recognise -1 times the answer."""
    return _ratio(-1.0)(case)


@misconception(
    "half",
    "every value is exactly half of what it should be.",
    "where does a factor 2 come from, when you differentiate a square?",
)
def half(case: Case) -> bool:
    """Recognise a missing factor 2."""
    return _ratio(0.5)(case)


@misconception(
    "double",
    "every value is exactly twice what it should be.",
    "is there a factor 2 too many, or missing below the line?",
)
def double(case: Case) -> bool:
    """Recognise a factor 2 too many."""
    return _ratio(2.0)(case)


@misconception(
    "reversed_order",
    "your numbers are right, but in the opposite order.",
    "look up in which order the coefficients stand.",
)
def reversed_order(case: Case) -> bool:
    """Recognise the order of coefficients turned round."""
    expected = np.asarray(case.expected)
    return not same(expected, expected[::-1]) and same(case.actual, expected[::-1])


@misconception(
    "integer_result",
    "your numbers lost everything behind the decimal point.",
    "an array made from whole numbers keeps whole numbers only: start from floats.",
)
def integer_result(case: Case) -> bool:
    """Recognise truncation by an integer dtype; a single whole number is no array, and may be a guess."""
    actual = number_array(case.actual)
    if actual is None or not actual.ndim:
        return False
    return actual.dtype.kind in "iu" and same(actual, np.trunc(case.expected))


@misconception("transposed", "rows and columns are exchanged.")
def transposed(case: Case) -> bool:
    """Recognise the transpose."""
    expected = np.asarray(case.expected)
    return expected.ndim == 2 and expected.shape != expected.T.shape and _shape(case)[0] == expected.T.shape


@misconception(
    "broadcast_square",
    "you get a square table where one row of numbers was meant.",
    "a column minus a row pairs everything with everything: compare the shapes (n, 1) and (n,).",
)
def broadcast_square(case: Case) -> bool:
    """Recognise (n, n) for (n,) or for a number made from it."""
    actual, expected = _shape(case)
    return len(expected) == 1 and expected[0] > 1 and actual == expected * 2


@misconception(
    "off_by_one_length",
    "your answer has one row too many or too few.",
    "count what you return, and compare it with the shape on the exercise's card.",
)
def off_by_one_length(case: Case) -> bool:
    """Recognise a length that differs by one."""
    actual, expected = _shape(case)
    return len(actual) == len(expected) > 0 and abs(actual[0] - expected[0]) == 1 and actual[1:] == expected[1:]


@misconception("extra_axis", "the numbers are there, but the shape has an axis of length 1 too many or too few.")
def extra_axis(case: Case) -> bool:
    """Recognise (n, 1) for (n,), (1,) for a number."""
    actual, expected = _shape(case)
    return actual != expected and [n for n in actual if n != 1] == [n for n in expected if n != 1]


@misconception("scalar_for_array", "you return one number where an array was asked for.")
def scalar_for_array(case: Case) -> bool:
    """Recognise a number in place of an array."""
    actual, expected = _shape(case)
    return actual == () and expected != ()


@misconception("array_for_scalar", "you return an array where one number was asked for.", "is a sum or a mean missing?")
def array_for_scalar(case: Case) -> bool:
    """Recognise an array in place of a number."""
    actual, expected = _shape(case)
    return expected == () and actual != ()


@misconception("wrong_shape", "your answer has the wrong shape.")
def wrong_shape(case: Case) -> bool:
    """Recognise any other shape."""
    actual, expected = _shape(case)
    return actual != expected


# What any answer can suffer from; a check's own suspects come first.
STRUCTURE = (
    no_return,
    not_a_number,
    transposed,
    broadcast_square,
    off_by_one_length,
    extra_axis,
    scalar_for_array,
    array_for_scalar,
    wrong_shape,
)
VALUES = (not_finite, integer_result, wrong_sign, half, double, reversed_order)
GENERIC = STRUCTURE + VALUES

add(
    "changes_input",
    "your function changes the array that it was given.",
    "`x -= …` and `x[0] = …` write into the caller's array; `x = x - …` makes a new one.",
)
add(
    "integer_array",
    "numpy cannot put fractions into an array of whole numbers.",
    "make the array with floats: np.array(x, dtype=float).",
)
