"""Reading one file that a stranger wrote."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, Any

from autograder.course import LARGEST
from autograder.intake.cells import student_cells

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LARGEST", "UnreadableError", "read_notebook"]

_AGAIN = "Open the lab in JupyterLab, choose File > Save, and hand in the .ipynb file itself."


class UnreadableError(Exception):
    """A file is no notebook; its text is what the student reads."""


def read_notebook(path: Path, largest: int = LARGEST) -> dict[str, Any]:
    """Read a notebook file without believing any of it.

    Parameters
    ----------
    path : Path
        The file; a link is refused.
    largest : int
        Bytes above which it is refused unread.

    Returns
    -------
    dict
        A JSON object in which :func:`autograder.intake.cells.student_cells` finds at least one cell.

    Raises
    ------
    UnreadableError
        It is no notebook.
    OSError
        The machine refuses to read it.
    """
    content = _json(_bytes(path, largest))
    if not isinstance(content, dict):
        raise UnreadableError(f"The file is JSON, but not a notebook. {_AGAIN}")
    try:
        cells = student_cells(content)
    except RecursionError as error:
        raise UnreadableError(f"The file is nested too deeply to be a notebook. {_AGAIN}") from error
    if not cells:
        raise UnreadableError(f"The notebook has no cells. {_AGAIN}")
    return content


def _bytes(path: Path, largest: int) -> bytes:
    # O_NONBLOCK: opening a pipe must not wait for a writer; O_NOFOLLOW: a link may point anywhere.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    if path.is_symlink() or not path.is_file():
        raise UnreadableError(f"The file is a link or no regular file, and is not followed. {_AGAIN}")
    with os.fdopen(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError(f"The file is not a regular file. {_AGAIN}")
        if status.st_size > largest:
            raise UnreadableError(
                f"The file has {status.st_size / 1e6:.0f} MB, more than the {largest / 1e6:.0f} MB that are read. "
                "In JupyterLab, choose Edit > Clear Outputs of All Cells, save, and hand it in again."
            )
        content = file.read(largest + 1)
    if not content.strip():
        raise UnreadableError(f"The file is empty. {_AGAIN}")
    return content


def _json(content: bytes) -> Any:
    """Parse JSON in UTF-8, or in the UTF-16 and UTF-32 that some editors write."""
    try:
        text = content.decode(json.detect_encoding(content)).removeprefix("\N{BYTE ORDER MARK}")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"The file is not UTF-8 text (byte {error.start}): another program saved it in its own encoding. {_AGAIN}"
        ) from error
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"The file is not a notebook: its JSON breaks off in line {error.lineno}, column {error.colno} "
            f"({error.msg}). {_AGAIN}"
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnreadableError(f"The file holds data that no notebook holds. {_AGAIN}") from error
