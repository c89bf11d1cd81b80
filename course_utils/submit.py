"""Hand in a lab: ``python -m course_utils.submit NN``.

Reads the saved notebook, runs it from top to bottom in a fresh kernel, says what is in it, and makes the archive that
you upload. The archive is made even if something is wrong with the notebook, as long as it can be read at all.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from course_utils import progress
from course_utils.fresh_run import Outcome, Run, run
from course_utils.labs import Exercise, Lab, LabError, Limits, find_lab, id_, kind
from course_utils.notebook_file import parse, read_bytes
from course_utils.receipt import Receipt, write_archive
from course_utils.repair import Repair, repaired

__all__ = ["FOLDER", "Findings", "examine", "main"]

FOLDER = "hand_in"
_STUB = "YOUR ANSWER HERE"
_MARKS = {**progress.STATES, "": "?"}
_WORDS = {"right": "right as far as you can see", "open": "not attempted", "": "not checked"}


@dataclass(frozen=True)
class Findings:
    """What is known of a notebook before it is handed in; ``run`` is None if it was not run."""

    lab: Lab
    repair: Repair
    run: Run | None

    @property
    def states(self) -> dict[str, str]:
        """The state of each exercise, by number: right, wrong, open or "" for not known."""
        outcomes = self.run.outcomes if self.run else ()
        states = {outcome.cell: outcome.state for outcome in outcomes}
        return {exercise.number: progress.of_exercise(exercise, states) for exercise in self.lab.exercises}

    @property
    def missing(self) -> list[Exercise]:
        """The exercises that have no cell."""
        return [exercise for exercise in self.lab.exercises if exercise.id in self.repair.missing]

    @property
    def trouble(self) -> list[str]:
        """What keeps the notebook from running to its end: cells that were stopped, or ended the process."""
        if self.run is None:
            return []
        kinds = {id_(cell): kind(cell) for cell in self.lab.notebook["cells"]}
        bad = [o for o in self.run.outcomes if o.stopped or (o.error and not _expected(kinds.get(o.cell, ""), o.error))]
        lines = [f"code cell {o.number}{f' ({o.cell})' if o.cell else ''}: {_brief(o)}" for o in bad]
        return [*lines, self.run.died] if self.run.died else lines

    def lines(self) -> Iterator[str]:
        """Say in words what is in the notebook."""
        yield from self._running()
        messages = {o.cell: o.text for o in self.run.outcomes if o.error == "CheckFailed"} if self.run else {}
        for exercise in self.lab.exercises:
            state = self.states[exercise.number]
            said = next((messages[check] for check in exercise.checks if check in messages), "")
            first = said.split("\n")[0].partition(": ")[2]
            words = _WORDS.get(state) or first or "not right yet"
            optional = " (optional)" if exercise.optional else ""
            yield f"  {_MARKS[state]} {exercise}{optional}: {words}"
        yield from self._written()
        yield from self._frame()

    def _running(self) -> Iterator[str]:
        if self.run is None:
            yield "It was not run: what is right in it is not known."
        elif self.trouble:
            yield "WARNING: it does not run from top to bottom in a fresh kernel:"
            yield from (f"  - {line}" for line in self.trouble)
            yield "  Look at these cells, choose Kernel, then Restart Kernel and Run All Cells, and hand in again."
        else:
            yield f"It runs from top to bottom in a fresh kernel, in {self.run.seconds:.0f} seconds."
        if self.run is not None:
            yield f"  Grading stops a cell after {self.lab.limits.cell_seconds:g} seconds; yours should take a few."

    def _written(self) -> Iterator[str]:
        texts = {id_(cell): cell["source"] for cell in self.repair.notebook.cells}
        for name in self.lab.answers:
            words = len(texts.get(name, "").replace(_STUB, "").split())
            yield f"  {'✎' if words else '○'} written answer: {f'{words} words' if words else 'still empty'}"

    def _frame(self) -> Iterator[str]:
        number = f"{self.lab.number:02}"
        for exercise in self.missing:
            yield (
                f"WARNING: the cell of exercise {exercise} is missing: `python -m course_utils.restore {number} "
                f"{exercise.number}` brings an empty one back."
            )
        given = [
            name
            for name in (*self.repair.missing, *self.repair.changed, *self.repair.gone)
            if name not in _ids(self.missing)
        ]
        if given:
            what = f"{len(given)} given cells are" if len(given) > 1 else "a given cell is"
            yield f"Note: {what} missing or changed ({', '.join(given[:4])}{', …' if len(given) > 4 else ''})."
            yield "  It costs no points: the lab's own are graded."
            yield f"  `python -m course_utils.restore {number}` brings them back."


def examine(lab: Lab, notebook: Any, limits: Limits | None) -> Findings:
    """Look at a notebook, and run it with the given cells as they were handed out.

    Parameters
    ----------
    lab : Lab
        The lab that it should be.
    notebook : NotebookNode
        What was read.
    limits : Limits or None
        How long its cells may take; None runs nothing.

    Raises
    ------
    LabError
        It holds another lab.
    """
    repair = repaired(lab, notebook)
    return Findings(lab, repair, None if limits is None else run(repair.notebook, limits))


def _expected(kind_: str, error: str) -> bool:
    """Say whether an error in a cell of this kind means that work is to do, not that the notebook is broken."""
    return kind_ in ("checks", "show") or (kind_ == "exercise" and error == "NotImplementedError")


def _brief(outcome: Outcome) -> str:
    text = outcome.text.split("\n", maxsplit=1)[0][:120]
    return text if outcome.stopped else f"{outcome.error}: {text}"


def _ids(exercises: Sequence[Exercise]) -> set[str]:
    return {exercise.id for exercise in exercises}


def _saved(path: Path, now: datetime) -> str:
    moment = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    seconds = (now - moment).total_seconds()
    ages = ((172_800, 86_400, "days"), (7200, 3600, "hours"), (120, 60, "minutes"), (0, 1, "seconds"))
    age = next((f"{seconds / unit:.0f} {name} ago" for least, unit, name in ages if seconds >= least), "now")
    return f"{moment:%d %B %Y, %H:%M:%S}, {age}"


def submit(lab: Lab, path: Path, folder: Path, limits: Limits | None) -> Path:
    """Say what is in a notebook and make its archive.

    Parameters
    ----------
    lab : Lab
        The lab that it should be.
    path : Path
        The saved notebook.
    folder : Path
        Where the archive goes.
    limits : Limits or None
        How long its cells may take; None runs nothing.

    Raises
    ------
    LabError
        The file cannot be read, is no notebook, or is another lab.
    """
    data = read_bytes(path)
    notebook = parse(path, data)
    print(f"{path}\n  saved {_saved(path, datetime.now().astimezone())}.")
    print(
        "  What you changed in JupyterLab since then is not in it: save (Ctrl+S), and hand in again.",
        flush=True,
    )
    most = lab.limits.notebook_bytes
    if len(data) > most:
        print(
            f"WARNING: it has {len(data) / 1e6:.0f} MB, and grading reads no more than {most / 1e6:.0f} MB.\n"
            "  In JupyterLab, choose Edit, then Clear Outputs of All Cells; save, and hand in again.",
            flush=True,
        )
    findings = examine(lab, notebook, limits)
    print("\n".join(["", f"{lab.title}, what is in it:", *findings.lines()]))
    receipt = Receipt.of(lab, data, findings.states)
    archive = write_archive(folder, receipt, data)
    use = "Upload this file where your course wants it." if lab.number else "This was a rehearsal: upload nothing."
    print(f"\nArchive: {archive}\n  {use}")
    print(f"Receipt: {receipt.code}, made {receipt.made:%d %B %Y, %H:%M:%S %z}\n  sha256 {receipt.sha256}")
    return archive


def main(arguments: Sequence[str] | None = None) -> int:
    """Hand in as the command line says: 0 there is an archive, 1 there is none, 130 interrupted."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.submit", description=__doc__)
    parser.add_argument("lab", metavar="NN", help="the lab's number, such as 02")
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="the notebook (default: yours in work/)")
    parser.add_argument("--work", type=Path, help="your own folder (default: work)")
    parser.add_argument("--seconds", type=float, help="limit for each cell (default: as in grading)")
    parser.add_argument("--no-run", action="store_true", help="make the archive without running the notebook")
    chosen = parser.parse_args(arguments)
    try:
        lab = find_lab(chosen.lab)
        work = (chosen.work or progress.find_work()).resolve()
        path = chosen.file or work / lab.name / f"{lab.name}.ipynb"
        limits = lab.limits if chosen.seconds is None else Limits.each(chosen.seconds)
        submit(lab, path, work / FOLDER, None if chosen.no_run else limits)
    except LabError as error:
        print(f"Nothing was handed in: {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: no archive was made. With --no-run it is made without running.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
