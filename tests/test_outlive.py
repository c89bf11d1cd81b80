"""Whoever is killed, and whatever the isolation: no process or file of a submission outlives its grader."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox import landlock
from autograder.sandbox.scratch import Scratch, remove
from autograder.sandbox.settings import LAYERS

ROOT = Path(__file__).resolve().parents[1]
FEWEST = 5  # zygote, the submission's first process, its fork, and sleepers
SECONDS = 20.0
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, nothing is forked")


@pytest.fixture
def place() -> Iterator[Path]:
    """Return a folder for temporary files that any user may write into; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    remove(folder)


def grader(place: Path, situation: tuple[str, ...], layers: tuple[str, ...]) -> tuple[subprocess.Popen[str], Any]:
    """Start a grader in a process group of its own; return it, and what it says of its processes."""
    command = [sys.executable, "-m", *situation, "tests.outlive", str(place / "cache"), ",".join(layers)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(place)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def alive(pids: list[int]) -> list[int]:
    """Return those processes that have not ended."""
    found = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        found += [pid] if state not in "ZX" else []
    return found


WHO: dict[str, Callable[[int, int], None]] = {
    "grader": lambda grader, _: os.kill(grader, signal.SIGKILL),
    "zygote": lambda _, zygote: os.kill(zygote, signal.SIGKILL),
    "group": lambda grader, _: os.killpg(grader, signal.SIGKILL),
}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("situation", ["root", "root, namespaces left out", "user without namespaces"])
def test_nothing_outlives_a_killed_grader(place: Path, situation: str, who: str) -> None:
    """SIGKILL to grader, zygote or group ends sleepers that left, closed and ignored all that they could."""
    if os.geteuid() != 0:
        pytest.skip("only root can try these situations")
    if "namespaces" in situation and landlock.abi() == 0:
        pytest.skip("the kernel has no Landlock")
    as_user = ("tests.ordinary_user", "--no-namespaces") if "user" in situation else ()
    process, told = grader(place, as_user, LAYERS[1:] if "left out" in situation else LAYERS)
    try:
        assert ("namespaces" not in situation) is (told["protection"] == "full"), told
        assert len(alive(told["below"])) >= FEWEST
        WHO[who](process.pid, told["zygote"])
        end = time.monotonic() + SECONDS
        while (left := alive(told["below"])) and time.monotonic() < end:
            time.sleep(0.02)
        assert left == []
    finally:
        for pid in (process.pid, *alive(told["below"])):
            os.kill(pid, signal.SIGKILL)
        process.communicate()


def test_the_next_grader_cleans_up(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of a killed grader goes when another starts; that of one that runs stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    process, told = grader(place, (), LAYERS)
    folder = Path(told["folder"])
    with Scratch():
        assert folder.is_dir()
    process.kill()
    process.communicate()
    assert folder.is_dir()
    with Scratch() as scratch:
        assert [scratch.path] == [path for path in place.iterdir() if path.name.startswith("course-")]


def test_a_folder_without_rights_is_removed(tmp_path: Path) -> None:
    """A submission cannot leave files behind by closing its folders."""
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    (inner / "file").write_text("x")
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    (inner / "link").symlink_to(tmp_path / "elsewhere")
    inner.chmod(0)
    inner.parent.chmod(0)
    (tmp_path / "outer").chmod(0o700)
    remove(tmp_path / "outer")
    assert [tmp_path / "elsewhere"] == list(tmp_path.iterdir())
    assert 0o755 == (tmp_path / "elsewhere").stat().st_mode & 0o777
