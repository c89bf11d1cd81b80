"""``course new-term``: the dates of another term, and an empty class."""

from __future__ import annotations

import argparse
import difflib
import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from autograder.commands.grade import class_option
from autograder.course import Course
from autograder.errors import UsageError
from autograder.files import write_whole
from autograder.gradebook.lock import only_one
from autograder.gradebook.settings import database_url
from autograder.term import YEARS, is_zone
from autograder.tomlfile import TomlFile

__all__ = ["day_option", "new_term", "new_term_options"]


def new_term_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``course new-term``."""
    parser.add_argument("name", metavar="NAME", help="of the term, such as 2027-spring")
    start = "its first day; due dates and days of release keep their distance from it"
    parser.add_argument("--start", type=day_option, required=True, metavar="DATE", help=start)
    parser.add_argument("--timezone", metavar="Z", help="such as Europe/Berlin (default: as before)")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    class_option(parser)


def new_term(chosen: argparse.Namespace) -> int:
    """Write the new dates into course.toml and keep the old class aside; nothing is deleted."""
    course = Course.load(chosen.root, chosen.class_folder)
    before = TomlFile.read(course.root / "course.toml")
    change = _Change(course, before, chosen.name, chosen.start, chosen.timezone or course.term.timezone)
    after = change.made()
    archive = change.archive()
    texts = (before.text.splitlines(), after.text.splitlines())
    print(*difflib.unified_diff(*texts, "before", "after", n=0, lineterm=""), sep="\n")
    if chosen.dry_run:
        print("nothing was changed: --dry-run")
        return 0
    if archive:
        with only_one(course):
            try:
                course.class_folder.rename(archive)
            except OSError as error:
                raise UsageError(f"{course.class_folder} cannot be kept as {archive}: {error.strerror}") from error
        print(f"the class so far, with its grades and its secret, is kept in {archive}")
    write_whole(before.path, after.text)
    print(*_next_steps(course), sep="\n")
    return 0


@dataclass(frozen=True, slots=True)
class _Change:
    """From one term to another."""

    course: Course
    file: TomlFile
    name: str
    start: date
    timezone: str

    def made(self) -> TomlFile:
        """Return course.toml with the new term; anything that is wrong with it is said before anything is written."""
        if not re.fullmatch(r"\w[\w.-]{0,39}", self.name):
            raise UsageError(f"{self.name!r}: a term is named with letters, digits and . - _, such as 2027-spring")
        if not self.timezone or not is_zone(self.timezone):
            raise UsageError(f"--timezone {self.timezone!r}: no such zone; write one like Europe/Berlin")
        if self.course.term.start is None:
            raise self.file.error("term", "start", "is missing: write down the first day of the term that is over")
        if self.name == self.course.term.name:
            raise UsageError(f"the term is called {self.name} already")
        file = self.file
        for key, value in (("name", self.name), ("timezone", self.timezone)):
            file = file.with_value("term", key, value, json.dumps(value, ensure_ascii=False))
        file = file.with_value("term", "start", self.start, self.start.isoformat())
        moved = timedelta(days=(self.start - self.course.term.start).days)
        for lab in (*self.course.start, *self.course.labs):
            if lab.released is not None:
                day = lab.released + moved
                file = file.with_value(f"labs.{lab.name}", "released", day, day.isoformat())
            if lab.due is not None:
                due = lab.due.astimezone(self.course.zone).replace(tzinfo=None) + moved
                file = file.with_value(f"labs.{lab.name}", "due", due, due.isoformat())
        Course.of(file, self.course.root, self.course.class_folder)  # a time that no clock shows is refused here
        return file

    def archive(self) -> Path | None:
        """Return where the class is kept aside; None if there is nothing to keep."""
        folder = self.course.class_folder
        if not folder.is_dir() or not any(path.name != ".lock" for path in folder.iterdir()):
            return None
        archive = folder.with_name(f"{folder.name}-{self.course.term.name or 'before'}")
        if archive.exists():
            raise UsageError(f"{archive} exists: move it elsewhere, so that the class so far can be kept there")
        return archive


def _next_steps(course: Course) -> list[str]:
    steps = [
        "next:",
        "- look at the dates above: holidays move by no rule",
        "- `course roster FILE` takes the new class in",
    ]
    if not database_url(course).startswith("sqlite:"):
        steps.append("- the gradebook is on a server: name a new database in nbgrader_config.py, the old one stays")
    return [*steps, "- the first `course grade` draws a new secret: hidden inputs are others than last term's"]


def day_option(text: str) -> date:
    """Read a day that stands on the command line."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
            if day.year in YEARS:
                return day
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is no day: write one like 2027-02-15")
