"""An IPython shell without a kernel: runs cells and keeps their outputs as nbformat would."""

from __future__ import annotations

import builtins
import contextlib
import io
import sys
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

__all__ = ["CellShell", "make_shell"]

MAX_TEXT = 200_000  # characters of printed text that are kept of one cell
MAX_OUTPUTS = 200


class _Stream(io.TextIOBase):
    """Keeps what is printed, up to a limit; never refuses a write, so that printing cannot stop a student's code."""

    def __init__(self, name: str, outputs: list[dict[str, Any]]) -> None:
        self._name, self._outputs, self._left = name, outputs, MAX_TEXT

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._left <= 0:
            return len(text)
        kept = text[: self._left]
        self._left -= len(kept)
        last = self._outputs[-1] if self._outputs else {}
        if last.get("output_type") == "stream" and last.get("name") == self._name:
            last["text"] += kept
        else:
            self._outputs.append({"output_type": "stream", "name": self._name, "text": kept})
        if self._left <= 0:
            self._outputs[-1]["text"] += "\n… (more was printed than is kept)\n"
        return len(text)


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    """Keeps what is displayed."""

    outputs: list[dict[str, Any]]

    def publish(self, data: Any, metadata: Any = None, **_options: Any) -> None:
        if len(self.outputs) < MAX_OUTPUTS:
            output = {"output_type": "display_data", "data": dict(data), "metadata": dict(metadata or {})}
            self.outputs.append(output)

    def clear_output(self, wait: bool = False) -> None:  # noqa: ARG002 - IPython's signature
        self.outputs.clear()


class _Hook(DisplayHook):  # type: ignore[misc]
    """Keeps the value of a cell's last line."""

    outputs: list[dict[str, Any]]

    def write_output_prompt(self) -> None:
        """Write no ``Out[1]:``."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        data = {"data": dict(format_dict), "metadata": dict(md_dict or {}), "execution_count": None}
        self.outputs.append({"output_type": "execute_result", **data})

    def finish_displayhook(self) -> None:
        self._is_active = False


class CellShell(InteractiveShell):  # type: ignore[misc]
    """Runs cells in this process."""

    display_pub_class = _Publisher
    displayhook_class = _Hook

    def run(self, source: str) -> list[dict[str, Any]]:
        """Run one cell and return its nbformat outputs; an error is the last of them."""
        outputs: list[dict[str, Any]] = []
        self.display_pub.outputs = self.displayhook.outputs = self._outputs = outputs
        out, err = _Stream("stdout", outputs), _Stream("stderr", outputs)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            self.run_cell(source, store_history=False)
        return outputs

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        try:
            text = str(evalue)
        except Exception:  # noqa: BLE001 - a student's exception may not even print
            text = ""
        error = {"output_type": "error", "ename": getattr(etype, "__name__", "Error"), "evalue": text}
        self._outputs.append({**error, "traceback": [str(line) for line in stb]})

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no screen."""

    def init_history(self) -> None:
        """Keep no history: it would be a file and a thread."""
        super().init_history()
        self.history_manager.enabled = False


def make_shell() -> CellShell:
    """Make the one shell of this process, with figures shown inline."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell: CellShell = CellShell.instance(config=config)
    sys.displayhook = shell.displayhook
    builtins.input = _refuse_input
    return shell


def _refuse_input(*_args: object) -> NoReturn:
    raise RuntimeError("input() waits for a person, and nobody is there when your work is graded: use a variable")
