"""Files that are there whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: Path, content: str | bytes, mode: int = 0o644, *, durable: bool = False) -> None:
    """Write a file so that a reader, or the next run after a crash, sees the old file or the new one.

    Parameters
    ----------
    path : Path
        The file; its folder is made if it is missing. A link in its place is replaced, not followed.
    content : str or bytes
        Text is written as UTF-8.
    mode : int
        The permissions of the new file.
    durable : bool
        Whether it is on the disk, and not only on its way there, when this returns.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8") if isinstance(content, str) else content
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
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
