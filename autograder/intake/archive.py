"""Archives that strangers packed: their files are read in memory, one by one, and never unpacked by their own names."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import stat
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import IO, TYPE_CHECKING, cast

from autograder.intake.reader import LARGEST, UnreadableError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Member", "members", "members_of_zip"]

MOST_MEMBERS = 50_000
LARGEST_PIECE = 64 * 2**20  # of a tar, read at once: a header may claim any length
LARGEST_WHOLE = 4 * 2**30  # all that is unpacked of one archive
_TOO_MUCH = (
    "all that is in it has more megabytes, unpacked, than are read of one archive, or of all that one student sent."
)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its name with ``/``, when the archive says it was written, and how to read it.

    ``refusal`` says why it is not read; whoever sent it is told.
    """

    name: str
    moment: datetime | None = None
    refusal: str = ""
    read: Callable[[], bytes] = bytes


def members(path: Path, zone: tzinfo = UTC) -> Iterator[Member]:
    """Go through the files of a zip or a tar, also a compressed one.

    Parameters
    ----------
    path : Path
        The archive.
    zone : tzinfo
        Of the times in a zip, which names none.

    Raises
    ------
    UnreadableError
        It is no archive, or one that no class fills.
    """
    with path.open("rb") as file:
        if zipfile.is_zipfile(file):
            yield from members_of_zip(file, zone)
            return
        file.seek(0)
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        with _explained(path.name):
            yield from _members_of_tar(cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if packed else file)


def members_of_zip(file: IO[bytes], zone: tzinfo = UTC, left: list[int] | None = None) -> Iterator[Member]:
    """Go through the files of a zip; a name that climbs, a link and a file that is too large are refused.

    Parameters
    ----------
    file : file object
        The zip.
    zone : tzinfo
        Of its times.
    left : list of int
        How many bytes may still be unpacked: one number, which gets smaller. Several archives may share it.

    Raises
    ------
    UnreadableError
        It is no zip, or holds too many files.
    """
    left = [LARGEST_WHOLE] if left is None else left
    with _explained("the archive"), zipfile.ZipFile(file) as archive:
        found = archive.infolist()
        if len(found) > MOST_MEMBERS:
            raise UnreadableError(f"it holds {len(found)} files, more than the {MOST_MEMBERS} that are looked at.")
        for info in found:
            if info.is_dir():
                continue
            mode = info.external_attr >> 16
            odd = stat.S_IFMT(mode) not in (0, stat.S_IFREG)
            refusal = _refusal(_name(info), info.file_size, odd=odd)
            if info.flag_bits & 1:
                refusal = refusal or "it is encrypted: pack it without a password."
            yield Member(_name(info), _moment(info, zone), refusal, _reader(archive, info, left))


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: list[int]) -> Callable[[], bytes]:
    """Read no more than is allowed, whatever size the member claims."""

    def read() -> bytes:
        with _explained(_name(info)), archive.open(info) as file:
            return _limited(file, left)

    return read


def _limited(file: IO[bytes], left: list[int]) -> bytes:
    content = file.read(LARGEST + 1)
    left[0] -= len(content)
    if len(content) > LARGEST:
        raise UnreadableError(_too_large(len(content)))
    if left[0] < 0:
        raise UnreadableError(_TOO_MUCH)
    return content


def _members_of_tar(file: IO[bytes]) -> Iterator[Member]:
    left = [LARGEST_WHOLE]
    with tarfile.open(fileobj=_Counted(file), mode="r:") as archive:
        number = 0
        while (info := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # a tar would remember every header
            number += 1
            if number > MOST_MEMBERS:
                raise UnreadableError(f"it holds more than the {MOST_MEMBERS} files that are looked at.")
            if not info.isdir():
                yield _tar_member(archive, info, left)


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, left: list[int]) -> Member:
    name = unicodedata.normalize("NFC", info.name.encode("utf-8", "replace").decode("utf-8"))
    moment = datetime.fromtimestamp(info.mtime, UTC) if 0 < info.mtime < 2**33 else None

    def read() -> bytes:
        file = archive.extractfile(info)
        return b"" if file is None else _limited(file, left)

    return Member(name, moment, _refusal(name, info.size, odd=not info.isreg()), read)


class _Counted(io.RawIOBase):
    """A file that is read in pieces of a bounded size, and not for ever."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= LARGEST_PIECE:
            raise UnreadableError("a header in it claims an impossible length.")
        return self._file.read(size)

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        if place > LARGEST_WHOLE:
            raise UnreadableError(_TOO_MUCH)
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()


@contextmanager
def _explained(name: str) -> Iterator[None]:
    try:
        yield
    except tarfile.TarError as error:
        raise UnreadableError(f"{name} is no archive that can be read ({error}): a zip, or a tar.gz.") from error
    except _BROKEN as error:
        raise UnreadableError(f"{name} cannot be unpacked: {error or type(error).__name__}.") from error


def _refusal(name: str, size: int, *, odd: bool) -> str:
    if odd:
        return "it is a link or a device, and links are not followed: hand in the file itself."
    if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":" or not name.isprintable():
        return "its name leads out of the archive: pack the notebook again, by its own name."
    return _too_large(size) if size > LARGEST else ""


def _too_large(size: int) -> str:
    return (
        f"it has {size / 1e6:.0f} MB unpacked, more than the {LARGEST / 1e6:.0f} MB that are read. "
        "In JupyterLab, choose Edit > Clear Outputs of All Cells, save, and hand it in again."
    )


def _name(info: zipfile.ZipInfo) -> str:
    """Return a name with ``/``; old programs write UTF-8 and say that it is a code page of 1981."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _moment(info: zipfile.ZipInfo, zone: tzinfo) -> datetime | None:
    try:
        return datetime(*info.date_time, tzinfo=zone)
    except ValueError:
        return None
