"""The toy course of ``tests/toy_course``, built into a folder, and notebooks that a student of it could hand in."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.intake.submission import Submission
from autograder.intake.template import Template
from autograder.source.notebook import notebook
from autograder.source.percent import read_lab

TOY_COURSE = Path(__file__).parent / "toy_course"
SOLVED = {
    "double": "def double(x):\n    return x + x",
    "middle": "middle = 2.5",
    "triple": "def triple(x):\n    return 3 * x",
}
VARIETY: tuple[dict[str, str], ...] = (
    SOLVED | {"explain_double": "2 times 2 is 4"},
    {},
    {"double": "def double(x):\n    return x"},
    SOLVED,
    {"double": "import os\nos._exit(0)"},
)


def source(lab: str = "01_toy") -> Any:
    """Return the source notebook of a toy lab."""
    return notebook(read_lab(TOY_COURSE / "solutions" / f"{lab}.py"))


def template(lab: str = "01_toy") -> Template:
    """Return the template of a toy lab."""
    return Template.from_notebook(lab, source(lab))


def handed_in(answers: dict[str, str] | None = None, lab: str = "01_toy") -> dict[str, Any]:
    """Return the released notebook with some cells' texts replaced, by grade_id."""
    answers = answers or {}
    frame = template(lab)
    cells = []
    for cell in frame.cells:
        node = copy.deepcopy(dict(cell.node))
        node["source"] = answers.get(cell.grade_id or "", cell.shown)
        cells.append(node)
    notebook = {"cells": cells, "metadata": frame.metadata, "nbformat": 4, "nbformat_minor": 5}
    whole: dict[str, Any] = json.loads(json.dumps(notebook))
    return whole


def submission(notebook: dict[str, Any], lab: str = "01_toy", student: str = "ada") -> Submission:
    """Return a submission that was read."""
    return Submission(student, lab, Path(f"{student}/{lab}/{lab}.ipynb"), notebook=notebook)


def hand_in(folder: Path, student: str, notebook: dict[str, Any] | str | bytes, lab: str = "01_toy") -> Path:
    """Write a notebook (or any text) as a submission, and return its path."""
    path = folder / student / lab / f"{lab}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = json.dumps(notebook) if isinstance(notebook, dict) else notebook
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def toy_course(root: Path) -> Course:
    """Copy the toy course into a folder and return it, not built yet."""
    shutil.copytree(TOY_COURSE, root, dirs_exist_ok=True)
    for name in ("nbgrader_config.py", "solutions/hidden.py"):
        shutil.copy(TOY_COURSE.parent.parent / name, root / name)
    return Course.load(root)


def hand_in_variety(course: Course, students: int) -> None:
    """Let students hand in right, wrong and blank work, one of them no notebook."""
    for number in range(students):
        work = handed_in(VARIETY[number % len(VARIETY)]) if number else "no notebook"
        path = hand_in(course.submitted, f"student{number:03}", work)
        (path.parent / "timestamp.txt").write_text("2026-09-25 22:00:00 UTC")
    (course.class_folder / "secret").write_text("the same for all")
