"""Checks of losses in torch that take logits: of two classes, and of many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.backprop import losses
from course_utils.checks.calls import call
from course_utils.checks.context import inside
from course_utils.checks.misconceptions import Case, add, is_tensor, misconception, number_array, same
from course_utils.checks.outcome import fail, passed
from course_utils.checks.pytorch.tensors import tensor
from course_utils.checks.values import reject

__all__ = ["class_logit_loss", "logit_loss", "logit_slopes", "slopes_at"]

Array = npt.NDArray[Any]
Loss = Callable[..., Any]
RTOL = 1e-4
STEP = 1e-4
MODERATE = ([1.2, -0.9, 2.1, -1.7, 0.3], [1, 0, 0, 1, 1])

# A case's args are logits and targets as arrays; the facts hold `at_rest`, the loss of moderate logits.


@misconception(
    "logits_as_probabilities",
    "you take the logarithm of the logits themselves.",
    "a logit may be negative; it becomes a probability by the sigmoid, and that belongs into your formula.",
)
def logits_as_probabilities(case: Case) -> bool:
    """Recognise nan where no number is large."""
    return not np.isfinite(case.facts["at_rest"])


@misconception(
    "minus_sign_lost",
    "your loss is negative: it has the right size and the wrong sign.",
    "logarithms of probabilities are negative: which sign makes a loss of them?",
)
def minus_sign_lost(case: Case) -> bool:
    """Recognise -1 times the loss, and n times that."""
    return any(same(-case.actual, n * case.expected, RTOL) for n in (1, len(case.args[0])))


@misconception(
    "sigmoid_of_a_sigmoid",
    "you take the sigmoid twice.",
    "a loss of logits takes the sigmoid by itself, in its formula.",
)
def sigmoid_of_a_sigmoid(case: Case) -> bool:
    """Recognise the loss with probabilities in place of logits."""
    z, y = case.args
    return same(case.actual, _mean_loss(np.exp(-np.logaddexp(0, -z)), y), RTOL)


@misconception(
    "square_for_cross_entropy",
    "your loss is a squared error.",
    "the loss asked for is a logarithm of the probability of what did happen.",
)
def square_for_cross_entropy(case: Case) -> bool:
    """Recognise the mean of the squares, of probabilities or of logits."""
    z, y = case.args
    return any(same(case.actual, np.mean(np.square(y - told)), RTOL) for told in (z, np.exp(-np.logaddexp(0, -z))))


_LOSS = (
    logits_as_probabilities,
    minus_sign_lost,
    sigmoid_of_a_sigmoid,
    square_for_cross_entropy,
    losses.overflows,
    losses.loss_cut_off,
    losses.loss_added_up,
    losses.loss_of_each,
    losses.other_outcome,
    losses.only_ones_counted,
)


def _mean_loss(z: Array, y: Array) -> float:
    return float(np.mean(np.logaddexp(0, np.where(y == 1, -z, z))))


def _column(values: Any) -> Any:
    return tensor(np.reshape(np.asarray(values, float), (-1, 1)))


def _number(value: Any) -> float:
    numbers = number_array(value)
    return float(np.mean(numbers)) if numbers is not None and numbers.size else 0.0


def logit_loss(function: Loss, examples: Sequence[tuple[Sequence[float], Sequence[int]]]) -> None:
    """Check the value of a binary cross-entropy of logits.

    Parameters
    ----------
    function : callable
        The student's ``bce_with_logits(logits, targets)``.
    examples : sequence of (logits, targets)
        Numbers; the function gets columns of them.

    Raises
    ------
    CheckFailed, NotAttempted
        A loss is wrong; there is nothing to check.
    """
    wrong = []
    for logits, targets in examples:
        z, y = np.asarray(logits, float), np.asarray(targets)
        actual, right = call(function, _column(z), _column(y)), _mean_loss(z, y)
        if not same(actual, right, RTOL, 1e-6):
            at_rest = _number(call(function, *map(_column, MODERATE)))
            wrong.append(Case((z, y), _float(actual), right, {"at_rest": at_rest}))
    if wrong:
        told = [
            f"the loss of the logits {case.args[0].tolist()} with targets {case.args[1].tolist()}" for case in wrong
        ]
        reject(wrong, suspects=_LOSS, whats=told)
    passed("the mean loss is right" + (", however large the logits" if np.max(np.abs(examples[0][0])) > 50 else ""))


def _float(value: Any) -> Any:
    numbers = number_array(value)
    return value if numbers is None else numbers.astype(float)


add(
    "loss_without_graph",
    "your loss has values, but no gradient flows back through it.",
    "`.item()`, `.detach()`, `.numpy()`, `torch.tensor(…)` and `no_grad` cut the graph: stay with tensor operations.",
)
add(
    "gradient_overflows",
    "your loss is a number, but its gradient is nan.",
    "which branch of your formula was computed and not used, and how steep is it there? See “The value is right, the "
    "gradient is nan”.",
)
add(
    "gradient_of_another_loss",
    "the gradient of your loss is not the slope of its values.",
    "is every part of the formula made of the logits that you were given?",
)


def logit_slopes(function: Loss, examples: Sequence[tuple[Sequence[float], Sequence[int]]]) -> None:
    """Check the gradients that flow through a loss of logits: they are the slopes of its values, and the right ones.

    Parameters
    ----------
    function : callable
        The student's ``bce_with_logits(logits, targets)``.
    examples : sequence of (logits, targets)
        Where.

    Raises
    ------
    CheckFailed, NotAttempted
        A gradient is wrong; there is nothing to check.
    """
    for logits, targets in examples:
        z, y = _column(logits).double(), _column(targets).double()
        found = call(inside(slopes_at), function, z, y)
        if not isinstance(found, list | tuple) or len(found) != 2:
            fail(misconception="loss_without_graph")
        is_one, slopes = found
        if slopes is None:
            fail(misconception="loss_without_graph" if is_one else "leaves_torch")
        measured = _measured(function, z, y)
        if not np.all(np.isfinite(measured)):
            name = "overflows" if np.isfinite(_number(call(function, *map(_column, MODERATE)))) else None
            fail(misconception=name or "logits_as_probabilities")
        if not np.all(np.isfinite(number_array(slopes))):  # type: ignore[arg-type]
            fail(misconception="gradient_overflows")
        if not same(slopes, measured, RTOL, 1e-5):
            fail(misconception="gradient_of_another_loss")
        right = _right_slopes(z.numpy(), y.numpy())
        if not any(
            same(slopes, scale * right, RTOL, 1e-5) for scale in (1, len(z), -1)
        ):  # a sum, or a sign, costs once
            fail("gradients flow back, but they are those of another loss.", hint="make the value right first.")
    passed("gradients flow back, and they are the slopes of the loss")


def slopes_at(function: Loss, logits: Any, targets: Any) -> tuple[bool, Any]:
    """Return whether the loss is a tensor, and its gradient by the logits, or None if there is none."""
    import torch

    tracked = logits.detach().clone().requires_grad_()
    loss = function(tracked, targets)
    if not is_tensor(loss) or not loss.requires_grad:
        return is_tensor(loss), None
    return True, torch.autograd.grad(loss.sum(), tracked, allow_unused=True)[0]


def _right_slopes(z: Array, y: Array) -> Array:
    return np.asarray((np.exp(-np.logaddexp(0, -z)) - y) / len(z))


def _measured(function: Loss, z: Any, y: Any) -> Array:
    slopes = np.empty(tuple(z.shape))
    for row in range(len(z)):
        ends = []
        for side in (STEP, -STEP):
            moved = z.clone()
            moved[row] += side
            ends.append(float(np.sum(number_array(call(function, moved, y)))))  # type: ignore[arg-type]
        slopes[row] = (ends[0] - ends[1]) / (2 * STEP)
    return slopes


_CLASSES = (
    losses.overflows,
    minus_sign_lost,
    losses.loss_added_up,
    losses.loss_of_each,
    losses.softmax_down,
    losses.rows_picked,
    losses.logit_for_probability,
)


def class_logit_loss(function: Loss, examples: Sequence[tuple[Sequence[Sequence[float]], Sequence[int]]]) -> None:
    """Check the value of a cross-entropy of logits of many classes.

    Parameters
    ----------
    function : callable
        The student's ``cross_entropy(logits, labels)``.
    examples : sequence of (logits, labels)
        A row of logits for each label.

    Raises
    ------
    CheckFailed, NotAttempted
        A loss is wrong; there is nothing to check.
    """
    import torch

    for logits, labels in examples:
        z, y = np.asarray(logits, float), np.asarray(labels)
        actual = call(function, tensor(z), torch.tensor(y))
        gaps = z - np.take_along_axis(z, y[:, None], axis=1)
        right = float(np.mean([np.logaddexp.reduce(row) for row in gaps]))
        if not same(actual, right, RTOL, 1e-6):
            reject([Case((z, y), _float(actual), right)], suspects=_CLASSES, whats=["the loss"])
    passed("the mean loss is right, however large the logits")
