"""What a fit returns: the end of a walk against a gradient, and the losses on the way; and how it goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.fitting.pairs import take_pair
from course_utils.checks.misconceptions import Case, misconception, same
from course_utils.checks.values import reject

__all__ = ["Walk", "compare_walk"]

Array = npt.NDArray[Any]
Gradient = Callable[[Array], Any]


@dataclass(frozen=True, slots=True)
class Walk:
    """What a fit should do: from where, along which gradient, and what it costs on the way."""

    gradient: Gradient
    cost: Callable[[Array], float]
    start: Array
    rate: float
    steps: int

    def points(self, *, rate: float | None = None, more: int = 0) -> Array:
        """Return all points, from the start on, as an array of shape (steps + 1, d)."""
        stations = [np.array(self.start, float)]
        for _ in range(self.steps + more):
            here = stations[-1]
            slope = np.asarray(self.gradient(here.copy()), float)
            stations.append(np.subtract(here, np.multiply(self.rate if rate is None else rate, slope)))
        return np.array(stations)

    def costs(self, *, more: int = 0) -> Array:
        """Return what each of the points costs."""
        return np.array([self.cost(point) for point in self.points(more=more)], float)

    def one_by_one(self) -> Array:
        """Return the end of a walk that turns one knob after the other."""
        here = np.array(self.start, float)
        for knob in list(range(here.size)) * self.steps:
            share = np.asarray(self.gradient(here.copy()), float)[knob]
            here[knob] += -self.rate * share
        return here


# A case of a walk's end: actual is theta, expected where it should be; the facts hold the Walk as `walk`.


def _near(actual: Any, expected: Any) -> bool:
    wanted = np.asarray(expected, float)
    return same(actual, wanted, 1e-5, 1e-5 * float(np.max(np.abs(wanted))) + 1e-9)


@misconception(
    "fit_goes_uphill",
    "your loop walks uphill.",
    "the gradient points to where the loss grows: which sign takes you the other way?",
)
def fit_goes_uphill(case: Case) -> bool:
    """Recognise + in place of −."""
    walk: Walk = case.facts["walk"]
    return _near(case.actual, walk.points(rate=-walk.rate)[-1])


@misconception(
    "one_step_short",
    "your loop takes one step too few.",
    "n_steps steps: count them for n_steps = 1.",
)
def one_step_short(case: Case) -> bool:
    """Recognise the last point but one."""
    walk: Walk = case.facts["walk"]
    return _near(case.actual, walk.points()[-2])


@misconception(
    "one_step_more",
    "your loop takes one step too many.",
    "n_steps steps: count them for n_steps = 1.",
)
def one_step_more(case: Case) -> bool:
    """Recognise one point further."""
    walk: Walk = case.facts["walk"]
    return _near(case.actual, walk.points(more=1)[-1])


@misconception(
    "single_step",
    "your loop takes one step and no more.",
    "does each step start where the last one ended? And where does your function return?",
)
def single_step(case: Case) -> bool:
    """Recognise the point after the first step."""
    walk: Walk = case.facts["walk"]
    return _near(case.actual, walk.points()[1])


@misconception(
    "stands_still",
    "your theta is still the initial guess.",
    "what does your loop do with the new parameters?",
)
def stands_still(case: Case) -> bool:
    """Recognise the start."""
    walk: Walk = case.facts["walk"]
    return _near(case.actual, walk.start)


@misconception(
    "knobs_one_by_one",
    "you turn the knobs one after the other, and look at the slope anew in between.",
    "a step changes all parameters at once: ask for the gradient once a step, before anything moves.",
)
def knobs_one_by_one(case: Case) -> bool:
    """Recognise b computed with the new a."""
    walk: Walk = case.facts["walk"]
    return _near(case.actual, walk.one_by_one())


@misconception(
    "steps_of_equal_length",
    "your steps have a fixed length.",
    "the step is the learning rate times the gradient as it is: where it is flat, steps are short.",
)
def steps_of_equal_length(case: Case) -> bool:
    """Recognise a gradient that is divided by its length."""
    walk: Walk = case.facts["walk"]
    equal = Walk(_of_length_one(walk.gradient), walk.cost, walk.start, walk.rate, walk.steps)
    return _near(case.actual, equal.points()[-1])


@misconception(
    "fixed_learning_rate",
    "your result does not depend on the learning rate.",
    "use the argument learning_rate, not a number of your own.",
)
def fixed_learning_rate(case: Case) -> bool:
    """Recognise the learning rates that people write by habit."""
    walk: Walk = case.facts["walk"]
    return any(_near(case.actual, walk.points(rate=rate)[-1]) for rate in (1.0, 0.1, 0.05, 0.01, 0.001, 1e-4))


def _of_length_one(gradient: Gradient) -> Gradient:
    def direction(point: Array) -> Array:
        slope = np.asarray(gradient(point), float)
        unit: Array = np.divide(slope, np.linalg.norm(slope))
        return unit

    return direction


@misconception(
    "own_start",
    "your result does not depend on theta0.",
    "start from the initial guess that your function is given.",
)
def own_start(case: Case) -> bool:
    """Recognise a walk from 0 or from 1."""
    walk: Walk = case.facts["walk"]
    others = (np.zeros(len(walk.start)), np.ones(len(walk.start)))
    return any(
        _near(case.actual, Walk(walk.gradient, walk.cost, other, walk.rate, walk.steps).points()[-1])
        for other in others
    )


_END = (
    fit_goes_uphill,
    stands_still,
    single_step,
    one_step_short,
    one_step_more,
    knobs_one_by_one,
    steps_of_equal_length,
    fixed_learning_rate,
    own_start,
)


# A case of losses: expected are those of all points.


@misconception(
    "first_loss_missing",
    "the loss of the initial guess is missing.",
    "n_steps steps lead through n_steps + 1 points, and each has its loss.",
)
def first_loss_missing(case: Case) -> bool:
    """Recognise losses from after the first step on."""
    return same(case.actual, case.expected[1:], 1e-4, case.facts["blur"])


@misconception(
    "last_loss_missing",
    "the loss after the last step is missing.",
    "n_steps steps lead through n_steps + 1 points, and each has its loss.",
)
def last_loss_missing(case: Case) -> bool:
    """Recognise losses from before each step only."""
    return same(case.actual, case.expected[:-1], 1e-4, case.facts["blur"])


@misconception(
    "loss_of_the_first_point",
    "all your losses are the loss of the initial guess.",
    "which theta is it that you ask the loss of, in the loop?",
)
def loss_of_the_first_point(case: Case) -> bool:
    """Recognise a loss that is never computed anew."""
    return same(case.actual, np.full(np.shape(case.expected), case.expected[0]), 1e-4)


@misconception(
    "losses_shifted",
    "your losses are those of the next points: the first belongs to the point after one step.",
    "losses[0] is the loss of theta0, before any step.",
)
def losses_shifted(case: Case) -> bool:
    """Recognise the right number of losses from one step later."""
    return same(case.actual, case.facts["walk"].costs(more=1)[1:], 1e-4, case.facts["blur"])


_LOSSES = (first_loss_missing, last_loss_missing, loss_of_the_first_point, losses_shifted)


def compare_walk(result: Any, walks: list[Walk]) -> None:
    """Compare what a fit returned with each of the walks that are right; the first is used to explain.

    Raises
    ------
    CheckFailed
        The pair, its end or its losses fit none of the walks.
    """
    walk = walks[0]
    facts: dict[str, Any] = {"walk": walk}
    theta, losses = take_pair(result, len(walk.start), walk.steps + 1)
    with np.errstate(all="ignore"):
        ends = [each.points()[-1] for each in walks]
        if not any(_near(theta, end) for end in ends):
            reject([Case((), theta, ends[0], facts)], suspects=_END, whats=["theta"])
        lists = [each.costs() for each in walks]
        blurs = [1e-5 * float(np.max(np.abs(wanted))) for wanted in lists]
        if not any(same(losses, wanted, 1e-4, blur) for wanted, blur in zip(lists, blurs, strict=True)):
            facts = {**facts, "blur": blurs[0]}
            reject([Case((), losses, lists[0], facts)], suspects=_LOSSES, whats=["the list of losses"])
