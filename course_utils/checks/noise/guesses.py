"""Checks of what a student foresees: what noise, more points and a higher degree do to a fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from course_utils.checks.misconceptions import add, number_array
from course_utils.checks.outcome import fail, passed

__all__ = ["enough_points", "exact_fit", "least_training_loss"]

add(
    "noise_variance_as_loss",
    "the loss is not the noise's own mean square: the fit has seen these very points.",
    "how many numbers can the parabola turn, and how many points does it have to hit?",
)
add(
    "noise_scale_as_loss",
    "the loss is not the size of the noise.",
    "how many numbers can the parabola turn, and how many points does it have to hit?",
)
add(
    "part_of_the_noise_as_loss",
    "the fit does not keep a part of the noise away.",
    "is there a parabola through any three points, noisy or not?",
)


def exact_fit(answer: Any, *, points: int, scale: float) -> None:
    """Check a guess of the training loss of a fit with as many parameters as points.

    Parameters
    ----------
    answer : float
        The student's guess.
    points : int
        Number of points, and of parameters.
    scale : float
        Standard deviation of the noise.

    Raises
    ------
    CheckFailed
        It is not what happens.
    """
    guess = _one_number(answer)
    if abs(guess) < 0.01:
        passed("the parabola will go through all points, whatever the noise: the runs below show it")
        return
    if np.isclose(guess, scale):
        fail(misconception="noise_scale_as_loss")
    if np.isclose(guess, scale**2) or np.isclose(guess, points * scale**2):
        fail(misconception="noise_variance_as_loss")
    fail(misconception="part_of_the_noise_as_loss")


def _one_number(answer: Any) -> float:
    number = number_array(answer)
    if number is None:
        fail(misconception="not_a_number")
    if number.size != 1:
        fail(misconception="array_for_scalar")
    return float(number.reshape(()))


add(
    "factor_for_number",
    "this is how many times as many points you need, not how many.",
    "the question asks for a number of points.",
)
add("fewer_points_better", "with fewer points the noise is averaged less, not more.")
add(
    "linear_in_points",
    "twice as many points make the error smaller, but they do not halve it.",
    "the error of a mean of n independent numbers falls like one over the square root of n.",
)
add(
    "root_the_wrong_way",
    "so many points make the error smaller, but they do not halve it.",
    "the error is divided by the square root of the factor: which factor has the square root 2?",
)
add(
    "more_than_needed", "fewer are enough.", "the error is divided by the square root of the factor: which do you need?"
)


def enough_points(answer: Any, *, points: int, times: float = 2) -> None:
    """Check a guess how many points make the error of a fit so many times smaller.

    Parameters
    ----------
    answer : float
        The student's guess.
    points : int
        How many points there are now.
    times : float
        By what the error should be divided.

    Raises
    ------
    CheckFailed
        So many points do something else.
    """
    guess = _one_number(answer)
    smaller = np.sqrt(max(guess, 1e-9) / points)  # how many times smaller the error gets with so many points
    if abs(smaller / times - 1) < 0.02:
        passed("the error will be half as large: the figure below shows it")
        return
    if guess in (times, times**2):
        fail(misconception="factor_for_number")
    if guess <= points:
        fail(misconception="fewer_points_better")
    if np.isclose(guess, times * points):
        fail(misconception="linear_in_points")
    fail(misconception="root_the_wrong_way" if smaller < times else "more_than_needed")


add(
    "true_degree_wins",
    "the degree that made the data does not have the least training loss.",
    "a model with one more coefficient can do all that the smaller one can: can its best training loss be larger?",
)
add(
    "simplest_wins",
    "the model with the fewest coefficients fits worst, not best.",
    "a model with one more coefficient can do all that the smaller one can.",
)
add("degree_not_offered", "this degree is not among those that were tried.", "read again which degrees are tried.")
add(
    "turning_point_in_training",
    "the training loss does not turn up again.",
    "a model with one more coefficient can do all that the smaller one can: can its best training loss be larger?",
)


def least_training_loss(answer: Any, *, degrees: Sequence[int], true_degree: int) -> None:
    """Check a guess which degree has the least training loss, by fitting some noisy points.

    Parameters
    ----------
    answer : int
        The student's guess.
    degrees : sequence of int
        What is tried; as many points as the largest degree has coefficients.
    true_degree : int
        Of the polynomial that made the data.

    Raises
    ------
    CheckFailed
        Another degree wins.
    """
    guess = _one_number(answer)
    x = np.linspace(-1, 1, max(degrees) + 1)
    y = np.cos(17 * x)  # numbers without a pattern that a small degree could find
    left = [float(np.sum(np.polynomial.Polynomial.fit(x, y, degree, full=True)[1][0])) for degree in degrees[:-1]]
    if guess == max(degrees) and min(left) > 0:
        passed("the largest model wins on the points that it was fitted to: the figure below shows it")
        return
    if guess not in degrees:
        fail(misconception="degree_not_offered")
    names = {true_degree: "true_degree_wins", min(degrees): "simplest_wins"}
    fail(misconception=names.get(int(guess), "turning_point_in_training"))
