"""Checks of what a student foresees about torch: shapes that pair everything with everything, gradients that add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from course_utils.checks.misconceptions import Case, Misconception, add, diagnose, number_array
from course_utils.checks.outcome import fail, passed

__all__ = ["column_minus_row", "foresees_gradients"]


def _close(actual: Any, expected: Any) -> bool:
    """Two decimals are enough for a guess."""
    return bool(np.shape(actual) == np.shape(expected) and np.allclose(actual, expected, rtol=0.0, atol=0.011))


def _rival(name: str, sentence: str, hint: str) -> Misconception:
    return add(name, sentence, hint, lambda case: _close(case.actual, case.facts[name]))


_TABLE = (
    _rival(
        "trap_not_seen",
        "with equal shapes it would be so.",
        "a column of shape (3, 1) minus three numbers of shape (3,): write down the table that NumPy, and torch, make.",
    ),
    _rival("mean_not_taken", "you add up the squares of the table.", "the loss is their mean: how many are there?"),
    _rival(
        "divided_by_points",
        "you divide by the number of points.",
        "the mean goes over all entries of the table: how many has it?",
    ),
    _rival(
        "diagonal_left_out",
        "you leave out the entries that are 0.",
        "they count in the mean, like all others.",
    ),
    _rival("entries_not_squared", "you take the mean of the distances.", "the loss squares each entry first."),
)


def column_minus_row(answer: Any, targets: Sequence[float]) -> None:
    """Check a guess of the mean squared error of perfect predictions in a column.

    Parameters
    ----------
    answer : float
        The guess.
    targets : sequence of float
        Targets of shape (n,); the predictions are the same numbers in shape (n, 1).

    Raises
    ------
    CheckFailed
        It is another number; the message does not show which.
    """
    guess = number_array(answer)
    if guess is None or guess.shape != ():
        fail("your answer should be one number.", misconception="guess_is_no_number")
    table = np.subtract.outer(np.asarray(targets), np.asarray(targets))
    squares = table * table
    facts = {
        "trap_not_seen": 0.0,
        "mean_not_taken": np.sum(squares),
        "divided_by_points": np.sum(squares) / len(table),
        "diagonal_left_out": np.sum(squares) / np.count_nonzero(squares),
        "entries_not_squared": np.mean(np.abs(table)),
    }
    if not _close(guess, np.mean(squares)):
        found = diagnose([Case((), guess, None, facts)], _TABLE)
        fail(None if found else "your number is not the right one.", misconception=found.name if found else None)
    passed("you foresaw the table that nobody asked for")


add("guess_is_no_number", "your answer should be one number.")

# A case of gradients: actual is three guesses; facts hold value and slope.


def _guess(name: str, sentence: str, hint: str, three: Any) -> Misconception:
    """Register a wrong guess; ``three`` makes it from the value and the slope."""
    recognise = lambda case: _close(case.actual, three(case.facts["value"], case.facts["slope"]))  # noqa: E731
    return add(name, sentence, hint, recognise)


_GUESSES = (
    _guess(
        "gradient_replaced",
        "you expect that each backward pass writes over the gradient.",
        "`backward()` adds to what stands in `.grad`.",
        lambda _, slope: (slope, slope, slope),
    ),
    _guess(
        "clearing_ignored",
        "you go on adding after `.grad` has been cleared.",
        "`x.grad = None` takes the sum away: what does the next backward pass add to?",
        lambda _, slope: (slope, 2 * slope, 3 * slope),
    ),
    _guess(
        "cleared_for_good",
        "you expect that the gradient stays empty once it is cleared.",
        "after the line that clears it, one more backward pass follows.",
        lambda _, slope: (slope, 2 * slope, 0.0),
    ),
    _guess(
        "gradients_multiplied",
        "you multiply the gradients of two passes.",
        "the chain rule multiplies along one path; separate passes add up.",
        lambda _, slope: (slope, slope**2, slope),
    ),
    _guess(
        "value_for_gradient",
        "your numbers are values of the function.",
        "`.grad` holds the slope: differentiate on paper first.",
        lambda value, _: (value, 2 * value, value),
    ),
    _guess(
        "second_pass_adds_nothing",
        "you expect nothing from the second pass.",
        "the function is computed anew, so there is a new graph, and its gradient is added.",
        lambda _, slope: (slope, 0.0, slope),
    ),
)
_OFF = add("slope_on_paper", "your first number is not right yet.", "differentiate on paper, and put x in.")


def foresees_gradients(answers: Any, *, value: float, slope: float) -> None:
    """Check guesses of `.grad` after one pass, after two, and after clearing and one more.

    Parameters
    ----------
    answers : sequence of float
        Three guesses.
    value, slope : float
        Of the function, at the place in question.

    Raises
    ------
    CheckFailed
        Some guess is wrong; the message does not show which.
    """
    guesses = number_array(answers)
    if guesses is None or guesses.shape != (3,):
        fail("your answer should be three numbers.", misconception="guesses_are_not_three")
    if not _close(guesses, (slope, 2 * slope, slope)):
        found = diagnose([Case((), guesses, None, {"value": value, "slope": slope})], _GUESSES)
        if found is None and not _close(guesses[0], slope):
            found = _OFF
        fail(None if found else "your numbers are not all right.", misconception=found.name if found else None)
    passed("you foresaw what stands in .grad after each of the three passes")


add("guesses_are_not_three", "your answer should be three numbers.")
