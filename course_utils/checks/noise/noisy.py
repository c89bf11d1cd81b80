"""Checks of noise: one independent Gaussian draw for each point, from the generator that is passed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.context import rng
from course_utils.checks.misconceptions import STRUCTURE, Case, diagnose, misconception, number_array, same
from course_utils.checks.outcome import CheckFailed, fail, passed
from course_utils.checks.values import reject, shown

__all__ = ["noisy"]

Array = npt.NDArray[Any]
RTOL, ATOL = 1e-5, 1e-5

# A case of noise: args are y, scale; actual and expected are what was added to y, and what should have been.


@misconception(
    "one_draw_for_all",
    "every point gets the same noise.",
    "one draw moves the whole curve up or down: how many independent draws do you need?",
)
def one_draw_for_all(case: Case) -> bool:
    """Recognise one number for all points."""
    return bool(np.ptp(case.actual) < ATOL < np.max(np.abs(case.actual)))


@misconception("no_noise", "your answer is y itself: nothing was added.")
def no_noise(case: Case) -> bool:
    """Recognise the input."""
    return same(case.actual, np.zeros(len(case.actual)))


@misconception(
    "scale_as_mean",
    "your noise has the scale for its mean: on average it moves every point up.",
    "the first argument of `rng.normal` is the mean, the second the standard deviation: name the one that you give.",
)
def scale_as_mean(case: Case) -> bool:
    """Recognise a normal distribution around scale."""
    return same((case.actual - case.args[1]) * case.args[1], case.expected, RTOL, 1e-4)


@misconception(
    "noise_alone",
    "you return the noise alone.",
    "the caller wants the targets back, with the noise on them.",
)
def noise_alone(case: Case) -> bool:
    """Recognise an answer without y."""
    return same(case.actual + case.args[0], case.expected, RTOL, ATOL)


@misconception(
    "forgets_scale",
    "your noise does not have the size that was asked for.",
    "`rng.normal()` has a standard deviation of 1 unless you tell it another.",
)
def forgets_scale(case: Case) -> bool:
    """Recognise noise of scale 1."""
    return same(case.actual * case.args[1], case.expected, RTOL, ATOL)


@misconception(
    "variance_for_scale",
    "your noise has a wrong size: standard deviation and variance are confused.",
    "the scale of `rng.normal` is the standard deviation, neither its square nor its root.",
)
def variance_for_scale(case: Case) -> bool:
    """Recognise scale² or the root of scale."""
    factors = (case.args[1] ** -1.0, case.args[1] ** 0.5)
    return any(same(case.actual * factor, case.expected, RTOL, ATOL) for factor in factors)


@misconception(
    "relative_noise",
    "your noise is larger where y is larger.",
    "a ruler is off by the same amount for tall and for short people: add, do not multiply.",
)
def relative_noise(case: Case) -> bool:
    """Recognise y · (1 + noise)."""
    return any(same(case.actual, case.expected * case.args[0] / scale, RTOL, ATOL) for scale in (1.0, case.args[1]))


@misconception(
    "uniform_noise",
    "your noise is not Gaussian.",
    "which method of rng draws from the normal distribution?",
)
def uniform_noise(case: Case) -> bool:
    """Recognise draws that are all equally likely between two bounds."""
    return any(same(case.actual, drawn, RTOL, ATOL) for drawn in case.facts["uniform"])


@misconception(
    "same_noise_again",
    "your noise is the same at every call.",
    "a seed inside the function starts the same numbers anew each time: draw from the rng that you are given.",
)
def same_noise_again(case: Case) -> bool:
    """Recognise a generator made from a fixed seed."""
    return not case.facts["used"] and same(case.actual, case.facts["again"])


@misconception(
    "own_generator",
    "you draw from another generator than the one you are given.",
    "use the methods of the argument rng: then whoever calls you can repeat the experiment.",
)
def own_generator(case: Case) -> bool:
    """Recognise that the given generator was not asked."""
    return not case.facts["used"]


@misconception(
    "fixed_size",
    "your function draws a fixed number of values.",
    "y may hold any number of points: let y say how many draws you need.",
)
def fixed_size(case: Case) -> bool:
    """Recognise noise on the first three points alone."""
    return not np.any(case.actual[3:]) and bool(np.any(case.actual[:3]))


_NOISE = (
    fixed_size,
    one_draw_for_all,
    no_noise,
    noise_alone,
    scale_as_mean,
    forgets_scale,
    variance_for_scale,
    relative_noise,
    uniform_noise,
    same_noise_again,
    own_generator,
)


def noisy(function: Callable[..., Any], examples: Sequence[tuple[Any, float]]) -> None:
    """Check that Gaussian noise is added, drawn from the generator that is passed.

    Parameters
    ----------
    function : callable
        The student's ``add_noise(y, scale, rng)``.
    examples : sequence of (y, scale)
        At least four targets each, no scale of 1.

    Raises
    ------
    CheckFailed, NotAttempted
        The noise is not what the generator gives; there is nothing to check.
    """
    wrong = []
    for given, scale in examples:
        case = _noise_case(function, np.asarray(given, float), scale)
        if not (case.facts["used"] and any(same(case.actual, sign * case.expected, RTOL, ATOL) for sign in (1, -1))):
            wrong.append(case)
    if wrong:
        reject(wrong, suspects=_NOISE, whats=[f"the noise that you add to {shown(wrong[0].args[0])}"])
    passed("one independent draw for each point, from the generator that you were given; y stays as it was")


def _noise_case(function: Callable[..., Any], y: Array, scale: float) -> Case:
    seed = int(rng("noise").integers(2**32))
    given, twin, other, third = (np.random.default_rng(seed) for _ in range(4))
    before = given.bit_generator.state
    added = _added(function, y, scale, given)
    used = given.bit_generator.state != before
    again = _added(function, y, scale, given)
    flat = other.uniform(-1, 1, len(y)) * scale
    facts = {"used": used, "again": again, "uniform": [flat, (third.random(len(y)) * scale), flat / 2]}
    return Case((y, scale), added, twin.standard_normal(len(y)) * scale, facts)


def _added(function: Callable[..., Any], y: Array, scale: float, given: np.random.Generator) -> Array:
    """Return what a student's function adds to y."""
    try:
        answer = call(function, y, scale, given)
    except CheckFailed as failed:
        if re.search(r"shapes \(\d+,\) \(\d+,\)", failed.message):
            fail(misconception="fixed_size", details=[failed.message.split("\n")[0].partition(": ")[2]])
        raise
    numbers = number_array(answer)
    if numbers is None or numbers.shape != y.shape:
        found = diagnose([Case((), answer, y)], STRUCTURE)
        details = [f"for y of shape {y.shape} it should have the same shape"]
        fail(misconception=found.name if found else None, details=details)
    gap: Array = numbers - y
    return gap
