"""The labs as they were handed out: what stands in ``labs/`` beside this package, or above the current folder."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

__all__ = ["Exercise", "Lab", "LabError", "Limits", "find_lab", "find_root", "read_labs", "version"]

_LABS = "labs/[0-9][0-9]_*/[0-9][0-9]_*.ipynb"
_NUMBER = re.compile(r'^checks\.exercise\("([^"]+)", "([^"]+)"\)', re.MULTILINE)
_CARD = re.compile(r"^### Exercise ([\d.]+) · ([^·]+?) ·", re.MULTILINE)
_SILENT = ("exercise", "rng")  # calls that say nothing of an answer


class LabError(Exception):
    """A lab, a cell or a file is not there or not usable; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise: ``checks`` are the ids of those of its checks that say something in a notebook."""

    id: str
    number: str
    title: str
    optional: bool
    checks: tuple[str, ...]

    def __str__(self) -> str:
        """Name it as its card does."""
        return f"{self.number} {self.title}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What grading allows a notebook: seconds for a cell of each kind, and bytes; it skips show cells."""

    setup_seconds: float = 60.0
    cell_seconds: float = 20.0
    check_seconds: float = 10.0
    show_seconds: float = 120.0
    notebook_bytes: int = 30_000_000

    @classmethod
    def each(cls, seconds: float) -> Self:
        """Allow every cell the same time."""
        return cls(seconds, seconds, seconds, seconds)

    def seconds(self, kind: str) -> float:
        """Return the limit for a cell of a kind; a student's own cell has none."""
        named = {"setup": self.setup_seconds, "checks": self.check_seconds, "show": self.show_seconds}
        return named.get(kind, self.cell_seconds)


@dataclass(frozen=True)
class Lab:
    """One lab as it was handed out; ``text`` is its file."""

    name: str
    text: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a lab from its file in ``labs/``."""
        return cls(path.stem, path.read_text(encoding="utf-8"))

    @cached_property
    def notebook(self) -> dict[str, Any]:
        """The notebook, with each cell's source as one text."""
        node: dict[str, Any] = json.loads(self.text)
        for cell in node["cells"]:
            cell["source"] = "".join(cell["source"])
        return node

    @property
    def number(self) -> int:
        """The first part of its name; 0 is the start page."""
        return int(self.name.split("_", maxsplit=1)[0])

    @property
    def title(self) -> str:
        """What the course calls it."""
        return str(self.notebook["metadata"].get("course", {}).get("title", self.name))

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return int(self.notebook["metadata"].get("course", {}).get("minutes", 0))

    @property
    def limits(self) -> Limits:
        """What grading allows, as the lab was told when it was built."""
        told = self.notebook["metadata"].get("course", {}).get("limits", {})
        return Limits(**{name: told[name] for name in Limits.__dataclass_fields__ if name in told})

    @property
    def points(self) -> float:
        """The points of all checks and of the written answer."""
        return sum(float(cell["metadata"].get("nbgrader", {}).get("points", 0)) for cell in self.notebook["cells"])

    @property
    def version(self) -> str:
        """Eight digits that tell this release of the lab from any other."""
        return str(self.notebook["metadata"].get("course", {}).get("version", "?"))

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """Its exercises, in order."""
        numbers = {name: number for number, name in _NUMBER.findall(self._joined("code"))}
        titles = dict(_CARD.findall(self._joined("markdown")))
        checks = [cell for cell in self.notebook["cells"] if kind(cell) == "checks"]
        points = {id_(c): c["metadata"]["nbgrader"]["points"] for c in checks}
        found = []
        for name in (id_(cell) for cell in self.notebook["cells"] if kind(cell) == "exercise"):
            own = [c for c in checks if c["metadata"]["course"]["exercise"] == name]
            number = numbers.get(name, "?")
            speaking = tuple(id_(c) for c in own if _speaks(c["source"]))
            optional = not sum(points[id_(c)] for c in own)
            found.append(Exercise(name, number, titles.get(number, name), optional, speaking))
        return tuple(found)

    @cached_property
    def answers(self) -> tuple[str, ...]:
        """The ids of the written answers."""
        return tuple(id_(cell) for cell in self.notebook["cells"] if kind(cell) == "answer")

    def _joined(self, cell_type: str) -> str:
        return "\n".join(cell["source"] for cell in self.notebook["cells"] if cell["cell_type"] == cell_type)


def id_(cell: dict[str, Any]) -> str:
    """Return a cell's grade_id, or an empty text."""
    marks = cell.get("metadata", {}).get("nbgrader", {})
    return str(marks.get("grade_id", "")) if isinstance(marks, dict) else ""


def kind(cell: dict[str, Any]) -> str:
    """Return a cell's kind: setup, show, exercise, checks, answer, or an empty text."""
    course = cell.get("metadata", {}).get("course", {})
    return str(course.get("kind", "")) if isinstance(course, dict) else ""


def find_root() -> Path:
    """Return the folder that holds ``labs/``: the nearest one upwards from here, or the one around this package.

    Raises
    ------
    LabError
        There is none.
    """
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parent.parent):
        if next(folder.glob(_LABS), None):
            return folder
    raise LabError(f"no labs in {here} or above it: start this in the folder that holds labs/")


def read_labs(root: Path | None = None) -> list[Lab]:
    """Read all labs that were handed out, the start page first."""
    return [Lab.read(path) for path in sorted((root or find_root()).glob(_LABS)) if path.stem == path.parent.name]


def find_lab(word: str, root: Path | None = None) -> Lab:
    """Find a lab by its number (``2``, ``02``) or name.

    Raises
    ------
    LabError
        There is no such lab.
    """
    labs = read_labs(root)
    for lab in labs:
        if word == lab.name or (word.isdecimal() and int(word) == lab.number):
            return lab
    raise LabError(f"there is no lab {word!r}: you have {', '.join(lab.name for lab in labs)}")


def version(root: Path | None = None) -> str:
    """Return the version of the course, or "?" if its pyproject.toml is gone."""
    try:
        text = ((root or find_root()) / "pyproject.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(text)["project"]["version"])
    except (LabError, OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError):
        return "?"


def _speaks(source: str) -> bool:
    """Say whether a check's visible part checks anything; where all is hidden, a notebook learns nothing."""
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    names = [f.attr for f in calls if isinstance(f, ast.Attribute) and ast.unparse(f.value) == "checks"]
    return any(name not in _SILENT for name in names)
