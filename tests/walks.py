"""The course of ``tests/source_course``: one of everything that a source can hold."""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder.course import Course
from autograder.source.lab import Lab
from autograder.source.percent import read_lab

__all__ = ["ROOT", "SOURCE", "WALKS", "read_text", "walks_course"]

ROOT = Path(__file__).resolve().parent.parent
WALKS = Path(__file__).parent / "source_course"
SOURCE = WALKS / "solutions" / "01_walks.py"


def walks_course(folder: Path, *, bundled: bool = False) -> Course:
    """Copy the course into a folder; with what goes into a bundle besides, if wanted."""
    shutil.copytree(WALKS, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    if bundled:
        for name in ("bundle", "course_utils"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("constraints.txt", "environment.yml", "LICENSE", "ATTRIBUTION.md"):
            shutil.copy(ROOT / name, folder / name)
    return Course.load(folder)


def read_text(folder: Path, text: str, name: str = "01_walks") -> Lab:
    """Read a source from a text, as if it stood in a file of that name."""
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return read_lab(path)
