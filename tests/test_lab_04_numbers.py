"""Every number that the prose of lab 04 quotes, computed; most of them by the lab's own cells with the solutions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from autograder.source.percent import read_lab
from course_utils.widgets import Noise

Array = npt.NDArray[Any]
LAB = read_lab(Path(__file__).resolve().parent.parent / "solutions" / "04_noise.py")
TRUTH = np.polynomial.Polynomial([1.0, -3.0, 2.0])
POWERS = np.polynomial.polynomial.polyvander
PROSE = " ".join(" ".join(cell.source.split()) for cell in LAB.of_kind("markdown"))


def quoted(*sentences: str) -> bool:
    """Tell whether the prose says all this, so that a test and the text that it guards stay together."""
    return all(sentence in PROSE for sentence in sentences)


@pytest.fixture(scope="module")
def after() -> dict[str, dict[str, Any]]:
    """Run the whole lab; return the names after each show cell, found by the first words of a figure's title."""
    names: dict[str, Any] = {"__name__": "__lab__"}
    seen = {}
    for cell in LAB.cells:
        if cell.kind in ("setup", "exercise", "show") and "ipywidgets" not in cell.source:
            exec(compile(cell.source, f"<line {cell.line}>", "exec"), names)  # noqa: S102 - the lab's own cells
            seen[cell.source] = dict(names)
    return seen


def cell_with(after: dict[str, dict[str, Any]], text: str) -> dict[str, Any]:
    """Return the names after the one cell that holds a text."""
    (found,) = [names for source, names in after.items() if text in source]
    return found


def spread(x: list[float], parameters: int = 3, sigma: float = 10) -> Array:
    """Return the standard deviation of each coefficient, for noise of size sigma."""
    inverse = np.linalg.inv(POWERS(np.array(x), parameters - 1))
    found: Array = sigma * np.sqrt(np.sum(inverse**2, axis=1))
    return found


def curvatures(table: Array) -> Array:
    """Return the eigenvalues of the Hessian of the mean of squares."""
    found: Array = np.linalg.eigvalsh(2 / len(table) * table.T @ table)
    return found


def test_coefficients_of_three_noisy_points_scatter() -> None:
    """9.2, 7.2 and 5.4 at the points of lab 03; ±10, ±1.4 and ±0.49 at −5, 0 and 5."""
    assert quoted("standard deviations of 9.2, 7.2 and 5.4", "about ±0.49 and that of $x$ to ±1.4", "±10")
    assert spread([-1.0, 0.5, 2.0]).round(1).tolist() == [9.2, 7.2, 5.4]
    assert spread([-5.0, 0.0, 5.0]).round(2).tolist() == [10.0, 1.41, 0.49]


def test_twelve_fits_have_no_loss_and_differ(after: dict[str, dict[str, Any]]) -> None:
    """A loss of zero, up to rounding, and yet every parabola is another one."""
    names = cell_with(after, "Twelve times the same")
    assert max(names["losses"]) < 1e-20
    assert np.ptp(names["bends"]) > 10


def test_the_typical_error(after: dict[str, dict[str, Any]]) -> None:
    """σ √((k + 1)/n) is exact: 3.5 for 25 points, half of that for 100, and the simulation agrees."""
    assert quoted("$n = 25$ it is 3.5", r"$\sigma\sqrt{(k + 1)/n}$")
    exact = [10 * np.sqrt(np.trace(table @ np.linalg.pinv(table)) / n) for n, table in _evenly((25, 100))]
    assert np.round(exact, 2).tolist() == [3.46, 1.73]
    errors = cell_with(after, "Four times the points")["errors"]
    assert np.allclose(errors, 10 * np.sqrt(3 / np.array([3, 10, 25, 50, 100, 300, 1000])), rtol=0.1)


def _evenly(sizes: tuple[int, ...]) -> list[tuple[int, Array]]:
    return [(n, POWERS(np.linspace(-5, 5, n), 2)) for n in sizes]


def test_losses_by_degree(after: dict[str, dict[str, Any]]) -> None:
    """Training 65, 33 and 0; fresh points least at degree 2 with about 120, over 400 at 9, never below 100."""
    assert quoted("about 65 at degree 2, 33 at degree 5, 0 at degree 9", "about 120", "to over 400 at degree 9")
    names = cell_with(after, "Ten points, any degree")
    train, fresh = names["train_curve"], names["test_curve"]
    assert train[[2, 5, 9]].round().tolist() == [65, 33, 0]
    assert np.all(np.diff(train) < 0)
    assert [int(np.argmin(fresh)), round(float(fresh[2]), -1), bool(fresh[9] > 400)] == [2, 120.0, True]
    assert fresh.min() > 100


def test_the_jury_is_small(after: dict[str, dict[str, Any]]) -> None:
    """No split asks for a line, most often 2 wins, and not always."""
    assert quoted("Validation never asks for a model that cannot bend, but it does not always say 2 either")
    counts = cell_with(after, "One hundred splits")["counts"]
    assert counts[:2].tolist() == [0, 0]
    assert int(np.argmax(counts)) == 2
    assert counts[2] < 50


