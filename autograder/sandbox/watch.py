"""What a submission's processes use together, seen from the zygote: the kernel's limits count each process alone."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import Limits
from autograder.sandbox.scratch import remove

__all__ = ["Watch", "descendants"]

# A cell's process shares its data with the one before it and with the fork that a check runs on: they count thrice.
_SHARERS = 3


def descendants(pid: int) -> list[int]:
    """Return all processes below one, the oldest first; those that end meanwhile may be among them."""
    return sorted(_below(pid), key=_started)


def _below(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        for child in _children(waiting.pop()):
            found.append(child)
            waiting.append(child)
    return found


def _children(pid: int) -> Iterator[int]:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:  # it ended since it was listed
        return
    for thread in threads:
        with contextlib.suppress(OSError):
            yield from map(int, (thread / "children").read_text().split())


def _started(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, IndexError):
        return 0


@dataclass
class Watch:
    """Ends what grows beyond a submission's limits, the youngest process first: a cell, never the cells before it.

    Parameters
    ----------
    limits : Limits
        Of one submission.
    sized : bool
        Whether the kernel holds a submission's files to their size.
    """

    limits: Limits
    sized: bool
    _folders: dict[int, str] = field(default_factory=dict)
    _reasons: dict[int, str] = field(default_factory=dict)
    _usual: int = field(default_factory=lambda: _own_memory(os.getpid()))

    def __bool__(self) -> bool:
        """Whether there is anything to watch."""
        return bool(self._folders)

    def add(self, pid: int, folder: str) -> None:
        """Watch a submission from now on: its first process, and the folder for its files."""
        self._folders[pid] = folder

    def end(self, pid: int) -> None:
        """Kill all processes of a submission and remove its folder."""
        below = descendants(pid)
        _kill(pid)
        while below:  # without a process namespace, orphans are there until none is left to fork
            for process in below:
                _kill(process)
            _reap()
            below = [process for process in (*below, *_strays(self._folders)) if _alive(process)]
        if folder := self._folders.pop(pid, ""):
            remove(folder)
        self._reasons.pop(pid, None)
        _reap()

    def keep(self, pid: int, kept: Collection[int]) -> str:
        """Kill all processes of a submission but its first and some others.

        Parameters
        ----------
        pid : int
            The first process.
        kept : collection of int
            The others, by their numbers inside the sandbox.

        Returns
        -------
        str
            Why a process was ended since the last time: memory, processes, files, or nothing.
        """
        for process in _below(pid):
            if _inner(process) not in kept:
                _kill(process)
        return self._reasons.pop(pid, "")

    def look(self) -> None:
        """End what is too large."""
        for pid, folder in self._folders.items():
            below = descendants(pid)
            used = {process: max(0, _own_memory(process) - self._usual) for process in below}
            while below and (reason := self._excess(below, sum(used[process] for process in below), folder)):
                self._reasons[pid] = reason
                _kill(below.pop())
        _reap()

    def _excess(self, below: list[int], memory: int, folder: str) -> str:
        if memory > _SHARERS * self.limits.memory_mb * 2**20:
            return "memory"
        if len(below) > self.limits.processes:
            return "processes"
        if not self.sized and _size(folder) > self.limits.files_mb * 2**20:
            with contextlib.suppress(RecursionError):  # what lies so deep goes with the submission
                shutil.rmtree(folder, ignore_errors=True)  # safe while student code still works in it
            Path(folder).mkdir(exist_ok=True)
            return "files"
        return ""


def _strays(known: Collection[int]) -> list[int]:
    """Return children of this process that it did not make: orphans of a submission."""
    return [pid for pid in _children(os.getpid()) if pid not in known]


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (OSError, IndexError):
        return False


def _inner(pid: int) -> int:
    """Return the number of a process inside its own namespace."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("utf-8", "replace").splitlines():
            if line.startswith("NSpid:"):
                return int(line.split()[-1])
    return pid


def _own_memory(pid: int) -> int:
    """Return how much memory a process has that is no file's, in bytes."""
    try:
        _, resident, shared = Path(f"/proc/{pid}/statm").read_text().split()[:3]
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * resource.getpagesize()


def _size(folder: str) -> int:
    try:
        return sum(_sizes(folder))
    except RecursionError:  # nobody needs a thousand folders within each other
        return sys.maxsize


def _sizes(folder: str) -> Iterator[int]:
    for parent, folders, files in os.walk(folder):  # it passes over what is gone meanwhile
        for name in (*folders, *files):
            with contextlib.suppress(OSError):
                yield Path(parent, name).lstat().st_size
