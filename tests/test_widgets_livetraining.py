"""Live training, mistakes and the pad: what is sent, which pictures are wrong, how a digit is brought to size."""

from __future__ import annotations

import struct
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from course_utils.datasets import load_digits
from course_utils.widgets import Gallery, LiveTraining, Pad
from course_utils.widgets.livetraining import EVERY, MOST, thinned
from course_utils.widgets.pad import centred


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def trained(updates: int = 1000, seconds: float = 5.0) -> tuple[LiveTraining, list[Any]]:
    """Make a widget, and update it at even times; return what was sent, too."""
    clock = Clock()
    live, sent = LiveTraining(clock=clock), []
    live.observe(lambda change: sent.append(change.new), "_curves")
    for step in range(updates):
        clock.now = seconds * step / updates
        live.update(loss=1.0 / (1 + step))
    return live, sent


def test_pictures_are_sent_five_times_a_second() -> None:
    """However often the loop updates."""
    assert len(trained(seconds=5.0)[1]) == pytest.approx(5.0 / EVERY, abs=1)
    assert len(trained(updates=20_000, seconds=2.0)[1]) == pytest.approx(2.0 / EVERY, abs=1)


def test_the_end_of_a_cell_sends_the_rest_and_says_who_stopped_it() -> None:
    """A cell that ends by itself, by hand, or has nothing new."""
    live, sent = trained()
    before = len(sent)
    live._cell_ended(SimpleNamespace(error_in_exec=None))
    assert (before + 1, "by hand" in live.caption) == (len(sent), False)
    live._cell_ended(SimpleNamespace(error_in_exec=KeyboardInterrupt()))
    assert before + 1 == len(sent)
    live.update(loss=0.5)
    live._cell_ended(SimpleNamespace(error_in_exec=KeyboardInterrupt()))
    assert live._told.endswith("Stopped by hand: what was learned so far is kept.")
    live.update(loss=0.5)
    assert "by hand" not in live.caption


def test_names_and_runs() -> None:
    """The first name counts the steps; each run starts again; the caption says from where to where."""
    live = LiveTraining("one")
    for _ in range(3):
        live.update(loss=2.0)
    live.update(accuracy=0.75)
    live.run = "two"
    live.update(loss=1.0)
    assert ([3], [0.75]) == tuple(values.tolist() for values in live.curve("accuracy", "one"))
    assert [1] == live.curve("loss")[0].tolist()
    assert "one after 3 steps: loss from 2 to 2, accuracy 0.75. two after 1 step: loss 1." == live.caption
    live.flush()
    packed = live._curves["loss"]["one"]
    assert ([2, 3], (1, 2, 3, 2, 2, 2)) == (packed["shape"], struct.unpack("<6f", packed["data"]))
    assert live.fallback().startswith("<svg")


@pytest.mark.parametrize("n", [1, MOST, MOST + 1, 12_345])
def test_long_curves_are_thinned_by_means(n: int) -> None:
    """At most so many points; the first stays, and the mean of the rest is what it was."""
    steps, values = np.arange(n), np.random.default_rng(n).normal(size=n)
    x, y = thinned(steps, values)
    assert len(x) == len(y) == min(n, MOST)
    assert (x[0], y[0]) == (steps[0], values[0])
    cuts = np.linspace(1, n, MOST, dtype=int) if n > MOST else np.arange(1, n + 1)
    np.testing.assert_allclose(np.sum(y[1:] * np.diff(cuts)), values[1:].sum(), atol=1e-8)


def test_infinite_losses_are_sent_and_drawn() -> None:
    """A training that diverges."""
    live = LiveTraining()
    for value in (1.0, float("inf"), float("nan")):
        live.update(loss=value)
    live.flush()
    assert "loss from 1 to nan" in live.caption
    assert live.fallback().startswith("<svg")


def gallery(**state: Any) -> Gallery:
    """Make a gallery of twenty pictures of which the odd places are wrong."""
    p = np.where(np.arange(20) % 2, np.linspace(0.4, 0.02, 20), 0.9)
    return Gallery(
        np.zeros((20, 8, 8)), [i % 4 for i in range(20)], p, ["odd" if i % 2 else "even" for i in range(20)], **state
    )


def test_only_mistakes_are_hung_surest_first() -> None:
    """Those with p below one half, in the order of p."""
    widget = gallery()
    assert list(range(19, 0, -2)) == widget.chosen.tolist()
    assert widget._answer["words"][0] == "3: said odd, p = 0.02"
    assert widget.caption.startswith("10 of 20 pictures are wrong (50.0%); page 1 of 1")


def test_one_label_and_pages() -> None:
    """A label of its own; a page that does not exist is the last one; a label without mistakes."""
    widget = gallery(label="1", page=5)
    assert {1} == {index % 4 for index in widget.chosen}
    assert "5 of 5 pictures of 1 are wrong (100.0%); page 1 of 1" in widget.caption
    widget.label = "2"
    assert widget.caption == "None of 5 pictures of 2 is wrong."
    assert widget.fallback().startswith("<svg")


def test_lengths_must_agree() -> None:
    """A list too short is named."""
    with pytest.raises(ValueError, match=r"\[2, 3\]"):
        Gallery(np.zeros((3, 8, 8)), [1, 2, 3], [0.1, 0.2, 0.3], ["odd", "even"])


def test_a_digit_is_brought_to_the_size_of_mnist() -> None:
    """Wherever and however large: its longer side is 20 pixels, its centre of mass the middle."""
    rng = np.random.default_rng(0)
    for height, width, top, left in ((20, 5, 0, 0), (6, 12, 20, 3), (28, 28, 0, 0), (1, 1, 27, 27)):
        pad = np.zeros((28, 28))
        pad[top : top + height, left : left + width] = rng.uniform(100, 255, (height, width))
        seen = centred(pad)
        rows, columns = (np.flatnonzero(seen.sum(axis=axis) > 1) for axis in (1, 0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
        middle = [float(np.average(np.arange(28), weights=seen.sum(axis=1 - axis))) for axis in (0, 1)]
        np.testing.assert_allclose(middle, 13.5, atol=0.51)
        assert seen.max() <= 255 + 1e-9


def test_small_digits_are_seen_as_small_as_they_are() -> None:
    """For 8 x 8 pixels the ink is averaged over areas."""
    pad = np.zeros((28, 28))
    pad[4:24, 10:16] = 200
    assert (8, 8) == centred(pad, 8).shape
    np.testing.assert_allclose(centred(pad, 8).mean(), centred(pad).mean())
    assert not centred(np.zeros((28, 28)), 8).any()


def test_the_pad_asks_the_model() -> None:
    """An empty pad asks nobody; p is told as odd or even; what the model raises later is told."""
    asked: list[Any] = []

    def rather_even(picture: Any) -> float:
        asked.append(picture.shape)
        return 0.2

    widget = Pad(rather_even, side=8)
    assert ([], "The pad is empty") == (asked, widget.caption[:16])
    widget.picture = (
        load_digits().test_images[0].repeat_interleave(4, 0).repeat_interleave(4, 1)[2:30, 2:30].flatten().tolist()
    )
    assert ([(8, 8)], 0.2) == (asked, widget._answer["p"])
    assert widget._answer["caption"] == "Your model says even: p(odd) = 0.2, p(even) = 0.8."
    assert "It can hardly decide." in Pad(lambda _: 0.55, picture=widget.picture).caption
    widget._p_odd = lambda _: 1 / 0
    widget.picture = [9] * 784
    assert widget._answer["error"].startswith("ZeroDivisionError")
