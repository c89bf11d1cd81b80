"""Huge pages: a fork copies the tables of a process's pages, and with larger pages there is less to copy."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["collapse"]

_HUGE = 2 * 2**20
_COLLAPSE = 25  # advice of Linux 6.1


def collapse() -> int:
    """Gather this process's own memory into huge pages, once it has loaded what its forks will share.

    Returns
    -------
    int
        How many huge pages were made; 0 where the kernel does not know how, which costs time alone.
    """
    if sys.platform != "linux":
        return 0
    advise = ctypes.CDLL(None).madvise
    made = 0
    for start, end in _own_memory():
        size = end - start
        if advise(ctypes.c_void_p(start), ctypes.c_size_t(size), _COLLAPSE) == 0:
            made += size // _HUGE
    return made


def _own_memory() -> Iterator[tuple[int, int]]:
    """Return where whole huge pages fit into memory that is no file's and can be written."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        place, rights, _, _, inode, *name = line.split(maxsplit=5)
        if rights == "rw-p" and inode == "0" and name in ([], ["[heap]"]):
            start, end = (int(text, 16) for text in place.split("-"))
            start, end = -(-start // _HUGE) * _HUGE, end // _HUGE * _HUGE
            if start < end:
                yield start, end
