"""Comparing values with what they should be, and saying what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

import numpy as np

from course_utils.checks.calls import call
from course_utils.checks.misconceptions import GENERIC, Case, Misconception, diagnose, number_array, same
from course_utils.checks.outcome import fail, passed

__all__ = ["cases", "compare", "reject", "shown"]


def shown(value: Any) -> str:
    """Write a value as a student would: few digits, no dtype, arrays as lists, in one line."""
    array = number_array(value)
    if array is None:
        kind = getattr(value, "type_name", type(value).__name__)  # in the judge a student's object tells what it is
        return f"{value!r:.80}" if isinstance(value, str | bool | None.__class__) else f"a {kind}"
    if array.dtype.kind in "bc" or array.size > 12:
        return f"an array of shape {array.shape}" if array.ndim else f"{array}"
    text: str = np.array2string(array, precision=5, separator=", ", suppress_small=True, floatmode="maxprec")
    return re.sub(r"(?<=\[) | (?=[],])", "", " ".join(text.split())) if array.ndim else f"{array:.6g}"


def compare(
    actual: Any,
    expected: Any,
    *,
    what: str = "your answer",
    suspects: Iterable[Misconception] = (),
    rtol: float = 1e-9,
    atol: float = 1e-12,
    facts: dict[str, Any] | None = None,
    hint: str | None = None,
) -> None:
    """Compare one value with what it should be.

    Parameters
    ----------
    actual, expected : number, array or nested list
        Shapes must be equal; lists and tuples count as arrays.
    what : str
        What the value is, for the details line: "f(2)", "the first row".
    suspects : iterable of Misconception
        Tried before the generic ones.
    rtol, atol : float
        As in `numpy.allclose`.
    facts : dict, optional
        What the suspects need besides.
    hint : str, optional
        Shown if no misconception is recognised.

    Raises
    ------
    CheckFailed
        The values differ.
    """
    if not same(actual, expected, rtol, atol):
        reject([Case((), actual, expected, facts or {})], suspects=suspects, whats=[what], hint=hint)


def cases(
    function: Callable[..., Any],
    examples: Sequence[tuple[tuple[Any, ...], Any]],
    *,
    suspects: Iterable[Misconception] = (),
    rtol: float = 1e-9,
    atol: float = 1e-12,
    name: str | None = None,
    hint: str | None = None,
    success: str | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Call a student's function on examples, and diagnose all wrong results together.

    Parameters
    ----------
    function : callable
        The student's function.
    examples : sequence of (args, expected)
        Each a tuple of arguments and the value that is right.
    suspects : iterable of Misconception
        Tried before the generic ones.
    rtol, atol : float
        As in `numpy.allclose`.
    name : str, optional
        How the function is written in details; by default the exercise's name.
    hint : str, optional
        Shown if no misconception is recognised.
    success : str, optional
        The line printed when all are right.
    facts : dict, optional
        What the suspects need besides.

    Raises
    ------
    CheckFailed, NotAttempted
        Some value is wrong; there is nothing to check.
    """
    from course_utils.checks import context

    name = name or context.current.name
    seen = [Case(args, call(function, *args), expected, facts or {}) for args, expected in examples]
    wrong = [case for case in seen if not same(case.actual, case.expected, rtol, atol)]
    if wrong:
        whats = [f"{name}({', '.join(map(shown, case.args))})" for case in wrong]
        reject(wrong, suspects=suspects, whats=whats, hint=hint)
    passed(success or f"{name} is right on {len(seen)} examples")


def reject(
    wrong: Sequence[Case], *, suspects: Iterable[Misconception] = (), whats: Sequence[str] = (), hint: str | None = None
) -> NoReturn:
    """Fail with the misconception that explains all wrong cases, and the first of them in detail.

    Raises
    ------
    CheckFailed
        Always.
    """
    found = diagnose(wrong, (*suspects, *GENERIC))
    case, what = wrong[0], whats[0] if whats else "your answer"
    details = [f"{what} should be {shown(case.expected)}", f"but it is{_shape_note(case)} {shown(case.actual)}"]
    fail(
        found.sentence if found else "some values are wrong.",
        misconception=found.name if found else None,
        details=details,
        hint=(found.hint if found else None) or hint,
    )


def _shape_note(case: Case) -> str:
    actual, expected = number_array(case.actual), number_array(case.expected)
    if actual is None or expected is None or actual.shape == expected.shape:
        return ""
    return f" of shape {actual.shape} instead of {expected.shape}:"
