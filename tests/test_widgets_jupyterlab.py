"""Widgets in a real JupyterLab: every control by keyboard and mouse, the picture, the caption, and Python's state."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Locator, expect

from tests.jupyterlab import CHROMIUM, DRAWN, Browser, Lab, Page, open_browser, open_notebook, python, run_all, serve

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium"),
]
OWN = """
def height(x):
    return (x - 1) ** 2

def slope(x):
    return 2 * (x - 1)

def gradient_descent(gradient, x0, learning_rate, n_steps):
    path = [x0]
    for _ in range(n_steps):
        path.append(path[-1] - learning_rate * gradient(path[-1]))
    return np.array(path)

own = {"f": height, "gradient": slope, "gradient_descent": gradient_descent}
mine = widgets.Descent(**own, bounds=(-4, 6), start=5, curvature=2)
mine"""
CELLS = [
    "import numpy as np\nfrom course_utils import widgets\nknown = widgets.Descent('hills')\nknown",
    OWN,
    "line = widgets.Tangent('cubic', newton=True)\nline",
    """
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    path = [x0]
    while len(path) <= max_iter and abs(f(path[-1])) > tol:
        path.append(path[-1] - f(path[-1]) / df(path[-1]))
    return path

curve = {"f": lambda x: x**4 - 3 * x**2, "df": lambda x: 4 * x**3 - 6 * x, "d2f": lambda x: 12 * x**2 - 6}
root = widgets.Tangent(**curve, newton_root=newton_root, bounds=(-2, 2), newton=True)
root""",
    """
def predict(theta, x):
    return np.polyval(theta, x)

def objective(theta, x, y):
    return np.sum((predict(theta, x) - y) ** 2)

def fit(x, y, learning_rate, n_steps, theta0):
    theta, losses = theta0, [objective(theta0, x, y)]
    for _ in range(n_steps):
        theta = theta - learning_rate * 2 * np.vander(x, 3).T @ (predict(theta, x) - y)
        losses.append(objective(theta, x, y))
    return theta, losses

parabola = widgets.CurveFit(predict=predict, objective=objective, fit=fit, learning_rate=0.03)
parabola""",
    "noise = widgets.Noise()\nnoise",
    """
powers = np.polynomial.polynomial
noisy = widgets.Noise(
    add_noise=lambda y, scale, rng: y + scale * rng.standard_normal(len(y)),
    design_matrix=powers.polyvander, predict=lambda theta, x: powers.polyval(x, theta),
    mse_loss=lambda theta, A, y: np.mean((A @ theta - y) ** 2),
)
noisy""",
]
WIDGETS = ["known", "mine", "line", "root", "parabola", "noise", "noisy"]  # the names in the cells, in order
OTHERS = "3 True [[-1.0, 6.0], [0.5, 0.0]]"
expect.set_options(timeout=20_000)  # a machine that does other things meanwhile
DOTS = "h0"  # each dot in a path's data


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a notebook of widgets, each in a cell."""
    folder = tmp_path_factory.mktemp("work")
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "widgets.ipynb")
    return folder


