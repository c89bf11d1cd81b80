"""Checks of a choice among statements, each with a letter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from course_utils.checks.misconceptions import add
from course_utils.checks.outcome import fail, passed

__all__ = ["chosen", "letters"]

add(
    "flat_is_enough",
    "you trust a flat point to be a minimum.",
    "look at the picture of the flat points again: is each of them the bottom of a valley?",
)
add(
    "zero_curvature_trusted",
    "you trust a flat point without curvature to be a minimum.",
    "x³ and x⁴ are both flat and without curvature at 0.",
)
add(
    "curvature_is_enough",
    "you trust curvature alone.",
    "x² curves upwards everywhere: is every x a minimum of it?",
)
add(
    "samples_trusted",
    "you trust two samples.",
    "what may the function do between the places where you looked?",
)
add("sign_change_missed", "you left out a sure sign of a minimum.", "first downhill, then uphill: what lies between?")
add(
    "curved_flat_missed", "you left out a sure sign of a minimum.", "flat, and curved upwards: which way does it leave?"
)
add("parabola_missed", "you left out a sure sign of a minimum.", "how many flat points has a parabola?")


def letters(answer: Any, possible: str) -> None:
    """Check that an answer is a choice of letters, right or wrong.

    Parameters
    ----------
    answer : str or collection of str
        "AC", "a, c", ["A", "C"] and {"A", "C"} are the same.
    possible : str
        All letters.

    Raises
    ------
    CheckFailed
        It is anything else.
    """
    found = _letters(answer)
    if not found or not found <= set(possible):
        wanted = f'Write the letters that you choose, of {possible[0]} to {possible[-1]}, as text such as "XY".'
        fail("your answer is not a choice of letters.", misconception="not_a_choice", hint=wanted)
    passed(f"you chose {', '.join(sorted(found))}; whether it is right, you learn when your work is graded")


add("not_a_choice", "your answer is not a choice of letters.")


def _letters(answer: Any) -> set[str] | None:
    if isinstance(answer, str):
        return set(answer.upper()) - set(" ,;\n")
    if isinstance(answer, list | tuple | set | frozenset) and all(isinstance(item, str) for item in answer):
        return {item.strip().upper() for item in answer}
    return None


def chosen(answer: Any, right: Iterable[str], reasons: Mapping[str, str]) -> None:
    """Compare a choice of letters with the right one.

    Parameters
    ----------
    answer : str or collection of str
        The student's choice.
    right : iterable of str
        The right letters.
    reasons : mapping of str to str
        For each letter, the misconception of somebody who gets it wrong; the first that applies is named.

    Raises
    ------
    CheckFailed
        The two differ.
    """
    wrong = (_letters(answer) or set()) ^ set(right)
    for letter, name in reasons.items():
        if letter in wrong:
            fail(misconception=name)
    if wrong:
        fail("your choice is not right yet.")
    passed("your choice is right")
