"""The widget of noise: both languages draw, fit and say the same, and the student's functions drive it too."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from course_utils.widgets import Noise
from course_utils.widgets.refits import FITS, FRESH, SPOTS, fresh_inputs, inputs, known, normals, told
from tests.javascript import needs_node, run
from tests.jupyterlab import CHROMIUM, DRAWN, Browser, open_browser
from tests.proof import count
from tests.widget_page import mounted

POLYNOMIAL = np.polynomial.Polynomial
REFITS = """return data.map(({shown, ...state}) => {
  const refits = fitAll(state);
  return {...refits, told: told(refits, state, shown)};
})"""


def add_noise(y: Any, scale: float, rng: np.random.Generator) -> Any:
    """Noise as in lab 04."""
    return y + scale * rng.standard_normal(np.shape(y))


def design_matrix(x: Any, degree: int) -> Any:
    """Powers, as in lab 04."""
    return np.polynomial.polynomial.polyvander(x, degree)


def predict(theta: Any, x: Any) -> Any:
    """Values, as in lab 04."""
    return np.polynomial.polynomial.polyval(x, theta)


def mse_loss(theta: Any, A: Any, y: Any) -> Any:  # noqa: N803 - as in lab 04
    """Return the loss of lab 04."""
    return np.var(A @ theta - y) + np.mean(A @ theta - y) ** 2


CURVES = "[...document.querySelectorAll('svg[role=img] path.course-model')].map(path => path.getAttribute('d'))"
OWN: dict[str, Any] = {"add_noise": add_noise, "design_matrix": design_matrix, "predict": predict, "mse_loss": mse_loss}


def random_case(rng: np.random.Generator) -> dict[str, Any]:
    """Draw a state of the widget."""
    return {
        "n": int(rng.integers(3, 61)),
        "sigma": float(rng.choice([0.0, 0.5, 10.0, 20.0])),
        "degree": int(rng.integers(0, 16)),
        "seed": int(rng.integers(0, 21)),
        "truth": rng.normal(size=int(rng.integers(1, 5))).round(3).tolist(),
        "shown": int(rng.choice([0, 1, FITS - 1])),
    }


@needs_node
@pytest.mark.parametrize("seed", range(count(1, 10)))
def test_both_languages_fit_alike_and_say_the_same(seed: int) -> None:
    """Random states: points, losses and curves agree to 1e-9, captions word for word."""
    rng = np.random.default_rng(seed)
    cases = [random_case(rng) for _ in range(count(40, 150))]
    for case, found in zip(cases, run("noise.js", REFITS, cases), strict=True):
        truth = POLYNOMIAL(case["truth"])
        refits = known(case["n"], case["sigma"], case["degree"], case["seed"], truth)
        for name in ("y", "fresh", "train_losses", "fresh_losses", "curves"):
            expected = getattr(refits, name)
            np.testing.assert_allclose(found[name], expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max() + 1e-12)
        assert told(refits, case["sigma"], case["degree"], case["shown"], truth) == found["told"]


@pytest.mark.parametrize("degree", [0, 2, 5, 9])
def test_the_fits_are_those_of_numpy(degree: int) -> None:
    """Losses and the first curve against numpy's own least squares of Chebyshev polynomials."""
    truth, x = POLYNOMIAL([1, -3, 2]), inputs(12)
    refits, dense = known(12, 10, degree, 4, truth), np.linspace(-5, 5, SPOTS)
    fit = np.polynomial.Chebyshev.fit(x, refits.y, degree)
    np.testing.assert_allclose(refits.curves[0], fit(dense), rtol=1e-9, atol=1e-9)
    expected = [np.mean((fit(x) - refits.y) ** 2), np.mean((fit(fresh_inputs()) - refits.fresh) ** 2)]
    np.testing.assert_allclose([refits.train_losses[degree], refits.fresh_losses[degree]], expected, rtol=1e-9)


def test_the_noise_is_normal() -> None:
    """Mean 0, standard deviation 1, as many beyond 2 as there should be, and no two seeds alike."""
    drawn = np.array([normals(seed, 5000) for seed in range(21)])
    assert np.abs(drawn.mean()) < 0.02
    assert abs(drawn.std() - 1) < 0.02
    assert abs(np.mean(np.abs(drawn) > 2) - 0.0455) < 0.004
    assert np.abs(np.corrcoef(drawn) - np.eye(21)).max() < 0.06


