"""Checks of a split into training and validation points, by its properties."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.context import rng
from course_utils.checks.misconceptions import Case, add, diagnose, misconception, number_array
from course_utils.checks.noise.noisy import own_generator
from course_utils.checks.outcome import fail, passed

__all__ = ["splits"]

Array = npt.NDArray[Any]
Parts = list[Array]
TRIALS = 6  # two or three equal sizes may be chance, six are not

# A case of a split: args are x, y, fraction; actual is a list of trials, each the four parts that came back.

add(
    "not_four_arrays",
    "your function should return four arrays: x_train, y_train, x_validation, y_validation.",
    "a `return` with four names, divided by commas.",
)
add(
    "nested_pairs",
    "your four arrays are packed into pairs.",
    "return them side by side: x_train, y_train, x_validation, y_validation.",
)


def _inputs(parts: Parts) -> tuple[Array, Array]:
    return parts[0], parts[2]


def _sets(case: Case) -> list[frozenset[float]]:
    """Which inputs went into validation, trial by trial."""
    return [frozenset(parts[2].tolist()) for parts in case.actual]


def _sizes(case: Case) -> list[int]:
    return [len(parts[2]) for parts in case.actual]


def _wanted(case: Case) -> int:
    x, _, fraction = case.args
    wanted: int = round(len(x) * fraction)
    return wanted


@misconception(
    "inputs_before_targets",
    "your four arrays come in another order.",
    "x_train, y_train, x_validation, y_validation: first all that is for training. (Some libraries do it otherwise.)",
)
def inputs_before_targets(case: Case) -> bool:
    """Recognise (x_train, x_validation, y_train, y_validation)."""
    inputs = set(case.args[0].tolist())
    return all(len(parts[1]) and set(parts[1].tolist()) <= inputs for parts in case.actual)


@misconception(
    "validation_in_training",
    "some points are in both parts.",
    "an examination with questions that were practised proves little: each point goes to one part.",
)
def validation_in_training(case: Case) -> bool:
    """Recognise a common input."""
    return any(set(train.tolist()) & set(held.tolist()) for train, held in map(_inputs, case.actual))


@misconception(
    "drawn_with_replacement",
    "some points stand twice in one part.",
    "draw an order of all points, or draw without replacement.",
)
def drawn_with_replacement(case: Case) -> bool:
    """Recognise duplicates within a part."""
    return any(len(set(part.tolist())) < len(part) for parts in case.actual for part in _inputs(parts))


@misconception("points_lost", "some points are in neither part.", "together, both parts hold every point once.")
def points_lost(case: Case) -> bool:
    """Recognise a union that is not everything."""
    return any(len(np.union1d(*_inputs(parts))) < len(case.args[0]) for parts in case.actual)


@misconception(
    "pairs_broken",
    "an input does not stand beside its own target any more.",
    "shuffle once, and use the same order for x and for y.",
)
def pairs_broken(case: Case) -> bool:
    """Recognise targets that belong to other inputs."""
    target = dict(zip(case.args[0].tolist(), case.args[1].tolist(), strict=True))
    both = [pair for parts in case.actual for pair in (parts[:2], parts[2:])]
    return any(len(x) != len(y) or [target.get(one) for one in x.tolist()] != y.tolist() for x, y in both)


@misconception(
    "coin_for_each_point",
    "the size of your validation part changes from call to call.",
    "a coin for each point gives a part of about this size; the caller asked for an exact one.",
)
def coin_for_each_point(case: Case) -> bool:
    """Recognise sizes that depend on the draw."""
    return len(set(_sizes(case))) > 1


@misconception(
    "parts_exchanged",
    "your two parts have exchanged their sizes.",
    "fraction says how much is held back for validation.",
)
def parts_exchanged(case: Case) -> bool:
    """Recognise a fraction that is used for training."""
    return _sizes(case) == [len(case.args[0]) - _wanted(case)] * TRIALS


@misconception("wrong_part_size", "your validation part does not have the size that was asked for.")
def wrong_part_size(case: Case) -> bool:
    """Recognise any other size."""
    return _sizes(case) != [_wanted(case)] * TRIALS


@misconception(
    "unshuffled_split",
    "which points are held back does not depend on chance, but on where they stand.",
    "data often come in some order, by size or by day: what does a model see that is trained on the first part?",
)
def unshuffled_split(case: Case) -> bool:
    """Recognise validation points at evenly spaced places, always the same."""
    places = np.flatnonzero(np.isin(case.args[0], list(_sets(case)[0])))
    return len(set(_sets(case))) == 1 and len(places) > 1 and np.ptp(np.diff(places)) == 0


@misconception(
    "same_split_again",
    "your split is the same at every call.",
    "a seed inside the function starts the same numbers anew each time: draw from the rng that you are given.",
)
def same_split_again(case: Case) -> bool:
    """Recognise a generator made from a fixed seed."""
    return len(set(_sets(case))) == 1


_SPLITS = (
    inputs_before_targets,
    drawn_with_replacement,
    validation_in_training,
    points_lost,
    pairs_broken,
    coin_for_each_point,
    parts_exchanged,
    wrong_part_size,
    unshuffled_split,
    same_split_again,
    own_generator,
)


def splits(function: Callable[..., Any], examples: Sequence[tuple[int, float]]) -> None:
    """Check a split into training and validation points, by its properties.

    Parameters
    ----------
    function : callable
        The student's ``train_validation_split(x, y, fraction, rng)``.
    examples : sequence of (n, fraction)
        ``fraction`` times ``n`` is a whole number.

    Raises
    ------
    CheckFailed, NotAttempted
        A property fails; there is nothing to check.
    """
    seen = [_trials(function, n, fraction) for n, fraction in examples]
    wrong = [case for case in seen if any(suspect.recognise and suspect.recognise(case) for suspect in _SPLITS)]
    if wrong:
        found = diagnose(wrong, _SPLITS) or diagnose(wrong[:1], _SPLITS)
        details = [f"for {len(wrong[0].args[0])} points and fraction = {wrong[0].args[2]:g}"]
        fail(misconception=found.name if found else None, details=details)
    passed("every point is in one part, beside its own target; sizes are right, and the draw decides who goes where")


def _trials(function: Callable[..., Any], n: int, fraction: float) -> Case:
    """Call a student's function several times with one generator that runs on."""
    draw = rng("split")
    x = np.sort(draw.uniform(-5, 5, n))
    y = 100 + draw.permutation(n) + x
    given = np.random.default_rng(int(draw.integers(2**32)))
    trials, used = [], True
    for _ in range(TRIALS):
        before = given.bit_generator.state
        trials.append(_four(call(function, x, y, fraction, given)))
        used = used and given.bit_generator.state != before
    return Case((x, y, fraction), trials, None, {"used": used})


def _four(answer: Any) -> Parts:
    """Return four arrays, or say what came instead."""
    if answer is None:
        fail(misconception="no_return")
    if not isinstance(answer, list | tuple | np.ndarray) or len(answer) not in (2, 4):
        fail(misconception="not_four_arrays")
    if len(answer) == 2:
        fail(misconception="nested_pairs")
    parts = [number_array(part) for part in answer]
    if any(part is None or part.ndim != 1 for part in parts):
        fail(misconception="not_four_arrays", details=["each of them of shape (number of points,)"])
    return [part for part in parts if part is not None]
