"""Checks of one epoch of training: where the parameters end, and which loss is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.context import inside
from course_utils.checks.misconceptions import Case, Misconception, add, number_array, same
from course_utils.checks.outcome import fail, passed
from course_utils.checks.pytorch.tensors import tensor
from course_utils.checks.values import reject

__all__ = ["cross_entropy_loss", "descent_of", "epoch_loss", "epoch_steps", "linear_model", "numbers_of"]

Array = npt.NDArray[Any]
RTOL = 1e-4
PIXELS = 4  # of the made-up pictures

add(
    "loss_arguments_exchanged",
    "you hand targets and predictions to the loss in the wrong order.",
    "loss_fn(logits, targets): the model's output comes first.",
)
add(
    "sigmoid_before_the_loss",
    "you take the sigmoid of the logits before the loss gets them.",
    "hand over what the model gives: whatever has to be done with it, the loss does.",
)
add(
    "one_minibatch_only",
    "you train on the first minibatch only.",
    "where does `return` stand: in the loop, or behind it?",
)
add(
    "one_step_an_epoch",
    "you make one step for the whole epoch.",
    "a step after each minibatch: what stands in the loop, and what behind it?",
)
add(
    "own_learning_rate",
    "your steps have another length than the optimizer's.",
    "you get an optimizer: use it, and make none of your own.",
)
add("steps_uphill", "your parameters move the wrong way.", "the optimizer steps against the gradient by itself.")


@dataclass(frozen=True, slots=True)
class _Walk:
    """What an epoch with some habit does: where the parameters end, and the loss of each minibatch."""

    end: Array
    losses: Array


@dataclass(frozen=True, slots=True)
class _Epoch:
    """A linear model, made-up pictures cut into minibatches, and a learning rate."""

    start: Array  # weights, and the bias as the last number
    x: list[Array]
    y: list[Array]
    rate: float

    @property
    def sizes(self) -> Array:
        """How many pictures each minibatch holds."""
        return np.array([len(x) for x in self.x])

    def loss(self, theta: Array, x: Array, y: Array) -> float:
        """Return the mean cross-entropy of the logits."""
        return float(np.mean(np.logaddexp(0, np.where(y == 1, -1.0, 1.0) * _logits(theta, x))))

    def walk(self, habit: str = "") -> _Walk:
        """Walk through the epoch, as it should be or with a bad habit."""
        theta, held, losses = self.start.copy(), np.zeros(PIXELS + 1), []
        rate = {"parameters_never_move": 0.0, "steps_uphill": -self.rate}.get(habit, self.rate)
        for x, y in zip(self.x, self.y, strict=True):
            loss, pull = self._pull(theta, x, y, habit)
            losses.append(loss)
            piles = habit in ("gradients_pile_up", "one_step_an_epoch")
            held = pull + held if piles else pull
            theta = theta if habit == "one_step_an_epoch" else theta - rate * held
            if habit == "one_minibatch_only":
                break
        return _Walk(theta - rate * held if habit == "one_step_an_epoch" else theta, np.array(losses))

    def _pull(self, theta: Array, x: Array, y: Array, habit: str) -> tuple[float, Array]:
        """Return the loss of a minibatch and its gradient."""
        z = _logits(theta, x)
        ones = np.column_stack([x, np.ones(len(x))])
        if habit == "loss_arguments_exchanged":
            return float(np.mean(np.logaddexp(0, y) - z * y)), -ones.T.dot(y) / len(x)
        if habit == "sigmoid_before_the_loss":
            p = _squashed(z)
            gap = (_squashed(p) - y) * p * (1 - p)
            return float(np.mean(np.logaddexp(0, p) - y * p)), ones.T.dot(gap) / len(x)
        return self.loss(theta, x, y), ones.T.dot(_squashed(z) - y) / len(x)


def _logits(theta: Array, x: Array) -> Array:
    return np.asarray(np.dot(x, theta[:-1]) + theta[-1])


def _squashed(number: Array) -> Array:
    return np.asarray(np.exp(-np.logaddexp(0.0, -number)))


_HABITS = (
    "gradients_pile_up",
    "parameters_never_move",
    "one_minibatch_only",
    "one_step_an_epoch",
    "loss_arguments_exchanged",
    "sigmoid_before_the_loss",
    "steps_uphill",
)


def _draw(rng: np.random.Generator, sizes: Sequence[int], rate: float) -> _Epoch:
    x = [rng.normal(size=(size, PIXELS)) for size in sizes]
    y = [np.resize([1.0, 0.0, 1.0, 1.0, 0.0], size) for size in sizes]
    return _Epoch(rng.normal(size=PIXELS + 1), x, y, rate)


def _trained(function: Callable[..., Any], epoch: _Epoch) -> tuple[Array, Any]:
    """Let a student's function train; return where the parameters end, and what it returned."""
    model = inside(linear_model)(tensor(epoch.start[None, :-1]), tensor(epoch.start[-1:]))
    optimizer = inside(descent_of)(model, epoch.rate)
    loader = [(tensor(x), tensor(y[:, None])) for x, y in zip(epoch.x, epoch.y, strict=True)]
    told = call(function, model, loader, inside(cross_entropy_loss)(), optimizer)
    end = number_array(inside(numbers_of)(model))
    if end is None or end.shape != epoch.start.shape:
        fail("your function changes what the model is made of.")
    return end, told


