"""Checks of what kind of flat point a point is: one word for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from course_utils.checks.calls import call
from course_utils.checks.misconceptions import MISCONCEPTIONS, add
from course_utils.checks.outcome import fail, passed
from course_utils.checks.values import shown

__all__ = ["FlatPoint", "flat_points", "words"]

Function = Callable[[float], float]
LOW, HIGH, TERRACE = "minimum", "maximum", "neither"
_NEAR, _FAR = 1e-3, 1.0


@dataclass(frozen=True, slots=True)
class FlatPoint:
    """A flat point of a function: its name for the student, slope, curvature, place and kind."""

    name: str
    df: Function
    d2f: Function
    x: float
    kind: str

    @property
    def curvature(self) -> float:
        """Of which sign the second derivative is."""
        return self.d2f(self.x)

    def sides(self, distance: float = _NEAR) -> tuple[float, float]:
        """Return the slopes to the left and to the right."""
        return self.df(self.x - distance), self.df(self.x + distance)

    @property
    def is_crowded(self) -> bool:
        """Whether another flat point lies so near that a large step oversees it."""
        near, far = self.sides(), self.sides(_FAR)
        return any((a > 0) != (b > 0) for a, b in zip(near, far, strict=True))


add("other_words", 'your answer is none of the words "minimum", "maximum", "neither".')
add(
    "always_minimum",
    "you call every flat point a minimum.",
    "x³ − 3x is flat at −1 too: which way does it leave that point?",
)
add(
    "kinds_swapped",
    "you exchange minimum and maximum.",
    "at the bottom of x² the curve bends upwards: is its second derivative 2 or −2?",
)
add(
    "zero_curvature_is_neither",
    'where f″(x) = 0 you always answer "neither".',
    "x⁴ has its minimum at 0, and f″(0) = 0: with no curvature the question is open.",
)
add(
    "zero_curvature_is_minimum",
    'where f″(x) = 0 you always answer "minimum".',
    "x³ is flat and without curvature at 0: walk through 0 from left to right.",
)
add(
    "zero_curvature_is_maximum",
    'where f″(x) = 0 you always answer "maximum".',
    "x⁴ is flat and without curvature at 0: walk through 0 from left to right.",
)
add(
    "never_neither",
    "whatever is no minimum you call a maximum.",
    "on stairs a landing is flat, and the stairs go up on both sides of it: is it the top?",
)
add(
    "one_side",
    "you look at one side of the point only.",
    "uphill to the right can be the way out of a valley, or the next flight of stairs behind a landing.",
)
add(
    "compares_sizes",
    "you compare which of the two slopes is larger; what counts is whether each goes up or down.",
    "on stairs the slope can be larger behind the landing than before it.",
)
add(
    "looks_too_far",
    "you look so far from the point that another flat point lies between.",
    "how far apart are the flat points of the exercise, at least?",
)

# What a student with one of these ideas answers, from curvature and the two slopes.
_IDEAS: tuple[tuple[str, Callable[[FlatPoint], str]], ...] = (
    ("always_minimum", lambda _: LOW),
    ("kinds_swapped", lambda point: {LOW: HIGH, HIGH: LOW}.get(point.kind, point.kind)),
    ("zero_curvature_is_neither", lambda point: _by_curvature(point, TERRACE)),
    ("zero_curvature_is_minimum", lambda point: _by_curvature(point, LOW)),
    ("zero_curvature_is_maximum", lambda point: _by_curvature(point, HIGH)),
    ("never_neither", lambda point: LOW if point.kind == LOW else HIGH),
    ("compares_sizes", lambda point: _by_sizes(point, HIGH)),
    ("compares_sizes", lambda point: _by_sizes(point, LOW)),
    ("compares_sizes", lambda point: _by_sizes(point, TERRACE)),
    ("one_side", lambda point: LOW if point.sides()[1] > 0 else HIGH),
    ("one_side", lambda point: LOW if point.sides()[0] < 0 else HIGH),
)


def _by_curvature(point: FlatPoint, otherwise: str) -> str:
    return otherwise if point.curvature == 0 else LOW if point.curvature > 0 else HIGH


def _by_sizes(point: FlatPoint, otherwise: str) -> str:
    left, right = point.sides()
    return otherwise if left == right else LOW if left < right else HIGH


def flat_points(function: Callable[..., Any], examples: Sequence[tuple[str, Function, Function, float, str]]) -> None:
    """Check the kinds that a student's function gives to flat points.

    Parameters
    ----------
    function : callable
        Takes slope, curvature and place, returns a word.
    examples : sequence of (name, df, d2f, x, kind)
        The functions, as students read them; slope and curvature; the place and its kind.

    Raises
    ------
    CheckFailed
        Some kind is wrong.
    """
    points = [FlatPoint(*example) for example in examples]
    answers = [call(function, point.df, point.d2f, point.x) for point in points]
    _check_words(answers, (LOW, HIGH, TERRACE))
    wrong = [(point, answer) for point, answer in zip(points, answers, strict=True) if answer != point.kind]
    if wrong:
        _fail_kind(points, answers, wrong)
    passed(f"the kind of {len(points)} flat points")


def _check_words(answers: Sequence[Any], possible: Sequence[str]) -> None:
    for answer in answers:
        if answer is None:
            fail(misconception="no_return")
        if not isinstance(answer, str) or answer not in possible:
            listed = ", ".join(f'"{word}"' for word in possible)
            sentence = f"your answer is none of the words {listed}."
            fail(sentence, misconception="other_words", details=[f"your function returns {shown(answer)}"])


def _fail_kind(points: Sequence[FlatPoint], answers: Sequence[str], wrong: Sequence[tuple[FlatPoint, str]]) -> NoReturn:
    name = _diagnose(points, answers, wrong)
    sentence = MISCONCEPTIONS[name].sentence if name else f"{len(wrong)} of {len(points)} flat points are wrong."
    details = [f"{point.name} at {point.x:g}: you say {answer}, it is a {point.kind}" for point, answer in wrong]
    details = [line.replace("a neither", "neither") for line in details]
    fail(sentence, misconception=name, details=details)


def _diagnose(
    points: Sequence[FlatPoint], answers: Sequence[str], wrong: Sequence[tuple[FlatPoint, str]]
) -> str | None:
    """Name the idea that gives all these answers, the right ones too."""
    for name, idea in _IDEAS:
        if all(idea(point) == answer for point, answer in zip(points, answers, strict=True)):
            return name
    return "looks_too_far" if all(point.is_crowded for point, _ in wrong) else None


def words(function: Callable[..., Any], examples: Sequence[tuple[tuple[Any, ...], str]]) -> None:
    """Check a student's function that answers with words.

    Parameters
    ----------
    function : callable
        The student's function.
    examples : sequence of (args, word)
        What goes in, and what is right.

    Raises
    ------
    CheckFailed
        Some word is wrong.
    """
    answers = [call(function, *args) for args, _ in examples]
    _check_words(answers, sorted({word for _, word in examples}))
    for answer, (args, word) in zip(answers, examples, strict=True):
        if answer != word:
            fail("some words are wrong.", details=[f"for {', '.join(map(shown, args))} you say {answer}, it is {word}"])
    passed(f"the right word for {len(examples)} examples")
