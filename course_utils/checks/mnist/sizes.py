"""Checks around a data set of digits: targets from labels, and counts of parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_utils.checks.calls import call
from course_utils.checks.misconceptions import (
    Case,
    Misconception,
    add,
    diagnose,
    is_tensor,
    misconception,
    number_array,
    same,
)
from course_utils.checks.outcome import fail, passed
from course_utils.checks.values import reject

__all__ = ["odd_targets", "parameter_counts"]

# A case of targets: args are the labels.


@misconception(
    "labels_not_reduced",
    "your targets are the digits themselves.",
    "the question is whether a digit is odd: which operator gives the rest of a division by 2?",
)
def labels_not_reduced(case: Case) -> bool:
    """Recognise the labels, in whatever shape."""
    return same(np.ravel(case.actual), np.asarray(case.args[0], float))


@misconception(
    "odd_and_even_exchanged",
    "your targets are 1 for even digits and 0 for odd ones.",
    "the question is “is it odd?”: what is the answer for 7?",
)
def odd_and_even_exchanged(case: Case) -> bool:
    """Recognise the other answer."""
    return same(np.ravel(case.actual), 1 - np.ravel(case.expected))


@misconception(
    "halved_labels",
    "you divide the labels by 2, and keep the quotient.",
    "not how often 2 goes into a digit is asked, but what is left: `//` and `%` are two operators.",
)
def halved_labels(case: Case) -> bool:
    """Recognise the quotient, whole or not."""
    labels = np.asarray(case.args[0], float)
    return any(same(np.ravel(case.actual), half) for half in (labels / 2, labels // 2))


@misconception(
    "minus_one_for_even",
    "your targets are 1 and −1.",
    "a target is compared with a probability, and that is between 0 and 1.",
)
def minus_one_for_even(case: Case) -> bool:
    """Recognise ±1."""
    return same(np.ravel(case.actual), 2 * np.ravel(case.expected) - 1)


@misconception(
    "targets_in_a_row",
    "your targets have the shape (n,), and a model's outputs have the shape (n, 1).",
    "a row against a column pairs everything with everything: give each target a row of its own.",
)
def targets_in_a_row(case: Case) -> bool:
    """Recognise right values in a row."""
    return same(case.actual, np.ravel(case.expected))


@misconception(
    "one_row_of_targets",
    "your targets have the shape (1, n), and a model's outputs have the shape (n, 1).",
    "each picture is a row: at which place does the new axis belong?",
)
def one_row_of_targets(case: Case) -> bool:
    """Recognise the new axis at the wrong place."""
    return same(case.actual, np.transpose(case.expected))


add(
    "targets_not_float32",
    "your targets have the right values, but they are no float32 numbers.",
    "a loss multiplies targets with logits, and both must be of one kind: `.float()` makes float32 of whole numbers, "
    "of True and False, and of float64.",
)
_TARGETS = (
    labels_not_reduced,
    targets_in_a_row,
    one_row_of_targets,
    odd_and_even_exchanged,
    halved_labels,
    minus_one_for_even,
)


def odd_targets(function: Callable[..., Any], examples: Sequence[Sequence[int]]) -> None:
    """Check targets for the question "is it odd?".

    Parameters
    ----------
    function : callable
        The student's ``to_odd_even(labels)``.
    examples : sequence of sequence of int
        Labels, odd and even ones.

    Raises
    ------
    CheckFailed, NotAttempted
        A target, its shape or its kind is wrong; there is nothing to check.
    """
    import torch

    seen = []
    for labels in examples:
        right = np.array([[float(label in (1, 3, 5, 7, 9))] for label in labels])
        seen.append(Case((labels,), call(function, torch.tensor(labels)), right))
    wrong = [_plain(case) for case in seen if not same(case.actual, case.expected)]
    if wrong:
        reject(wrong, suspects=_TARGETS, whats=[f"the targets of the digits {list(case.args[0])}" for case in wrong])
    if not all(is_tensor(case.actual) for case in seen):
        fail(misconception="leaves_torch")
    if any(case.actual.dtype != torch.float32 for case in seen):
        fail(misconception="targets_not_float32", details=[f"yours are {seen[0].actual.dtype}"])
    passed(f"targets of shape (n, 1), float32, right for {sum(map(len, examples))} digits")


def _plain(case: Case) -> Case:
    numbers = number_array(case.actual)
    return Case(case.args, case.actual if numbers is None else numbers.astype(float), case.expected, case.facts)


# A case of counts: args are pixels, hidden.


def _counts(name: str, sentence: str, hint: str, wrong: Callable[[int, int], Sequence[Sequence[int]]]) -> Misconception:
    """Register a wrong way to count, recognised by the counts of both models that it leads to."""
    return add(name, sentence, hint, lambda case: list(np.ravel(case.actual)) in [list(w) for w in wrong(*case.args)])


_COUNTS = (
    _counts(
        "biases_not_counted",
        "you count the weights, but not the biases.",
        "each output number of a layer has a bias of its own.",
        lambda p, h: [[p, p * h + h]],
    ),
    _counts(
        "one_bias_a_layer",
        "you count one bias for each layer.",
        "Wx + b: which shape must b have, if Wx holds 32 numbers?",
        lambda p, h: [[p + 1, p * h + 1 + h + 1]],
    ),
    _counts(
        "last_bias_not_counted",
        "you forget the bias of the last layer.",
        "the layer with one output has a bias too.",
        lambda p, h: [[p + 1, p * h + h + h], [p, p * h + h + h]],
    ),
    _counts(
        "last_layer_not_counted",
        "you count the first layer of the network alone.",
        "from the hidden numbers to the logit there is a layer too.",
        lambda p, h: [[p + 1, (p + 1) * h]],
    ),
    _counts(
        "numbers_for_parameters",
        "you count the numbers that flow through the network, not its parameters.",
        "how many weights join 784 pixels to one hidden number? And to 32 of them?",
        lambda p, h: [[p + 1, p + h + 1], [p, p + h + 1], [p + 1, p + h], [p + 1, p + h + 1 + h + 1]],
    ),
    _counts(
        "pixels_joined_to_the_logit",
        "you join the pixels to the logit as well.",
        "the last layer sees the hidden numbers, and nothing else.",
        lambda p, h: [[p + 1, (p + 1) * h + p + 1], [p + 1, (p + 1) * (h + 1)]],
    ),
    _counts(
        "counts_exchanged",
        "your counts are right, but in the opposite order.",
        "Logistic first.",
        lambda p, h: [[(p + 1) * h + h + 1, p + 1]],
    ),
)


def parameter_counts(predicted: Any, *, pixels: int, hidden: int) -> None:
    """Check how many parameters a linear model and a network with one hidden layer have.

    Parameters
    ----------
    predicted : sequence of two numbers
        The student's counts.
    pixels, hidden : int
        Sizes of the layers.

    Raises
    ------
    CheckFailed
        A count is wrong.
    """
    numbers = number_array(predicted)
    if numbers is None or numbers.shape != (2,):
        fail("your answer should be a list of two whole numbers.")
    each = [pixels, hidden + 1]
    right = [each[0] + 1, hidden * each[0] + hidden + each[1]]
    if not same(numbers, right, 0, 0):
        found = diagnose([Case((pixels, hidden), numbers, right)], _COUNTS)
        half = "the first count is right, the second is not." if numbers[0] == right[0] else None
        fail(None if found else half, misconception=found.name if found else None)
    passed(f"{right[0]:,} and {right[1]:,} parameters")
