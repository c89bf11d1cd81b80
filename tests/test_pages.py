"""Memory in huge pages: forks of a zygote copy less."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import os, resource
import numpy as np
from autograder.sandbox.pages import collapse

kept = np.ones(2**25)  # 256 MB in small pages

def milliseconds():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_stime
    for _ in range(10):
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_stime - before) * 100

small = milliseconds()
made = collapse()
print(made, small / max(milliseconds(), 1e-3), kept.sum() == 2**25)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has them")
def test_forks_cost_less_in_huge_pages() -> None:
    """The data stay as they are; the ratio is taken in one process, and so is the same on a busy machine."""
    command = [sys.executable, "-X", "faulthandler", "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    made, ratio, same = done.stdout.split()
    assert "True" == same
    if int(made) < 100:
        pytest.skip(f"the kernel made {made} huge pages")
    assert float(ratio) > 1.3