@pytest.fixture(scope="module")
def lab(work: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Serve it."""
    with serve(work, tmp_path_factory.mktemp("home"), Path(__file__).resolve().parents[1]) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one Chromium for all tests."""
    with open_browser() as started:
        yield started


@pytest.fixture(scope="module")
def console() -> list[str]:
    """Collect what the browser complains about while all tests of this file run."""
    return []


@pytest.fixture(scope="module")
def page(browser: Browser, lab: Lab, console: list[str]) -> Iterator[Page]:
    """Open the notebook and run it."""
    with open_notebook(browser, lab, "widgets.ipynb") as opened:
        opened.on("console", lambda message: console.append(message.text) if message.type == "error" else None)
        opened.on("pageerror", lambda error: console.append(str(error)))
        run_all(opened)
        opened.set_default_timeout(20_000)
        expect(opened.locator(".course-caption")).to_have_count(len(WIDGETS))
        yield opened


def widget(page: Page, name: str, state: str = "") -> Locator:
    """Return a widget after setting its state in Python, with JupyterLab in command mode."""
    if state:
        python(page, f"[setattr({name}, *item) for item in dict({state}).items()]")
    page.keyboard.press("Escape")
    found = page.locator(".course-widget").nth(WIDGETS.index(name))
    found.scroll_into_view_if_needed()
    return found


def wait_for_python(page: Page, expression: str, expected: str) -> None:
    """Wait until an expression has a value in the kernel; what a browser sets arrives a little later."""
    for _ in range(50):
        if (actual := python(page, expression)) == expected:
            return
        page.wait_for_timeout(50)
    assert expected == actual


def caption(found: Locator) -> Locator:
    """Return the words below the pictures."""
    return found.locator(".course-caption")


def slider(found: Locator, label: str) -> Locator:
    """Return the native input of a slider."""
    return found.get_by_label(label, exact=True)


def path_data(found: Locator, kind: str) -> str:
    """Return the data of the first path of a kind in the picture."""
    return found.locator(f".course-plot > svg path.course-{kind}").first.get_attribute("d") or ""


def curves(found: Locator) -> list[str]:
    """Return the data of all curves that a model draws."""
    shown = found.locator(".course-plot > svg path.course-model")
    return [shown.nth(number).get_attribute("d") or "" for number in range(shown.count())]


@pytest.mark.parametrize("name", ["known", "mine"])
def test_arrow_keys_move_the_learning_rate_in_command_mode(page: Page, name: str) -> None:
    """Caption, picture and Python follow; the cell that is selected stays."""
    found = widget(page, name, "learning_rate=0.1, step=None, start=[2.0]")
    rate = slider(found, "Learning rate λ")
    expect(rate).to_have_attribute("aria-valuetext", re.compile(r"^0\.1\b"))
    before, selected = path_data(found, "path"), page.locator(".jp-Cell.jp-mod-selected").count()
    rate.focus()
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    expect(rate).to_have_attribute("aria-valuetext", re.compile(r"^0\.398"))
    wait_for_python(page, f"{name}.learning_rate", "0.398")
    assert (before != path_data(found, "path"), selected) == (True, page.locator(".jp-Cell.jp-mod-selected").count())


@pytest.mark.parametrize("name", ["known", "mine"])
def test_the_mouse_moves_the_learning_rate(page: Page, name: str) -> None:
    """A click far to the right of the track is a learning rate that runs away."""
    found = widget(page, name, "learning_rate=0.1, step=None")
    rate = slider(found, "Learning rate λ")
    box = rate.bounding_box()
    assert box is not None
    rate.click(position={"x": box["width"] * 0.97, "y": box["height"] / 2})
    expect(caption(found)).to_contain_text(re.compile(r"Diverged at step \d+: the learning rate \d.* is above 2/L = "))
    wait_for_python(page, f"{name}.learning_rate > 2", "True")


@pytest.mark.parametrize("name", ["known", "mine"])
def test_python_moves_the_slider(page: Page, name: str) -> None:
    """State set in a cell is seen in control, caption and picture."""
    found = widget(page, name, "learning_rate=0.02, steps=7, step=None")
    expect(slider(found, "Learning rate λ")).to_have_attribute("aria-valuetext", re.compile(r"^0\.02"))
    expect(caption(found)).to_contain_text("after 7 steps")
    expect(found.locator("svg path.course-dots").first).to_have_attribute("d", re.compile(rf"^([^h]*{DOTS}){{8}}$"))
    assert (python(page, f"{name}.caption"), "8") == (caption(found).inner_text(), python(page, f"len({name}.path)"))


@pytest.mark.parametrize(("label", "key", "trait", "value"), [
    ("Start x", "Home", "start", "[-2.2]"), ("Number of steps", "End", "steps", "100"),
])  # fmt: skip
def test_every_other_slider_moves_by_keyboard(page: Page, label: str, key: str, trait: str, value: str) -> None:
    """Home and End go to the ends of the range."""
    found = widget(page, "known", "learning_rate=0.02, steps=7, start=[2.0], step=None")
    before = caption(found).inner_text()
    slider(found, label).press(key)
    wait_for_python(page, f"known.{trait}", value)
    expect(caption(found)).not_to_have_text(before)


@pytest.mark.parametrize("name", ["known", "mine"])
def test_the_mouse_drags_the_start_in_the_picture(page: Page, name: str) -> None:
    """The start follows the pointer, from the right of the picture to its left."""
    found = widget(page, name, "learning_rate=0.02, start=[2.0], step=None")
    box = found.locator("svg.course-draggable").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 100, steps=8)
    page.mouse.up()
    low, high = (float(x) for x in python(page, f"*{name}._shown.bounds[0]").split())
    pixel = (box["width"] * 0.3 - 52) / (box["width"] - 12 - 52)
    wait_for_python(page, f"abs({name}.start[0] - {low + pixel * (high - low)}) < 0.05", "True")


