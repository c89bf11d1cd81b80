"""Checks of an accuracy: the share of right answers of a model that gives logits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils.checks.calls import call
from course_utils.checks.context import inside
from course_utils.checks.misconceptions import Case, Misconception, add, number_array, same
from course_utils.checks.mnist.epochs import linear_model
from course_utils.checks.outcome import passed
from course_utils.checks.pytorch.tensors import tensor
from course_utils.checks.values import reject

__all__ = ["normalised_model", "share_right", "share_right_in_evaluation"]

Array = npt.NDArray[Any]
PIXELS = 4
MARGIN = 0.05  # how far logits stay away from every threshold

# A case of an accuracy: facts hold, by name, what known mistakes return.


def _rival(name: str, sentence: str, hint: str) -> Misconception:
    """Register a mistake that is recognised by the number that it returns."""
    return add(name, sentence, hint, lambda case: same(case.actual, case.facts[name], 1e-5))


_SHARES = (
    _rival(
        "half_for_logits",
        "you compare logits with one half.",
        "one half is the border for probabilities: which logit has the probability one half?",
    ),
    _rival(
        "answers_counted",
        "you return how many answers are right.",
        "the share of them is asked for, a number between 0 and 1.",
    ),
    _rival("in_percent", "you return percent.", "a number between 0 and 1 is asked for; {share:.1%} prints percent."),
    _rival(
        "errors_counted",
        "you return the share of wrong answers.",
        "or are your answers turned round? A positive logit says “odd”, and the target of odd is 1.",
    ),
    _rival(
        "every_pair_compared",
        "you compare every answer with every target.",
        "see “My accuracy is about one half, whatever the model”.",
    ),
    _rival(
        "always_even",
        "all your answers are “even”.",
        "does `argmax` of a single column have a choice? Does rounding leave the logits as they are?",
    ),
    _rival(
        "always_odd",
        "all your answers are “odd”.",
        "the sigmoid of a probability is never below one half: is it taken twice?",
    ),
    _rival("odd_answers_counted", "you return how often the model says “odd”.", "and how often is it right?"),
    _rival(
        "never_right",
        "your accuracy is 0, though some answers are right.",
        "a probability is never exactly 0 or 1: compare answers with targets. And `//` throws fractions away.",
    ),
    _rival(
        "still_in_training",
        "your model is still in training mode while you measure.",
        "what does `model.eval()` do? And does it stand before the model is asked?",
    ),
)


def _facts(z: Array, y: Array, elsewhere: Array) -> dict[str, float]:
    """Return what known mistakes make of logits and targets."""
    n, says = len(z), z > 0
    right = float(np.mean(says == y))
    odd = float(np.mean(y))
    return {
        "half_for_logits": float(np.mean((z > 0.5) == y)),
        "answers_counted": n * right,
        "in_percent": 100 * right,
        "errors_counted": 1 - right,
        "every_pair_compared": float(np.mean(says)) * odd + (1 - float(np.mean(says))) * (1 - odd),
        "always_even": 1 - odd,
        "always_odd": odd,
        "odd_answers_counted": float(np.mean(says)),
        "never_right": 0.0,
        "still_in_training": float(np.mean((elsewhere > 0) == y)),
        "right": right,
    }


def _draw(rng: np.random.Generator, n: int) -> tuple[Array, Array, Array, Array]:
    """Draw pictures, targets and parameters for which no two mistakes return the same number."""
    while True:
        x, theta = rng.normal(loc=0.6, scale=1.5, size=(n, PIXELS)), rng.normal(size=PIXELS + 1)
        z = np.dot(x, theta[:-1]) + theta[-1]
        y = np.where(rng.random(n) < 0.3, z < 0, z > 0).astype(float)
        elsewhere = np.dot((x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5), theta[:-1]) + theta[-1]
        near = np.min(np.abs(np.concatenate([z, z - 0.5, elsewhere, elsewhere - 0.5])))
        numbers = np.sort(list(_facts(z, y, elsewhere).values()))
        if near > MARGIN / 5 and np.min(np.diff(numbers)) > 1e-3:
            return x, y, theta, elsewhere


def share_right(function: Callable[..., Any], *, rng: np.random.Generator, n: int) -> None:
    """Check an accuracy on pictures that are drawn.

    Parameters
    ----------
    function : callable
        The student's ``accuracy(model, inputs, targets)``.
    rng : Generator
        Draws pictures, targets and a model.
    n : int
        How many pictures.

    Raises
    ------
    CheckFailed, NotAttempted
        It is another number; there is nothing to check.
    """
    x, y, theta, _ = _draw(rng, n)
    z = np.dot(x, theta[:-1]) + theta[-1]
    model = inside(linear_model)(tensor(theta[None, :-1]), tensor(theta[-1:]))
    _compare(function, model, (x, y), _facts(z, y, np.zeros(n)) | {"still_in_training": np.nan})
    passed(f"the share of right answers among {n}")


def share_right_in_evaluation(function: Callable[..., Any], *, rng: np.random.Generator, n: int) -> None:
    """Check an accuracy of a model that normalises with its own minibatch while it is in training.

    Parameters
    ----------
    function, rng, n
        As for `share_right`.

    Raises
    ------
    CheckFailed, NotAttempted
        It is another number; there is nothing to check.
    """
    x, y, theta, elsewhere = _draw(rng, n)
    z = np.dot(x, theta[:-1]) + theta[-1]
    model = inside(normalised_model)(tensor(theta[None, :-1]), tensor(theta[-1:]))
    _compare(function, model, (x, y), _facts(z, y, elsewhere))
    passed(f"the share of right answers among {n}, with the model in evaluation mode")


def _compare(function: Callable[..., Any], model: Any, data: tuple[Array, Array], facts: dict[str, float]) -> None:
    x, y = data
    actual, right = call(function, model, tensor(x), tensor(y[:, None])), facts["right"]
    if not same(actual, right, 1e-5):
        numbers = number_array(actual)
        answer = actual if numbers is None else numbers.astype(float)
        reject([Case((), answer, right, facts)], suspects=_SHARES, whats=[f"the accuracy on {len(x)} pictures"])


def normalised_model(weight: Any, bias: Any) -> Any:
    """Make a linear model behind a layer that leaves numbers alone, but normalises them in training."""
    import torch

    return torch.nn.Sequential(
        torch.nn.BatchNorm1d(weight.shape[1], eps=1e-5, affine=False), linear_model(weight, bias)
    )
