"""Checks of the loop that fits: for one parabola and, refactored, for any model, loss and gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call, copy_plain
from course_utils.checks.fitting.matches import gradients_of, is_sound, misfits_of
from course_utils.checks.fitting.walks import Walk, compare_walk
from course_utils.checks.misconceptions import add, number_array, same
from course_utils.checks.outcome import CheckFailed, NotAttempted, fail, not_attempted, passed

__all__ = ["fits", "trains"]

Array = npt.NDArray[Any]
_LONGEST = 1e3  # a step beyond this belongs to a walk that explodes

add(
    "welded_to_the_parabola",
    "your train asks none of the functions that it is given.",
    "model, loss and gradient are arguments: do not call predict, objective, grad_objective or fit of the notebook.",
)
add(
    "own_model",
    "your train never asks the model that it is given.",
    "the functions to use are arguments now: do not call predict, objective or grad_objective of the notebook.",
)
add(
    "own_loss",
    "your train never asks the loss that it is given.",
    "the functions to use are arguments now: do not call objective of the notebook.",
)
add(
    "own_gradient",
    "your train never asks the gradient that it is given.",
    "the functions to use are arguments now: do not call grad_objective of the notebook.",
)
add(
    "loss_turned_round",
    "your train hands targets and predictions to the loss in the wrong order.",
    "loss(prediction, target): for many losses, the order matters.",
)
add(
    "loss_of_theta",
    "your train does not hand predictions to the loss.",
    "loss(prediction, target) knows nothing of theta and x: the model makes predictions from them.",
)
add(
    "model_turned_round",
    "your train calls the model with its arguments in the wrong order.",
    "model(theta, x): the parameters first, as in predict.",
)
add(
    "gradient_turned_round",
    "your train calls the gradient with the wrong arguments.",
    "gradient(theta, x, y), as for grad_objective.",
)


def fits(
    fit: Callable[..., Any],
    own: tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]],
    x: Any,
    y: Any,
    *,
    learning_rate: float,
    n_steps: int,
    theta0: Any,
) -> None:
    """Check the fit of a parabola along the student's own gradient, with the losses of their own objective.

    Parameters
    ----------
    fit : callable
        The student's ``fit(x, y, learning_rate, n_steps, theta0)``.
    own : tuple of three callables
        The student's predict, objective and grad_objective; mistakes in them are not counted again.
    x, y : ndarray of shape (n,)
        Inputs and targets.
    learning_rate : float
        None that people write by habit; made smaller if the student's objective is a steep one.
    n_steps : int
        Not 2: then theta is as long as the losses.
    theta0 : ndarray of shape (3,)
        Initial guess.

    Raises
    ------
    CheckFailed, NotAttempted
        The fit ends elsewhere; there is nothing to check.
    """
    walks = _own_walks(own, x, y, (np.asarray(theta0, float), learning_rate, n_steps))
    result = _fitted(fit, own[1], x, y, walks[0].rate if walks else learning_rate, n_steps, theta0)
    if not walks:
        fail("this check walks along your own grad_objective, which is not right yet: repair that exercise first.")
    compare_walk(result, walks)
    passed(f"{n_steps} steps against your gradient, {n_steps + 1} losses from theta0 on, and theta0 is unchanged")


def _fitted(fit: Callable[..., Any], objective: Callable[..., Any], x: Any, y: Any, *plan: Any) -> Any:
    """Call the student's fit; if it stops at a stub, say which one."""
    try:
        return call(fit, x, y, *plan)
    except NotAttempted:
        try:
            call(objective, plan[-1], x, y)
        except NotAttempted:
            not_attempted("fit needs your objective: write that one first.")
        except CheckFailed:
            pass
        raise


def _own_walks(own: tuple[Callable[..., Any], ...], x: Any, y: Any, plan: tuple[Array, float, int]) -> list[Walk]:
    """Give the walks that are right, the one along the student's own gradient first, at a rate at which it is calm."""
    predict, objective, grad_objective = own
    start, rate, n_steps = plan
    sound = is_sound(objective, predict)
    costs = list(misfits_of(objective, start, x, y, sound=sound))
    count = len(list(gradients_of(objective, start, x, y, sound=sound)))
    gradients = [_numbered(objective, x, y, number, sound=sound) for number in range(count)]
    found: list[Walk] = []
    for smaller in (rate / 10**power for power in range(5)):
        mine = Walk(lambda at: call(grad_objective, at, x, y), costs[0], start, smaller, n_steps)
        others = [walk for each in gradients if _wanders(walk := Walk(each, costs[0], start, smaller, n_steps))]
        if _wanders(mine):
            found = [mine, *others]
            break
        found = found or others
    return [Walk(each.gradient, cost, each.start, each.rate, each.steps) for each in found for cost in costs]


