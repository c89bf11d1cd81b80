"""Solution notebooks: run from top to bottom; with hidden checks for assistants, without them for students."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from autograder.errors import CourseError
from autograder.files import write_whole
from autograder.source.regions import SOLUTION, visible_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from nbclient import NotebookClient
    from nbformat import NotebookNode

    from autograder.course import Course, LabInfo

__all__ = ["Solution", "open_until"]

_CELL_SECONDS = 600  # the reference trains a network, on whatever machine
_WIDGET = "application/vnd.jupyter.widget-view+json"
_EDGES = (f"# BEGIN {SOLUTION}", f"# END {SOLUTION}")
_TEMPLATE = Path(__file__).with_name("solution.html.j2")


@dataclass(frozen=True, slots=True)
class Solution:
    """The solution of one lab, for assistants or for students.

    Parameters
    ----------
    course : Course
        The course, built.
    lab : LabInfo
        The lab.
    """

    course: Course
    lab: LabInfo

    @property
    def for_assistants(self) -> Path:
        """The notebook with everything; its page lies beside it."""
        return self._folder / "assistants" / f"{self.lab.name}.ipynb"

    @property
    def for_students(self) -> Path:
        """The notebook without hidden checks; its page lies beside it."""
        return self._folder / "students" / f"{self.lab.name}.ipynb"

    def write(self, *, students: bool) -> Path:
        """Write notebook and page; the lab is run if it has not been since it changed.

        Parameters
        ----------
        students : bool
            Whether they are for students.

        Returns
        -------
        Path
            The notebook.

        Raises
        ------
        CourseError
            A check does not pass on the solution, or the kernel ends.
        """
        solved = self._solved()
        path = self.for_students if students else self.for_assistants
        self._write(path, _without_hidden(solved) if students else solved)
        return path

    @property
    def _folder(self) -> Path:
        return self.course.root / "build" / "solutions"

    def _solved(self) -> NotebookNode:
        """Return the notebook that was run, from its file if that was made from this very source."""
        import nbformat

        text = (self.course.source_folder / self.lab.name / f"{self.lab.name}.ipynb").read_bytes()
        digest = hashlib.sha256(text + _packages(self.course.root)).hexdigest()
        if self.for_assistants.is_file():
            known = cast("NotebookNode", nbformat.read(self.for_assistants, as_version=4))
            if known.metadata.get("course", {}).get("made_from") == digest:
                return known
        solved = _run(self.course, cast("NotebookNode", nbformat.reads(text.decode(), as_version=4)))
        _refuse_failures(self.lab.name, solved)
        solved.metadata["title"] = f"{self.lab.title} · solution"
        solved.metadata.setdefault("course", {})["made_from"] = digest
        self._write(self.for_assistants, solved)
        return solved

    def _write(self, path: Path, notebook: NotebookNode) -> None:
        import nbformat

        _lay_mathjax(path.parent)
        write_whole(path.with_suffix(".html"), _page(notebook))
        write_whole(path, f"{nbformat.writes(notebook)}\n")  # last: it says that the page is there too


def open_until(labs: Sequence[LabInfo], extensions: Mapping[tuple[str, str], timedelta]) -> tuple[datetime, str] | None:
    """Return until when labs may be handed in, extensions included, and for which lab that is.

    Parameters
    ----------
    labs : sequence of LabInfo
        All with a due date.
    extensions : Mapping
        The extra time that single students were granted, by student and lab.

    Returns
    -------
    (datetime, str) or None
        The last moment and the lab's name; None if there are no labs.
    """
    dated = {lab.name: lab for lab in labs}
    granted = [(lab, extra) for (_, lab), extra in extensions.items() if lab in dated]
    moments = ((dated[lab].due_after(extra), lab) for lab, extra in (*((lab, None) for lab in dated), *granted))
    return max(((moment, lab) for moment, lab in moments if moment is not None), default=None)


@cache
def _packages(root: Path) -> bytes:
    """Digest what labs import of the course."""
    paths = sorted(path for path in (root / "course_utils").rglob("*") if path.suffix in (".py", ".js"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).digest()


def _run(course: Course, notebook: NotebookNode) -> NotebookNode:
    """Run a source notebook in a kernel that finds the reference."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook.cells = notebook.cells[:-2]  # what the build adds, for handing in
    search = [str(course.reference_folder), str(course.root), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(search)}
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook, timeout=_CELL_SECONDS, kernel_name="python3", resources={"metadata": {"path": folder}}
        )
        try:
            asyncio.run(_execute(client, environment))
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise CourseError(f"the solution does not run: {error}") from error
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if _without_widget(output)]
    return notebook


async def _execute(client: NotebookClient, environment: Mapping[str, str]) -> None:
    """Run all cells; not as nbclient does it, which takes Ctrl+C to end the kernel alone."""
    client.create_kernel_manager()
    await client.async_start_new_kernel(env=environment, stderr=subprocess.DEVNULL)
    try:
        await client.async_start_new_kernel_client()
        for place, cell in enumerate(client.nb.cells):
            await client.async_execute_cell(cell, place)
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
        if client.km is not None:
            await client.km.shutdown_kernel(now=True)


def _without_widget(output: NotebookNode) -> bool:
    """Leave of a widget the picture that it shows where there is no kernel; say whether there is one."""
    data = output.get("data", {})
    return data.pop(_WIDGET, None) is None or "text/html" in data


def _refuse_failures(lab: str, notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        if errors and cell.metadata.get("course", {}).get("kind") == "checks":
            name = cell.metadata["nbgrader"]["grade_id"]
            raise CourseError(f"{lab}: the check {name} fails on the solution: {errors[0].ename}: {errors[0].evalue}")


def _without_hidden(notebook: NotebookNode) -> NotebookNode:
    """Leave out hidden checks, and the lines that mark a solution."""
    shown = copy.deepcopy(notebook)
    for cell in shown.cells:
        cell.source = "\n".join(line for line in visible_text(cell.source).split("\n") if line.strip() not in _EDGES)
    return shown


def _lay_mathjax(folder: Path) -> None:
    """Copy MathJax beside the pages, without its menus in forty languages."""
    import jupyter_server_mathjax

    static = Path(jupyter_server_mathjax.__file__).parent / "static"
    shutil.copytree(static, folder / "mathjax", dirs_exist_ok=True, ignore=shutil.ignore_patterns("localization"))


def _page(notebook: NotebookNode) -> str:
    """Return a notebook as one HTML file."""
    from nbconvert import HTMLExporter

    text, _ = HTMLExporter(raw_template=_TEMPLATE.read_text(encoding="utf-8")).from_notebook_node(notebook)
    return str(text)
