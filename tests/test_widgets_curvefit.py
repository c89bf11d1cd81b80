"""The widget of curve fitting: both languages fit alike and say the same, and the student's functions fit too."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import traitlets

from course_utils.widgets import CurveFit
from course_utils.widgets.valley import Valley, measured, of_squares, seen, told, walked
from tests.javascript import needs_node, run
from tests.jupyterlab import CHROMIUM, DRAWN, Browser, open_browser
from tests.proof import count
from tests.widget_page import mounted

Array = np.ndarray[Any, np.dtype[Any]]
LAB = ((-1.0, 6.0), (0.5, 0.0), (2.0, 3.0))
GUESS = [-0.65, -0.17, 1.66]
FITS = """return data.map(({points, start, rate, steps, edge, step}) => {
  const [fit, valley] = [fitted(points, start, rate, steps), valleyOf(points)];
  return {...fit, valley, told: told(valley, rate, fit, edge), seen: seen(fit, step)};
})"""


def predict(theta: Any, x: Any) -> Any:
    """Be the model of lab 03, in another way than the widget's."""
    return np.polyval(theta, x)


def mean_of_squares(theta: Any, x: Any, y: Any) -> Any:
    """Be an objective that lab 03 accepts."""
    return np.mean((predict(theta, x) - y) ** 2)


def sum_of_squares(theta: Any, x: Any, y: Any) -> Any:
    """Be another one, n times as steep."""
    return len(x) * mean_of_squares(theta, x, y)


def fit_with(objective: Any) -> Any:
    """Return a fit as in lab 03, with slopes by central differences."""

    def fit(x: Any, y: Any, learning_rate: float, n_steps: int, theta0: Any) -> Any:
        theta, losses = np.array(theta0), [objective(theta0, x, y)]
        for _ in range(n_steps):
            moves = 1e-4 * np.eye(3)
            slopes = [(objective(theta + m, x, y) - objective(theta - m, x, y)) / 2e-4 for m in moves]
            theta = theta - learning_rate * np.array(slopes)
            losses.append(objective(theta, x, y))
        return theta, losses

    return fit


def own(objective: Any = mean_of_squares, **state: Any) -> CurveFit:
    """Return a widget that the functions above drive."""
    return CurveFit(LAB, predict=predict, objective=objective, fit=fit_with(objective), start=GUESS, **state)


def random_case(rng: np.random.Generator) -> dict[str, Any]:
    """Draw points with inputs apart from each other, a start, a rate around the edge, a number of steps."""
    n = int(rng.integers(3, 8))
    x = rng.permutation(np.arange(n) - n / 2 + rng.uniform(-0.3, 0.3, n))
    points = np.stack([x, rng.uniform(-8, 8, n)], axis=1)
    edge = 2 / of_squares(points).bends[-1]
    return {
        "points": points.tolist(),
        "start": rng.normal(size=3).tolist(),
        "rate": float(edge * 10 ** rng.uniform(-4, 0.3)),
        "steps": int(rng.integers(1, 150)),
        "edge": bool(rng.random() < 0.5),
        "step": 1,
    }


def said(case: dict[str, Any]) -> tuple[Array, Array, str, str]:
    """Fit a case in Python: path, losses, and both captions."""
    points = np.array(case["points"])
    path, losses = walked(points, np.array(case["start"]), case["rate"], case["steps"])
    words = told(of_squares(points), case["rate"], path, losses, edge=case["edge"])
    return path, losses, words, seen(path, losses, 1, case["steps"])


@needs_node
@pytest.mark.parametrize("seed", range(count(2, 20)))
def test_both_languages_fit_alike_and_say_the_same(seed: int) -> None:
    """Random points, starts and rates: parameters and losses agree to 1e-9, captions word for word."""
    rng = np.random.default_rng(seed)
    cases = [random_case(rng) for _ in range(count(80, 300))]
    for case, found in zip(cases, run("curvefit.js", FITS, cases), strict=True):
        path, losses, words, step = said(case)
        for expected, got in ((path, found["path"]), (losses, found["losses"])):
            np.testing.assert_allclose(np.array(got, float), expected, rtol=1e-9, atol=1e-9)
        assert (words, step) == (found["told"], found["seen"])


