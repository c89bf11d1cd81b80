"""Checks of what a student foresees: where walks end, and which valley they reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.misconceptions import Case, misconception, number_array
from course_utils.checks.outcome import fail, passed

__all__ = ["ends", "valleys"]

# A case of the ends of walks on x²: actual is the student's guesses; facts are start, learning_rates, n_steps.


def _walked(case: Case, per_step: Callable[[npt.NDArray[Any]], Any], extra: int = 0) -> npt.NDArray[Any]:
    """Where a walk ends if each step multiplies the distance by a factor that depends on the learning rate."""
    factor = np.asarray(per_step(np.asarray(case.facts["learning_rates"])))
    ended: npt.NDArray[Any] = case.facts["start"] * factor ** (case.facts["n_steps"] + extra)
    return ended


def _agree(actual: Any, expected: Any) -> Any:
    return np.isclose(actual, expected, rtol=0.005, atol=1e-6)


@misconception(
    "forgets_two",
    "you take x itself for the slope.",
    "what is the derivative of x²? Work out one step with it by hand.",
)
def forgets_two(case: Case) -> bool:
    """Recognise the factor 1 − λ."""
    return bool(np.all(_agree(case.actual, _walked(case, lambda rate: 1 - rate))))


@misconception(
    "ends_uphill", "your walks go uphill.", "against the slope: from 10, is the first step to the left or to the right?"
)
def ends_uphill(case: Case) -> bool:
    """Recognise a growing distance."""
    return bool(np.all(np.abs(case.actual) >= case.facts["start"]) and case.actual[1] > case.facts["start"])


@misconception(
    "odd_number_of_steps",
    "for the largest λ you end on the wrong side.",
    "it changes sides at every step: where is it after 2 steps? After 1000?",
)
def odd_number_of_steps(case: Case) -> bool:
    """Recognise the opposite end of a walk that swings."""
    return bool(_agree(case.actual[-1], -case.expected[-1]))


@misconception(
    "edge_runs_away",
    "for the largest λ you expect that the walk runs away.",
    "work out two steps by hand: how far from 0 are you after each of them?",
)
def edge_runs_away(case: Case) -> bool:
    """Recognise a guess that the walk at the edge diverges."""
    return bool(np.abs(case.actual[-1]) > 2 * np.abs(case.expected[-1]))


@misconception(
    "edge_arrives",
    "for the largest λ you expect that the walk arrives at the minimum.",
    "work out two steps by hand: how far from 0 are you after each of them?",
)
def edge_arrives(case: Case) -> bool:
    """Recognise a guess that the walk at the edge converges."""
    return bool(_agree(case.actual[-1], 0))


@misconception(
    "crawl_arrives",
    "for the smallest λ you expect that 1000 steps are enough.",
    "how long is the first step? And about how long are 1000 such steps together?",
)
def crawl_arrives(case: Case) -> bool:
    """Recognise a guess that the smallest rate arrives."""
    return bool(np.abs(case.actual[0]) < 0.5 * np.abs(case.expected[0]))


@misconception(
    "crawl_stands_still",
    "for the smallest λ you expect that the walk hardly leaves its place.",
    "one step is tiny, but there are 1000: how long are they together? Give two decimals.",
)
def crawl_stands_still(case: Case) -> bool:
    """Recognise a guess that the smallest rate does nothing, or next to nothing."""
    return bool(case.expected[0] < case.actual[0] <= case.facts["start"])


@misconception(
    "jump_misses",
    "for λ = 0.5 one step by hand is enough: you miss its end.",
    "the slope at 10 is 20, and half of that is the step.",
)
def jump_misses(case: Case) -> bool:
    """Recognise a wrong end of the walk that arrives in one step."""
    return not _agree(case.actual[1], case.expected[1])


_ENDS = (
    forgets_two,
    ends_uphill,
    odd_number_of_steps,
    edge_runs_away,
    edge_arrives,
    crawl_arrives,
    crawl_stands_still,
    jump_misses,
)


def ends(guesses: Any, *, start: float, learning_rates: Sequence[float], n_steps: int) -> None:
    """Check guesses where gradient descent on x² ends, from the smallest learning rate to the largest.

    Parameters
    ----------
    guesses : sequence of float
        One number for each learning rate.
    start : float
        Where all walks begin.
    learning_rates : sequence of float
        From a crawl, over the jump to the minimum, to the edge of stability.
    n_steps : int
        How many steps each walk has.

    Raises
    ------
    CheckFailed
        Some guess is not what happens.
    """
    facts = {"start": start, "learning_rates": learning_rates, "n_steps": n_steps}
    numbers = number_array(guesses)
    if numbers is None or numbers.shape != (len(learning_rates),):
        fail(f"your answer should be a list of {len(learning_rates)} numbers, in the order of the question.")
    case = Case((), numbers.astype(float), None, facts)
    case = Case((), case.actual, _walked(case, lambda rate: 1 - 2 * rate), facts)
    right = _agree(case.actual, case.expected)
    if not np.all(right):
        found = next((suspect for suspect in _ENDS if suspect.recognise and suspect.recognise(case)), None)
        sentence = found.sentence if found else f"{int(np.sum(~right))} of your guesses are off."
        fail(sentence, misconception=found.name if found else None)
    passed("all your guesses are right: the walks below will show it")


# A case of the valleys: actual and expected are sets of starts; facts hold all starts and the ridge between.


@misconception(
    "ridge_at_zero",
    "you divide the starts at x = 0.",
    "look where the ridge between the two valleys is: it need not stand above 0.",
)
def ridge_at_zero(case: Case) -> bool:
    """Recognise the sign of x in place of the side of the ridge."""
    left = {start for start in case.facts["starts"] if start < 0}
    return case.actual in (left, set(case.facts["starts"]) - left)


@misconception(
    "other_valley",
    "you chose the walks that end in the other valley.",
    "which of the two valleys is deeper? Look at the heights.",
)
def other_valley(case: Case) -> bool:
    """Recognise the complement."""
    return bool(case.actual == set(case.facts["starts"]) - case.expected)


@misconception(
    "always_deepest",
    "not every walk finds the deepest valley.",
    "a walker in the fog never goes uphill: what stands between this start and the deepest point?",
)
def always_deepest(case: Case) -> bool:
    """Recognise the belief that descent finds the global minimum."""
    return bool(case.actual == set(case.facts["starts"]))


@misconception("never_deepest", "some walks do find the deepest valley.", "from which starts does it only go downhill?")
def never_deepest(case: Case) -> bool:
    """Recognise an empty answer."""
    return not case.actual


@misconception(
    "rolls_over_the_ridge",
    "you let the walker roll over the ridge like a ball.",
    "gradient descent has no momentum: where the ground rises ahead, it turns back.",
)
def rolls_over_the_ridge(case: Case) -> bool:
    """Recognise a start that is high, but behind the ridge."""
    extra = case.actual - case.expected
    return bool(extra) and case.expected <= case.actual and max(case.facts["starts"]) in extra


@misconception(
    "only_nearest",
    "you chose too few: other starts lead to the deepest valley too.",
    "the deepest point need not be near: is it downhill all the way?",
)
def only_nearest(case: Case) -> bool:
    """Recognise a part of the answer."""
    return bool(case.actual < case.expected)


_VALLEYS = (never_deepest, always_deepest, other_valley, ridge_at_zero, rolls_over_the_ridge, only_nearest)


def valleys(chosen: Any, f: Callable[[Any], Any], *, starts: Sequence[float], low: float, high: float) -> None:
    """Check which starts lead downhill all the way to the deepest point between low and high.

    Parameters
    ----------
    chosen : collection of float
        The student's choice among the starts.
    f : callable
        The landscape; takes arrays.
    starts : sequence of float
        All starts.
    low, high : float
        Where the landscape is looked at.

    Raises
    ------
    CheckFailed
        The choice is wrong.
    """
    numbers = number_array(sorted(chosen) if isinstance(chosen, set | frozenset) else chosen)
    if numbers is None or numbers.ndim != 1 or not set(numbers.tolist()) <= set(starts):
        fail(f"your answer should be a list of some of these starts: {', '.join(f'{start:g}' for start in starts)}.")
    everywhere = np.linspace(low, high, 4001)
    deepest = everywhere[np.argmin(f(everywhere))]
    leads = {start for start in starts if np.all(np.diff(f(np.linspace(start, deepest, 101)[:-1])) < 0)}
    case = Case((), set(numbers.tolist()), leads, {"starts": starts})
    if case.actual != leads:
        found = next((suspect for suspect in _VALLEYS if suspect.recognise and suspect.recognise(case)), None)
        sentence = found.sentence if found else "not all of these walks end where you say."
        fail(sentence, misconception=found.name if found else None)
    passed("these starts, and no others, lead downhill all the way to the deepest point")
