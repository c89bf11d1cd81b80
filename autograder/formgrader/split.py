"""Who reads which student's which written answer: the split of a class among assistants.

Once an answer is somebody's, it stays so while that assistant is there; what is new goes to whoever has least to read
of the same question. The order in which students are dealt out differs from question to question.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from autograder.errors import UsageError
from autograder.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.course import Course

__all__ = ["Answer", "Split", "checked_name"]

_HEADS = ["lab", "check", "student", "assistant"]
_NAME = re.compile(r"\w[\w.@-]{0,99}")


@dataclass(frozen=True, slots=True, order=True)
class Answer:
    """One student's written answer to one question."""

    lab: str
    check: str
    student: str


@dataclass(frozen=True, slots=True)
class Split:
    """Whose each answer is.

    Parameters
    ----------
    owners : Mapping
        The assistant who reads it, by answer.
    """

    owners: Mapping[Answer, str]

    @classmethod
    def path(cls, course: Course) -> Path:
        """Return the file in which a class keeps its split; it may be edited by hand."""
        return course.class_folder / "split.csv"

    @classmethod
    def read(cls, course: Course) -> Split:
        """Read a class's split; without a file, no answer is anybody's.

        Raises
        ------
        UsageError
            The file is not a split; the message names the line.
        """
        path = cls.path(course)
        if not path.exists():
            return cls({})
        try:
            lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), strict=True))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise UsageError(f"{path}: cannot be read as UTF-8 CSV: {error}") from error
        if not lines or lines[0] != _HEADS:
            raise UsageError(f"{path}, line 1: the columns are {','.join(_HEADS)}; delete the file to split anew")
        owners: dict[Answer, str] = {}
        for number, line in enumerate(lines[1:], start=2):
            if not line:
                continue
            if len(line) != len(_HEADS) or not all(line) or not _NAME.fullmatch(line[-1]):
                raise UsageError(f"{path}, line {number}: expected {', '.join(_HEADS)}, found {line}")
            if owners.setdefault(Answer(*line[:3]), line[3]) != line[3]:
                raise UsageError(f"{path}, line {number}: this answer has two readers; keep one line of it")
        return cls(owners)

    def write(self, course: Course) -> None:
        """Write the file, whole or not at all."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([_HEADS, *([*astuple(answer), owner] for answer, owner in sorted(self.owners.items()))])
        write_whole(self.path(course), text.getvalue())

    def deal(self, answers: Iterable[Answer], assistants: Sequence[str], done: Iterable[Answer] = ()) -> Split:
        """Give each answer to one of the assistants.

        Parameters
        ----------
        answers : iterable of Answer
            All that a person reads.
        assistants : sequence of str
            Who reads; those who are not among them keep what they have read already.
        done : iterable of Answer
            What has been read.

        Raises
        ------
        UsageError
            A name that cannot stand in a file or an address, or none at all.
        """
        if not [checked_name(name) for name in assistants]:
            raise UsageError("name at least one assistant: --assistants ada,bob")
        read = set(done)
        owners = {a: owner for a, owner in self.owners.items() if owner in assistants or a in read}
        load = Counter((answer.lab, answer.check, owner) for answer, owner in owners.items())
        total = Counter(owners.values())
        for answer in sorted(set(answers) - owners.keys(), key=_place):
            question = (answer.lab, answer.check)
            owner = min(assistants, key=lambda name: (load[*question, name], total[name], name))
            owners[answer] = owner
            load[*question, owner] += 1
            total[owner] += 1
        return Split(owners)

    def of(self, assistant: str) -> list[Answer]:
        """Return the answers that an assistant reads, question by question."""
        return sorted(answer for answer, owner in self.owners.items() if owner == assistant)


def checked_name(name: str) -> str:
    """Return an assistant's name.

    Raises
    ------
    UsageError
        It cannot stand in a file or an address.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be an assistant's name: use letters, digits and . @ - _")
    return name


def _place(answer: Answer) -> tuple[str, str, str]:
    """Order the answers to a question so that it is nobody's name that decides who reads."""
    return answer.lab, answer.check, hashlib.sha256("\0".join(astuple(answer)).encode()).hexdigest()
