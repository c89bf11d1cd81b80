"""Folders for what a grader needs while it runs: if it is killed, the next one removes what it has left."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import uuid
from collections.abc import Collection
from pathlib import Path
from typing import Self

if sys.platform != "win32":  # there, nothing is known of other graders, and nothing of theirs is removed
    import fcntl

__all__ = ["Scratch", "clear", "remove"]

_PREFIX, _LOCK = "course-grader-", ".lock"


class Scratch:
    """A new folder, locked for as long as this process lives and needs it; use it as a context manager.

    Attributes
    ----------
    path : Path
        The folder; others may pass through it, and see nothing of what is in it.
    """

    def __init__(self) -> None:
        _remove_abandoned(Path(tempfile.gettempdir()))
        self.path, self._lock = _locked()

    def __enter__(self) -> Self:
        """Return the folder."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove it."""
        self.close()

    def close(self) -> None:
        """Remove it, if that is not done yet."""
        remove(self.path)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _locked() -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        path.chmod(0o711)
        lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        if sys.platform == "win32":
            return path, lock
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (path / _LOCK).exists():
            return path, lock
        os.close(lock)  # another grader took it for abandoned before it was locked, and removed it


def _remove_abandoned(parent: Path) -> None:
    """Remove folders of this user that nobody holds the lock of."""
    if sys.platform == "win32":
        return
    for path in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if path.is_symlink() or path.stat().st_uid != os.geteuid():
                continue
            lock = os.open(path / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(path)
            finally:
                os.close(lock)


def remove(folder: str | Path) -> None:
    """Remove a folder with all that is in it, also where student code, which has ended, took away its own rights."""
    clear(Path(folder))
    with contextlib.suppress(OSError):
        Path(folder).rmdir()


def clear(folder: Path, kept: Collection[str] = ()) -> None:
    """Remove all that is in a folder, but for some names; nobody else may work in it meanwhile.

    Folders are lifted to the top before they are emptied: however deep they lie, no path gets long and nothing recurs.
    What cannot be removed stays.
    """
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        for entry in _entries(path):
            if path == folder and entry.name in kept:
                continue
            with contextlib.suppress(OSError):
                if not entry.is_dir(follow_symlinks=False):
                    Path(entry).unlink()
                elif path == folder:
                    waiting.append(Path(entry))
                else:
                    Path(entry).chmod(0o700)  # to be moved, a folder must be writable itself
                    waiting.append(Path(entry).rename(folder / uuid.uuid4().hex))
        if path != folder:
            with contextlib.suppress(OSError):
                path.rmdir()


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with contextlib.suppress(OSError):
        folder.chmod(0o700)
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []
