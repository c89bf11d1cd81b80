"""Pictures of computation graphs: any engine's nodes, drawn as inline SVG with values and adjoints.

A node is any object with four attributes; nothing else is asked of an engine:

``value``
    A number or an array: what was computed.
``grad``
    Its adjoint, of the same shape; None or 0 as long as there is none.
``parents``
    The nodes that it was computed from, in order; empty for a leaf.
``op``
    What was done to them, a text: ``"mul"``, ``"tanh"`` …; ``"constant"`` for a number that needs no adjoint.

No other program is needed, and no node is changed or kept.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from course_utils.figures import BLUE, VERMILLION

__all__ = ["MOST", "GraphNode", "Moment", "amount", "in_order", "show", "svg", "text"]

MOST = 60  # nodes that a person can still take in
WIDTH, HEIGHT, GAP, LANE = 102, 58, 34, 72  # a box, the room between two columns, the distance of two rows
BELOW = 18  # room for a line under the lowest box
SYMBOLS = {"add": "+", "sub": "−", "mul": "×", "div": "÷", "pow": "^", "matmul": "@"}


class GraphNode(Protocol):
    """What this module asks of a node."""

    value: Any
    grad: Any
    parents: Sequence[Any]
    op: str


@dataclass(frozen=True)
class Moment:
    """How far a walk through a graph has come; nodes stand for themselves by their ``id``.

    Attributes
    ----------
    values : collection of int
        Nodes whose values are known.
    adjoints : dict of int to str
        What is written as the adjoints that are known.
    heard : dict of int to str
        What the adjoint of a node is the sum of; written below its box.
    arrows : collection of (parent, node)
        Arrows along which something moves now.
    at : int, optional
        The node that changes now.
    back : bool
        Whether it moves from nodes to their parents.
    """

    values: Collection[int] = ()
    adjoints: Mapping[int, str] = field(default_factory=dict)
    heard: Mapping[int, str] = field(default_factory=dict)
    arrows: Collection[tuple[int, int]] = ()
    at: int | None = None
    back: bool = False


TINT = "75%"  # of a colour in the words; the rest is the page's ink, for a contrast of 4.5:1 on white and on black
SMALLEST = 0.65  # how far a wide picture may shrink before it scrolls

Spot = tuple[float, float]
Key = tuple[int, int]  # id of a node; column of a bend in its arrow to a distant one, or -1 for the node itself


def show(root: GraphNode, *, adjoints: bool | Collection[Any] = True, **names: GraphNode) -> None:
    """Display the graph that ends in a node.

    Parameters
    ----------
    root : node
        The last value computed.
    adjoints : bool or collection of nodes
        Whether to write adjoints; or the nodes whose adjoints to write.
    **names : node
        What to call some of the nodes: ``show(loss, w=w, b=b)``.

    Raises
    ------
    ValueError
        It has more than `MOST` nodes.
    """
    from IPython.display import HTML, display

    display(HTML(f'<div style="overflow-x:auto">{svg(root, adjoints=adjoints, moment=None, **names)}</div>'))


def svg(
    root: GraphNode, *, adjoints: bool | Collection[Any] = True, moment: Moment | None = None, **names: GraphNode
) -> str:
    """Draw a graph as SVG text, perhaps at one moment of a walk; the other parameters are those of `show`."""
    picture = _Picture(root, adjoints, names, moment)
    columns = _columns(picture.nodes)
    spots = _spots(picture.nodes, columns)
    width = (1 + max(columns.values())) * (WIDTH + GAP) - GAP + 4
    height = 2 * max(abs(y) for _, y in spots.values()) + HEIGHT + (4 if moment is None else 2 * BELOW)
    label = html.escape(picture.text(), quote=True)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" '
        f'viewBox="-2 {-height / 2:g} {width:g} {height:g}" width="{width:g}" style="max-width:100%;'
        f'min-width:{SMALLEST * width:g}px;height:auto" '
        'font-family="sans-serif" font-size="13" fill="currentColor" text-anchor="middle">'
    )
    parts = [opening]
    for node in picture.nodes:
        parts += [_arrow(parent, node, columns, spots, moment) for parent in node.parents]
    parts += [_box(node, spots[id(node), -1], picture.lines(node), moment) for node in picture.nodes]
    return "\n".join([*parts, "</svg>"])


def text(root: GraphNode, *, adjoints: bool | Collection[Any] = True, **names: GraphNode) -> str:
    """Say in words what the picture shows; the parameters are those of `show`."""
    return _Picture(root, adjoints, names).text()


class _Picture:
    """A graph and what is written into its boxes."""

    def __init__(
        self,
        root: GraphNode,
        adjoints: bool | Collection[Any],
        names: dict[str, GraphNode],
        moment: Moment | None = None,
    ) -> None:
        self._moment = moment
        self.nodes = _nodes(root)
        every = adjoints is True
        listed = () if isinstance(adjoints, bool) else adjoints
        self._told = {id(node) for node in (self.nodes if every else listed) if node.op != "constant"}
        self._names = {id(node): name for name, node in names.items()}

    def lines(self, node: GraphNode) -> tuple[str, str, str]:
        """Return the three lines of a box: what was done, its value, its adjoint or nothing."""
        name = self._names.get(id(node), "")
        done = name or node.op if not node.parents else SYMBOLS.get(node.op, node.op)
        title = f"{name} = {done}" if name and node.parents else done
        if self._moment is not None:
            known = amount(node.value) if id(node) in self._moment.values else ""
            return title, known, self._moment.adjoints.get(id(node), "")
        return title, amount(node.value), amount(node.grad) if id(node) in self._told else ""

    def text(self) -> str:
        """Say it in words, one node after the other."""
        columns = _columns(self.nodes)
        ordered = sorted(self.nodes, key=lambda node: columns[id(node)])
        called = {id(node): self._names.get(id(node), f"node {place}") for place, node in enumerate(ordered, 1)}
        return (
            "; ".join([f"A graph of {len(ordered)} nodes", *(self._sentence(node, called) for node in ordered)]) + "."
        )

    def _sentence(self, node: GraphNode, called: dict[int, str]) -> str:
        made = f"{node.op} of {', '.join(called[id(p)] for p in node.parents)}" if node.parents else node.op
        _, value, adjoint = self.lines(node)
        return f"{called[id(node)]} is {made}, value {value or 'not known yet'}" + (
            f", adjoint {adjoint}" if adjoint else ""
        )


def amount(value: Any) -> str:
    """Write a number with three digits, or the shape of an array."""
    array = np.asarray(0.0 if value is None else value)
    return f"{float(array):.3g}".replace("-", "−") if array.ndim == 0 else f"shape {array.shape}"


def _nodes(root: GraphNode) -> list[GraphNode]:
    """Collect the nodes that a node was computed from, and itself; each once."""
    found = {id(root): root}
    waiting = [root]
    for node in waiting:
        new = {id(parent): parent for parent in node.parents if id(parent) not in found}
        found.update(new)
        waiting += new.values()
        if len(found) > MOST:
            raise ValueError(f"this graph has more than {MOST} nodes: draw a smaller one, such as one layer of it")
    return waiting


def in_order(root: GraphNode) -> list[GraphNode]:
    """Return the nodes of a graph as its picture has them, column after column: each after its parents."""
    nodes = _nodes(root)
    columns = _columns(nodes)
    spots = _spots(nodes, columns)
    return sorted(nodes, key=lambda node: (columns[id(node)], spots[id(node), -1][1]))


def _columns(nodes: Sequence[GraphNode]) -> dict[int, int]:
    """Put each node to the left of all that use it, as near as can be; column 0 is the leftmost."""
    column = dict.fromkeys(map(id, nodes), 0)
    for _ in nodes:  # pushing to the left settles after at most as many sweeps as there are nodes
        for node in nodes:
            for parent in node.parents:
                column[id(parent)] = min(column[id(parent)], column[id(node)] - 1)
    leftmost = min(column.values())
    return {key: place - leftmost for key, place in column.items()}


def _spots(nodes: Sequence[GraphNode], columns: dict[int, int]) -> dict[Key, Spot]:
    """Place nodes, and the bends of arrows that pass other columns, so that few arrows cross."""
    links = [link for node in nodes for parent in node.parents for link in _links(parent, node, columns)]
    lanes: dict[int, list[Key]] = {}
    for key in dict.fromkeys(key for link in links for key in link):
        lanes.setdefault(columns[key[0]] if key[1] < 0 else key[1], []).append(key)
    rows: dict[Key, float] = {(id(nodes[0]), -1): 0.0}
    lanes.setdefault(columns[id(nodes[0])], [(id(nodes[0]), -1)])
    for sweep in range(8):
        for column in sorted(lanes, reverse=sweep % 2 == 0):
            _settle(lanes[column], links, rows)
    x = {column: WIDTH / 2 + column * (WIDTH + GAP) for column in lanes}
    return {key: (x[column], LANE * rows[key]) for column, keys in lanes.items() for key in keys}


def _settle(keys: list[Key], links: Sequence[tuple[Key, Key]], rows: dict[Key, float]) -> None:
    """Sort one column by the mean row of each key's neighbours, and spread it around the middle."""

    def middle(key: Key) -> float:
        beside = [rows[other] for pair in links if key in pair for other in pair if other != key and other in rows]
        return float(np.mean(beside)) if beside else rows.get(key, 0.0)

    keys.sort(key=middle)
    rows.update({key: place - (len(keys) - 1) / 2 for place, key in enumerate(keys)})


