"""What hidden checks share: reference solutions and inputs that no student sees."""

import importlib
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

__all__ = [
    "Quadratic",
    "figure_cases",
    "fit_cases",
    "flat_examples",
    "gradient_cases",
    "newton_cases",
    "parabolas",
    "random_parabolas",
    "random_polynomials",
    "random_quadratics",
    "random_steps",
    "reference",
    "training_cases",
]


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


def parabolas(rng: np.random.Generator, sizes: tuple[int, ...]) -> list[tuple[Any, Any]]:
    """Draw (theta, x): parabolas whose coefficients are far from each other and from 1, and inputs that are sorted."""
    return [(_coefficients(rng), _inputs(rng, size)) for size in sizes]


def _coefficients(rng: np.random.Generator) -> Any:
    sizes = np.array([0.6, 1.5, 2.5]) + rng.uniform(-0.25, 0.25, 3)
    return rng.permutation(sizes * rng.choice([-1, 1], 3))


def _inputs(rng: np.random.Generator, size: int) -> Any:
    return np.linspace(-2.3, 2.7, size) + rng.uniform(-0.15, 0.15, size)


def _noisy(rng: np.random.Generator, size: int) -> tuple[Any, Any, Any]:
    theta, x = _coefficients(rng), _inputs(rng, size)
    return theta, x, np.polyval(_coefficients(rng), x) + rng.uniform(0.5, 1.5, size)


def gradient_cases(rng: np.random.Generator) -> list[tuple[Any, Any, Any]]:
    """Draw (theta, x, y) of points on no parabola; the last has parameters at which tiny steps drown in rounding."""
    theta, x, y = _noisy(rng, 6)
    return [_noisy(rng, 5), _noisy(rng, 7), (1e10 * theta, x, y)]


def fit_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Draw arguments of a fit: 5 and 7 points, learning rates that nobody writes by habit."""
    cases = []
    for size, n_steps in ((5, 7), (7, 5)):
        theta0, x, y = _noisy(rng, size)
        rate = float(rng.uniform(0.0032, 0.0068))
        cases.append({"x": x, "y": y, "learning_rate": rate, "n_steps": n_steps, "theta0": theta0})
    return cases


def figure_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Draw arguments of a figure; x is sorted, and the points are on no parabola."""
    theta, x, y = _noisy(rng, 5)
    return [{"x": x, "y": y, "theta_true": _coefficients(rng) + 3.0, "theta": theta}]


def _features(x: Any) -> Any:
    return np.array([np.ones(len(x)), np.sin(x), np.cos(2 * x), x / 3])


def _wave(theta: Any, x: Any) -> Any:
    return np.asarray(theta) @ _features(x)


def _rather_low(prediction: Any, target: Any) -> float:
    """A loss for which too high is worse than too low."""
    above = prediction - target
    return float(np.sum(np.exp(above) - above - 1))


def _wave_gradient(theta: Any, x: Any, y: Any) -> Any:
    return _features(x) @ (np.exp(_wave(theta, x) - y) - 1)


def _line(theta: Any, x: Any) -> Any:
    return theta[0] * x + theta[1]


def _relative(prediction: Any, target: Any) -> float:
    """A loss that forgives more where the target is large."""
    return float(np.mean((prediction - target) ** 2 / (1 + target**2)))


def _line_gradient(theta: Any, x: Any, y: Any) -> Any:
    pull = 2 * (_line(theta, x) - y) / (1 + y**2) / len(x)
    return np.array([pull @ x, np.sum(pull)])


def training_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Draw arguments of a training loop: a wave with four parameters, a line with two."""
    cases = []
    for given, d, size in (((_wave, _rather_low, _wave_gradient), 4, 7), ((_line, _relative, _line_gradient), 2, 5)):
        theta0, x = rng.uniform(0.3, 1.2, d), _inputs(rng, size)
        y = given[0](theta0 + rng.uniform(-0.5, 0.5, d), x) + rng.uniform(0.1, 0.5, size)
        rate = float(rng.uniform(0.012, 0.028))
        cases.append({"given": given, "x": x, "y": y, "theta0": theta0, "learning_rate": rate, "n_steps": 6})
    return cases


def random_parabolas(rng: np.random.Generator, count: int) -> list[tuple[float, float, float]]:
    """Draw parabolas with a > 0, a ≠ 1, and two zeros on one side of 0."""
    parabolas = []
    for number in range(count):
        a, first, gap, side = rng.uniform(1.5, 4.0), rng.uniform(0.3, 2.0), rng.uniform(1.0, 3.0), (-1) ** number
        low, high = side * first, side * (first + gap)
        a = a if number % 3 else 1 / a
        parabolas.append((float(a), float(-a * (low + high)), float(a * low * high)))
    return parabolas


def random_polynomials(rng: np.random.Generator, degrees: tuple[int, ...]) -> list[Any]:
    """Draw coefficients of polynomials, none of them zero."""
    return [rng.uniform(0.5, 4.0, degree + 1) * rng.choice([-1, 1], degree + 1) for degree in degrees]


def flat_examples(rng: np.random.Generator) -> list[tuple[str, Any, Any, float, str]]:
    """Draw flat points of every kind, some with another one close by: name, slope, curvature, place, kind."""
    examples = []
    for power in (1, 2, 3, 4, 5):
        for sign, odd in ((1, "minimum"), (-1, "maximum")):
            for other in (1.5, -1.5, 0.2, -0.2):
                at, size = float(rng.uniform(-3, 3)), sign * float(rng.uniform(0.5, 4))
                examples.append((f"case {power}", *_flat(at, size, power, other), at, odd if power % 2 else "neither"))
    return examples


def _flat(at: float, size: float, power: int, other: float) -> tuple[Any, Any]:
    """Make f′ and f″ with f′ = size · t^power · (1 − t / other), where t is counted from ``at``."""

    def slope(x: float) -> float:
        return size * (x - at) ** power * (1 - (x - at) / other)

    def curvature(x: float) -> float:
        return size * (x - at) ** (power - 1) * (power - (power + 1) * (x - at) / other)

    return slope, curvature


def newton_cases(rng: np.random.Generator) -> list[tuple[Any, Any, float]]:
    """Draw functions with one root ahead, their derivatives, and starts from which Newton's method arrives."""
    p, q, s, h = (float(value) for value in rng.uniform([1, 15, 3, 20], [3, 30, 9, 40]))
    return [
        (lambda x: x**3 + p * x - q, lambda x: 3 * x**2 + p, 4.0),
        (lambda x: np.exp(x) - s, np.exp, 3.0),
        (lambda x: h - x**2, lambda x: -2 * x, -9.0),
        (lambda x: np.cos(x) - x / 3, lambda x: -np.sin(x) - 1 / 3, 2.0),
    ]


