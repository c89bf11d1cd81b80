"""The rules of a term: its time zone, what lateness costs, which labs and which submissions count."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Self
from zoneinfo import ZoneInfo

from autograder.errors import UsageError
from autograder.tomlfile import TomlFile

__all__ = ["COUNTS", "DAY", "MOST_DAYS", "YEARS", "GradeRules", "LatePolicy", "Term", "is_day", "is_zone", "moment_in"]

COUNTS = ("last", "last on time", "best")
YEARS = range(2000, 2200)  # of any date: another is a slip of the pen
DAY = 86400.0  # seconds
MOST_DAYS = 365  # late or granted: another number is a slip of the pen


@dataclass(frozen=True, slots=True)
class Term:
    """``[term]``: its name, the zone of its local times, and the day from which `course new-term` counts.

    Without a zone, times are written with their offset.
    """

    name: str = ""
    timezone: str = ""
    start: date | None = None

    @classmethod
    def of(cls, file: TomlFile) -> Self:
        """Read ``[term]``.

        Raises
        ------
        UsageError
            It cannot be understood; file and line are named.
        """
        values = file.section("term")
        file.refuse_unknown("term", {field.name for field in fields(cls)})
        for key in ("name", "timezone"):
            if not isinstance(values.get(key, ""), str):
                raise file.error("term", key, "is a text in quotes")
        if not is_zone(values.get("timezone", "UTC")):
            raise file.error(
                "term", "timezone", f"= {values['timezone']!r}: no such zone; write one like Europe/Berlin"
            )
        start = values.get("start")
        if start is not None and not is_day(start):
            raise file.error("term", "start", "is a day, like 2026-09-21")
        return cls(**values)

    @property
    def zone(self) -> tzinfo | None:
        """The zone of local times, None if there is none."""
        return ZoneInfo(self.timezone) if self.timezone else None


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """``[late]``: what is taken off a score that came after the due date.

    Up to ``grace_minutes`` nothing; then ``penalty``, a share of the score, for each begun day, together at most
    ``most``; after ``zero_after_days`` days all of it.
    """

    grace_minutes: float = 0.0
    penalty: float = 0.0
    most: float = 1.0
    zero_after_days: float = math.inf

    @classmethod
    def of(cls, file: TomlFile) -> Self:
        """Read ``[late]``.

        Raises
        ------
        UsageError
            It cannot be understood; file and line are named.
        """
        largest = {"grace_minutes": 60 * 24, "penalty": 1, "most": 1, "zero_after_days": MOST_DAYS}
        file.refuse_unknown("late", set(largest))
        for key, value in file.section("late").items():
            if type(value) not in (int, float) or not 0 <= value <= largest[key]:
                raise file.error("late", key, f"= {value!r}: it is a number from 0 to {largest[key]}")
        return cls(**file.section("late"))

    @property
    def grace(self) -> timedelta:
        """How long after the due date work still is on time."""
        return timedelta(minutes=self.grace_minutes)

    def share(self, seconds: float) -> float:
        """Return the share of a score that is taken off, from 0 to 1.

        Parameters
        ----------
        seconds : float
            How long after the due date, extensions included.
        """
        if seconds <= max(0.0, self.grace.total_seconds()):
            return 0.0
        if seconds > self.zero_after_days * DAY:
            return 1.0
        return round(min(self.most, self.penalty * math.ceil(seconds / DAY)), 9)  # 0.3, not 0.30000000000000004


@dataclass(frozen=True, slots=True)
class GradeRules:
    """``[grades]``: which of several submissions of a lab counts, and how many labs are dropped."""

    counts: str = "last"
    dropped: int = 0

    @classmethod
    def of(cls, file: TomlFile) -> Self:
        """Read ``[grades]``.

        Raises
        ------
        UsageError
            It cannot be understood; file and line are named.
        """
        values = file.section("grades")
        file.refuse_unknown("grades", {field.name for field in fields(cls)})
        if values.get("counts", "last") not in COUNTS:
            raise file.error("grades", "counts", f"= {values['counts']!r}: it is one of {', '.join(map(repr, COUNTS))}")
        dropped = values.get("dropped", 0)
        labs = len(file.section("labs"))
        if type(dropped) is not int or not 0 <= dropped < max(labs, 1):
            raise file.error("grades", "dropped", f"= {dropped!r}: it is a number of labs, fewer than there are")
        return cls(**values)


def is_day(value: object) -> bool:
    """Whether a value is a day, without a time, of a year that a term can be in."""
    return type(value) is date and value.year in YEARS


def is_zone(name: str) -> bool:
    """Whether a time zone has this name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # none of this name; a name that leads elsewhere; a folder of zones
        return False
    return True


def moment_in(zone: tzinfo | None, written: Any) -> datetime:
    """Return the moment that a date and time mean.

    Parameters
    ----------
    zone : tzinfo or None
        Where the clock hangs.
    written : object
        A datetime with its offset, or one of local time.

    Raises
    ------
    UsageError
        It is no date and time, or one that this clock never shows, or shows twice; the text has no place in it.
    """
    if not isinstance(written, datetime):
        raise UsageError(f"= {written!s}: it needs a day and a time without quotes, like 2026-10-02T23:59:00")
    if written.year not in YEARS:
        raise UsageError(f"= {written.isoformat()}: no term is in the year {written.year}")
    if written.tzinfo is not None:
        return written.astimezone(zone) if zone else written
    if zone is None:
        raise UsageError(f"= {written.isoformat()}: local times need a timezone in [term], others their offset")
    first, second = (written.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    text = f"= {written.isoformat()}: in {zone} clocks are changed then, and"
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != written:
        raise UsageError(f"{text} never show that time: choose another")
    offsets = " or ".join(f"{moment:%z}"[:3] + ":" + f"{moment:%z}"[3:] for moment in (first, second))
    raise UsageError(f"{text} show that time twice: write its offset, {offsets}")
