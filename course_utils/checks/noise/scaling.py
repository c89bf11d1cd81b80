"""Checks of scaling: mean 0 and width 1 on the training inputs, and no look at the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.misconceptions import Case, add, diagnose, misconception, number_array, same
from course_utils.checks.outcome import fail, passed

__all__ = ["standardizes"]

Array = npt.NDArray[Any]
Parts = list[Array]
ATOL = 1e-5

# A case of scaling: args are x_train, x_new; actual is the pair that came back. x_new may hold nan.

add(
    "not_two_arrays",
    "your function should return two arrays: the scaled x_train and the scaled x_new.",
    "a `return` with two names, divided by a comma.",
)


def _is_standard(scaled: Array) -> bool:
    """Tell whether numbers have mean 0 and standard deviation 1, by either of its two definitions."""
    known = scaled[np.isfinite(scaled)]
    if len(known) < 2 or abs(np.mean(known)) > ATOL:
        return False
    return any(abs(np.std(known, ddof=ddof) - 1) < ATOL for ddof in (0, 1))


def _on_one_line(case: Case) -> bool:
    """Tell whether both parts went through the same shift and the same stretch."""
    (x_train, x_new), (train, new) = case.args, case.actual
    line = np.polyfit(x_train, train, 1)
    return same(np.polyval(line, x_train), train, 0, ATOL) and same(np.polyval(line, x_new), new, 0, ATOL)


def _spread(case: Case) -> float:
    return float(np.std(case.actual[0]) / np.std(case.args[0]))


@misconception(
    "outputs_exchanged",
    "your two arrays come in the wrong order.",
    "first the scaled x_train, then the scaled x_new.",
)
def outputs_exchanged(case: Case) -> bool:
    """Recognise lengths that belong to the other array."""
    lengths = tuple(map(len, case.args))
    return lengths[0] != lengths[1] and tuple(map(len, case.actual)) == lengths[::-1]


@misconception(
    "leaks_new_inputs",
    "numbers of x_new reach your scaled x_train: that is a leak.",
    "mean and standard deviation are part of what is learned: from which points may you learn?",
)
def leaks_new_inputs(case: Case) -> bool:
    """Recognise statistics of x_new, or of both together."""
    train, new = case.actual
    everything = np.concatenate([train, new])
    return not _is_standard(train) and (
        not np.all(np.isfinite(train)) or _is_standard(everything) or (_is_standard(new) and _on_one_line(case))
    )


@misconception(
    "missing_parentheses",
    "you divide the mean, and not the whole difference.",
    "Python divides before it subtracts: parentheses.",
)
def missing_parentheses(case: Case) -> bool:
    """Recognise x − mean / std."""
    return abs(_spread(case) - 1) < ATOL and abs(np.mean(case.actual[0])) > ATOL


@misconception(
    "not_scaled",
    "your inputs are centred, but still as wide as they were.",
    "what brings the standard deviation to 1?",
)
def not_scaled(case: Case) -> bool:
    """Recognise x − mean."""
    return abs(_spread(case) - 1) < ATOL and abs(np.mean(case.actual[0])) < ATOL


@misconception(
    "divides_by_variance",
    "you divide by the variance.",
    "the standard deviation is its square root: it has the unit of x.",
)
def divides_by_variance(case: Case) -> bool:
    """Recognise (x − mean) / std²."""
    return bool(np.isclose(_spread(case) * np.var(case.args[0]), 1) and abs(np.mean(case.actual[0])) < ATOL)


@misconception(
    "not_centred",
    "your inputs have the right width, but their mean is not 0.",
    "what do you subtract before you divide?",
)
def not_centred(case: Case) -> bool:
    """Recognise x / std."""
    return bool(abs(np.std(case.actual[0]) - 1) < ATOL < abs(np.mean(case.actual[0])))


@misconception(
    "min_max_scaling",
    "you scale by the least and the greatest input.",
    "that is another way of scaling; asked for are a mean of 0 and a standard deviation of 1.",
)
def min_max_scaling(case: Case) -> bool:
    """Recognise inputs between 0 and 1, or −1 and 1."""
    return any(same([np.min(case.actual[0]), np.max(case.actual[0])], [low, 1], 0, ATOL) for low in (0, -1))


@misconception(
    "new_inputs_left_raw",
    "x_new comes back as it was.",
    "a model that was fitted to scaled inputs needs scaled inputs for ever after.",
)
def new_inputs_left_raw(case: Case) -> bool:
    """Recognise x_new itself."""
    return _is_standard(case.actual[0]) and same(case.actual[1], case.args[1], 0, ATOL)


@misconception(
    "new_inputs_on_their_own",
    "you scale x_new by its own mean and width.",
    "the same input must get the same number in both arrays: use what you took from x_train.",
)
def new_inputs_on_their_own(case: Case) -> bool:
    """Recognise x_new with its own statistics, or nan everywhere because of one."""
    train, new = case.actual
    own = _is_standard(new) or (np.any(np.isnan(case.args[1])) and np.all(np.isnan(new)))
    return bool(_is_standard(train) and own and not _on_one_line(case))


_SCALINGS = (
    outputs_exchanged,
    leaks_new_inputs,
    missing_parentheses,
    not_scaled,
    divides_by_variance,
    not_centred,
    min_max_scaling,
    new_inputs_left_raw,
    new_inputs_on_their_own,
)


def standardizes(function: Callable[..., Any], examples: Sequence[tuple[Any, Any]]) -> None:
    """Check that inputs are scaled by what the training part alone tells.

    Parameters
    ----------
    function : callable
        The student's ``standardize(x_train, x_new)``.
    examples : sequence of (x_train, x_new)
        Where ``x_new`` holds nan, any look at it turns the scaled training inputs into nan.

    Raises
    ------
    CheckFailed, NotAttempted
        Some inputs are scaled wrongly; there is nothing to check.
    """
    wrong = []
    for example in examples:
        x_train, x_new = (np.asarray(part, float) for part in example)
        case = Case((x_train, x_new), _two(call(function, x_train, x_new)), None)
        lengths = [len(part) for part in case.actual] == [len(x_train), len(x_new)]
        if not (lengths and _is_standard(case.actual[0]) and _on_one_line(case) and _spread(case) > 0):
            wrong.append(case)
    if wrong:
        found = diagnose(wrong, _SCALINGS)
        fail(misconception=found.name if found else None, details=_facts(wrong[0]))
    passed(
        "mean 0 and standard deviation 1 on the training inputs, the same shift and stretch for the new ones, no leak"
    )


def _two(answer: Any) -> Parts:
    if answer is None:
        fail(misconception="no_return")
    parts = [number_array(part) for part in answer] if isinstance(answer, list | tuple | np.ndarray) else []
    found = [np.asarray(part, float) for part in parts if part is not None and part.ndim == 1]
    if len(found) != 2 or len(parts) != 2:
        fail(misconception="not_two_arrays")
    return found


def _facts(case: Case) -> list[str]:
    x_train, x_new = case.args
    scaled = case.actual[0]
    extra = f", with {np.count_nonzero(np.isnan(x_new))} unknown (nan) among the new" if np.any(np.isnan(x_new)) else ""
    return [
        f"{len(x_train)} training inputs and {len(x_new)} new ones{extra}",
        f"your scaled training inputs have mean {_tidy(np.mean(scaled))}, standard deviation {_tidy(np.std(scaled))}",
    ]


def _tidy(number: Any) -> str:
    """Write a number with few digits; what rounding leaves of a zero is zero."""
    return f"{round(float(number), 9) + 0.0:.4g}"
