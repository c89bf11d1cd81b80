"""The widget of graphs: each product of the student's engine is seen, and sums and costs are told rightly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from course_utils import graph
from course_utils.graph import amount
from course_utils.widgets import Graph
from course_utils.widgets.graph import told
from tests.lab_engine import lab, table
from tests.proof import count

Formula = Callable[..., Any]


def backprop(root: Any, vjps: Any) -> None:
    """Walk back as lab 05 does."""
    lab().backward(lab().topological_order(root), vjps)


def made(formula: Formula | dict[str, Formula], at: dict[str, Any], **options: Any) -> Graph:
    """Make a widget of the reference's engine."""
    return Graph(formula, at, **({"node": lab().Node, "backprop": backprop, "vjps": table()} | options))


def paper(**options: Any) -> Graph:
    """Make the widget of the graph that students did on paper."""
    return made(lambda x1, x2: x1 * x2 + lab().sin(x1), {"x1": np.pi / 3, "x2": 3.0}, **options)


def test_forward_computes_one_node_a_step() -> None:
    """Values appear one by one; leaves are there from the start, and no adjoint is."""
    widget = paper()
    seen = []
    for step in range(4):
        widget.step = step
        seen.append(widget.fallback().count(">value<"))
        assert "adjoint</tspan>" not in widget.fallback()
    assert [2, 3, 4, 5] == seen


def test_an_adjoint_that_arrives_twice_is_a_sum() -> None:
    """3 from the product and 0.5 from the sine: seen below the box and told."""
    widget = paper(step=None)
    assert "adds up: 3 + 0.5 = 3.5." in widget.caption
    assert ">3 + 0.5<" in widget.fallback()
    widget.step = 8
    assert "3 + 0.5" not in widget.fallback()


def test_costs_are_those_of_the_lab() -> None:
    """9 multiplications back, 17 forward, as the prose says; 5 and 6 for the graph on paper."""
    five = made(
        lambda a, b, c, d, e: lab().tanh(a * b + c * d) * e,
        {"a": 1.0, "b": 0.5, "c": -1.0, "d": 0.3, "e": 2.0},
        step=None,
    )
    assert five.caption.endswith(
        "9 multiplications, all 5 slopes. Forward it takes 5 walks, one for each leaf, with 17."
    )
    assert (
        "5 multiplications, both slopes. Forward it takes 2 walks, one for each leaf, with 6."
        in paper(step=None).caption
    )


def random_formula(rng: np.random.Generator) -> tuple[Formula, dict[str, float]]:
    """Draw a formula of two to four inputs and three to ten operations."""
    names = ["a", "b", "c", "d"][: int(rng.integers(2, 5))]
    plan = [(("add", "sub", "mul", "sin", "tanh")[rng.integers(5)], rng.random(2)) for _ in range(rng.integers(3, 11))]

    def formula(**leaves: Any) -> Any:
        made = list(leaves.values())
        for op, places in plan:
            one, other = (made[int(place * len(made))] for place in places)
            made.append(lab().apply(op, one) if op in ("sin", "tanh") else lab().apply(op, one, other))
        return made[-1]

    return formula, {name: float(rng.uniform(0.5, 1.5)) for name in names}


@pytest.mark.parametrize("seed", range(count(15, 200)))
def test_messages_are_the_engines(seed: int) -> None:
    """Over random graphs: adjoints are sums of what was heard, and agree with difference quotients; all is told."""
    formula, at = random_formula(np.random.default_rng(seed))
    widget = made(formula, at)
    run = widget.run()
    for node in run.nodes[:-1]:
        heard = sum(float(message.said) for message in run.messages if message.parent is node)
        np.testing.assert_allclose(float(node.grad), heard, rtol=1e-12, atol=1e-12)
    for name, leaf in run.names.items():
        if leaf.parents or not any(leaf is node for node in run.nodes):
            continue
        ends = [formula(**{k: lab().Node(v + h * (k == name)) for k, v in at.items()}).value for h in (1e-6, -1e-6)]
        np.testing.assert_allclose(float(leaf.grad), (ends[0] - ends[1]) / 2e-6, rtol=1e-5, atol=1e-7)
    captions = [told(run, step) for step in range(run.steps + 1)]
    assert len(run.computed) + 1 + len(run.messages) == run.steps == len(captions) - 1
    assert all(f"= {amount(message.said)} to" in caption for message, caption in zip(
        run.messages, captions[len(run.computed) + 2 :], strict=True
    ))  # fmt: skip


def test_a_wrong_engine_is_shown_as_it_is() -> None:
    """A walk that overwrites instead of adding leaves 0.5 at x1."""

    def overwrite(root: Any, vjps: Any) -> None:
        order = lab().topological_order(root)
        root.grad = 1.0
        for node in reversed(order):
            for place, parent in enumerate(node.parents):
                parent.grad = vjps[node.op][place](node.grad, node.value, *(one.value for one in node.parents))

    widget = paper(backprop=overwrite, step=None)
    assert "3 + 0.5 = 0.5." in widget.caption
    assert "adjoint</tspan> 0.5" in widget.fallback()


def test_inputs_move_the_values() -> None:
    """Another place, another formula; what the browser gets follows."""
    widget = made(
        {"product": lambda a, b: a * b, "square": lambda a: a * a}, {"product": {"a": 2, "b": 3}, "square": {"a": 4}}
    )
    widget.step = 1
    assert widget.caption.startswith("Forward 1 of 1: 2 × 3 = 6. It uses a and b.")
    widget.at = {"a": 5.0, "b": 3.0}
    assert "5 × 3 = 15" in widget._answer["caption"]
    widget.chosen, widget.at = "square", {"a": 4.0}
    assert "4 × 4 = 16. It uses a." in widget._answer["caption"]


def test_an_error_of_the_engine_is_the_cells_at_first_and_told_later() -> None:
    """An unsolved exercise stops the cell; a formula that breaks while a slider moves says so."""

    def unsolved(root: Any, vjps: Any) -> None:
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        paper(backprop=unsolved)
    widget = paper()
    widget._backprop = unsolved
    widget.step = 3
    assert widget._answer["error"].startswith("NotImplementedError")


def test_nodes_stand_after_their_parents() -> None:
    """The order of the picture is topological."""
    run = made(*random_formula(np.random.default_rng(7))).run()
    places = {id(node): place for place, node in enumerate(graph.in_order(run.root))}
    assert all(places[id(parent)] < places[id(node)] for node in run.nodes for parent in node.parents)
