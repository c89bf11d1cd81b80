"""Checks of what goes further with torch: a graph walked, curvature along a direction, a rule of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_utils.checks.calls import call
from course_utils.checks.context import inside
from course_utils.checks.misconceptions import add, same
from course_utils.checks.outcome import fail, passed
from course_utils.checks.pytorch.tensors import Given, tensor

__all__ = ["bends_along", "lists_operations", "rules"]

RTOL = ATOL = 1e-4
add(
    "nodes_twice",
    "you list a node as often as a path leads to it.",
    "several paths may lead to one node: remember which nodes you have met.",
)
add("graph_not_walked_to_its_end", "some nodes are missing.", "the nodes behind a node have nodes behind them too.")
add(
    "gradient_for_curvature",
    "you return the gradient, not how it changes along v.",
    "the gradient is a function of x again: which number can you make of it and v, to differentiate once more?",
)
add(
    "rule_without_chain",
    "your backward forgets what comes in from above.",
    "backward gets the adjoint of the output: what has the chain rule to do with it?",
)
add(
    "rule_of_the_output",
    "your backward mixes up input and output.",
    "1 − t² has the output t = tanh(x) in it, not x.",
)


def lists_operations(operations: Callable[..., Any], examples: Sequence[tuple[Given, Sequence[str]]]) -> None:
    """Check that a graph is walked: the names of all nodes, each node once, in any order.

    Parameters
    ----------
    operations : callable
        The student's ``operations(y)``.
    examples : sequence of (f, names)
        Given functions of one number, and the names of the nodes behind their value.

    Raises
    ------
    CheckFailed, NotAttempted
        Some list is wrong; there is nothing to check.
    """
    for f, names in examples:
        found = call(inside(walked), operations, f.theirs)
        if not isinstance(found, list | tuple) or not all(isinstance(name, str) for name in found):
            fail("you should return a list of names, such as 'MulBackward0'.")
        found = [name.rpartition("::")[2] for name in found]  # torch::autograd::AccumulateGrad
        if set(found) == set(names) and len(found) > len(names):
            fail(misconception="nodes_twice")
        if set(found) < set(names):
            fail(misconception="graph_not_walked_to_its_end")
        if sorted(found) != sorted(names):
            fail("some names are wrong.", details=[f"expected {sorted(names)}", f"but it is {sorted(found)}"])
    passed(f"all nodes of {len(examples)} graphs, each once")


def walked(operations: Callable[..., Any], f: Callable[..., Any]) -> Any:
    """Let a student's function walk the graph of a value."""
    import torch

    return operations(f(torch.tensor(0.7, requires_grad=True)))


def bends_along(hvp: Callable[..., Any], examples: Sequence[tuple[Given, Any, Any, Any]]) -> None:
    """Check products of a Hessian and a direction.

    Parameters
    ----------
    hvp : callable
        The student's ``hvp(f, x, v)``.
    examples : sequence of (f, x, v, expected)
        Given functions of an array that return one number, places, directions, and H v.

    Raises
    ------
    CheckFailed, NotAttempted
        Some product is wrong; there is nothing to check.
    """
    import torch

    for f, x, v, expected in examples:
        actual = call(hvp, f.theirs, tensor(x), tensor(v))
        if same(actual, torch.func.grad(f.ours)(tensor(x)), RTOL, ATOL):
            fail(misconception="gradient_for_curvature")
        if not same(actual, expected, RTOL, ATOL):
            fail("some products are wrong.")
    passed("H v is right")


def rules(function: Callable[..., Any], x: Any) -> None:
    """Check a tanh with a derivative rule of its own.

    Parameters
    ----------
    function : class
        The student's subclass of ``torch.autograd.Function``.
    x : array of shape (n,)
        Where to compare.

    Raises
    ------
    CheckFailed, NotAttempted
        Values or gradients are wrong; there is nothing to check.
    """
    places = np.asarray(x, float)
    bent, pull = np.tanh(places), np.linspace(1.0, 3.0, places.size)
    values, pulled = call(inside(applied), function, tensor(places), tensor(pull))
    if not same(values, bent, RTOL, ATOL):
        fail("forward does not return tanh(x).")
    if same(pulled, 1 - bent * bent, RTOL, ATOL):
        fail(misconception="rule_without_chain")
    if same(pulled, pull - pull * places * places, RTOL, ATOL):
        fail(misconception="rule_of_the_output")
    if not same(pulled, pull - pull * bent * bent, RTOL, ATOL):
        fail("backward does not return the adjoint of the input.")
    passed("your rule gives the values and the gradients of tanh")


def applied(function: Callable[..., Any], x: Any, pull: Any) -> list[Any]:
    """Apply a student's function, and pull an adjoint back through it."""
    import torch

    tracked = x.clone().detach().requires_grad_()
    values = function.apply(tracked)  # type: ignore[attr-defined]
    return [values, torch.autograd.grad(values, tracked, pull)[0]]
