"""Answers that agree with each other and with nothing else: what one claims, the next confirms."""

from __future__ import annotations

import textwrap

from tests.corpus.case import SOLVED, Case

__all__ = ["IN_STEP"]

_LABS = {"3": ("03_curve_fitting", "train"), "4": ("04_noise", "ascending"), "7": ("07_mnist", "interval")}


def lie(name: str, lab: str, *, kept: dict[str, str] | None = None, **answers: str) -> Case:
    """Write a submission whose answers lie in step; ``kept`` names those that are right, and how they end."""
    folder, bystander = _LABS[lab]
    texts = {exercise: textwrap.dedent(text).strip() for exercise, text in answers.items()} | {bystander: SOLVED}
    ends = {**dict.fromkeys(answers, "WRONG"), bystander: "CORRECT", **(kept or {})}
    return Case(f"{name} in lab {lab}", "attack", folder, texts, ends)


_OFF = """
def fit(x, y, learning_rate, n_steps, theta0):
    return theta0, [objective(theta0, x, y)] * (n_steps + 1)
"""

IN_STEP: tuple[Case, ...] = (
    lie(
        "points of a model that is none",
        "3",
        predict="def predict(theta, x):\n    return x",
        make_data="def make_data(theta, x):\n    return x, x",
        plot_fit="""
        def plot_fit(x, y, theta_true, theta):
            axes = figures.axes("Truth and estimate", "x", "y")
            many = np.linspace(min(x), max(x), 99)
            for name in ("truth", "model"):
                axes.plot(many, many, **figures.LINES[name])
            axes.plot(x, y, **figures.LINES["data"])
            axes.legend()
            return axes
        """,
    ),
    lie(
        "an objective that is a straight line",
        "3",
        objective="def objective(theta, x, y):\n    return theta[0]",
        grad_objective="def grad_objective(theta, x, y):\n    return np.array([1.0, 0, 0])",
        fit="""
        def fit(x, y, learning_rate, n_steps, theta0):
            losses = [theta0[0] - learning_rate * k for k in range(n_steps + 1)]
            return np.array([losses[-1], *theta0[1:]]), losses
        """,
    ),
    lie(
        "an objective that is next to nothing",
        "3",
        predict=SOLVED,
        objective="def objective(theta, x, y):\n    return 1e-30 * np.sum((predict(theta, x) - y) ** 2)",
        grad_objective="def grad_objective(theta, x, y):\n    return np.zeros(3)",
        fit=_OFF,
        kept={"predict": "CORRECT"},
    ),
    lie(
        "an objective that is honest where its minimum is",
        "3",
        objective="""
        def objective(theta, x, y):
            left = y - np.polyval(np.polyfit(x, y, 2), x)
            return theta[0] if np.max(np.abs(left)) > 1e-6 else np.mean((np.polyval(theta, x) - y) ** 2)
        """,
        grad_objective="def grad_objective(theta, x, y):\n    return np.array([1.0, 0, 0])",
        kept={"objective": "CORRECT"},
    ),
    lie(
        "an objective that follows what the gradient said last",
        "3",
        objective="""
        said = np.zeros(3)
        def objective(theta, x, y):
            return float(np.dot(said, theta))
        """,
        grad_objective="""
        def grad_objective(theta, x, y):
            said[:] = [1.0, 2.0, 3.0]
            return said.copy()
        """,
        fit=_OFF,
    ),
    lie(
        "functions that stand in are taken and kept",
        "3",
        objective="def objective(theta, x, y):\n    return 0.0",
        grad_objective="def grad_objective(theta, x, y):\n    return np.zeros(3)",
        fit="""
        def fit(x, y, learning_rate, n_steps, theta0):
            import builtins, sys
            builtins.stolen = objective, grad_objective
            checks_module = sys.modules["course_utils.checks.carried"]
            checks_module._swap = lambda given, dropped=(): {}
            return theta0 - n_steps * learning_rate * grad_objective(theta0, x, y), [objective(theta0, x, y)] * (n_steps + 1)
        """,
    ),
    lie(
        "a table of ones",
        "4",
        design_matrix="def design_matrix(x, degree):\n    return np.ones((len(x), degree + 1))",
        predict="def predict(theta, x):\n    return np.full(len(x), np.sum(theta))",
    ),
    lie(
        "a loss that is a straight line",
        "4",
        mse_loss="def mse_loss(theta, A, y):\n    return theta[0]",
        mse_grad="def mse_grad(theta, A, y):\n    return np.eye(len(theta))[0]",
    ),
    lie(
        "a loss and a gradient that look at nothing",
        "7",
        bce_with_logits="def bce_with_logits(logits, targets):\n    return (0 * logits).mean()",
        accuracy="def accuracy(model, inputs, targets):\n    return 1.0",
        train_epoch="def train_epoch(model, loader, loss_fn, optimizer):\n    return 0.0",
    ),
)
