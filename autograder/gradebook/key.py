"""What a result depends on: while none of it changes, a submission need not be graded again."""

from __future__ import annotations

import hashlib
import os
import platform
import stat
from dataclasses import asdict, astuple, dataclass, fields
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.intake.reader import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograder.course import Course
    from autograder.intake.submission import Submission

__all__ = ["Key", "Keys", "lab_files", "versions"]

_CODE = Path(__file__).resolve().parents[2]
# The parts of the project that a result goes through.
_ENGINE = ("autograder/intake", "autograder/sandbox", "autograder/judge", "autograder/gradebook", "course_utils")
_PACKAGES = ("autograd", "ipython", "matplotlib", "nbformat", "numpy", "scikit-learn", "torch", "torchvision")


@dataclass(frozen=True, slots=True)
class Key:
    """Digests of all that decides a result; two equal keys have equal results."""

    submission: str
    lab: str
    secret: str
    engine: str
    packages: str

    def changed(self, earlier: Key) -> tuple[str, ...]:
        """Name what is not as it was."""
        pairs = zip(fields(self), astuple(self), astuple(earlier), strict=True)
        return tuple(field.name for field, now, before in pairs if now != before)


class Keys:
    """Makes the keys of a class.

    Parameters
    ----------
    course : Course
        The course, built.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._secret = _digest([b"id of the secret", course.secret()])
        self._labs: dict[str, str] = {}

    def key(self, submission: Submission) -> Key:
        """Return the key of a submission that was found; its file is read, but not believed."""
        if submission.lab not in self._labs:
            self._labs[submission.lab] = self._lab(submission.lab)
        return Key(_content(submission), self._labs[submission.lab], self._secret, *versions())

    def _lab(self, name: str) -> str:
        """Digest a lab's source notebook, the references that it may ask for, and what course.toml says of it."""
        course = self._course
        files = lab_files(course, name)
        said = [repr(asdict(course.limits)).encode(), course.lab(name).environment.encode()] if files else []
        return _digest([*said, *(path.read_bytes() for path in files)]) if files else ""


def lab_files(course: Course, lab: str) -> list[Path]:
    """Return the files with which a lab is graded: its source notebook, and the references that it may ask for.

    Parameters
    ----------
    course : Course
        The course, built; a lab that has not begun has no files.
    lab : str
        The lab's name.
    """
    source = course.source_folder / lab / f"{lab}.ipynb"
    if not source.is_file():
        return []
    text, always = source.read_bytes(), ("hidden", lab)
    modules = sorted(course.reference_folder.glob("*.py"))
    return [source, *(path for path in modules if path.stem in always or path.stem.encode() in text)]


def versions() -> tuple[str, str]:
    """Return digests of the grader's code, and of Python and the packages that a result goes through."""
    return _engine(), _packages()


def _content(submission: Submission) -> str:
    """Digest a submission's file, and how it was found."""
    found = f"{submission.status}\0{submission.message}".encode("utf-8", "replace")
    return _digest([found, *_parts(submission.path)])


def _parts(path: Path) -> list[bytes]:
    """Return the bytes of a small regular file; nothing of any other: it is refused by what it is."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
                return [f"{stat.S_IFMT(status.st_mode)} {status.st_size}".encode()]
            return [file.read(LARGEST + 1)]
    except OSError as error:
        return [str(error.errno).encode()]


@cache
def _engine() -> str:
    paths = [path for name in _ENGINE for path in sorted((_CODE / name).rglob("*.py"))]
    return _digest([_CODE.joinpath("autograder/verdict.py").read_bytes(), *(path.read_bytes() for path in paths)])


@cache
def _packages() -> str:
    return _digest([platform.python_version().encode(), *(_version(name).encode() for name in _PACKAGES)])


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} none"


def _digest(parts: Iterable[bytes]) -> str:
    """Digest byte strings; each is digested first, so that no two lists of them run together."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:32]
