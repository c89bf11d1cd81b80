"""An IPython shell without a kernel: runs cells and keeps their outputs as nbformat would."""

from __future__ import annotations

import builtins
import contextlib
import getpass
import io
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

__all__ = ["CellShell", "make_shell"]

MAX_TEXT = 200_000  # characters of printed text that are kept of one cell
MAX_OUTPUTS = 200
MAX_SHOWN = 8_000_000  # characters of figures and the like that are kept of one cell
_NO_SHELL = "!commands have no shell when your work is graded: what your answer needs has to be Python"
MAX_ERROR = 10_000  # characters of an error's text
_MORE = "\n… (more was printed than is kept)\n"


class _Meter:
    """Counts what one cell prints and shows; a cell without end is stopped."""

    def __init__(self, megabytes: float, stop: Callable[[], None]) -> None:
        self._left, self._stop, self._room = megabytes * 2**20, stop, MAX_SHOWN

    def add(self, size: int) -> None:
        """Count what was printed."""
        self._left -= size
        if self._left < 0:
            self._stop()

    def keeps(self, data: Any) -> bool:
        """Count what was shown, and say whether there is room to keep it."""
        size = 100 + sum(len(value) for value in data.values() if isinstance(value, str | bytes))
        self.add(size)
        self._room -= size
        return self._room >= 0


class _Stream(io.TextIOBase):
    """Keeps what is printed, up to a limit; never refuses a write, so that printing cannot stop a student's code."""

    def __init__(self, name: str, outputs: list[dict[str, Any]], meter: _Meter) -> None:
        self._name, self._outputs, self._meter, self._left = name, outputs, meter, MAX_TEXT
        self._parts: list[str] = []  # of the last output, joined once: printing costs the same however much there was

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._meter.add(len(text))
        if self._left <= 0:
            return len(text)
        kept = text[: self._left]
        self._left -= len(kept)
        last = self._outputs[-1] if self._outputs else {}
        if last.get("parts") is not self._parts:
            self._parts = []
            self._outputs.append({"output_type": "stream", "name": self._name, "parts": self._parts})
        self._parts.append(kept)
        if self._left <= 0:
            self._parts.append(_MORE)
        return len(text)


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    """Keeps what is displayed."""

    outputs: list[dict[str, Any]]
    meter: _Meter

    def publish(self, data: Any, metadata: Any = None, **_options: Any) -> None:
        if self.meter.keeps(data) and len(self.outputs) < MAX_OUTPUTS:
            output = {"output_type": "display_data", "data": dict(data), "metadata": dict(metadata or {})}
            self.outputs.append(output)

    def clear_output(self, wait: bool = False) -> None:  # noqa: ARG002 - IPython's signature
        self.outputs.clear()


class _Hook(DisplayHook):  # type: ignore[misc]
    """Keeps the value of a cell's last line."""

    outputs: list[dict[str, Any]]
    meter: _Meter

    def write_output_prompt(self) -> None:
        """Write no ``Out[1]:``."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        if self.meter.keeps(format_dict):
            data = {"data": dict(format_dict), "metadata": dict(md_dict or {}), "execution_count": None}
            self.outputs.append({"output_type": "execute_result", **data})

    def finish_displayhook(self) -> None:
        self._is_active = False


class CellShell(InteractiveShell):  # type: ignore[misc]
    """Runs cells in this process."""

    display_pub_class = _Publisher
    displayhook_class = _Hook
    _limit: tuple[float, Callable[[], None]] = (float("inf"), lambda: None)

    def stop_above(self, megabytes: float, stop: Callable[[], None]) -> None:
        """Call a function as soon as one cell prints and shows more than a limit."""
        self._limit = (megabytes, stop)

    def run(self, source: str) -> list[dict[str, Any]]:
        """Run one cell and return its nbformat outputs; an error is the last of them."""
        outputs: list[dict[str, Any]] = []
        self.display_pub.outputs = self.displayhook.outputs = self._outputs = outputs
        self.display_pub.meter = self.displayhook.meter = meter = _Meter(*self._limit)
        out, err = _Stream("stdout", outputs, meter), _Stream("stderr", outputs, meter)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            result = self.run_cell(source, store_history=False)
        failures = [getattr(result, name, None) for name in ("error_before_exec", "error_in_exec")]
        for error in failures:  # it may have left too little, threads or memory, even to be shown
            if error is not None and all(output["output_type"] != "error" for output in outputs):
                self._showtraceback(type(error), error, [])
        return [_joined(output) for output in outputs]

    def system(self, *_args: object) -> NoReturn:
        """Refuse ``!command``."""
        raise RuntimeError(_NO_SHELL)

    getoutput = system_piped = system_raw = system  # every way that IPython knows

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        try:
            text = str(evalue)
        except Exception:  # noqa: BLE001 - a student's exception may not even print
            text = ""
        error = {"output_type": "error", "ename": getattr(etype, "__name__", "Error"), "evalue": text[:MAX_ERROR]}
        self._outputs.append({**error, "traceback": [str(line)[:MAX_ERROR] for line in stb[:100]]})

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no screen."""

    def init_history(self) -> None:
        """Keep no history: it would be a file and a thread."""
        super().init_history()
        self.history_manager.enabled = False


def _joined(output: dict[str, Any]) -> dict[str, Any]:
    """Return an output as nbformat has it: what was printed in parts is one text."""
    parts = output.pop("parts", None)
    return output if parts is None else {**output, "text": "".join(parts)}


def make_shell() -> CellShell:
    """Make the one shell of this process, with figures shown inline."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell: CellShell = CellShell.instance(config=config)
    sys.displayhook = shell.displayhook
    builtins.input = getpass.getpass = _refuse_input  # type: ignore[assignment]
    return shell


def _refuse_input(*_args: object) -> NoReturn:
    raise RuntimeError("this waits for a person to type, and a grader cannot type: use a variable")