def test_buttons_work_by_keyboard_in_command_mode(page: Page) -> None:
    """Step, Back, Reset and the presets, by Enter and Space."""
    found = widget(page, "mine", "learning_rate=0.1, steps=9, start=[5.0], step=0")
    expect(caption(found)).to_contain_text("Step 0 of 9")
    for button, key, step in (
        ("Step", "Enter", "1"),
        ("Step", "Space", "2"),
        ("Back", "Enter", "1"),
        ("Reset", "Space", "0"),
    ):
        found.get_by_role("button", name=button).press(key)
        wait_for_python(page, "mine.step", step)
    found.get_by_role("button", name="too large").press("Enter")
    wait_for_python(page, "mine.learning_rate", "1.1")
    expect(found.get_by_role("button", name="too large")).to_have_attribute("aria-pressed", "true")
    expect(caption(found)).to_contain_text("Diverged at step 2: the learning rate 1.1 is above 2/L = 1")


def test_fog_hides_the_ground(page: Page) -> None:
    """With the box ticked only pieces of the ground are drawn."""
    found = widget(page, "known", "learning_rate=0.02, steps=7, start=[2.0], step=None, fog=False")
    clear = path_data(found, "truth")
    found.get_by_label("Fog").press("Space")
    wait_for_python(page, "known.fog", "True")
    assert len(path_data(found, "truth")) < len(clear) / 2


def test_another_landscape_is_drawn_and_walked_in(page: Page) -> None:
    """Chosen from the list: contours appear, and a second start."""
    found = widget(page, "known", "fog=False")
    found.get_by_role("combobox", name="Landscape").select_option("ravine")
    wait_for_python(page, "known.landscape, known.start, known.learning_rate", "ravine [4.0, 1.0] 0.15")
    expect(found.locator("path.course-contour")).to_have_count(2)  # in the picture, and in its legend
    expect(slider(found, "Start x₁")).to_be_visible()
    found.get_by_role("combobox", name="Landscape").select_option("hills")
    wait_for_python(page, "known.landscape", "hills")


def test_a_tangent_follows_the_arrow_keys(page: Page) -> None:
    """In command mode: height and slope in words, the state in Python, the line in the picture."""
    found = widget(page, "line", "curve='cubic', x=-1.5, newton=False, step=0")
    place = slider(found, "x")
    expect(place).to_have_attribute("aria-valuetext", "−1.5")
    expect(caption(found)).to_have_text(
        "At x = −1.5: height 1.125, slope f′(x) = 3.75. The curve rises: down is to the left."
    )
    before = path_data(found, "tangent")
    for _ in range(10):
        place.press("ArrowRight")
    wait_for_python(page, "line.x", "-1.0")
    expect(caption(found)).to_have_text("At x = −1: height 2, slope f′(x) = 0. The tangent is flat.")
    assert before != path_data(found, "tangent")


