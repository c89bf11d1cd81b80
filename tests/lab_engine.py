"""Lab 05's reference, with its table put together as the lab does."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.source.percent import read_lab
from autograder.source.reference import reference_source

__all__ = ["lab", "loss_node", "table", "walk_back"]

SOURCE = Path(__file__).resolve().parents[1] / "solutions" / "05_backprop.py"


@cache
def lab() -> ModuleType:
    """Run the setup and exercise cells of the source."""
    module = ModuleType("lab05")
    exec(compile(reference_source(read_lab(SOURCE)), str(SOURCE), "exec"), module.__dict__)  # noqa: S102 - our own source
    return module


@cache
def table() -> dict[str, Any]:
    """Return the rows of both exercises, and the two that show cells add."""
    rows = {**lab().vjps, **lab().array_vjps}
    rows["broadcast"] = (lambda g, _out, a: lab().unbroadcast(g, a.shape),)
    rows["loss"] = (lambda g, _out, _z, gradient: g * gradient,)
    return rows


def walk_back(root: Any) -> list[Any]:
    """Set all adjoints; return the nodes in their order."""
    order: list[Any] = lab().topological_order(root)
    lab().backward(order, table())
    return order


def loss_node(loss_and_gradient: Any, z: Any, targets: Any) -> Any:
    """Make a node of a loss, as a show cell does."""
    loss, gradient = loss_and_gradient(z.value, targets)
    return lab().Node(loss, (z, lab().constant(gradient, z)), "loss")
