"""Checks of an engine's walk backward: the adjoints of all nodes of a graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.context import inside
from course_utils.checks.misconceptions import add, number_array, same
from course_utils.checks.outcome import fail, passed
from course_utils.checks.values import shown

__all__ = ["adjoints"]

Array = npt.NDArray[Any]
Step = tuple[Any, ...]  # an operation and the places of its parents
TINY = 1e-20

# The walk backward. A case is the first node, seen from the result, whose adjoint is wrong. Facts hold the messages
# that reach it, the slopes that they are made of, the slopes of each child's first parent, and more of the graph.

add(
    "message_overwritten",
    "a node with several children keeps one message and loses the others.",
    "two arrows meet in a node: what has to happen to the two messages? See “An adjoint is too small”.",
)
add(
    "no_first_adjoint",
    "all your adjoints are 0.",
    "adjoint times slope: who gives the first adjoint that is not 0? See “All my adjoints are 0”.",
)
add(
    "walks_forward",
    "only the parents of the result hear anything.",
    "in which direction does your loop go? The list has the leaves first.",
)
add(
    "speaks_too_early",
    "a node passes its adjoint on before it has heard from all its children, or more than once.",
    "the list gives the order in which nodes speak: once each, from its end.",
)
add(
    "slope_without_adjoint",
    "your nodes send their slopes, and not adjoint times slope.",
    "what is the first argument of a function in the table?",
)
add(
    "first_function_for_all",
    "you use the function of the first parent for all parents.",
    "a row of the table has one function for each parent: `zip` brings them together.",
)
add(
    "result_not_one",
    "the adjoint of the result is not 1.",
    "how much does the result grow, when the result grows by 1?",
)
add(
    "nodes_not_reset",
    "in the second call, nodes still hold what they heard in the first.",
    "nodes with parents start again from 0; leaves add to what they have.",
)
add(
    "leaves_reset",
    "the second call replaces what the leaves had.",
    "leaves keep their adjoint and add to it: only nodes with parents start again from 0.",
)
add(
    "adjoint_shared",
    "for arrays some adjoints change after they were sent.",
    "`+=` on an array writes into it, and another node may hold the same array: write `a = a + b`.",
)


def adjoints(
    function: Callable[..., Any],
    given: Callable[..., Any],
    ops: Mapping[str, Callable[..., Any]],
    values: Sequence[Any],
    steps: list[Step],
    *,
    runs: int = 1,
) -> None:
    """Check the adjoints of all nodes of a graph.

    Parameters
    ----------
    function : callable
        The student's ``backward(order, vjps)``.
    given : callable
        Builds the graph beside the student's function, walks backward, and returns the adjoints.
    ops : mapping
        The operations, on arrays.
    values, steps
        The graph; all values have one shape.
    runs : int
        How often to walk backward.

    Raises
    ------
    CheckFailed, NotAttempted
        Some adjoint is wrong; there is nothing to check.
    """
    if runs > 1:
        _check_walk(function, given, ops, (values, steps), runs=1)
    count = _check_walk(function, given, ops, (values, steps), runs=runs)
    again = "" if runs == 1 else f", also when you walk {'twice' if runs == 2 else f'{runs} times'}"
    passed(f"the adjoints of {count} nodes are right{again}")


def _check_walk(
    function: Callable[..., Any],
    given: Callable[..., Any],
    ops: Mapping[str, Callable[..., Any]],
    graph: tuple[Sequence[Any], list[Step]],
    *,
    runs: int,
) -> int:
    values, steps = graph
    actual = call(inside(given), function, list(values), steps, runs)
    expected = _expected(ops, values, steps)
    wanted = [adjoint * (runs if place < len(values) else 1) for place, adjoint in enumerate(expected)]
    wrong = [place for place, (got, want) in enumerate(zip(actual, wanted, strict=True)) if not _close(got, want)]
    if wrong:
        _reject_walk(actual, wanted, max(wrong), _Graph(ops, values, steps, expected, runs))
    return len(wanted)


def _close(actual: Any, expected: Array) -> bool:
    number = number_array(actual)
    return number is not None and number.shape == expected.shape and same(number, expected, rtol=1e-5, atol=1e-7)


def _run(
    ops: Mapping[str, Callable[..., Any]], values: Sequence[Any], steps: Sequence[Step], nudged: int = -1
) -> list[Any]:
    """Compute all nodes, with one of them moved a little along the imaginary axis."""
    nodes: list[Any] = []
    for place in range(len(values) + len(steps)):
        if place < len(values):
            value = np.asarray(values[place], complex)
        else:
            op, *parents = steps[place - len(values)]
            value = ops[op](*(nodes[parent] for parent in parents))
        nodes.append(value + 1j * TINY if place == nudged else value)
    return nodes


def _expected(ops: Mapping[str, Callable[..., Any]], values: Sequence[Any], steps: Sequence[Step]) -> list[Array]:
    places = range(len(values) + len(steps))
    return [np.asarray(np.imag(_run(ops, values, steps, place)[-1]) / TINY) for place in places]


class _Graph:
    """What a diagnosis needs to know of the graph."""

    def __init__(
        self, ops: Any, values: Sequence[Any], steps: Sequence[Step], expected: list[Array], runs: int
    ) -> None:
        self.leaves, self.runs, self.expected = len(values), runs, expected
        self.last = len(expected) - 1
        self.value = np.real(_run(ops, values, steps)[-1])
        self._ops, self._steps, self._nodes = ops, steps, _run(ops, values, steps)

    def slope(self, child: int, slot: int) -> Any:
        """How much a child grows with the parent in a slot."""
        op, *parents = self._steps[child - self.leaves]
        inputs = [self._nodes[p] + (1j * TINY if place == slot else 0) for place, p in enumerate(parents)]
        return np.imag(self._ops[op](*inputs)) / TINY

    def _slopes(self, place: int) -> Array:
        """Add up the slopes of a node's children, as if each child's adjoint were 1."""
        return np.asarray(sum(self.slope(child, slot) for child, slot in self.uses(place)))

    def uses(self, place: int) -> list[tuple[int, int]]:
        """Children of a node, and in which of their slots it stands."""
        steps = enumerate(self._steps, self.leaves)
        return [(child, slot) for child, (_, *ps) in steps for slot, parent in enumerate(ps) if parent == place]

    def name(self, actual: list[Any], wanted: list[Array], place: int) -> str | None:
        """Name the mistake whose first trace, seen from the result, is in one node."""
        if all(_close(got, np.zeros_like(want)) for got, want in zip(actual, wanted, strict=True)):
            return "no_first_adjoint"
        if self.runs > 1:
            return self._name_again(actual)
        if place == self.last:
            return "result_not_one" if _close(actual[place], self.value) else "adjoint_shared"
        return self._name_node(actual, place)

    def _name_again(self, actual: list[Any]) -> str | None:
        leaves = range(self.leaves)
        if all(_close(actual[leaf], self.expected[leaf]) for leaf in leaves):
            return "leaves_reset"
        grown = [np.all(np.abs(actual[leaf]) >= np.abs(self.runs * self.expected[leaf]) - 1e-9) for leaf in leaves]
        return "nodes_not_reset" if all(grown) else None

    def _name_node(self, actual: list[Any], place: int) -> str | None:
        uses, got = self.uses(place), actual[place]
        messages = [self.expected[child] * self.slope(child, slot) for child, slot in uses]
        near_root = {parent for parent, *_ in [(p,) for p in self._steps[-1][1:]]}
        others = [p for p in range(self.last) if p not in near_root]
        if all(_close(actual[p], np.zeros_like(self.expected[p])) for p in others):
            return "walks_forward"
        if len(messages) > 1 and any(_close(got, np.asarray(message)) for message in messages):
            return "message_overwritten"
        if all(_close(actual[p], self._slopes(p)) for p in range(self.last) if self.uses(p)):
            return "slope_without_adjoint"
        if _close(got, np.asarray(sum(self.expected[child] * self.slope(child, 0) for child, _ in uses))):
            return "first_function_for_all"
        if any(len(self.uses(child)) > 1 for child, _ in uses):
            return "speaks_too_early"
        return None


def _reject_walk(actual: list[Any], wanted: list[Array], place: int, graph: _Graph) -> NoReturn:
    """Fail at the first node, seen from the result, that is wrong."""
    name = graph.name(actual, wanted, place)
    got = number_array(actual[place])
    if name is None and got is not None and got.shape != wanted[place].shape:
        fail(
            "an adjoint has not the shape of its node's value.",
            details=[f"shape {got.shape}, not {wanted[place].shape}"],
        )
    if name is None and wanted[place].ndim:  # the same walks on single numbers are right: they come first in the lab
        name = "adjoint_shared"
    where = "the result" if place == graph.last else f"node {place}, counted from 0 in the order of building,"
    details = [f"the adjoint of {where} should be {shown(wanted[place])}, but it is {shown(actual[place])}"]
    fail("some adjoints are wrong." if name is None else None, misconception=name, details=details)
