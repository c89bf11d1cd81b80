"""Calling a student's function, and letting it call ours."""

from __future__ import annotations

import contextlib
import copy
import linecache
import sys
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.checks.messages import shortened, understood
from course_utils.checks.misconceptions import is_tensor
from course_utils.checks.outcome import CheckFailed, fail, not_attempted

__all__ = ["Recorder", "call", "copy_plain", "raised", "record"]


def call(function: Callable[..., Any], *args: Any, changes_input: bool = False, **kwargs: Any) -> Any:
    """Call a student's function with copies of the arguments.

    What it writes to stderr (warnings, progress bars) goes to stdout: stock nbgrader takes marks away for stderr.

    Parameters
    ----------
    function : callable
        The student's function, local or remote.
    *args, **kwargs
        Its arguments; arrays and lists are copied first.
    changes_input : bool
        Whether it may change them in place.

    Returns
    -------
    object
        What it returned.

    Raises
    ------
    NotAttempted
        It is still the stub.
    CheckFailed
        It raised an error, or changed an argument.
    """
    given = copy_plain(args)
    try:
        with contextlib.redirect_stderr(sys.stdout):
            result = function(*given, **copy_plain(kwargs))
    except NotImplementedError as error:
        if understood(str(error)):  # torch's own: a module without forward
            _fail_on(error)
        not_attempted()
    except CheckFailed:
        raise
    except Exception as error:  # noqa: BLE001 - whatever student code raises is a wrong answer, and is told
        _fail_on(error)
    if not changes_input and not _equal(given, args):
        fail(misconception="changes_input")
    return result


def raised(function: Callable[..., Any], *args: Any) -> Exception | None:
    """Call a student's function and return the exception that it raises, or None."""
    try:
        with contextlib.redirect_stderr(sys.stdout):
            function(*copy_plain(args))
    except NotImplementedError:
        not_attempted()
    except CheckFailed:
        raise
    except Exception as error:  # noqa: BLE001 - the exception is the result
        return error
    return None


def _fail_on(error: Exception) -> None:
    text = f"{type(error).__name__}: {error}"
    place = getattr(error, "student_line", None) or _student_line(error)
    details = [place] if place else []
    known = understood(text)
    words = f"{shortened(text)}\n  In plain words: {known.sentence}" if known else text
    fail(f"your code stops with {words}", misconception=known.name if known else None, details=details)


def _student_line(error: Exception) -> str | None:
    """Quote the last line of a notebook cell in the traceback."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if "ipykernel" in frame.filename or "ipython-input" in frame.filename:
            line = linecache.getline(frame.filename, frame.lineno or 0).strip()
            return f"line {frame.lineno} of the cell: {line}"
    return None


def copy_plain(value: Any) -> Any:
    """Copy arrays, tensors (not tracked, as on the wire) and containers; hand over everything else as it is."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if is_tensor(value):
        return value.detach().clone()
    if isinstance(value, list | tuple):
        return type(value)(copy_plain(item) for item in value)
    if isinstance(value, dict):
        return {key: copy_plain(item) for key, item in value.items()}
    return copy.copy(value) if isinstance(value, set) else value


def _equal(left: Any, right: Any) -> bool:
    if is_tensor(left):
        left, right = left.detach().numpy(), right.detach().numpy()
    if isinstance(left, np.ndarray):
        return left.shape == right.shape and np.array_equal(left, right, equal_nan=left.dtype.kind == "f")
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(_equal, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_equal(left[key], right[key]) for key in left)
    return left is right or bool(left == right) if isinstance(left, int | float | str | set) else True


class Recorder:
    """A function of ours that remembers at which points it was asked.

    In the judge the function stays with the judge, so that the record cannot be forged.

    Attributes
    ----------
    points : list
        The first argument of each call, copied.
    """

    def __init__(self, function: Callable[..., Any], limit: int = 1_000_000) -> None:
        self._function, self._limit = function, limit
        self.points: list[Any] = []

    @property
    def calls(self) -> int:
        """How often it was called."""
        return len(self.points)

    def __call__(self, *args: Any) -> Any:
        """Call the function and remember the point."""
        if self.calls >= self._limit:
            fail(f"your code asks for the given function more than {self._limit} times: does your loop ever end?")
        self.points.append(copy_plain(args[0]) if args else None)
        return self._function(*args)


def record(function: Callable[..., Any], limit: int = 1_000_000) -> Recorder:
    """Wrap a given function so that a check sees where it was called."""
    return Recorder(function, limit)
