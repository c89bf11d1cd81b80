"""Bring cells back: ``python -m course_utils.restore NN [CELL]``.

Without CELL, every given cell that is missing or was changed comes back as it was handed out, and every answer cell
that is missing comes back empty; what you wrote stays. With CELL - the number of an exercise, such as 2.3, or the name
of a cell - that one comes back as it was handed out, your answer included. The file as it was is kept beside it.
"""

from __future__ import annotations

import argparse
import copy
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_utils.labs import Lab, LabError, find_lab, id_
from course_utils.notebook_file import keep, parse, read_bytes, write_bytes, write_notebook
from course_utils.progress import find_work
from course_utils.repair import fresh, places, repaired

__all__ = ["main", "reset", "restore"]


def reset(lab: Lab, notebook: Any, cell: str) -> tuple[Any, str]:
    """Return a notebook in which one cell is as it was handed out, and the cell's id.

    Raises
    ------
    LabError
        The lab has no such cell.
    """
    numbers = {exercise.number: exercise.id for exercise in lab.exercises}
    wanted = numbers.get(cell, cell)
    given = next((given for given in lab.notebook["cells"] if id_(given) == wanted), None)
    if given is None:
        known = ", ".join(f"{number} ({name})" for number, name in numbers.items())
        raise LabError(f"{lab.name} has no cell {cell!r}: write the number of an exercise or a cell's name: {known}")
    made = copy.deepcopy(notebook)
    place = places(lab, made.cells).get(lab.notebook["cells"].index(given))
    if place is not None:
        made.cells[place] = fresh(given)
        return made, wanted
    return _without_other_repairs(lab, made, given), wanted


def restore(lab: Lab, path: Path, cell: str | None = None) -> list[str]:
    """Bring cells of a file back, and say what was done; the file as it was is kept beside it.

    Parameters
    ----------
    lab : Lab
        As it was handed out.
    path : Path
        The student's notebook. One that cannot be read any more is replaced by a fresh one.
    cell : str, optional
        Number of an exercise or id of a cell; by default all that is missing or was changed.

    Raises
    ------
    LabError
        There is no such file or cell.
    """
    data = read_bytes(path)
    try:
        notebook = parse(path, data)
    except LabError as error:
        kept = keep(path, "restore")
        write_bytes(path, lab.text.encode())
        return [f"{error}.", f"A fresh copy of the lab is in its place; the broken file is kept: {kept.name}"]
    if cell is not None:
        made, name = reset(lab, notebook, cell)
        said = [f"{name} is as it was handed out."]
    else:
        repair = repaired(lab, notebook)
        made, said = repair.notebook, [f"back again: {name}" for name in repair.missing]
        said += [f"as it was handed out: {name}" for name in repair.changed]
        said += repair.further_lines()
        if not said:
            return ["All given cells are there, as they were handed out. Nothing was changed."]
    kept = keep(path, "restore")
    write_notebook(path, made)
    return [
        *said,
        f"The notebook as it was is kept: {kept.name}",
        "If it is open in JupyterLab: File, then Reload Notebook from Disk.",
    ]


def _without_other_repairs(lab: Lab, notebook: Any, given: dict[str, Any]) -> Any:
    """Put one missing cell in below the nearest cell above it that is there."""
    found = places(lab, notebook.cells)
    index = lab.notebook["cells"].index(given)
    above = max((at for earlier, at in found.items() if earlier < index), default=-1)
    notebook.cells.insert(above + 1, fresh(given))
    return notebook


def main(arguments: Sequence[str] | None = None) -> int:
    """Restore as the command line says; 0 done, 1 not possible."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.restore", description=__doc__)
    parser.add_argument("lab", metavar="NN", help="the lab's number, such as 02")
    parser.add_argument("cell", metavar="CELL", nargs="?", help="an exercise's number, such as 2.3, or a cell's name")
    parser.add_argument("--work", type=Path, help="your own folder (default: work)")
    chosen = parser.parse_args(arguments)
    try:
        lab = find_lab(chosen.lab)
        work = chosen.work or find_work()
        print("\n".join(restore(lab, work / lab.name / f"{lab.name}.ipynb", chosen.cell)))
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
