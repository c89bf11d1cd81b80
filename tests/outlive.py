"""A program: grades a submission that leaves sleeping processes behind, says which there are, and waits to be killed.

    python -m tests.outlive CACHE LAYERS

LAYERS are joined by commas.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from autograder.course import Limits
from autograder.judge.processes import Processes
from autograder.sandbox.host import Zygote
from autograder.sandbox.settings import Settings
from autograder.sandbox.watch import descendants

# Orphans that leave their group, close all that they have open, and ignore what can be ignored.
SLEEPERS = """
import os, signal, time
for leave in (lambda: None, os.setsid, lambda: os.setpgid(0, 0)):
    if os.fork() == 0:
        try: leave()
        except OSError: pass
        for number in range(1, 65):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        os.closerange(3, 256)
        if os.fork():
            os._exit(0)
        time.sleep(600)
open("a file that stays", "w").write("x")
time.sleep(1)
"""


def main(cache: str, layers: str) -> None:
    """Print the processes as JSON, then sleep."""
    limits = Limits(processes=32)
    zygote = Zygote(Path(cache), Settings("numpy", limits, layers=tuple(layers.split(","))))
    processes = Processes(zygote, limits)
    fork = processes.fork()
    fork.allow(30)
    fork.run(SLEEPERS)
    below = descendants(os.getpid())
    told = {"zygote": zygote._process.pid, "protection": zygote.protection, "below": below}
    print(json.dumps({**told, "folder": str(zygote._scratch.path)}), flush=True)
    time.sleep(600)


if __name__ == "__main__":
    main(*sys.argv[1:])
