"""Checks of a degree that is chosen by validation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from course_utils.checks.calls import call
from course_utils.checks.misconceptions import MISCONCEPTIONS, Case, add, misconception, same
from course_utils.checks.outcome import passed
from course_utils.checks.values import reject

__all__ = ["chooses"]

# A case of a choice: args are x_train, y_train, x_validation, y_validation, degrees; facts hold the rivals' choices.


def _rival(name: str, sentence: str, hint: str) -> None:
    """Register a wrong way to choose, recognised by the degree that it leads to."""
    add(name, sentence, hint, lambda case: bool(case.facts.get(name) == case.actual))


_rival(
    "index_for_degree",
    "you return the place of the degree in the list, not the degree.",
    "`argmin` tells where the least loss stands: which degree stands there?",
)
_rival(
    "judged_where_fitted",
    "you judge each degree by points that it was fitted to: there the largest always wins.",
    "fit with the training points, judge with the validation points.",
)
_rival(
    "fits_on_everything",
    "you fit to all points, those for validation included.",
    "whoever has seen the questions cannot be examined with them.",
)
_rival("worst_degree", "you return the degree with the greatest loss.", "the least loss is best.")
_rival(
    "stops_at_first_rise",
    "you stop as soon as the loss rises for the first time.",
    "it may fall again later: try all degrees.",
)
_rival(
    "roles_exchanged",
    "you fit to the validation points and judge by the training points.",
    "the larger part trains, the part that was held back judges.",
)
_rival("smallest_degree", "you return the smallest degree, whatever the losses are.", "is a comparison turned round?")
_rival(
    "tries_the_places",
    "you try 0, 1, 2, … as degrees, whatever the candidates are.",
    "walk through the list of degrees itself, not through its places.",
)
_CHOICES = (
    "index_for_degree",
    "judged_where_fitted",
    "worst_degree",
    "fits_on_everything",
    "roles_exchanged",
    "stops_at_first_rise",
    "smallest_degree",
    "tries_the_places",
)


@misconception(
    "loss_for_degree",
    "you return a loss, not the degree that it belongs to.",
    "keep the degree beside its loss.",
)
def loss_for_degree(case: Case) -> bool:
    """Recognise a number that is no whole one."""
    return float(case.actual) % 1 != 0


def chooses(function: Callable[..., Any], examples: Sequence[tuple[tuple[Any, ...], int, dict[str, int]]]) -> None:
    """Check a degree that is chosen by validation.

    Parameters
    ----------
    function : callable
        The student's ``choose_degree(x_train, y_train, x_validation, y_validation, degrees)``.
    examples : sequence of (args, expected, rivals)
        ``rivals`` maps names of misconceptions to the degrees that they choose.

    Raises
    ------
    CheckFailed, NotAttempted
        Some choice is wrong; there is nothing to check.
    """
    wrong = []
    for args, expected, rivals in examples:
        actual = call(function, *args)
        if not same(actual, expected, 0, 0):
            wrong.append(Case(args, actual, expected, dict(rivals)))
    if wrong:
        suspects = [*(MISCONCEPTIONS[name] for name in _CHOICES), loss_for_degree]
        reject(wrong, suspects=suspects, whats=[f"the degree, out of {list(wrong[0].args[4])},"])
    passed(f"the degree with the least validation loss, for {len(examples)} sets of points")
