"""The widget of tangents: a curve, its slope, and Newton's method, which looks for flat places."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_utils import figures
from course_utils.widgets.base import Widget, number
from course_utils.widgets.landscapes import KNOWN, Landscape, sampled

__all__ = ["Tangent"]

Array = np.ndarray[Any, np.dtype[Any]]
OWN = "your function"
MOST = 12  # steps
CLOSE = 1e-9
STARTS: dict[str, dict[str, float]] = {
    "cubic": {"finds the minimum": 2.0, "finds a maximum": -0.5, "is thrown far away": 0.05},
    "parabola": {"finds the minimum": 10.0},
    "hills": {"finds the minimum": -2.0, "finds a maximum": 0.3, "is thrown far away": 0.7},
    "bowl": {"finds the minimum": 1.2, "flies away": 1.45},
}


@dataclass(frozen=True)
class Follow:
    """Where tangents of the slope lead: places, heights and slopes there, all of shape (steps + 1,)."""

    path: Array
    heights: Array
    slopes: Array
    kind: str


class Tangent(Widget):
    """Move along a curve, see its tangent and its slope, and follow tangents of the slope to a flat place.

    Parameters
    ----------
    curve : str
        One of ``"cubic"``, ``"parabola"``, ``"hills"``, ``"bowl"``.
    f, df, d2f, newton_root : callable, optional
        Your own curve with its first and second derivative, functions of a number, and your
        ``newton_root(f, df, x0, tol, max_iter)``, which then looks for a zero of ``df``. All four, or none.
    bounds : (low, high)
        The part of your curve to show.
    starts : dict of str to float, optional
        Starts worth a button, by what happens from there.
    **state
        ``x`` (where you stand), ``newton`` (whether Newton's method is shown; if so at first, there is a box for it),
        ``step`` (how many of its steps are taken). Each can be read and set later, too.

    Raises
    ------
    ValueError
        Only some of your functions are given, or no bounds; there is no such curve.
    Exception
        What your functions raise.
    """

    script = "tangent.js"
    inputs = ("x", "curve")

    curve = traitlets.Unicode("cubic").tag(sync=True)
    x = traitlets.Float().tag(sync=True)
    newton = traitlets.Bool(default_value=False).tag(sync=True)
    step = traitlets.Int(0, min=0, allow_none=True).tag(sync=True)
    _curves = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        curve: str = "cubic",
        *,
        f: Callable[[Any], Any] | None = None,
        df: Callable[[Any], Any] | None = None,
        d2f: Callable[[Any], Any] | None = None,
        newton_root: Callable[..., Any] | None = None,
        bounds: tuple[float, float] | None = None,
        starts: Mapping[str, float] | None = None,
        **state: Any,
    ) -> None:
        self._root, self._slope, self._bend = newton_root, df, d2f
        if (f, df, d2f, newton_root) == (None,) * 4:
            curves, buttons = {name: KNOWN[name] for name in STARTS}, STARTS
        elif f is None or df is None or d2f is None or newton_root is None or bounds is None:
            raise ValueError("for a curve of your own, give f, df, d2f, newton_root and bounds")
        else:
            first = bounds[0] + 0.9 * (bounds[1] - bounds[0])
            curves, buttons, curve = {OWN: sampled(f, (bounds,), [first], None)}, {OWN: dict(starts or {})}, OWN
        if curve not in curves:
            raise ValueError(f"{curve!r} is no curve of this widget; there are {', '.join(curves)}")
        self._known = curves
        first = next(iter(buttons[curve].values()), curves[curve].start[0])
        drawn = {name: self._drawn(one, buttons[name]) for name, one in curves.items()}
        super().__init__(curve=curve, _curves=drawn, **({"x": first} | state))

    def _drawn(self, curve: Landscape, starts: Mapping[str, float]) -> dict[str, Any]:
        places, _ = curve.ground
        slope = self._slope_at(curve)
        slopes = [slope(x) for x in places]
        return curve.drawn | {"slope": [places.tolist(), slopes], "starts": list(starts.items())}

    def _slope_at(self, curve: Landscape) -> Callable[[float], float]:
        own = self._slope
        if own is None:
            return lambda x: float(curve.slope(np.array([x]))[0])
        return lambda x: float(own(x))

    @property
    def _shown(self) -> Landscape:
        return self._known[self.curve]

    @property
    def path(self) -> Array:
        """Where Newton's method leads from ``x``: an array of shape (steps + 1,)."""
        return self._followed().path

    def _followed(self) -> Follow:
        path = followed(self._shown, self.x) if self._root is None else self._own_path()
        slope = self._slope_at(self._shown)
        heights = self._shown.heights(path[:, None])
        with np.errstate(all="ignore"):
            slopes = np.array([slope(x) for x in path])
        return Follow(path, heights, slopes, kind_of(self._shown, float(path[-1])))

    def _own_path(self) -> Array:
        assert self._root is not None  # noqa: S101 - its only caller has looked
        try:
            with np.errstate(all="ignore"):
                found = self._root(self._slope, self._bend, self.x, 1e-12, MOST)
        except ValueError:  # the tangent is flat where the walk stands: it stays there
            found = [self.x]
        path = np.asarray(found, dtype=float)
        if path.ndim != 1 or not len(path):
            raise ValueError(f"newton_root returned an array of shape {path.shape}; the picture needs (steps + 1,)")
        return path

    def drive(self) -> dict[str, Any] | None:
        """Follow tangents with the student's functions, if they are given."""
        if self._root is None:
            return None
        found = self._followed()
        return {"path": found.path, "heights": found.heights, "slopes": found.slopes, "kind": found.kind}

    @property
    def caption(self) -> str:
        """What is seen."""
        found = self._followed()
        return told(found, self._shown_step(found), self._shown.bounds[0], newton=self.newton)

    def _shown_step(self, found: Follow) -> int:
        last = len(found.path) - 1
        return min(last if self.step is None else self.step, last) if self.newton else 0

    def figure(self) -> Figure:
        """Draw the curve with its tangent, and the slope with the steps so far."""
        found, (places, heights) = self._followed(), self._shown.ground
        step = self._shown_step(found)
        x, height, slope = found.path[step], found.heights[step], found.slopes[step]
        drawing, (left, right) = figures.grid(1, 2, width=8.5, height=3.2)
        bounds = np.array(self._shown.bounds[0])
        left.plot(places, heights, **figures.LINES["model"])
        left.plot(bounds, height + slope * (bounds - x), "--", color=figures.VERMILLION)
        left.plot(x, height, "o", color=figures.VERMILLION)
        left.set(title=self._shown.title, xlabel="x", ylabel="f(x)", xlim=bounds)
        left.set_ylim(heights.min() - 0.08 * np.ptp(heights), heights.max() + 0.08 * np.ptp(heights))
        slopes = np.array(self._curves[self.curve]["slope"][1])
        right.plot(places, slopes, "-.", color=figures.PURPLE)
        right.axhline(0, color=figures.INK, linewidth=1)
        if self.newton:
            walked = [np.repeat(found.path[: step + 1], 2), np.ravel([(0, s) for s in found.slopes[: step + 1]])]
            right.plot(*walked, **figures.LINES["path"])
        right.plot(x, slope, "o", color=figures.VERMILLION)
        right.set(title="Its slope at each x", xlabel="x", ylabel="f′(x)", xlim=bounds)
        return drawing


def followed(curve: Landscape, x: float) -> Array:
    """Follow tangents of a curve's slope to where it is 0; shape (steps + 1,)."""
    places = [float(x)]
    with np.errstate(all="ignore"):
        for _ in range(MOST):
            rise, bend = float(curve.slope(np.array([places[-1]]))[0]), curve.curvature(places[-1])
            if bend == 0 or not math.isfinite(places[-1]):
                break
            places.append(places[-1] - rise / bend)
            if abs(places[-1] - places[-2]) <= 1e-12:
                break
    return np.array(places)


def kind_of(curve: Landscape, x: float) -> str:
    """Compare the height with those a little to the left and to the right."""
    low, high = curve.bounds[0]
    nearby = [[x - (high - low) / 500], [x], [x + (high - low) / 500]]
    before, here, after = curve.heights(np.array(nearby))
    if here < min(before, after):
        return "minimum"
    return "maximum" if here > max(before, after) else "place that is neither minimum nor maximum"


def told(found: Follow, step: int, bounds: tuple[float, float], *, newton: bool) -> str:
    """Say what is seen, as tangent.js does."""
    x, slope = float(found.path[step]), float(found.slopes[step])
    here = f"x = {number(x)}: height {number(float(found.heights[step]))}, slope f′(x) = {number(slope)}"
    if not newton:
        if abs(slope) < CLOSE:
            return f"At {here}. The tangent is flat."
        verb, side = ("rises", "left") if slope > 0 else ("falls", "right")
        return f"At {here}. The curve {verb}: down is to the {side}."
    return _told_newton(found, step, here, bounds)


def _told_newton(found: Follow, step: int, here: str, bounds: tuple[float, float]) -> str:
    x, slope, last = float(found.path[step]), float(found.slopes[step]), len(found.path) - 1
    if step < last:
        place = number(float(found.path[step + 1]))
        return f"Step {step}, {here}. The tangent of f′ meets the axis at x = {place}: the next place."
    if abs(slope) < CLOSE:
        advice = "" if found.kind == "minimum" else " Newton's method looks for flat places of any kind."
        return f"Arrived after {last} steps at x = {number(x)}: a {found.kind} of f.{advice}"
    if last < MOST and math.isfinite(x):
        return f"Step {step}, {here}. The tangent of f′ is flat: it never meets the axis."
    if not bounds[0] <= x <= bounds[1]:
        why = "Where f′ is nearly level, its tangent meets the axis far away."
        return f"Flies away: x = {number(x)} after {last} steps. {why}"
    return f"Not there after {last} steps: x = {number(x)}, slope f′(x) = {number(slope)}."
