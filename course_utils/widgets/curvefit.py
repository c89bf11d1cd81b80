"""The widget of curve fitting: points under your hand, and a parabola that moves towards them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_utils import figures
from course_utils.widgets.base import Point, Widget
from course_utils.widgets.valley import Valley, measured, of_squares, powers, seen, told, walked

__all__ = ["CurveFit"]

Array = np.ndarray[Any, np.dtype[Any]]
SPOTS = 121  # of a curve


class Points(traitlets.List):  # type: ignore[misc]
    """A trait that holds pairs of numbers, and takes an array of shape (n, 2) as well."""

    def validate(self, obj: Any, value: Any) -> Any:
        """Make a list of pairs of floats of what is assigned."""
        pairs = np.asarray(value, dtype=float)
        if pairs.ndim != 2 or pairs.shape[1] != 2 or len(pairs) == 0 or not np.isfinite(pairs).all():
            raise traitlets.TraitError(f"points are pairs of numbers, as [(-1, 6), (2, 3)], and not {value!r}")
        return super().validate(obj, pairs.tolist())


class CurveFit(Widget):
    """Fit a parabola to points by gradient descent; drag the points, change the learning rate.

    Parameters
    ----------
    points : list of pairs or ndarray of shape (n, 2)
    predict, objective, fit : callable, optional
        Your own ``predict(theta, x)``, ``objective(theta, x, y)`` and ``fit(x, y, learning_rate, n_steps, theta0)``,
        which then do the work, one step at a time. All three, or none: then the objective is the mean squared error.
    **state
        ``learning_rate``, ``start`` (a, b, c), ``steps``, ``step`` (how many of them are shown; None: all), ``edge``
        (whether 2 / L is marked), ``point`` (which of them the sliders move). Each can be read and set later, too.

    Raises
    ------
    ValueError
        Only some of your three functions are given, or fit returns other shapes than the exercise asks for.
    Exception
        What your functions raise.
    """

    script = "curvefit.js"
    inputs = ("points", "learning_rate", "start", "steps")

    points = Points().tag(sync=True)
    learning_rate = traitlets.Float(0.01, min=0).tag(sync=True)
    start = Point(minlen=3, maxlen=3).tag(sync=True)
    steps = traitlets.Int(100, min=1, max=1000).tag(sync=True)
    step = traitlets.Int(None, min=0, allow_none=True).tag(sync=True)
    edge = traitlets.Bool(default_value=True).tag(sync=True)
    point = traitlets.Int(1, min=1).tag(sync=True)
    _window = traitlets.List().tag(sync=True)

    def __init__(
        self,
        points: Any = ((-1, 6), (0.5, 0), (2, 3)),
        *,
        predict: Callable[..., Any] | None = None,
        objective: Callable[..., Any] | None = None,
        fit: Callable[..., Any] | None = None,
        **state: Any,
    ) -> None:
        given = [own is not None for own in (predict, objective, fit)]
        if any(given) and not all(given):
            raise ValueError("to fit with functions of your own, give predict, objective and fit")
        self._predict, self._objective, self._fit = predict, objective, fit
        window = [_room(values) for values in np.asarray(points, dtype=float).T]
        super().__init__(points=points, _window=window, **({"start": [0.0, 0.0, 0.0]} | state))

    @property
    def _pairs(self) -> Array:
        return np.array(self.points)

    @property
    def _across(self) -> Array:
        low, high = self._window[0]
        return np.linspace(low, high, SPOTS)

    def _walk(self) -> tuple[Array, Array]:
        """Return parameters of shape (steps + 1, 3) and losses of shape (steps + 1,)."""
        start = np.array(self.start)
        if self._fit is None or self._objective is None:
            return walked(self._pairs, start, self.learning_rate, self.steps)
        (x, y), path = self._pairs.T, [start]
        with np.errstate(all="ignore"):
            losses = [float(self._objective(start, x, y))]
            for _ in range(self.steps):
                theta, pair = self._fit(x, y, self.learning_rate, 1, path[-1].copy())
                if np.shape(theta) != (3,) or len(pair) != 2:
                    raise ValueError(
                        f"fit returned theta of shape {np.shape(theta)} and {len(pair)} losses after one step; "
                        "the picture needs (3,) and 2"
                    )
                path.append(np.array(theta, dtype=float))
                losses.append(float(pair[-1]))
        return np.array(path), np.array(losses)

    def _valley(self) -> Valley | None:
        if self._objective is None:
            return of_squares(self._pairs)
        return measured(self._objective, self._pairs, np.array(self.start))

    def drive(self) -> dict[str, Any] | None:
        """Fit with the student's functions, if they are given."""
        if self._predict is None:
            return None
        path, losses = self._walk()
        valley = self._valley()
        across, at = self._across, self._pairs[:, 0]
        return {
            "path": path,
            "losses": losses,
            "columns": np.array([self._predict(knob, across) for knob in np.eye(3)]),
            "at": np.array([self._predict(knob, at) for knob in np.eye(3)]),
            "valley": valley.drawn if valley else None,
        }

    @property
    def caption(self) -> str:
        """How the fit went, or where it is."""
        path, losses = self._walk()
        if self.step is not None and self.step < self.steps:
            return seen(path, losses, self.step, self.steps)
        return told(self._valley(), self.learning_rate, path, losses, edge=self.edge)

    def figure(self) -> Figure:
        """Draw points and parabola, the loss at each step, and the path of a and c."""
        path, losses = self._walk()
        shown = self.steps if self.step is None else min(self.step, self.steps)
        drawing, (left, middle, right) = figures.grid(1, 3, width=10.5, height=3.2)
        across = self._across
        table = powers(across)
        with np.errstate(all="ignore"):
            left.plot(across, table @ path[0], color=figures.BLUE, linewidth=1, alpha=0.4, label="start")
            left.plot(across, table @ path[shown], **figures.LINES["model"])
        left.plot(*self._pairs.T, **figures.LINES["data"])
        left.set(title="Points and parabola", xlabel="x", ylabel="y", xlim=self._window[0], ylim=self._window[1])
        left.legend()
        middle.semilogy(np.where(losses < 1e100, losses, np.nan)[: shown + 1], **figures.LINES["path"])
        middle.set(title="How large is the loss?", xlabel="step", ylabel="loss")
        inside = np.abs(path).max(axis=1) < 1e6
        walk = path[: shown + 1][inside[: shown + 1]]
        right.plot(walk[:, 0], walk[:, 2], **figures.LINES["path"])
        right.set(title="The path of a and c", xlabel="a", ylabel="c")
        return drawing


def _room(values: Array) -> list[float]:
    """Return the axis around some numbers, with room to drag them."""
    low, high = float(values.min()), float(values.max())
    margin = 0.75 * (high - low) or 3.0
    return [float(np.floor(low - margin)), float(np.ceil(high + margin))]
