"""Landlock: a process gives up all files but those below some paths. It needs no privilege."""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable

from autograder.sandbox.kernel import syscall

__all__ = ["abi", "restrict"]

_EXECUTE, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_FILE_RIGHTS = _EXECUTE | _WRITE | _READ | 1 << 14 | 1 << 15  # what a rule on a single file may name
# How many rights on files each version of the interface knows: refer, truncate and ioctl came later.
_KNOWN = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NETWORK = 0b11  # bind and connect of TCP, from version 4
_SCOPES = 0b11  # abstract Unix sockets and signals stay within, from version 6
_VERSION_FLAG = 1
_PATH_BENEATH = 1


class _Rule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def abi() -> int:
    """Return the version of the kernel's interface, 0 if there is none."""
    try:
        return syscall("landlock_create_ruleset", None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def restrict(read: Iterable[str], write: Iterable[str]) -> None:
    """Give up all files but those at or below some paths; nothing can be executed as a program.

    Parameters
    ----------
    read : iterable of str
        What may be read; paths that do not exist are left out.
    write : iterable of str
        What may be changed, too.

    Raises
    ------
    OSError
        The kernel has no Landlock.
    """
    version = abi()
    every = (1 << _KNOWN.get(version, 16)) - 1
    handled = (ctypes.c_uint64 * 3)(every, _NETWORK if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = syscall("landlock_create_ruleset", ctypes.byref(handled), size, 0)
    try:
        for path in read:
            _allow(ruleset, path, _READ | _LIST)
        for path in write:
            _allow(ruleset, path, every & ~_EXECUTE)
        syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        wanted = rights if stat.S_ISDIR(os.fstat(descriptor).st_mode) else rights & _FILE_RIGHTS
        rule = _Rule(wanted, descriptor)
        syscall("landlock_add_rule", ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)
