"""The widget of a training that runs: loss and accuracy as they come, three times a second."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_utils import figures
from course_utils.widgets.base import Widget, number

__all__ = ["LiveTraining"]

EVERY = 1 / 3  # seconds between two pictures
MOST = 400  # points of a curve that a picture has room for
LOOKS: tuple[dict[str, Any], ...] = (
    {"color": figures.VERMILLION, "linewidth": 1.3},
    {"color": figures.BLUE, "linewidth": 2},
    {"color": figures.GREEN, "linewidth": 2, "linestyle": "--"},
    {"color": figures.PURPLE, "linewidth": 2, "linestyle": "-."},
)
Array = np.ndarray[Any, np.dtype[Any]]


class LiveTraining(Widget):
    """Watch numbers of a training while it runs: one picture for each name, one line for each run.

    Make it in one cell, then call ``live.update(loss=…, accuracy=…)`` in your loop, as often as you like.
    It costs a few microseconds; a picture is sent at most three times a second, and at the end of the cell,
    also if you stop it by hand.

    Parameters
    ----------
    run : str
        What to call the first run; set ``live.run = "another"`` before the next one.
    clock : callable
        Gives seconds.
    """

    script = "livetraining.js"

    run = traitlets.Unicode("run 1")
    _curves = traitlets.Dict().tag(sync=True)
    _told = traitlets.Unicode().tag(sync=True)

    def __init__(self, run: str = "run 1", *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._last = clock, -EVERY
        self._seen: dict[str, dict[str, tuple[array[float], array[float]]]] = {}
        self._steps: dict[str, int] = {}
        self._leading = ""
        self._fresh = self._stopped = False
        super().__init__(run=run, _told=_BEFORE)
        self._listen()

    def update(self, **values: float) -> None:
        """Add numbers to the curves of the present run.

        Parameters
        ----------
        **values
            Numbers by name, as ``loss=0.3``. The name that is given first of all counts the steps: other names may
            come less often.
        """
        self._leading = self._leading or next(iter(values), "")
        run = self.run
        step = self._steps[run] = self._steps.get(run, 0) + (self._leading in values)
        for name, value in values.items():
            runs = self._seen.setdefault(name, {})
            if run not in runs:
                runs[run] = (array("d"), array("d"))  # numpy reads them without a copy of each number
            steps, numbers = runs[run]
            steps.append(step)
            numbers.append(value)
        self._fresh, self._stopped = True, False
        if self._clock() - self._last >= EVERY:
            self.flush()

    def flush(self) -> None:
        """Send the picture as it is now."""
        self._fresh, self._last = False, self._clock()
        with self.hold_sync():  # one message
            self._curves = {
                name: {run: _packed_curve(*curve) for run, curve in runs.items()} for name, runs in self._seen.items()
            }
            self._told = self.caption

    def curve(self, name: str, run: str | None = None) -> tuple[Array, Array]:
        """Return steps and numbers that were given so far, each of shape (n,)."""
        steps, numbers = self._seen[name][self.run if run is None else run]
        return np.array(steps), np.array(numbers)

    def _listen(self) -> None:
        """Send the last picture when a cell ends, whether by itself, by an error or by hand."""
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        if shell is not None:
            shell.events.register("post_run_cell", self._cell_ended)

    def _cell_ended(self, result: Any = None) -> None:
        if self._fresh:
            self._stopped = isinstance(getattr(result, "error_in_exec", None), KeyboardInterrupt)
            self.flush()

    @property
    def caption(self) -> str:
        """What is seen."""
        if not self._seen:
            return _BEFORE
        told = [self._told_run(run) for run in self._steps]
        return " ".join(told) + (" Stopped by hand: what was learned so far is kept." if self._stopped else "")

    def _told_run(self, run: str) -> str:
        parts = [_told_curve(name, runs[run][1]) for name, runs in self._seen.items() if run in runs]
        steps = self._steps[run]
        return f"{run} after {steps} step{'' if steps == 1 else 's'}: {', '.join(parts)}."

    def figure(self) -> Figure:
        """Draw all curves so far."""
        names = list(self._seen) or ["loss"]
        drawing, places = figures.grid(1, len(names), width=4.25 * len(names), height=3.2, squeeze=False)
        for axes, name in zip(places[0], names, strict=True):
            for place, run in enumerate(self._steps):
                if run in self._seen.get(name, {}):
                    steps, numbers = thinned(*self.curve(name, run))
                    axes.plot(steps, numbers, **LOOKS[place % len(LOOKS)], label=run)
            axes.set(title=name, xlabel="step")
        if self._steps:
            places[0][0].legend()
        return drawing


_BEFORE = "Nothing yet: the curves begin with the first update."


def _told_curve(name: str, numbers: array[float]) -> str:
    first, last = number(numbers[0], 3), number(_recent(numbers), 3)
    return f"{name} {first}" if len(numbers) == 1 else f"{name} from {first} to {last}"


def _recent(numbers: array[float]) -> float:
    """Return the mean of the last twentieth: single minibatches are noisy."""
    return float(np.mean(numbers[-max(1, len(numbers) // 20) :]))


def thinned(steps: Array, numbers: Array) -> tuple[Array, Array]:
    """Take means over neighbours until at most `MOST` points are left; the first point stays."""
    if len(steps) <= MOST:
        return steps, numbers
    cuts = np.linspace(1, len(steps), MOST, dtype=int)
    counts = np.diff(cuts)
    means = [np.add.reduceat(values[1:], cuts[:-1] - 1) / counts for values in (steps, numbers)]
    return np.append(steps[:1], means[0]), np.append(numbers[:1], means[1])


def _packed_curve(steps: array[float], numbers: array[float]) -> dict[str, Any]:
    points = np.stack(thinned(np.array(steps), np.array(numbers)))
    return {"shape": list(points.shape), "data": points.astype("<f4").tobytes()}
