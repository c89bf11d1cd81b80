"""The widget to write a digit on: the student's own model says what it sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_utils import figures
from course_utils.widgets.base import Widget, number

__all__ = ["Pad", "centred"]

SIDE = 28  # pixels of the pad, as in MNIST
BOX = 20  # the longer side of a digit of MNIST
Array = np.ndarray[Any, np.dtype[Any]]


class Pad(Widget):
    """Write a digit, by pointer or keyboard, and hear from a model how probably it is odd.

    Parameters
    ----------
    p_odd : callable
        From a picture, an array of shape (side, side) with brightness from 0 to 255, to the probability of odd.
    side : int
        How many pixels across the model's pictures have.
    **state
        ``picture``, a list of 28 × 28 numbers from 0 to 255; can be read and set later, too.

    Raises
    ------
    Exception
        What your model raises.
    """

    script = "pad.js"
    inputs = ("picture",)

    picture = traitlets.List(default_value=[0] * SIDE**2, minlen=SIDE**2, maxlen=SIDE**2).tag(sync=True)

    def __init__(self, p_odd: Callable[[Array], Any], *, side: int = SIDE, **state: Any) -> None:
        self._p_odd, self._side = p_odd, side
        super().__init__(**state)

    @property
    def seen(self) -> Array:
        """The picture as the model gets it: in the middle and as large as digits of MNIST, shape (side, side)."""
        return centred(np.reshape(self.picture, (SIDE, SIDE)), self._side)

    @property
    def p(self) -> float | None:
        """The probability of odd that the model gives; None for an empty pad."""
        return float(self._p_odd(self.seen)) if any(self.picture) else None

    def drive(self) -> dict[str, Any]:
        """Ask the student's model."""
        p = self.p
        return {"seen": self.seen, "p": -1.0 if p is None else p, "caption": told(p)}

    @property
    def caption(self) -> str:
        """What is seen."""
        return told(self.p)

    def figure(self) -> Figure:
        """Draw the pad and what the model gets."""
        drawing, places = figures.grid(1, 2, width=5, height=2.8)
        pictures = (np.reshape(self.picture, (SIDE, SIDE)), self.seen)
        for axes, title, picture in zip(places, ("your digit", "what your model gets"), pictures, strict=True):
            axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
            axes.set(title=title, xticks=[], yticks=[])
            axes.grid(visible=False)
        return drawing


def told(p: float | None) -> str:
    """Say what the model says."""
    if p is None:
        return "The pad is empty: write a digit, and your model says how probably it is odd."
    answer, sure = ("odd", p) if p >= 0.5 else ("even", 1 - p)
    hedge = " It can hardly decide." if sure < 0.6 else ""
    return f"Your model says {answer}: p(odd) = {number(p, 3)}, p(even) = {number(1 - p, 3)}.{hedge}"


def centred(picture: Any, side: int = SIDE) -> Array:
    """Bring a digit to the size and place that those of MNIST have.

    Parameters
    ----------
    picture : array of shape (n, n)
        Bright on dark.
    side : int
        Pixels of the result.

    Returns
    -------
    ndarray of shape (side, side)
        The digit's box scaled so that its longer side is 20 of 28 pixels, its centre of mass in the middle; for
        another ``side`` the whole is scaled.
    """
    ink = np.asarray(picture, dtype=float)
    if not ink.any():
        return np.zeros((side, side))
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    size = [max(1, round(length * BOX / max(cut.shape))) for length in cut.shape]
    digit = _resized(cut, size[0], size[1])
    wide = np.zeros((3 * SIDE, 3 * SIDE))  # room for a digit whose weight lies on one side
    mass = [float(np.average(np.arange(n), weights=digit.sum(axis=1 - axis))) for axis, n in enumerate(digit.shape)]
    top, left = (round(1.5 * SIDE - 0.5 - centre) for centre in mass)
    wide[top : top + size[0], left : left + size[1]] = digit
    return _resized(wide[SIDE : 2 * SIDE, SIDE : 2 * SIDE], side, side)


def _resized(picture: Array, height: int, width: int) -> Array:
    """Scale a picture by averaging over areas."""
    return _areas(picture.shape[0], height) @ picture @ _areas(picture.shape[1], width).T


def _areas(before: int, after: int) -> Array:
    """Return how much of each old pixel lies in each new one: shape (after, before), rows with the sum 1."""
    edges, cells = np.linspace(0, before, after + 1), np.arange(before)
    overlap = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    share: Array = np.clip(overlap, 0, None) * (after / before)
    return share
