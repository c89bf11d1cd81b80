"""The pair that a fit returns: the last theta and all losses; and what people return in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from course_utils.checks.misconceptions import Case, misconception, no_return, number_array
from course_utils.checks.outcome import fail
from course_utils.checks.values import shown

__all__ = ["take_pair"]


# A case of the pair: actual is what came back; the facts hold d, the length of theta, and n, the number of losses.


def _shape(value: Any) -> tuple[int, ...] | None:
    array = number_array(value)
    return None if array is None else array.shape


@misconception("one_loss_only", "you return one loss, not the losses of all points.", "collect them on the way.")
def one_loss_only(case: Case) -> bool:
    """Recognise a single number in place of the losses."""
    return _shape(case.actual[0]) == (case.facts["d"],) and _shape(case.actual[1]) in ((), (1,))


@misconception(
    "loss_for_each_point",
    "each of your losses is an array, not a number.",
    "look at what your objective returns.",
)
def loss_for_each_point(case: Case) -> bool:
    """Recognise an objective that does not add up."""
    losses = _shape(case.actual[1])
    return _shape(case.actual[0]) == (case.facts["d"],) and losses is not None and len(losses) > 1


@misconception("theta_alone", "you return theta without the losses.", "return both, with a comma between them.")
def theta_alone(case: Case) -> bool:
    """Recognise an array of d numbers."""
    return _shape(case.actual) == (case.facts["d"],)


@misconception("losses_first", "you return the losses first.", "theta first, then the losses.")
def losses_first(case: Case) -> bool:
    """Recognise (losses, theta)."""
    first, second = map(_shape, case.actual)
    return first in ((case.facts["n"],), (case.facts["n"] - 1,)) and second == (case.facts["d"],)


@misconception("whole_path", "you return the whole path of theta.", "only the last theta is asked for.")
def whole_path(case: Case) -> bool:
    """Recognise an array of shape (n_steps + 1, d) in place of theta."""
    return _shape(case.actual[0]) in ((case.facts["n"], case.facts["d"]), (case.facts["n"] - 1, case.facts["d"]))


@misconception("losses_alone", "you return the losses without theta.", "return both, with a comma between them.")
def losses_alone(case: Case) -> bool:
    """Recognise an array of n numbers."""
    return _shape(case.actual) in ((case.facts["n"],), (case.facts["n"] - 1,))


_PAIR = (no_return, one_loss_only, loss_for_each_point, theta_alone, losses_first, whole_path, losses_alone)


def take_pair(result: Any, d: int, n: int) -> tuple[Any, Any]:
    """Take theta and the losses out of what came back.

    Parameters
    ----------
    result : object
        What a student's fit returned.
    d : int
        The length of theta.
    n : int
        The number of losses; they may still be too many or too few.

    Raises
    ------
    CheckFailed
        It is no such pair.
    """
    if not _is_pair(result, d):
        _reject(Case((), result, None, {"d": d, "n": n}))
    return result[0], result[1]


def _is_pair(result: Any, d: int) -> bool:
    if not isinstance(result, list | tuple) or len(result) != 2:
        return False
    first, second = map(_shape, result)
    return first == (d,) and second is not None and len(second) == 1 and second != (1,)


def _reject(case: Case) -> NoReturn:
    found = next((idea for idea in _PAIR if _holds(idea.recognise, case)), None)
    fail(
        found.sentence if found else "you should return two things: theta, and the losses.",
        misconception=found.name if found else None,
        details=[] if case.actual is None else [f"you return {_described(case.actual)}"],
    )


def _described(result: Any) -> str:
    if isinstance(result, tuple):
        return "a tuple of " + ", ".join(map(shown, result)) if result else "an empty tuple"
    return shown(result)


def _holds(recognise: Callable[[Case], bool] | None, case: Case) -> bool:
    try:
        return recognise is not None and recognise(case)
    except (TypeError, ValueError):
        return False  # no pair at all
