"""Earlier answers that an exercise leans on: the student's own, and right ones in their place.

A mistake costs once, because right functions can stand in for earlier answers. And nobody lies in step: what an answer
should be never comes from a student's function alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from course_utils.checks import context
from course_utils.checks.outcome import CheckFailed

__all__ = ["forgiving", "own", "standing_in"]


def _notebook() -> dict[str, Any]:
    """Return the notebook's names: in a kernel those that the check sees, in the judge those beside the student's."""
    names = context.current.names
    return vars(sys.modules["__main__"]) if names is None else names


def _read(name: str) -> Any:
    return _notebook().get(name)


def _swap(given: dict[str, Any], dropped: Sequence[str] = ()) -> dict[str, Any]:
    """Give names of the notebook other values; return the values that they had."""
    names = _notebook()
    before = {name: names[name] for name in given if name in names}
    names.update(given)
    for name in dropped:
        names.pop(name, None)
    return before


def own(name: str) -> Any:
    """Return what a name means in the student's notebook; None if it has no value."""
    return context.inside(_read)(name)


@contextmanager
def standing_in(**functions: Callable[..., Any]) -> Iterator[None]:
    """Let names of the student's notebook mean other functions, for as long as the block lasts."""
    before = context.inside(_swap)(functions)
    try:
        yield
    finally:
        context.inside(_swap)(before, [name for name in functions if name not in before])


def forgiving(check: Callable[[Mapping[str, Any]], None], **right: Callable[..., Any]) -> None:
    """Check an answer with right functions standing in for earlier answers; failing that, with the student's own.

    Whoever uses an earlier answer by its name passes the first time, whoever does without it the second.

    Parameters
    ----------
    check : callable
        Raises `CheckFailed`; it is told what stands in: all of ``right``, then nothing.
    **right : callable
        What stands in, by the names of exercises: functions of ours, or (faster where a student asks often) those of a
        module, taken `inside`.

    Raises
    ------
    CheckFailed, NotAttempted
        The answer fails both times; if for the same reason, with the student's own numbers.
    """
    try:
        with standing_in(**right):
            check(right)
    except CheckFailed as failed:
        first = failed
    else:
        return
    try:
        check({})
    except CheckFailed as second:
        if second.misconception == first.misconception:
            raise
        raise first from None
