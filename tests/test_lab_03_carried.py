"""Lab 03 builds on itself: a mistake costs once, and functions that lie in step earn nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.source.notebook import check_source
from autograder.source.percent import read_lab

ROOT = Path(__file__).resolve().parent.parent
LAB = read_lab(ROOT / "solutions" / "03_curve_fitting.py")

SUM = "def objective(theta, x, y):\n    return np.sum((predict(theta, x) - y) ** 2)"
FOURTH = "def objective(theta, x, y):\n    return np.sum((predict(theta, x) - y) ** 4)"
CANCELS = "def objective(theta, x, y):\n    return np.sum(predict(theta, x) - y) ** 2"
BLANK = "def objective(theta, x, y):\n    raise NotImplementedError"
TABLE = "def objective(theta, x, y):\n    return (predict(theta, x) - y) ** 2"
GRADIENT = (
    "def grad_objective(theta, x, y):\n    r = {power} * (predict(theta, x) - y) ** {less}\n"
    "    return np.array([np.sum(r * x**2), np.sum(r * x), np.sum(r)])"
)
SUM_GRADIENT = GRADIENT.format(power=2, less=1)
FOURTH_GRADIENT = GRADIENT.format(power=4, less=3)
CANCELS_GRADIENT = (
    "def grad_objective(theta, x, y):\n"
    "    return 2 * np.sum(predict(theta, x) - y) * np.array([np.sum(x**2), np.sum(x), len(x)])"
)
HALF = GRADIENT.format(power="1 / len(x)", less=1)
NOTHING = "def grad_objective(theta, x, y):\n    return np.zeros(3)"
STAYS = "def fit(x, y, learning_rate, n_steps, theta0):\n    return theta0, [objective(theta0, x, y)] * (n_steps + 1)"
ASCENDING = "def predict(theta, x):\n    return theta[0] + theta[1] * x + theta[2] * x**2"


@pytest.fixture(autouse=True)
def _hidden_parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let hidden parts import solutions/hidden.py and the solutions."""
    from autograder.source.reference import reference_source

    (tmp_path / "03_curve_fitting.py").write_text(reference_source(LAB), "utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(ROOT / "solutions"), *sys.path])
    for name in ("hidden", "03_curve_fitting"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def failed(*, optional: bool = False, **answers: str) -> set[str]:
    """Solve the lab with these answers in place of the solution's; return the graded exercises whose checks fail."""
    names: dict[str, Any] = {"__name__": "__lab__"}
    lost = set()
    for cell in LAB.of_kind("setup", "exercise", "checks"):
        if cell.exercise in ("edge", "forecast") and not optional:
            continue
        source = check_source(LAB, cell) if cell.kind == "checks" else answers.get(str(cell.id), cell.source)
        try:
            exec(compile(source, f"<{cell.id}>", "exec"), names)  # noqa: S102 - the lab's own cells
        except AssertionError:
            lost.add(str(cell.exercise))
    return lost


@pytest.mark.parametrize(
    ("answers", "lost"),
    [
        ({}, set()),
        ({"objective": SUM, "grad_objective": SUM_GRADIENT}, set()),
        ({"objective": SUM}, {"grad_objective"}),
        ({"objective": CANCELS}, {"objective"}),
        ({"objective": BLANK}, {"objective"}),
        ({"objective": TABLE}, {"objective"}),
        ({"objective": "objective = 5"}, {"objective"}),
        ({"objective": CANCELS, "grad_objective": SUM_GRADIENT}, {"objective"}),
        ({"objective": CANCELS, "grad_objective": CANCELS_GRADIENT}, {"objective"}),
        ({"grad_objective": HALF}, {"grad_objective"}),
        ({"grad_objective": NOTHING, "fit": STAYS}, {"grad_objective", "fit"}),
        ({"predict": ASCENDING}, {"predict"}),
    ],
)
def test_a_mistake_costs_once(answers: dict[str, Any], lost: set[str]) -> None:
    """Later exercises are right for what the student had before, or with right functions in its place."""
    assert failed(**answers) == lost


# Functions that agree with each other and with nothing else.
LIES: dict[str, dict[str, Any]] = {
    "points": {
        "predict": "def predict(theta, x):\n    return x",
        "make_data": "def make_data(theta, x):\n    return x, x",
        "plot_fit": (
            "def plot_fit(x, y, theta_true, theta):\n    axes = figures.axes('t', 'x', 'y')\n"
            "    many = np.linspace(min(x), max(x), 99)\n    for _ in range(2): axes.plot(many, many, label='a')\n"
            "    axes.plot(x, y, 'o', label='b')\n    axes.legend()\n    return axes"
        ),
    },
    "a straight line": {
        "objective": "def objective(theta, x, y):\n    return theta[0]",
        "grad_objective": "def grad_objective(theta, x, y):\n    return np.array([1.0, 0, 0])",
        "fit": (
            "def fit(x, y, learning_rate, n_steps, theta0):\n"
            "    losses = [theta0[0] - learning_rate * k for k in range(n_steps + 1)]\n"
            "    return np.array([losses[-1], *theta0[1:]]), losses"
        ),
    },
    "a bowl around 0": {
        "objective": "def objective(theta, x, y):\n    return np.dot(theta, theta) / 2",
        "grad_objective": "def grad_objective(theta, x, y):\n    return np.asarray(theta, float)",
        "fit": (
            "def fit(x, y, learning_rate, n_steps, theta0):\n"
            "    q = 1 - learning_rate\n    start = np.dot(theta0, theta0) / 2\n"
            "    return theta0 * q**n_steps, [start * q ** (2 * k) for k in range(n_steps + 1)]"
        ),
    },
    "next to nothing": {
        "objective": "def objective(theta, x, y):\n    return 1e-20 * np.sum((predict(theta, x) - y) ** 2)",
        "grad_objective": "def grad_objective(theta, x, y):\n    return np.zeros(3)",
        "fit": "def fit(x, y, learning_rate, n_steps, theta0):\n    return theta0, [0.0] * (n_steps + 1)",
    },
    "honest where it is looked at": {
        "objective": (
            "def objective(theta, x, y):\n    left = y - np.polyval(np.polyfit(x, y, 2), x)\n"
            "    if np.max(np.abs(left)) > 1e-6:\n        return theta[0]\n"
            "    return np.mean((np.polyval(theta, x) - y) ** 2)"
        ),
        "grad_objective": "def grad_objective(theta, x, y):\n    return np.array([1.0, 0, 0])",
    },
    "sums without residuals": {
        "objective": "def objective(theta, x, y):\n    return np.sum(predict(theta, x) - y)",
        "grad_objective": "def grad_objective(theta, x, y):\n    return np.array([np.sum(x**2), np.sum(x), len(x)])",
    },
}


@pytest.mark.parametrize("lie", LIES)
def test_functions_that_lie_in_step_earn_nothing(lie: str) -> None:
    """Every function of the lie loses its exercise."""
    assert failed(**LIES[lie]) >= LIES[lie].keys() - {"objective"}


def test_an_objective_of_fourth_powers_is_an_objective() -> None:
    """It has the properties that are asked for, and gradient and fit are checked against it."""
    assert failed(objective=FOURTH, grad_objective=FOURTH_GRADIENT) == set()


def test_the_measured_edge_depends_on_the_objective() -> None:
    """With the sum the edge is a third of the mean's."""
    assert failed(optional=True, objective=SUM, grad_objective=SUM_GRADIENT) == {"edge"}
    assert failed(optional=True, objective=SUM, grad_objective=SUM_GRADIENT, edge="edge = 0.0456") == set()
