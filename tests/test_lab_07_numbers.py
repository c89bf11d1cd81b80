"""Every number that the prose of lab 07 quotes, computed from the lab's own functions."""

from __future__ import annotations

import importlib.util
import math
import os
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from autograder.source.percent import read_lab
from autograder.source.reference import reference_source
from course_utils.datasets import MNIST_MEAN, MNIST_STD, fetch_mnist, load_digits
from tests import proof

ROOT = Path(__file__).resolve().parents[1]
LAB = read_lab(ROOT / "solutions" / "07_mnist.py")
RAW = Path(os.environ.get("COURSE_DATA_HOME", "nowhere")) / "MNIST" / "raw"
needs_files = pytest.mark.skipif(
    not (RAW / "train-images-idx3-ubyte.gz").is_file(), reason="COURSE_DATA_HOME holds no MNIST/raw/*.gz"
)


@cache
def lab() -> dict[str, Any]:
    """Run setup and solutions of the lab."""
    names: dict[str, Any] = {"__name__": "lab_07"}
    exec(compile(reference_source(LAB), "lab 07", "exec"), names)  # noqa: S102 - our own lab
    return names


@cache
def benchmark() -> ModuleType:
    """Load the benchmark, which holds the protocol of the slides."""
    spec = importlib.util.spec_from_file_location("benchmark_mnist", ROOT / "benchmarks" / "mnist.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def says(text: str) -> bool:
    """Tell whether the lab's text quotes this, so that a test does not outlive its sentence."""
    return text in LAB.text


def count(model: torch.nn.Module) -> int:
    """Return the number of parameters."""
    return sum(parameter.numel() for parameter in model.parameters())


def test_minutes_of_the_exercises_add_up() -> None:
    """The opening promises them."""
    assert says("90 minutes, of which 52 are exercises")
    assert sum(exercise.minutes for exercise in LAB.exercises if not exercise.optional) == 52


def test_mean_and_deviation_of_mnist() -> None:
    """0.1307 and 0.3081 are those that the data set uses."""
    assert says("for MNIST 0.1307 and 0.3081")
    assert (MNIST_MEAN, MNIST_STD) == (0.1307, 0.3081)


def test_small_digits() -> None:
    """Without a network there are 1,797 of them."""
    assert says("it takes 1,797 smaller digits")
    digits = load_digits()
    assert len(digits.train_images) + len(digits.test_images) == 1797


def test_counts_of_parameters() -> None:
    """785 and 25,153 on 784 pixels; both models work for 64 pixels too."""
    assert says("25,153 numbers that do the work of 785")
    assert [count(lab()["Logistic"](784)), count(lab()["SimpleNN"](784))] == lab()["predicted_counts"] == [785, 25153]
    assert [tuple(lab()[name](64)(torch.zeros(5, 1, 8, 8)).shape) for name in ("Logistic", "SimpleNN")] == [(5, 1)] * 2


def test_a_point_more_multiplies_the_odds_by_e() -> None:
    """The logit is the logarithm of the odds."""
    assert says("one more point multiplies the odds by $e$")
    p = torch.sigmoid(torch.tensor([0.7, 1.7], dtype=torch.float64))
    odds = p / (1 - p)
    assert float(odds[1] / odds[0]) == pytest.approx(math.e)


def test_squared_error_is_flat_where_cross_entropy_keeps_its_slope() -> None:
    """At the left end of the figure."""
    assert says("keeps a slope of −1")
    z = torch.tensor(-8.0, requires_grad=True)
    slopes = [torch.autograd.grad(loss, z)[0] for loss in (-torch.sigmoid(z).log(), (torch.sigmoid(z) - 1) ** 2)]
    assert [round(float(slope), 2) for slope in slopes] == [-1.0, 0.0]


def test_the_naive_loss_is_infinite_at_the_logits_that_are_quoted() -> None:
    """−30 is still a number, −90 is not."""
    assert says("the logit −30, −90, −200")
    losses = -torch.sigmoid(torch.tensor([-30.0, -90.0, -200.0])).log()
    assert torch.isinf(losses).tolist() == [False, True, True]


def test_slope_of_a_sigmoid() -> None:
    """At most a quarter; ten of them leave less than a millionth."""
    assert says("ten of them leave less than a millionth of a gradient")
    z = torch.linspace(-4, 4, 161)
    s = torch.sigmoid(z)
    assert float((s * (1 - s)).max()) == pytest.approx(0.25)
    assert 0.25**10 < 1e-6


def test_estimates_are_unbiased() -> None:
    """For every size of a minibatch, up to the last digits."""
    gradients = torch.tensor(np.random.default_rng(0).normal(size=(8, 5)))
    for batch_size in (1, 2, 4, 7, 8):
        mean = lab()["all_estimates"](gradients, batch_size).mean(dim=0)
        assert mean.tolist() == pytest.approx(gradients.mean(dim=0).tolist())


def test_the_hint_about_eleven_pictures() -> None:
    """Ten with the mean 2, one with 13: the mean is 3."""
    assert says("Ten pictures have the mean 2, one picture has the loss 13")
    assert np.average([2, 13], weights=[10, 1]) == 3


def test_intervals_that_are_quoted() -> None:
    """Of the friend's report, in the question and in the sample answer."""
    low, high = lab()["interval"](0.924, 1000)
    assert says("92.40 % stands for about 90.8 % to 94.0 %")
    assert (round(100 * low, 1), round(100 * high, 1)) == (90.8, 94.0)
    assert says("92.4 ± 0.5 % for 10,000 images")
    assert round(100 * (0.924 - lab()["interval"](0.924, 10_000)[0]), 1) == 0.5
    assert says("± 1.6 percentage points (or standard error 0.84)")
    assert (round(100 * (high - 0.924), 1), round(100 * (high - 0.924) / 1.96, 2)) == (1.6, 0.84)


def test_best_of_twelve() -> None:
    """More than a percentage point is luck."""
    assert says("More than a percentage point, out of nothing:")
    scores = np.random.default_rng(0).binomial(1000, 0.92, size=(10_000, 12)) / 1000
    assert scores.max(axis=1).mean() - 0.92 > 0.01


def test_worth_of_a_step_in_the_corridor() -> None:
    """Bellman's equation, solved from the end."""
    assert says("$k$ steps away counts $\\gamma^k$")
    worth = 1.0
    for _ in range(4):
        worth = 0 + 0.9 * worth
    assert worth == pytest.approx(0.9**4)


# The second takes a quarter of a minute: under `make proof`.
PROTOCOLS = [
    ("logistic", (0, 2, 3), "between 85.1 % and 88.4 % on validation, and between 88.1 % and 88.6 %"),
    ("SimpleNN", (2, 4), "between 90.2 % and 92.7 %, and between 92.0 % and 92.6 %"),
]


@needs_files
@pytest.mark.parametrize(("name", "seeds", "quoted"), PROTOCOLS[: proof.count(1, 2)])
def test_the_protocol_of_the_slides(name: str, seeds: tuple[int, ...], quoted: str) -> None:
    """The seeds with the least and the greatest scores; benchmarks/mnist.py runs all five, which takes a minute.

    Another processor may decide a picture or two otherwise.
    """
    assert says(quoted)
    before, images = torch.get_num_threads(), fetch_mnist(download=False)
    torch.set_num_threads(1)
    try:
        make = (lambda: benchmark().logistic(bias=False)) if name == "logistic" else benchmark().network
        scores = 100 * np.array([benchmark().slides_protocol(images, make, seed) for seed in seeds])
    finally:
        torch.set_num_threads(before)
    ends = np.array([scores.min(axis=0), scores.max(axis=0)]).T.ravel()
    assert ends.tolist() == pytest.approx([float(word) for word in quoted.split() if word[0].isdigit()], abs=0.25)
