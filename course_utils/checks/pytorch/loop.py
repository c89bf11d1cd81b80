"""Checks of training with torch: the loop of four lines, and an optimizer of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.context import inside
from course_utils.checks.fitting import walks
from course_utils.checks.fitting.pairs import take_pair
from course_utils.checks.fitting.walks import Walk
from course_utils.checks.misconceptions import Case, Misconception, add, is_tensor, misconception, same
from course_utils.checks.outcome import fail, passed
from course_utils.checks.pytorch.tensors import Given, tensor
from course_utils.checks.values import reject

__all__ = ["driven", "steps_in_place", "trains_by_autograd"]

Array = npt.NDArray[Any]
RTOL = 1e-4

# A case of a walk's end: actual is where the parameters are, expected where they should be; the facts hold `walk`.


def _near(actual: Any, expected: Any) -> bool:
    wanted = np.asarray(expected, float)
    return same(actual, wanted, RTOL, RTOL * float(np.max(np.abs(wanted))))


def _driven_by(walk: Walk, optimizer: str, **options: float) -> Array:
    """Return where one of torch's optimizers ends that gets the gradients of a walk."""
    import torch

    point = torch.tensor(walk.start)
    moved = getattr(torch.optim, optimizer)([point], lr=walk.rate, **options)
    for _ in range(walk.steps):
        point.grad = torch.tensor(walk.gradient(point.numpy()))
        moved.step()
    ended: Array = point.numpy()
    return ended


@misconception(
    "gradients_pile_up",
    "your gradients pile up: the first step is right, and each later one also takes all gradients before it.",
    "`backward()` adds to `.grad`: who clears it, and when?",
)
def gradients_pile_up(case: Case) -> bool:
    """Recognise a forgotten zero_grad: momentum that never fades."""
    return _near(case.actual, _driven_by(case.facts["walk"], "SGD", momentum=1.0))


@misconception(
    "parameters_never_move",
    "your parameters are still where they started.",
    "clear, predict, go back, step: is each there, in an order that makes sense, and does the optimizer hold the very "
    "tensor that the loss is computed from?",
)
def parameters_never_move(case: Case) -> bool:
    """Recognise the start."""
    return _near(case.actual, case.facts["walk"].start)


@misconception(
    "another_optimizer",
    "your steps are not those of plain gradient descent.",
    "Adam and its relatives scale every step; momentum remembers the last one. `torch.optim.SGD` with nothing but a "
    "learning rate does neither.",
)
def another_optimizer(case: Case) -> bool:
    """Recognise Adam, or the usual momentum."""
    walk = case.facts["walk"]
    return any(_near(case.actual, end) for end in (_driven_by(walk, "Adam"), _driven_by(walk, "SGD", momentum=0.9)))


def _times(factor: float) -> Callable[[Case], bool]:
    def recognise(case: Case) -> bool:
        walk: Walk = case.facts["walk"]
        return _near(case.actual, walk.points(rate=(factor or case.facts["points"]) * walk.rate)[-1])

    return recognise


_ENDS: tuple[Misconception, ...] = (
    gradients_pile_up,
    parameters_never_move,
    walks.fit_goes_uphill,
    add(
        "sum_for_mean_loss",
        "your steps are n times too long, n being the number of points.",
        "the loss is the mean of the squares; the sum is n times as large, and so is its gradient.",
        _times(0),
    ),
    add(
        "halved_loss",
        "your steps are half as long as they should be.",
        "the loss is the mean of the squares, without a ½ in front.",
        _times(0.5),
    ),
    walks.single_step,
    walks.one_step_short,
    walks.one_step_more,
    another_optimizer,
    walks.fixed_learning_rate,
    walks.own_start,
)


@misconception(
    "tensors_not_moved",
    "the tensors are still where they started.",
    "`p = p - …` gives the name p to a new tensor, and the caller keeps the old one: which ways of writing change the "
    "tensor itself? And is its gradient still there when you use it?",
)
def tensors_not_moved(case: Case) -> bool:
    """Recognise the start, of tensors that should be moved in place."""
    return _near(case.actual, case.facts["walk"].start)


# A case of losses: expected are those before each step; the facts hold `more`, all losses and one further.


@misconception(
    "loss_after_the_last_step",
    "you keep one loss too many.",
    "n_steps losses, each computed before its step: the one after the last step is not asked for here.",
)
def loss_after_the_last_step(case: Case) -> bool:
    """Recognise n_steps + 1 losses."""
    return same(case.actual, case.facts["more"], RTOL, case.facts["blur"])


@misconception(
    "losses_after_steps",
    "your losses are those after each step.",
    "losses[0] is the loss of theta0: it comes out of the forward pass, before anything moves.",
)
def losses_after_steps(case: Case) -> bool:
    """Recognise losses that are shifted by one."""
    return same(case.actual, case.facts["more"][1:], RTOL, case.facts["blur"])


add(
    "losses_keep_the_graph",
    "your losses are tensors, and each of them keeps its whole graph alive.",
    "store the number alone: `.item()`.",
)


