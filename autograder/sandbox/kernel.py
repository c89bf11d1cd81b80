"""Calls to the Linux kernel that Python 3.11 has no function for."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import platform
import sys
from typing import Any

__all__ = ["SYSCALLS", "detach", "drop_capabilities", "mount", "prctl", "setns", "syscall", "unshare"]

# Numbers of system calls, by machine. Those from 424 on are the same everywhere.
SYSCALLS: dict[str, dict[str, int]] = {
    "x86_64": {"pivot_root": 155, "capset": 126},
    "aarch64": {"pivot_root": 41, "capset": 91},
}
_NEW = {"mount_setattr": 442, "landlock_create_ruleset": 444, "landlock_add_rule": 445, "landlock_restrict_self": 446}
_CAPABILITIES_VERSION = 0x20080522
PR_CAPBSET_DROP = 24


@functools.cache
def _libc() -> Any:
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, "these calls exist on Linux alone")
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(name: str, *arguments: Any) -> int:
    """Call the kernel by the name of a system call.

    Raises
    ------
    OSError
        The kernel refuses, or has no such call.
    """
    number = _NEW.get(name) or SYSCALLS.get(platform.machine(), {}).get(name)
    if number is None:
        raise OSError(errno.ENOSYS, f"{name}: its number is not known for {platform.machine()}")
    plain = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return _checked(_libc().syscall(ctypes.c_long(number), *plain), name)


def unshare(flags: int) -> None:
    """Leave namespaces for new ones (of processes: the children to come)."""
    _checked(_libc().unshare(ctypes.c_int(flags)), "unshare")


def setns(descriptor: int, flags: int) -> None:
    """Enter the namespace of an open file."""
    _checked(_libc().setns(descriptor, flags), "setns")


def prctl(option: int, value: int, *more: Any) -> int:
    """Set an attribute of this process."""
    arguments = [ctypes.c_ulong(value), *more, *[ctypes.c_ulong(0)] * (3 - len(more))]
    return _checked(_libc().prctl(ctypes.c_int(option), *arguments), "prctl")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mount a file system, or a folder at a second place."""
    texts = [os.fsencode(text) for text in (source, target, kind, data)]
    result = _libc().mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3])
    _checked(result, f"mount {target}")


def detach(target: str) -> None:
    """Unmount a file system, now or when nobody uses it any more."""
    _checked(_libc().umount2(os.fsencode(target), 2), f"unmount {target}")


def drop_capabilities() -> None:
    """Give up every capability, for this process and all that it starts."""
    for number in range(64):
        try:
            prctl(PR_CAPBSET_DROP, number)
        except OSError:  # there are fewer, or this process may not: then it has none to hand on either
            break
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    syscall("capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))