def _links(parent: GraphNode, node: GraphNode, columns: dict[int, int]) -> list[tuple[Key, Key]]:
    """Cut an arrow into pieces from column to column."""
    bends = [(id(parent), column) for column in range(columns[id(parent)] + 1, columns[id(node)])]
    stops: list[Key] = [(id(parent), -1), *bends, (id(node), -1)]
    return list(itertools.pairwise(stops))


def _arrow(
    parent: GraphNode, node: GraphNode, columns: dict[int, int], spots: dict[Key, Spot], moment: Moment | None
) -> str:
    links = _links(parent, node, columns)
    (x, y), pieces = spots[links[0][0]], []
    pieces.append(f"M{x + WIDTH / 2:g},{y:g}")
    for _, stop in links:
        to_x, to_y = spots[stop]
        end = to_x - WIDTH / 2 - (6 if stop[1] < 0 else 0)
        bend = (end + x + WIDTH / 2) / 2
        pieces.append(f"C{bend:g},{y:g} {bend:g},{to_y:g} {end:g},{to_y:g}")
        pieces.append("" if stop[1] < 0 else f"H{to_x + WIDTH / 2:g}")
        x, y = to_x, to_y
    tip = f"M{x - WIDTH / 2:g},{y:g}l-9,-4.5v9z"
    look = 'stroke="currentColor" stroke-width="1.3"'
    if moment is not None and (id(parent), id(node)) in moment.arrows:
        look = _moving(moment)
        if moment.back:  # the message arrives at the right side of the parent
            x, y = spots[id(parent), -1]
            tip = f"M{x + WIDTH / 2:g},{y:g}l11,-6v12z"
    return f'<path d="{"".join(pieces)}" fill="none" {look}/><path d="{tip}" stroke="none"/>'


