"""Checks of the straight line that a slope gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from course_utils.checks.calls import call
from course_utils.checks.misconceptions import Case, misconception, same
from course_utils.checks.outcome import passed
from course_utils.checks.values import reject

__all__ = ["taylor"]

Landscape = Callable[[Any], Any]


# A case of the straight line: args are f, df, x, y.


def _rise(case: Case) -> tuple[float, float]:
    """How far the answer rises above f(x), and how far it should."""
    f, _, x, _ = case.args
    return float(case.actual) - f(x), float(case.expected) - f(x)


@misconception(
    "exact_value",
    "you return the height of the landscape itself, not that of its straight line.",
    "in the fog you cannot look at x + y: which two numbers do you know at x?",
)
def exact_value(case: Case) -> bool:
    """Recognise f(x + y)."""
    f, _, x, y = case.args
    return same(case.actual, f(x + y))


@misconception(
    "forgets_height",
    "you return how much the line rises, and not the height that it reaches.",
    "the line starts at the height of the point where you stand.",
)
def forgets_height(case: Case) -> bool:
    """Recognise the change alone."""
    return same(case.actual, _rise(case)[1])


@misconception(
    "forgets_step",
    "your line does not care how far you go.",
    "a slope is the rise for a step of length 1: what is it for a step of length y?",
)
def forgets_step(case: Case) -> bool:
    """Recognise a missing factor y."""
    _, df, x, _ = case.args
    return same(_rise(case)[0], df(x))


@misconception(
    "slope_at_the_target",
    "you take the slope where the step ends.",
    "in the fog you know the slope under your feet only.",
)
def slope_at_the_target(case: Case) -> bool:
    """Recognise the derivative at x + y."""
    _, df, x, y = case.args
    return same(_rise(case)[0] / y, df(x + y))


@misconception(
    "slope_at_the_step", "you take the slope at y, but y is a step, not a place.", "at which place do you stand?"
)
def slope_at_the_step(case: Case) -> bool:
    """Recognise the derivative at y."""
    _, df, _, y = case.args
    return same(_rise(case)[0] / y, df(y))


@misconception(
    "step_as_target",
    "you treat y as the point where you arrive.",
    "y is the step: you start at x and arrive at x + y.",
)
def step_as_target(case: Case) -> bool:
    """Recognise a step of y − x."""
    (actual, expected), (_, _, x, y) = _rise(case), case.args
    return same(actual * y, expected * (y - x))


@misconception("line_backwards", "your line falls where it should rise.", "follow the sign of y and of the slope.")
def line_backwards(case: Case) -> bool:
    """Recognise the wrong sign of the rise."""
    actual, expected = _rise(case)
    return same(actual, -expected)


@misconception(
    "height_at_the_step", "you start at the height f(y), but y is a step, not a place.", "at which place do you stand?"
)
def height_at_the_step(case: Case) -> bool:
    """Recognise a line through (y, f(y))."""
    f, _, _, y = case.args
    return same(case.actual - f(y), _rise(case)[1])


_LINE = (
    exact_value,
    forgets_height,
    forgets_step,
    slope_at_the_target,
    slope_at_the_step,
    step_as_target,
    line_backwards,
    height_at_the_step,
)


def taylor(
    function: Callable[..., Any], examples: Sequence[tuple[tuple[Landscape, Landscape, float, float], float]]
) -> None:
    """Check the height of a straight line.

    Parameters
    ----------
    function : callable
        The student's ``taylor1(f, df, x, y)``.
    examples : sequence of ((f, df, x, y), expected)
        Landscape, slope, place, step, and the height of the line after the step.

    Raises
    ------
    CheckFailed, NotAttempted
        Some height is wrong; there is nothing to check.
    """
    wrong, whats = [], []
    for args, expected in examples:
        actual = call(function, *args)
        if not same(actual, expected, rtol=1e-5, atol=1e-9):
            wrong.append(Case(args, actual, expected))
            whats.append(f"from x = {args[2]:g}, after a step y = {args[3]:g}, the height of the line")
    if wrong:
        reject(wrong, suspects=_LINE, whats=whats)
    passed(f"the line has the right height at {len(examples)} places")
