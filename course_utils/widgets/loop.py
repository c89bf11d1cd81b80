"""The widget of the training loop: its four lines one at a time, run by torch, with and without the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_utils import figures
from course_utils.widgets.base import Widget, number

if TYPE_CHECKING:
    import torch

__all__ = ["Loop"]

ROUNDS = 12
LINES = 4
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Moment:
    """What torch holds between two lines."""

    w: float
    grad: float | None
    loss: float | None
    made_by: str

    @property
    def cells(self) -> list[list[str]]:
        """The table: rows w and loss; columns data, grad, grad_fn."""
        grad = "None" if self.grad is None else number(self.grad)
        first = ["w", number(self.w), grad, "None: a leaf"]
        if self.loss is None:
            return [first, ["loss", "not there yet", "", ""]]
        return [first, ["loss", number(self.loss), "not kept: no leaf", self.made_by]]


class Loop(Widget):
    """Run a training loop one line at a time, and see what each line does to ``.data``, ``.grad`` and ``.grad_fn``.

    Parameters
    ----------
    loss : callable
        From a tensor ``w`` with one number to the loss, a tensor with one number; torch records it.
    start : float
        Where ``w`` begins.
    code : str
        How the loss is written, for the second line of the loop.
    bounds : (low, high)
        The part of the loss to show.
    **state
        ``step`` (how many lines have run, None for all), ``clear`` (whether the first line, zero_grad, is there),
        ``learning_rate``. Each can be read and set later, too.

    Raises
    ------
    Exception
        What your loss raises.
    """

    script = "loop.js"
    inputs = ("clear", "learning_rate")

    clear = traitlets.Bool(default_value=True).tag(sync=True)
    learning_rate = traitlets.Float(0.02).tag(sync=True)
    step = traitlets.Int(0, min=0, allow_none=True).tag(sync=True)
    _code = traitlets.List().tag(sync=True)
    _ground = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        loss: Callable[[torch.Tensor], torch.Tensor],
        start: float,
        *,
        code: str = "loss = f(w)",
        bounds: tuple[float, float] = (-2.2, 2.2),
        **state: Any,
    ) -> None:
        import torch

        self._loss, self._start = loss, float(start)
        self._places = np.linspace(*bounds, 121)
        self._heights = np.array([loss(torch.tensor(float(x))).item() for x in self._places])
        lines = ["optimizer.zero_grad()", code, "loss.backward()", "optimizer.step()"]
        ground = {"xs": self._places.tolist(), "ys": self._heights.tolist()}
        super().__init__(_code=lines, _ground=ground, **state)

    def moments(self, *, clear: bool, momentum: float = 0.0) -> list[Moment]:
        """Run the loop in torch; return what it holds at first and after each line."""
        import torch

        w = torch.tensor(self._start, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=self.learning_rate, momentum=momentum)
        loss: torch.Tensor | None = None
        seen = [_seen(w, loss)]
        for _ in range(ROUNDS):
            if clear:
                optimizer.zero_grad()
            seen.append(_seen(w, loss))
            loss = self._loss(w)
            seen.append(_seen(w, loss))
            loss.backward()
            seen.append(_seen(w, loss))
            optimizer.step()
            seen.append(_seen(w, loss))
        return seen

    def drive(self) -> dict[str, Any]:
        """Let torch run the loop, the other loop, and the captions of all lines."""
        mine, other = self.moments(clear=self.clear), self.moments(clear=not self.clear)
        return {
            "cells": [moment.cells for moment in mine],
            "captions": [self._told(mine, step) for step in range(len(mine))],
            "path": rounds(mine),
            "other": rounds(other),
            "losses": np.array([moment.loss for moment in mine[2::LINES]], float),
        }

    def _told(self, seen: list[Moment], step: int) -> str:
        words = told(seen, step, self.learning_rate, clear=self.clear)
        return words if step < LINES * ROUNDS else f"{words} {self._ended(seen)}"

    def _ended(self, seen: list[Moment]) -> str:
        if self.clear:
            other = number(self.moments(clear=False)[-1].w)
            return f"After {ROUNDS} rounds w = {number(seen[-1].w)}; without zero_grad it would be {other}."
        rolling = rounds(self.moments(clear=True, momentum=1.0))
        with np.errstate(all="ignore"):
            gap = float(np.nanmax(np.abs(rounds(seen) - rolling), initial=0.0))
        return (
            f"After {ROUNDS} rounds w = {number(seen[-1].w)}: each step used the sum of all slopes so far. "
            f"SGD with zero_grad and momentum=1 goes the same way; the largest difference is {number(gap, 2)}."
        )

    def _at(self) -> int:
        return LINES * ROUNDS if self.step is None else min(self.step, LINES * ROUNDS)

    @property
    def caption(self) -> str:
        """What is seen."""
        return self._told(self.moments(clear=self.clear), self._at())

    def figure(self) -> Figure:
        """Draw the loss with the rounds so far, and w round by round, with and without zero_grad."""
        done = self._at() // LINES + 1
        drawing, (left, right) = figures.grid(1, 2, width=8.5, height=3.2)
        left.plot(self._places, self._heights, **figures.LINES["model"])
        mine, other = rounds(self.moments(clear=self.clear))[:done], rounds(self.moments(clear=not self.clear))[:done]
        left.plot(mine, np.interp(mine, self._places, self._heights), **figures.LINES["path"])
        left.set(title="The loss, and w on it", xlabel="w", ylabel="loss")
        words = ("with zero_grad", "without")
        right.plot(mine, **figures.LINES["path"] | {"label": words[not self.clear]})
        right.plot(other, "-.", color=figures.PURPLE, label=words[self.clear])
        right.set(title="w, round by round", xlabel="round", ylabel="w")
        right.legend()
        return drawing


def _seen(w: torch.Tensor, loss: torch.Tensor | None) -> Moment:
    grad = None if w.grad is None else w.grad.item()
    made_by = "" if loss is None or loss.grad_fn is None else loss.grad_fn.name()
    return Moment(w.item(), grad, None if loss is None else loss.item(), made_by)


def rounds(seen: list[Moment]) -> Array:
    """Return w before the first round and after each, shape (rounds + 1,)."""
    return np.array([moment.w for moment in seen[::LINES]])


def told(seen: list[Moment], step: int, learning_rate: float, *, clear: bool) -> str:
    """Say in words what one line has done."""
    now, before = seen[step], seen[max(step - 1, 0)]
    if step == 0:
        return f"Before the first round: w = {number(now.w)}. w.grad is None, and there is no graph yet."
    turn, line = divmod(step - 1, LINES)
    tell = (_clear if clear else _keep, _forward, _backward, _step)[line]
    return f"Round {turn + 1}, line {line + 1}. {tell(before, now, learning_rate)}"


def _clear(before: Moment, now: Moment, _: float) -> str:
    if before.grad is None:
        return "zero_grad: there is no gradient yet, so nothing to clear."
    return f"zero_grad clears w.grad: it was {number(before.grad)} and is {now.cells[0][2]}."


def _keep(before: Moment, now: Moment, _: float) -> str:
    if before.grad is None:
        return "zero_grad is left out; there was nothing to clear."
    return f"zero_grad is left out: w.grad keeps {now.cells[0][2]} of the rounds before."


def _forward(_before: Moment, now: Moment, _: float) -> str:
    loss, grad = now.cells[1][1], now.cells[0][2]
    made = f"the loss at w = {number(now.w)} is {loss}, and its graph ends in {now.made_by}"
    return f"Forward: {made}. w.grad is still {grad}."


def _backward(before: Moment, now: Moment, _: float) -> str:
    after = number(now.grad or 0.0)
    if before.grad is None:
        return f"Backward: w.grad is {after}, the slope of the loss at w = {number(now.w)}."
    new = _bracketed((now.grad or 0.0) - before.grad)
    return f"Backward adds the slope at w = {number(now.w)} to what was there: {number(before.grad)} + {new} = {after}."


def _step(before: Moment, now: Moment, learning_rate: float) -> str:
    rate, grad, moved = number(learning_rate), _bracketed(now.grad or 0.0), number(now.w)
    walked = f"w ← {number(before.w)} − {rate} · {grad} = {moved}"
    return f"Step: {walked}. w.grad stays as it is, and the loss is an old one now."


def _bracketed(value: float) -> str:
    return number(value) if value >= 0 else f"({number(value)})"
