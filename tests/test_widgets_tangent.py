"""Tangents as a widget: both languages follow them alike and say the same, and the student's Newton does too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from course_utils.widgets import Tangent
from course_utils.widgets.landscapes import KNOWN, Landscape, polynomial
from course_utils.widgets.tangent import STARTS, Follow, followed, told
from tests.javascript import needs_node, run
from tests.proof import count

FOLLOWED = """return data.map(({landscape, x, step, newton}) => {
  const found = walk(landscape, x);
  return {...found, told: told(found, Math.min(step, found.path.length - 1), newton, landscape.bounds[0])};
})"""


def random_case(rng: np.random.Generator, curve: Landscape | None = None) -> tuple[Landscape, dict[str, Any]]:
    """Draw a curve, a place on it, and how many steps are shown."""
    coefficients = rng.uniform(-3, 3, rng.integers(3, 7))
    curve = curve or polynomial("polynomial", coefficients.tolist(), (-3, 3), start=(2.0,), rates=())
    x, step = float(rng.uniform(*curve.bounds[0])), int(rng.integers(0, 13))
    return curve, {"landscape": curve.facts, "x": x, "step": step, "newton": bool(rng.random() < 0.8)}


@needs_node
@pytest.mark.parametrize("seed", range(count(2, 20)))
def test_both_languages_follow_alike_and_say_the_same(seed: int) -> None:
    """Random curves and places: paths agree to 1e-9 while they are tame, captions word for word."""
    rng = np.random.default_rng(seed)
    cases = [random_case(rng) for _ in range(count(60, 300))]
    cases += [random_case(rng, KNOWN[name]) for name in STARTS for _ in range(20)]
    for (curve, case), found in zip(cases, run("tangent.js", FOLLOWED, [c for _, c in cases]), strict=True):
        path, bounds = np.array(found["path"], float), curve.bounds[0]
        expected = followed(curve, case["x"])
        # A step from where the slope is nearly level magnifies the last digit: each step is compared on its own.
        steps = [followed(curve, x)[1:2] for x in path[:-1]]
        np.testing.assert_allclose(path[1:], np.concatenate([[], *steps]), rtol=1e-9, atol=1e-9)
        assert (path[0], len(expected[:2])) == (case["x"], len(path[:2]))
        follow = Follow(path, np.array(found["heights"], float), np.array(found["slopes"], float), found["kind"])
        step = min(case["step"], len(path) - 1)
        assert told(follow, step, bounds, newton=case["newton"]) == found["told"]


@pytest.mark.parametrize(
    ("curve", "what", "words"),
    [
        ("cubic", "finds the minimum", "Arrived after 6 steps at x = 1: a minimum of f."),
        ("cubic", "finds a maximum", "Newton's method looks for flat places of any kind."),
        ("bowl", "flies away", "Flies away: x = "),
        ("hills", "finds a maximum", "a maximum of f."),
    ],
)
def test_buttons_say_what_happens(curve: str, what: str, words: str) -> None:
    """Each start leads where its button says."""
    widget = Tangent(curve, x=STARTS[curve][what], newton=True, step=None)
    assert words in widget.caption


@pytest.mark.parametrize("curve", ["cubic", "hills"])
def test_a_start_that_is_thrown_far_away_is(curve: str) -> None:
    """The first step leaves the picture."""
    path = Tangent(curve, x=STARTS[curve]["is thrown far away"]).path
    low, high = KNOWN[curve].bounds[0]
    assert not low <= path[1] <= high


def own(**changes: Any) -> Tangent:
    """Make a widget of functions of one's own: x³ − 3x, and a Newton's method written in another way."""

    def newton_root(f: Any, df: Any, x0: float, tol: float, max_iter: int) -> list[float]:
        places = [x0]
        while len(places) <= max_iter and (len(places) == 1 or abs(places[-1] - places[-2]) > tol):
            if not df(places[-1]):
                raise ValueError("flat")
            places.append(places[-1] - f(places[-1]) / df(places[-1]))
        return places

    functions = {"f": lambda x: x**3 - 3 * x, "df": lambda x: 3 * x**2 - 3, "d2f": lambda x: 6 * x}
    given: dict[str, Any] = {"newton_root": newton_root, "bounds": (-2.5, 2.5), "newton": True}
    return Tangent(**(given | functions | changes))


def test_a_students_newton_drives_the_widget() -> None:
    """Its path is the one of the known curve, and so is the caption."""
    for x in (2.0, -0.5, 0.3):
        mine, known = own(x=x, step=None), Tangent("cubic", x=x, newton=True, step=None)
        np.testing.assert_allclose(known.path, mine.path)
        assert (known.caption, [len(known.path)]) == (mine.caption, mine._answer["path"]["shape"])


def test_a_flat_tangent_is_told() -> None:
    """A ValueError of the student's function means that the walk stays."""
    assert own(x=0.0, step=None).caption.endswith("The tangent of f′ is flat: it never meets the axis.")


def test_functions_that_are_missing_are_asked_for() -> None:
    """A curve of one's own needs all four, and bounds."""
    with pytest.raises(ValueError, match="give f, df, d2f, newton_root and bounds"):
        own(bounds=None)


@pytest.mark.parametrize("newton", [False, True])
def test_a_figure_stands_for_it(newton: bool) -> None:
    """The fallback is drawn, light enough for a notebook."""
    assert len(Tangent("bowl", newton=newton, x=1.45, step=None).fallback()) < 80_000
