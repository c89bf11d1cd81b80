"""Checks of gradient descent: one step, a whole path, a path with momentum, a step that looks before it leaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from course_utils.checks.calls import call, record
from course_utils.checks.descent.moves import PATH, STEP, Array, Gradient, close, end_only, stops_early
from course_utils.checks.misconceptions import STRUCTURE, Case, Misconception, diagnose, not_a_number, number_array
from course_utils.checks.outcome import CheckFailed, fail, passed
from course_utils.checks.values import shown

__all__ = ["descent", "momentum_path", "search", "step"]


def step(function: Callable[..., Any], examples: Sequence[tuple[tuple[Any, Gradient, float], Any]]) -> None:
    """Check one step of gradient descent.

    Parameters
    ----------
    function : callable
        The student's ``gradient_step(x, gradient, learning_rate)``.
    examples : sequence of ((x, gradient, learning_rate), expected)
        Where the walker stands, and where it should arrive.

    Raises
    ------
    CheckFailed, NotAttempted
        Some step is wrong; there is nothing to check.
    """
    wrong = []
    for (x, gradient, rate), expected in examples:
        actual = _ask(function, x, gradient, rate)
        case = _arrival(actual, expected, x, rate, gradient)
        if number_array(actual) is None or np.shape(actual) != np.shape(expected):
            _reject_form(case, actual, expected)
        if not close(case.actual, case.expected, case):
            wrong.append((case, f"from x = {shown(x)} you should come to {shown(expected)}, but it is {shown(actual)}"))
    if wrong:
        _reject([case for case, _ in wrong], STEP, wrong[0][1])
    passed("your step arrives where it should, and x stays as it was")


def _arrival(actual: Any, expected: Any, x: Any, rate: float, gradient: Gradient) -> Case:
    facts = {"position": np.asarray(x, float), "learning_rate": rate, "gradient": gradient}
    if number_array(actual) is None or np.shape(actual) != np.shape(expected):
        return Case((), actual, expected, facts)
    return Case((), np.asarray(actual) - np.asarray(x), np.asarray(expected) - np.asarray(x), facts)


def _ask(function: Callable[..., Any], *args: Any) -> Any:
    """Call, and name the function that is used like a number."""
    try:
        return call(function, *args)
    except CheckFailed as error:
        if "unsupported operand" in error.message:
            fail(misconception="gradient_not_called", details=error.message.splitlines()[1:])
        raise


def _reject(wrong: Sequence[Case], suspects: Sequence[Misconception], detail: str) -> NoReturn:
    found = diagnose(wrong, suspects)
    sentence = found.sentence if found else "some steps do not lead where they should."
    fail(sentence, misconception=found.name if found else None, details=[detail])


def _reject_form(case: Case, actual: Any, expected: Any, suspects: Sequence[Misconception] = ()) -> NoReturn:
    found = diagnose([case], (*suspects, *STRUCTURE)) or not_a_number
    got = "not numbers" if number_array(actual) is None else f"of shape {np.shape(actual)}"
    detail = f"your answer should be of shape {np.shape(expected)}, but it is {got}"
    fail(misconception=found.name, details=[] if actual is None else [detail])


def descent(function: Callable[..., Any], gradient: Gradient, x0: Any, learning_rate: float, n_steps: int) -> None:
    """Check a whole path of gradient descent.

    The path is right if it begins at x0 and each move is −λ times the gradient at the point before it.

    Parameters
    ----------
    function : callable
        The student's ``gradient_descent(gradient, x0, learning_rate, n_steps)``.
    gradient : callable
        Gives the gradient, shape (d,), at a point of shape (d,).
    x0 : array_like, shape (d,)
        Where to start; whole numbers stay whole numbers.
    learning_rate : float
        λ.
    n_steps : int
        How many steps.

    Raises
    ------
    CheckFailed, NotAttempted
        The path is wrong; there is nothing to check.
    """
    start = np.asarray(x0)
    asked = record(gradient, limit=20 * (n_steps + 1) * start.size)
    path = _checked_path(_ask(function, asked, start, learning_rate, n_steps), start, n_steps, asked.calls)
    here = path[:-1]
    slopes = np.array([gradient(row) for row in here]).reshape(here.shape)
    _check_moves(path, -learning_rate * slopes, PATH, learning_rate, gradient)
    if asked.calls > n_steps + 1:
        fail(misconception="asks_too_often", details=[f"{n_steps} steps, but {asked.calls} calls of gradient"])
    passed(
        f"{n_steps + 1} points, the first is x0, each move is −λ·gradient, gradient asked {asked.calls} times, "
        "x0 unchanged"
    )


def _checked_path(answer: Any, start: Array, n_steps: int, calls: int) -> Array:
    """Return the path as an array of floats once its shape, start and liveliness are right."""
    expected = np.zeros((n_steps + 1, start.size))
    path = number_array(answer)
    if path is None or path.shape != expected.shape:
        _reject_form(Case((), answer, expected), answer, expected, (end_only, stops_early))
    if not np.all(np.isfinite(path)):
        first = int(np.argmin(np.isfinite(path).all(axis=1)))
        fail(misconception="not_finite", details=[f"the first inf or nan stands in row {first}"])
    if calls == 0 and n_steps:
        fail(misconception="ignores_gradient")
    starts_right = np.allclose(path[0], start, rtol=1e-5, atol=1e-6)
    if n_steps > 1 and np.all(path == path[0]) and not starts_right:
        fail(misconception="aliased_path", details=[f"path[0] should be {shown(start)}, but it is {shown(path[0])}"])
    if not starts_right:
        fail(misconception="not_from_start", details=[f"path[0] should be {shown(start)}, but is {shown(path[0])}"])
    return path.astype(float)


def _check_moves(
    path: Array, wanted: Array, suspects: Sequence[Misconception], learning_rate: float, gradient: Gradient
) -> None:
    facts = {"position": path[:-1], "learning_rate": learning_rate, "gradient": gradient, "path": path}
    case = Case((), np.diff(path, axis=0), wanted, facts)
    if close(case.actual, wanted, case):
        return
    size = np.maximum(1, np.abs(path[:-1]).max(axis=1, keepdims=True))
    row = int(np.argmin(np.all(np.abs(case.actual - wanted) <= 1e-5 * np.abs(wanted) + 2e-6 * size, axis=1)))
    detail = (
        f"from row {row}, {shown(path[row])}, the step should be {shown(wanted[row])}, "
        f"but it is {shown(case.actual[row])}"
    )
    _reject([case], suspects, detail)


def momentum_path(
    function: Callable[..., Any], gradient: Gradient, x0: Any, *, learning_rate: float, memory: float, n_steps: int
) -> None:
    """Check a path whose every move keeps the fraction ``memory`` of the move before it.

    Parameters
    ----------
    function : callable
        The student's ``momentum(gradient, x0, learning_rate, memory, n_steps)``.
    gradient, x0, learning_rate, n_steps
        As in `descent`.
    memory : float
        Between 0 and 1.

    Raises
    ------
    CheckFailed, NotAttempted
        The path is wrong; there is nothing to check.
    """
    start = np.asarray(x0)
    asked = record(gradient, limit=20 * (n_steps + 1) * start.size)
    path = _checked_path(_ask(function, asked, start, learning_rate, memory, n_steps), start, n_steps, asked.calls)
    slopes = np.array([gradient(row) for row in path[:-1]])
    kept = memory * np.diff(path, axis=0, prepend=path[:1])[:-1]
    _check_moves(path, kept - learning_rate * slopes, (), learning_rate, gradient)
    passed(f"{n_steps + 1} points, each move keeps {memory:g} of the one before it")


def search(
    function: Callable[..., Any],
    f: Callable[[Array], float],
    gradient: Gradient,
    examples: Sequence[tuple[Array, float]],
) -> None:
    """Check a learning rate that was halved until a step keeps half of its promise.

    Parameters
    ----------
    function : callable
        The student's ``line_search(f, gradient, x, learning_rate)``.
    f, gradient : callable
        The landscape and its gradient.
    examples : sequence of (x, learning_rate)
        Where to stand, and the first rate to try.

    Raises
    ------
    CheckFailed, NotAttempted
        Some rate breaks the promise, or is smaller than it has to be; there is nothing to check.
    """
    for x, first in examples:
        rate = number_array(_ask(function, f, gradient, x, first))
        if rate is None or rate.shape != ():
            fail("line_search returns one number: a learning rate.")
        halvings = np.log2(first / float(rate)) if rate > 0 else np.nan
        if not np.isclose(halvings, np.round(halvings)) or halvings < 0:
            fail("your learning rate is not the first one halved a whole number of times.")
        if not _keeps_half(f, gradient, x, float(rate)):
            fail("a step with your learning rate loses less height than half of what the line promises.")
        if halvings > 0 and _keeps_half(f, gradient, x, 2 * float(rate)):
            fail("your learning rate is smaller than it has to be: its double keeps half of the promise too.")
    passed(f"{len(examples)} learning rates keep half of the promise, and none is smaller than it has to be")


def _keeps_half(f: Callable[[Array], float], gradient: Gradient, x: Array, rate: float) -> bool:
    slope = gradient(x)
    promise = rate * float(np.sum(slope**2))
    return bool(f(x) - f(x - rate * slope) >= promise / 2)
