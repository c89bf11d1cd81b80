"""Real attacks by real code in real children: as root, as an ordinary user, and where namespaces are forbidden."""

from __future__ import annotations

import functools
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Limits
from autograder.errors import SandboxError
from autograder.judge.processes import Processes
from autograder.sandbox import landlock
from autograder.sandbox.host import Zygote
from autograder.sandbox.settings import LAYERS, Settings, protection
from autograder.sandbox.wire import Lost
from tests.attacks import ATTACKS, HONEST

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers exist on Linux alone")
# Where Landlock stands alone, a process may ask whether a number is in use, and root below a closed home stays root,
# without any capability.
KNOWN_WITHOUT_NAMESPACES = {"sees the grader", "is root"}
SITUATIONS = {
    "root": [],
    "user": ["tests.ordinary_user"],
    "user without namespaces": ["tests.ordinary_user", "--no-namespaces"],
}


class Server:
    """Counts who connects and who sends a datagram."""

    def __init__(self) -> None:
        self.stream, self.port, self.seen = socket.create_server(("127.0.0.1", 0)), 0, 0
        self.port = self.stream.getsockname()[1]
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.bind(("127.0.0.1", self.port))
        for wait in (self.stream.accept, lambda: self.datagrams.recvfrom(9)):
            threading.Thread(target=self._count, args=(wait,), daemon=True).start()

    def _count(self, wait: Any) -> None:
        while True:
            met = wait()[0]
            self.seen += 1
            if isinstance(met, socket.socket):
                met.close()


@functools.cache
def server() -> Server:
    """Start the server once."""
    return Server()


@pytest.fixture
def cache() -> Iterator[Path]:
    """Return a folder that any user may write into; pytest's own are closed."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@pytest.fixture(scope="module")
def targets() -> Iterator[dict[str, Any]]:
    """Lay out canaries that anyone may read: in a home, a course, its class, beside it, and in shared memory."""
    folder = tempfile.TemporaryDirectory()
    root = Path(folder.name)
    root.chmod(0o755)
    home = Path.home() / f".canary-{secrets.token_hex(8)}"
    shared = Path(f"/dev/shm/canary-{secrets.token_hex(8)}")
    named = {
        "home": home,
        "course": root / "course" / "solutions" / "01.py",
        "class": root / "course" / "class" / "gradebook.db",
        "sibling": root / "submissions" / "bob.ipynb",
        "zygote_log": root / "zygote.log",
    }
    for path in (*named.values(), shared, root / "course" / "course.toml"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("canary")
    (root / "course").chmod(0o777)
    yield {
        **{name: str(path) for name, path in named.items()},
        "course_folder": str(root / "course"),
        "grader": os.getpid(),
        "port": server().port,
        "shared": shared.name + "-new",
        "shared_canary": shared.name,
    }
    for path in (home, shared, Path(f"{shared}-new")):  # without layers, an attack makes the last
        path.unlink(missing_ok=True)
    folder.cleanup()


def attacked(situation: str, layers: tuple[str, ...], targets: dict[str, Any], cache: Path) -> dict[str, Any]:
    """Run all attacks in a process of their own, in a situation."""
    if situation != "root" and os.geteuid() != 0 and "without" in situation:
        pytest.skip("only root can try what a machine without namespaces does")
    if situation == "root" and os.geteuid() != 0:
        pytest.skip("these tests do not run as root")
    command = [*SITUATIONS[situation], "tests.attacks", str(cache), ",".join(layers), json.dumps(targets)]
    environment = {**os.environ, "ENVIRONMENT_CANARY": "canary", "TMPDIR": str(cache)}
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def refused(found: dict[str, Any], layer: str) -> bool:
    """Tell whether this kernel refuses a layer, which a test then says and skips."""
    return found["protection"] != "full" and layer not in found["protection"]


@pytest.mark.parametrize("situation", ["root", "user"])
def test_full_protection(situation: str, targets: dict[str, Any], cache: Path) -> None:
    """No attack succeeds, all that honest code does works, nobody reaches the server, and nothing is left behind."""
    before = server().seen
    found = attacked(situation, LAYERS, targets, cache)
    if refused(found, "namespaces"):
        pytest.skip(f"the kernel gives {found['protection']} here")
    assert ("full", sorted(HONEST)) == (found["protection"], sorted(found["won"])), found["lost"]
    assert (before, False) == (server().seen, Path("/dev/shm", targets["shared"]).exists())


@pytest.mark.parametrize("situation", ["root", "user without namespaces"])
def test_where_namespaces_are_forbidden(situation: str, targets: dict[str, Any], cache: Path) -> None:
    """Landlock and seccomp stop what they can, and the level says that they stood alone."""
    if landlock.abi() == 0:
        pytest.skip("the kernel has no Landlock")
    before = server().seen
    asked = LAYERS if "without" in situation else LAYERS[1:]  # for root the test leaves the layer out
    found = attacked(situation, asked, targets, cache)
    assert found["protection"].startswith("landlock+seccomp")
    assert set() == {*found["won"]} - {*HONEST} - KNOWN_WITHOUT_NAMESPACES, found["lost"]
    assert (before, sorted(HONEST)) == (server().seen, sorted({*found["won"]} & {*HONEST})), found["lost"]


def test_the_attacks_are_real(targets: dict[str, Any], cache: Path) -> None:
    """Without layers they succeed, so that their failure means something; and the level says so."""
    found = attacked("root" if os.geteuid() == 0 else "user", (), targets, cache)
    expected = {"reads home", "reads class", "reads sibling", "lists the course", "connects", "sends a datagram"}
    expected |= {"sees the grader", "sees command lines", "writes into the course", "reads shared memory"}
    expected |= {"starts a program", "takes all memory", "writes a huge file", "raises its limits", "sees the judge"}
    assert ("none", set()) == (found["protection"], expected - {*found["won"]}), found["lost"]
    assert {*found["won"]} <= {*ATTACKS, *HONEST}


@pytest.mark.parametrize(
    ("layers", "name"),
    [
        (LAYERS, "full"),
        (("seccomp", "landlock"), "landlock+seccomp"),
        (("limits",), "limits"),
        ((), "none"),
    ],
)
def test_levels_have_names(layers: tuple[str, ...], name: str) -> None:
    """A level is "full", "none", or the layers that hold."""
    assert name == protection(layers)


def test_the_end_of_the_grader_is_the_end_of_its_children(cache: Path) -> None:
    """If the zygote is killed, so is all that it forked, asleep or not: nobody holds the other end of a socket."""
    zygote = Zygote(cache, Settings(limits=Limits()))
    processes = Processes(zygote, Limits())
    fork = processes.fork()
    fork.allow(20)
    fork.run("import os, time\nif os.fork() == 0:\n    os.setsid(); time.sleep(600)")
    zygote._process.kill()
    fork.allow(10)
    with pytest.raises(Lost):  # before the time is over
        fork.run("import time; time.sleep(60)")
    for remote in (fork, processes._first):
        remote.dismiss()
    zygote.__exit__()


def test_a_child_that_cannot_be_confined_runs_nothing(cache: Path) -> None:
    """A layer that held in the trial and fails for a child is our failure: nothing runs with less than was promised."""
    if landlock.abi() == 0:
        pytest.skip("the kernel has no Landlock")
    impossible = Limits(files_mb=2**60)
    with Zygote(cache, Settings(limits=impossible)) as zygote:
        processes = Processes(zygote, impossible)
        with pytest.raises(SandboxError, match="did not fork"):
            processes.fork()
        processes.end()