@needs_node
def test_the_valley_is_that_of_numpy() -> None:
    """Curvatures and the best parabola in JavaScript agree with numpy's least squares and eigenvalues."""
    rng = np.random.default_rng(7)
    cases = [random_case(rng)["points"] for _ in range(50)]
    for points, found in zip(cases, run("curvefit.js", "return data.map(valleyOf)", cases), strict=True):
        x, y = np.array(points).T
        best, bends = np.polyfit(x, y, 2), np.linalg.eigvalsh(2 / len(x) * np.vander(x, 3).T @ np.vander(x, 3))
        np.testing.assert_allclose(found["best"], best, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(found["bends"], bends, rtol=1e-9)


@needs_node
def test_lines_of_equal_loss_are_of_equal_loss() -> None:
    """On each line over a and c, with b at its best, the mean squared error is one number."""
    program = "const valley = valleyOf(data); return {best: valley.best, lines: ellipses(valley, [[-2, 4], [-1, 3]])}"
    drawn = run("curvefit.js", program, LAB)
    x, y = np.array(LAB).T
    losses = [
        [mean_of_squares((a, drawn["best"][1], c), x, y) for a, c in zip(*line, strict=True)] for line in drawn["lines"]
    ]
    assert len(losses) == 9
    np.testing.assert_allclose(losses, np.array(losses)[:, :1] * np.ones(73), rtol=1e-9)


@needs_node
@pytest.mark.parametrize("points", [[[0, 1], [0, 3], [2, 1]], [[1, 2]], [[0, 0], [3, 1]]])
def test_points_that_do_not_fix_a_parabola_say_so(points: list[list[float]]) -> None:
    """Two above each other, or too few: the fit arrives at one of many, in both languages."""
    case = {"points": points, "start": [0, 0, 1], "rate": 0.1 / of_squares(np.array(points, float)).bends[-1]}
    case |= {"steps": 800, "edge": True, "step": 1}
    (found,) = run("curvefit.js", FITS, [case])
    _, _, words, _ = said(case)
    assert words == found["told"]
    assert words.endswith("These points do not fix a parabola: many others fit as well.")


@pytest.mark.parametrize(("objective", "edge"), [(mean_of_squares, 0.13669), (sum_of_squares, 0.04556)])
def test_the_edge_is_that_of_the_students_objective(objective: Any, edge: float) -> None:
    """A sum has it three times lower than a mean; nobody says which of the two it is."""
    valley = measured(objective, np.array(LAB), np.array(GUESS))
    assert isinstance(valley, Valley)
    assert [round(2 / valley.bends[-1], 5), np.round(valley.best, 9).tolist()] == [edge, [2, -3, 1]]


def test_an_objective_that_is_not_made_of_squares_has_no_edge() -> None:
    """Fourth powers are flat at the bottom; the caption then blames the rate without a number."""

    def fourth(theta: Any, x: Any, y: Any) -> Any:
        return np.mean((predict(theta, x) - y) ** 4)

    widget = own(fourth, learning_rate=0.5, steps=20)
    assert widget._answer["valley"] is None
    assert "the learning rate 0.5 is too large for these points" in widget.caption


def test_the_students_functions_give_the_same_picture_as_the_known_mathematics() -> None:
    """The mean of squares, with slopes by differences: path and caption agree."""
    mine, theirs = own(learning_rate=0.1, steps=40), CurveFit(LAB, start=GUESS, learning_rate=0.1, steps=40)
    sent = np.frombuffer(mine._answer["path"]["data"], "<f4").reshape(mine._answer["path"]["shape"])
    np.testing.assert_allclose(sent, theirs._walk()[0], rtol=1e-5, atol=1e-5)
    assert mine.caption == theirs.caption


def test_a_gradient_that_is_not_that_of_the_loss_is_suspected() -> None:
    """A fit that goes uphill diverges below the edge, and the caption says where to look."""
    downhill = fit_with(mean_of_squares)

    def uphill(x: Any, y: Any, learning_rate: float, n_steps: int, theta0: Any) -> Any:
        return downhill(x, y, -learning_rate, n_steps, theta0)

    widget = CurveFit(LAB, predict=predict, objective=mean_of_squares, fit=uphill, learning_rate=0.05)
    assert "below 2/L = 0.1367, so look at the gradient" in widget.caption


def test_a_fit_of_another_shape_is_refused() -> None:
    """The message says what came and what the picture needs."""
    with pytest.raises(ValueError, match=r"theta of shape \(2,\) and 2 losses after one step"):
        CurveFit(LAB, predict=predict, objective=mean_of_squares, fit=lambda *_: (np.ones(2), [1.0, 0.5]))


def test_some_of_the_functions_are_not_enough() -> None:
    """All three, or none."""
    with pytest.raises(ValueError, match="predict, objective and fit"):
        CurveFit(LAB, predict=predict)


@pytest.mark.parametrize("points", [[1, 2, 3], [], [(1, np.nan)], [(1, 2, 3)]])
def test_points_are_pairs_of_numbers(points: Any) -> None:
    """Anything else is refused when it is assigned, and the old points stay."""
    widget = CurveFit(LAB)
    with pytest.raises(traitlets.TraitError, match="pairs of numbers"):
        widget.points = points
    assert [list(pair) for pair in LAB] == widget.points


@pytest.mark.parametrize("rate", [0.1, 2.0])
def test_a_page_without_kernel_shows_the_fit(rate: float) -> None:
    """A figure and the caption, also when the parameters are not finite any more."""
    widget = CurveFit(LAB, start=GUESS, learning_rate=rate, steps=1000)
    bundle = widget._repr_mimebundle_()
    assert bundle is not None
    data, _ = bundle
    assert data["text/html"].startswith("<svg role=")
    assert widget.caption in data["text/html"].replace("&#x27;", "'")


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

    def test_a_point_is_dragged_and_the_others_stay(self, browser: Browser) -> None:
        """The nearest one follows the pointer, and the picture is fitted to its new place."""
        with mounted(browser, CurveFit(LAB, start=GUESS, learning_rate=0.1)) as page:
            before, box = caption(page), page.locator("svg[role=img]").first.bounding_box()
            pixels = page.locator("path.course-dots.course-data").get_attribute("d")
            x, y = (float(part) for part in pixels.split("M")[2].removesuffix("h0").split())
            page.mouse.move(box["x"] + x + 4, box["y"] + y + 4)
            page.mouse.down()
            page.mouse.move(box["x"] + x + 60, box["y"] + y - 50, steps=5)
            page.mouse.up()
            points = page.evaluate("model.get('points')")
            assert [list(LAB[0]), list(LAB[2])] == [points[0], points[2]]
            assert (True, True) == (points[1][0] > 0.8, points[1][1] > 1.5)
            assert (page.evaluate("model.get('point')"), True) == (2, caption(page) != before)

    def test_a_point_is_moved_by_keyboard(self, browser: Browser) -> None:
        """The slider chooses it, two more move it; caption and parabola follow."""
        with mounted(browser, CurveFit(LAB, start=GUESS, learning_rate=0.1)) as page:
            page.get_by_label("Point", exact=True).press("End")
            caption(page)
            curve = page.locator("svg[role=img] path.course-guide").first.get_attribute("d")
            page.get_by_label("Point 3: y").press("ArrowUp")
            page.get_by_label("Point 3: x").press("ArrowLeft")
            words = caption(page)
            assert page.evaluate("model.get('points')[2]") == [1.95, 3.05]
            assert page.locator("svg[role=img] path.course-guide").first.get_attribute("d") != curve
            assert CurveFit(page.evaluate("model.get('points')"), start=GUESS, learning_rate=0.1).caption == words

    def test_presets_step_and_reset(self, browser: Browser) -> None:
        """Each preset has its fate; steps are told one by one."""
        with mounted(browser, CurveFit(LAB, start=GUESS)) as page:
            fates = []
            for name in ("too small", "good", "too large"):
                page.get_by_role("button", name=name).click()
                fates.append(caption(page).split(" ")[0])
            page.get_by_role("button", name="Reset").click()
            page.get_by_role("button", name="Step").click()
            assert fates == ["On", "Arrived", "Diverged"]
            assert caption(page).startswith("Step 1 of 100: y = ")

    def test_the_edge_can_be_kept_secret(self, browser: Browser) -> None:
        """Without it neither the slider nor any caption names the number."""
        with mounted(browser, CurveFit(LAB, start=GUESS, learning_rate=0.15, edge=False)) as page:
            assert "is too large for these points" in caption(page)
            assert "2/L" not in page.locator("main").inner_text()

    def test_a_narrow_window_shows_all(self, browser: Browser) -> None:
        """Nothing sticks out to the right."""
        with mounted(browser, CurveFit(LAB), width=320) as page:
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
