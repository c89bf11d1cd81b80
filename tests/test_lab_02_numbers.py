"""Every number that the prose of lab 02 quotes, computed from the lab's own functions."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.source.percent import read_lab
from autograder.source.reference import reference_source

LAB = read_lab(Path(__file__).resolve().parents[1] / "solutions" / "02_gradient_descent.py")


@cache
def lab() -> dict[str, Any]:
    """Run setup and solutions of the lab; the slider alone is left out, it would draw."""
    names: dict[str, Any] = {}
    source = "\n".join(line for line in reference_source(LAB).split("\n") if not line.startswith("interact("))
    exec(compile(source, "lab 02", "exec"), names)  # noqa: S102 - our own lab
    return names


def walk(slope: str, start: float, learning_rate: float, n_steps: int) -> Any:
    """Walk in one dimension."""
    path = lab()["gradient_descent"](lab()[slope], np.array([start]), learning_rate, n_steps)
    return path[:, 0]


def one_step(learning_rate: float) -> tuple[float, float]:
    """Return promise and reality of one step on dip from 5."""
    y = -learning_rate * lab()["dip_slope"](5.0)
    return lab()["taylor1"](lab()["dip"], lab()["dip_slope"], 5.0, y), lab()["dip"](5.0 + y)


def says(text: str) -> bool:
    """Tell whether the lab's text quotes this, so that a test does not outlive its sentence."""
    return text in LAB.text


def test_a_ten_times_smaller_step_has_a_hundred_times_smaller_error() -> None:
    """The error of the line is y² on dip."""
    assert says("ten times smaller makes the error a hundred times smaller")
    errors = [
        lab()["dip"](5 + y) - lab()["taylor1"](lab()["dip"], lab()["dip_slope"], 5.0, y) for y in (-1, -0.1, -0.01)
    ]
    assert errors == pytest.approx([1, 0.01, 0.0001])


def test_the_promise_of_a_large_step_is_negative() -> None:
    """λ = 1 promises −27 and ends as high as it began; λ = 1.1 ends higher."""
    assert says("promises −27")
    assert says("promises a height of −30.6, but the walker climbs from 9 to 12.96")
    assert one_step(1) == pytest.approx((-27, 9))
    assert one_step(1.1) == pytest.approx((-30.6, 12.96))


def test_promise_grows_like_the_rate_and_error_like_its_square() -> None:
    """Doubling λ doubles the promised loss and makes the error four times as large."""
    (first, first_real), (second, second_real) = one_step(0.1), one_step(0.2)
    assert 9 - second == pytest.approx(2 * (9 - first))
    assert second_real - second == pytest.approx(4 * (first_real - first))


def test_predicted_ends_are_where_the_walks_end() -> None:
    """1000 steps from 10 on x²."""
    ends = [walk("parabola_slope", 10.0, rate, 1000)[-1] for rate in (0.00001, 0.5, 1)]
    assert lab()["predicted_ends"] == pytest.approx(ends, abs=0.005)


def test_two_learning_rates_come_equally_near() -> None:
    """λ = 0.1 and λ = 0.9 have the factors 0.8 and −0.8."""
    assert says("their factors are 0.8 and −0.8")
    left, right = walk("parabola_slope", 10.0, 0.1, 60), walk("parabola_slope", 10.0, 0.9, 60)
    assert (left[1] / left[0], right[1] / right[0]) == pytest.approx((0.8, -0.8))
    assert np.abs(left) == pytest.approx(np.abs(right))


def test_the_ridge_decides_which_valley() -> None:
    """Three of the five walks on hills end at the global minimum; the highest start does not."""
    hills, starts = lab()["hills"], (-2, -0.5, 0.1, 0.5, 2)
    ends = {start: walk("hills_slope", start, 0.01, 2000)[-1] for start in starts}
    assert lab()["reach_deepest"] == [start for start in starts if hills(ends[start]) < -3.5]
    assert max(starts, key=hills) == 2


def test_a_walk_stays_on_a_maximum_and_leaves_it_to_either_side() -> None:
    """x³ − 3x from −1, −0.99 and −1.01."""

    def slope(x: Any) -> Any:
        return 3 * x**2 - 3

    walks = [lab()["gradient_descent"](slope, np.array([start]), 0.1, 18)[-1, 0] for start in (-1.0, -0.99, -1.01)]
    assert walks[0] == -1
    assert abs(walks[1] - 1) < 0.01
    assert walks[2] < -1e30


def test_the_line_rises_a_little_at_3_1() -> None:
    """Products 0.3 and −0.2, in the cell that answers the prediction."""
    gradient = lab()["ravine_gradient"](np.array([3.0, 1.0]))
    assert says("with the step $y = (0.1, -0.02)$")
    assert gradient @ np.array([0.1, -0.02]) == pytest.approx(0.1)


