"""The zygote: a process in which numpy, matplotlib and IPython are loaded once, and which forks a child per submission.

It runs no student code and holds no answers. The judge talks to it over the socket that it inherits.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import random
import resource
import shutil
import signal
import socket
import sys
import tempfile
from typing import NoReturn

from autograder.sandbox.child import Child
from autograder.sandbox.shell import CellShell, make_shell
from autograder.sandbox.wire import Connection, Lost, Message

__all__ = ["main"]

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
_folders: dict[int, str] = {}
CPU_SECONDS = 300  # of one process of a submission: a last resort if the grader itself was killed


def main() -> NoReturn:
    """Serve requests on the socket whose descriptor is the first argument; the second says what to load."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    shell = _warm()
    if sys.argv[2] == "torch":
        _warm_torch()
    gc.collect()
    gc.freeze()
    connection = Connection(socket.socket(fileno=int(sys.argv[1])), descriptors=True)
    connection.send(Message("ready", {}))
    while True:
        try:
            message = connection.receive()
        except Lost:
            os._exit(0)
        value = _spawn(shell, connection, message) if message.op == "spawn" else _end(message.fields["pid"])
        _reap()
        connection.send(Message("reply", {"value": value}))


def _warm() -> CellShell:
    """Load what the first student would wait for: imports, one figure, one error."""
    import matplotlib.pyplot as plt
    import numpy as np

    shell = make_shell()
    with contextlib.suppress(ModuleNotFoundError):
        shell.run("import matplotlib_inline.backend_inline, ipywidgets")
    shell.enable_matplotlib("inline")
    axes = plt.subplots()[1]
    axes.plot(np.linspace(0, 1, 5))
    plt.show()
    plt.close("all")
    shell.run("1/0")
    shell.run("from IPython.display import HTML, display; display(HTML('x'))")
    shell.reset(new_session=False)
    return shell


def _warm_torch() -> None:
    """Load torch and what its first optimizer step loads; one thread, or forks would hang."""
    import torch

    torch.set_num_threads(1)
    weight = torch.ones(3, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=0.1)
    torch.nn.functional.mse_loss(weight, torch.zeros(3)).backward()
    optimizer.step()


def _spawn(shell: CellShell, connection: Connection, message: Message) -> int:
    (descriptor,) = message.descriptors
    folder = tempfile.mkdtemp(prefix="submission-")
    pid = os.fork()
    if pid == 0:
        connection.close()
        _settle(folder)
        Child(shell, socket.socket(fileno=descriptor)).serve()
    os.close(descriptor)
    _folders[pid] = folder
    return pid


def _settle(folder: str) -> None:
    """Give a new child a session, a folder and random numbers of its own."""
    import numpy as np

    os.setsid()
    os.chdir(folder)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    random.seed(0)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)
    np.random.seed(0)  # noqa: NPY002 - students may use the old interface: the same numbers at each regrade


def _end(pid: int) -> int:
    """Kill the child and all its forks, and remove its folder."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    shutil.rmtree(_folders.pop(pid, ""), ignore_errors=True)
    return pid


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main()
