"""The zygote: a process in which numpy, matplotlib and IPython are loaded once, and which forks a child per submission.

It runs no student code and holds no answers. The judge talks to it over the socket that it inherits.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Collection
from typing import Any, NoReturn

from autograder.sandbox.child import Child
from autograder.sandbox.isolation import PR_SET_PDEATHSIG, Isolation
from autograder.sandbox.kernel import prctl
from autograder.sandbox.pages import collapse
from autograder.sandbox.settings import Settings
from autograder.sandbox.shell import CellShell
from autograder.sandbox.trial import try_layers
from autograder.sandbox.warm import settle, warm
from autograder.sandbox.watch import Watch
from autograder.sandbox.wire import Connection, Lost, Message

__all__ = ["main"]

PR_SET_CHILD_SUBREAPER = 36
_WATCH_SECONDS = 0.1
_MANY = 4  # submissions: from here on, huge pages give back what it takes to make them


def main() -> NoReturn:
    """Serve requests on the socket whose descriptor is the first argument; the second holds the settings."""
    settings = Settings.from_json(sys.argv[2])
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        prctl(PR_SET_CHILD_SUBREAPER, 1)
    trials = try_layers(settings.isolation(settings.layers))
    held = tuple(trial.layer for trial in trials if trial.holds)
    isolation = settings.isolation(tuple(layer for layer in settings.layers if layer in (*held, "limits")))
    root = tempfile.mkdtemp(prefix="root-")
    isolation.open(root)
    shell = warm(settings.environment)
    isolation.enter(root)
    connection = Connection(socket.socket(fileno=int(sys.argv[1])), descriptors=True)
    connection.send(Message("ready", {"layers": held}))
    _serve(connection, isolation, shell)


def _serve(connection: Connection, isolation: Isolation, shell: CellShell) -> NoReturn:
    """Answer requests, and watch the children meanwhile, until the judge closes the connection."""
    watch = Watch(isolation.limits, sized="namespaces" in isolation.layers)
    gc.collect()
    gc.freeze()
    spawned = 0
    while True:
        while watch and not select.select([connection], [], [], _WATCH_SECONDS)[0]:
            watch.look()
        try:
            message = connection.receive()
        except Lost:
            os._exit(0)
        if message.op == "spawn":
            spawned += 1
            if spawned == _MANY:
                collapse()
        value = _answer(message, connection, isolation, shell, watch)
        connection.send(Message("reply", {"value": value}))


def _answer(message: Message, connection: Connection, isolation: Isolation, shell: CellShell, watch: Watch) -> Any:
    if message.op == "spawn":
        return _spawn(message.descriptors[0], connection, isolation, shell, watch)
    if message.op == "keep":
        return watch.keep(message.fields["pid"], message.fields["kept"])
    return watch.end(message.fields["pid"])


def _spawn(descriptor: int, connection: Connection, isolation: Isolation, shell: CellShell, watch: Watch) -> int:
    sized = "namespaces" in isolation.layers
    folder = "" if sized else tempfile.mkdtemp(prefix="submission-")
    pid = isolation.fork()
    if pid == 0:
        connection.close()
        sock = socket.socket(fileno=descriptor)
        try:
            lifeline = isolation.confine(folder)
            settle(isolation.absent)
        except BaseException:  # noqa: BLE001 - nothing of a student may run here: say why in the log, and end
            traceback.print_exc()
            os._exit(1)
        _silence({sock.fileno(), lifeline})
        Child(shell, sock, isolation.limits, lifeline=lifeline).serve()
    os.close(descriptor)
    watch.add(pid, folder)
    return pid


def _silence(kept: Collection[int]) -> None:
    """Close every descriptor but some; what is printed past Python goes nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    for descriptor in {*range(3, 256)}.difference(kept):
        with contextlib.suppress(OSError):
            os.close(descriptor)


if __name__ == "__main__":
    main()
