"""Running nbgrader's own commands, each in a process of its own: it warns in ways that are not ours to mend."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["environment", "nbgrader"]


def environment(root: Path) -> dict[str, str]:
    """Return an environment in which nbgrader finds its tools and none of this user's settings."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    home = root / "home"
    return {**os.environ, "PATH": path, "HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / ".jupyter")}


def nbgrader(root: Path, *arguments: str) -> str:
    """Run one command in a course's folder, and return all that it said."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=root, env=environment(root), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr
