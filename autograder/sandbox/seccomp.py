"""Seccomp: the kernel refuses system calls that no lab needs.

A refused call fails as if it lacked permission, so that a library which asks out of curiosity goes on without it.
Only a call of another machine's kind, which nothing here makes, ends the process.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import socket
from collections.abc import Sequence

from autograder.sandbox.kernel import prctl

__all__ = ["restrict"]

# Numbers on x86_64 and on aarch64.
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    # other processes' memory and descriptors
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    # file systems and namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "fanotify_init": (300, 262),
    # the kernel itself
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "lookup_dcookie": (212, 18),
    "syslog": (103, 116),
    "personality": (135, 92),
    "memfd_secret": (447, 447),
    "iopl": (172, None),
    "ioperm": (173, None),
    "uselib": (134, None),
    # the machine
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "vhangup": (153, 58),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "nfsservctl": (180, 42),
    # keys, priorities, memory and queues that outlive a process
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "setpriority": (141, 140),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
}
# Without a process namespace, signals would reach the grader, and what leaves its group would outlive it.
_SIGNALS: dict[str, tuple[int | None, int | None]] = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "setsid": (112, 157),
    "setpgid": (109, 154),
}
_CLONE, _CLONE3, _SOCKET, _PRLIMIT = (56, 220), (435, 435), (41, 198), (302, 261)
_NEW_NAMESPACES = 0x7E020080  # every CLONE_NEW… flag
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32 = 0x40000000

_LOAD, _EQUAL, _ABOVE, _ANY, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _MACHINE, _FIRST = 0, 4, 16  # offsets in the kernel's description of a call
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, _FILTER = 22, 38, 2

type_instruction = tuple[int, int, int, int]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def restrict(
    *, signals: bool, sockets: Sequence[int] = (socket.AF_UNIX,) if hasattr(socket, "AF_UNIX") else ()
) -> None:
    """Refuse from now on, for this process and all that it starts.

    Parameters
    ----------
    signals : bool
        Whether signals may be sent, and a process group left: in a process namespace that reaches the submission's own
        processes alone.
    sockets : sequence of int
        Families of sockets that may be made.

    Raises
    ------
    OSError
        The kernel has no seccomp, or the machine is not known.
    """
    if platform.machine() not in _MACHINES:
        raise OSError(errno.ENOSYS, f"no filter for {platform.machine()}")
    code = _program(*_MACHINES[platform.machine()], signals=signals, sockets=sockets)
    packed = b"".join(
        kind.to_bytes(2, "little") + bytes((yes, no)) + value.to_bytes(4, "little") for kind, yes, no, value in code
    )
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_SECCOMP, _FILTER, ctypes.byref(_Program(len(code), packed)))


def _program(column: int, machine: int, *, signals: bool, sockets: Sequence[int]) -> list[type_instruction]:
    """Return the filter: each refused call is compared with the number, and returns at once."""
    refused = {**_REFUSED, **({} if signals else _SIGNALS)}
    code = [(_LOAD, 0, 0, _MACHINE), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER)]
    if column == 0:
        code += [(_ABOVE, 0, 1, _X32), _refuse(errno.ENOSYS)]
    for numbers in refused.values():
        number = numbers[column]
        if number is not None:
            code += [(_EQUAL, 0, 1, number), _refuse(errno.EPERM)]
    code += [(_EQUAL, 0, 1, _CLONE3[column]), _refuse(errno.ENOSYS)]  # its flags cannot be seen: clone is used instead
    code += [(_EQUAL, 0, 3, _CLONE[column]), (_LOAD, 0, 0, _FIRST)]
    code += [(_ANY, 0, 1, _NEW_NAMESPACES), _refuse(errno.EPERM), (_LOAD, 0, 0, _NUMBER)]
    code += [(_EQUAL, 0, 3, _PRLIMIT[column]), (_LOAD, 0, 0, _FIRST), (_EQUAL, 1, 0, 0), _refuse(errno.EPERM)]
    code += [(_LOAD, 0, 0, _NUMBER), (_EQUAL, 0, 2 + len(sockets), _SOCKET[column]), (_LOAD, 0, 0, _FIRST)]
    code += [(_EQUAL, len(sockets) - place, 0, family) for place, family in enumerate(sockets)]
    return [*code, _refuse(errno.EPERM), (_RETURN, 0, 0, _ALLOW)]


def _refuse(error: int) -> type_instruction:
    return (_RETURN, 0, 0, _REFUSE | error)
