"""Every number that the prose of lab 01 quotes, computed from the lab's own functions."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.source.percent import read_lab
from autograder.source.reference import reference_source

LAB = read_lab(Path(__file__).resolve().parents[1] / "solutions" / "01_minima.py")


@cache
def lab() -> dict[str, Any]:
    """Run setup and solutions of the lab."""
    names: dict[str, Any] = {}
    exec(compile(reference_source(LAB), "lab 01", "exec"), names)  # noqa: S102 - our own lab
    return names


def says(text: str) -> bool:
    """Tell whether the lab's text quotes this, so that a test does not outlive its sentence."""
    return text in LAB.text


def newton(f: Any, df: Any, x0: float, **options: Any) -> Any:
    """Walk with the lab's Newton's method."""
    return lab()["newton_root"](f, df, x0, **options)


def newton_on_slope(x0: float) -> Any:
    """Look for a flat point of x³ − 3x."""
    return newton(lambda x: 3 * x**2 - 3, lambda x: 6 * x, x0)


def flat_points_of_quartic() -> Any:
    """Return the flat points of x⁴ − 3x² + x, from left to right."""
    return np.sort(np.roots(lab()["derivative_poly"](lab()["quartic"])).real)


def test_the_error_of_the_spring_is_the_parabola_that_the_text_names() -> None:
    """The three means are the coefficients of the error."""
    assert says(r"a = \text{mean}(\text{mass}^2)$, $b = -2\,\text{mean}(\text{mass} \cdot \text{stretch})$")
    mass, stretch, error = lab()["mass"], lab()["stretch"], lab()["error"]
    coefficients = [np.mean(mass**2), -2 * np.mean(mass * stretch), np.mean(stretch**2)]
    assert [error(w) for w in (1.2, 2.0, 2.6)] == pytest.approx(np.polyval(coefficients, [1.2, 2.0, 2.6]))


def test_the_signs_of_the_slope_in_the_first_picture() -> None:
    """The parabola with its lowest point at 2."""
    assert says("A at x = 0.5, where the curve falls to the right, and B at x = 3.5, where it falls to the left")
    assert says("At A the curve falls as you walk right, so its slope is negative; at B it rises")
    assert [np.sign(2 * (x - 2)) for x in (0.5, 3.5)] == [-1, 1]


def test_minutes_at_the_top() -> None:
    """The opening counts the graded exercises."""
    graded = sum(exercise.minutes for exercise in LAB.exercises if not exercise.optional)
    assert says(f"60 minutes, of which {graded} are exercises")


def test_the_cubic_has_a_maximum_at_minus_one_and_a_minimum_at_one() -> None:
    """Both are flat."""
    assert says("At $x = -1$ it rises, is flat, and falls")
    flat = sorted(np.roots(lab()["derivative_poly"](lab()["cubic"])))
    assert flat == pytest.approx([-1, 1])


def test_the_flat_points_of_the_quartic() -> None:
    """Two minima of different heights, and a maximum between them."""
    assert says(r"$x \approx 1.131$ with height $-1.070$")
    assert says(r"$x \approx -1.301$ with height $-3.514$")
    left, _, right = flat_points_of_quartic()
    heights = np.polyval(lab()["quartic"], [left, right])
    assert [round(left, 3), round(right, 3)] == [-1.301, 1.131]
    assert [round(float(height), 3) for height in heights] == [-3.514, -1.070]


def test_the_sample_answer_quotes_the_same_minima() -> None:
    """Near 1.13, and deeper near −1.30."""
    assert says("a minimum near 1.13 and a deeper one near $-1.30$")
    left, _, right = flat_points_of_quartic()
    assert (f"{left:.2f}", f"{right:.2f}") == ("-1.30", "1.13")


def test_height_and_slope_of_the_first_tangent() -> None:
    """Of x² − 10 at 4."""
    assert says("tangent at 4: height 6, slope 8")
    assert (4**2 - 10, 2 * 4) == (6, 8)


def test_the_path_that_plays_ping_pong() -> None:
    """From 3 the tangents lead to 4 and back."""
    assert says("from 3 the tangents lead to 4, back to 3")
    path = newton(lambda x: (x - 3) ** 3 - 2 * (x - 3) + 2, lambda x: 3 * (x - 3) ** 2 - 2, 3.0, max_iter=4)
    assert path.tolist() == [3, 4, 3, 4, 3]


def test_right_decimals_double() -> None:
    """Of √2: 5 decimals are right after step 3, and 11 after step 4."""
    assert says("after step 3 about 5 decimals are right")
    errors = np.abs(newton(lambda x: x**2 - 2, lambda x: 2 * x, 1.0) - np.sqrt(2))
    assert [int(-np.log10(error)) for error in errors[1:5]] == [1, 2, 5, 11]


def test_the_constant_of_quadratic_convergence() -> None:
    """Each error divided by the square of the error before."""
    assert says(r"$C = 1/(2\sqrt2) \approx 0.354$")
    errors = np.abs(newton(lambda x: x**2 - 2, lambda x: 2 * x, 1.0) - np.sqrt(2))
    assert round(1 / (2 * np.sqrt(2)), 3) == 0.354
    assert errors[2:5] / errors[1:4] ** 2 == pytest.approx([1 / 3, 0.353, 0.354], abs=1e-3)


def test_where_newton_on_the_slope_ends() -> None:
    """In the minimum from 2 and from 0.1, which first jumps to about 5; in the maximum from −0.5."""
    assert says("from 0.1 it jumps to about 5 first")
    assert [newton_on_slope(x0)[-1] for x0 in (2.0, 0.1, -0.5)] == pytest.approx([1, 1, -1])
    assert round(newton_on_slope(0.1)[1]) == 5


def test_the_path_to_the_maximum_goes_uphill() -> None:
    """Every step of it, up to rounding at its end."""
    assert says("to the *maximum*, and each step ends higher than the one before")
    heights = np.polyval(lab()["cubic"], newton_on_slope(-0.5))
    assert np.all(np.diff(heights) > -1e-12)


def test_three_starts_on_arctan() -> None:
    """One arrives, one hops back and forth, one runs away; they are less than one part in a hundred apart."""
    assert says("differ by less than one part in a hundred")
    assert 1.40 / 1.39 < 1.01
    ends = [newton(np.arctan, lambda x: 1 / (1 + x**2), x0, max_iter=11)[-1] for x0 in (1.39, 1.3917452, 1.40)]
    assert abs(ends[0]) < 1e-12
    assert ends[1] == pytest.approx(-1.3917, abs=1e-3)
    assert abs(ends[2]) > 1e30


def test_near_a_level_slope_newton_is_thrown_far_away() -> None:
    """The second derivative of x⁴ − 3x² + x is zero at 1/√2; from 0.7 the first step leads to about −14.5."""
    assert says("from 0.7 the first step leads to about −14.5")
    bend = lab()["derivative_poly"](lab()["derivative_poly"](lab()["quartic"]))
    assert np.polyval(bend, 1 / np.sqrt(2)) == pytest.approx(0, abs=1e-12)
    path = newton(lambda x: 4 * x**3 - 6 * x + 1, lambda x: 12 * x**2 - 6, 0.7)
    assert round(float(path[1]), 1) == -14.5
