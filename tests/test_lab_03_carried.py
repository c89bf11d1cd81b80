"""Lab 03 grades each exercise against the student's own earlier answers: a mistake costs once."""

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
        ({"objective": BLANK}, {"objective", "fit"}),
        ({"objective": TABLE}, {"objective", "fit"}),
        ({"objective": CANCELS, "grad_objective": SUM_GRADIENT}, {"objective"}),
        ({"objective": CANCELS, "grad_objective": CANCELS_GRADIENT}, {"objective"}),
        ({"grad_objective": HALF}, {"grad_objective"}),
        ({"grad_objective": NOTHING, "fit": STAYS}, {"grad_objective", "fit"}),
        ({"predict": ASCENDING}, {"predict"}),
    ],
)
def test_a_mistake_costs_once(answers: dict[str, str], lost: set[str]) -> None:
    """Later exercises are right for what the student had before."""
    assert failed(**answers) == lost


def test_an_objective_of_fourth_powers_is_an_objective() -> None:
    """It has the properties that are asked for, and gradient and fit are checked against it."""
    assert failed(objective=FOURTH, grad_objective=FOURTH_GRADIENT) == set()


def test_the_measured_edge_depends_on_the_objective() -> None:
    """With the sum the edge is a third of the mean's."""
    assert failed(optional=True, objective=SUM, grad_objective=SUM_GRADIENT) == {"edge"}
    assert failed(optional=True, objective=SUM, grad_objective=SUM_GRADIENT, edge="edge = 0.0456") == set()
