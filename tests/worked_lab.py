"""Working a lab as a student does: answers are written into its notebook, and a real kernel runs all of it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import nbformat

from autograder.course import Course
from autograder.source.mistakes import read_mistakes
from autograder.source.percent import read_lab

__all__ = ["answer", "run_lab", "run_python", "solved"]

RUN = """
import sys
import nbclient, nbformat
book = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(book, timeout=120, resources={"metadata": {"path": sys.argv[2]}}).execute()
nbformat.write(book, sys.argv[1])
"""


def run_python(
    python: str | Path, *arguments: str, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run an interpreter in a folder and wait for it."""
    command = [python, *arguments]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


def run_lab(python: str | Path, notebook: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Run a notebook in a real kernel of an interpreter, and return what its cells said, by grade_id."""
    arguments = ("-c", RUN, str(notebook), str(notebook.parent))
    done = run_python(python, *arguments, folder=notebook.parent, environment=environment)
    assert 0 == done.returncode, done.stderr
    cells = nbformat.read(notebook, as_version=4).cells
    return {cell.metadata.nbgrader.grade_id: _said(cell) for cell in cells if cell.cell_type == "code"}


def answer(notebook: Path, answers: Mapping[str, str]) -> None:
    """Write answers into their cells, by grade_id."""
    node = nbformat.read(notebook, as_version=4)
    for cell in node.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    nbformat.write(node, notebook)


def solved(course: Course, name: str, wrong: str | None = None) -> str:
    """Return the students' notebook of a lab with all answers filled in, and perhaps one exercise answered wrong."""
    lab = read_lab(course.solutions / f"{name}.py")
    cells = [cell for cell in lab.cells if cell.kind in ("exercise", "answer")]
    answers = {str(cell.id): _without_marks(cell.source) for cell in cells}
    if wrong in answers:
        mistakes = read_mistakes(course.solutions / "mistakes" / f"{name}.py")
        answers[wrong] = next(m.source for m in mistakes if m.exercise == wrong and m.kind == "mistake")
    notebook = nbformat.read(course.labs_folder / name / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution"):
            cell.source = answers[marks["grade_id"]]
    return str(nbformat.writes(notebook))


def _without_marks(source: str) -> str:
    lines = source.splitlines()
    return "\n".join(line for line in lines if line.strip().lstrip("# ") not in ("BEGIN SOLUTION", "END SOLUTION"))


def _said(cell: nbformat.NotebookNode) -> str:
    """Return the text of a cell's outputs, colours left out."""
    texts = [output.get("text", "\n".join(output.get("traceback", []))) for output in cell.outputs]
    return re.sub(r"\x1b\[[\d;]*m", "", "".join(texts))
