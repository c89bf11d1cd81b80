"""Every number that the prose of lab 06 quotes, computed from the lab's own functions."""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autograder.source.percent import read_lab
from autograder.source.reference import reference_source

LAB = read_lab(Path(__file__).resolve().parents[1] / "solutions" / "06_pytorch.py")
THREADS = torch.get_num_threads()


@cache
def lab() -> dict[str, Any]:
    """Run setup and solutions of the lab."""
    names: dict[str, Any] = {}
    exec(compile(reference_source(LAB), "lab 06", "exec"), names)  # noqa: S102 - our own lab
    torch.set_num_threads(THREADS)
    return names


def says(text: str) -> bool:
    """Tell whether the lab's text quotes this, so that a test does not outlive its sentence."""
    return text in LAB.text


def losses(*, clear: bool, memory: float = 0.0) -> list[float]:
    """Train on the three points."""
    found: list[float] = lab()["descend"](lab()["predict"], clear=clear, memory=memory)[0]
    return found


def test_the_three_points_lie_on_twice_the_square() -> None:
    """theta = (0, 0, 2) predicts all targets."""
    assert says("so $\\theta = (0, 0, 2)$")
    predicted = lab()["predict"](torch.tensor([0.0, 0.0, 2.0]), lab()["x_train"])
    assert predicted.tolist() == lab()["y_train"].tolist()


def test_a_perfect_column_has_a_loss() -> None:
    """4/3, which the text rounds to 1.33."""
    assert says("a perfect model got the loss 1.33")
    column, row = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([1.0, 2.0, 3.0])
    assert ((column - row) ** 2).mean().item() == pytest.approx(lab()["column_loss"])


def test_the_trap_teaches_the_mean_of_the_targets() -> None:
    """The least loss of a column against a row is at the mean, for every prediction."""
    assert says("would learn to predict the mean of the targets for everything")
    row = torch.tensor([1.0, 2.0, 6.0])
    column = torch.full((3, 1), 3.0, requires_grad=True)
    ((column - row) ** 2).mean().backward()
    assert column.grad is not None
    assert column.grad.abs().max().item() == pytest.approx(0, abs=1e-6)


def test_slopes_of_the_cubic() -> None:
    """0 at 1, 9 at 2; two passes make 18."""
    assert says("0 at $x = 1$ and 9 at $x = 2$")
    assert lab()["derivative"](lab()["cubic"], torch.tensor([1.0, 2.0])).tolist() == [0, 9]
    assert lab()["gradients_seen"] == [9, 18, 9]


def test_a_detached_factor_has_no_slope() -> None:
    """x · x.detach() has the slope x."""
    places = torch.tensor([1.5, -2.0])
    assert lab()["derivative"](lab()["half_frozen"], places).tolist() == places.tolist()


def test_losses_of_the_right_loop() -> None:
    """From 131 over 8 down."""
    right = losses(clear=True)
    assert [right[step] for step in (0, 1, 2, 5, 200, 999)] == pytest.approx(
        [130.667, 7.97653, 0.67313, 0.19869, 0.00422, 0.000715], rel=0.01
    )


def test_losses_of_the_forgotten_line() -> None:
    """From 131 to 8, then to 63 and to 161, and never above."""
    assert says("The loss fell from 131 to 8 in one step, so the loop is right. Then it jumped to 63 and to 161")
    assert says("stays below about 161")
    forgotten = losses(clear=False)
    assert forgotten[:4] == pytest.approx([130.667, 7.97653, 63.505, 161.037], rel=1e-4)
    assert max(forgotten) < 161.1


def test_forgetting_is_momentum_with_memory_one() -> None:
    """Step by step the same losses."""
    assert says("**momentum with memory 1**")
    assert losses(clear=False) == losses(clear=True, memory=1.0)


