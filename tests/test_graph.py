"""Pictures of graphs: what is drawn, what is said, and that any object with four attributes will do."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from course_utils import graph


@dataclass(eq=False)
class Plain:
    """A node of no engine in particular."""

    value: Any
    parents: Sequence[Any] = ()
    op: str = "leaf"
    grad: Any = field(default=None)


def cubic() -> tuple[Plain, Plain]:
    """Return x and x^3 - 3x at 1, with adjoints."""
    x = Plain(1.0, grad=0.0)
    power = Plain(1.0, (x, Plain(3.0, op="constant")), "pow", 1.0)
    product = Plain(3.0, (Plain(3.0, op="constant"), x), "mul", -1.0)
    return x, Plain(-2.0, (power, product), "sub", 1.0)


def drawn(svg: str) -> list[str]:
    """Return the texts in a picture."""
    root = ET.fromstring(svg)  # noqa: S314 - our own picture
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


def test_each_node_has_a_box_with_value_and_adjoint() -> None:
    """Operators are drawn as signs, names are written, constants have no adjoint."""
    x, root = cubic()
    texts = drawn(graph.svg(root, x=x, f=root))
    assert {"f = −", "^", "×", "x", "constant", "value −2", "adjoint −1", "adjoint 0"} <= set(texts)
    assert sum(text.startswith("adjoint") for text in texts) == 4


def test_adjoints_can_be_left_out() -> None:
    """None of them, or those that are not known yet."""
    x, root = cubic()
    assert not [text for text in drawn(graph.svg(root, adjoints=False)) if text.startswith("adjoint")]
    assert [text for text in drawn(graph.svg(root, adjoints=[x])) if text.startswith("adjoint")] == ["adjoint 0"]


def test_arrays_show_their_shapes() -> None:
    """A picture has no room for their entries."""
    matrix = Plain(np.ones((3, 4)), grad=np.zeros((3, 4)))
    root = Plain(12.0, (matrix,), "sum", 1.0)
    assert "value (3, 4)" in drawn(graph.svg(root))


def test_the_text_alternative_says_it_all() -> None:
    """It is the picture's label, and tells of each node how it was made, its value and its adjoint."""
    x, root = cubic()
    told = graph.text(root, x=x, f=root)
    assert told.startswith("A graph of 6 nodes; ")
    assert "x is leaf, value 1, adjoint 0" in told
    assert "f is sub of node 4, node 5, value −2, adjoint 1." in told
    assert ET.fromstring(graph.svg(root, x=x, f=root)).get("aria-label") == told  # noqa: S314 - our own picture


def test_parents_stand_to_the_left() -> None:
    """Arrows lead to the right, however long the way; a shared parent is drawn once."""
    x = Plain(0.5, grad=1.0)
    h = Plain(0.5, (x,), "sin", 1.0)
    far = h
    for _ in range(3):
        far = Plain(0.5, (far,), "sin", 1.0)
    svg = graph.svg(Plain(1.0, (h, far), "add", 1.0))
    boxes = [float(box.get("x", "")) for box in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}rect")]  # noqa: S314
    assert len(boxes) == 6
    assert len(set(boxes)) == 6
    assert min(boxes) == 0


def test_a_single_node_is_a_graph() -> None:
    """A leaf alone can be looked at."""
    assert drawn(graph.svg(Plain(2.5))) == ["leaf", "value 2.5", "adjoint 0"]


def test_large_graphs_are_refused() -> None:
    """Nobody can read a picture of hundreds of nodes; the error says what to do."""
    node = Plain(1.0)
    for _ in range(graph.MOST):
        node = Plain(1.0, (node,), "sin")
    with pytest.raises(ValueError, match="draw a smaller one"):
        graph.svg(node)


def test_nothing_styles_the_page() -> None:
    """Ink is the page's own colour, so that both themes work; no style sheet, no script, no ids."""
    svg = graph.svg(cubic()[1])
    assert 'fill="currentColor"' in svg
    assert not any(word in svg for word in ("<style", "<script", " id="))
