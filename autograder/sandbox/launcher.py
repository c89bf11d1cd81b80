"""Starting processes one by one, where the system cannot fork. They are not isolated."""

from __future__ import annotations

import contextlib
import hmac
import json
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from autograder.errors import SandboxError
from autograder.sandbox.host import START_SECONDS, environment
from autograder.sandbox.scratch import Scratch, remove
from autograder.sandbox.settings import Settings, protection

__all__ = ["Launcher"]

_WORD = 64


class Launcher:
    """Does what a `Zygote` does, with a new process for each child; use it as a context manager.

    Parameters
    ----------
    cache : Path
        Where matplotlib keeps its list of fonts between runs.
    settings : Settings
        What a process loads, and its limits.
    """

    def __init__(self, cache: Path, settings: Settings) -> None:
        self._cache, self._settings, self._scratch = cache, settings, Scratch()
        self._running: dict[int, tuple[subprocess.Popen[bytes], Path]] = {}
        self.protection = protection(())

    def __enter__(self) -> Self:
        """Return the launcher."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes."""
        for pid in list(self._running):
            self.end(pid)
        self._scratch.close()

    def spawn(self) -> tuple[socket.socket, int]:
        """Start a process; return the socket to it and its process id.

        Raises
        ------
        SandboxError
            It does not start.
        """
        word = secrets.token_hex(_WORD // 2)
        folder = Path(tempfile.mkdtemp(prefix="submission-", dir=self._scratch.path))
        with socket.create_server(("127.0.0.1", 0)) as server:
            process = self._start(folder)
            self._running[process.pid] = (process, folder)
            assert process.stdin is not None  # noqa: S101 - a pipe
            with contextlib.suppress(OSError), process.stdin as pipe:
                pipe.write(json.dumps([server.getsockname()[1], word]).encode())
            server.settimeout(START_SECONDS)
            try:
                return _accept(server, word), process.pid
            except OSError as error:
                self.end(process.pid)
                raise SandboxError("a process for student code does not start") from error

    def keep(self, _pid: int, _kept: Sequence[int]) -> str:
        """Do as `Zygote.keep`: here each process is ended by itself."""
        return ""

    def end(self, pid: int) -> None:
        """Kill a process and remove its folder, if that is not done yet."""
        if pid not in self._running:
            return
        process, folder = self._running.pop(pid)
        process.kill()
        process.wait()
        remove(folder)

    def _start(self, folder: Path) -> subprocess.Popen[bytes]:
        self._cache.mkdir(parents=True, exist_ok=True)
        return subprocess.Popen(
            [sys.executable, "-I", "-m", "autograder.sandbox.alone", self._settings.to_json()],
            env=environment(folder, self._cache),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _accept(server: socket.socket, word: str) -> socket.socket:
    """Wait for the one that knows the word; others on this machine are turned away."""
    while True:
        sock, _ = server.accept()
        sock.settimeout(START_SECONDS)
        told = sock.recv(_WORD, socket.MSG_WAITALL)
        if hmac.compare_digest(told, word.encode()):
            return sock
        sock.close()
