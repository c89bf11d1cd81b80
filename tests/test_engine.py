"""The engine of lab 05: right on any graph, in any precision, on long ones too, and without garbage."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch

from tests.lab_engine import lab, loss_node, table, walk_back

with warnings.catch_warnings(action="ignore"):  # HIPS autograd imports what newer NumPy renames
    import autograd
    import autograd.numpy as anp

SHAPES = ((), (3,), (2, 1), (2, 3))  # any two of them broadcast
UNARY = ("sin", "exp", "tanh", "relu", "log", "pow", "mean", "sum", "neg", "float_mul", "array_add")
BINARY = ("add", "sub", "mul", "div")

Graph = list[tuple[Any, ...]]


def random_graph(rng: np.random.Generator, leaves: int, length: int) -> Graph:
    """Draw operations and the places of their operands."""
    graph: Graph = []
    for place in range(leaves, leaves + length):
        one, two = (int(n) for n in rng.integers(max(0, place - 6), place, 2))
        name = str(rng.choice(UNARY if rng.random() < 0.5 else BINARY))
        graph.append((name, one, two) if name in BINARY else (name, one))
    return graph


def evaluate(graph: Graph, leaves: Sequence[Any], ops: dict[str, Callable[..., Any]]) -> Any:
    """Compute the sum of all nodes, so that each of them matters; values stay between -3 and 3 by a sine."""
    nodes = list(leaves)
    total = 0.0
    for name, *places in graph:
        nodes.append(ops["sin"](ops[name](*(nodes[place] for place in places))))
        total = total + ops["sum"](nodes[-1])
    return total


def operations(
    module: Any, total: Callable[[Any], Any], mean: Callable[[Any], Any], relu: Callable[[Any], Any]
) -> dict[str, Any]:
    """Give the operations in one library's words; positive where a logarithm or a quotient needs it."""
    constant = np.array([[0.5, -1.5, 2.0]])
    return {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / (b * b + 1),
        "neg": lambda a: -a,
        "float_mul": lambda a: 1.5 - 2 * a,
        "array_add": lambda a: a + (torch.tensor(constant) if module is torch else constant),
        "pow": lambda a: a**3,
        "log": lambda a: module.log(a * a + 1),
        "sin": module.sin,
        "exp": module.exp,
        "tanh": module.tanh,
        "relu": relu,
        "sum": total,
        "mean": mean,
    }


def ours() -> dict[str, Any]:
    """Give the operations in the lab's words."""
    return operations(lab(), lab().sum_of, lab().mean_of, lab().relu)


