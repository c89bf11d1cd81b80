"""Landscapes to walk in: those that JavaScript knows by their numbers, and a student's own functions, sampled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

__all__ = ["KNOWN", "Bottom", "Landscape", "polynomial", "quadratic", "sampled"]

Array = np.ndarray[Any, np.dtype[Any]]
Ranges = tuple[tuple[float, float], ...]
LEVELS = 10
SPOTS = 241  # on a line


@dataclass(frozen=True)
class Bottom:
    """The bottom of a valley: where, how high, how curved, and, on a line, between which ridges it lies."""

    at: tuple[float, ...]
    height: float
    curvature: float
    basin: tuple[float, float] = (-np.inf, np.inf)


@dataclass(frozen=True)
class Landscape:
    """A function of one or two numbers, the part of it that is shown, and good numbers for a first walk.

    ``f`` and ``slope`` take an array of shape (d,), ``curvature`` the place on a line. ``numbers`` is what JavaScript
    computes all from: ``{"coefficients": …}``, highest power first, ``{"hessian": …}``, or a name; empty if only Python
    can.
    """

    title: str
    f: Callable[[Array], float]
    bounds: Ranges
    start: tuple[float, ...]
    rates: tuple[float, ...]  # too small, good, too large; or none
    bottoms: tuple[Bottom, ...] = ()
    numbers: dict[str, Any] = field(default_factory=dict)
    slope: Callable[[Array], Array] = lambda x: np.full(len(x), np.nan)
    curvature: Callable[[float], float] = lambda _: np.nan

    @property
    def dims(self) -> int:
        """Number of coordinates, 1 or 2."""
        return len(self.bounds)

    def bottom(self, start: Sequence[float]) -> Bottom | None:
        """Return the bottom of the valley in which a walk starts."""
        return next((bottom for bottom in self.bottoms if bottom.basin[0] <= start[0] <= bottom.basin[1]), None)

    @cached_property
    def ground(self) -> tuple[Array, Array]:
        """Sample a line: places and heights, each of shape (SPOTS,)."""
        xs = np.linspace(*self.bounds[0], SPOTS)
        return xs, np.array([self.f(np.array([x])) for x in xs])

    @cached_property
    def sheet(self) -> tuple[Array, Array, Array]:
        """Sample a plane, also a little outside: places along both axes, heights of shape (len(ys), len(xs))."""
        xs, ys = (np.linspace(1.3 * low - 0.3 * high, 1.3 * high - 0.3 * low, 81) for low, high in self.bounds)
        return xs, ys, np.array([[self.f(np.array([x, y])) for x in xs] for y in ys])

    def heights(self, path: Array) -> Array:
        """Return how high each point of a path is, shape (len(path),); a walk that runs away is at infinity soon."""
        with np.errstate(all="ignore"):
            return np.array([self.f(point) for point in path])

    def levels(self, heights: Array) -> Array:
        """Choose heights for contour lines: dense near the bottom."""
        low, high = float(heights.min()), float(heights.max())
        return low + (high - low) * (np.arange(1, LEVELS + 1) / (LEVELS + 1)) ** 2

    @cached_property
    def reach(self) -> tuple[float, float]:
        """The lowest and the highest height in the picture."""
        heights = self.ground[1] if self.dims == 1 else self.sheet[2]
        return float(heights.min()), float(heights.max())

    @property
    def floor(self) -> float:
        """The lowest height that is known: what the loss curve is measured from."""
        if self.bottoms:
            return min(bottom.height for bottom in self.bottoms)
        return self.reach[0]

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What JavaScript needs to walk here and to tell of it, as plain numbers."""
        shown: dict[str, Any] = {"title": self.title, "bounds": self.bounds, "start": self.start, "rates": self.rates}
        shown |= {"floor": self.floor, "reach": self.reach, "numbers": self.numbers}
        return shown | {"bottoms": [_plain(bottom) for bottom in self.bottoms]}

    @cached_property
    def drawn(self) -> dict[str, Any]:
        """The facts, and what JavaScript draws: the ground, or lines of equal height."""
        if self.dims == 1:
            xs, heights = self.ground
            return self.facts | {"ground": [xs.tolist(), heights.tolist()]}
        from contourpy import contour_generator

        xs, ys, heights = self.sheet
        generator = contour_generator(xs, ys, heights)
        lines = [np.array(line) for level in self.levels(heights) for line in generator.lines(level)]
        contours = [np.round(line, 3).T.tolist() for line in lines]
        return self.facts | {"contours": contours}


def _plain(bottom: Bottom) -> dict[str, Any]:
    return {
        "at": bottom.at,
        "height": bottom.height,
        "curvature": bottom.curvature,
        "basin": [None if np.isinf(end) else end for end in bottom.basin],
    }


