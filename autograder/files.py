"""Files that are there whole, or not at all, and files that only grow."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["append_whole", "remove_parts", "write_whole"]

_PART = ".part"


def write_whole(path: Path, content: str | bytes, mode: int = 0o644, *, durable: bool = False) -> None:
    """Write a file so that a reader, or the next run after a crash, sees the old file or the new one.

    Parameters
    ----------
    path : Path
        The file; its folder is made if it is missing. A link in its place is replaced, not followed.
    content : str or bytes
        Text is written as UTF-8; half of a pair of surrogates, which that cannot hold, becomes ``?``.
    mode : int
        The permissions of the new file.
    durable : bool
        Whether it is on the disk, and not only on its way there, when this returns.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_PART)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:  # Ctrl+C too must leave no half file behind
        temporary.unlink(missing_ok=True)
        raise


def append_whole(path: Path, lines: bytes) -> None:
    """Add lines to a file; when this returns they are on the disk, and if it fails none of them is.

    Parameters
    ----------
    path : Path
        The file; it and its folder are made if they are missing.
    lines : bytes
        Whole lines. Half a line that a killed run left before them does not spoil the first.

    Raises
    ------
    OSError
        The disk is full, or the like.
    """
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        start = b"" if file.read() in (b"", b"\n") else b"\n"
        try:
            file.write(start + lines)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:  # Ctrl+C too must leave no half of the lines behind
            os.ftruncate(file.fileno(), size)
            raise
    if is_new:
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Bring a folder's list of files to the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_parts(folder: Path) -> None:
    """Remove the half-written files that runs have left which were killed; nobody else may write there meanwhile."""
    for path in folder.rglob(f".*{_PART}"):
        path.unlink(missing_ok=True)