def _habit(epoch: _Epoch, end: Array) -> str | None:
    """Return the habit that leads there: "" for the right one, None if it is not known."""
    return next((habit for habit in ("", *_HABITS) if same(end, epoch.walk(habit).end, RTOL, RTOL)), None)


def epoch_steps(function: Callable[..., Any], *, rng: np.random.Generator, sizes: Sequence[int], rate: float) -> None:
    """Check where one epoch of training leads.

    Parameters
    ----------
    function : callable
        The student's ``train_epoch(model, loader, loss_fn, optimizer)``.
    rng : Generator
        Draws the pictures and the start.
    sizes : sequence of int
        How many pictures each minibatch holds.
    rate : float
        The learning rate.

    Raises
    ------
    CheckFailed, NotAttempted
        The parameters end elsewhere; there is nothing to check.
    """
    epoch = _draw(rng, sizes, rate)
    end, _ = _trained(function, epoch)
    habit = _habit(epoch, end)
    if habit:
        fail(misconception=habit)
    if habit is None:
        own = [_Epoch(epoch.start, epoch.x, epoch.y, other) for other in (0.1, 0.01, 0.001, 1.0)]
        fail(
            None if any(_habit(other, end) == "" for other in own) else "your parameters do not end where they should.",
            misconception="own_learning_rate" if any(_habit(other, end) == "" for other in own) else None,
            hint="clear, forward, backward, step: once for each minibatch, in this order.",
        )
    passed(f"after {len(sizes)} minibatches every parameter is where {len(sizes)} steps lead")


# A case of a loss: facts hold `losses` and `sizes` of the minibatches, and `later`, the loss at the end.


def _told(name: str, sentence: str, hint: str, wrong: Callable[[Array, Array], float]) -> Misconception:
    """Register a wrong way to tell the loss of an epoch."""
    return add(
        name, sentence, hint, lambda case: same(case.actual, wrong(case.facts["losses"], case.facts["sizes"]), RTOL)
    )


_LOSSES = (
    _told(
        "short_minibatch_counts_more",
        "the pictures of the last, short minibatch count for more than others.",
        "see “The mean is slightly off”.",
        lambda losses, _: float(np.mean(losses)),
    ),
    _told(
        "last_loss_told",
        "you return the loss of the last minibatch.",
        "the mean over the whole epoch is asked for.",
        lambda losses, _: float(losses[-1]),
    ),
    _told(
        "losses_not_divided",
        "you return a sum.",
        "over how many pictures does the sum go?",
        lambda losses, sizes: float(np.dot(losses, sizes)),
    ),
    _told(
        "means_added_up",
        "you add up the means of the minibatches.",
        "the mean over all pictures is asked for: what has to be added, and divided by what?",
        lambda losses, _: float(np.sum(losses)),
    ),
    _told(
        "divided_by_minibatches",
        "you add up over the pictures, and divide by the number of minibatches.",
        "over how many pictures does your sum go?",
        lambda losses, sizes: float(np.dot(losses, sizes) / len(losses)),
    ),
    _told(
        "divided_by_pictures_too_often",
        "your mean is too small: the loss of a minibatch is a mean already.",
        "what does a mean become if it is multiplied by the number of its pictures?",
        lambda losses, sizes: float(np.sum(losses) / np.sum(sizes)),
    ),
    add(
        "loss_after_the_epoch",
        "you compute the loss once more after the epoch.",
        "the losses that you met on the way are asked for, each from before its step.",
        lambda case: same(case.actual, case.facts["later"], RTOL),
    ),
)


def epoch_loss(function: Callable[..., Any], *, rng: np.random.Generator, sizes: Sequence[int], rate: float) -> None:
    """Check the mean loss that one epoch of training tells; a wrong way to train does not count here again.

    Parameters
    ----------
    function, rng, sizes, rate
        As for `epoch_steps`; the last minibatch is shorter than the others.

    Raises
    ------
    CheckFailed, NotAttempted
        Another number is told; there is nothing to check.
    """
    epoch = _draw(rng, sizes, rate)
    end, told = _trained(function, epoch)
    walk = epoch.walk(_habit(epoch, end) or "")
    counted = epoch.sizes[: len(walk.losses)]
    right = float(np.average(walk.losses, weights=counted))
    if not same(told, right, RTOL):
        later = epoch.loss(walk.end, np.vstack(epoch.x), np.concatenate(epoch.y))
        facts = {"losses": walk.losses, "sizes": counted, "later": later}
        numbers = number_array(told)
        answer = told if numbers is None else numbers.astype(float)
        reject([Case((), answer, right, facts)], suspects=_LOSSES, whats=["the mean loss of the epoch"])
    passed("the mean loss over all pictures of the epoch, the short minibatch included")


def linear_model(weight: Any, bias: Any) -> Any:
    """Make a linear layer with these parameters."""
    import torch

    layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
    return layer


def descent_of(model: Any, rate: float) -> Any:
    """Make plain gradient descent for a model."""
    import torch

    return torch.optim.SGD(model.parameters(), lr=rate)


def cross_entropy_loss() -> Any:
    """Make torch's loss of logits."""
    import torch

    return torch.nn.BCEWithLogitsLoss()


def numbers_of(model: Any) -> Any:
    """Return all parameters of a model as one row of numbers."""
    import torch

    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
