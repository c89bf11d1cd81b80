"""Gradient descent as a widget: both languages walk alike and say the same, and the student's function walks too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from course_utils.widgets.landscapes import KNOWN, Landscape, polynomial, quadratic
from course_utils.widgets.walk import told, walked
from tests.javascript import needs_node, run
from tests.proof import count

WALKS = """return data.map(({landscape, start, rate, steps, fog}) => {
  const walk = descend(landscape.numbers, start, rate, steps);
  return {...walk, told: told(landscape, rate, walk, fog)};
})"""


def random_landscape(rng: np.random.Generator) -> Landscape:
    """Draw a bowl over a plane, or a polynomial of degree 2 to 5."""
    if rng.random() < 0.5:
        turn, curvatures = rng.standard_normal((2, 2)), np.diag(rng.uniform(0.1, 10, 2))
        axes, _ = np.linalg.qr(turn)
        return quadratic("bowl", axes @ curvatures @ axes.T, ((-5, 5), (-4, 4)), start=(4.0, 1.0), rates=())
    coefficients = [rng.uniform(0.2, 2), *rng.uniform(-3, 3, rng.integers(2, 6))]
    return polynomial("polynomial", coefficients, (-3, 3), start=(2.0,), rates=())


def random_case(rng: np.random.Generator, landscape: Landscape | None = None) -> tuple[Landscape, dict[str, Any]]:
    """Draw a walk: start, learning rate and number of steps."""
    landscape = landscape or random_landscape(rng)
    start = [float(rng.uniform(low, high)) for low, high in landscape.bounds]
    rate = float(10 ** rng.uniform(-3, 0))
    return landscape, {
        "landscape": landscape.facts,
        "start": start,
        "rate": rate,
        "steps": int(rng.integers(1, 60)),
        "fog": bool(rng.integers(2)),
    }


@needs_node
@pytest.mark.parametrize("seed", range(count(2, 20)))
def test_both_languages_walk_alike_and_say_the_same(seed: int) -> None:
    """Random landscapes, starts, rates: paths and heights agree to 1e-9, captions word for word."""
    rng = np.random.default_rng(seed)
    cases = [random_case(rng) for _ in range(count(60, 300))]
    cases += [random_case(rng, landscape) for landscape in KNOWN.values() for _ in range(20)]
    for (landscape, case), found in zip(cases, run("descent.js", WALKS, [c for _, c in cases]), strict=True):
        path = walked(landscape, case["start"], case["rate"], case["steps"])
        places, heights = np.array(found["places"], float).T, np.array(found["heights"], float)
        near = np.abs(path) < 1e100  # beyond it a power overflows in one step or the next
        np.testing.assert_allclose(places[near], path[near], rtol=1e-9, atol=1e-9)
        assert told(landscape, case["rate"], places, heights, fog=case["fog"]) == found["told"]
