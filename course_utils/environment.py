"""Is this computer ready for the labs? Each finding says what is there, or what to do."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from course_utils.data_home import data_home
from course_utils.labs import find_root

__all__ = ["Finding", "findings", "report"]

_REPAIR = "close JupyterLab and run `make lab` again; with conda: `conda env update --file environment.yml`"
_SPACE = 500_000_000  # bytes: MNIST unpacked, figures, archives
_WIDGETS = ("@jupyter-widgets/jupyterlab-manager", "anywidget")
_IMAGES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that labs need; ``repair`` is empty if it is there, ``needed`` says if labs stop without it."""

    what: str
    repair: str = ""
    needed: bool = True

    def __str__(self) -> str:
        """Say it in a line or two."""
        if not self.repair:
            return f"✓ {self.what}"
        return f"{'✗' if self.needed else '○'} {self.what}\n  What to do: {self.repair}"


def report() -> None:
    """Print what was found, one thing after the other, and a last line that says whether you can begin."""
    broken = 0
    for finding in findings(find_root(), Path.cwd()):
        print(finding, flush=True)
        broken += bool(finding.repair and finding.needed)
    print(f"\n{broken} to repair: see above." if broken else "\nAll that the labs need is there.")


def findings(root: Path, work: Path) -> Iterator[Finding]:
    """Look at Python, packages, widgets, the folder, torch and images, and give what was found.

    Parameters
    ----------
    root : Path
        The folder that holds ``pyproject.toml`` and ``constraints.txt``.
    work : Path
        A folder in which the student works.
    """
    yield from _python(root)
    yield from _packages(root)
    yield _widgets()
    yield _writable(work)
    yield _space(work)
    yield _torch()
    yield _images()


def _python(root: Path) -> Iterator[Finding]:
    needed = _table(root).get("requires-python", ">=3.11").removeprefix(">=")
    have = platform.python_version()
    if sys.version_info >= tuple(int(part) for part in needed.split(".")):
        yield Finding(f"Python {have}")
    else:
        yield Finding(f"Python {have} is too old: {needed} is needed", "install it, then `make lab PYTHON=python3.11`")


def _packages(root: Path) -> Iterator[Finding]:
    """Compare the packages that labs ask for with the pins; "+cpu" and the like do not count."""
    names = [re.split(r"[<>=!~\[; ]", item)[0] for item in _table(root).get("dependencies", [])]
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)", _read(root / "constraints.txt"), re.MULTILINE))
    wrong = []
    for name in names:
        have, pin = _installed(name), pins.get(name, "")
        if not have:
            wrong.append(Finding(f"{name} is missing", _REPAIR))
        elif pin and have != pin:
            wrong.append(Finding(f"{name} {have}; the labs were tried with {pin}", _REPAIR, needed=False))
    yield from wrong
    if len(names) > len(wrong):
        yield Finding(f"{len(names) - len(wrong)} packages in the versions that the labs were tried with")


def _widgets() -> Finding:
    """Look for what JupyterLab needs to draw sliders."""
    from jupyter_core.paths import jupyter_path

    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    missing = [name for name in _WIDGETS if not any((folder / name / "package.json").is_file() for folder in folders)]
    if missing:
        return Finding(f"JupyterLab cannot draw sliders: {', '.join(missing)} is missing", _REPAIR)
    return Finding("JupyterLab can draw sliders and buttons")


def _writable(work: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=work):
            pass
    except OSError as error:
        return Finding(
            f"your folder cannot be written ({error.strerror}): {work}",
            "unpack the labs into a folder of your own, and start there",
        )
    return Finding("your folder can be written")


def _space(work: Path, least: int = _SPACE) -> Finding:
    free = shutil.disk_usage(work if work.is_dir() else Path.cwd()).free
    if free < least:
        return Finding(f"{free / 1e6:.0f} MB are left on this disk", f"make room: {least / 1e6:.0f} MB are enough")
    return Finding(f"{free / 1e9:.1f} GB are left on this disk")


def _torch() -> Finding:
    """Import what labs 06 and 07 do, in a process of its own: a broken build says so only there."""
    program = "import torch, course_utils.datasets; print(torch.__version__)"
    try:
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False, cwd=find_root()
        )
    except subprocess.TimeoutExpired:
        return Finding("torch does not load within two minutes (labs 06 and 07)", "run this cell again", needed=False)
    if done.returncode:
        *_, last = done.stderr.strip().split("\n")
        return Finding(f"torch does not load, which labs 06 and 07 need: {last[:200]}", _REPAIR, needed=False)
    return Finding(f"torch {done.stdout.strip()} for labs 06 and 07")


def _images() -> Finding:
    """Look for MNIST where `course_utils.datasets` keeps it, without loading torch."""
    raw = data_home() / "MNIST" / "raw"
    if all((raw / name).is_file() or (raw / f"{name}.gz").is_file() for name in _IMAGES):
        return Finding("MNIST, the pictures of lab 07")
    return Finding(
        "MNIST is not here yet, the pictures of lab 07",
        "nothing: lab 07 downloads 11 MB, and without a network it takes smaller pictures that are here",
        needed=False,
    )


def _installed(package: str) -> str:
    try:
        return version(package).partition("+")[0]
    except PackageNotFoundError:
        return ""


def _table(root: Path) -> dict[str, Any]:
    try:
        table: dict[str, Any] = tomllib.loads(_read(root / "pyproject.toml"))["project"]
    except (tomllib.TOMLDecodeError, KeyError):
        return {}
    return table


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