def test_the_best_central_difference_is_thousands_of_times_better() -> None:
    """Tanh at 0.7: best h 1e-5, and a best error thousands of times below that of looking ahead."""
    assert says("the best central difference is thousands of times better")
    widths, true = 10.0 ** -np.arange(1, 16), 1 - np.tanh(0.7) ** 2
    ahead = [abs((np.tanh(0.7 + h) - np.tanh(0.7)) / h - true) for h in widths]
    measured = [lab()["numerical_gradient"](lambda x: np.tanh(x[0]), np.array([0.7]), h)[0] for h in widths]
    central = np.abs(np.array(measured) - true)
    assert widths[np.argmin(central)] == pytest.approx(1e-5)
    assert 1000 < min(ahead) / min(central) < 100_000
    assert (ahead[0] / ahead[2], central[0] / central[2]) == pytest.approx((100, 10_000), rel=0.15)


def test_a_measured_gradient_costs_two_calls_a_coordinate() -> None:
    """2n calls for n parameters."""
    assert says("two billion runs of the model")
    asked: list[Any] = []

    def level(x: Any) -> float:
        asked.append(x)
        return 0.0

    lab()["numerical_gradient"](level, np.ones(7))
    assert len(asked) == 14


def test_the_walls_of_the_ravine_set_the_limit() -> None:
    """With λ = 0.21 each swing across is 1.1 times as wide and changes sides; 0.19 comes closer."""
    assert says("with λ = 0.21 it is −1.1")
    ratios = []
    for rate in (0.19, 0.21):
        path = lab()["gradient_descent"](lab()["ravine_gradient"], np.array([4.0, 1.0]), rate, 2)
        ratios.append(path[1, 1] / path[0, 1])
    assert ratios == pytest.approx([-0.9, -1.1])


def test_the_curvatures_that_checks_and_prose_quote() -> None:
    """Ravine 1 and 10; askew 2 and 7; the chain of the check 2 − √2, 2, 2 + √2."""
    assert np.linalg.eigvalsh(lab()["askew"]) == pytest.approx([2, 7])
    chain = np.array([[2.0, -1, 0], [-1, 2, -1], [0, -1, 2]])
    assert np.linalg.eigvalsh(chain) == pytest.approx([2 - np.sqrt(2), 2, 2 + np.sqrt(2)])
    assert lab()["max_stable_learning_rate"](chain) == pytest.approx(2 - np.sqrt(2))
    measured = [lab()["numerical_gradient"](lambda x, i=i: lab()["ravine_gradient"](x)[i], np.ones(2)) for i in (0, 1)]
    assert np.array(measured) == pytest.approx(np.diag([1.0, 10.0]))


def test_newton_on_a_billion_parameters() -> None:
    """8 billion gigabytes, and about ten million years at a million million operations a second."""
    assert says("8 billion gigabytes, and ten million years")
    n = 10**9
    assert 8 * n**2 / 1e9 == 8e9
    assert n**3 / 3 / 1e12 / 3.156e7 == pytest.approx(1e7, rel=0.1)


def test_the_minutes_that_the_lab_opens_with() -> None:
    """75 minutes, of which 45 are exercises."""
    assert says("75 minutes, of which 45 are exercises")
    assert sum(exercise.minutes for exercise in LAB.exercises if not exercise.optional) == 45


def test_a_long_first_step_leaps_over_the_ridge() -> None:
    """From 2 on hills, λ between 0.09 and 0.13 ends in the deeper valley; a little less ends in the other."""
    assert says("With λ between 0.09 and 0.13 the first step is so long that it leaps over the ridge")
    ends = [walk("hills_slope", 2.0, rate, 200)[-1] for rate in (0.08, 0.09, 0.1, 0.11, 0.12, 0.13)]
    assert np.round(ends, 3).tolist() == [1.131, *[-1.301] * 5]


def test_on_the_floor_only_the_flat_curvature_counts() -> None:
    """λ = 1 arrives in one step from (4, 0), 1.9 arrives, and from (4, 0.01) λ = 1 leaves the picture at step 3."""
    assert says("λ = 1 arrives in one step, and any λ below 2 arrives.")
    assert says("with λ = 1 the walls throw you out after three steps")
    descend, slope = lab()["gradient_descent"], lab()["ravine_gradient"]
    assert descend(slope, np.array([4.0, 0.0]), 1, 1)[-1].tolist() == [0, 0]
    assert np.abs(descend(slope, np.array([4.0, 0.0]), 1.95, 1000)[-1]).max() < 1e-9
    across = np.abs(descend(slope, np.array([4.0, 0.01]), 1, 3)[:, 1])
    assert (across > 2.5).tolist() == [False, False, False, True]
