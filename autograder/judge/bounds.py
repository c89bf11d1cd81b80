"""How long and how much the judge may work for one check: what it computes, students' values and calls decide."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from autograder.sandbox.wire import DeadlineExceeded

try:
    import resource
except ImportError:  # Windows has neither these limits nor alarms
    resource = None  # type: ignore[assignment]

__all__ = ["bounded"]

EXTRA_BYTES = 4 * 2**30
_AGAIN = 0.5  # seconds after which the alarm rings again, if whatever it interrupted swallowed it


@contextmanager
def bounded(seconds: float, extra_bytes: int = EXTRA_BYTES) -> Iterator[None]:
    """Stop what the block does after some time, and refuse memory beyond what the process has now and some more.

    Outside of a main thread, and on Windows, nothing is bounded.

    Raises
    ------
    DeadlineExceeded
        The time is over.
    MemoryError
        The memory is used up.
    """
    if resource is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    limits, handler = resource.getrlimit(resource.RLIMIT_DATA), signal.signal(signal.SIGALRM, _ring)
    try:
        _limit_data(extra_bytes, limits)
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3), _AGAIN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        resource.setrlimit(resource.RLIMIT_DATA, limits)


def _ring(*_: object) -> NoReturn:
    raise DeadlineExceeded


def _limit_data(extra: int, limits: tuple[int, int]) -> None:
    """Set the soft limit of private memory; where Linux does not say how much there is now, there is none."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[5])
    except (OSError, IndexError, ValueError):
        return
    most = pages * resource.getpagesize() + extra
    if limits[1] != resource.RLIM_INFINITY:
        most = min(most, limits[1])
    resource.setrlimit(resource.RLIMIT_DATA, (most, limits[1]))
