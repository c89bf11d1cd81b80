"""The layers between a student's process and the machine: which there are, and how a process puts them on.

Layers are tried before they are used (`autograder.sandbox.trial`). The zygote opens what all its children share, then
each child confines itself before its first cell, and every process that it forks is confined likewise.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import signal
import socket
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import Limits
from autograder.sandbox import landlock, seccomp, view
from autograder.sandbox.kernel import drop_capabilities, prctl, setns, unshare

__all__ = ["Isolation"]

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 1 << 17, 1 << 26, 1 << 27, 1 << 28, 1 << 29, 1 << 30
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
_F_SETSIG = 10  # of Linux
_NOBODY, _STUDENT = 65534, 1000
_GRACE_SECONDS = 5  # of CPU, between the signal that can be told and the one that cannot be missed


@dataclass
class _Shared:
    """What the zygote has for its children.

    Its process namespace, or a pipe that tells its end; what is readable, and what of it lies in /tmp.
    """

    processes: int = -1
    lifeline: tuple[int, int] | None = None
    below: list[str] = field(default_factory=list)
    readable: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Isolation:
    """How children of one zygote are isolated.

    Parameters
    ----------
    layers : tuple of str
        Those to put on.
    limits : Limits
        What one submission may use.
    hidden : tuple of str
        Folders that stay out of sight even where they lie in a readable one.
    absent : tuple of str
        Modules that are not there.
    """

    layers: tuple[str, ...]
    limits: Limits
    hidden: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    _shared: _Shared = field(default_factory=_Shared)

    def open(self, root: str) -> None:
        """Make what all children share, once in the zygote and before it has threads.

        With namespaces, what comes back is a fork: the first process of a namespace that holds all that it will start.

        Parameters
        ----------
        root : str
            An empty folder, where the children's file system is put together.
        """
        if "namespaces" not in self.layers:
            self._shared.lifeline = os.pipe()
            self._shared.readable = view.readable_entries(self.absent) if "landlock" in self.layers else []
            return
        if os.geteuid() != 0:
            _new_user(os.geteuid(), os.getegid())
        _first_process()
        unshare(NEWNS)
        self._shared.below = view.build(root, self.hidden, self.absent)
        self._shared.processes = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def enter(self, root: str) -> None:
        """Leave everything but the children's file system behind, once the zygote has loaded what it needs."""
        if "namespaces" in self.layers:
            view.enter(root)

    def fork(self) -> int:
        """Fork a child, the first process of its namespace if there are namespaces; as ``os.fork``."""
        if "namespaces" not in self.layers:
            return os.fork()
        unshare(NEWPID)
        pid = os.fork()
        if pid:
            setns(self._shared.processes, NEWPID)
        return pid

    def confine(self, folder: str) -> int:
        """Put on all layers; from here on this process can be given student code.

        Parameters
        ----------
        folder : str
            An empty folder for the submission's files, where there are no namespaces.

        Returns
        -------
        int
            A descriptor to keep open, out of reach of student code: while it is, all of the submission's processes end
            with the zygote. -1 where a process namespace sees to that.

        Raises
        ------
        OSError
            A layer that was to hold does not.
        """
        os.setsid()
        if sys.platform != "linux":
            _settle(folder)
            return -1
        size = _address_space()
        home = self._leave() if "namespaces" in self.layers else folder
        lifeline = _tied(self._shared.lifeline[0]) if self._shared.lifeline else -1
        self._drop(home)
        _settle(home)
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        prctl(PR_SET_DUMPABLE, 0)  # the submission's other processes cannot look into this one, nor change it
        if "limits" in self.layers:
            self._limit(size)
        if "landlock" in self.layers:
            self._restrict_files(home)
        if "seccomp" in self.layers:
            inside = "namespaces" in self.layers
            seccomp.restrict(signals=inside, sockets=(socket.AF_UNIX,) if inside else ())
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        return lifeline

    def _leave(self) -> str:
        """Leave the zygote's namespaces; the new network has no way out, not even to itself."""
        unshare(NEWNS | NEWNET | NEWIPC | NEWUTS)
        view.scratch(self.limits.files_mb, self._shared.below)
        return view.HOME

    def _drop(self, home: str) -> None:
        """Become nobody in particular: no root, no groups, no capability."""
        if os.geteuid() == 0 and ("namespaces" in self.layers or _readable_to_all()):
            with contextlib.suppress(OSError):  # where root is alone in its user namespace, it is nobody outside
                if home != view.HOME:
                    os.chown(home, _NOBODY, _NOBODY)
                os.setgroups([])
                os.setresgid(_NOBODY, _NOBODY, _NOBODY)
                os.setresuid(_NOBODY, _NOBODY, _NOBODY)
        if "namespaces" in self.layers:
            prctl(PR_SET_DUMPABLE, 1)  # to write its own maps
            with contextlib.suppress(OSError):  # root may have namespaces where user namespaces are forbidden
                _new_user(_STUDENT, _STUDENT)  # in which its processes are counted apart
        drop_capabilities()

    def _limit(self, size: int) -> None:
        limits = self.limits
        memory = size + limits.memory_mb * 2**20
        tasks = limits.processes if "namespaces" in self.layers else limits.processes + _tasks_of(os.getuid())
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_NPROC, (tasks, tasks))
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits.files_mb * 2**20,) * 2)
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + _GRACE_SECONDS))

    def _restrict_files(self, home: str) -> None:
        if "namespaces" in self.layers:  # all that is there is meant to be read
            landlock.restrict(["/"], ["/tmp", *view.DEVICES])  # noqa: S108 - its own
        else:
            landlock.restrict(self._shared.readable, [home, *view.DEVICES])


def _tied(reader: int) -> int:
    """Let the kernel kill this process's group when the last writer of a pipe is gone; return what holds it to that.

    It is a descriptor of its own: what was forked with another one cannot loosen it.
    """
    own = os.open(f"/proc/self/fd/{reader}", os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(own, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(own, _F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(own, fcntl.F_SETFL, os.O_NONBLOCK | os.O_ASYNC)
    return own


def _settle(home: str) -> None:
    """Make a folder the place for all that is written."""
    os.chdir(home)
    os.environ.update(HOME=home, TMPDIR=home, IPYTHONDIR=f"{home}/.ipython", MPLCONFIGDIR=home, USER="student")
    tempfile.tempdir = None


def _new_user(uid: int, gid: int) -> None:
    """Enter a user namespace, in which this user has a number of its choice and no one else has any."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    unshare(NEWUSER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {outer_uid} 1"), ("gid_map", f"{gid} {outer_gid} 1")):
        Path(f"/proc/self/{name}").write_text(text, encoding="ascii")


def _first_process() -> None:
    """Go on as the first process of a new namespace: it can give its children namespaces, and they end with it."""
    unshare(NEWPID)
    pid = os.fork()
    if pid:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _readable_to_all() -> bool:
    """Tell whether Python and the packages can be read by any user, as below a closed home they cannot."""
    folders = {folder for path in map(Path, view.readable()) for folder in (path, *path.parents) if folder.is_dir()}
    return all(folder.stat().st_mode & 0o5 == 0o5 for folder in folders)


def _address_space() -> int:
    """Return the size of this process's address space, in bytes: limits count from there."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()


def _tasks_of(uid: int) -> int:
    """Count a user's processes and threads: where they share one count, the limit is on top."""
    tasks = 0
    for path in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            status = path.read_text("utf-8", "replace")
            fields = dict(line.partition(":")[::2] for line in status.splitlines())
            tasks += int(fields["Threads"]) * (int(fields["Uid"].split()[0]) == uid)
    return tasks