def _numbered(objective: Callable[..., Any], x: Any, y: Any, number: int, *, sound: bool) -> Callable[[Array], Any]:
    def gradient(at: Array) -> Any:
        found = list(gradients_of(objective, at, x, y, sound=sound))
        return found[number] if number < len(found) else np.full(3, np.nan)

    return gradient


def _wanders(walk: Walk) -> bool:
    """Say whether a gradient leads anywhere: what always points the same way, equally far, needs no loop."""
    try:
        slope = number_array(walk.gradient(walk.start))
        if slope is None or slope.shape != walk.start.shape:
            return False
        steps = np.diff(walk.points(), axis=0)
    except NotAttempted:
        not_attempted("fit needs your grad_objective: write that one first.")
    except CheckFailed:
        return False
    calm = bool(np.all(np.isfinite(steps))) and float(np.max(np.abs(steps))) < _LONGEST
    return calm and not same(steps[0], steps[-1], 1e-6)


def trains(
    train: Callable[..., Any],
    given: tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]],
    x: Any,
    y: Any,
    *,
    theta0: Any,
    learning_rate: float,
    n_steps: int,
) -> None:
    """Check training with a model, a loss and a gradient that the student's function has never met.

    Parameters
    ----------
    train : callable
        The student's ``train(model, loss, gradient, x, y, theta0, learning_rate, n_steps)``.
    given : tuple of three callables
        A model, which makes predictions from ``(theta, x)``; a loss, which makes a number from ``(prediction, target)``
        and not the same the other way round; a gradient, which makes an array like theta from ``(theta, x, y)``.
    x, y : ndarray of shape (n,)
        Inputs and targets.
    theta0 : ndarray of shape (d,)
        Initial guess; d other than 3, n other than d.
    learning_rate : float
        None that people write by habit.
    n_steps : int
        How many steps.

    Raises
    ------
    CheckFailed, NotAttempted
        The training ends elsewhere; there is nothing to check.
    """
    model, loss, gradient = given
    walk = Walk(
        lambda at: gradient(at, x, y),
        lambda at: float(loss(model(at, x), y)),
        np.asarray(theta0, float),
        learning_rate,
        n_steps,
    )
    seen = tuple(map(_Seen, given))
    try:
        result = call(train, *[each.asked for each in seen], x, y, theta0, learning_rate, n_steps)
        compare_walk(result, [walk])
    except NotAttempted:
        raise
    except CheckFailed as failed:
        _explain(failed, seen, x, y, len(walk.start))
    passed(
        f"theta and {n_steps + 1} losses are right for a model with {len(walk.start)} parameters that is no parabola"
    )


class _Seen:
    """A given function, and with which arguments it was asked."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.calls: list[tuple[Any, ...]] = []

    def asked(self, *args: Any) -> Any:
        """Note the arguments, and answer."""
        self.calls.append(copy_plain(args))
        with np.errstate(all="ignore"):  # a wrong loop may lead anywhere
            return self.function(*args)

    def shapes(self) -> list[tuple[int, ...]]:
        """Return the shapes of the arguments of the first call."""
        return [np.shape(arg) for arg in self.calls[0]]


def _explain(failed: CheckFailed, seen: tuple[_Seen, ...], x: Any, y: Any, d: int) -> None:
    """Name what the calls of the given functions show; failing that, fail as before.

    Raises
    ------
    CheckFailed
        Always.
    """
    model, loss, gradient = seen
    details = [failed.message.split("\n")[0].partition(": ")[2]]
    if gradient.calls and gradient.shapes() != [(d,), np.shape(x), np.shape(y)]:
        fail(misconception="gradient_turned_round")
    if model.calls and model.shapes() != [(d,), np.shape(x)]:
        fail(misconception="model_turned_round")
    if loss.calls and _is_turned_round(loss.calls[0], y):
        fail(misconception="loss_turned_round")
    if loss.calls and (len(loss.calls[0]) != 2 or not same(loss.calls[0][1], y)):
        fail(misconception="loss_of_theta")
    if failed.misconception is None:
        if not any(each.calls for each in seen):
            fail(misconception="welded_to_the_parabola", details=details)
        for each, name in ((gradient, "own_gradient"), (model, "own_model"), (loss, "own_loss")):
            if not each.calls:
                fail(misconception=name, details=details)
    raise failed


def _is_turned_round(args: tuple[Any, ...], y: Any) -> bool:
    return len(args) == 2 and same(args[0], y) and not same(args[1], y)