def test_the_students_functions_drive_it() -> None:
    """What goes over are their numbers: targets by their noise, losses and curves by their table and prediction."""
    widget = Noise(**OWN, n=12, degree=3, seed=5)
    sent = {name: np.frombuffer(packed["data"], "<f4") for name, packed in widget._answer.items() if name != "for"}
    y = add_noise(POLYNOMIAL([1, -3, 2])(inputs(12)), 10, np.random.default_rng(5))
    fit = np.polynomial.Chebyshev.fit(inputs(12), y, 3)
    np.testing.assert_allclose(sent["y"], y, rtol=1e-5)
    np.testing.assert_allclose(sent["curves"][:SPOTS], fit(np.linspace(-5, 5, SPOTS)), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(sent["train_losses"][3], np.mean((fit(inputs(12)) - y) ** 2), rtol=1e-4)
    assert sent["fresh"].shape == (FRESH,)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"n": 10, "degree": 9}, "Degree 9 passes through all 10 points; its loss on 300 fresh ones is"),
        ({"n": 10, "degree": 9}, "It overfits: degree 2 has"),
        ({"n": 10, "degree": 1}, "It underfits: degree 2 has"),
        ({"n": 5, "degree": 9}, "5 points fix no more than degree 4."),
        ({"sigma": 0, "degree": 5}, "Degree 5 finds the truth: without noise its loss is 0 on"),
        ({"degree": 2, "refits": None}, "The middle of 30 fits is"),
    ],
)
@pytest.mark.parametrize("functions", [{}, OWN])
def test_the_caption_says_what_is_seen(state: dict[str, Any], words: str, functions: dict[str, Any]) -> None:
    """Known or the student's own: the same story."""
    assert words in Noise(**functions, **state).caption


def test_some_of_the_functions_are_not_enough() -> None:
    """All four, or none."""
    with pytest.raises(ValueError, match="add_noise, design_matrix, predict and mse_loss"):
        Noise(predict=predict)


def test_a_prediction_of_another_shape_is_refused() -> None:
    """A table where one number a point is needed."""
    with pytest.raises(ValueError, match=r"predict returned arrays of shape \(101, 10\) for 101 inputs"):
        Noise(**OWN | {"predict": lambda theta, x: design_matrix(x, len(theta) - 1) * theta})


@pytest.mark.parametrize("state", [{"n": 16, "degree": 15, "sigma": 20.0}, {"sigma": 0.0, "truth": 3.0}])
def test_a_page_without_kernel_shows_the_fits(state: dict[str, Any]) -> None:
    """A figure and the caption."""
    widget = Noise(refits=None, **state)
    bundle = widget._repr_mimebundle_()
    assert bundle is not None
    data, _ = bundle
    assert data["text/html"].startswith("<svg role=")
    assert widget.caption in data["text/html"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one Chromium for all tests."""
    with open_browser() as started:
        yield started


def caption(page: Any) -> str:
    """Return what the widget says."""
    page.evaluate(DRAWN)
    return str(page.locator(".course-caption").inner_text())


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium")
class TestControls:
    """In a page of its own, by mouse and keyboard."""

    @pytest.mark.parametrize(
        ("label", "key", "state"),
        [
            ("Degree", "Home", {"degree": 0}),
            ("Points n", "ArrowRight", {"n": 11}),
            ("Noise σ", "ArrowLeft", {"sigma": 9.5}),
            ("Seed", "End", {"seed": 20}),
        ],
    )
    def test_each_slider_by_keyboard(self, browser: Browser, label: str, key: str, state: dict[str, Any]) -> None:
        """Picture and caption are those that Python gives for the new state."""
        with mounted(browser, Noise()) as page:
            before = caption(page), page.evaluate(CURVES)
            page.get_by_role("slider", name=label).press(key)
            assert [*state.values()] == [page.evaluate(f"model.get('{name}')") for name in state]
            assert caption(page) == Noise(**state).caption
            assert (True, True) == (caption(page) != before[0], page.evaluate(CURVES) != before[1])

    def test_refits_come_one_by_one(self, browser: Browser) -> None:
        """Step adds a curve, Reset takes all away, presets change the degree and leave the refits."""
        with mounted(browser, Noise()) as page:
            for _ in range(3):
                page.get_by_role("button", name="Step").click()
            page.get_by_role("button", name="too small").click()
            assert caption(page) == Noise(degree=1, refits=3).caption
            assert page.evaluate(CURVES)[0].count("M") == 3
            page.get_by_role("button", name="Reset").click()
            assert caption(page) == Noise(degree=1).caption

    def test_a_slider_by_mouse(self, browser: Browser) -> None:
        """A click at the far end of the track sets the highest degree."""
        with mounted(browser, Noise(n=20)) as page:
            box = page.get_by_role("slider", name="Degree").bounding_box()
            page.mouse.click(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
            assert (caption(page), 15) == (Noise(n=20, degree=15).caption, page.evaluate("model.get('degree')"))

    def test_a_narrow_window_shows_all(self, browser: Browser) -> None:
        """Nothing sticks out to the right."""
        with mounted(browser, Noise(), width=320) as page:
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