def test_the_second_step_repeats_the_first_gradient() -> None:
    """After two steps the thetas differ by λ times the first gradient."""
    paths = [lab()["descend"](lab()["predict"], clear=clear, n_steps=2)[1] for clear in (True, False)]
    first = -paths[0][1] / 0.01
    assert (paths[0][1] - paths[1][1]).abs().max().item() == 0
    assert ((paths[0][2] - paths[1][2]) / 0.01).tolist() == pytest.approx(first.tolist(), rel=1e-4)


def test_a_learning_rate_that_is_too_large_grows_without_end() -> None:
    """Above 2 / the largest curvature, 0.0265, the loss is inf in the end; 0.01 is below."""
    assert says("the loss would grow without end")
    data = lab()["x_train"], lab()["y_train"], torch.zeros(3)
    _, grown = lab()["fit"](lab()["predict"], *data, 0.03, 400)
    assert not np.isfinite(grown[-1])
    ratios = [after / before for before, after in itertools.pairwise(grown[4:13])]
    assert max(ratios) / min(ratios) == pytest.approx(1, abs=0.02)


def test_torch_agrees_with_the_formula_of_lab_04() -> None:
    """1000 steps, to the digits that float32 has."""
    x, y, zeros = lab()["x_train"], lab()["y_train"], torch.zeros(3)
    theta, found = lab()["fit"](lab()["predict"], x, y, zeros, 0.01, 1000)
    by_hand, hand_losses = lab()["descend_by_hand"](x.numpy(), y.numpy(), zeros.numpy(), 0.01, 1000)
    assert theta.tolist() == pytest.approx(by_hand.tolist(), abs=1e-5)
    assert found == pytest.approx(hand_losses, rel=1e-3)


def test_torch_agrees_with_the_chain_of_lab_05() -> None:
    """All four gradients of the network."""
    rng = np.random.default_rng(1)
    shapes = {"x": (5,), "y": (3,), "W1": (4, 5), "b1": (4,), "W2": (3, 4), "b2": (3,)}
    arrays = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    tensors = {name: torch.tensor(array, requires_grad=name not in "xy") for name, array in arrays.items()}
    lab()["network_loss"](**tensors).backward()
    for name, by_hand in zip(("W1", "b1", "W2", "b2"), lab()["network_gradients"](**arrays), strict=True):
        gradient = tensors[name].grad
        assert gradient is not None
        assert np.abs(gradient.numpy() - by_hand).max() < 1e-12


def test_derivatives_of_tanh_are_those_of_lab_05() -> None:
    """The largest sizes of the first six."""
    sizes = [
        lab()["nth_derivative"](torch.tanh, torch.linspace(-4, 4, 8001), order).abs().max() for order in range(1, 7)
    ]
    assert [size.item() for size in sizes] == pytest.approx([1, 0.76980, 2, 4.08589, 16, 52.2659], rel=1e-3)


def test_what_a_graph_keeps() -> None:
    """20 layers of 100,000 numbers keep 8 MB, nothing after del, nothing inside no_grad."""
    assert says("so 0.4 MB")
    x = torch.randn(100_000, requires_grad=True)
    with lab()["counted"]:
        loss = lab()["deep"](x)
        assert lab()["Kept"].bytes == 20 * x.nbytes == 8_000_000
        del loss
        assert lab()["Kept"].bytes == 0
        with torch.no_grad():
            lab()["deep"](x)
        assert lab()["Kept"].bytes == 0


def test_which_functions_need_their_result() -> None:
    """Root and tanh do, sine does not."""
    assert says("both are computed from the *result*")
    fails = []
    for function in (torch.sqrt, torch.tanh, torch.sin):
        y = function(torch.tensor([1.0, 4.0], requires_grad=True))
        y += 1
        try:
            y.sum().backward()
        except RuntimeError:
            fails.append(function.__name__)
    assert fails == ["sqrt", "tanh"]


def test_minutes_are_as_the_lab_says() -> None:
    """52 minutes of graded exercises."""
    assert says("90 minutes, of which 52 are exercises")
    assert sum(exercise.minutes for exercise in LAB.exercises if not exercise.optional) == 52