def degree_choices(rng: np.random.Generator, count: int = 3) -> list[tuple[tuple[Any, ...], int, dict[str, int]]]:
    """Draw points for a choice of a degree, so that every wrong way leads to other degrees than each of the rest."""
    lab, chosen = reference("04_noise"), []
    for _ in range(10_000):
        args = _wavy_points(rng)
        right, rivals = _choices(lab, *args)
        chosen = [*chosen[1 - count :], (args, int(right), rivals)] if right is not None else chosen
        if len(chosen) == count and _tell_apart(chosen):
            return chosen
    raise ValueError("no points found")


def _wavy_points(rng: np.random.Generator) -> tuple[Any, ...]:
    n = int(rng.choice([39, 42, 45]))
    x, held = np.linspace(-2, 2, n), rng.permutation(n) < n // 3
    y = x**6 - 6 * x**4 + 8 * x**2 + rng.normal(scale=1.5, size=n)
    return x[~held], y[~held], x[held], y[held], [1, 2, 3, 6, 8, 10]


def _choices(
    lab: ModuleType, x_train: Any, y_train: Any, x_held: Any, y_held: Any, degrees: list[int]
) -> tuple[int | None, dict[str, int]]:
    """Return the right degree, None if it wins by a hair, and those that wrong ways lead to."""

    def losses(x: Any, y: Any, x_judge: Any, y_judge: Any, tried: Any = tuple(degrees)) -> Any:
        thetas = [lab.least_squares(lab.design_matrix(x, degree), y) for degree in tried]
        pairs = zip(thetas, tried, strict=True)
        return np.array([lab.mse_loss(theta, lab.design_matrix(x_judge, degree), y_judge) for theta, degree in pairs])

    right = losses(x_train, y_train, x_held, y_held)
    least, second = np.sort(right)[:2]
    if second < 1.05 * least:
        return None, {}
    both = np.concatenate([x_train, x_held]), np.concatenate([y_train, y_held])
    rises = np.flatnonzero(np.diff(right) > 0)
    rivals = {
        "index_for_degree": int(np.argmin(right)),
        "judged_where_fitted": degrees[-1],
        "worst_degree": degrees[int(np.argmax(right))],
        "fits_on_everything": degrees[int(np.argmin(losses(*both, x_held, y_held)))],
        "roles_exchanged": degrees[int(np.argmin(losses(x_held, y_held, x_train, y_train)))],
        "stops_at_first_rise": degrees[int(rises[0]) if len(rises) else -1],
        "smallest_degree": degrees[0],
        "tries_the_places": int(np.argmin(losses(x_train, y_train, x_held, y_held, range(len(degrees))))),
    }
    return degrees[int(np.argmin(right))], rivals


def _tell_apart(chosen: list[tuple[Any, int, dict[str, int]]]) -> bool:
    """Say whether each wrong way is wrong somewhere, and no other way explains it wherever it is."""
    names = chosen[0][2]
    for name in names:
        wrong = [rivals for _, right, rivals in chosen if rivals[name] != right]
        if not wrong or any(all(r[other] == r[name] for r in wrong) for other in names if other != name):
            return False
    return True


def random_steps(rng: np.random.Generator, leaves: int, length: int) -> list[tuple[Any, ...]]:
    """Draw a graph of sums, differences, products and sines in which every node, used or not, reaches the last one."""
    steps: list[tuple[Any, ...]] = []
    bounds = [1.5] * leaves  # no node grows beyond these
    unused = set(range(leaves))
    while len(steps) < length or len(unused) > 1:
        op, places = _random_step(rng, bounds, unused, joining=len(steps) >= length)
        steps.append((op, *places))
        unused = (unused - set(places)) | {len(bounds)}
        size = [bounds[place] for place in places]
        bounds.append(1.0 if op == "sin" else size[0] * size[1] if op == "mul" else size[0] + size[1])
    return steps


def _random_step(
    rng: np.random.Generator, bounds: list[float], unused: set[int], *, joining: bool
) -> tuple[str, list[int]]:
    if joining:
        return "add", [int(place) for place in rng.choice(sorted(unused), 2, replace=False)]
    places = [int(place) for place in rng.choice(len(bounds), 2)]
    if max(bounds[place] for place in places) > 8:
        return "sin", places[:1]
    return str(rng.choice(["add", "sub", "mul", "mul"])), places
