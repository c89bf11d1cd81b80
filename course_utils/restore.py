"""Bring cells back: ``python -m course_utils.restore NN [CELL]``.

Without CELL, every given cell that is missing or was changed comes back as it was handed out, and every answer cell
that is missing comes back empty; what you wrote stays. With CELL - the number of an exercise, such as 2.3, or the name
of a cell - that one comes back as it was handed out, your answer included. The file as it was is kept beside it.
"""

from __future__ import annotations

import argparse
import copy
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_utils.labs import Lab, LabError, find_lab, id_, kind
from course_utils.notebook_file import keep, parse, read_bytes, write_bytes, write_notebook
from course_utils.progress import find_work

__all__ = ["Repair", "defines", "main", "repaired", "reset", "restore"]

_OWN = ("exercise", "answer")  # the cells that a student writes


@dataclass(frozen=True, slots=True)
class Repair:
    """A repaired notebook, and what had to be done.

    ``missing`` and ``changed`` hold ids of cells, or the first words of those without an id.
    """

    notebook: Any
    missing: tuple[str, ...]
    changed: tuple[str, ...]


def repaired(lab: Lab, notebook: Any) -> Repair:
    """Return a notebook with all that was handed out, and with the answers that it holds.

    Parameters
    ----------
    lab : Lab
        As it was handed out.
    notebook : NotebookNode
        A student's; it is not changed.
    """
    cells = [copy.deepcopy(cell) for cell in notebook.cells]
    places = _places(lab, cells)
    missing, changed, place = [], [], -1
    for index, given in enumerate(lab.notebook["cells"]):
        if index not in places:
            place += 1
            cells.insert(place, _fresh(given))
            places = {key: at + (at >= place) for key, at in places.items()} | {index: place}
            missing.append(_name(given))
            continue
        place = places[index]
        if kind(given) and not _is_whole(given, cells[place]):
            cells[place] = _mended(given, cells[place])
            changed.append(_name(given))
    made = copy.deepcopy(notebook)
    made.cells, made.metadata = cells, made.metadata | _fresh(lab.notebook["metadata"])
    return Repair(made, tuple(missing), tuple(changed))


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
    place = _places(lab, made.cells).get(lab.notebook["cells"].index(given))
    if place is not None:
        made.cells[place] = _fresh(given)
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
        if not said:
            return ["All given cells are there, as they were handed out. Nothing was changed."]
    kept = keep(path, "restore")
    write_notebook(path, made)
    return [
        *said,
        f"The notebook as it was is kept: {kept.name}",
        "If it is open in JupyterLab: File, then Reload Notebook from Disk.",
    ]


def _places(lab: Lab, cells: Sequence[Any]) -> dict[int, int]:
    """Find the lab's cells in a notebook: by nbformat's id, by grade_id, by text; each is taken once.

    An exercise is found by the name that it defines, too, in a cell that is no other.
    """
    found: dict[int, int] = {}
    for key in (lambda cell: cell.get("id"), id_, _text):
        free = _free(cells, found)
        first = {key(cells[at]): at for at in reversed(free)}
        for index, given in enumerate(lab.notebook["cells"]):
            if index not in found and key(given) and key(given) in first:
                found[index] = first.pop(key(given))
    for index, given in enumerate(lab.notebook["cells"]):
        if index not in found and kind(given) == "exercise":
            defining = (at for at in _free(cells, found) if defines(cells[at]["source"], id_(given)))
            if (at := next(defining, None)) is not None:
                found[index] = at
    return found


def defines(source: str, name: str) -> bool:
    """Say whether a cell's text looks as if it defined a name."""
    return bool(
        re.search(
            rf"^(?:(?:def|class) {re.escape(name)}\b|{re.escape(name)}\s*(?::[^=\n]+)?=(?!=))", source, re.MULTILINE
        )
    )


def _free(cells: Sequence[Any], found: dict[int, int]) -> list[int]:
    return [at for at in range(len(cells)) if at not in found.values()]


def _text(cell: Any) -> str:
    return str(cell["source"]).strip()


def _is_whole(given: dict[str, Any], cell: Any) -> bool:
    """Say whether a cell has the type and the marks of the given one and, if it is not the student's own, its text."""
    marked = all(cell["metadata"].get(key) == value for key, value in given["metadata"].items())
    same = kind(given) in _OWN or _text(cell) == _text(given)
    return bool(marked and same and cell["cell_type"] == given["cell_type"])


def _mended(given: dict[str, Any], cell: Any) -> Any:
    """Return a given cell as it was handed out; of a cell of the student's own the text stays, and its outputs."""
    new = _fresh(given)
    same = _text(cell) == _text(given)
    new["metadata"] = cell["metadata"] | new["metadata"]
    if kind(given) in _OWN:
        new["source"] = cell["source"]
        if "attachments" in cell and given["cell_type"] == "markdown":
            new["attachments"] = cell["attachments"]
    if given["cell_type"] == cell["cell_type"] == "code" and (same or kind(given) in _OWN):
        new |= {"outputs": cell["outputs"], "execution_count": cell["execution_count"]}
    return new


def _without_other_repairs(lab: Lab, notebook: Any, given: dict[str, Any]) -> Any:
    """Put one missing cell in below the nearest cell above it that is there."""
    places = _places(lab, notebook.cells)
    index = lab.notebook["cells"].index(given)
    above = max((at for earlier, at in places.items() if earlier < index), default=-1)
    notebook.cells.insert(above + 1, _fresh(given))
    return notebook


def _fresh(node: Any) -> Any:
    from nbformat import from_dict

    return from_dict(copy.deepcopy(node))


def _name(cell: dict[str, Any]) -> str:
    return id_(cell) or f"the text “{_text(cell).lstrip('# ')[:40]}…”"


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
