"""Working a lab as a student does: answers are written into its notebook, and a real kernel runs all of it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import nbformat

__all__ = ["answer", "run_lab", "run_python"]

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


def _said(cell: nbformat.NotebookNode) -> str:
    """Return the text of a cell's outputs, colours left out."""
    texts = [output.get("text", "\n".join(output.get("traceback", []))) for output in cell.outputs]
    return re.sub(r"\x1b\[[\d;]*m", "", "".join(texts))
