"""A program: runs attacks in a real child, at some layers, and prints which of them succeeded, as JSON.

    python -m tests.attacks CACHE LAYERS TARGETS

LAYERS are joined by commas; TARGETS is a JSON object, see `ATTACKS`. The test runs it as root and as an ordinary user.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from autograder.course import Limits
from autograder.judge.processes import Processes
from autograder.sandbox.host import Zygote
from autograder.sandbox.settings import Settings
from autograder.sandbox.wire import DeadlineExceeded, Lost

__all__ = ["ATTACKS", "HONEST", "run"]

# Each cell sets `won`; `t` holds what it aims at. An exception means that it was stopped.
# They do no harm where they succeed, as they do without layers.
ATTACKS = {
    **{
        f"reads {name}": f"won = 'canary' in open(t[{name!r}]).read()"
        for name in ("home", "course", "class", "sibling", "zygote_log")
    },
    "lists the course": "import os; won = 'course.toml' in os.listdir(t['course_folder'])",
    "reads its environment": "import os; won = 'canary' in str(os.environ)",
    "reads environments": """
import glob
won = any(b'ENVIRONMENT_CANARY' in open(path, 'rb').read() for path in glob.glob('/proc/[0-9]*/environ'))""",
    "sees the grader": "import os; won = os.path.exists(f'/proc/{t[\"grader\"]}/status')",
    "sees command lines": """
import glob
won = any(b'tests.attacks' in open(path, 'rb').read() for path in glob.glob('/proc/[0-9]*/cmdline'))""",
    "writes into the course": "open(t['course_folder'] + '/new', 'w'); won = True",
    "writes into a package": "import numpy; open(numpy.__file__, 'a'); won = True",
    "writes at the top": "import os; os.mkdir('/attacked'); os.rmdir('/attacked'); won = True",
    "writes to /etc": "open('/etc/passwd', 'a'); won = True",
    "reads the system's users": "won = 'daemon' in open('/etc/passwd').read()",
    "connects": "import socket; socket.create_connection(('127.0.0.1', t['port']), 2); won = True",
    "sends a datagram": """
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', t['port'])); won = True""",
    "makes a raw socket": "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW); won = True",
    "makes a netlink socket": "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW); won = True",
    "signals the grader": "import os; os.kill(t['grader'], 0); won = True",
    "signals everybody": "import os; os.kill(-1, 0); won = True",
    "is root": "import os; os.setuid(0); won = True",
    "has capabilities": """
import ctypes
won = any(ctypes.CDLL(None).prctl(23, number, 0, 0, 0) == 1 for number in range(41))""",
    "mounts": """
import ctypes
won = ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, b'') == 0""",
    "makes a user namespace": "import ctypes; won = ctypes.CDLL(None).unshare(0x10000000) == 0",
    "clones a user namespace": """
import ctypes
won = ctypes.CDLL(None).syscall(56, 0x10000000 | 17, 0, 0, 0, 0) >= 0""",
    "traces its parent": "import ctypes, os; won = ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0",
    "reads its parent's memory": "import os; open(f'/proc/{os.getppid()}/mem', 'rb'); won = True",
    "uses the kernel's keys": "import ctypes; won = ctypes.CDLL(None).syscall(250, 0, -3, 0, 0, 0) >= 0",
    "loads a BPF program": "import ctypes; won = ctypes.CDLL(None).syscall(321, 0, 0, 0) >= 0",
    "opens perf": "import ctypes; won = ctypes.CDLL(None).syscall(298, 0, 0, -1, -1, 0) >= 0",
    "starts a program": "import subprocess; subprocess.run(['/bin/sh', '-c', ':'], check=True); won = True",
    "shares memory": "open('/dev/shm/' + t['shared'], 'w').write('canary'); won = False",
    "reads shared memory": "won = 'canary' in open('/dev/shm/' + t['shared_canary']).read()",
    "keeps SysV memory": "import ctypes; won = ctypes.CDLL(None).shmget(0, 4096, 0o600) >= 0",
    "takes all memory": "x = bytearray(3 * 2**30); won = True",
    "writes a huge file": """
import os, tempfile
with tempfile.TemporaryFile() as file:
    for _ in range(300):
        file.write(bytes(2**20))
won = True""",
    "raises its limits": """
import resource
resource.setrlimit(resource.RLIMIT_AS, (-1, -1)); won = True""",
    "imports torch": "import torch; won = True",
    "finds torch": """
import importlib.util, sys
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != '_Absent']
import torch
won = hasattr(torch, 'tensor')""",
    "sees the judge": """
import autograder, glob
won = bool([path for folder in autograder.__path__ for path in glob.glob(folder + '/judge/*.py')])""",
}
# What honest code does, at every level.
HONEST = {
    "makes temporary files": """
import os, tempfile
with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile('w+') as file:
    open(folder + '/a.txt', 'w').write('text'); file.write('x'); file.flush()
    won = os.path.getsize(folder + '/a.txt') == 4""",
    "writes beside the notebook": "open('result.txt', 'w').write('x'); won = open('result.txt').read() == 'x'",
    "imports what nobody imported yet": "import sqlite3, numpy.polynomial, xml.dom.minidom; won = True",
    "draws": """
import matplotlib.pyplot as plt
figure, axes = plt.subplots(); axes.plot([1, 2]); axes.set_title('λ $x^2$'); figure.savefig('a.png'); won = True""",
    "waits for a coroutine": "import asyncio\nawait asyncio.sleep(0.01)\nwon = True",
    "uses threads": """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool:
    won = sum(pool.map(abs, range(10))) == 45""",
    "forks": """
import os
pid = os.fork()
if pid == 0:
    os._exit(7)
won = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7""",
    "asks who and where it is": """
import getpass, os, platform
won = bool(getpass.getuser() and os.path.expanduser('~') == os.getcwd() and platform.platform())""",
    "shows progress": "from tqdm import tqdm\nwon = sum(1 for _ in tqdm(range(1000))) == 1000",
    "allocates": "import numpy as np; won = bool(np.ones(10**8, np.uint8).sum() == 10**8)",
}


def run(cache: Path, layers: tuple[str, ...], targets: dict[str, Any]) -> dict[str, Any]:
    """Run all cells, each in a fork of one child.

    Parameters
    ----------
    cache : Path
        For matplotlib.
    layers : tuple of str
        The layers to try.
    targets : dict
        What attacks aim at, by name.

    Returns
    -------
    dict
        ``protection``, and the cells that ``won`` and ``lost``, with what they said.
    """
    hidden = (targets["course_folder"], str(Path.home()))
    found: dict[str, Any] = {"won": [], "lost": {}}
    with Zygote(cache, Settings("numpy", Limits(cell_seconds=10), hidden, layers)) as zygote:
        found["protection"] = zygote.protection
        for name, source in {**ATTACKS, **HONEST}.items():
            processes = Processes(zygote, Limits())
            won, said = _attempt(processes, f"t = {targets!r}\nwon = False\n{source}")
            processes.end()
            if won:
                found["won"].append(name)
            else:
                found["lost"][name] = said
    return found


def _attempt(processes: Processes, source: str) -> tuple[bool, str]:
    fork = processes.fork()
    fork.allow(20)
    try:
        outputs = fork.run(source)
        return fork.get("won") is True, str([output.get("evalue") for output in outputs])
    except (Lost, DeadlineExceeded) as error:
        return False, repr(error)


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), tuple(filter(None, sys.argv[2].split(","))), json.loads(sys.argv[3]))))
