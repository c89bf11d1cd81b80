"""Trying the layers: a child puts one on, attacks it, and says what it could do."""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Limits
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.kernel import unshare
from autograder.sandbox.scratch import Scratch
from autograder.sandbox.settings import LAYERS

__all__ = ["ATTACKS", "Trial", "try_layers"]

_Failures = dict[str, list[str]]
_SECONDS = 60
_LIMITS = Limits(memory_mb=256, processes=8, files_mb=4, cpu_seconds=10)
_PTRACE_TRACEME = 0


@dataclass(frozen=True)
class Trial:
    """What was tried of one layer: the attacks that it did not stop, or why it could not be put on."""

    layer: str
    failures: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every attack failed."""
        return not self.failures


@dataclass(frozen=True)
class _Targets:
    """What attacks aim at; all of it lies outside of the sandbox."""

    canary: str
    port: int
    grader: int
    home: str
    hidden: tuple[str, ...]


def try_layers(isolation: Isolation) -> list[Trial]:
    """Try each of the isolation's layers alone, then all that held together.

    Parameters
    ----------
    isolation : Isolation
        The layers to try, and the folders and modules to hide.

    Returns
    -------
    list of Trial
        One for each layer of `LAYERS`, in order; a layer that is not among the isolation's does not hold.
    """
    if sys.platform != "linux":
        return [Trial(layer, ("it exists on Linux alone",)) for layer in LAYERS]
    with Scratch() as scratch, socket.create_server(("127.0.0.1", 0)) as server:
        folder = scratch.path
        folder.chmod(0o755)  # to be stopped by the layers, not by the folder
        canary = folder / "canary"
        canary.write_text("canary")
        targets = _Targets(str(canary), server.getsockname()[1], os.getpid(), str(folder), isolation.hidden)

        def attack(layers: tuple[str, ...]) -> _Failures:
            return _attack(Isolation(layers, _LIMITS, isolation.hidden, isolation.absent), targets)

        alone = {layer: attack((layer,)).get(layer, []) for layer in isolation.layers if layer != "limits"}
        held = tuple(layer for layer in isolation.layers if not alone.get(layer))  # limits lean on the others
        together = attack(held)
    unused = ["it was not asked for"]
    return [Trial(layer, tuple(alone.get(layer) or together.get(layer, unused))) for layer in LAYERS]


def _attack(isolation: Isolation, targets: _Targets) -> _Failures:
    """Return the failures of each layer, tried in a process of its own."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        signal.alarm(_SECONDS)
        try:
            failures = _keep(isolation, targets, writer)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the layers do not hold
            failures = {layer: [f"it cannot be put on: {error}"] for layer in isolation.layers}
        if failures:
            os.write(writer, json.dumps(failures).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        told = file.read()
    os.waitpid(pid, 0)
    ended = {layer: ["the process that tried it ended"] for layer in isolation.layers}
    answer: _Failures = json.loads(told) if told else ended
    return answer


def _keep(isolation: Isolation, targets: _Targets, writer: int) -> _Failures:
    """Do as the zygote does: open, enter, fork a child that confines itself; wait until it is done."""
    root, home = (tempfile.mkdtemp(prefix=name, dir=targets.home) for name in ("root-", "home-"))
    isolation.open(root)
    isolation.enter(root)
    pid = isolation.fork()
    if pid:
        os.waitpid(pid, 0)
        return {}
    isolation.confine(home)
    _work()
    failures = {
        layer: [said for said, attack in ATTACKS[layer].items() if attack(targets)] for layer in isolation.layers
    }
    os.write(writer, json.dumps(failures).encode())
    os._exit(0)


def _work() -> None:
    """Do what honest code does; the layers must not be in its way."""
    import colorsys  # noqa: F401 - a module that nothing has imported yet: Python itself can be read
    import importlib.util

    for name in ("numpy", "course_utils"):
        if importlib.util.find_spec(name) is None:
            raise OSError(f"{name} cannot be read")
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * 1000)
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _reads(targets: _Targets) -> bool:
    return _succeeds(lambda: Path(targets.canary).read_text())


def _sees(targets: _Targets) -> bool:
    def files(folder: str) -> bool:
        return _succeeds(lambda: next(entry for entry in os.scandir(folder) if entry.is_file()))

    return any(map(files, targets.hidden))


def _writes(targets: _Targets) -> bool:
    return _succeeds(lambda: Path(targets.canary).write_text("changed")) or _succeeds(lambda: Path("/new").touch())


def _connects(targets: _Targets) -> bool:
    return _succeeds(lambda: socket.create_connection(("127.0.0.1", targets.port), 2).close())


def _signals(targets: _Targets) -> bool:
    return _succeeds(lambda: os.kill(targets.grader, 0)) or os.getpid() != 1


def _makes_socket(_targets: _Targets) -> bool:
    return _succeeds(lambda: socket.socket(socket.AF_INET).close())


def _traces(_targets: _Targets) -> bool:
    return bool(ctypes.CDLL(None).ptrace(_PTRACE_TRACEME, 0, 0, 0) == 0)


def _new_namespace(_targets: _Targets) -> bool:
    return _succeeds(lambda: unshare(1 << 28))


def _allocates(_targets: _Targets) -> bool:
    return _succeeds(lambda: mmap.mmap(-1, 2 * _LIMITS.memory_mb * 2**20).close())


def _large_file(_targets: _Targets) -> bool:
    def write() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        with tempfile.TemporaryFile(buffering=0) as file:
            file.truncate(2 * _LIMITS.files_mb * 2**20)

    return _succeeds(write)


def _forks(_targets: _Targets) -> bool:
    """Start processes until one more is refused; they end when this function closes its end of a pipe."""
    reader, writer = os.pipe()
    try:
        for _ in range(_LIMITS.processes + 200):
            if os.fork() == 0:
                os.close(writer)
                os.read(reader, 1)
                os._exit(0)
    except OSError:
        return False
    finally:
        os.close(writer)
    return True


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, MemoryError, StopIteration):
        return False
    return True


# What each layer stops; said of an attack that succeeded.
ATTACKS: dict[str, dict[str, Callable[[_Targets], bool]]] = {
    "namespaces": {
        "it read a file outside": _reads,
        "it saw the course's files": _sees,
        "it wrote outside": _writes,
        "it connected to a server": _connects,
        "it reached another process": _signals,
    },
    "landlock": {
        "it read a file outside": _reads,
        "it saw the course's files": _sees,
        "it wrote outside": _writes,
    },
    "seccomp": {
        "it made a network socket": _makes_socket,
        "it traced a process": _traces,
        "it made a namespace": _new_namespace,
    },
    "limits": {
        "it got more memory": _allocates,
        "it wrote a larger file": _large_file,
        "it started more processes": _forks,
    },
}