def test_the_mouse_drags_the_tangent(page: Page) -> None:
    """In the picture of the curve and in that of its slope."""
    for number in (0, 1):
        found = widget(page, "line", "curve='cubic', x=2.0, newton=False, step=0")
        box = found.locator("svg.course-draggable").nth(number).bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 52 + (box["width"] - 64) * 0.3, box["y"] + 100)
        wait_for_python(page, "abs(line.x + 1) < 0.02", "True")


def test_newton_finds_a_maximum_and_flies_away(page: Page) -> None:
    """By the buttons of the starts, another curve, and Play."""
    found = widget(page, "line", "curve='cubic', x=2.0, newton=False, step=0")
    found.get_by_label("Newton's method").press("Space")
    found.get_by_role("button", name="finds a maximum").press("Enter")
    expect(caption(found)).to_contain_text("Step 0, x = −0.5")
    expect(caption(found)).to_contain_text("meets the axis at x = −1.25: the next place.")
    found.get_by_role("button", name="Play").click()
    expect(caption(found)).to_contain_text("at x = −1: a maximum of f.")
    found.get_by_role("combobox", name="Curve").select_option("bowl")
    found.get_by_role("button", name="flies away").click()
    wait_for_python(page, "line.curve, line.x, line.step", "bowl 1.45 0")
    python(page, "setattr(line, 'step', None)")
    expect(caption(found)).to_contain_text("Flies away: x = ")


def test_a_students_newton_steps_by_keyboard(page: Page) -> None:
    """Each step is where their function leads."""
    found = widget(page, "root", "x=1.6, step=0")
    for step in (1, 2):
        found.get_by_role("button", name="Step").press("Enter")
        wait_for_python(page, "root.step", str(step))
    told = float(re.findall(r"x = ([\d.]+): height", caption(found).inner_text())[0])
    assert round(float(python(page, "root.path[2]")), 3) == round(told, 3)
    slider(found, "x").press("Home")
    expect(caption(found)).to_contain_text("Step 0, x = −2")
    wait_for_python(page, "root.x", "-2.0")


def test_a_students_fit_follows_a_dragged_point(page: Page) -> None:
    """By mouse: the nearest point moves, Python fits anew, the edge of the sum of squares is marked."""
    found = widget(page, "parabola", "points=[(-1, 6), (0.5, 0), (2, 3)], learning_rate=0.03, steps=100, step=None")
    expect(caption(found)).to_contain_text("Arrived at step")
    before, box = curves(found), found.locator("svg.course-draggable").bounding_box()
    assert box is not None
    dots = found.locator("svg path.course-dots.course-data").get_attribute("d") or ""
    x, y = (float(part) for part in dots.split("M")[3].removesuffix(DOTS).split())
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.down()
    page.mouse.move(box["x"] + x + 150, box["y"] + y, steps=8)
    page.mouse.up()
    wait_for_python(page, "parabola.point, parabola.points[2][0] > 3, parabola.points[:2]", OTHERS)
    expect(caption(found)).to_contain_text(
        re.compile(r"Diverged at step \d+: the learning rate 0.03 is above 2/L = 0.0")
    )
    assert before != curves(found)


def test_a_students_fit_follows_the_arrow_keys(page: Page) -> None:
    """In command mode: choose a point, move it, change the rate, step; Python and caption follow."""
    found = widget(page, "parabola", "points=[(-1, 6), (0.5, 0), (2, 3)], learning_rate=0.03, steps=60, step=None")
    slider(found, "Point").press("Home")
    slider(found, "Point 1: x").press("ArrowRight")
    slider(found, "Point 1: y").press("ArrowDown")
    wait_for_python(page, "parabola.points[0]", "[-0.95, 5.95]")
    slider(found, "Number of steps").press("ArrowRight")
    wait_for_python(page, "parabola.steps", "61")
    found.get_by_role("button", name="too large").press("Enter")
    expect(caption(found)).to_contain_text("Diverged at step")
    found.get_by_role("button", name="Reset").press("Space")
    found.get_by_role("button", name="Step").press("Enter")
    wait_for_python(page, "parabola.step", "1")
    expect(caption(found)).to_have_text(python(page, "parabola.caption"))


