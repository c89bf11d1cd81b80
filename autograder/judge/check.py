"""Running one check cell against a fork of the student's process."""

from __future__ import annotations

import ast
import contextlib
import functools
import io
import traceback
import types
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from autograder.course import Limits
from autograder.intake.submission import RestoredCell
from autograder.judge.bounds import bounded
from autograder.judge.ending import ending, out_of_memory
from autograder.judge.remote import Remote, printable
from autograder.sandbox.wire import DeadlineExceeded, Lost, WireError
from autograder.verdict import CheckStatus, Verdict

__all__ = ["LONGEST_MESSAGE", "CheckRun", "compiled"]

HIDDEN_MARK = "checks.hidden()"
_CELLS = 512  # whose code is kept: all submissions of a lab have the same
LONGEST_MESSAGE = 20_000  # characters
_GRACE = 1.0  # seconds: as a rule the wire notices first that the time is over
_STOPPED = "✗ Exercise {0}: your code {1}"
_LARGE = "✗ Exercise {0}: what your code sends back needs more memory than there is."
_NO_ANSWER = "✗ Exercise {0}: what your code sent back is no value."
_HIDDEN = "✗ Exercise {0}: your code fails on inputs that you have not seen."


@functools.lru_cache(_CELLS)
def _names_used(source: str) -> frozenset[str]:
    """Return all names that a cell reads."""
    return frozenset(node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name))


@functools.lru_cache(_CELLS)
def compiled(source: str, grade_id: str) -> types.CodeType:
    """Return the code of one of the instructor's cells, which a traceback names by its grade_id."""
    return compile(source, f"<{grade_id}>", "exec")


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check cell, ready to run.

    Parameters
    ----------
    cell : RestoredCell
        The check, hidden part included.
    exercises : mapping
        The exercises so far: name to number, "2.3".
    limits : Limits
        Wall time for the whole check, and what else it may use.
    reason : callable
        Says what the zygote ended the fork for, if it did.
    """

    cell: RestoredCell
    exercises: Mapping[str, str]
    limits: Limits
    reason: Callable[[], str]

    def judge(self, remote: Remote, namespace: dict[str, Any], key: bytes, inside: Callable[[Any], Any]) -> Verdict:
        """Run the check and say how it ended.

        Parameters
        ----------
        remote : Remote
            A fork of the student's process, at this check's place in the notebook.
        namespace : dict
            Names of the setup cells; not changed.
        key : bytes
            Seeds the hidden inputs.
        inside : callable
            Takes a given function over to the student's objects.
        """
        printed = io.StringIO()
        try:
            with bounded(self.limits.check_seconds + _GRACE), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python gives each once: a message would say which student came before
                remote.allow(self.limits.check_seconds)
                names = {**namespace, **self._answers(remote)}
                with contextlib.redirect_stdout(printed), names["checks"].in_judge(key, inside):
                    exec(self._code, names)  # noqa: S102 - the instructor's code
        except (DeadlineExceeded, Lost) as error:
            status, text = ending(error, self.reason(), self.limits, self.limits.check_seconds)
            return self._verdict(status, _STOPPED.format(self._number, text))
        except WireError:
            return self._verdict(CheckStatus.WRONG, _NO_ANSWER.format(self._number))
        except MemoryError:
            return self._out_of_memory(remote)
        except Exception as error:  # noqa: BLE001 - a check passes on the reference: what it raises is the answer's fault
            return self._out_of_memory(remote) if remote.out_of_memory else self._wrong(error)
        return self._verdict(CheckStatus.CORRECT, printed.getvalue().strip())

    @property
    def _code(self) -> types.CodeType:
        return compiled(self.cell.source, str(self.cell.grade_id))

    @property
    def _number(self) -> str:
        return self.exercises.get(self.cell.exercise or "", "?")

    def _answers(self, remote: Remote) -> dict[str, Any]:
        """Fetch the student's names that the check uses; one that has no value is left out."""
        answers = {}
        for name in sorted({*_names_used(self.cell.source), self.cell.exercise or ""} & self.exercises.keys()):
            with contextlib.suppress(NameError):
                answers[name] = remote.get(name)
        return answers

    def _out_of_memory(self, remote: Remote) -> Verdict:
        """Say whose memory was used up: that of student code, or ours for what it sends."""
        text = _STOPPED.format(self._number, out_of_memory(self.limits)) if remote.out_of_memory else _LARGE
        return self._verdict(CheckStatus.MEMORY, text.format(self._number))

    def _wrong(self, error: Exception) -> Verdict:
        status = getattr(error, "verdict", None)
        if status in ("WRONG", "BLANK"):
            return self._verdict(CheckStatus(status), str(error), getattr(error, "misconception", None))
        if isinstance(error, NameError) and (missing := self.exercises.get(str(error.name))):
            text = (
                f"✗ Exercise {self._number}: this check needs {error.name} of exercise {missing}, which has no value."
            )
        elif self._in_hidden_part(error):
            text = _HIDDEN.format(self._number)
        else:
            text = f"✗ Exercise {self._number}: {type(error).__name__}: {error}"
        cause = "".join(traceback.format_exception(error))
        return replace(self._verdict(CheckStatus.WRONG, text), cause=cause)

    def _in_hidden_part(self, error: Exception) -> bool:
        trace, line = error.__traceback__, 0
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self._code.co_filename:
                line = trace.tb_lineno
            trace = trace.tb_next
        return HIDDEN_MARK in "\n".join(self.cell.source.splitlines()[:line])

    def _verdict(self, status: CheckStatus, message: str, misconception: str | None = None) -> Verdict:
        points = self.cell.points if status is CheckStatus.CORRECT else 0.0
        return Verdict(
            exercise=self.cell.exercise or "",
            check=self.cell.grade_id or "",
            status=status,
            points=points,
            max_points=self.cell.points,
            message=printable(message, LONGEST_MESSAGE),
            misconception=misconception,
        )