@pytest.mark.parametrize("seed", range(25))
def test_random_graphs_agree_with_torch_and_hips_autograd(seed: int) -> None:
    """Values and all gradients are those of both libraries."""
    rng = np.random.default_rng(seed)
    values = [rng.uniform(-1, 1, SHAPES[int(rng.integers(len(SHAPES)))]) for _ in range(4)]
    graph = random_graph(rng, len(values), 25)

    leaves = [lab().Node(value) for value in values]
    root = evaluate(graph, leaves, ours())
    walk_back(root)

    tensors = [torch.tensor(value, requires_grad=True) for value in values]
    torch_root = evaluate(graph, tensors, operations(torch, torch.sum, torch.mean, torch.relu))
    torch_root.backward()

    hips = operations(anp, anp.sum, anp.mean, lambda a: anp.maximum(a, 0))
    gradients = autograd.grad(lambda *given: evaluate(graph, given, hips), argnum=list(range(4)))(*values)

    assert torch_root.item() == pytest.approx(float(root.value), rel=1e-12)
    for leaf, tensor, gradient in zip(leaves, tensors, gradients, strict=True):
        grad = np.zeros(leaf.value.shape) if tensor.grad is None else tensor.grad.numpy()
        np.testing.assert_allclose(leaf.grad, grad, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(leaf.grad, gradient, rtol=1e-10, atol=1e-12)


def test_a_network_agrees_with_torch() -> None:
    """Matrix products, broadcast rows and the two losses give torch's gradients."""
    rng = np.random.default_rng(0)
    x, labels, y = rng.normal(size=(7, 5)), rng.integers(0, 3, 7), rng.integers(0, 2, (7, 1))
    for head, width in ((lab().cross_entropy, 3), (lab().logistic_loss, 1)):
        values = [rng.normal(size=shape) for shape in ((5, 4), (4,), (4, width), (width,))]
        w1, b1, w2, b2 = leaves = [lab().Node(value) for value in values]
        walk_back(loss_node(head, lab().relu(x @ w1 + b1) @ w2 + b2, labels if width == 3 else y))
        v1, c1, v2, c2 = tensors = [torch.tensor(value, requires_grad=True) for value in values]
        z = torch.relu(torch.tensor(x) @ v1 + c1) @ v2 + c2
        functional = torch.nn.functional
        if width == 3:
            functional.cross_entropy(z, torch.tensor(labels)).backward()
        else:
            functional.binary_cross_entropy_with_logits(z, torch.tensor(y, dtype=torch.float64)).backward()
        for leaf, tensor in zip(leaves, tensors, strict=True):
            assert tensor.grad is not None
            np.testing.assert_allclose(leaf.grad, tensor.grad.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", range(5))
def test_no_gradient_changes_its_dtype(dtype: Any, seed: int) -> None:
    """Numbers, whole numbers and float64 arrays that meet float32 nodes leave them float32, forward and backward."""
    rng = np.random.default_rng(seed)
    leaves = [lab().Node(rng.uniform(-1, 1, shape).astype(dtype)) for shape in SHAPES]
    root = evaluate(random_graph(rng, 4, 20), leaves, ours())
    matrix = lab().Node(np.ones((3, 2), dtype))
    z = (np.arange(12).reshape(4, 3) @ matrix) * 3
    root = root + loss_node(lab().cross_entropy, z, np.array([0, 1, 1, 0]))
    for node in walk_back(root):
        assert node.value.dtype == dtype, node
        if node.op != "constant":
            assert np.asarray(node.grad).dtype == dtype, node


def test_two_precisions_in_one_graph_are_refused() -> None:
    """Rather than to change a gradient's dtype silently, the engine says what to do."""
    with pytest.raises(TypeError, match="one precision"):
        lab().Node(np.float32(1)) * lab().Node(np.float64(1))


def test_no_reference_cycles() -> None:
    """A graph that nobody holds any more is gone at once, without the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        rng = np.random.default_rng(3)
        leaves = [lab().Node(rng.normal(size=shape)) for shape in SHAPES]
        root = evaluate(random_graph(rng, 4, 30), leaves, ours())
        walk_back(root)
        del root, leaves
        assert not [thing for thing in gc.get_objects() if type(thing) is lab().Node]
    finally:
        gc.enable()


def test_a_chain_of_100_000_nodes() -> None:
    """Nothing recurses: not the order, not the walk, not the end of the graph's life."""
    leaf = lab().Node(0.5)
    node = leaf
    for place in range(100_000):
        node = lab().sin(node) if place % 1000 == 0 else node + leaf if place % 50_000 == 1 else -node
    assert len(walk_back(node)) > 100_000
    assert np.isfinite(leaf.grad)
    del node


@pytest.mark.parametrize("exchanged", [False, True])
def test_uneven_diamond(exchanged: bool) -> None:
    """3h + 4 tanh(2h) with h = tanh x, in both orders of its terms, has the slope that the chain rule gives."""
    x = lab().Node(0.7)
    h = lab().tanh(x)
    short, long = 3 * h, 4 * lab().tanh(2 * h)
    root = long + short if exchanged else short + long
    walk_back(root)
    t = np.tanh(0.7)
    assert x.grad == pytest.approx((3 + 8 * (1 - np.tanh(2 * t) ** 2)) * (1 - t**2), rel=1e-14)


def test_leaves_add_up_and_nodes_do_not() -> None:
    """A second walk doubles the gradient of leaves; constants never get one."""
    x = lab().Node(np.array([0.3, -0.8]))
    h = lab().sin(x)
    root = lab().sum_of(3 * h + h * h)
    order = walk_back(root)
    once, between = x.grad, h.grad
    walk_back(root)
    np.testing.assert_array_equal(x.grad, 2 * once)
    np.testing.assert_array_equal(h.grad, between)
    assert {node.grad for node in order if node.op == "constant"} == {0.0}


def test_every_operation_has_its_row() -> None:
    """Each operation that can be recorded can be walked back through."""
    assert {*lab().OPS, "broadcast"} <= table().keys()