def _moving(moment: Moment) -> str:
    """Tell where something moves by width, and the direction by dashes as well as by colour."""
    if moment.back:
        return f'stroke="{VERMILLION}" stroke-width="3.5" stroke-dasharray="8 4"'
    return f'stroke="{BLUE}" stroke-width="3.5"'


def _box(node: GraphNode, spot: Spot, words: tuple[str, str, str], moment: Moment | None) -> str:
    (x, y), (title, value, adjoint) = spot, words
    look = 'stroke="currentColor"' + (' stroke-dasharray="4 3"' if node.op == "constant" else "")
    sum_ = moment.heard.get(id(node), "") if moment is not None else ""
    if moment is not None and moment.at == id(node):
        look = f'stroke="{VERMILLION if moment.back else BLUE}" stroke-width="3"'
    numbers = [_labelled("value", value, BLUE), _labelled("adjoint", adjoint, VERMILLION)]
    kept = [html.escape(title), *filter(None, numbers)]
    top = y + 4.5 - 17 * (len(kept) - 1) / 2
    lines = [_line(x, top + 17 * place, word, bold=place == 0) for place, word in enumerate(kept)]
    corner = f'x="{x - WIDTH / 2:g}" y="{y - HEIGHT / 2:g}" width="{WIDTH}" height="{HEIGHT}" rx="7"'
    if sum_:
        lines.append(_line(x, y + HEIGHT / 2 + 13, html.escape(sum_), bold=False))
    return f'<rect {corner} fill="none" {look}/>' + "".join(lines)


def _labelled(label: str, amount: str, colour: str) -> str:
    """Colour the word, with so much of the page's ink that small letters read on any theme."""
    fill = f"fill:color-mix(in srgb, {colour} {TINT}, currentColor)"
    return f'<tspan style="{fill}">{label}</tspan> {amount.removeprefix("shape ")}' if amount else ""


def _line(x: float, y: float, words: str, *, bold: bool) -> str:
    weight = "bold" if bold else "normal"
    return f'<text x="{x:g}" y="{y:g}" font-weight="{weight}">{words}</text>'
