"""Checks of a network: a module of torch with two layers, judged by what it computes and by what it learns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.context import inside
from course_utils.checks.misconceptions import Case, Misconception, add, same
from course_utils.checks.outcome import fail, passed
from course_utils.checks.pytorch.tensors import tensor
from course_utils.checks.values import reject

__all__ = ["classifies", "exercised", "reject_shapes"]

Array = npt.NDArray[Any]
RTOL = ATOL = 1e-4
RATE, STEPS = 0.7, 3  # of the training that shows whether gradients arrive

add(
    "layers_not_registered",
    "torch finds no parameters in your network.",
    "layers are registered when `__init__` writes `self.name = nn.Linear(…)`; those in a plain list, or made in "
    "`forward`, are not.",
)
add(
    "one_layer_not_registered",
    "torch finds the parameters of one layer only.",
    "how many layers has the network, and is each of them stored as `self.name = …` in `__init__`?",
)
add("layers_without_bias", "your layers have no bias.", "what does `nn.Linear` do if you leave `bias=False` out?")
add(
    "two_outputs",
    "your network has more than one output.",
    "one number for each input is enough: the probability of the other class is what is missing to 1.",
)
add(
    "sizes_exchanged",
    "the sizes of a layer are the wrong way round.",
    "`nn.Linear(a, b)` takes a numbers and gives b: follow an input through the network.",
)
add(
    "sizes_of_your_own",
    "the sizes of your layers do not follow the arguments of `__init__`.",
    "the network is made for many sizes: use the arguments.",
)
add("other_parameters", "your network has other parameters than two linear layers with biases.")
add(
    "output_without_graph",
    "your network computes the right values, but does not learn.",
    "something in `forward` cuts the graph: `.detach()`, `.data`, `no_grad`, NumPy or `torch.tensor(…)`.",
)


def _rival(name: str, sentence: str, hint: str) -> Misconception:
    """Register a mistake that is recognised by what it computes."""
    return add(name, sentence, hint, lambda case: same(case.actual, case.facts[name], RTOL, ATOL))


_OUTPUTS = (
    _rival("no_sigmoid", "your outputs are no probabilities.", "what brings any number between 0 and 1?"),
    _rival(
        "no_hidden_activation",
        "nothing bends between your two layers.",
        "two linear maps, one after the other, are one linear map: what stands between them?",
    ),
    _rival(
        "relu_for_tanh",
        "you bend with ReLU.",
        "that is a network too, but the one asked for has tanh between the layers.",
    ),
    _rival(
        "sigmoid_for_tanh", "you bend with a sigmoid twice.", "tanh stands between the layers, the sigmoid at the end."
    ),
    _rival(
        "tanh_at_the_end",
        "your outputs are between −1 and 1.",
        "a probability is between 0 and 1: which function ends there?",
    ),
    _rival(
        "softmax_of_one",
        "all your outputs are the same number, whatever goes in.",
        "a softmax makes the outputs of one input add up to 1: what does it make of a single one?",
    ),
    _rival("squashed_twice", "you take the sigmoid of a sigmoid.", "once is enough: it already is a probability."),
)


def classifies(network: Callable[..., Any], input_dim: int, hidden_dim: int, *, rng: np.random.Generator) -> None:
    """Check a classifier with one hidden layer on inputs and parameters that are drawn.

    Parameters
    ----------
    network : callable
        The student's class, made with ``(input_dim, hidden_dim)``.
    input_dim, hidden_dim : int
        Different from each other and from 1.
    rng : Generator
        Draws inputs, targets and parameters.

    Raises
    ------
    CheckFailed, NotAttempted
        It computes or learns something else; there is nothing to check.
    """
    shapes = ((hidden_dim, input_dim), (hidden_dim,), (1, hidden_dim), (1,))
    values = [rng.uniform(0.3, 0.9, shape) * rng.choice([-1.0, 1.0], shape) for shape in shapes]
    x, y = rng.uniform(-2, 2, (7, input_dim)), np.array([[1.0], [0], [0], [1], [0], [1], [1]])
    tensors = [tensor(value) for value in values]
    found = call(inside(exercised), network, (input_dim, hidden_dim), tensors, (tensor(x), tensor(y)), (RATE, STEPS))
    seen, before, after = found
    if sorted(seen) != sorted(shapes):
        reject_shapes([tuple(shape) for shape in seen], shapes)
    stages = _stages(values, x)
    if not same(before, stages["right"], RTOL, ATOL):
        reject([Case((), before, stages["right"], stages)], suspects=_OUTPUTS, whats=["the output for 7 inputs"])
    if not same(after, _trained(values, x, y), 1e-3, 1e-3):
        fail(misconception="output_without_graph")
    passed(f"a network with {input_dim} inputs and {hidden_dim} hidden numbers computes and learns what it should")


def reject_shapes(seen: list[tuple[int, ...]], shapes: tuple[tuple[int, ...], ...]) -> None:
    """Say what is wrong with the parameters of a network.

    Raises
    ------
    CheckFailed
        Always.
    """
    (hidden, inputs), *_ = shapes
    details = [f"parameters of shapes {', '.join(map(str, shapes))} are expected", f"but yours have {seen or 'none'}"]
    turned = {shape[::-1] for shape in shapes}
    if not seen:
        name = "layers_not_registered"
    elif len(seen) == 2 and set(seen) < set(shapes) and all(len(shape) == 2 for shape in seen):
        name = "layers_without_bias"
    elif len(seen) == 2 and set(seen) < set(shapes):
        name = "one_layer_not_registered"
    elif seen[-1] != (1,) and seen[-1][0] == 2 and (hidden, inputs) in seen:
        name = "two_outputs"
    elif len(seen) == 4 and any(shape in turned and shape not in shapes for shape in seen):
        name = "sizes_exchanged"
    else:
        name = "sizes_of_your_own" if list(map(len, seen)) == [2, 1, 2, 1] else "other_parameters"
    fail(misconception=name, details=details)


def _squashed(number: Array) -> Array:
    return np.asarray(np.exp(-np.logaddexp(0.0, -number)))


def _stages(values: list[Array], x: Array) -> dict[str, Array]:
    """Return what the network should compute, and what known mistakes compute."""
    inner, row, outer, end = values
    first = np.add(np.dot(x, np.transpose(inner)), row)

    def last(hidden: Array) -> Array:
        return np.asarray(np.add(np.dot(hidden, np.transpose(outer)), end))

    logits = last(np.tanh(first))
    return {
        "right": _squashed(logits),
        "no_sigmoid": logits,
        "no_hidden_activation": _squashed(last(first)),
        "relu_for_tanh": _squashed(last(np.maximum(first, 0.0))),
        "sigmoid_for_tanh": _squashed(last(_squashed(first))),
        "tanh_at_the_end": np.tanh(logits),
        "softmax_of_one": np.ones_like(logits),
        "squashed_twice": _squashed(_squashed(logits)),
    }


def _trained(values: list[Array], x: Array, y: Array) -> Array:
    """Return what the network should compute after a few steps, with the gradient of cross-entropy written out."""
    inner, row, outer, end = (value.copy() for value in values)
    for _ in range(STEPS):
        hidden = np.tanh(x.dot(inner.T) + row)
        gap = (_squashed(hidden.dot(outer.T) + end) - y) / len(x)
        back = gap.dot(outer) * (1 - hidden**2)
        outer, end = outer - RATE * gap.T.dot(hidden), end - RATE * gap.sum(axis=0)
        inner, row = inner - RATE * back.T.dot(x), row - RATE * back.sum(axis=0)
    return _stages([inner, row, outer, end], x)["right"]


def exercised(
    make: Callable[..., Any], sizes: tuple[int, ...], values: list[Any], data: tuple[Any, Any], plan: tuple[float, int]
) -> list[Any]:
    """Give a student's network known parameters; return their shapes, and its outputs before and after some steps."""
    import torch

    (x, y), (rate, steps) = data, plan

    network = make(*sizes)
    parameters = list(network.parameters())
    shapes = [tuple(parameter.shape) for parameter in parameters]
    known = {tuple(value.shape): value for value in values}
    if sorted(shapes) != sorted(known):
        return [shapes, None, None]
    with torch.no_grad():
        for parameter in parameters:
            parameter.copy_(known[tuple(parameter.shape)])
    before = network(x)
    usable = isinstance(before, torch.Tensor) and before.shape == y.shape and before.requires_grad
    if not (usable and bool(((before > 0) & (before < 1)).all())):
        return [shapes, before, None]
    optimizer = torch.optim.SGD(network.parameters(), lr=rate)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy(network(x), y).backward()
        optimizer.step()
    return [shapes, before, network(x)]
