"""Checks of losses for classes that return two things: the mean loss of logits, and its gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.misconceptions import Case, add, misconception, number_array, same, wrong_sign
from course_utils.checks.outcome import fail, passed
from course_utils.checks.values import reject

__all__ = ["class_gradient", "class_loss", "class_loss_far_out"]

Array = npt.NDArray[Any]
Loss = Callable[..., Any]
STEP = 1e-6

# A case's args are the logits z and the targets: 0 or 1 for z of shape (n,), classes for z of shape (n, C).

add("not_a_pair", "your function should return two things, loss and gradient.", "`return loss, gradient`")
add("gradient_before_loss", "you return the gradient first.", "the loss first, then its gradient.")


def _answer(function: Loss, z: Array, targets: Array) -> tuple[Any, Any]:
    """Call, and take the pair apart."""
    pair = call(function, z, targets)
    if pair is None:
        fail(misconception="no_return")
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        fail(misconception="not_a_pair")
    first, second = map(number_array, pair)
    if first is not None and second is not None and first.shape == z.shape and second.shape == ():
        fail(misconception="gradient_before_loss")
    return pair[0], pair[1]


def _grown(z: Array) -> Array:
    grown: Array = np.exp(np.asarray(z, float))
    return grown


def _hits(case: Case) -> Array:
    """1 where the target is."""
    z, targets = case.args
    return np.asarray(targets, float) if z.ndim == 1 else np.eye(z.shape[1])[targets]


@misconception(
    "overflows",
    "your answer is inf or nan for large logits.",
    "which number in your formula is too large to hold, or rounds to 0 before its logarithm is taken?",
)
def overflows(case: Case) -> bool:
    """Recognise inf and nan."""
    actual = number_array(case.actual)
    return actual is not None and not np.all(np.isfinite(actual)) and bool(np.all(np.isfinite(case.expected)))


@misconception(
    "loss_cut_off",
    "for very wrong logits your loss stops growing.",
    "cutting probabilities off hides the problem: compute the logarithm without computing the probability.",
)
def loss_cut_off(case: Case) -> bool:
    """Recognise a loss that is finite and far too small."""
    far = np.max(np.abs(case.args[0])) > 50
    return bool(far and np.shape(case.actual) == () and 0 < case.actual < 0.9 * case.expected)


@misconception(
    "loss_added_up",
    "your loss is the sum over the samples.",
    "the mean is asked for: it does not grow with the number of samples.",
)
def loss_added_up(case: Case) -> bool:
    """Recognise n times the loss."""
    return np.shape(case.actual) == () and same(case.actual, len(case.args[0]) * case.expected, rtol=1e-5)


@misconception(
    "loss_of_each",
    "you return a loss for each sample.",
    "the mean over the samples is asked for.",
)
def loss_of_each(case: Case) -> bool:
    """Recognise a whole array whose mean is right."""
    return np.shape(case.actual) != () and same(np.mean(case.actual), case.expected, rtol=1e-5)


@misconception(
    "other_outcome",
    "your loss takes the logarithm of the probability of what did not happen.",
    "y = 1 belongs to p, y = 0 to 1 − p.",
)
def other_outcome(case: Case) -> bool:
    """Recognise exchanged targets in a logistic loss."""
    z, y = case.args
    return z.ndim == 1 and same(case.actual, case.expected + np.mean((2 * y - 1) * z), rtol=1e-5)


@misconception(
    "only_ones_counted",
    "only the samples of class 1 enter your loss.",
    "a sample with y = 0 has a loss too: the second half of the formula.",
)
def only_ones_counted(case: Case) -> bool:
    """Recognise a missing second term."""
    z, y = case.args
    return z.ndim == 1 and same(case.actual, np.mean(y * np.logaddexp(0, -z)), rtol=1e-5)


@misconception(
    "softmax_down",
    "you take the softmax down the columns.",
    "the classes of a sample stand in a row: which axis is that?",
)
def softmax_down(case: Case) -> bool:
    """Recognise axis 0 in place of axis 1."""
    z, labels = case.args
    if z.ndim == 1 or np.shape(case.actual) != ():
        return False
    share = _grown(z) / np.sum(_grown(z), axis=0)
    return same(np.exp(-case.actual * len(z)), np.prod(np.take_along_axis(share, labels[:, None], axis=1)), rtol=1e-5)


@misconception(
    "rows_picked",
    "you pick whole rows with the labels, and not an entry of each row.",
    "see “How do I take one entry from each row?”",
)
def rows_picked(case: Case) -> bool:
    """Recognise the mean over all entries of the rows that the labels number."""
    z, labels = case.args
    if z.ndim == 1 or np.shape(case.actual) != ():
        return False
    share = (_grown(z).T / np.sum(_grown(z), axis=1)).T
    chosen = np.log(share)[labels]
    return same(-case.actual, chosen.mean(), rtol=1e-5) or same(-case.actual, chosen.sum() / len(z), rtol=1e-5)


@misconception(
    "logit_for_probability",
    "your loss is the negative logit: the softmax has no part in it.",
    "−log p: p is made of all logits of the sample.",
)
def logit_for_probability(case: Case) -> bool:
    """Recognise the mean of the chosen logits."""
    z, labels = case.args
    return z.ndim == 2 and same(-case.actual, np.take_along_axis(z, labels[:, None], axis=1).mean(), rtol=1e-5)


_LOSS = (
    overflows,
    loss_added_up,
    loss_of_each,
    wrong_sign,
    other_outcome,
    only_ones_counted,
    softmax_down,
    rows_picked,
    logit_for_probability,
    loss_cut_off,
)


def class_loss(function: Loss, examples: Sequence[tuple[tuple[Array, Array], float]]) -> None:
    """Check the loss, the first of the two results.

    Parameters
    ----------
    function : callable
        The student's ``f(z, targets) -> (loss, gradient)``.
    examples : sequence of ((z, targets), expected)
        Logits, targets, and the mean loss.

    Raises
    ------
    CheckFailed, NotAttempted
        A loss is wrong; there is nothing to check.
    """
    seen = [Case(given, _answer(function, *given)[0], expected) for given, expected in examples]
    wrong = [case for case in seen if not same(case.actual, case.expected, rtol=1e-5)]
    if wrong:
        reject(wrong, suspects=_LOSS, whats=["the loss"] * len(wrong))
    passed("the loss is right")


# A case of the gradient: expected is the measured slope of the student's own loss.


@misconception(
    "gradient_added_up",
    "your gradient is n times too large, n being the number of samples.",
    "your loss is a mean: how much does it grow, when the loss of one sample grows by 1?",
)
def gradient_added_up(case: Case) -> bool:
    """Recognise a missing 1/n."""
    return same(case.actual, len(case.args[0]) * case.expected, rtol=1e-4)


@misconception(
    "targets_not_subtracted",
    "your gradient is the prediction, without the target.",
    "prediction minus target: where does the class that happened come in?",
)
def targets_not_subtracted(case: Case) -> bool:
    """Recognise an excess of 1/n, or of 1, where the target is."""
    hits, n = _hits(case), len(case.args[0])
    wanted = case.expected + hits / n
    return any(same(case.actual, scale * wanted, rtol=1e-4, atol=1e-7) for scale in (1, n))


@misconception(
    "target_minus_prediction",
    "your gradient has the right size and the wrong sign.",
    "prediction minus target, not the other way round.",
)
def target_minus_prediction(case: Case) -> bool:
    """Recognise -1 times the gradient, or -n times."""
    return any(same(case.actual, -scale * case.expected, rtol=1e-4) for scale in (1, len(case.args[0])))


@misconception(
    "sigmoid_slope_kept",
    "your gradient has a factor p(1 − p) too many.",
    "the loss contains a logarithm of p, and its slope 1/p cancels something.",
)
def sigmoid_slope_kept(case: Case) -> bool:
    """Recognise the gradient of a squared error behind a sigmoid, up to a constant."""
    z, _ = case.args
    if z.ndim != 1:
        return False
    ratio = case.actual / case.expected * (_grown(z) + 2 + _grown(-z))
    return bool(np.allclose(ratio, ratio[0], rtol=1e-3))


@misconception(
    "averaged_over_entries",
    "your gradient is divided by all entries of z.",
    "the mean goes over the samples, not over samples and classes.",
)
def averaged_over_entries(case: Case) -> bool:
    """Recognise 1/(nC) in place of 1/n."""
    z = case.args[0]
    return z.ndim == 2 and same(case.actual * z.shape[1], case.expected, rtol=1e-4)


_GRADIENT = (
    overflows,
    target_minus_prediction,
    gradient_added_up,
    targets_not_subtracted,
    averaged_over_entries,
    sigmoid_slope_kept,
)


def class_gradient(function: Loss, places: Sequence[tuple[Array, Array]]) -> None:
    """Check the gradient against the measured slopes of the student's own loss.

    Parameters
    ----------
    function : callable
        The student's ``f(z, targets) -> (loss, gradient)``.
    places : sequence of (z, targets)
        Where.

    Raises
    ------
    CheckFailed, NotAttempted
        A slope is wrong; there is nothing to check.
    """
    wrong = []
    for z, targets in places:
        gradient, measured = _answer(function, z, targets)[1], _slopes(function, z, targets)
        if not same(gradient, measured, rtol=1e-4, atol=1e-6):
            wrong.append(Case((z, targets), gradient, measured))
    if wrong:
        reject(wrong, suspects=_GRADIENT, whats=["the gradient"] * len(wrong))
    passed("the gradient is what your loss, measured, says")


def _slopes(function: Loss, z: Array, targets: Array) -> Array:
    slopes = np.empty(z.shape)
    for entry in np.ndindex(z.shape):
        ends = []
        for side in (STEP, -STEP):
            moved = z.copy()
            moved[entry] += side
            value = number_array(_answer(function, moved, targets)[0])
            if value is None or value.size != 1:
                fail("your loss should be one number.")
            ends.append(float(value.ravel()[0]))
        slopes[entry] = (ends[0] - ends[1]) / (2 * STEP)
    return slopes


def class_loss_far_out(function: Loss, z: Array, targets: Array, *, loss: float, gradient: Array) -> None:
    """Check loss and gradient where logits are large.

    Parameters
    ----------
    function : callable
        The student's ``f(z, targets) -> (loss, gradient)``.
    z, targets : ndarray
        Where.
    loss, gradient
        What is right there.

    Raises
    ------
    CheckFailed, NotAttempted
        One of them is wrong; there is nothing to check.
    """
    first, second = _answer(function, z, targets)
    if not same(first, loss, rtol=1e-5):
        reject([Case((z, targets), first, loss)], suspects=_LOSS, whats=["the loss"])
    if not same(second, gradient, rtol=1e-4, atol=1e-7):
        reject([Case((z, targets), second, np.asarray(gradient, float))], suspects=_GRADIENT, whats=["the gradient"])
    passed("loss and gradient are right, however large the logits")
