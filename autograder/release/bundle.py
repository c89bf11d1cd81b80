"""The archive that students get: the labs, what they import, how to set up; nothing else."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

from autograder.errors import UsageError
from autograder.files import write_whole
from autograder.release.build import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from autograder.course import Course

__all__ = ["bundle", "bundle_files"]

_TEMPLATES = ("Makefile", "README.md", "pyproject.toml")  # in bundle/: they differ from the course's own
_SHARED = ("constraints.txt", "environment.yml")
_IF_PRESENT = ("ATTRIBUTION.md", "LICENSE")
_PACKAGE_SUFFIXES = (".css", ".html", ".js", ".json", ".py", ".toml", ".typed")
_DATE = (1980, 1, 1, 0, 0, 0)  # the same bytes on any day


def bundle(course: Course, upto: str | None = None) -> Path:
    """Write ``build/bundle/<course>.zip``.

    Parameters
    ----------
    course : Course
        Its labs are built first: a rule that is broken, or a leak, stops the bundle.
    upto : str, optional
        The last lab to hand out, by name or number; a later lab may hold the solutions of earlier ones.

    Returns
    -------
    Path
        The archive; the same course gives the same bytes.

    Raises
    ------
    SourceError, LeakError
        See `autograder.release.build.build`.
    UsageError
        A file that belongs into the bundle is missing.
    """
    name = _name(course)
    path = course.root / "build" / "bundle" / f"{name}.zip"
    write_whole(path, _zip({f"{name}/{member}": data for member, data in bundle_files(course, upto).items()}))
    return path


def bundle_files(course: Course, upto: str | None = None) -> dict[str, bytes]:
    """Return what goes into the bundle, by its path there."""
    built = build(course)
    if built.errors:
        raise built.errors[0]
    last = max((lab.number for lab in course.labs), default=0) if upto is None else course.lab(upto).number
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
