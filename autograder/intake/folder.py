"""A folder of submissions in nbgrader's layout, ``<student>/<lab>/<lab>.ipynb``."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from autograder.errors import UsageError
from autograder.intake.reader import LARGEST, UnreadableError, read_notebook
from autograder.intake.received import received, refused, seconds_late
from autograder.intake.submission import Submission
from autograder.verdict import SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import timedelta
    from pathlib import Path

    from autograder.course import Course

__all__ = ["Folder", "read_submission"]

_NO_LABS = ("hand_in", "progress")  # folders that a student has beside the labs, and may hand in with them


@dataclass(frozen=True, slots=True)
class Folder:
    """Where submissions lie, and what is known of the class besides.

    ``roster`` names students who belong to the class whether or not they handed in anything;
    ``extensions`` holds the extra time that single students were granted, by student and lab.
    """

    course: Course
    path: Path
    roster: frozenset[str] = frozenset()
    extensions: Mapping[tuple[str, str], timedelta] = field(default_factory=dict)

    def submissions(self, lab: str | None = None, student: str | None = None) -> tuple[Submission, ...]:
        """Find every submission, not yet read: exactly one for each student and lab, and each folder of no lab.

        A student who handed in nothing is MISSING in each lab that somebody handed in.

        Parameters
        ----------
        lab, student : str, optional
            Look at this lab or student alone.

        Raises
        ------
        UsageError
            There is no such folder, lab or student.
        """
        folders = self._student_folders()
        names = sorted({*folders, *self.roster})
        if student is not None and student not in names:
            raise UsageError(f"no student {student!r} in {self.path}: it has {', '.join(names) or 'none'}")
        labs = self._labs(folders.values()) if lab is None else [self.course.lab(lab).name]
        chosen = names if student is None else [student]
        return tuple(
            submission
            for name in chosen
            for submission in self._of_student(name, folders.get(name), labs, everything=lab is None)
        )

    def _student_folders(self) -> dict[str, Path]:
        if not self.path.is_dir():
            raise UsageError(f"no folder {self.path}: submissions are read from DIR/<student>/<lab>/<lab>.ipynb")
        return {_name(path): path for path in _visible(self.path) if _is_folder(path)}

    def _labs(self, folders: Iterable[Path]) -> list[str]:
        """Labs of the course that somebody handed in: a lab that is still to come is not missing."""
        seen = {_name(found).removesuffix(".ipynb") for folder in folders for found in _visible(folder)}
        return [lab.name for lab in self.course.labs if lab.name in seen]

    def _of_student(
        self, student: str, folder: Path | None, labs: list[str], *, everything: bool
    ) -> Iterator[Submission]:
        for lab in labs:
            yield self._of_lab(student, lab, folder)
        if everything and folder is not None and not folder.is_symlink():
            yield from self._unknown(student, folder)

    def _of_lab(self, student: str, lab: str, folder: Path | None) -> Submission:
        place = (folder or self.path / student) / lab
        submission = Submission(student, lab, place / f"{lab}.ipynb")
        if folder is None:
            return _missing(submission, "Nothing was handed in.")
        if folder.is_symlink() or place.is_symlink():
            return replace(
                submission,
                status=SubmissionStatus.UNREADABLE,
                message="The folder is a link, and links are not followed: hand in the files themselves.",
            )
        try:
            return self._dated(_located(submission))
        except OSError as error:
            return _infra(submission, error)

    def _dated(self, submission: Submission) -> Submission:
        if submission.status is not SubmissionStatus.GRADED:
            return submission
        extension = self.extensions.get((submission.student, submission.lab))
        due = self.course.lab(submission.lab).due_after(extension)
        moment = received(submission.path)
        return replace(submission, received=moment, late_seconds=seconds_late(moment, due))

    def _unknown(self, student: str, folder: Path) -> Iterator[Submission]:
        known = [lab.name for lab in self.course.labs]
        passed_over = {*known, *(page.name for page in self.course.start), *_NO_LABS}
        for found in _visible(folder):
            name = _name(found).removesuffix(".ipynb")
            if name in passed_over or not (_is_folder(found) or found.suffix == ".ipynb"):
                continue
            yield Submission(
                student,
                name,
                found,
                SubmissionStatus.UNKNOWN_LAB,
                f"The course has no lab {name!r}. Name the folder like the lab: {', '.join(known)}.",
            )


def read_submission(submission: Submission, largest: int = LARGEST) -> Submission:
    """Read the notebook of a submission that was found; one that cannot be read gets its status and a message.

    Parameters
    ----------
    submission : Submission
        As :meth:`Folder.submissions` gives it.
    largest : int
        Bytes above which a file is refused unread.
    """
    if submission.status is not SubmissionStatus.GRADED:
        return submission
    try:
        return replace(submission, notebook=read_notebook(submission.path, largest))
    except UnreadableError as error:
        return replace(submission, status=SubmissionStatus.UNREADABLE, message=str(error))
    except OSError as error:
        return _infra(submission, error)


def _located(submission: Submission) -> Submission:
    """Find the notebook: at its place, under another name in the lab's folder, or beside that folder."""
    path = submission.path
    if path.parent.is_dir():
        list(path.parent.iterdir())  # raises where a folder may not be read: that is not the student's fault
    if os.path.lexists(path):
        return submission
    beside = path.parent.with_suffix(".ipynb")
    if not path.parent.is_dir():
        if os.path.lexists(beside):
            return replace(submission, path=beside, message=f"Taken from {beside.name}, outside of the lab's folder.")
        return _missing(submission, "Nothing was handed in.")
    if why := refused(path.parent):
        return replace(submission, status=SubmissionStatus.UNREADABLE, message=why)
    others = [found for found in _visible(path.parent) if found.suffix == ".ipynb"]
    if len(others) == 1:
        return replace(submission, path=others[0], message=f"Taken from {_name(others[0])}; expected {path.name}.")
    what = f"{len(others)} other notebooks, none of them" if others else "no notebook"
    return _missing(submission, f"The folder holds {what} {path.name if others else ''}".rstrip() + ".")


def _missing(submission: Submission, message: str) -> Submission:
    return replace(submission, status=SubmissionStatus.MISSING, message=message)


def _infra(submission: Submission, error: OSError) -> Submission:
    message = f"The file could not be read on our side ({error.strerror}); this costs no points."
    return replace(submission, status=SubmissionStatus.INFRA, message=message)


def _visible(folder: Path) -> list[Path]:
    """List a folder in order; hidden files (checkpoints, marks of an operating system) are nobody's work."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _name(path: Path) -> str:
    """Return a file's name as text that can be printed, whatever its bytes."""
    return os.fsencode(path.name).decode("utf-8", "backslashreplace")
