"""Taking an archive in: all notebooks are kept, the one that counts goes to its place, or a word why there is none."""

from __future__ import annotations

import hashlib
import io
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from autograder.errors import UsageError
from autograder.files import write_whole
from autograder.intake.archive import Member, members, members_of_zip
from autograder.intake.attempts import Attempt, Place
from autograder.intake.extensions import granted_time
from autograder.intake.reader import LARGEST, UnreadableError
from autograder.intake.receipt import RECEIPT, doubts
from autograder.intake.received import REFUSED, parse_timestamp
from autograder.intake.roster import Roster
from autograder.intake.sender import Sender

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.course import Course

__all__ = ["Collection", "collect"]

_JUNK = re.compile(r"(^|/)(__MACOSX/|\.)")
_PLAIN = re.compile(r"\w[\w.@+-]{0,99}")
_MOST_NOTEBOOKS = 50  # in one archive that a student sent
_MOST_UNPACKED = 8 * LARGEST  # of all archives that one student sent
_SECOND = timedelta(seconds=1)
_RULES = {
    "last": "the newest counts",
    "last on time": "the newest that was on time counts",
    "best": "the best counts, once they are graded",
}


@dataclass
class Collection:
    """What came out of an archive: when each student handed in which lab, and what has to be said of it."""

    taken: dict[tuple[str, str], datetime] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Say it in lines."""
        return "\n".join([f"collected {len(self.taken)} notebooks", *self.notes])


def collect(course: Course, archive: Path, lab: str | None = None) -> Collection:
    """Put the notebooks of an archive into the class, as ``submitted/<student>/<lab>/<lab>.ipynb``.

    Parameters
    ----------
    course : Course
        Its class takes them; ``roster.csv`` there may say who is who, ``[grades]`` which of several counts.
    archive : Path
        A zip or tar.gz: nbgrader's layout, or as Moodle or Canvas name files.
        A file in it may itself be the archive that students make (``python -m course_utils.submit``).
    lab : str, optional
        The lab of notebooks whose names do not say it.

    Raises
    ------
    UsageError
        It is no archive, or names no student.
    """
    collector = _Collector(course, lab and course.lab(lab).name)
    try:
        senders = [Sender.of(member.name) for member in members(archive) if not _JUNK.search(member.name)]
        collector.doubtful = _doubtful([sender for sender in senders if sender])
        for member in members(archive, course.zone):
            collector.take(member)
        collector.finish()
    except (UnreadableError, OSError) as error:
        raise UsageError(f"{archive}: {error}") from error
    if not collector.seen:
        known = "student/lab/lab.ipynb, or as Moodle or Canvas name files"
        raise UsageError(f"{archive}: no file in it is named {known}: who sent them cannot be told")
    return collector.collection


def _doubtful(senders: list[Sender]) -> set[str]:
    """Names that belong to several people."""
    ids = defaultdict(set)
    for sender in senders:
        ids[sender.slug].add(sender.id)
    return {slug for slug, found in ids.items() if len(found) > 1}


class _Collector:
    """Takes member after member; when all are in, the one that counts goes to its place."""

    def __init__(self, course: Course, lab: str | None) -> None:
        self._course, self._lab = course, lab
        self._labs = {info.name: info for info in course.labs}
        self._roster = Roster.of(course)
        self._extensions = granted_time(course)
        self._kept: dict[tuple[str, str], list[Attempt]] = defaultdict(list)
        self.collection = Collection()
        self._stamps: dict[tuple[str, str], datetime] = {}
        self._readable: set[str] = set()  # who sent a notebook or an archive, by number in the LMS
        self._left: dict[str, list[int]] = defaultdict(lambda: [_MOST_UNPACKED])  # by student: bytes to unpack
        self._said: set[str] = set()
        self._others: list[Sender] = []  # files that are neither notebooks nor archives
        self.seen = False  # whether a file says who sent it
        self.doubtful: set[str] = set()

    def take(self, member: Member) -> None:
        sender = None if _JUNK.search(member.name) else Sender.of(member.name)
        if sender is None:
            if not _JUNK.search(member.name) and (member.refusal or member.name.endswith(".ipynb")):
                self._note(f"{member.name!r} is left out: {member.refusal or 'its name does not say who sent it.'}")
            return
        kind = PurePosixPath(sender.file).suffix.lower()
        if sender.id and kind in (".zip", ".ipynb"):
            self._readable.add(sender.id)
        try:
            if member.refusal:
                self._refuse(sender, sender.file, member.refusal)
            elif kind == ".zip":
                self._open(sender, member.read(), member.moment)
            elif kind == ".ipynb":
                self._keep(sender, sender.file, member.read(), member.moment)
            elif PurePosixPath(sender.file).name == "timestamp.txt":
                self._stamp(sender, member)
            elif sender.id:
                self._others.append(sender)
        except UnreadableError as error:
            self._refuse(sender, sender.file, str(error))

    def _open(self, sender: Sender, content: bytes, moment: datetime | None) -> None:
        """Take notebooks out of an archive that a student sent; its own times are not believed."""
        found: dict[str, str] = {}
        receipt = None
        for inner in members_of_zip(io.BytesIO(content), left=self._left[self._student(sender)]):
            if inner.name == RECEIPT and not inner.refusal:
                receipt = inner.read()
            if not inner.name.endswith(".ipynb") or _JUNK.search(inner.name):
                continue
            if len(found) == _MOST_NOTEBOOKS:
                raise UnreadableError(f"it holds more than {_MOST_NOTEBOOKS} notebooks: hand in those of the labs.")
            found[inner.name] = ""
            if inner.refusal:
                self._refuse(sender, inner.name, inner.refusal)
                continue
            notebook = inner.read()
            found[inner.name] = hashlib.sha256(notebook).hexdigest()
            self._keep(sender, inner.name, notebook, moment)
        if not found:
            self._refuse(sender, sender.file, "there is no notebook in it: hand in the .ipynb file itself.")
        for doubt in () if receipt is None else doubts(receipt, found, moment):
            self._note(f"{self._student(sender)} {sender.file}: {doubt}.")

    def _keep(self, sender: Sender, name: str, content: bytes, moment: datetime | None) -> None:
        student, lab = self._student(sender), self._lab_of(name)
        if self._kept[student, lab]:
            self._note(f"{student} sent {lab} several times: all are kept, {_RULES[self._course.grades.counts]}.")
        moment = self._received(sender, lab, moment)
        self._kept[student, lab].append(Place(self._course, student, lab).keep(content, moment, sender.attempt))
        self.seen = True

    def _stamp(self, sender: Sender, member: Member) -> None:
        """Note the instructor's own record of when something was handed in (nbgrader's collect writes it)."""
        if sender.id or member.refusal:
            return  # in an LMS's archive, it would be a student's file
        moment = parse_timestamp(member.read()[:200].decode("utf-8", "replace"))
        if moment is not None:
            self._stamps[self._student(sender), self._lab_of(sender.file)] = moment

    def finish(self) -> None:
        """Put in place what counts; the instructor's records of times may stand before or behind the notebooks."""
        for sender in self._others:
            if sender.id not in self._readable:
                self._refuse(sender, sender.file, "it is no notebook: hand in the .ipynb file itself.")
        for (student, lab), kept in self._kept.items():
            if moment := self._stamps.get((student, lab)):
                kept[:] = [attempt.moved_to(moment) for attempt in kept]
            place = Place(self._course, student, lab)
            counting = place.counting(self._extensions.get((student, lab)))
            if counting is None:
                continue
            place.put(counting)
            if counting in kept:
                self.collection.taken[student, lab] = counting.moment
            else:
                self._note(f"{student} {lab}: what was handed in {_otherwise(counting, kept)} stays.")

    def _refuse(self, sender: Sender, name: str, why: str) -> None:
        student, lab = self._student(sender), self._lab_of(name)
        self._note(f"{student} {lab}: {PurePosixPath(name).name!r} is refused: {why}")
        place = self._course.submitted / student / lab
        self.seen = True
        if not (place / f"{lab}.ipynb").exists():
            text = f"The file {PurePosixPath(name).name!r} was not taken: {why}"
            write_whole(place / REFUSED, text[:1000] + "\n")

    def _student(self, sender: Sender) -> str:
        known = self._roster.find(sender)
        if known is None and self._roster.people:
            cure = f"give its student the lms_user_id {sender.id}" if sender.id else "add the student"
            self._note(
                f"{sender.name!r} {sender.id} is not on the roster, or two are called so: {cure} in class/roster.csv,"
                " run `course roster`, and hand the archive over again."
            )
        known = known or ("" if sender.id else sender.name)
        if _PLAIN.fullmatch(known):
            return known
        if sender.slug in self.doubtful:
            self._note(f"several people are called {sender.name!r}: class/roster.csv can tell them apart.")
            return f"{sender.slug}-{sender.id}"
        return sender.slug

    def _lab_of(self, name: str) -> str:
        path = PurePosixPath(name)
        stem = re.sub(r"( ?\(\d+\)|-\d{8}-\d{6})$", "", path.stem)
        if stem in self._labs:
            return stem
        if path.parent.name in self._labs:
            return path.parent.name
        return self._lab or "-".join(re.findall(r"\w+", stem))[:60] or "unnamed"

    def _received(self, sender: Sender, lab: str, moment: datetime | None) -> datetime:
        """Return the archive's time, unless the name says on which side of the due date it came."""
        moment = moment or datetime.now(UTC)
        due = self._labs[lab].due if lab in self._labs else None
        if due is None or sender.late is None:
            return moment
        return max(moment, due + _SECOND) if sender.late else min(moment, due)

    def _note(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self.collection.notes.append(text)


def _otherwise(counting: Attempt, kept: list[Attempt]) -> str:
    """Say of another attempt why it counts rather than what came now."""
    return "later" if counting > max(kept) else "on time"
