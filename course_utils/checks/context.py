"""Which exercise is being checked, and by whom: a student's kernel, or the judge."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

__all__ = ["Context", "exercise", "hidden", "in_judge", "inside", "rng"]


@dataclass(frozen=True, slots=True)
class Context:
    """What a check cell needs to know of its place; ``told``: its hidden part has printed its line.

    ``cell`` is the file name that a kernel gives the cell: another text has another one; ``names`` are its notebook's.
    """

    number: str = "?"
    name: str = ""
    cell: str = ""
    hidden: bool = False
    told: bool = False
    key: bytes = b"in a kernel"
    inside: Callable[[Any], Any] | None = None
    names: dict[str, Any] | None = None


current = Context()


def exercise(number: str, name: str) -> None:
    """Open a check cell: what follows checks exercise ``number``, which defines ``name``.

    Raises
    ------
    NotAttempted
        The cell of the exercise was not run, or its value is still None.
    """
    global current  # noqa: PLW0603 - one check cell runs at a time
    frame = sys._getframe(1)  # noqa: SLF001 - the check cell, in a kernel and in the judge
    cell, names = frame.f_code.co_filename, frame.f_globals
    current = replace(current, number=number, name=name, cell=cell, hidden=False, told=False, names=names)
    if current.inside is None:  # a student's kernel, not the judge
        from course_utils.progress import watch

        watch()
    if names.get(name) is None:
        from course_utils.checks.outcome import not_attempted

        not_attempted(f"{name} has no value. Write your answer in its cell, run that cell, then run this one.")


def hidden() -> None:
    """Mark that the rest of the cell tries inputs which no message may show."""
    global current  # noqa: PLW0603
    current = replace(current, hidden=True)


@contextmanager
def in_judge(key: bytes, inside: Callable[[Any], Any]) -> Iterator[None]:
    """Tell the checks that a judge runs them, for as long as the block lasts.

    Parameters
    ----------
    key : bytes
        Seeds `rng`: drawn from the course's secret, the student, the lab and the check.
    inside : callable
        Takes a given function to where the student's objects live.
    """
    global current  # noqa: PLW0603
    before, current = current, Context(key=key, inside=inside)
    try:
        yield
    finally:
        current = before


def rng(name: str) -> np.random.Generator:
    """Random numbers for inputs: the same at each run in a kernel; in the judge, the student's own."""
    digest = hashlib.sha256(current.key + b"\0" + name.encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def inside(function: Callable[..., Any]) -> Callable[..., Any]:
    """Use a given function on the student's own objects.

    In a kernel this is ``function`` itself; the judge has it run beside those objects, and believes only plain results.
    """
    return function if current.inside is None else current.inside(function)
