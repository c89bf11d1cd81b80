"""Checks of predictions of a parabola and of the points made from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.carried import forgiving
from course_utils.checks.context import inside
from course_utils.checks.misconceptions import Case, add, misconception, number_array, same
from course_utils.checks.outcome import CheckFailed, fail, passed
from course_utils.checks.values import reject, shown

__all__ = ["makes_points", "predicts"]

Array = npt.NDArray[Any]

add(
    "one_number_at_a_time",
    "your code works for a single number, and not for an array of them.",
    "numpy's own operators work on a number and on a whole array alike; float(), math and if do not.",
)
_ERRORS = {
    "caret_power": ("bitwise_xor", "for ^"),
    "one_number_at_a_time": ("converted to Python scalars", "truth value of an array", "only length-1 arrays"),
}

# A case of predictions: args are theta, x; the facts hold the notebook's own parameters and inputs.


@misconception(
    "ascending_coefficients",
    "you read the coefficients from the wrong end.",
    "theta is (a, b, c): the first one belongs to x².",
)
def ascending_coefficients(case: Case) -> bool:
    """Recognise a + b x + c x²."""
    theta, x = case.args
    return same(case.actual, np.polyval(np.asarray(theta)[::-1], x))


@misconception(
    "missing_square",
    "your prediction is a straight line: the square is missing.",
    "which power of x does a belong to?",
)
def missing_square(case: Case) -> bool:
    """Recognise a x + b x + c."""
    (a, b, c), x = case.args
    return same(case.actual, np.polyval([a + b, c], x))


@misconception(
    "square_of_product",
    "you square a together with x.",
    "powers come first in Python, but not before brackets: what exactly is squared?",
)
def square_of_product(case: Case) -> bool:
    """Recognise (a x)² + b x + c."""
    (a, b, c), x = case.args
    return same(case.actual, np.polyval([a * a, b, c], x))


@misconception("forgets_constant", "all your predictions are off by the same number.", "what happens to c?")
def forgets_constant(case: Case) -> bool:
    """Recognise a x² + b x."""
    (a, b, _), x = case.args
    return same(case.actual, np.polyval([a, b, 0.0], x))


@misconception(
    "fixed_theta",
    "your answer does not change when theta changes.",
    "use the parameters that your function is given, not those of the notebook.",
)
def fixed_theta(case: Case) -> bool:
    """Recognise the notebook's own parameters."""
    return same(_targets(case), np.polyval(case.facts["own_theta"], case.args[1]))


_PREDICTIONS = (
    ascending_coefficients,
    missing_square,
    square_of_product,
    forgets_constant,
    fixed_theta,
)


def _targets(case: Case) -> Array | None:
    """Take the predictions out of an answer; a pair has them in its second row."""
    actual = number_array(case.actual)
    return actual[1] if actual is not None and actual.ndim == 2 else actual


def predicts(
    predict: Callable[..., Any],
    examples: Sequence[tuple[Any, Any, Any]],
    *,
    own_theta: Any = (2.0, -3.0, 1.0),
) -> None:
    """Check predictions of a parabola.

    Parameters
    ----------
    predict : callable
        The student's ``predict(theta, x)``.
    examples : sequence of (theta, x, expected)
        ``x`` is a number or an array.
    own_theta : sequence of float
        The parameters that the notebook has as a global name.

    Raises
    ------
    CheckFailed, NotAttempted
        Some prediction is wrong; there is nothing to check.
    """
    facts = {"own_theta": own_theta}
    seen = [Case((theta, x), _call(predict, theta, x), expected, facts) for theta, x, expected in examples]
    wrong = [case for case in seen if not same(case.actual, case.expected, 1e-5, 1e-6)]
    if wrong:
        whats = [f"predict({shown(case.args[0])}, {shown(case.args[1])})" for case in wrong]
        reject(wrong, suspects=_PREDICTIONS, whats=whats)
    passed(f"predict is right on {len(examples)} examples, for a single x and for arrays")


def _call(function: Callable[..., Any], *args: Any) -> Any:
    """Call a student's function, and name the error if it is a known one."""
    try:
        return call(function, *args)
    except CheckFailed as failed:
        for name, texts in _ERRORS.items():
            if failed.verdict == "WRONG" and any(text in failed.message for text in texts):
                fail(misconception=name, details=[failed.message.split("\n")[0].partition(": ")[2]])
        raise


# A case of points: args are theta, x; expected has the inputs in its first row and the targets in its second.


@misconception(
    "targets_first",
    "your two arrays are right, but in the wrong order.",
    "inputs first, then targets.",
)
def targets_first(case: Case) -> bool:
    """Recognise (y, x)."""
    return same(case.actual, np.asarray(case.expected)[::-1])


@misconception(
    "list_of_points",
    "you return one pair for each point.",
    "what is asked for is one pair of arrays: all inputs, and all targets.",
)
def list_of_points(case: Case) -> bool:
    """Recognise [(x_1, y_1), (x_2, y_2), …]."""
    return same(case.actual, np.asarray(case.expected).T)


@misconception("targets_alone", "you return the targets alone.", "a pair of arrays: the inputs, and the targets.")
def targets_alone(case: Case) -> bool:
    """Recognise y in place of (x, y)."""
    return same(case.actual, case.expected[1])


@misconception(
    "inputs_twice",
    "your targets are the inputs once more.",
    "the target of a point is the height of the parabola there.",
)
def inputs_twice(case: Case) -> bool:
    """Recognise (x, x)."""
    return same(case.actual, np.asarray(case.expected)[[0, 0]])


@misconception(
    "fixed_inputs",
    "your points are the same whatever inputs your function is given.",
    "use the argument x, not the notebook's x_data.",
)
def fixed_inputs(case: Case) -> bool:
    """Recognise the notebook's own inputs."""
    actual = number_array(case.actual)
    own = np.asarray(case.facts["own_x"])
    return actual is not None and actual.shape[-1] == len(own) and same(actual[0], own)


_POINTS = (targets_first, list_of_points, targets_alone, inputs_twice, fixed_inputs, fixed_theta)


def makes_points(
    make_data: Callable[..., Any],
    examples: Sequence[tuple[Any, Any]],
    *,
    own_theta: Any = (2.0, -3.0, 1.0),
    own_x: Any = (-1.0, 0.5, 2.0),
) -> None:
    """Check points of a parabola; a mistake in ``predict`` is not counted again.

    Parameters
    ----------
    make_data : callable
        The student's ``make_data(theta, x)``.
    examples : sequence of (theta, x)
        Parameters and inputs.
    own_theta, own_x : sequence of float
        What the notebook has as global names.

    Raises
    ------
    CheckFailed, NotAttempted
        Some points are wrong; there is nothing to check.
    """
    facts = {"own_theta": own_theta, "own_x": own_x}

    def check(_: object) -> None:
        seen = [
            Case((theta, x), _call(make_data, theta, x), np.array([x, np.polyval(theta, x)]), facts)
            for theta, x in examples
        ]
        wrong = [case for case in seen if not same(case.actual, case.expected, 1e-5, 1e-6)]
        if wrong:
            theta, x = wrong[0].args
            reject(wrong, suspects=_POINTS, whats=[f"make_data({shown(theta)}, {shown(x)})"])

    forgiving(check, predict=inside(np.polyval))
    passed(f"inputs and targets are right for {len(examples)} parabolas")
