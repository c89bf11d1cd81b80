"""``course doctor``: tries what grading needs on this machine, and says how to mend what is missing."""

from __future__ import annotations

import contextlib
import platform
import re
import shutil
import sqlite3
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import Course

if TYPE_CHECKING:
    import argparse

    from autograder.sandbox.trial import Trial

__all__ = ["Finding", "doctor", "findings"]

_OLDEST = (3, 11)
_FREE_GIGABYTES = 1.0
_MEANS = {
    "namespaces": "student code has files, processes and a network of its own, and sees no others",
    "landlock": "it reads Python and packages alone, and writes its own files alone",
    "seccomp": "the kernel refuses it sockets, tracing, mounts and the like",
    "limits": "memory, processes, files and computing time are bounded",
}
_REPAIRS = {
    "landlock": "Linux 5.13 or newer has it; it may have to be named in the kernel's option lsm=",
    "seccomp": "it needs Linux with CONFIG_SECCOMP_FILTER, on x86_64 or aarch64",
    "limits": "do not grade as root with a Python below a folder that only root may enter, or allow namespaces",
}
# What forbids namespaces: a file of the kernel's, the text it then has, and how to allow them.
_FORBIDS = (
    ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"),
    ("/proc/sys/kernel/unprivileged_userns_clone", "0"),
    ("/proc/sys/user/max_user_namespaces", "0"),
)
_ALLOWS = {"0": "1", "1": "0"}
_ENOUGH = "15000"


@dataclass(frozen=True)
class Finding:
    """One thing that grading needs: whether it is there, what that means, and the repair if it is not."""

    name: str
    good: bool
    means: str
    repair: str = ""

    def __str__(self) -> str:
        """Say it in one line."""
        mark = "✓" if self.good else "✗"
        repair = "" if self.good else f"\n  {'':14} repair: {self.repair}"
        return f"{mark} {self.name:14} {self.means}{repair}"


def doctor(chosen: argparse.Namespace) -> int:
    """Print all findings; 0 if nothing is missing."""
    from autograder.sandbox.settings import Settings, protection
    from autograder.sandbox.trial import try_layers

    course = Course.load(chosen.root, chosen.class_folder)
    found = list(findings(course))
    print(*found, sep="\n")
    print("\ntrying to break out of the sandbox:", flush=True)
    trials = try_layers(Settings.of(course).isolation())
    print(*map(layer, trials), sep="\n")
    level = protection([trial.layer for trial in trials if trial.holds])
    print(f"\nstudent code runs with protection: {level}")
    return int(not all(finding.good for finding in found) or level != "full")


def findings(course: Course) -> Iterator[Finding]:
    """Say of each thing but the sandbox whether it is there."""
    yield _python()
    yield _packages(course)
    yield _disk(course)
    yield _class_folder(course)
    yield _gradebook(course)


def layer(trial: Trial) -> Finding:
    """Say what a trial of a layer means."""
    if trial.holds:
        return Finding(trial.layer, good=True, means=_MEANS[trial.layer])
    failures = "; ".join(trial.failures)
    repair = _namespaces_repair() if trial.layer == "namespaces" else _REPAIRS[trial.layer]
    return Finding(trial.layer, good=False, means=f"does not hold: {failures}", repair=repair)


def _namespaces_repair() -> str:
    for name, forbidding in _FORBIDS:
        path = Path(name)
        if path.exists() and path.read_text().strip() == forbidding:
            value = _ENOUGH if "max" in name else _ALLOWS[forbidding]
            return f"sudo sysctl {'.'.join(path.parts[3:])}={value}"
    return (
        "in a container, allow user namespaces (docker run --security-opt seccomp=unconfined), or grade outside of it"
    )


def _python() -> Finding:
    means = f"{platform.python_version()} in {sys.prefix}"
    return Finding(
        "python", sys.version_info >= _OLDEST, means, "install Python 3.11 or newer, then run `make clean setup`"
    )


def _packages(course: Course) -> Finding:
    path = course.root / "constraints.txt"
    if not path.is_file():
        return Finding("packages", good=True, means="there is no constraints.txt to compare them with")
    lines = [line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines()]
    pins = dict(line.split("==") for line in lines if "==" in line)
    needed = _needed(course.root / "pyproject.toml")
    wrong = [text for name, pin in pins.items() if (text := _difference(name, pin, needed=name in needed))]
    means = "; ".join(wrong) or f"they are as constraints.txt pins them ({len(pins)} lines)"
    repair = f"{sys.executable} -m pip install --constraint constraints.txt --editable ."
    return Finding("packages", not wrong, means, repair)


def _needed(pyproject: Path) -> set[str]:
    """Return the packages that a course cannot do without; others, such as those of its tests, may be missing."""
    if not pyproject.is_file():
        return set()
    listed = tomllib.loads(pyproject.read_text("utf-8"))["project"]["dependencies"]
    return {re.split(r"[^\w.-]", text)[0].lower() for text in listed}


def _difference(name: str, pinned: str, *, needed: bool) -> str:
    """Say how an installed package differs from its pin; the local part of a version, as in 2.13.0+cpu, is none."""
    try:
        there = version(name)
    except PackageNotFoundError:
        return f"{name} {pinned} is missing" if needed else ""
    return "" if there.partition("+")[0] == pinned.partition("+")[0] else f"{name} is {there}, not {pinned}"


def _disk(course: Course) -> Finding:
    folder = next(path for path in (course.class_folder, *course.class_folder.parents) if path.exists())
    free = shutil.disk_usage(folder).free / 1e9
    means = f"{free:.1f} GB are free where the class is kept"
    return Finding("disk", free >= _FREE_GIGABYTES, means, "make room, or keep the class elsewhere with --class")


def _class_folder(course: Course) -> Finding:
    folder = next(path for path in (course.class_folder, *course.class_folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            good, why = True, ""
    except OSError as error:
        good, why = False, f": {error.strerror}"
    means = f"{course.class_folder} can{'' if good else 'not'} be written{why}"
    return Finding("class", good, means, "change its owner, or give another folder with --class")


def _gradebook(course: Course) -> Finding:
    path = course.gradebook_path
    if not path.exists():
        return Finding("gradebook", good=True, means="there is none yet: `course grade` makes it")
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=5)) as database:
            database.execute("BEGIN IMMEDIATE")
            sound = database.execute("PRAGMA quick_check").fetchone()[0]
            database.rollback()
    except sqlite3.Error as error:
        sound = str(error)
    good = sound == "ok"
    means = "it can be read and written" if good else f"{path}: {sound}"
    return Finding(
        "gradebook",
        good,
        means,
        "close what has it open, or bring back a copy; the journal beside it keeps every verdict",
    )