def polynomial(title: str, coefficients: Sequence[float], bounds: tuple[float, float], **numbers: Any) -> Landscape:
    """Make a landscape on a line from a polynomial's coefficients, highest power first; its valleys are found."""
    slope = np.polyder(coefficients)
    curvature = np.polyder(slope)
    roots = np.roots(slope)
    flat = np.sort(roots.real[np.abs(roots.imag) < 1e-9])
    ridges = [-np.inf, *(float(x) for x in flat if np.polyval(curvature, x) < 0), np.inf]
    bottoms = []
    for x in flat[np.polyval(curvature, flat) > 0]:
        basin = (max(r for r in ridges if r < x), min(r for r in ridges if r > x))
        height, bend = np.polyval(coefficients, x), np.polyval(curvature, x)
        bottoms.append(Bottom((float(x),), float(height), float(bend), basin))
    return Landscape(
        title,
        lambda x: float(np.polyval(coefficients, x[0])),
        (bounds,),
        bottoms=tuple(bottoms),
        numbers={"coefficients": [float(c) for c in coefficients]},
        slope=lambda x: np.polyval(slope, x),
        curvature=lambda x: float(np.polyval(curvature, x)),
        **numbers,
    )


def quadratic(title: str, hessian: Sequence[Sequence[float]], bounds: Ranges, **numbers: Any) -> Landscape:
    """Make a bowl over a plane from its symmetric Hessian of shape (2, 2); its minimum is at (0, 0)."""
    matrix = np.array(hessian, dtype=float)
    bottom = Bottom((0.0, 0.0), 0.0, float(np.linalg.eigvalsh(matrix).max()))
    return Landscape(
        title,
        lambda x: float(x @ matrix @ x / 2),
        bounds,
        bottoms=(bottom,),
        numbers={"hessian": matrix.tolist()},
        slope=lambda x: matrix @ x,
        **numbers,
    )


def sampled(f: Callable[[Any], Any], bounds: Ranges, start: Sequence[float], curvature: float | None) -> Landscape:
    """Make a landscape of a student's own function; its lowest spot in the picture is taken for its bottom.

    Parameters
    ----------
    f : callable
        Of a number if there is one range in ``bounds``, of an array of shape (2,) if there are two.
    bounds : tuple of (low, high)
        The part to show.
    start : sequence of float
        Where the first walk begins.
    curvature : float or None
        The largest curvature, if it is known: the edge 2 / curvature is then marked.
    """
    many = len(bounds) > 1

    def height(x: Array) -> float:
        return float(np.ravel(f(x if many else x[0]))[0])

    edge = None if curvature is None else 2 / curvature
    rates = () if edge is None else tuple(float(f"{edge * part:.2g}") for part in (0.01, 0.3, 1.05))
    name = getattr(f, "__name__", "")
    bare = Landscape(name if name.isidentifier() else "your function", height, bounds, tuple(start), rates)
    if curvature is None:
        return bare
    at, low = _lowest(bare)
    return Landscape(bare.title, height, bounds, bare.start, rates, (Bottom(at, low, curvature),))


def _lowest(landscape: Landscape) -> tuple[tuple[float, ...], float]:
    if landscape.dims == 1:
        xs, heights = landscape.ground
        spot = int(heights.argmin())
        return (float(xs[spot]),), float(heights[spot])
    xs, ys, heights = landscape.sheet
    row, column = np.unravel_index(heights.argmin(), heights.shape)
    return (float(xs[column]), float(ys[row])), float(heights[row, column])


KNOWN = {
    "parabola": polynomial("f(x) = x²", [1, 0, 0], (-12, 12), start=(10.0,), rates=(0.01, 0.3, 1.05)),
    "dip": polynomial("f(x) = (x − 2)²", [1, -4, 4], (-4, 8), start=(5.0,), rates=(0.01, 0.3, 1.05)),
    "hills": polynomial("f(x) = x⁴ − 3x² + x", [1, 0, -3, 1, 0], (-2.2, 2.2), start=(2.0,), rates=(0.002, 0.05, 0.3)),
    "cubic": polynomial("f(x) = x³ − 3x", [1, 0, -3, 0], (-2.5, 2.5), start=(2.0,), rates=(0.005, 0.1, 0.5)),
    "bowl": Landscape(
        "f(x) = x arctan x − ½ ln(1 + x²)",
        lambda x: float(x[0] * np.arctan(x[0]) - np.log1p(x[0] ** 2) / 2),
        ((-6, 6),),
        start=(5.0,),
        rates=(0.05, 0.8, 2.5),
        bottoms=(Bottom((0.0,), 0.0, 1.0),),
        numbers={"arctan": True},
        slope=np.arctan,
        curvature=lambda x: float(1 / (1 + np.float64(x) ** 2)),
    ),
    "ravine": quadratic(
        "f(x) = ½ x₀² + 5 x₁²", [[1, 0], [0, 10]], ((-5, 5), (-2.5, 2.5)), start=(4.0, 1.0), rates=(0.005, 0.15, 0.21)
    ),
    "askew": quadratic(
        "f(x) = ½ xᵀ H x, H = [[6, 2], [2, 3]]",
        [[6, 2], [2, 3]],
        ((-5, 5), (-5, 5)),
        start=(4.0, 1.0),
        rates=(0.01, 0.2, 0.3),
    ),
}
