"""Checks of a network with a hidden layer and ReLU that gives logits for pictures of any size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.context import inside
from course_utils.checks.messages import shortened, understood
from course_utils.checks.misconceptions import MISCONCEPTIONS, Case, Misconception, add, same
from course_utils.checks.outcome import fail, passed
from course_utils.checks.pytorch.model import reject_shapes
from course_utils.checks.pytorch.tensors import tensor
from course_utils.checks.values import reject

__all__ = ["hidden_layer", "tried_on_pictures"]

Array = npt.NDArray[Any]
RTOL = ATOL = 1e-4
RATE, STEPS = 0.4, 3  # of the training that shows whether gradients arrive
TARGETS = np.array([[1.0], [0], [0], [1], [0], [1], [1]])

add(
    "fixed_number_of_pixels",
    "your network works for one size of pictures only.",
    "the number of pixels is an argument, and `flatten(1)` keeps the pictures apart, whatever their size.",
)
add(
    "pictures_not_flattened",
    "your network fails on pictures that are not rows yet.",
    "a linear layer wants rows of pixels: what does `Logistic` do first?",
)


def _rival(name: str, sentence: str, hint: str) -> Misconception:
    """Register a mistake that is recognised by what it computes."""
    return add(name, sentence, hint, lambda case: same(case.actual, case.facts[name], RTOL, ATOL))


_OUTPUTS = (
    _rival(
        "probabilities_for_logits",
        "your network returns probabilities, and logits are asked for.",
        "the loss takes the sigmoid by itself: what happens if it is taken twice?",
    ),
    MISCONCEPTIONS["no_hidden_activation"],
    _rival("tanh_for_relu", "you bend with tanh.", "that is a network too, but the one asked for has ReLU in it."),
    _rival(
        "sigmoid_for_relu", "you bend with a sigmoid.", "that is a network too, but the one asked for has ReLU in it."
    ),
    _rival(
        "relu_at_the_end",
        "your logits are never negative.",
        "a score below 0 means “even”: ReLU belongs between the layers, not behind the last.",
    ),
    _rival(
        "relu_before_the_first_layer",
        "you cut the pixels off at 0.",
        "ReLU belongs behind the first layer, not before it.",
    ),
)


def hidden_layer(
    network: Callable[..., Any], *, height: int, width: int, hidden: int, rng: np.random.Generator
) -> None:
    """Check a network with one hidden layer, on pictures and parameters that are drawn.

    Parameters
    ----------
    network : callable
        The student's class, made with ``(pixels, hidden)``.
    height, width, hidden : int
        Size of the pictures, and of the hidden layer.
    rng : Generator
        Draws pictures and parameters.

    Raises
    ------
    CheckFailed, NotAttempted
        It computes or learns something else; there is nothing to check.
    """
    pixels = height * width
    shapes = ((hidden, pixels), (hidden,), (1, hidden), (1,))
    scales = (2 / np.sqrt(pixels), 0.5, 1.5 / np.sqrt(hidden), 0.5)
    values = [rng.normal(scale=scale, size=shape) for shape, scale in zip(shapes, scales, strict=True)]
    x = rng.normal(size=(len(TARGETS), pixels))
    values[-1] -= np.mean(np.sort(_stages(values, x)["right"], axis=0)[2:4])  # logits of both signs, whatever is drawn
    data = tensor(x), tensor(x.reshape(-1, 1, height, width)), tensor(TARGETS)
    found = call(inside(tried_on_pictures), network, (pixels, hidden), list(map(tensor, values)), data, (RATE, STEPS))
    seen, rows, pictures, after = found
    if sorted(map(tuple, seen)) != sorted(shapes):
        reject_shapes([tuple(shape) for shape in seen], shapes)
    stages = _stages(values, x)
    _reject_error(rows)
    if not same(rows, stages["right"], RTOL, ATOL):
        reject([Case((), rows, stages["right"], stages)], suspects=_OUTPUTS, whats=["the output for 7 pictures"])
    if not same(pictures, stages["right"], RTOL, ATOL):
        fail(misconception="pictures_not_flattened", details=[f"pictures of shape (7, 1, {height}, {width})"])
    if not same(after, _trained(values, x), 1e-3, 1e-3):
        fail(misconception="output_without_graph")
    passed(f"with {pixels} pixels and {hidden} hidden numbers the network computes and learns what it should")


def _reject_error(outcome: Any) -> None:
    if isinstance(outcome, str):
        if "is invalid for input of size" in outcome:
            fail(misconception="fixed_number_of_pixels")
        known = understood(outcome)
        fail(f"your network stops with {shortened(outcome)}", misconception=known.name if known else None)


def _squashed(number: Array) -> Array:
    return np.asarray(np.exp(-np.logaddexp(0.0, -number)))


def _stages(values: list[Array], x: Array) -> dict[str, Array]:
    """Return what the network should compute, and what known mistakes compute."""
    inner, row, outer, end = values

    def first(numbers: Array) -> Array:
        return np.asarray(np.add(np.dot(numbers, np.transpose(inner)), row))

    def last(numbers: Array) -> Array:
        return np.asarray(np.add(np.dot(numbers, np.transpose(outer)), end))

    right = last(np.maximum(first(x), 0.0))
    return {
        "right": right,
        "probabilities_for_logits": _squashed(right),
        "no_hidden_activation": last(first(x)),
        "tanh_for_relu": last(np.tanh(first(x))),
        "sigmoid_for_relu": last(_squashed(first(x))),
        "relu_at_the_end": np.maximum(right, 0.0),
        "relu_before_the_first_layer": last(first(np.maximum(x, 0.0))),
    }


def _trained(values: list[Array], x: Array) -> Array:
    """Return what the network should compute after a few steps, with the gradient of cross-entropy written out."""
    inner, row, outer, end = (value.copy() for value in values)
    for _ in range(STEPS):
        before = x.dot(inner.T) + row
        bent = np.maximum(before, 0.0)
        gap = (_squashed(bent.dot(outer.T) + end) - TARGETS) / len(x)
        back = gap.dot(outer) * (before > 0)
        outer, end = outer - RATE * gap.T.dot(bent), end - RATE * gap.sum(axis=0)
        inner, row = inner - RATE * back.T.dot(x), row - RATE * back.sum(axis=0)
    return _stages([inner, row, outer, end], x)["right"]


def tried_on_pictures(
    make: Callable[..., Any], sizes: tuple[int, ...], values: list[Any], data: tuple[Any, ...], plan: tuple[float, int]
) -> list[Any]:
    """Give a student's network known parameters.

    Return the shapes of its parameters, its outputs for rows and for pictures, and those after some steps;
    the text of the error in place of an output that could not be computed.
    """
    import torch

    (rows, pictures, targets), (rate, steps) = data, plan
    network = make(*sizes)
    parameters = list(network.parameters())
    shapes = [tuple(parameter.shape) for parameter in parameters]
    known = {tuple(value.shape): value for value in values}
    if sorted(shapes) != sorted(known):
        return [shapes, None, None, None]
    with torch.no_grad():
        for parameter in parameters:
            parameter.copy_(known[tuple(parameter.shape)])
    outputs: list[Any] = []
    for given in (rows, pictures):
        try:
            outputs.append(network(given))
        except NotImplementedError:
            raise
        except Exception as error:  # noqa: BLE001 - a student's error is an outcome
            outputs.append(f"{type(error).__name__}: {error}")
    first = outputs[0]
    if not (isinstance(first, torch.Tensor) and first.shape == targets.shape and first.requires_grad):
        return [shapes, *outputs, None]
    optimizer = torch.optim.SGD(network.parameters(), lr=rate)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(network(rows), targets).backward()
        optimizer.step()
    return [shapes, *outputs, network(rows)]
