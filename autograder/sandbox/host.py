"""Starting and ending the zygote, from the judge's side."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

from autograder.errors import SandboxError
from autograder.sandbox.wire import Connection, DeadlineExceeded, Lost, Message, WireError

__all__ = ["Zygote"]

START_SECONDS = 120.0
THREADS = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}


class Zygote:
    """The process that forks children; use it as a context manager.

    Parameters
    ----------
    cache : Path
        Where matplotlib keeps its list of fonts between runs.
    environment : str
        What is loaded before the first student: "numpy", or "torch" besides.
    """

    def __init__(self, cache: Path, environment: str = "numpy") -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="zygote-"))
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = self._start(theirs, cache, environment)
        self._connection = Connection(ours)
        self._connection.deadline = time.monotonic() + START_SECONDS
        self._receive()

    def __enter__(self) -> Self:
        """Return the zygote, ready to spawn."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it and all that it forked, and remove their files."""
        self._connection.close()
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def spawn(self) -> tuple[socket.socket, int]:
        """Fork a child; return the socket to it and its process id, which is its session too.

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
        return ours, pid

    def end(self, pid: int) -> None:
        """Kill all processes of a child's session and remove its folder."""
        self._ask(Message("end", {"pid": pid}))

    def _ask(self, message: Message) -> int:
        self._connection.deadline = time.monotonic() + START_SECONDS
        try:
            self._connection.send(message)
        except (Lost, DeadlineExceeded) as error:
            raise SandboxError("the zygote is gone") from error
        return int(self._receive().fields.get("value") or 0)

    def _receive(self) -> Message:
        try:
            return self._connection.receive()
        except (Lost, DeadlineExceeded, WireError) as error:
            log = (self._folder / "zygote.log").read_text(errors="replace")
            raise SandboxError(f"the zygote does not answer: {log[-2000:]}") from error

    def _start(self, theirs: socket.socket, cache: Path, loaded: str) -> subprocess.Popen[bytes]:
        cache.mkdir(parents=True, exist_ok=True)
        scratch = self._folder / "scratch"
        scratch.mkdir()
        environment = {
            "PATH": os.defpath,
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "IPYTHONDIR": str(scratch / "ipython"),
            "MPLCONFIGDIR": str(cache),
            "LANG": "C.UTF-8",
            **THREADS,
        }
        command = [sys.executable, "-I", "-m", "autograder.sandbox.zygote", str(theirs.fileno()), loaded]
        with (self._folder / "zygote.log").open("wb") as log:
            return subprocess.Popen(
                command,
                env=environment,
                cwd=scratch,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
            )
