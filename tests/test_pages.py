"""Memory in huge pages, of which a fork copies less."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import numpy as np
from autograder.sandbox.pages import collapse

kept = np.ones(2**25)  # 256 MB in small pages
made = collapse()
print(made, kept.sum() == 2**25)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has them")
def test_memory_is_put_into_huge_pages() -> None:
    """The kernel puts the zygote's memory together, and the data stay as they are."""
    command = [sys.executable, "-X", "faulthandler", "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    made, same = done.stdout.split()
    assert "True" == same
    if int(made) == 0:
        pytest.skip("the kernel made no huge pages")
