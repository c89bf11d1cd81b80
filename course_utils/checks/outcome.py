"""The three answers of a check: right, wrong, not attempted."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

from course_utils.checks import context
from course_utils.checks.misconceptions import MISCONCEPTIONS

__all__ = ["CheckFailed", "NotAttempted", "fail", "not_attempted", "passed"]

# A notebook beside JupyterLab's list of files has room for so many characters in a line.
_FOLD = textwrap.TextWrapper(100, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


class CheckFailed(AssertionError):  # noqa: N818 - named as the answer it is
    """A check found a wrong answer.

    Parameters
    ----------
    message : str
        What the student reads: a sentence, details, a hint.
    misconception : str, optional
        Name of the misconception that was recognised.
    """

    verdict = "WRONG"

    def __init__(self, message: str, misconception: str | None = None) -> None:
        super().__init__(message)
        self.message, self.misconception = message, misconception

    def _render_traceback_(self) -> list[str]:
        """Show the message instead of a stack trace (IPython calls this); again and again wrong, show a way out."""
        from course_utils.progress import way_out

        return _folded([*self.message.splitlines(), *way_out(context.current.number, context.current.cell)])


class NotAttempted(CheckFailed):
    """A check found the untouched stub."""

    verdict = "BLANK"

    def _render_traceback_(self) -> list[str]:
        """Show the message alone."""
        return _folded(self.message.splitlines())


def _folded(lines: Sequence[str]) -> list[str]:
    """Break long lines between words; JupyterLab would break them in the middle of one."""
    return [part for line in lines for part in _FOLD.wrap(line) or [line]]


def passed(what: str) -> None:
    """Print what was verified, in one line.

    Below ``checks.hidden()`` the line would tell what is tried in secret, so a plain one is printed, and once.
    """
    if not context.current.hidden:
        print(f"✓ {what}")
    elif not context.current.told:
        context.current = replace(context.current, told=True)
        print("✓ also right on inputs that you have not seen")


def fail(
    sentence: str | None = None,
    *,
    misconception: str | None = None,
    details: Sequence[str] = (),
    hint: str | None = None,
) -> NoReturn:
    """Reject an answer.

    Parameters
    ----------
    sentence : str, optional
        What is wrong, without any number of a hidden input; by default the sentence of the misconception.
    misconception : str, optional
        A name in the registry.
    details : sequence of str
        Lines with inputs, expected and actual values; shown only above ``checks.hidden()``.
    hint : str, optional
        The way on; by default the hint of the misconception.

    Raises
    ------
    CheckFailed
        Always.
    KeyError
        The misconception is not registered.
    """
    known = MISCONCEPTIONS[misconception] if misconception else None
    sentence = sentence or (known.sentence if known else "this is not right yet.")
    hint = hint or (known.hint if known else None)
    lines = [f"✗ Exercise {context.current.number}: {sentence}"]
    lines += [] if context.current.hidden else [f"  {line}" for detail in details for line in detail.splitlines()]
    lines += [f"  Hint: {hint}"] if hint else []
    raise CheckFailed("\n".join(lines), misconception)


def not_attempted(reason: str = "") -> NoReturn:
    """Say that there is nothing to check yet.

    Raises
    ------
    NotAttempted
        Always.
    """
    reason = reason or "write your answer in its cell, run that cell, then run this one."
    raise NotAttempted(f"○ Exercise {context.current.number} is not attempted yet: {reason}")
