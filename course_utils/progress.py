"""How far a student is: what each visible check said last, kept in ``work/progress/`` and nowhere else.

``make lab`` makes that folder. Where it is missing, nothing is written: not by a grader, not in a copy of a notebook.
A file that cannot be read or written is no error, because no answer gets better by it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from course_utils.labs import Exercise, Lab, LabError, find_lab, find_root, id_, kind

__all__ = ["FOLDER", "STATES", "find_work", "of_exercise", "read", "record", "sentence", "watch", "way_out"]

FOLDER = "progress"
STATES = {"right": "✓", "wrong": "✗", "open": "○"}  # of a check: the last is "not attempted yet"

_PATIENCE = 3  # failures of a check in a row: then its message says how to report a problem

_seen: dict[str, dict[str, str]] = {}  # in this kernel: check ids and states, by lab
_labs: dict[str, Lab] = {}
_failures: dict[str, int] = {}  # in this kernel: how often each check failed in a row, by its cell's file name


def find_work() -> Path:
    """Return the student's folder: the one around this notebook, or ``work/`` beside the labs."""
    around = Path.cwd().parent
    return around if (around / FOLDER).is_dir() else find_root() / "work"


def watch() -> None:
    """Have this notebook's kernel note what its checks say; without a notebook, do nothing."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None and _note not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", _note)


def read(lab: str, work: Path) -> dict[str, str]:
    """Return the state of each check of a lab that was run, by its id; what makes no sense in the file is left out."""
    try:
        states = json.loads((work / FOLDER / f"{lab}.json").read_text(encoding="utf-8"))["checks"]
        kept = {str(check): state for check, state in states.items() if state in STATES}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        kept = {}
    return kept | _seen.get(lab, {})


def record(lab: str, check: str, state: str, work: Path) -> None:
    """Note what a check said, in this kernel and, if there is a place for it, in a file."""
    _seen.setdefault(lab, {})[check] = state
    folder = work / FOLDER
    if not folder.is_dir():
        return
    with contextlib.suppress(OSError):
        text = json.dumps({"lab": lab, "checks": read(lab, work)}, indent=1, sort_keys=True)
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as file:
            file.write(text + "\n")
        try:
            os.replace(file.name, folder / f"{lab}.json")  # noqa: PTH105 - whole or not at all
        except OSError:
            os.unlink(file.name)  # noqa: PTH108


def of_exercise(exercise: Exercise, states: dict[str, str]) -> str:
    """Return the state of an exercise: wrong or open if one of its checks is, right if all are, else ""."""
    said = [states.get(check, "") for check in exercise.checks]
    worst = next((state for state in ("wrong", "open") if state in said), "")
    return worst or ("right" if said and set(said) == {"right"} else "")


def sentence(lab: Lab, states: dict[str, str]) -> str:
    """Say in words how far a lab is."""
    graded = [exercise for exercise in lab.exercises if not exercise.optional] or lab.exercises
    found = {exercise.number: of_exercise(exercise, states) for exercise in graded}
    counts = Counter(found.values())
    words = [f"{counts['right']} of {len(graded)} exercises right"]
    for state, word in (("wrong", "not right yet"), ("open", "not attempted"), ("", "not checked yet")):
        if counts[state]:
            words.append(f"{word}: {', '.join(number for number, other in found.items() if other == state)}")
    return "; ".join(words)


def way_out(number: str, cell: str) -> list[str]:
    """Say how to report a problem, if a check has failed for the third time in a row.

    Parameters
    ----------
    number : str
        Of the exercise.
    cell : str
        The file name that the kernel gives the check's cell; this failure of it is not counted yet.
    """
    if _failures.get(cell, 0) + 1 < _PATIENCE:
        return []
    lab = _lab(number)
    name = next((exercise.id for exercise in lab.exercises if exercise.number == number), "?")
    words = f"`%run -m course_utils.problem {number}` in a cell prints what to send"
    place = f"exercise {number}, {name}, lab version {lab.version}"
    return [f"  Is the check wrong, and not your answer? Tell your instructor: {words} ({place})."]


def _note(result: Any) -> None:
    """Note how a check cell ended (IPython calls this after each cell)."""
    with contextlib.suppress(Exception):
        from course_utils.checks.context import current

        lab = _lab(current.number)
        check = _checks(lab).get(result.info.raw_cell.strip())
        error = result.error_before_exec or result.error_in_exec
        if check is not None and not isinstance(error, KeyboardInterrupt):
            state = "right" if error is None else "open" if getattr(error, "verdict", "") == "BLANK" else "wrong"
            _failures[current.cell] = _failures.get(current.cell, 0) + 1 if state == "wrong" else 0
            record(lab.name, check, state, Path.cwd().parent)


def _lab(number: str) -> Lab:
    """Find the lab that an exercise's number belongs to."""
    first = number.partition(".")[0]
    if first not in _labs:
        if not first.isdecimal():
            raise LabError(f"no lab has the exercise {number}")
        _labs[first] = find_lab(first)
    return _labs[first]


def _checks(lab: Lab) -> dict[str, str]:
    """Return the ids of a lab's checks, by their text."""
    return {cell["source"].strip(): id_(cell) for cell in lab.notebook["cells"] if kind(cell) == "checks"}
