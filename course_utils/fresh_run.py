"""Running a notebook from top to bottom in a fresh kernel, in an empty folder, with a limit of time for each cell."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from time import monotonic
from typing import Any

from course_utils.labs import Limits, id_, kind

__all__ = ["VARIABLE", "Outcome", "Run", "run"]

VARIABLE = "COURSE_FRESH_RUN"  # set in the kernel: a cell that hands in does nothing there
INTERRUPT_SECONDS = 10  # for a kernel that was interrupted to be ready again


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one cell ended.

    ``error`` is the name of an exception, "" if there was none; ``text`` what the cell printed, or the error's text.
    """

    cell: str
    number: int
    error: str
    text: str
    stopped: bool = False

    @property
    def state(self) -> str:
        """What it says if it is a check: right, wrong, open."""
        if self.stopped or self.error:
            return "open" if self.error == "NotAttempted" else "wrong"
        return "right"


@dataclass(frozen=True, slots=True)
class Run:
    """All cells that ran; ``died`` says why the rest did not."""

    outcomes: tuple[Outcome, ...]
    seconds: float
    died: str = ""


def run(notebook: Any, limits: Limits) -> Run:
    """Run a notebook's code cells in order; an error in one does not keep the next from running.

    Parameters
    ----------
    notebook : NotebookNode
        It is not changed.
    limits : Limits
        How long a cell of each kind may take; then it is interrupted, and the next one runs.

    Raises
    ------
    KeyboardInterrupt
        Somebody pressed Ctrl+C; the kernel has been ended.
    """
    start = monotonic()
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        died = asyncio.run(_run(copy.deepcopy(notebook), folder, limits, outcomes))
    return Run(tuple(outcomes), monotonic() - start, died)


async def _run(notebook: Any, folder: str, limits: Limits, outcomes: list[Outcome]) -> str:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from tqdm.auto import tqdm

    client = NotebookClient(
        notebook,
        timeout_func=lambda cell: limits.seconds(kind(cell)),
        allow_errors=True,
        kernel_name="python3",
        resources={"metadata": {"path": folder}},
    )
    cells = [(place, cell) for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    environment = os.environ | {VARIABLE: "1"}
    async with client.async_setup_kernel(env=environment, stderr=subprocess.DEVNULL):
        _take_signals_back()
        for number, (place, cell) in enumerate(tqdm(cells, desc="running", unit="cell", file=sys.stderr), start=1):
            try:
                await client.async_execute_cell(cell, place)
            except CellTimeoutError:
                seconds = limits.seconds(kind(cell))
                outcomes.append(Outcome(id_(cell), number, "Stopped", f"longer than {seconds:g} seconds", stopped=True))
                if not await _ready_again(client):
                    return f"code cell {number} could not be stopped after {seconds:g} seconds"
            except DeadKernelError:
                outcomes.append(Outcome(id_(cell), number, "Died", "the Python process ended", stopped=True))
                return f"code cell {number} ended the whole Python process"
            else:
                outcomes.append(_outcome(cell, number))
    return ""


def _take_signals_back() -> None:
    """Let Ctrl+C end the run: nbclient ends only the kernel, which would look like a cell that did."""
    with contextlib.suppress(NotImplementedError):  # Windows, where nbclient takes none
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().remove_signal_handler(number)


async def _ready_again(client: Any) -> bool:
    """Interrupt the kernel, and say whether it takes cells again."""
    await client.km.interrupt_kernel()
    with contextlib.suppress(RuntimeError, TimeoutError):
        await client.kc.wait_for_ready(timeout=INTERRUPT_SECONDS)
        return True
    return False


def _outcome(cell: Any, number: int) -> Outcome:
    error = next((output for output in cell.outputs if output.output_type == "error"), None)
    if error is not None:
        return Outcome(id_(cell), number, error.ename, error.evalue)
    printed = (output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout")
    return Outcome(id_(cell), number, "", "".join(printed))
