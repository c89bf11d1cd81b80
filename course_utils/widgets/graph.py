"""The widget of graphs: a formula run by the student's own engine, value by value, then message by message back."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import traitlets

from course_utils import graph
from course_utils.graph import GraphNode, Moment, amount
from course_utils.widgets.base import Widget

__all__ = ["Graph"]

OWN, RESULT = "your formula", "result"
Table = Mapping[str, Sequence[Callable[..., Any]]]


@dataclass(frozen=True)
class Message:
    """One product on the way back: who speaks, which parent hears, what is said, and all adjoints afterwards."""

    node: GraphNode
    parent: GraphNode
    said: Any
    adjoints: dict[int, Any]


@dataclass(frozen=True)
class Run:
    """One run of the engine: its nodes, each after its parents, what they are called, and all messages."""

    nodes: list[GraphNode]
    names: dict[str, GraphNode]
    messages: list[Message]

    @property
    def root(self) -> GraphNode:
        """The result."""
        return self.nodes[-1]

    @property
    def computed(self) -> list[GraphNode]:
        """The nodes that are no leaves."""
        return [node for node in self.nodes if node.parents]

    @property
    def steps(self) -> int:
        """One for each computed value, one for the adjoint of the result, one for each message."""
        return len(self.computed) + 1 + len(self.messages)


class Graph(Widget):
    """Walk through the graph of a formula: values forward, adjoints back, as your engine computes them.

    Parameters
    ----------
    formula : callable or dict of str to callable
        A function of nodes that returns a node; or several, by what to call them.
    at : dict of str to float, or of str to dict
        Where to compute it, by the names of its arguments; for several formulas, one for each.
    node : callable
        Your class of nodes: makes a leaf of a number.
    backprop : callable
        Your walk back: ``backprop(root, table)`` sets the adjoints of all nodes.
    vjps : dict
        Your table of slopes.
    **state
        ``step`` (None for all), ``chosen`` (the formula's name); ``at`` can be set later, too.

    Raises
    ------
    ValueError
        The graph has too many nodes to draw.
    Exception
        What your functions raise.
    """

    script = "graph.js"
    inputs = ("chosen", "at", "step")

    chosen = traitlets.Unicode().tag(sync=True)
    at = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0, min=0, allow_none=True).tag(sync=True)
    _starts = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        formula: Callable[..., Any] | Mapping[str, Callable[..., Any]],
        at: Mapping[str, Any],
        *,
        node: Callable[[float], Any],
        backprop: Callable[[Any, Table], Any],
        vjps: Table,
        **state: Any,
    ) -> None:
        several = isinstance(formula, Mapping)
        self._formulas = dict(formula) if isinstance(formula, Mapping) else {OWN: formula}
        starts = {name: _plain(at[name] if several else at) for name in self._formulas}
        self._node, self._backprop, self._table = node, backprop, vjps
        chosen = state.pop("chosen", next(iter(starts)))
        super().__init__(_starts=starts, **({"chosen": chosen, "at": starts[chosen]} | state))

    def run(self) -> Run:
        """Let the engine compute the formula and walk back, and write down each message."""
        leaves = {name: self._node(value) for name, value in self.at.items()}
        root = self._formulas[self.chosen](**leaves)
        nodes = graph.in_order(root)
        messages: list[tuple[GraphNode, int, Any, dict[int, Any]]] = []

        def noted(op: str, place: int) -> Callable[..., Any]:
            def vjp(adjoint: Any, out: Any, *values: Any) -> Any:
                said = self._table[op][place](adjoint, out, *values)
                speaker = next(one for one in nodes if one.value is out)
                messages.append((speaker, place, said, {id(one): _copy(one.grad) for one in nodes}))
                return said

            return vjp

        self._backprop(
            root, {op: tuple(noted(op, place) for place in range(len(row))) for op, row in self._table.items()}
        )
        after = [before for *_, before in messages[1:]] + [{id(one): _copy(one.grad) for one in nodes}]
        told = [
            Message(one, one.parents[place], said, known)
            for (one, place, said, _), known in zip(messages, after, strict=True)
        ]
        return Run(nodes, {**leaves, **({} if any(root is leaf for leaf in leaves.values()) else {RESULT: root})}, told)

    def drive(self) -> dict[str, Any]:
        """Run the student's engine, and draw the present step."""
        run = self.run()
        return {"picture": self._picture(run), "caption": self._told(run), "steps": run.steps}

    @property
    def caption(self) -> str:
        """What is seen."""
        return self._told(self.run())

    def fallback(self) -> str:
        """Return the present step as HTML that needs no kernel."""
        run = self.run()
        return f"{self._picture(run)}<p>{html.escape(self._told(run))}</p>"

    def _place(self, run: Run) -> int:
        return run.steps if self.step is None else min(self.step, run.steps)

    def _picture(self, run: Run) -> str:
        return graph.svg(run.root, adjoints=False, moment=moment(run, self._place(run)), **run.names)

    def _told(self, run: Run) -> str:
        return told(run, self._place(run))


def _plain(at: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in at.items()}


def _copy(adjoint: Any) -> Any:
    return np.array(0.0 if adjoint is None else adjoint)


def moment(run: Run, step: int) -> Moment:
    """Return what is known after so many steps, and what moves in the last one."""
    forward = len(run.computed)
    known = {id(node) for node in run.nodes if not node.parents} | {id(node) for node in run.computed[:step]}
    if step == 0:
        return Moment(known)
    if step <= forward:
        now = run.computed[step - 1]
        return Moment(known, arrows=[(id(parent), id(now)) for parent in now.parents], at=id(now))
    spoken = run.messages[: step - forward - 1]
    heard = sums(spoken)
    adjoints = {id(run.root): amount(np.ones_like(run.root.value))}
    for message in spoken:
        adjoints[id(message.parent)] = amount(message.adjoints[id(message.parent)])
    arrows = [(id(message.parent), id(message.node)) for message in spoken[-1:]]
    at = id(spoken[-1].parent) if spoken else id(run.root)
    return Moment(known, adjoints, heard, arrows, at, back=True)


def sums(messages: Sequence[Message]) -> dict[int, str]:
    """Write what each node has heard, if it heard more than once: "3 − 3"."""
    said: dict[int, list[str]] = {}
    for message in messages:
        said.setdefault(id(message.parent), []).append(amount(message.said))
    return {key: _sum(words) for key, words in said.items() if len(words) > 1}


def _sum(words: Sequence[str]) -> str:
    first, *rest = words
    return first + "".join(f" − {word[1:]}" if word.startswith("−") else f" + {word}" for word in rest)


def told(run: Run, step: int) -> str:
    """Say in words what happens in a step."""
    names = {id(node): name for name, node in run.names.items()}
    forward = len(run.computed)
    if step == 0:
        leaves = " and ".join(f"{name} = {amount(node.value)}" for name, node in run.names.items() if not node.parents)
        return f"The start: {leaves}. Nothing is computed yet; each step forward computes one node."
    if step <= forward:
        return f"Forward {step} of {forward}: {_forward(run.computed[step - 1], names)}"
    if step == forward + 1:
        return (
            f"Backward begins: the adjoint of the result is {amount(np.ones_like(run.root.value))}; all others are 0."
        )
    spoken = run.messages[: step - forward - 1]
    words = f"Backward {len(spoken)} of {len(run.messages)}: {_backward(spoken, names)}"
    return words if step < run.steps else f"{words} {cost(run)}"


def _called(node: GraphNode, names: Mapping[int, str]) -> str:
    if names.get(id(node)) == RESULT:
        return f"the {RESULT}"
    return names.get(id(node), f"the node {graph.SYMBOLS.get(node.op, node.op)} with value {amount(node.value)}")


def _forward(node: GraphNode, names: Mapping[int, str]) -> str:
    symbol, values = graph.SYMBOLS.get(node.op), [amount(parent.value) for parent in node.parents]
    made = f" {symbol} ".join(values) if symbol and len(values) > 1 else f"{node.op}({', '.join(values)})"
    uses = [names[id(parent)] for parent in node.parents if id(parent) in names]
    who = f" It uses {' and '.join(dict.fromkeys(uses))}." if uses else ""
    return f"{made} = {amount(node.value)}.{who}"


def _backward(spoken: Sequence[Message], names: Mapping[int, str]) -> str:
    *before, last = spoken
    adjoint = amount(last.adjoints[id(last.parent)])
    parent = _called(last.parent, names)
    sent = f"{_called(last.node, names)} sends adjoint × slope = {amount(last.said)} to {parent}."
    if not any(message.parent is last.parent for message in before):
        return f"{sent[0].upper()}{sent[1:]} Its adjoint is {adjoint}."
    return f"{sent[0].upper()}{sent[1:]} It has heard before, and adds up: {sums(spoken)[id(last.parent)]} = {adjoint}."


def cost(run: Run) -> str:
    """Compare the multiplications of this walk back with those of walks forward, one for each leaf."""
    leaves = [node for node in run.nodes if not node.parents and node.op != "constant"]
    forward = sum(_reached(leaf, run.messages) for leaf in leaves)
    slopes = {1: "the slope", 2: "both slopes"}.get(len(leaves), f"all {len(leaves)} slopes")
    walks = f"{len(leaves)} walks, one for each leaf, with" if len(leaves) > 1 else "one walk with"
    return f"Back: one walk, {len(run.messages)} multiplications, {slopes}. Forward it takes {walks} {forward}."


def _reached(leaf: GraphNode, messages: Sequence[Message]) -> int:
    """Count the arrows on the ways from a leaf to the result."""
    reached, arrows = {id(leaf)}, 0
    for message in reversed(messages):
        if id(message.parent) in reached:
            reached.add(id(message.node))
            arrows += 1
    return arrows
