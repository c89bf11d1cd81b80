"""One writer at a time: the lock of a class, and the shorter one of those who change scores beside it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autograder.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from autograder.course import Course

__all__ = ["in_turn", "only_one"]


@contextmanager
def only_one(course: Course) -> Iterator[None]:
    """Keep a second command out of the class; a killed one leaves no lock behind.

    Parameters
    ----------
    course : Course
        Whose class it is.

    Raises
    ------
    UsageError
        Another command writes into the class, or nobody can.
    """
    where = course.class_folder
    try:
        where.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(where / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UsageError(f"cannot write into {where} ({error.strerror}): give another folder with --class") from error
    try:
        try:
            _lock(descriptor, wait=False)
        except BlockingIOError as error:
            raise UsageError(f"another command writes into {where}: wait for it, then try again") from error
        yield
    finally:
        os.close(descriptor)


@contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """Wait until nobody else holds a file, and hold it; for steps of milliseconds.

    Parameters
    ----------
    path : Path
        The file; it is made, and stays empty.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock(descriptor, wait=True)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, *, wait: bool) -> None:
    try:
        import fcntl
    except ImportError:  # Windows has other locks, and one instructor
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
