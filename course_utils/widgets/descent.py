"""The widget of gradient descent: a walk in a landscape, known by its numbers or made by a student's own functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_utils import figures
from course_utils.widgets.base import Point, Widget
from course_utils.widgets.landscapes import KNOWN, Landscape, sampled
from course_utils.widgets.walk import told, walked

__all__ = ["Descent"]

Array = np.ndarray[Any, np.dtype[Any]]
OWN = "your function"


class Descent(Widget):
    """Walk downhill in a landscape and see how a walk depends on the learning rate and the start.

    Parameters
    ----------
    landscape : str
        One of those in ``course_utils.widgets.landscapes.KNOWN``; JavaScript walks in it.
    f, gradient, gradient_descent : callable, optional
        Your own landscape, its slope and your ``gradient_descent(gradient, x0, learning_rate, n_steps)``, which then
        walks. All three, or none.
    bounds : (low, high) or two of them
        The part of your landscape to show: one pair of numbers on a line, two pairs over a plane.
    curvature : float, optional
        The largest curvature L of your landscape, if you know it: the slider then has its mark at 2 / L.
    **state
        ``learning_rate``, ``start`` (a number, or a list of two), ``steps``, ``step`` (how many of them are shown;
        None: all), ``fog``. Each can be read and set later, too.

    Raises
    ------
    ValueError
        Only some of your three functions are given, or no bounds.
    Exception
        What your functions raise.
    """

    script = "descent.js"
    inputs = ("learning_rate", "start", "steps")

    landscape = traitlets.Unicode("parabola").tag(sync=True)
    learning_rate = traitlets.Float(0.1, min=0).tag(sync=True)
    start = Point().tag(sync=True)
    steps = traitlets.Int(25, min=1, max=1000).tag(sync=True)
    step = traitlets.Int(None, min=0, allow_none=True).tag(sync=True)
    fog = traitlets.Bool(default_value=False).tag(sync=True)
    _landscapes = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        landscape: str = "parabola",
        *,
        f: Callable[[Any], Any] | None = None,
        gradient: Callable[[Any], Any] | None = None,
        gradient_descent: Callable[..., Any] | None = None,
        bounds: Sequence[Any] | None = None,
        curvature: float | None = None,
        **state: Any,
    ) -> None:
        if f is None and gradient is None and gradient_descent is None:
            self._known, self._walker, self._gradient = KNOWN, None, None
        elif f is None or gradient is None or gradient_descent is None or bounds is None:
            raise ValueError("to walk in a landscape of your own, give f, gradient, gradient_descent and bounds")
        else:
            ranges = tuple(map(tuple, bounds)) if np.ndim(bounds) > 1 else (tuple(bounds),)
            first = np.atleast_1d(state.get("start", [low + 0.9 * (high - low) for low, high in ranges]))
            own = sampled(f, ranges, [float(x) for x in first], curvature)
            self._known, self._walker, self._gradient, landscape = {OWN: own}, gradient_descent, gradient, OWN
        if landscape not in self._known:
            raise ValueError(f"{landscape!r} is no landscape of this widget; there are {', '.join(self._known)}")
        chosen = self._known[landscape]
        rate = {"learning_rate": chosen.rates[1]} if chosen.rates else {}
        drawn = {name: one.drawn for name, one in self._known.items()}
        super().__init__(landscape=landscape, _landscapes=drawn, **({"start": list(chosen.start)} | rate | state))

    @traitlets.observe("landscape")  # type: ignore[untyped-decorator]
    def _begin_inside(self, _change: Any) -> None:
        """Another landscape may be elsewhere, or have another dimension."""
        bounds = self._shown.bounds
        inside = len(bounds) == len(self.start) and all(
            a <= x <= b for x, (a, b) in zip(self.start, bounds, strict=True)
        )
        if not inside:
            self.start = list(self._shown.start)

    @property
    def _shown(self) -> Landscape:
        return self._known[self.landscape]

    @property
    def path(self) -> Array:
        """The walk: an array of shape (steps + 1, d)."""
        if self._walker is not None and self._gradient is not None:
            return self._own_path()
        return walked(self._shown, self.start, self.learning_rate, self.steps)

    def _own_path(self) -> Array:
        assert self._walker is not None  # noqa: S101 - its only caller has looked
        found = self._walker(self._gradient, np.array(self.start), self.learning_rate, self.steps)
        path, expected = np.asarray(found, dtype=float), (self.steps + 1, len(self.start))
        if path.shape != expected:
            raise ValueError(f"gradient_descent returned an array of shape {path.shape}; the picture needs {expected}")
        return path

    def drive(self) -> dict[str, Any] | None:
        """Walk with the student's functions, if they are given."""
        if self._walker is None:
            return None
        path = self.path
        return {"path": path, "heights": self._shown.heights(path)}

    @property
    def caption(self) -> str:
        """How the walk went."""
        path = self.path
        return told(self._shown, self.learning_rate, path, self._shown.heights(path), fog=self.fog)

    def figure(self) -> Figure:
        """Draw the landscape with the walk, and its height at each step."""
        path = self.path
        heights = self._shown.heights(path)
        drawing, (left, right) = figures.grid(1, 2, width=8.5, height=3.2)
        if self._shown.dims == 1:
            _draw_line(left, self._shown, path[:, 0], heights, fog=self.fog)
        else:
            _draw_plane(left, self._shown, path)
        with np.errstate(invalid="ignore"):
            right.semilogy(np.maximum(heights - self._shown.floor, 1e-12), **figures.LINES["path"])
        low, high = _decades(self._shown)
        right.set(title="How high is the walk?", xlabel="step", ylabel="above the lowest point", ylim=(low, high))
        return drawing


def _decades(landscape: Landscape) -> tuple[float, float]:
    low, high = landscape.reach
    top = math.ceil(math.log10(high - low)) + 2
    return 10.0 ** (top - 9), 10.0**top


def _draw_line(axes: Any, landscape: Landscape, xs: Array, heights: Array, *, fog: bool) -> None:
    places, ground = landscape.ground
    (low, high), (lowest, highest) = landscape.bounds[0], landscape.reach
    if fog:
        felt = np.abs(places[:, None] - xs).min(axis=1) <= 0.035 * (high - low)
        ground = np.where(felt, ground, np.nan)
    room = 0.06 * (highest - lowest)
    axes.plot(places, ground, **figures.LINES["truth"] | {"label": "the ground"})
    seen = np.abs(xs - (low + high) / 2) <= high - low
    axes.plot(xs[seen], heights[seen], **figures.LINES["path"] | {"label": "the walk"})
    axes.set(title=landscape.title, xlabel="x", ylabel="height", xlim=(low, high), ylim=(lowest - room, highest + room))


def _draw_plane(axes: Any, landscape: Landscape, path: Array) -> None:
    xs, ys, heights = landscape.sheet
    axes.contour(xs, ys, heights, levels=landscape.levels(heights), cmap="cividis")
    seen = np.all(np.isfinite(path) & (np.abs(path) < 1e3), axis=1)
    axes.plot(*path[seen].T, **figures.LINES["path"])
    axes.set(title=landscape.title, xlabel="x₀", ylabel="x₁", xlim=landscape.bounds[0], ylim=landscape.bounds[1])
