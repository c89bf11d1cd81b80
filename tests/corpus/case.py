"""A case of the corpus, and how the usual ones are written."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["PLACES", "ZERO", "Case", "Place", "attack", "everywhere", "flat"]


@dataclass(frozen=True, slots=True)
class Place:
    """An exercise at which an attack is tried, and the exercise beside it whose right answer must not suffer."""

    lab: str
    exercise: str
    bystander: str


PLACES = {
    "parabola": Place("01_minima", "argmin_parabola", "derivative_poly"),
    "polynomial": Place("01_minima", "derivative_poly", "argmin_parabola"),
    "descent": Place("02_gradient_descent", "gradient_descent", "taylor1"),
    "slopes": Place("02_gradient_descent", "numerical_gradient", "taylor1"),
    "predict": Place("03_curve_fitting", "predict", "train"),
    "train": Place("03_curve_fitting", "train", "predict"),
    "tensors": Place("06_pytorch", "predict", "nth_derivative"),
    "classifier": Place("06_pytorch", "BinaryClassifier", "predict"),
    "loss": Place("07_mnist", "bce_with_logits", "interval"),
    "network": Place("07_mnist", "SimpleNN", "interval"),
    "epoch": Place("07_mnist", "train_epoch", "interval"),
    "share": Place("07_mnist", "interval", "to_odd_even"),
}
_TURNS = itertools.cycle(("polynomial", "descent", "train", "slopes", "parabola"))


@dataclass(frozen=True, slots=True)
class Case:
    """One submission, and what it must end in.

    ``answers`` are the texts of exercises' cells; SOLVED stands for the reference solution, and what is not named is
    left as released. ``before`` is a cell of the student's own, above the first answer.
    ``ends`` says how the checks of an exercise end: one word for all of them, or one for each, "/" between words that
    the machine's load may decide. No other exercise earns a point.
    ``content`` is the whole file, or a function that makes it of the released notebook.
    ``isolated``: without a whole sandbox this is not even tried.
    """

    name: str
    kind: str
    lab: str
    answers: dict[str, str] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    before: str = ""
    status: str = "GRADED"
    content: bytes | Callable[[dict[str, Any]], Any] | None = None
    isolated: bool = False


SOLVED = "the reference solution"
ZERO = "def NAME(*args, **kwargs):\n    return 0.0"


def attack(
    name: str,
    answer: str,
    *,
    at: str = "",
    before: str = "",
    ends: str = "WRONG",
    kind: str = "attack",
    isolated: bool = False,
    bystander: str = "CORRECT",
) -> Case:
    """Write an attack at one exercise, NAME in its text; without ``at`` the exercises take turns."""
    place = PLACES[at or next(_TURNS)]
    text = textwrap.dedent(answer).strip().replace("NAME", place.exercise)
    prelude = textwrap.dedent(before).strip().replace("NAME", place.exercise)
    return Case(
        f"{name} at {place.exercise} of {place.lab[:2]}",
        kind,
        place.lab,
        answers={place.exercise: text, place.bystander: SOLVED},
        ends={place.exercise: ends, place.bystander: bystander},
        before=prelude,
        isolated=isolated,
    )


def everywhere(name: str, answer: str, at: tuple[str, ...], **told: Any) -> tuple[Case, ...]:
    """Write one attack at several exercises."""
    return tuple(attack(name, answer, at=place, **told) for place in at)


def flat(*groups: Case | tuple[Case, ...]) -> tuple[Case, ...]:
    """Put cases and groups of cases in a row."""
    return tuple(case for group in groups for case in (group if isinstance(group, tuple) else (group,)))