@pytest.mark.parametrize("name", ["noise", "noisy"])
@pytest.mark.parametrize(("label", "key", "state"), [
    ("Degree", "ArrowLeft", "degree 8"), ("Points n", "End", "n 60"), ("Noise σ", "Home", "sigma 0.0"),
    ("Seed", "ArrowRight", "seed 4"),
])  # fmt: skip
def test_every_slider_of_the_noise_moves_by_keyboard(page: Page, name: str, label: str, key: str, state: str) -> None:
    """Caption, picture and Python follow, for known mathematics and for the student's own functions."""
    found = widget(page, name, "degree=9, n=10, sigma=10.0, seed=3, refits=0")
    expect(caption(found)).to_contain_text("Degree 9 passes through all 10 points")
    before, (trait, value) = curves(found), state.split()
    slider(found, label).press(key)
    wait_for_python(page, f"{name}.{trait}", value)
    expect(caption(found)).to_have_text(python(page, f"{name}.caption"))
    assert before != curves(found)


@pytest.mark.parametrize("name", ["noise", "noisy"])
def test_a_bundle_grows_by_mouse(page: Page, name: str) -> None:
    """Each step adds a fit; the preset changes the degree of all."""
    found = widget(page, name, "degree=9, n=10, sigma=10.0, seed=3, refits=0")
    for refits in (1, 2):
        found.get_by_role("button", name="Step").click()
        wait_for_python(page, f"{name}.refits", str(refits))
    found.get_by_role("button", name="too small").click()
    wait_for_python(page, f"{name}.degree", "1")
    expect(caption(found)).to_contain_text("The middle of 3 fits is")
    expect(caption(found)).to_have_text(python(page, f"{name}.caption"))


def test_a_drag_never_lags_behind(page: Page) -> None:
    """Of 300 moves in half a second Python computes some, and the last one is what is seen."""
    found = widget(page, "mine", "learning_rate=0.1, steps=25, start=[5.0], step=None")
    python(page, "mine.__dict__.update(asked=[]) or mine.observe(lambda change: mine.asked.append(1), '_answer')")
    slider(found, "Learning rate λ").evaluate("""async input => {
        for (let move = 1; move <= 300; move += 1) {
            input.value = -3 + move / 100;
            input.dispatchEvent(new Event('input', {bubbles: true}));
            if (move % 10 === 0) await new Promise(requestAnimationFrame);
        }
    }""")
    wait_for_python(page, "mine.learning_rate", "1.0")
    expect(caption(found)).to_have_text("Swings for ever: after 25 steps it is as high as at the start, 16.")
    assert 1 <= int(python(page, "len(mine.asked)")) < 150


def test_a_students_error_is_told_in_the_caption(page: Page) -> None:
    """A function that breaks while the slider moves shows what it raised, and recovers."""
    found = widget(page, "mine", "steps=5")
    python(page, "setattr(mine, '_walker', lambda *_: 1 / 0), setattr(mine, 'steps', 6)")
    expect(caption(found)).to_have_text("Your function stopped: ZeroDivisionError: division by zero")
    python(page, "setattr(mine, '_walker', gradient_descent), setattr(mine, 'steps', 7)")
    expect(caption(found)).not_to_contain_text("stopped")


def test_the_browser_had_no_complaint(page: Page, console: list[str]) -> None:
    """After all that."""
    page.evaluate(DRAWN)
    assert console == []


def test_pages_without_a_kernel_show_figure_and_caption(page: Page, work: Path) -> None:
    """The saved notebook as HTML has an SVG with a text alternative for each widget, and its caption."""
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    body, _ = HTMLExporter().from_notebook_node(nbformat.read(work / "widgets.ipynb", as_version=4))
    told = re.findall(r'<svg aria-label="([^"]+)".*?</svg>\s*<p>([^<]+)</p>', body, re.DOTALL)
    assert [(alt == words, len(words) > 20) for alt, words in told] == [(True, True)] * len(WIDGETS)
