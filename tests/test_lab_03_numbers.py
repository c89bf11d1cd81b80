"""Every number that the prose of lab 03 quotes, computed."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

Array = npt.NDArray[Any]
TRUTH = np.array([2.0, -3.0, 1.0])
POINTS = (-1.0, 0.5, 2.0)


def features(x: tuple[float, ...]) -> Array:
    """Return what (a, b, c) are multiplied by at each point."""
    return np.vander(np.array(x), 3)


def curvatures(x: tuple[float, ...]) -> Array:
    """Return the eigenvalues of the Hessian of the mean of squares."""
    table = features(x)
    return np.linalg.eigvalsh(2 * table.T @ table / len(x))


def walk(x: tuple[float, ...], learning_rate: float, n_steps: int) -> tuple[Array, Array]:
    """Return theta and the losses of a fit with the mean of squares, from the lab's random guess."""
    table = features(x)
    targets, theta = table @ TRUTH, np.random.default_rng(4).normal(size=3)
    losses = [np.mean((table @ theta - targets) ** 2)]
    with np.errstate(all="ignore"):
        for _ in range(n_steps):
            theta = theta - learning_rate * 2 / len(x) * table.T @ (table @ theta - targets)
            losses.append(np.mean((table @ theta - targets) ** 2))
    return theta, np.array(losses)


def test_the_three_points_lie_on_the_lost_parabola() -> None:
    """The setup cell types y_data in."""
    assert (features(POINTS) @ TRUTH).tolist() == [6.0, 0.0, 3.0]


def test_the_figure_of_many_parabolas_bends_them_through_the_points() -> None:
    """The figure writes the parabolas through two points as a line and a bend; with bend 2 it is the lost one."""
    x = np.linspace(-3, 3, 7)
    assert np.allclose(2 - 4 * x + 2 * (x + 1) * (x - 0.5), np.polyval(TRUTH, x))


def test_the_edges_of_sum_and_mean() -> None:
    """0.13669 with the mean, a third of it with the sum, and a condition number of about 27."""
    bends = curvatures(POINTS)
    assert [round(2 / bends[-1], 5), round(2 / (3 * bends[-1]), 5), round(bends[-1] / bends[0])] == [
        0.13669,
        0.04556,
        27,
    ]


def test_the_gradient_on_paper() -> None:
    """The residual at the guess is -3, and the inner derivatives are 9, 3 and 1."""
    residual = 9 * 1 + 3 * -2 + 4 - 10
    assert [-54, -18, -6] == [2 * residual * inner for inner in (9, 3, 1)]


def test_the_line_of_guesses_keeps_the_sum_of_residuals_at_zero() -> None:
    """The figure of three ideas walks along (1, 1, -2.25)."""
    assert np.sum(features(POINTS) @ [1.0, 1.0, -2.25]) == 0


@pytest.mark.parametrize("factor", [1, 3])
@pytest.mark.parametrize(("rate", "fate"), [(0.00001, "crawls"), (0.01, "arrives"), (1.0, "explodes")])
def test_what_three_learning_rates_do(rate: float, fate: str, factor: int) -> None:
    """The same with the mean and with the sum, whose gradient is three times larger."""
    _, losses = walk(POINTS, factor * rate, 1000)
    share = losses[-1] / losses[0]
    assert fate == ("explodes" if np.isnan(share) else "crawls" if share > 0.5 else "arrives")


def test_the_largest_rate_gives_inf_and_then_nan_before_step_300() -> None:
    """The right panel starts at step 300 and is empty."""
    _, losses = walk(POINTS, 1.0, 1000)
    assert np.argmax(np.isinf(losses)) < np.argmax(np.isnan(losses)) < 300


def test_five_guesses_end_in_the_same_place() -> None:
    """The lab prints four digits."""
    theta, _ = walk(POINTS, 0.01, 2000)
    assert np.round(theta, 3).tolist() == TRUTH.tolist()


def test_the_advice_of_the_notes_fails_at_the_points_1_2_3() -> None:
    """Sum of squares: curvature about 227, edge 0.0088; with the mean 0.026; inf after more than a thousand steps."""
    largest = curvatures((1, 2, 3))[-1]
    _, losses = walk((1, 2, 3), 0.03, 3000)
    assert [round(3 * largest), round(2 / (3 * largest), 4), round(2 / largest, 3)] == [227, 0.0088, 0.026]
    assert losses[0] < losses[1] < losses[2]
    assert np.argmax(np.isinf(losses)) > 1000


def test_the_mark_falls_to_a_twelfth_when_the_third_point_goes_to_the_right() -> None:
    """From x = 2 to x = 4, as the widget's prose says; three quarters of the old edge are far above the new one."""
    before, after = (2 / curvatures((-1.0, 0.5, x))[-1] for x in (2.0, 4.0))
    assert (12, True) == (round(before / after), 0.75 * before > after)
