"""Bring your notebooks up to a newer release of the labs: ``python -m course_utils.update [NN]``.

Unpack the newer bundle over the older one first. Then given text, code and checks become those of the newer lab, what
you wrote stays, and what changed is said. Each file as it was is kept beside it. Without NN, all labs that you have
begun are looked at.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_utils.labs import Lab, LabError, find_lab, read_labs
from course_utils.notebook_file import keep, parse, read_bytes, write_notebook
from course_utils.progress import find_work
from course_utils.repair import repaired

__all__ = ["main", "update"]


def update(lab: Lab, path: Path) -> list[str]:
    """Merge what a lab gives into a notebook that was begun, and say what was done.

    Parameters
    ----------
    lab : Lab
        As it is handed out now.
    path : Path
        The student's notebook; as it was it is kept beside it, if anything has to be done.

    Raises
    ------
    LabError
        It cannot be read, or is another lab; nothing was changed.
    """
    notebook = parse(path, read_bytes(path))
    repair = repaired(lab, notebook)
    said = [f"new: {name}" for name in repair.missing]
    said += [f"changed: {name}" for name in repair.changed]
    said += repair.further_lines()
    if not said:
        return [f"{lab.name}: nothing to do, it is the lab as it is handed out now (version {lab.version})."]
    kept = keep(path, "update")
    write_notebook(path, repair.notebook)
    return [
        f"{lab.name}: from version {_version(notebook)} to {lab.version}. What you wrote stays.",
        *(f"  {line}" for line in said),
        f"  The notebook as it was is kept: {kept.name}",
        "  If it is open in JupyterLab: File, then Reload Notebook from Disk; then Kernel, Restart and Run All Cells.",
    ]


def _version(notebook: Any) -> str:
    course = notebook.metadata.get("course", {})
    return str(course.get("version", "?"))[:8] if isinstance(course, dict) else "?"


def main(arguments: Sequence[str] | None = None) -> int:
    """Update as the command line says; 0 done, 1 one of them not possible."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.update", description=__doc__)
    parser.add_argument(
        "lab", metavar="NN", nargs="?", help="the lab's number, such as 02 (default: all you have begun)"
    )
    parser.add_argument("--work", type=Path, help="your own folder (default: work)")
    chosen = parser.parse_args(arguments)
    problems = 0
    try:
        work = chosen.work or find_work()
        found = [find_lab(chosen.lab)] if chosen.lab else read_labs()
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    for lab in found:
        path = work / lab.name / f"{lab.name}.ipynb"
        if not chosen.lab and not path.exists():
            print(f"{lab.name}: not begun, so nothing to do.")
            continue
        try:
            print("\n".join(update(lab, path)))
        except LabError as error:
            problems += 1
            print(f"{lab.name}: {error}", file=sys.stderr)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
