"""One writer at a time: the lock of a class."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autograder.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.course import Course

__all__ = ["only_one"]


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
            _lock(descriptor)
        except BlockingIOError as error:
            raise UsageError(f"another command writes into {where}: wait for it, then try again") from error
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows has other locks, and one instructor
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
