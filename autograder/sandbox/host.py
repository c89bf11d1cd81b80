"""Starting and ending the zygote, from the judge's side."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from autograder.errors import SandboxError
from autograder.sandbox.scratch import Scratch
from autograder.sandbox.settings import Settings, protection
from autograder.sandbox.wire import Connection, DeadlineExceeded, Lost, Message, WireError

__all__ = ["Zygote", "environment"]

START_SECONDS = 120.0
THREADS = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}


def environment(scratch: Path, cache: Path) -> dict[str, str]:
    """Return the variables that a process of ours starts with: nothing of the instructor's.

    Parameters
    ----------
    scratch : Path
        Its folder for files.
    cache : Path
        Where matplotlib keeps its list of fonts between runs.
    """
    return {
        "PATH": os.defpath,
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "IPYTHONDIR": str(scratch / "ipython"),
        "MPLCONFIGDIR": str(cache),
        "LANG": "C.UTF-8",
        **THREADS,
    }


class Zygote:
    """The process that forks children; use it as a context manager.

    Parameters
    ----------
    cache : Path
        Where matplotlib keeps its list of fonts between runs.
    settings : Settings, optional
        What it loads, and how its children are isolated.

    Attributes
    ----------
    protection : str
        The layers of isolation that were tried and hold, as `autograder.sandbox.isolation.protection` names them.
    """

    def __init__(self, cache: Path, settings: Settings | None = None) -> None:
        self._scratch = Scratch()  # children may be of another user, and have their folders below
        self._folder = self._scratch.path
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = self._start(theirs, cache, settings or Settings())
        self._connection = Connection(ours)
        self._connection.deadline = time.monotonic() + START_SECONDS
        layers = self._receive().fields.get("layers")
        self.protection = protection(layers if isinstance(layers, list) else [])

    def __enter__(self) -> Self:
        """Return the zygote, ready to spawn."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it and all that it forked, and remove their files."""
        self._connection.close()
        self._process.kill()
        self._process.wait()
        self._scratch.close()

    def spawn(self) -> tuple[socket.socket, int]:
        """Fork a child, isolated; return the socket to it and its process id.

        Raises
        ------
        SandboxError
            The zygote is gone.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                pid = self._ask(Message("spawn", {}, descriptors=[theirs.fileno()]))
            except SandboxError:
                ours.close()
                raise
        return ours, int(pid)

    def keep(self, pid: int, kept: Sequence[int]) -> str:
        """Kill all of a child's processes but itself and some others, by the numbers that they have among themselves.

        Returns
        -------
        str
            Why processes were ended since the last time: "memory", "processes", "files", or nothing.
        """
        return str(self._ask(Message("keep", {"pid": pid, "kept": list(kept)})) or "")

    def end(self, pid: int) -> None:
        """Kill a child and all its processes, and remove their files."""
        self._ask(Message("end", {"pid": pid}))

    def _ask(self, message: Message) -> Any:
        self._connection.deadline = time.monotonic() + START_SECONDS
        try:
            self._connection.send(message)
        except (Lost, DeadlineExceeded) as error:
            raise SandboxError("the zygote is gone") from error
        return self._receive().fields.get("value")

    def _receive(self) -> Message:
        try:
            return self._connection.receive()
        except (Lost, DeadlineExceeded, WireError) as error:
            log = (self._folder / "zygote.log").read_text(errors="replace")
            raise SandboxError(f"the zygote does not answer: {log[-2000:]}") from error

    def _start(self, theirs: socket.socket, cache: Path, settings: Settings) -> subprocess.Popen[bytes]:
        cache.mkdir(parents=True, exist_ok=True)
        scratch = self._folder / "scratch"
        scratch.mkdir(mode=0o711)
        command = [sys.executable, "-I", "-m", "autograder.sandbox.zygote", str(theirs.fileno()), settings.to_json()]
        with (self._folder / "zygote.log").open("wb") as log:
            return subprocess.Popen(
                command,
                env=environment(scratch, cache),
                cwd=scratch,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
            )
