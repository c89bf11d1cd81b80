"""What hidden checks share: reference solutions and inputs that no student sees."""

import importlib
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

__all__ = ["Quadratic", "random_quadratics", "reference"]


def reference(lab: str) -> ModuleType:
    """Return the module of a lab's reference solutions, such as ``reference("02_gradient_descent")``."""
    return importlib.import_module(lab)


@dataclass(frozen=True)
class Quadratic:
    """A bowl in any dimension: half of (x − minimum)ᵀ H (x − minimum), and a walk that stays in it."""

    hessian: Any
    minimum: Any
    x0: Any
    learning_rate: float
    n_steps: int

    def __call__(self, x: Any) -> float:
        """Height at a point."""
        away = np.asarray(x) - self.minimum
        return float(away @ self.hessian @ away / 2)

    def gradient(self, x: Any) -> Any:
        """Gradient at a point."""
        return self.hessian @ (np.asarray(x) - self.minimum)


def random_quadratics(rng: np.random.Generator, count: int, dims: tuple[int, ...]) -> list[Quadratic]:
    """Draw bowls whose walks are stable, one dimension after the other; no two directions are alike."""
    return [_quadratic(rng, dims[number % len(dims)]) for number in range(count)]


def _quadratic(rng: np.random.Generator, dim: int) -> Quadratic:
    turned, _ = np.linalg.qr(rng.normal(size=(dim, dim)))
    curvatures = np.cumsum(rng.uniform(0.5, 1.5, dim))
    hessian = turned @ np.diag(curvatures) @ turned.T
    minimum = rng.uniform(-2, 2, dim)
    away = rng.uniform(3, 6, dim) * rng.choice([-1, 1], dim)
    rate = float(rng.uniform(0.3, 0.8) / curvatures[-1])
    return Quadratic((hessian + hessian.T) / 2, minimum, minimum + away, rate, int(rng.integers(7, 12)))
