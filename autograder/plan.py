"""What a run has to do: which submissions the journal answers for, and which are graded, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from autograder.gradebook.key import Keys
from autograder.verdict import SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from autograder.course import Course
    from autograder.gradebook.journal import Entry
    from autograder.gradebook.key import Key
    from autograder.gradebook.writer import Writer
    from autograder.intake.submission import Submission

__all__ = ["Plan"]

# Why a submission is graded again, by what has changed; the first that fits is said.
_REASONS = {
    "submission": "handed in again",
    "lab": "the lab has changed",
    "engine": "the grader has changed",
    "packages": "Python or a package has changed",
    "secret": "the course's secret has changed",
}
_NEW = "graded for the first time"
_FAILED, _UNFINISHED, _FORCED = "failed on our side before", "not written whole before", "asked for with --force"


@dataclass
class Plan:
    """The submissions of a run, each in one of three lists.

    ``taken`` come from the journal as they are. ``moved`` do too, but another date or another gradebook makes them be
    written again. ``fresh`` are graded; ``why`` says of each, by student and lab, for what reason.
    """

    taken: list[Entry] = field(default_factory=list)
    moved: list[tuple[Submission, Entry]] = field(default_factory=list)
    fresh: list[tuple[Submission, Key]] = field(default_factory=list)
    why: dict[tuple[str, str], str] = field(default_factory=dict)
    is_forced: bool = False

    @property
    def places(self) -> list[tuple[str, str]]:
        """Student and lab of all that a run would write."""
        return [entry.place for _, entry in self.moved] + [(found.student, found.lab) for found, _ in self.fresh]

    @classmethod
    def make(
        cls,
        course: Course,
        submissions: Iterable[Submission],
        writer: Writer,
        *,
        broken: Mapping[str, str],
        force: bool = False,
    ) -> Plan:
        """Compare submissions with the journal and the gradebook.

        Parameters
        ----------
        course : Course
            The course, built.
        submissions : iterable of Submission
            As found.
        writer : Writer
            Of the class.
        broken : Mapping
            Labs that cannot be graded now.
        force : bool
            Grade all of them.
        """
        keys, known, recorded = Keys(course), writer.journal.latest(), writer.book.recorded()
        plan = cls(is_forced=force)
        for submission in submissions:
            key, entry = keys.key(submission), known.get((submission.student, submission.lab))
            reason = _FORCED if force and entry is not None else _reason(key, entry, writer, broken)
            if entry is not None and not reason:
                plan._take(submission, entry, recorded)
            else:
                plan.fresh.append((submission, key))
                plan.why[submission.student, submission.lab] = reason
        return plan

    def _take(self, submission: Submission, entry: Entry, recorded: Mapping[tuple[str, str], object]) -> None:
        points = {verdict.check: verdict.points for verdict in entry.result.verdicts}
        is_late = entry.result.late_seconds != submission.late_seconds
        if is_late or (entry.notebook and recorded.get(entry.place) != (submission.received, points)):
            dated = replace(entry.result, late_seconds=submission.late_seconds)
            self.moved.append((submission, replace(entry, result=dated)))
        else:
            self.taken.append(entry)

    def __str__(self) -> str:
        """Say in a line what comes from the journal and why the rest is graded; nothing for a first run."""
        kept = len(self.taken) + len(self.moved)
        reasons = Counter(reason for reason in self.why.values() if reason != _NEW)
        why = [f"{count} graded again: {reason}" for reason, count in sorted(reasons.items())]
        return "; ".join([*([f"{kept} unchanged, taken from the journal"] if kept else []), *why])


def _reason(key: Key, entry: Entry | None, writer: Writer, broken: Mapping[str, str]) -> str:
    """Say why a submission is graded again; empty if the journal answers for it."""
    if entry is None:
        return _NEW
    if entry.result.status is SubmissionStatus.INFRA or entry.result.lab in broken:
        return _FAILED
    if changed := key.changed(entry.key):
        return _REASONS[next(name for name in _REASONS if name in changed)]
    return "" if writer.is_settled(entry) else _UNFINISHED
