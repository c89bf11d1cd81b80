"""The loop, line by line: torch itself says what each line changes, and what a forgotten zero_grad does."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.widgets import Loop
from course_utils.widgets.loop import LINES, ROUNDS, rounds


def ground(w: torch.Tensor) -> torch.Tensor:
    """Return the height of the landscape of lab 02."""
    return w**4 - 3 * w**2 + w


def slope(w: float) -> float:
    """Return its slope, by hand."""
    return 4 * w**3 - 6 * w + 1


def made(**state: Any) -> Loop:
    """Make the lab's widget."""
    return Loop(ground, 2.0, code="loss = w**4 - 3 * w**2 + w", **state)


@pytest.mark.parametrize("rate", [0.001, 0.02, 0.05])
def test_the_loop_is_gradient_descent(rate: float) -> None:
    """With zero_grad each round is one step by hand."""
    w, path = 2.0, [2.0]
    for _ in range(ROUNDS):
        w -= rate * slope(w)
        path.append(w)
    np.testing.assert_allclose(rounds(made(learning_rate=rate).moments(clear=True)), path, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("rate", [0.001, 0.02])
def test_without_zero_grad_slopes_add_up(rate: float) -> None:
    """Each step uses the sum of all slopes so far, which is momentum 1."""
    w, total, path = 2.0, 0.0, [2.0]
    for _ in range(ROUNDS):
        total += slope(w)
        w -= rate * total
        path.append(w)
    widget = made(learning_rate=rate)
    np.testing.assert_allclose(rounds(widget.moments(clear=False)), path, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(
        rounds(widget.moments(clear=False)), rounds(widget.moments(clear=True, momentum=1.0)), rtol=1e-5, atol=1e-5
    )


def test_each_line_changes_what_it_should() -> None:
    """zero_grad the gradient, forward the loss, backward the gradient, the step w; nothing else."""
    seen = made().moments(clear=True)
    changed = [
        [name for name in ("w", "grad", "loss") if getattr(a, name) != getattr(b, name)] for a, b in pairwise(seen)
    ]
    assert [[], ["loss"], ["grad"], ["w"]] == changed[:4]
    assert [["grad"], ["loss"], ["grad"], ["w"]] * (ROUNDS - 1) == changed[4:]
    assert LINES * ROUNDS == len(changed)


def test_the_table_and_the_words() -> None:
    """The numbers that the lab's prose quotes: 21, then 7.297 is added."""
    widget = made(step=3)
    assert [["w", "2", "21", "None: a leaf"], ["loss", "6", "not kept: no leaf", "AddBackward0"]] == widget._answer[
        "cells"
    ][3]
    assert widget.caption == "Round 1, line 3. Backward: w.grad is 21, the slope of the loss at w = 2."
    widget.clear, widget.step = False, 7
    assert widget.caption.endswith("to what was there: 21 + 7.297 = 28.3.")
    assert widget._answer["captions"][7] == widget.caption
    widget.step = None
    assert "momentum=1 goes the same way; the largest difference is 0." in widget.caption


def test_a_walk_that_runs_away_is_drawn_and_told() -> None:
    """A learning rate that is far too large ends in nan, and nothing breaks."""
    widget = made(learning_rate=0.9, step=None)
    assert "nan" in widget.caption
    assert widget.fallback().startswith("<svg")


@pytest.mark.parametrize("tracked", [False, True])
def test_a_loss_that_breaks_stops_the_cell(tracked: bool) -> None:
    """What the student's loss raises is the cell's, on a plain tensor or on one that is tracked."""
    with pytest.raises(ZeroDivisionError):
        Loop(lambda w: w * (1 / 0) if w.requires_grad == tracked else w, 1.0)