def trains_by_autograd(
    fit: Callable[..., Any], model: Given, x: Any, y: Any, *, theta0: Any, learning_rate: float, n_steps: int
) -> None:
    """Check gradient descent on the mean squared error of a model, with gradients by torch.

    Parameters
    ----------
    fit : callable
        The student's ``fit(model, x, y, theta0, learning_rate, n_steps)``.
    model : Given
        Makes predictions of shape (n,) from ``(theta, x)``.
    x, y, theta0 : array
        Points and initial guess.
    learning_rate : float
        None that people write by habit.
    n_steps : int
        How many steps.

    Raises
    ------
    CheckFailed, NotAttempted
        The training ends elsewhere; there is nothing to check.
    """
    walk = _walk(model.ours, (np.asarray(x, float), np.asarray(y, float)), theta0, learning_rate, n_steps)
    result = call(fit, model.theirs, tensor(x), tensor(y), tensor(theta0), learning_rate, n_steps)
    theta, losses = take_pair(result, len(walk.start), n_steps)
    facts: dict[str, Any] = {"walk": walk, "points": np.size(y)}
    with np.errstate(all="ignore"):
        if not _near(theta, walk.points()[-1]):
            reject([Case((), theta, walk.points()[-1], facts)], suspects=_ENDS, whats=["theta"])
        _compare_losses(losses, walk.costs())
    passed(f"{n_steps} steps and {n_steps} losses are right, and theta0 is unchanged")


def _walk(model: Callable[..., Any], points: tuple[Array, Array], theta0: Any, rate: float, steps: int) -> Walk:
    import torch

    inputs, targets = map(torch.tensor, points)

    def misfit(theta: Any) -> Any:
        return torch.nn.functional.mse_loss(model(theta, inputs), targets)

    slopes = torch.func.grad(misfit)
    return Walk(
        lambda at: slopes(torch.tensor(at)).numpy(),
        lambda at: float(misfit(torch.tensor(at))),
        np.asarray(theta0, float),
        rate,
        steps,
    )


def _compare_losses(losses: Any, costs: Array) -> None:
    facts: dict[str, Any] = {"more": costs, "blur": RTOL * float(np.max(np.abs(costs)))}
    if not same(losses, costs[:-1], RTOL, facts["blur"]):
        suspects = (loss_after_the_last_step, losses_after_steps, walks.loss_of_the_first_point)
        reject([Case((), losses, costs[:-1], facts)], suspects=suspects, whats=["the list of losses"])
    if isinstance(losses, list | tuple) and any(map(is_tensor, losses)):
        fail(misconception="losses_keep_the_graph")


add(
    "iterator_used_up",
    "your gradients pile up when the parameters come from a generator, as `model.parameters()` gives them.",
    "a generator can be walked through once: do all that a parameter needs in one round.",
)
_CURVES = np.array([[0.5, 1.0, 1.5], [2.0, 0.25, 0.75]])  # of the bowl that a student's optimizer walks down


def steps_in_place(
    sgd_step: Callable[..., Any], *, start: Any, learning_rate: float, n_steps: int, generator: bool = False
) -> None:
    """Check an optimizer's step: it moves tensors in place, and clears their gradients.

    Parameters
    ----------
    sgd_step : callable
        The student's ``sgd_step(parameters, learning_rate)``.
    start : array of shape (9,)
        Where a matrix of shape (2, 3) and an array of shape (3,) start.
    learning_rate : float
        None that people write by habit.
    n_steps : int
        How many steps, at least 2.
    generator : bool
        Whether the parameters come as a generator, as those of a module do.

    Raises
    ------
    CheckFailed, NotAttempted
        The parameters end elsewhere; there is nothing to check.
    """
    begin = np.asarray(start, float)
    walk = Walk(_bowl_slopes, lambda _: 0.0, begin, learning_rate, n_steps)
    ended = call(
        inside(driven), sgd_step, tensor(begin), tensor(_CURVES), (learning_rate, n_steps), generator=generator
    )
    facts = {"walk": walk, "points": 3}
    if not _near(ended, walk.points()[-1]):
        if generator and gradients_pile_up.recognise is not None:
            piled = gradients_pile_up.recognise(Case((), ended, None, facts))
            listed = call(
                inside(driven), sgd_step, tensor(begin), tensor(_CURVES), (learning_rate, n_steps), generator=False
            )
            if piled and _near(listed, walk.points()[-1]):
                fail(misconception="iterator_used_up")
        reject(
            [Case((), ended, walk.points()[-1], facts)], suspects=(tensors_not_moved, *_ENDS), whats=["the parameters"]
        )
    kind = "a generator" if generator else "a list"
    passed(f"{n_steps} steps are right for {kind} of parameters, and the gradients are cleared in between")


def _bowl_slopes(point: Array) -> Array:
    """Return the gradient of the bowl of `driven`."""
    matrix, row = point[:6].reshape(2, 3), point[6:]
    slopes = _CURVES * matrix
    slopes[0] += matrix[0] - row
    return np.concatenate([slopes.ravel(), row - matrix[0]])


def driven(sgd_step: Callable[..., Any], start: Any, curves: Any, plan: tuple[float, int], *, generator: bool) -> Any:
    """Let a student's step move tensors down a bowl, and return where they end; one tensor never gets a gradient."""
    import torch

    matrix, row = start[:6].reshape(2, 3).clone().requires_grad_(), start[6:].clone().requires_grad_()
    idle = torch.ones(2, requires_grad=True)
    learning_rate, n_steps = plan
    for _ in range(n_steps):
        (0.5 * (curves * matrix**2).sum() + 0.5 * ((row - matrix[0]) ** 2).sum()).backward()
        parameters = [matrix, idle, row]
        sgd_step((each for each in parameters) if generator else parameters, learning_rate)
    return torch.cat([matrix.detach().reshape(-1), row.detach()])
