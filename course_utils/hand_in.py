"""The end of a lab: how far you are, a button that hands in, and what to write when something is wrong with the lab."""

from __future__ import annotations

import codecs
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course_utils import progress
from course_utils.fresh_run import VARIABLE
from course_utils.labs import Lab, LabError, find_lab, id_, kind
from course_utils.notebook_file import parse, read_bytes
from course_utils.repair import defines

__all__ = ["hand_in", "unsaved"]


def hand_in(name: str) -> None:
    """Say how far a lab is, and show the button that hands it in.

    Parameters
    ----------
    name : str
        The lab, such as "02_gradient_descent".
    """
    if os.environ.get(VARIABLE):
        return  # this is the run that handing in makes
    try:
        lab = find_lab(name)
    except LabError as error:
        print(f"○ This lab cannot be handed in from here: {error}.")
        return
    print(f"Lab {lab.number:02}, {lab.title}: {progress.sentence(lab, progress.read(name, Path.cwd().parent))}.")
    print(f"Something wrong with the lab itself? Run `%run -m course_utils.problem {lab.number:02}` in a cell.")
    _show_button(lab)


def unsaved(lab: Lab, notebook: Any, ran: list[str]) -> list[str]:
    """Find exercises whose answer, as this kernel ran it last, does not stand in a saved notebook.

    Parameters
    ----------
    lab : Lab
        Whose exercises are looked for.
    notebook : NotebookNode
        As it was saved.
    ran : list of str
        The texts of all cells that ran, oldest first: IPython's ``In``.

    Returns
    -------
    list of str
        Names of exercises.
    """
    saved = {cell["source"].strip() for cell in notebook.cells if cell["cell_type"] == "code"}
    answers = [cell for cell in lab.notebook["cells"] if kind(cell) == "exercise"]
    last = {id_(cell): next((text for text in reversed(ran) if defines(text, id_(cell))), None) for cell in answers}
    return [name for name, text in last.items() if text is not None and text.strip() not in saved]


def _show_button(lab: Lab) -> None:
    from IPython.display import display
    from ipywidgets import Button, Layout, Output, VBox

    button = Button(description=f"Hand in lab {lab.number:02}", layout=Layout(width="max-content"))
    output = Output()

    def press(_: Button) -> None:
        button.disabled = True
        output.clear_output()
        with output:
            try:
                for text in _handed_in(lab):
                    print(text, end="", flush=True)
            except KeyboardInterrupt:
                print("\nStopped by you: no archive was made.")
        button.disabled = False

    button.on_click(press)
    display(VBox([button, output]))


def _handed_in(lab: Lab) -> Iterator[str]:
    """Hand in, and give what is said of it piece by piece."""
    path = _notebook(lab)
    try:
        changed = unsaved(lab, parse(path, read_bytes(path)), _ran())
    except LabError as error:
        yield f"Nothing was handed in: {error}.\n"
        return
    if changed:
        yield f"Nothing was handed in: what you ran last for {', '.join(changed)} is not saved. "
        yield "Save with Ctrl+S (⌘S on a Mac), and press the button again.\n"
        return
    work = Path.cwd().parent
    command = [sys.executable, "-m", "course_utils.submit", lab.name, str(path), "--work", str(work)]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            yield from _pieces(process)
        except BaseException:
            process.terminate()
            raise


def _pieces(process: subprocess.Popen[bytes]) -> Iterator[str]:
    """Read what a process says as it says it; a progress bar ends no line."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while piece := os.read(process.stdout.fileno(), 4096):
        yield decoder.decode(piece)


def _notebook(lab: Lab) -> Path:
    """Find the file of the notebook that runs here: Jupyter says which, if it was not renamed since."""
    told = Path(os.environ.get("JPY_SESSION_NAME", ""))
    return told if told.suffix == ".ipynb" and told.is_file() else Path.cwd() / f"{lab.name}.ipynb"


def _ran() -> list[str]:
    from IPython import get_ipython

    shell = get_ipython()
    return [] if shell is None else list(shell.user_ns.get("In", []))
