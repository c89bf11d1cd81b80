"""The archive that students get: the labs, what they import, how to set up; nothing else."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import UsageError
from autograder.files import write_whole
from autograder.release.build import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from autograder.course import Course

__all__ = ["Bundle", "bundle", "bundle_files", "released_by"]

_TEMPLATES = ("Makefile", "README.md", "pyproject.toml")  # in bundle/: they differ from the course's own
_SHARED = ("constraints.txt", "environment.yml")
_IF_PRESENT = ("ATTRIBUTION.md", "LICENSE")
_PACKAGE_SUFFIXES = (".css", ".html", ".js", ".json", ".py", ".toml", ".typed")
_DATE = (1980, 1, 1, 0, 0, 0)  # the same bytes on any day


@dataclass(frozen=True, slots=True)
class Bundle:
    """An archive; ``labs`` are the names of those in it, ``new`` and ``changed`` those that the last one had not."""

    path: Path
    labs: tuple[str, ...]
    new: tuple[str, ...]
    changed: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Say what is in it, and what is not as it was in the bundle before."""
        yield f"labs: {', '.join(self.labs)}"
        if self.new:
            yield f"new since the last bundle: {', '.join(self.new)}"
        if self.changed:
            yield f"changed since the last bundle: {', '.join(self.changed)}; students run `make update`"
        yield str(self.path)


def bundle(course: Course, upto: str | None = None) -> Bundle:
    """Write ``build/bundle/<course>.zip``.

    Parameters
    ----------
    course : Course
        Its labs are built first: a rule that is broken, or a leak, stops the bundle.
    upto : str, optional
        The last lab to hand out, by name or number; a later lab may hold the solutions of earlier ones.

    Returns
    -------
    Bundle
        The same course gives the same bytes.

    Raises
    ------
    SourceError, LeakError
        See `autograder.release.build.build`.
    UsageError
        A file that belongs into the bundle is missing.
    """
    name = _name(course)
    path = course.root / "build" / "bundle" / f"{name}.zip"
    files = {f"{name}/{member}": data for member, data in bundle_files(course, upto).items()}
    before, now = _labs(_unzipped(path)), _labs(files)
    write_whole(path, _zip(files))
    changed = tuple(lab for lab in now if before.get(lab, now[lab]) != now[lab])
    return Bundle(path, tuple(now), tuple(lab for lab in now if lab not in before), changed)


def released_by(course: Course, day: date) -> str:
    """Return the last lab that students have on a day.

    Parameters
    ----------
    course : Course
        In its ``course.toml`` each lab says when it is ``released``.
    day : date
        In the term's zone.

    Raises
    ------
    UsageError
        A lab does not say so, is released before an earlier one, or none is released yet.
    """
    days = {}
    for lab in course.labs:
        if lab.released is None:
            raise UsageError(f"[labs.{lab.name}] in {course.root / 'course.toml'} has no `released`, like 2026-09-21")
        days[lab.name] = lab.released
    for (earlier, one), (later, other) in pairwise(days.items()):
        if other < one:
            raise UsageError(f"{later} is released on {other}, before {earlier} on {one}: it may hold its solutions")
    released = [name for name, first in days.items() if first <= day]
    if not released:
        raise UsageError(f"no lab is released by {day}: the first one is on {min(days.values())}")
    return released[-1]


def bundle_files(course: Course, upto: str | None = None) -> dict[str, bytes]:
    """Return what goes into the bundle, by its path there."""
    last = max((lab.number for lab in course.labs), default=0) if upto is None else course.lab(upto).number
    built = build(course)
    if built.errors:
        raise built.errors[0]
    handed_out = {lab.name for lab in (*course.start, *course.labs) if lab.number <= last}
    files = {
        f"labs/{path.relative_to(course.labs_folder).as_posix()}": text.encode()
        for path, text in built.labs.items()
        if path.parent.name in handed_out
    }
    files |= {name: _read(course.root / "bundle" / name) for name in _TEMPLATES}
    files |= {name: _read(course.root / name) for name in _SHARED}
    files |= {name: _read(course.root / name) for name in _IF_PRESENT if (course.root / name).is_file()}
    files |= {path.relative_to(course.root).as_posix(): _read(path) for path in _package(course)}
    return dict(sorted(files.items()))


def _package(course: Course) -> Iterator[Path]:
    for path in (course.root / "course_utils").rglob("*"):
        if path.is_file() and path.suffix in _PACKAGE_SUFFIXES and "__pycache__" not in path.parts:
            yield path


def _labs(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the labs among the files of a bundle, by name."""
    return {Path(name).stem: data for name, data in files.items() if name.split("/")[1] == "labs"}


def _unzipped(path: Path) -> dict[str, bytes]:
    """Return the files of the bundle before; none if there is none, or it is broken."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile):
        return {}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} belongs into the bundle and cannot be read: {error}") from error


def _name(course: Course) -> str:
    return re.sub(r"[^a-z0-9]+", "-", course.title.lower()).strip("-") or "course"


def _zip(files: dict[str, bytes]) -> bytes:
    import io

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, date_time=_DATE)
            member.create_system, member.external_attr = 3, 0o100644 << 16  # Unix, on any system
            archive.writestr(member, data, compress_type=zipfile.ZIP_DEFLATED, compresslevel=9)
    return buffer.getvalue()
