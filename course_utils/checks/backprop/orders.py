"""Checks of the order in which a graph's nodes are listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from course_utils.checks.calls import call
from course_utils.checks.context import inside
from course_utils.checks.misconceptions import add
from course_utils.checks.outcome import CheckFailed, fail, passed

__all__ = ["topological_order"]

Step = tuple[Any, ...]  # an operation and the places of its parents

# The order: what comes back is the place at which each node was built.

add(
    "recursion_limit",
    "your function calls itself too often: Python stops it on a long graph.",
    "keep the open calls in a list of your own, and work it off in a loop: see “RecursionError” above.",
)
add("not_nodes", "your list holds something that is no node of the graph.", "append the nodes themselves.")
add(
    "node_twice",
    "a node comes more than once in your order.",
    "two children share a parent: how do you notice that it is done already? See “Some nodes come twice”.",
)
add("root_left_out", "the result itself is missing from your order.", "root belongs to the graph: it comes last.")
add("leaves_left_out", "the leaves are missing from your order.", "a node without parents is a node too.")
add("nodes_left_out", "some nodes are missing from your order.", "each node can have two parents: do you follow both?")
add("root_first", "your order is the right one, read from its end.", "parents first, root last.")
add(
    "child_before_parent",
    "a node comes before one of its parents.",
    "the order in which you meet nodes is not enough: see “A child comes before its parent”.",
)


def topological_order(function: Callable[..., Any], given: Callable[..., Any], values: Any, steps: list[Step]) -> None:
    """Check the order of a graph's nodes.

    Parameters
    ----------
    function : callable
        The student's ``topological_order(root)``.
    given : callable
        Builds the graph beside the student's function; returns the place of building of each node in its order.
    values, steps
        The graph.

    Raises
    ------
    CheckFailed, NotAttempted
        It is no topological order; there is nothing to check.
    """
    order = _ask_order(function, given, values, steps)
    parents = {len(values) + place: set(step[1:]) for place, step in enumerate(steps)}
    needed = _needed(len(values) + len(steps) - 1, parents)
    _check_members(order, needed, len(values))
    position = {place: row for row, place in enumerate(order)}
    late = [place for place in order if any(position[parent] > position[place] for parent in parents.get(place, ()))]
    if late:
        turned = all(position[p] > position[place] for place in order for p in parents.get(place, ()))
        fail(misconception="root_first" if turned else "child_before_parent")
    passed(f"{len(order)} nodes, each once and after all its parents")


def _ask_order(function: Callable[..., Any], given: Callable[..., Any], values: Any, steps: list[Step]) -> list[int]:
    try:
        answer = call(inside(given), function, values, steps)
    except CheckFailed as error:
        if "RecursionError" in error.message or "maximum recursion" in error.message:
            fail(misconception="recursion_limit")
        if "'NoneType' object is not iterable" in error.message:
            fail(misconception="no_return")
        raise
    if not isinstance(answer, list) or not all(isinstance(place, int) and place >= 0 for place in answer):
        fail(misconception="not_nodes")
    return answer


def _needed(root: int, parents: Mapping[int, set[int]]) -> set[int]:
    found, waiting = {root}, [root]
    while waiting:
        new = parents.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _check_members(order: Sequence[int], needed: set[int], leaves: int) -> None:
    if len(set(order)) < len(order):
        fail(misconception="node_twice")
    missing = needed - set(order)
    if missing:
        names = {
            frozenset([max(needed)]): "root_left_out",
            frozenset(n for n in needed if n < leaves): "leaves_left_out",
        }
        fail(misconception=names.get(frozenset(missing), "nodes_left_out"))
