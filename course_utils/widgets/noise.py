"""The widget of noise and overfitting: points, noise, a degree, and what fits of it do on points they have not seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_utils import figures
from course_utils.widgets.base import Point, Widget
from course_utils.widgets.refits import DEGREES, FITS, HIGH, LOW, SPOTS, Refits, fresh_inputs, inputs, known, own, told

__all__ = ["Noise"]

FRESH_LABEL = "fresh points (every tenth)"
ON_ITS_POINTS = {"marker": "o", "label": "on its points"}
ON_FRESH_POINTS = {"marker": "x", "label": "on fresh points"}
Array = np.ndarray[Any, np.dtype[Any]]


class Noise(Widget):
    """Fit polynomials to noisy points; compare the loss on these points with that on fresh ones, and fit again.

    Parameters
    ----------
    add_noise, design_matrix, predict, mse_loss : callable, optional
        Your own functions of lab 04, which then do the work; least squares are computed for you. All four, or none.
    **state
        ``n`` points, noise ``sigma``, ``degree``, ``seed``, ``refits`` (how many further fits to noise of their own are
        shown, up to 29; None: all), ``truth`` (the coefficients of the true polynomial, the constant first). Each can
        be read and set later, too.

    Raises
    ------
    ValueError
        Only some of your four functions are given, or predict returns another shape than its inputs have.
    Exception
        What your functions raise.
    """

    script = "noise.js"
    inputs = ("n", "sigma", "degree", "seed", "truth")

    n = traitlets.Int(10, min=3, max=60).tag(sync=True)
    sigma = traitlets.Float(10.0, min=0, max=20).tag(sync=True)
    degree = traitlets.Int(9, min=0, max=DEGREES).tag(sync=True)
    seed = traitlets.Int(3, min=0, max=20).tag(sync=True)
    refits = traitlets.Int(0, min=0, max=FITS - 1, allow_none=True).tag(sync=True)
    truth = Point(minlen=1).tag(sync=True)

    def __init__(
        self,
        *,
        add_noise: Callable[..., Any] | None = None,
        design_matrix: Callable[..., Any] | None = None,
        predict: Callable[..., Any] | None = None,
        mse_loss: Callable[..., Any] | None = None,
        **state: Any,
    ) -> None:
        functions = (add_noise, design_matrix, predict, mse_loss)
        given = [one for one in functions if one is not None]
        if given and len(given) < len(functions):
            raise ValueError("to fit with functions of your own, give add_noise, design_matrix, predict and mse_loss")
        self._functions = given
        super().__init__(**({"truth": [1.0, -3.0, 2.0]} | state))

    def _truth(self, x: Array) -> Array:
        return np.asarray(np.polynomial.polynomial.polyval(x, self.truth))

    def _found(self) -> Refits:
        if self._functions:
            return own((self.n, self.sigma, self.degree, self.seed), self._truth, self._functions)
        return known(self.n, self.sigma, self.degree, self.seed, self._truth)

    @property
    def _shown(self) -> int:
        return FITS - 1 if self.refits is None else self.refits

    def drive(self) -> dict[str, Any] | None:
        """Fit with the student's functions, if they are given."""
        if not self._functions:
            return None
        found = self._found()
        names = ("y", "fresh", "train_losses", "fresh_losses", "curves")
        return {name: np.asarray(getattr(found, name)) for name in names}

    @property
    def caption(self) -> str:
        """What the degree does on its points and on fresh ones."""
        return told(self._found(), self.sigma, self.degree, self._shown, self._truth)

    def figure(self) -> Figure:
        """Draw points and fits, and the two losses by degree."""
        found, dense = self._found(), np.linspace(LOW, HIGH, SPOTS)
        drawing, (left, right) = figures.grid(1, 2, width=9.5, height=3.4)
        for curve in found.curves[1 : self._shown + 1]:
            left.plot(dense, curve, color=figures.BLUE, linewidth=0.8, alpha=0.4)
        left.plot(dense, found.curves[0], **figures.LINES["model"])
        left.plot(dense, self._truth(dense), **figures.LINES["truth"])
        left.plot(inputs(self.n), found.y, **figures.LINES["data"])
        left.plot(fresh_inputs()[5::10], found.fresh[5::10], "x", color=figures.VERMILLION, label=FRESH_LABEL)
        heights = self._truth(dense)
        room = 0.6 * (float(np.ptp(heights)) or 10.0)
        left.set(title=f"degree {self.degree}", xlabel="x", ylabel="y", ylim=(min(heights) - room, max(heights) + room))
        left.legend(fontsize=8)
        degrees = np.arange(len(found.train_losses))
        right.plot(degrees, np.maximum(found.train_losses, 0.1), **figures.LINES["model"] | ON_ITS_POINTS)
        right.plot(degrees, np.maximum(found.fresh_losses, 0.1), **figures.LINES["path"] | ON_FRESH_POINTS)
        right.set(title="Loss by degree", xlabel="degree", ylabel="loss", yscale="log", ylim=(0.1, 1e6))
        right.legend(fontsize=8)
        return drawing