def test_one_learning_rate_and_two_degrees() -> None:
    """λ = 0.006 is below the edge of degree 2 and beyond that of degree 3."""
    assert quoted("With λ = 0.006 a parabola is found, and one degree more makes the same λ explode")
    edges = [2 / curvatures(POWERS(np.linspace(-5, 5, 30), degree))[-1] for degree in (2, 3)]
    assert edges[1] < 0.006 < edges[0]


def test_condition_numbers() -> None:
    """4.5 million and four million million on raw powers; 1,600 scaled, 4.7 with Chebyshev's columns."""
    assert quoted("4.5 million for degree 5, four million million for degree 9", "to 1,600", "take it to 4.7")
    assert quoted("from 8.2e-07 to 0.83 and 0.88")
    x = np.linspace(-5, 5, 30)
    tables = [POWERS(x, 5), POWERS(x, 9), POWERS(x / 5, 5), np.polynomial.chebyshev.chebvander(x / 5, 5)]
    bends = [curvatures(table) for table in (tables[0], *tables[2:])]
    steep = np.linalg.svd(tables[1], compute_uv=False)
    numbers = [f"{each[-1] / each[0]:.2g}" for each in bends]
    assert [*numbers, f"{(steep[0] / steep[-1]) ** 2:.1g}"] == ["4.5e+06", "1.6e+03", "4.7", "4e+12"]
    assert [f"{2 / each[-1]:.2g}" for each in bends] == ["8.2e-07", "0.83", "0.88"]


def test_what_descent_misses_after_2000_steps(after: dict[str, dict[str, Any]]) -> None:
    """65 above the referee's loss on raw powers, 0.016 scaled, nothing after 100 steps with Chebyshev's columns."""
    assert quoted("the loss is still 65 above the referee's; with scaled inputs 0.016 is left")
    told = cell_with(after, "Degree 5: what is still missing")["told"]
    assert [line.split(": ")[1].split(" after")[0] for line in told][2] == "1e-12"
    assert [line.split(", ")[1].split(" ")[0] for line in told[:2]] == ["65", "0.016"]


def test_mean_squared_distance_is_bias_and_variance(after: dict[str, dict[str, Any]]) -> None:
    """The sum is exact."""
    names = cell_with(after, "What a fit gets wrong")
    bundle, target = names["bundle"], TRUTH(names["dense"])
    assert np.isclose(sum(names["bias_and_variance"](bundle, target)), np.mean((bundle - target) ** 2))


def test_a_typing_error_squeezes_only_a_leaky_scaling(after: dict[str, dict[str, Any]]) -> None:
    """Clean, the training inputs keep their width; with statistics of all inputs almost nothing is left."""
    names = cell_with(after, "typed[0]")
    assert np.ptp(names["u_train"]) > 3
    assert np.ptp(names["x_train"]) / names["pooled"].std() < 0.1


def test_the_training_loss_rises_with_the_points(after: dict[str, dict[str, Any]]) -> None:
    """σ² (1 − (k + 1)/n) on average: 0 for ten of ten, 83 for ten of sixty, by the widget and the lab's functions."""
    assert quoted(r"$\sigma^2\,(1 - (k + 1)/n)$: 0 for ten coefficients and ten points", "83 for ten coefficients and")
    own = cell_with(after, "seed=3)")["own"]
    found = [[Noise(**own, n=n, degree=9, seed=seed)._found() for seed in range(21)] for n in (10, 60)]
    train, fresh = np.transpose([[(f.train_losses[9], f.fresh_losses[9]) for f in runs] for runs in found])
    assert np.allclose(train.mean(axis=0), [0, 83], atol=5)
    assert (fresh[:, 1] < fresh[:, 0]).all()


def test_what_moves_a_bundle(after: dict[str, dict[str, Any]]) -> None:
    """More points and less noise make lines agree, and leave their middle off; degree 2 moves it, 9 only scatters."""
    own = cell_with(after, "seed=3)")["own"]

    def seen(**state: Any) -> tuple[float, float]:
        curves, dense = Noise(**own, seed=3, **state)._found().curves, np.linspace(-5, 5, 101)
        middle = curves.mean(axis=0)
        return float(np.sqrt(np.mean((middle - TRUTH(dense)) ** 2))), float(np.sqrt(np.mean((curves - middle) ** 2)))

    lines, more, quiet = seen(n=15, degree=1), seen(n=60, degree=1), seen(n=15, degree=1, sigma=2)
    assert (True, True) == (max(more[1], quiet[1]) < 0.6 * lines[1], min(more[0], quiet[0]) > 0.9 * lines[0])
    parabolas, wiggles = seen(n=15, degree=2), seen(n=15, degree=9)
    assert (True, True) == (max(parabolas[0], wiggles[0]) < 0.2 * lines[0], wiggles[1] > 1.5 * parabolas[1])
