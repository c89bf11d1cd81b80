"""Checks of the loop that fits: for one parabola and, refactored, for any model, loss and gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, product
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call, copy_plain
from course_utils.checks.carried import forgiving, own
from course_utils.checks.fitting.matches import misfit_scale, squares
from course_utils.checks.fitting.walks import Walk, compare_walk
from course_utils.checks.misconceptions import add, same
from course_utils.checks.outcome import CheckFailed, NotAttempted, fail, passed

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


def fits(fit: Callable[..., Any], x: Any, y: Any, *, learning_rate: float, n_steps: int, theta0: Any) -> None:
    """Check a fit by gradient descent; mistakes in ``objective`` and ``grad_objective`` are not counted again.

    Parameters
    ----------
    fit : callable
        The student's ``fit(x, y, learning_rate, n_steps, theta0)``.
    x, y : ndarray of shape (n,)
        Inputs and targets.
    learning_rate : float
        None that people write by habit; made smaller where the way is too steep for it.
    n_steps : int
        Not 2: then theta is as long as the losses.
    theta0 : ndarray of shape (3,)
        Initial guess.

    Raises
    ------
    CheckFailed, NotAttempted
        The fit ends elsewhere; there is nothing to check.
    """

    def check(given: object) -> None:
        ways = [(_height_of(x, y), _pull_of(x, y))] if given else list(_own_ways(x, y, theta0))
        rate = next(
            rate for rate in _slower(learning_rate) if _is_calm(Walk(ways[0][1], ways[0][0], theta0, rate, n_steps))
        )
        result = call(fit, x, y, rate, n_steps, theta0)
        compare_walk(result, [Walk(pull, height, np.asarray(theta0, float), rate, n_steps) for height, pull in ways])

    forgiving(
        check,
        objective=lambda theta, x, y: _height_of(x, y)(theta),
        grad_objective=lambda theta, x, y: _pull_of(x, y)(theta),
    )
    passed(f"{n_steps} steps against the gradient, {n_steps + 1} losses from theta0 on, and theta0 is unchanged")


# What stands in for objective and gradient: a bowl that has nothing to do with any fit.
_BOWL = np.array([[24.0, 8.0, 4.0], [8.0, 16.0, -6.0], [4.0, -6.0, 32.0]])


def _bottom(x: Any, y: Any) -> Array:
    return np.array([np.mean(y), np.mean(np.multiply(x, y)), np.mean(x)], float)


def _height_of(x: Any, y: Any) -> Callable[[Array], float]:
    def height(at: Array) -> float:
        away = np.subtract(at, _bottom(x, y))
        return float(away.dot(_BOWL).dot(away) / 2)

    return height


def _pull_of(x: Any, y: Any) -> Callable[[Array], Array]:
    return lambda at: _BOWL.dot(np.subtract(at, _bottom(x, y)))


def _own_ways(x: Any, y: Any, theta0: Any) -> Iterator[tuple[Callable[[Array], float], Callable[[Array], Array]]]:
    """Give objectives and their gradients: the student's own, if it is one of squares; else sums and means of them."""
    height, pull = squares(x, y)
    own_scale = misfit_scale(own("objective"), np.subtract(np.polyval(theta0, x), y))
    n = np.size(x)
    scales = [(own_scale, own_scale)] if own_scale else product((1.0, 1 / n), (1.0, 1 / n, 0.5, 0.5 / n))
    for of_height, of_pull in scales:
        yield _times(of_height, height), _times(of_pull, pull)


def _times(factor: float, function: Callable[[Array], Any]) -> Callable[[Array], Any]:
    return lambda at: factor * function(at)


def _slower(rate: float) -> Iterator[float]:
    return (rate / 10**power for power in count())


def _is_calm(walk: Walk) -> bool:
    with np.errstate(all="ignore"):
        steps = np.diff(walk.points(), axis=0)
    return bool(np.all(np.isfinite(steps))) and float(np.max(np.abs(steps))) < _LONGEST


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
