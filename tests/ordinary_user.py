"""A program: becomes an ordinary user, then runs another program.

    python -m tests.ordinary_user [--no-namespaces] MODULE ARGUMENTS …

Root gives all up for good: a user of its own, in a mount namespace in which Python can be read even if it lies below a
closed home. ``--no-namespaces``: the kernel refuses to make another user namespace, as on machines that forbid them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from autograder.sandbox.kernel import drop_capabilities, mount, prctl, unshare

ROOT = Path(__file__).resolve().parents[1]
USER = 23456
NEWNS, NEWUSER = 1 << 17, 1 << 28
SET_DUMPABLE = 4
BIND_ALL, PRIVATE = 4096 | 1 << 14, 1 << 18 | 1 << 14


def open_closed_folders() -> None:
    """Show what Python needs below folders that only their owner may enter, in a mount namespace of our own."""
    needed = {
        Path(path).resolve() for path in (sys.prefix, sys.base_prefix, str(ROOT), *sys.path) if Path(path).is_dir()
    }
    closed = {next((p for p in reversed(path.parents) if not p.stat().st_mode & 1), None) for path in needed} - {None}
    unshare(NEWNS)
    mount("none", "/", flags=PRIVATE)
    for folder in map(str, closed):
        below = {str(path): os.open(path, os.O_PATH) for path in needed if str(path).startswith(folder + os.sep)}
        mount("tmpfs", folder, "tmpfs", 0, "mode=755")
        for path, descriptor in below.items():
            Path(path).mkdir(parents=True, exist_ok=True)
            mount(f"/proc/self/fd/{descriptor}", path, flags=BIND_ALL)


def give_up_root() -> None:
    """Become an ordinary user."""
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    prctl(SET_DUMPABLE, 1)  # its files in /proc are its own again, as after a login


def forbid_namespaces() -> None:
    """Let the kernel refuse further user namespaces, and with them all others."""
    uid, gid = os.getuid(), os.getgid()
    unshare(NEWUSER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        Path(f"/proc/self/{name}").write_text(text)
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    drop_capabilities()


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if os.geteuid() == 0:
        open_closed_folders()
        give_up_root()
    if arguments[0] == "--no-namespaces":
        arguments.pop(0)
        forbid_namespaces()
    os.execv(sys.executable, [sys.executable, "-m", *arguments])  # noqa: S606 - this very Python
