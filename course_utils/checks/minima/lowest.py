"""Checks of where a function is lowest: numbers found on paper, and the flat point of any parabola."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from course_utils.checks.calls import call, raised
from course_utils.checks.misconceptions import Case, add, misconception, number_array, same
from course_utils.checks.outcome import fail, passed
from course_utils.checks.values import cases

__all__ = ["lowest", "parabola", "refuses"]

Function = Callable[[float], float]

# Numbers found on paper.

add(
    "swapped_answers",
    "your numbers belong to each other's function.",
    "the first number is for the first function, the second for the second.",
)
add(
    "height_not_place",
    "you give how low the function gets; asked is where it gets there.",
    "a minimum has a place x and a height f(x): the place is wanted.",
)
add(
    "point_not_number",
    "you give a point; asked is its place alone.",
    "of the point (x, f(x)), write down x.",
)
add(
    "not_lowest", "this is not the lowest place: the function gets lower close by.", "set the slope to zero, and solve."
)


def lowest(answers: Any, functions: Sequence[Function], place: int) -> None:
    """Check one of several places found on paper: no place near or far may be lower.

    Parameters
    ----------
    answers : sequence of float
        The student's numbers, one for each function.
    functions : sequence of callable
        Each has one lowest place.
    place : int
        Which of them to check.

    Raises
    ------
    CheckFailed
        It is not the lowest place of its function.
    """
    places = _numbers(answers, len(functions))
    x, f = places[place], functions[place]
    if not _is_lowest(f, x):
        _fail_place(places, functions, x, f)
    passed(f"answer {place + 1}: the function is higher on both sides of your x = {x:g}")


def _numbers(answers: Any, count: int) -> list[float]:
    found = number_array(answers)
    wanted = f"Write a list of {count} numbers, in the order of the question."
    if found is None:
        fail("your answer holds something that is not a number.", misconception="not_a_number", hint=wanted)
    if found.ndim == 2:
        fail(misconception="point_not_number")
    if found.shape == ():
        fail(f"you give one number where {count} are asked for.", misconception="scalar_for_array", hint=wanted)
    if found.shape != (count,):
        fail(f"your answer should hold {count} numbers.", misconception="wrong_shape", hint=wanted)
    return [float(value) for value in found]


def _is_lowest(f: Function, x: float) -> bool:
    here, away = f(x), (1e-4, 0.01, 0.1, 1.0, 3.0)
    return all(f(x + step) > here and f(x - step) > here for step in away)


def _fail_place(places: Sequence[float], functions: Sequence[Function], x: float, f: Function) -> NoReturn:
    swapped = all(map(_is_lowest, functions, reversed(places)))
    heights = f(np.linspace(-8, 8, 6401))  # type: ignore[arg-type]
    if len(set(places)) > 1 and swapped:
        fail(misconception="swapped_answers")
    if _is_lowest(f, -x):
        fail("your number has the right size and the wrong sign.", misconception="wrong_sign")
    if _is_lowest(f, x / 2):
        fail("your number is twice what it should be.", misconception="double", hint="what is the derivative of x²?")
    if same(x, np.min(heights), atol=1e-5):
        fail(misconception="height_not_place")
    side = "right" if f(x + 1e-4) < f(x) else "left"
    fail(misconception="not_lowest", details=[f"a little to the {side} of x = {x:g} the function is lower"])


# The flat point of a parabola. The arguments of a case are its coefficients a, b, c.


def _height(case: Case, x: Any) -> float:
    return float(np.polyval(np.asarray(case.args, float), float(x)))


@misconception("height_of_parabola", "you return the height of the lowest point; asked is its place x.")
def height_of_parabola(case: Case) -> bool:
    """Recognise f(x) in place of x."""
    return same(case.actual, _height(case, case.expected))


@misconception(
    "zero_of_parabola",
    "you return a place where the parabola is zero, not where it is lowest.",
    "a minimum needs f′(x) = 0; f(x) = 0 is another question.",
)
def zero_of_parabola(case: Case) -> bool:
    """Recognise a root of f."""
    size = float(np.sum(np.abs(np.asarray(case.args, float) * float(case.actual) ** np.arange(2, -1, -1))))
    return abs(_height(case, case.actual)) < 1e-6 * size


@misconception(
    "precedence",
    "the coefficient a ends up above the line of the fraction, where it should be below.",
    "Python works from left to right: 1 / 2 * a is (1 / 2) * a. Put parentheses round what you divide by.",
)
def precedence(case: Case) -> bool:
    """Recognise a product where a quotient was meant."""
    return same(case.actual, case.expected * case.args[0] ** 2)


@misconception(
    "coefficient_ignored",
    "your answer is right only where a is 1.",
    "what is the slope of 5x²? Does it care about the 5?",
)
def coefficient_ignored(case: Case) -> bool:
    """Recognise an answer that lacks a."""
    return same(case.actual, case.expected * case.args[0])


@misconception(
    "ascending_parabola",
    "you take c for the coefficient of x², and a for the constant.",
    "the order is (a, b, c): highest power first.",
)
def ascending_parabola(case: Case) -> bool:
    """Recognise the flat point of the parabola with its coefficients turned round."""
    return bool(abs(2 * case.args[2] * case.actual + case.args[1]) < 1e-6 * (abs(case.args[1]) + 1))


@misconception(
    "floor_division", "your answers are rounded down to whole numbers.", "// is division without a remainder: use /."
)
def floor_division(case: Case) -> bool:
    """Recognise the next smaller whole number."""
    return same(case.actual, np.floor(case.expected))


@misconception(
    "near_not_exact",
    "you come close, and not there.",
    "trying many x finds the best of those you tried; setting the slope to zero finds the place itself.",
)
def near_not_exact(case: Case) -> bool:
    """Recognise a search over a grid."""
    return bool(abs(case.actual - case.expected) < 0.06)


_PARABOLA = (
    precedence,
    coefficient_ignored,
    height_of_parabola,
    zero_of_parabola,
    ascending_parabola,
    floor_division,
    near_not_exact,
)
add(
    "no_minimum_accepted",
    "you return a number although this parabola has no lowest point.",
    "what does the parabola look like for a < 0? And for a = 0? Look at a before you divide.",
)
add("zero_forgotten", "a < 0 is refused, but a = 0 is not refused by your code.", "with a = 0, is it a parabola?")
add(
    "returned_not_raised",
    "you return something where an error should be raised.",
    'an error is raised, not returned: `raise ValueError("…")`.',
)
add("other_error", "you raise an error, but not a ValueError.")


def parabola(function: Callable[..., Any], examples: Sequence[tuple[tuple[float, float, float], float]]) -> None:
    """Check where a student's function finds the lowest point of parabolas.

    Parameters
    ----------
    function : callable
        Takes a, b and c, returns x.
    examples : sequence of ((a, b, c), x)
        What goes in, and what is right.

    Raises
    ------
    CheckFailed
        Some place is wrong.
    """
    success = f"the lowest point of {len(examples)} parabola{'s' * (len(examples) > 1)}"
    cases(function, examples, suspects=_PARABOLA, rtol=1e-6, success=success)


def refuses(function: Callable[..., Any], *refused: tuple[float, float, float]) -> None:
    """Check that a student's function raises a ValueError for each of these a, b, c; the ones with a = 0 come last.

    Raises
    ------
    CheckFailed
        It returns a value, or raises another error.
    """
    for args in refused:
        _check_refused(function, args)
    passed("a ValueError where there is no lowest point")


def _check_refused(function: Callable[..., Any], args: tuple[float, float, float]) -> None:
    error = raised(function, *args)
    details = [f"tried with a = {args[0]:g}, b = {args[1]:g}, c = {args[2]:g}"]
    if isinstance(error, ValueError):
        return
    if args[0] == 0 and (error is None or isinstance(error, ArithmeticError)):
        fail(misconception="zero_forgotten", details=details)
    if error is not None:
        fail(f"your code stops with {type(error).__name__}.", misconception="other_error", details=details)
    answer = number_array(call(function, *args))
    fail(misconception="returned_not_raised" if answer is None else "no_minimum_accepted", details=details)
