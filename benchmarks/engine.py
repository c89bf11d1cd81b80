"""What one gradient step costs: lab 05's engine, HIPS autograd, torch eager, and NumPy written by hand.

    .venv/bin/python benchmarks/engine.py

All four compute the same loss and the same gradients, which is checked first; one thread each.
They are timed in turns within the same run, in seconds of the processor; the fastest turn counts, as noise only adds.
Ends with status 1 if a bound does not hold.
"""

from __future__ import annotations

import os

os.environ |= {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")}  # before NumPy loads its libraries

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import autograd.numpy as anp
import numpy as np
import torch
from autograd import grad

from autograder.source.percent import read_lab
from autograder.source.reference import reference_source

__all__ = ["main"]

ROUNDS, SECONDS = 40, 0.01  # how often all take turns, and how long a turn is at least
MOST_BY_HAND = 1.3  # our time over that of hand-written NumPy, for the MLP from batch 128 on
LEAST_HIPS, LEAST_HIPS_SMALL = 1.5, 3.0  # HIPS autograd's time over ours: at batch 128 in float32; small or deep graphs
SOURCE = Path(__file__).resolve().parents[1] / "solutions" / "05_backprop.py"

Arrays = list[Any]
Step = Callable[[], Arrays]


def lab_engine() -> tuple[ModuleType, dict[str, Any]]:
    """Load lab 05's reference and put its table together, as the lab does."""
    lab = ModuleType("lab05")
    exec(compile(reference_source(read_lab(SOURCE)), str(SOURCE), "exec"), lab.__dict__)  # noqa: S102 - our own source
    table = {**lab.vjps, **lab.array_vjps}
    table["broadcast"] = (lambda g, _out, a: lab.unbroadcast(g, a.shape),)
    table["loss"] = (lambda g, _out, _z, gradient: g * gradient,)
    return lab, table


LAB, TABLE = lab_engine()


@dataclass(frozen=True)
class Problem:
    """A loss of some parameters, in four ways."""

    name: str
    steps: dict[str, Step]  # by hand, ours, hips, torch


def walk_back(loss: Any, leaves: Arrays) -> Arrays:
    """Let our engine find the gradients."""
    LAB.backward(LAB.topological_order(loss), TABLE)
    return [leaf.grad for leaf in leaves]


def torch_gradients(loss: Callable[..., Any], params: Arrays) -> Step:
    """Return a step of torch in eager mode."""
    leaves = [torch.tensor(param, requires_grad=True) for param in params]
    return lambda: list(torch.autograd.grad(loss(*leaves), leaves))


def hips_gradients(loss: Callable[..., Any], params: Arrays) -> Step:
    """Return a step of HIPS autograd."""
    gradient = grad(loss, argnum=list(range(len(params))))
    return lambda: list(gradient(*params))


def cubic(n: int = 100) -> Problem:
    """Make the fit of a polynomial of degree 3 by the mean of squares."""
    rng = np.random.default_rng(0)
    matrix = LAB.design_matrix(rng.uniform(-1, 1, n), 3)
    theta, y = rng.normal(size=4), rng.normal(size=n)
    tensor, target = torch.tensor(matrix), torch.tensor(y)

    def by_hand() -> Arrays:
        residual = matrix @ theta - y
        np.mean(residual**2)
        return [matrix.T @ (2 / n * residual)]

    def ours() -> Arrays:
        leaf = LAB.Node(theta)
        return walk_back(LAB.mean_of((matrix @ leaf - y) ** 2), [leaf])

    hips = hips_gradients(lambda theta: anp.mean((anp.dot(matrix, theta) - y) ** 2), [theta])
    eager = torch_gradients(lambda theta: ((tensor @ theta - target) ** 2).mean(), [theta])
    return Problem("cubic fit, n = 100", {"by hand": by_hand, "ours": ours, "hips": hips, "torch": eager})


def mlp(batch: int, dtype: Any) -> Problem:
    """Make a network 784-32-1 with ReLU and the logistic loss."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(batch, 784)).astype(dtype), (rng.random((batch, 1)) < 0.5).astype(dtype)
    shapes = ((784, 32), (32,), (32, 1), (1,))
    params = [(rng.normal(size=shape) / np.sqrt(shape[0])).astype(dtype) for shape in shapes]
    tensor, target = torch.tensor(x), torch.tensor(y)

    def by_hand() -> Arrays:
        w1, b1, w2, b2 = params
        before = x @ w1 + b1
        hidden = np.maximum(before, 0)
        _, dz = LAB.logistic_loss(hidden @ w2 + b2, y)
        back = (dz @ w2.T) * (before > 0)
        return [x.T @ back, back.sum(axis=0), hidden.T @ dz, dz.sum(axis=0)]

    def ours() -> Arrays:
        w1, b1, w2, b2 = leaves = [LAB.Node(param) for param in params]
        z = LAB.relu(x @ w1 + b1) @ w2 + b2
        loss, dz = LAB.logistic_loss(z.value, y)
        return walk_back(LAB.Node(loss, (z, LAB.constant(dz, z)), "loss"), leaves)

    def hips_loss(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
        z = anp.dot(anp.maximum(anp.dot(x, w1) + b1, 0), w2) + b2
        return anp.mean(anp.logaddexp(0, z) - y * z)

    def torch_loss(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
        z = torch.relu(tensor @ w1 + b1) @ w2 + b2
        return torch.nn.functional.binary_cross_entropy_with_logits(z, target)

    steps = {"by hand": by_hand, "ours": ours}
    steps |= {"hips": hips_gradients(hips_loss, params), "torch": torch_gradients(torch_loss, params)}
    return Problem(f"MLP 784-32-1, batch {batch}, {np.dtype(dtype).name}", steps)


def deep(layers: int = 32, width: int = 16, batch: int = 16) -> Problem:
    """Make many tanh layers, one after the other, and a mean of squares."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(batch, width))
    params = [rng.normal(size=(width, width)) / np.sqrt(width) for _ in range(layers)]
    tensor = torch.tensor(x)

    def by_hand() -> Arrays:
        values = [x]
        for w in params:
            values.append(np.tanh(values[-1] @ w))
        np.mean(values[-1] ** 2)
        back, gradients = 2 / values[-1].size * values[-1], []
        for w, before, after in zip(params[::-1], values[-2::-1], values[:0:-1], strict=True):
            back = back * (1 - after**2)
            gradients.append(before.T @ back)
            back = back @ w.T
        return gradients[::-1]

    def ours() -> Arrays:
        leaves, z = [LAB.Node(param) for param in params], x
        for leaf in leaves:
            z = LAB.tanh(z @ leaf)
        return walk_back(LAB.mean_of(z**2), leaves)

    def loss(module: Any, start: Any, dot: Callable[..., Any], weights: Any) -> Any:
        z = start
        for w in weights:
            z = module.tanh(dot(z, w))
        return module.mean(z**2)

    hips = hips_gradients(lambda *weights: loss(anp, x, anp.dot, weights), params)
    eager = torch_gradients(lambda *weights: loss(torch, tensor, torch.matmul, weights), params)
    name = f"{layers} layers deep, {width} wide"
    return Problem(name, {"by hand": by_hand, "ours": ours, "hips": hips, "torch": eager})


def check(problem: Problem) -> None:
    """Hold all gradients against those by hand."""
    wanted = problem.steps["by hand"]()
    for name, step in problem.steps.items():
        for got, want in zip(step(), wanted, strict=True):
            np.testing.assert_allclose(np.asarray(got), want, rtol=2e-3, atol=1e-5, err_msg=f"{problem.name}, {name}")


def microseconds(step: Step, repeats: int) -> float:
    """Time some steps in a row, each."""
    start = time.process_time()
    for _ in range(repeats):
        step()
    return (time.process_time() - start) / repeats * 1e6


def measure(problem: Problem) -> dict[str, list[float]]:
    """Let all take turns."""
    repeats = {name: 1 + int(SECONDS * 1e6 / microseconds(step, 3)) for name, step in problem.steps.items()}
    times: dict[str, list[float]] = {name: [] for name in problem.steps}
    for _ in range(ROUNDS):
        for name, step in problem.steps.items():
            times[name].append(microseconds(step, repeats[name]))
    return times


def ratio(times: dict[str, list[float]], above: str, below: str) -> float:
    """Return one time over another, each from its fastest round: what else a machine does only adds to a time."""
    return min(times[above]) / min(times[below])


def main() -> int:
    """Print the table and the ratios; return the exit status."""
    torch.set_num_threads(1)
    small, nets, large = (
        cubic(),
        [mlp(batch, dtype) for dtype in (np.float32, np.float64) for batch in (16, 128, 1024)],
        deep(),
    )
    results = {}
    heads = " ".join(f"{head:>9s}" for head in ("by hand", "ours", "HIPS", "torch"))
    print(f"{'microseconds a step':36s} {heads}   ours / by hand   HIPS / ours")
    for problem in (small, *nets, large):
        check(problem)
        times = results[problem.name] = measure(problem)
        fastest = " ".join(f"{min(series):9.1f}" for series in times.values())
        print(
            f"{problem.name:36s} {fastest} {ratio(times, 'ours', 'by hand'):16.2f} {ratio(times, 'hips', 'ours'):13.2f}"
        )
    heavy = max(ratio(results[net.name], "ours", "by hand") for net in nets if "batch 16," not in net.name)
    medium = ratio(results["MLP 784-32-1, batch 128, float32"], "hips", "ours")
    light = min(ratio(results[problem.name], "hips", "ours") for problem in (small, large))
    held = heavy <= MOST_BY_HAND and medium >= LEAST_HIPS and light >= LEAST_HIPS_SMALL
    print(
        f"ours is at most {heavy:.2f} x hand-written for the MLP at batch >= 128 (bound {MOST_BY_HAND}); "
        f"HIPS autograd takes {medium:.2f} x ours at batch 128 float32 (bound {LEAST_HIPS}), "
        f"at least {light:.2f} x on small and deep graphs (bound {LEAST_HIPS_SMALL}): {'held' if held else 'NOT held'}"
    )
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
