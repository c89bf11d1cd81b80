"""How a notebook shows the errors of a student's cells: in a few lines, where a stack trace would hide what matters.

An unwritten exercise is named in one line, whether a cell meets its stub or a value that waits for it. So is a name
that is missing because the cell that makes it failed, and so is an interruption. An error message that
`checks.messages` knows comes with plain words, and with the student's own lines alone. All others look as ever.
"""

from __future__ import annotations

import sys
import traceback
from types import TracebackType
from typing import Any

from course_utils.checks.blanks import Blanks
from course_utils.checks.messages import in_words, understood

__all__ = ["shorten_stub_errors"]

# Of stubs, of known messages, of values that wait for a stub, and of the square button that stops a cell.
KINDS = (RuntimeError, TypeError, ValueError, AttributeError, NameError, LookupError, KeyboardInterrupt)

_blanks = Blanks()  # of the notebook that this kernel runs


def shorten_stub_errors() -> None:
    """Have this notebook show errors so; without a notebook, do nothing."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc(KINDS, _show)
        shell.events.register("pre_run_cell", lambda info: _blanks.begin(info.raw_cell))
        shell.events.register("post_run_cell", lambda result: _blanks.end(result.error_in_exec, shell.user_ns))


def _show(
    shell: Any, etype: type, value: BaseException, trace: TracebackType, tb_offset: int | None = None
) -> list[str]:
    """Show an error (IPython calls this)."""
    if etype is KeyboardInterrupt:
        lines = ["■ Stopped by you. All that was computed before is still there; run any cell to go on."]
    elif understood(f"{etype.__name__}: {value}"):
        lines = [*_own_lines(trace), *in_words(value)]
    elif isinstance(value, NotImplementedError):
        lines = [_unwritten(trace)]
    elif (lacked := _blanks.lacked(value)) is not None:
        lines = [f"{_missing(*lacked)} (It stopped with {etype.__name__}: {value}.)"]
    elif name := _blanks.unmade(value):
        lines = [f"✗ This cell needs {name}, and the cell above that makes it stopped by an error: repair that first."]
    else:
        shell.showtraceback((etype, value, trace), tb_offset=tb_offset)
        return []
    sys.last_type, sys.last_value, sys.last_traceback = etype, value, trace  # as IPython does, for %debug
    shell._showtraceback(etype, value, lines)  # noqa: SLF001 - the one way to send an error with a text of one's own
    return lines


def _unwritten(trace: TracebackType) -> str:
    """Name the unwritten function, or the class of an unwritten method: the last place in the trace."""
    *_, (frame, _) = traceback.walk_tb(trace)
    name = frame.f_code.co_qualname.partition(".")[0]
    if name == "<module>":
        return "○ Not written yet: replace the last line of this cell by your answer, and run it again."
    _blanks.meet(name)
    return _missing(name, name)


def _missing(name: str, exercise: str) -> str:
    """Name what a cell lacks, and the exercise that it waits for."""
    if name == exercise:
        return f"○ Not written yet: this cell needs {name}. Write it, run its cell, and run this one again."
    return (
        f"○ Not written yet: this cell needs {name}, which a cell above cannot make without {exercise}. "
        f"Write {exercise}, and run the cells from there on again."
    )


def _own_lines(trace: TracebackType) -> list[str]:
    """Quote the lines of notebook cells that lead to an error."""
    frames = [f for f in traceback.extract_tb(trace) if "ipykernel" in f.filename or "ipython-input" in f.filename]
    places = ["this cell" if frame.name == "<module>" else frame.name for frame in frames]
    return [f"line {frame.lineno} of {place}: {frame.line}" for place, frame in zip(places, frames, strict=True)]
