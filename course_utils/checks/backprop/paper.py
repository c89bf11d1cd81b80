"""Checks of what is worked out on paper in lab 05: a gradient by three matrices, and the adjoints of a small graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.misconceptions import Case, Misconception, misconception, number_array
from course_utils.checks.outcome import fail, passed

__all__ = ["paper_adjoints", "paper_gradient"]

Array = npt.NDArray[Any]
TINY = 1e-20


def _near(actual: Any, expected: Any) -> bool:
    """Compare numbers worked out on paper: two decimals are enough."""
    return np.shape(actual) == np.shape(expected) and bool(np.allclose(actual, expected, rtol=0.003, atol=0.0051))


def _slopes(f: Callable[[Array], Any], x: Any) -> Array:
    """Slopes of a smooth function of several numbers, exact to the last digit: a step along the imaginary axis."""
    x = np.asarray(x, complex)
    return np.array([np.imag(f(x + 1j * TINY * direction)) / TINY for direction in np.eye(len(x))])


def _on_paper(
    answer: Any, expected: Array, suspects: Sequence[Misconception], facts: dict[str, Any], right: str
) -> None:
    """Check numbers worked out on paper."""
    numbers = number_array(answer)
    if numbers is None or numbers.shape != expected.shape:
        fail(f"your answer should be a list of {len(expected)} numbers, in the order of the question.")
    if not _near(numbers, expected):
        case = Case((), numbers.astype(float), expected, facts)
        found = next((suspect for suspect in suspects if suspect.recognise and suspect.recognise(case)), None)
        off = int(np.sum(~np.isclose(numbers, expected, rtol=0.003, atol=0.0051)))
        sentence = found.sentence if found else f"{off} of your {len(expected)} numbers are off."
        fail(sentence, misconception=found.name if found else None)
    passed(right)


# A case of the gradient on paper: facts hold n, the number of points.


@misconception(
    "paper_sign",
    "both numbers have the right size and the wrong sign.",
    "a residual is prediction minus target: which one grows with θ?",
)
def paper_sign(case: Case) -> bool:
    """Recognise -1 times the gradient."""
    return _near(case.actual, -case.expected)


@misconception(
    "paper_half",
    "both numbers are half of what they should be.",
    "the derivative of a square: look at the diagonal of your second matrix again.",
)
def paper_half(case: Case) -> bool:
    """Recognise a missing factor 2."""
    return _near(case.actual, case.expected / 2)


@misconception(
    "paper_sum",
    "both numbers are three times too large: three is the number of points.",
    "the loss is an average: what stands in the first matrix?",
)
def paper_sum(case: Case) -> bool:
    """Recognise the gradient of the sum."""
    return _near(case.actual, case.facts["n"] * case.expected)


@misconception(
    "paper_sum_and_half",
    "both numbers are one and a half times too large.",
    "two things are missing: the average in the first matrix, and a factor in the second.",
)
def paper_sum_and_half(case: Case) -> bool:
    """Recognise the sum of the residuals times their inputs."""
    return _near(case.actual, case.facts["n"] / 2 * case.expected)


@misconception("paper_exchanged", "your two numbers are right, but exchanged.", "first the slope in θ₀, then in θ₁.")
def paper_exchanged(case: Case) -> bool:
    """Recognise the opposite order."""
    return _near(case.actual, case.expected[::-1])


@misconception(
    "third_matrix_missing",
    "your two numbers are equal: you stopped before the third matrix.",
    "θ₀ and θ₁ move a prediction by different amounts: what stands in the two columns?",
)
def third_matrix_missing(case: Case) -> bool:
    """Recognise the sum of a row, twice."""
    return _near(case.actual, np.full(2, case.expected[0]))


@misconception(
    "paper_residuals_missing",
    "your numbers do not depend on how wrong the predictions are.",
    "the slope of a square depends on where you stand: what stands on the diagonal of the second matrix?",
)
def paper_residuals_missing(case: Case) -> bool:
    """Recognise a second matrix that is the identity, or twice it."""
    plain = np.mean(case.facts["powers"], axis=0)
    return _near(case.actual, plain) or _near(case.actual, 2 * plain)


_PAPER = (
    paper_sign,
    paper_half,
    paper_sum,
    paper_sum_and_half,
    paper_exchanged,
    third_matrix_missing,
    paper_residuals_missing,
)


def paper_gradient(answer: Any, loss: Callable[[Any], Any], theta: Sequence[float], *, x: Sequence[float]) -> None:
    """Check a gradient of two numbers that was worked out on paper.

    Parameters
    ----------
    answer : sequence of float
        The slopes in theta[0] and theta[1].
    loss : callable
        The loss as a function of theta.
    theta : sequence of float
        Where.
    x : sequence of float
        The inputs of the points.

    Raises
    ------
    CheckFailed
        A number is wrong.
    """
    facts = {"n": len(x), "powers": np.array([np.ones(len(x)), x]).T}
    _on_paper(answer, _slopes(loss, theta), _PAPER, facts, "both slopes are right")


# A case of the adjoints on paper: actual and expected are the adjoints of a, b, x1, x2; facts hold x1 and x2.


@misconception(
    "values_not_adjoints",
    "you wrote down values, and adjoints were asked for.",
    "the walk backward starts with the adjoint of the result, 1.",
)
def values_not_adjoints(case: Case) -> bool:
    """Recognise the walk forward."""
    x1, x2 = case.facts["x1"], case.facts["x2"]
    return _near(case.actual, np.array([x1 * x2, np.sin(x1), x1, x2]))


@misconception(
    "one_path_only",
    "the adjoint of x₁ tells of one path only.",
    "two arrows leave x₁, so two messages come back: what happens to the first when the second arrives?",
)
def one_path_only(case: Case) -> bool:
    """Recognise what the product or the sine alone sends to x1."""
    return any(_near(case.actual[2], sent) for sent in (case.facts["x2"], np.cos(case.facts["x1"])))


@misconception(
    "paths_multiplied",
    "you multiply the messages of two paths.",
    "along a path you multiply, where paths meet you add.",
)
def paths_multiplied(case: Case) -> bool:
    """Recognise the product of both messages."""
    return _near(case.actual[2], case.facts["x2"] * np.cos(case.facts["x1"]))


@misconception(
    "factors_exchanged",
    "the product sends its messages to the wrong factors.",
    "if x₂ is large, which of the two factors has a strong influence on x₁x₂?",
)
def factors_exchanged(case: Case) -> bool:
    """Recognise x1 for x2 in the slopes of a product."""
    x1, x2 = case.facts["x1"], case.facts["x2"]
    return _near(case.actual[3], x2) and _near(case.actual[2], x1 + np.cos(x1))


@misconception("cosine_negated", "the sine sends its message with the wrong sign.", "the slope of the sine at 0 is 1.")
def cosine_negated(case: Case) -> bool:
    """Recognise minus the cosine."""
    return _near(case.actual[2], case.facts["x2"] - np.cos(case.facts["x1"]))


@misconception("sine_kept", "the sine sends its value, and not its slope.", "what is the derivative of the sine at x₁?")
def sine_kept(case: Case) -> bool:
    """Recognise the sine in place of the cosine."""
    return _near(case.actual[2], case.facts["x2"] + np.sin(case.facts["x1"]))


@misconception(
    "sum_shares_adjoint",
    "the sum does not pass its whole adjoint to both of its terms.",
    "how much does a + b grow when a alone grows by 1?",
)
def sum_shares_adjoint(case: Case) -> bool:
    """Recognise adjoints of a and b other than 1."""
    return not _near(case.actual[:2], np.ones(2))


_ADJOINTS = (
    values_not_adjoints,
    sum_shares_adjoint,
    one_path_only,
    paths_multiplied,
    factors_exchanged,
    cosine_negated,
    sine_kept,
)


def paper_adjoints(answer: Any, *, x1: float, x2: float) -> None:
    """Check the adjoints of x1·x2, sin x1, x1 and x2 in the sum of the first two.

    Parameters
    ----------
    answer : sequence of float
        Four adjoints, in this order.
    x1, x2 : float
        Where.

    Raises
    ------
    CheckFailed
        An adjoint is wrong.
    """
    ends = _slopes(lambda leaf: leaf[0] * leaf[1] + np.sin(leaf[0]), [x1, x2])
    expected = np.concatenate([np.ones(2), ends])
    _on_paper(answer, expected, _ADJOINTS, {"x1": x1, "x2": x2}, "all four adjoints are right")
