"""How student code was stopped: the status of its checks, and a sentence for its author."""

from __future__ import annotations

from typing import Any

from autograder.course import Limits
from autograder.judge.remote import Stopped
from autograder.sandbox.child import TORCH_MEMORY
from autograder.sandbox.wire import DeadlineExceeded
from autograder.verdict import CheckStatus

__all__ = ["ending", "out_of_memory", "refusal"]

_LIMITS = {
    "output": (CheckStatus.OUTPUT, "printed more than {output_mb} MB. Does every loop come to its end?"),
    "cpu": (CheckStatus.TIMEOUT, "computed for more than {cpu_seconds} seconds. Does every loop come to its end?"),
    "memory": (CheckStatus.MEMORY, "needed more than the {memory_mb} MB of memory that it may have."),
    "processes": (CheckStatus.CRASHED, "started more than the {processes} processes that it may have."),
    "files": (CheckStatus.CRASHED, "wrote more than the {files_mb} MB of files that it may have."),
}
# Errors by which Python says that a limit was reached.
_REFUSALS = {"MemoryError": "memory", "BlockingIOError": "processes"}


def ending(error: BaseException, reason: str, limits: Limits, seconds: float) -> tuple[CheckStatus, str]:
    """Say how student code ended that did not come to its end.

    Parameters
    ----------
    error : BaseException
        What the judge met: silence, a lost process, bytes that are no message, or an error of what runs the cells.
    reason : str
        What the zygote ended it for, if it did.
    limits : Limits
        What it may use.
    seconds : float
        The wall time that it had.

    Returns
    -------
    tuple of CheckStatus and str
        The sentence has no subject: "your code" or "its cell" stands before it.
    """
    known = error.why if isinstance(error, Stopped) else reason
    if known in _LIMITS:
        status, text = _LIMITS[known]
        return status, text.format_map(_values(limits))
    if isinstance(error, DeadlineExceeded):
        return CheckStatus.TIMEOUT, f"did not finish within {seconds:g} seconds. Does every loop come to its end?"
    if isinstance(error, Exception):
        return CheckStatus.CRASHED, "could not be run: it, or a cell before it, broke IPython, which runs cells."
    return CheckStatus.CRASHED, "ended the Python process."


def refusal(error: dict[str, Any], limits: Limits) -> tuple[CheckStatus, str] | None:
    """Return status and sentence of an nbformat error by which a limit shows; None for any other."""
    name, text = str(error.get("ename")), str(error.get("evalue"))
    limit = "memory" if TORCH_MEMORY in text else _REFUSALS.get(name)
    if limit is None:
        return None
    status, said = _LIMITS[limit]
    return status, said.format_map(_values(limits))


def out_of_memory(limits: Limits) -> str:
    """Return the sentence for code that was refused memory."""
    return _LIMITS["memory"][1].format_map(_values(limits))


def _values(limits: Limits) -> dict[str, float]:
    return {name: getattr(limits, name) for name in limits.__dataclass_fields__}
