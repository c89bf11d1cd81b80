"""Every number that the prose of lab 05 quotes, computed."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

from tests.lab_engine import lab, table, walk_back

SOURCE = (Path(__file__).resolve().parents[1] / "solutions" / "05_backprop.py").read_text("utf-8")


def test_minutes() -> None:
    """180 minutes, of which 108 are graded exercises; thirteen of them."""
    minutes = [
        int(n) for n in re.findall(r"^# ### Exercise 5\.\d+ · .* · \d+ points · (\d+) minutes", SOURCE, re.MULTILINE)
    ]
    assert "180 minutes in two sittings, of which 108 are exercises" in SOURCE
    assert (13, 108) == (len(minutes), sum(minutes))


def test_chain_of_the_first_picture() -> None:
    """x = 2, z = 6, y = 36; slopes 3 and 12, together 36."""
    x = lab().Node(2.0)
    z = 3 * x
    y = z**2
    walk_back(y)
    assert (6, 36, 12, 36) == (z.value, y.value, z.grad, x.grad)


def test_gradient_on_paper() -> None:
    """Three matrices for a line through three points, multiplied from the left."""
    x, y, theta = np.array([2.0, 3.0, -2.0]), np.array([3.0, 8.0, -1.0]), np.array([1.0, 2.0])
    prediction = lab().model(theta, x)
    product = np.full((1, 3), 1 / 3) @ np.diag(2 * (prediction - y)) @ lab().design_matrix(x, 1)
    np.testing.assert_allclose(product[0], [-2 / 3, 10 / 3])
    np.testing.assert_allclose(product[0], lab().paper_gradient)


@pytest.mark.parametrize(("n", "gigabytes"), [(20_000, 3.2), (100_000, 80)])
def test_memory_of_a_square_matrix(n: int, gigabytes: float) -> None:
    """Eight bytes a number, and as many numbers as points squared."""
    assert gigabytes == pytest.approx(8 * n * n / 1e9)


def test_count_of_the_card() -> None:
    """Sizes 1000, 100, 10, 1 cost 1,010,000 multiplications in forward order."""
    assert lab().count_multiplications([1000, 100, 10, 1], "forward") == 1_010_000


def test_graph_of_the_cubic() -> None:
    """Values 1, 3, -2; messages 3 and -3; slope 0 at 1."""
    x = lab().Node(1.0)
    f = x**3 - 3 * x
    order = walk_back(f)
    power, product = next(n for n in order if n.op == "pow"), next(n for n in order if n.op == "mul")
    assert ["pow", "mul"] == [parent.op for parent in f.parents]
    assert (1, 3, -2, "sub") == (power.value, product.value, f.value, f.op)
    assert (1, -1, 0) == (power.grad, product.grad, x.grad)
    assert table()["pow"][0](1.0, 1.0, 1.0, 3.0) == 3


def test_adjoints_on_paper() -> None:
    """The sine of π/3 is about 0.866, its cosine 0.5; the adjoints follow."""
    x1, x2 = lab().Node(np.pi / 3), lab().Node(3.0)
    a, b = x1 * x2, lab().sin(x1)
    walk_back(a + b)
    np.testing.assert_allclose([a.grad, b.grad, x1.grad, x2.grad], lab().paper_adjoints)
    assert round(float(b.value), 3) == 0.866
    assert np.cos(np.pi / 3) == pytest.approx(0.5)


def test_walk_without_zeroing_shoots_past_and_swings() -> None:
    """The sum of all gradients so far carries the walk beyond 3, and back."""
    w, total, path = 0.0, 0.0, []
    for _ in range(12):
        total += 2 * (w - 3)
        w -= 0.1 * total
        path.append(w)
    assert max(path) > 5
    assert path[-1] < 3


def test_the_network_has_23_parameters() -> None:
    """Two matrices and two rows."""
    assert 23 == sum(int(np.prod(shape)) for shape in ((4, 3), (3,), (3, 2), (2,)))


def test_where_the_sigmoid_rounds_and_the_exponential_overflows() -> None:
    """From about 37 on p is 1; e^z overflows at 710; logaddexp does not."""
    assert 1 / (1 + np.exp(-36.0)) < 1
    assert 1 / (1 + np.exp(-37.0)) == 1
    with np.errstate(over="ignore"):
        assert np.isfinite(np.exp(709.0))
        assert np.isinf(np.exp(710.0))
    assert np.logaddexp(0, 1000.0) == 1000


def nested(x: Any, times: int) -> Any:
    """Apply 4x(1 - x) again and again, as the lab does."""
    for _ in range(times):
        x = 4 * x * (1 - x)
    return x


def test_symbolic_derivatives_explode() -> None:
    """Between twofold and fourfold with each nesting, more than ten thousand operations at eight."""
    symbol = sympy.Symbol("x")
    sizes = [int(sympy.count_ops(sympy.diff(nested(symbol, times), symbol))) for times in range(2, 9)]
    assert all(2 < b / a < 4 for a, b in pairwise(sizes)), sizes
    assert sizes[-1] > 10_000


def exact_slope(times: int) -> float:
    """Multiply slopes along the chain, in fractions."""
    x, slope = Fraction(3, 10), Fraction(1)
    for _ in range(times):
        x, slope = 4 * x * (1 - x), slope * 4 * (1 - 2 * x)
    return float(slope)


def test_automatic_is_exact_and_numerical_is_not() -> None:
    """The engine stays near the last digit; h = 1e-5 loses digits with each nesting; h = 1e-12 keeps about five."""
    coarse = []
    for times in (1, 2, 4, 6, 8):
        x = lab().Node(0.3)
        walk_back(nested(x, times))
        exact, measure = exact_slope(times), lab().numerical_jacobian
        assert abs(x.grad / exact - 1) < 1e-13
        error = [abs(measure(lambda x, t=times: nested(x, t), [0.3], h)[0, 0] / exact - 1) for h in (1e-5, 1e-12)]
        coarse.append(error[0])
        assert 1e-6 < error[1] < 2e-4
    assert coarse == sorted(coarse)


def test_derivatives_of_tanh() -> None:
    """Their largest sizes, and the values at log 2 that a check quotes."""
    rows = lab().tanh_derivatives(np.linspace(-4, 4, 200_001), 6)
    np.testing.assert_allclose(np.abs(rows[1:]).max(axis=1), [1, 0.76980, 2, 4.08589, 16, 52.2659], rtol=1e-4)
    np.testing.assert_allclose(
        lab().tanh_derivatives(np.log([2.0]), 5)[:, 0], [0.6, 0.64, -0.768, 0.1024, 2.82624, -7.45472], rtol=1e-12
    )
