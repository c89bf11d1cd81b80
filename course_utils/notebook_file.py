"""A notebook's file: reading what may be broken, writing it whole, keeping what was there before."""

from __future__ import annotations

import json
import os
import tempfile
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any

from course_utils.labs import LabError

__all__ = ["keep", "parse", "read_bytes", "unique", "write_bytes", "write_notebook"]


def read_bytes(path: Path) -> bytes:
    """Read a file.

    Raises
    ------
    LabError
        It is not there, or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise LabError(f"there is no file {path}: `make lab` puts a fresh copy there") from error
    except OSError as error:
        raise LabError(f"{path} cannot be read: {error.strerror}") from error


def parse(path: Path, data: bytes) -> Any:
    """Understand a file's bytes as a notebook of nbformat 4.5, whatever version it has.

    Raises
    ------
    LabError
        It is none; the text says where it breaks off and where an older copy may be.
    """
    import nbformat

    try:
        with warnings.catch_warnings(action="ignore"):  # what a validator complains of is repaired on the way
            notebook = nbformat.reads(data.decode("utf-8"), as_version=4)
            notebook = nbformat.v4.upgrade(notebook, from_minor=notebook.get("nbformat_minor", 0))
        if not all(isinstance(cell.source, str) and isinstance(cell.metadata, dict) for cell in notebook.cells):
            raise ValueError("a cell without text")  # noqa: TRY301 - one place says what to do
    except UnicodeDecodeError as error:
        raise LabError(f"{path} is not written in UTF-8 (byte {error.start}). {_elsewhere(path)}") from error
    except Exception as error:  # nbformat raises what it likes
        raise LabError(f"{path} is no notebook: {_reason(data, error)}. {_elsewhere(path)}") from error
    return notebook


def _reason(data: bytes, error: Exception) -> str:
    if not data.strip():
        return "it is empty"
    try:
        json.loads(data)
    except ValueError as broken:
        return f"its text breaks off or is damaged ({broken})"
    return str(error).split("\n", maxsplit=1)[0][:200] or type(error).__name__


def _elsewhere(path: Path) -> str:
    """Say where an older state of a broken file is."""
    checkpoint = path.parent / ".ipynb_checkpoints" / f"{path.stem}-checkpoint.ipynb"
    if not checkpoint.is_file():
        return "Nothing was changed"
    moment = datetime.fromtimestamp(checkpoint.stat().st_mtime).astimezone()
    return f"Nothing was changed. JupyterLab kept an older state, of {moment:%d %B %H:%M}: {checkpoint}"


def keep(path: Path, why: str) -> Path:
    """Copy a file beside itself, under a name that says when and why; an existing file is never overwritten."""
    copy = unique(path.with_name(f"{path.name}.before-{why}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"))
    with copy.open("xb") as file:
        file.write(path.read_bytes())
    return copy


def unique(path: Path) -> Path:
    """Return a path at which there is nothing: this one, or one with a number."""
    tries = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(2, 10_000))
    return next(found for found in (path, *tries) if not os.path.lexists(found))


def write_notebook(path: Path, notebook: Any) -> None:
    """Write a notebook whole or not at all."""
    import nbformat

    write_bytes(path, (nbformat.writes(notebook).rstrip("\n") + "\n").encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    os.replace(file.name, path)  # noqa: PTH105
