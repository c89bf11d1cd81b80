"""Right answers in every style that people have: each must get full marks."""

from __future__ import annotations

import textwrap

from tests.corpus.case import SOLVED, Case

__all__ = ["HONEST"]

_LABS = {"1": "01_minima", "2": "02_gradient_descent", "3": "03_curve_fitting", "6": "06_pytorch"}


def honest(name: str, lab: str, before: str = "", **answers: str) -> Case:
    """Write a submission whose answers are all right."""
    texts = {exercise: textwrap.dedent(text).strip() for exercise, text in answers.items()}
    return Case(name, "honest", _LABS[lab], texts, dict.fromkeys(texts, "CORRECT"), textwrap.dedent(before).strip())


HONEST: tuple[Case, ...] = (
    honest(
        "warnings and bars on stderr",
        "1",
        """
        import sys, warnings
        from tqdm import tqdm
        print("loading", file=sys.stderr)
        warnings.warn("old")
        """,
        argmin_parabola="""
        def argmin_parabola(a, b, c):
            warnings.warn("careful")
            for _ in tqdm(range(3)): pass
            if a <= 0: raise ValueError("no lowest point")
            return -b / (2 * a)
        """,
        derivative_poly="""
        import logging
        def derivative_poly(coeffs):
            logging.warning("of degree %d", len(coeffs) - 1)
            np.array([1.0]) / 0
            return [c * p for c, p in zip(coeffs, range(len(coeffs) - 1, 0, -1))]
        """,
    ),
    honest(
        "long prints",
        "1",
        derivative_poly="""
        def derivative_poly(coeffs):
            for k in range(300): print("step", k, coeffs)
            return np.polyder(np.poly1d(coeffs)).coeffs if coeffs[0] else np.arange(len(coeffs) - 1, 0, -1) * coeffs[:-1]
        """,
    ),
    honest(
        "many plots",
        "2",
        "import matplotlib.pyplot as plt\nfor k in range(8):\n    plt.figure()\n    plt.plot([k, 1])\n    plt.show()",
        gradient_step="""
        def gradient_step(x, gradient, learning_rate):
            plt.plot([0, 1]); plt.close("all")
            return x - learning_rate * gradient(x)
        """,
    ),
    honest(
        "helpers, extra imports and type hints",
        "2",
        """
        from __future__ import annotations
        from collections.abc import Callable
        import functools, math, itertools
        def scaled(vector: list[float], factor: float) -> list[float]:
            return [factor * entry for entry in vector]
        """,
        gradient_step="""
        def gradient_step(x: np.ndarray, gradient: Callable[..., np.ndarray], learning_rate: float = 0.1) -> np.ndarray:
            return x + np.array(scaled(gradient(x), -learning_rate)) if np.ndim(x) else x - learning_rate * gradient(x)
        """,
        gradient_descent="""
        def gradient_descent(gradient: Callable, x0, learning_rate: float, n_steps: int):
            def walk():
                here = np.asarray(x0, float)
                yield here
                for _ in range(n_steps):
                    here = gradient_step(here, gradient, learning_rate)
                    yield here
            return np.stack(list(walk()))
        """,
    ),
    honest(
        "lists and tuples",
        "1",
        minima_by_hand="minima_by_hand = (0.0, 2.0)",
        derivative_poly="""
        def derivative_poly(coeffs):
            n = len(coeffs) - 1
            return tuple(float(c) * (n - i) for i, c in enumerate(coeffs[:-1]))
        """,
        newton_root="""
        def newton_root(f, df, x0, tol=1e-12, max_iter=50):
            points = [x0]
            while len(points) <= max_iter:
                x = points[-1]
                if df(x) == 0:
                    raise ValueError("flat")
                points += [x - f(x) / df(x)]
                if abs(points[-1] - points[-2]) <= tol:
                    return points
            return points
        """,
    ),
    honest(
        "float32",
        "2",
        taylor1="taylor1 = lambda f, df, x, y: np.float32(f(x)) + np.float32(df(x)) * np.float32(y)",
        gradient_descent="""
        def gradient_descent(gradient, x0, learning_rate, n_steps):
            path = np.empty((n_steps + 1, len(x0)), np.float32)
            path[0] = x0
            for k in range(n_steps):
                path[k + 1] = path[k] - learning_rate * gradient(path[k])
            return path
        """,
    ),
    honest(
        "lambdas, classes and partial functions",
        "2",
        "import functools",
        taylor1="""
        class Tangent:
            def __call__(self, f, df, x, y):
                return f(x) + df(x) * y
        taylor1 = Tangent()
        """,
        gradient_step="""
        def _step(factor, x, gradient, learning_rate):
            return x + factor * learning_rate * gradient(x)
        gradient_step = functools.partial(_step, -1)
        """,
        max_stable_learning_rate="max_stable_learning_rate = lambda hessian: 2 / max(np.linalg.eigvalsh(hessian))",
    ),
    honest(
        "other names, decorated, cached",
        "2",
        """
        import functools, time
        def timed(function):
            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                start = time.perf_counter()
                try: return function(*args, **kwargs)
                finally: print(f"{time.perf_counter() - start:.3f} s")
            return wrapper
        """,
        numerical_gradient="""
        @timed
        def numerical_gradient(fn, point, eps=1e-5):
            point = np.asarray(point, dtype=np.float64)
            return np.array([(fn(point + eps * e) - fn(point - eps * e)) / (2 * eps) for e in np.eye(point.size)])
        """,
        max_stable_learning_rate="""
        @timed
        def max_stable_learning_rate(H, *, cache={}):
            key = H.tobytes()
            if key not in cache:
                cache[key] = 2 / np.linalg.norm(H, 2)
            return cache[key]
        """,
    ),
    honest(
        "magics, shell lines and awaits",
        "3",
        "%matplotlib inline\n%precision 3\n!true\nimport asyncio\nawait asyncio.sleep(0)",
        predict="""
        %time
        def predict(theta, x):
            return np.polyval(theta, x)
        """,
        paper_gradient="paper_gradient = np.array([-54, -18, -6])",
    ),
    honest(
        "loops in place of arrays",
        "3",
        predict="""
        def predict(theta, x):
            if np.ndim(x) == 0:
                return theta[0] * x ** 2 + theta[1] * x + theta[2]
            result = []
            for value in x:
                result.append(predict(theta, value))
            return result
        """,
        objective="""
        def objective(theta, x, y):
            total = 0
            for i in range(len(x)):
                total += (predict(theta, x[i]) - y[i]) ** 2
            return total
        """,
        grad_objective="""
        def grad_objective(theta, x, y):
            slope = np.zeros(3)
            for i in range(len(x)):
                gap = 2 * (predict(theta, x[i]) - y[i])
                slope += gap * np.array([x[i] ** 2, x[i], 1])
            return slope
        """,
        fit="""
        def fit(x, y, learning_rate, n_steps, theta0):
            theta, losses = np.array(theta0, float), []
            for step in range(n_steps + 1):
                losses.append(objective(theta, x, y))
                if step < n_steps:
                    theta -= learning_rate * grad_objective(theta, x, y)
            return theta, np.array(losses)
        """,
        train=SOLVED,
    ),
    honest(
        "the whole of lab 1",
        "1",
        **dict.fromkeys(
            (
                "minima_by_hand",
                "argmin_parabola",
                "guaranteed_minima",
                "derivative_poly",
                "classify",
                "newton_by_hand",
                "newton_root",
            ),
            SOLVED,
        ),
    ),
    honest(
        "tensors in float64, loops, modules of one's own",
        "6",
        "import torch.nn.functional as F",
        predict="""
        def predict(theta, x):
            result = torch.zeros_like(x)
            for k in range(len(theta)):
                result = result + theta[k] * x ** k
            return result
        """,
        sgd_step="""
        @torch.no_grad()
        def sgd_step(parameters, learning_rate):
            for p in list(parameters):
                if p.grad is None: continue
                p.add_(p.grad, alpha=-learning_rate)
                p.grad.zero_()
        """,
        BinaryClassifier="""
        class BinaryClassifier(torch.nn.Module):
            def __init__(self, input_dim, hidden_dim):
                super().__init__()
                self.net = torch.nn.Sequential(
                    torch.nn.Linear(input_dim, hidden_dim), torch.nn.Tanh(), torch.nn.Linear(hidden_dim, 1), torch.nn.Sigmoid())
            def forward(self, x):
                return self.net(x)
        """,
    ),
    honest(
        "an annotated constant, a walrus, a star",
        "3",
        predict="predict: object = lambda theta, x: (lambda a, b, c: (a * x + b) * x + c)(*theta)",
        make_data="def make_data(theta, x, /, *_, **__):\n    return (np.copy(x), (y := predict(theta, x)))[:2]",
        paper_gradient="*_, paper_gradient = [0, [-54.0, -18.0, -6.0]]",
    ),
    honest(
        "a cell that is run twice, a name that is made again",
        "1",
        "if 'times' not in globals(): times = 0\ntimes += 1",
        argmin_parabola="""
        def argmin_parabola(a, b, c): return None
        _old = argmin_parabola
        def argmin_parabola(a, b, c):
            if not a > 0: raise ValueError
            return float(-b) / float(a + a)
        """,
    ),
    honest(
        "results with names, and numbers of many digits",
        "3",
        "from collections import namedtuple\nPoints, Fit = namedtuple('Points', 'x y'), namedtuple('Fit', 'theta losses')",
        predict="def predict(theta, x):\n    return np.longdouble(theta[0] * x**2 + theta[1] * x + theta[2])",
        make_data="def make_data(theta, x):\n    return Points(np.array(x), np.float64(predict(theta, x)))",
        objective=SOLVED,
        grad_objective=SOLVED,
        fit="""
        def fit(x, y, learning_rate, n_steps, theta0):
            theta, losses = theta0, [objective(theta0, x, y)]
            for _ in range(n_steps):
                theta = theta - learning_rate * grad_objective(theta, x, y)
                losses.append(objective(theta, x, y))
            return Fit(theta, losses)
        """,
    ),
    honest(
        "a folder made once, beside a cell that ends the process",
        "1",
        "import os\nos.mkdir('figures')\ndef half(x): return x / 2\nif os.path.exists('figures/x'): os._exit(1)",
        argmin_parabola="""
        os.makedirs("figures/of the parabola")
        def argmin_parabola(a, b, c):
            if a <= 0: raise ValueError("none")
            return half(-b / a)
        """,
    ),
)
