"""When a submission was handed in, and why it was not taken: what the instructor's side writes beside a notebook."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from autograder.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["REFUSED", "STAMP", "copy_stamp", "parse_timestamp", "received", "refused", "seconds_late", "stamp"]

STAMP = "timestamp.txt"
_LONGEST = 2000  # bytes; a timestamp has about 40
REFUSED = "refused.txt"


def received(notebook: Path) -> datetime:
    """Return when a notebook was handed in.

    The instructor's side (nbgrader's collect, or :func:`stamp`) writes ``timestamp.txt`` beside the notebook;
    without it, the time of the file counts.
    """
    stated = parse_timestamp(_text(notebook.parent / STAMP))
    return stated or datetime.fromtimestamp(notebook.lstat().st_mtime, UTC)


def stamp(notebook: Path, moment: datetime) -> None:
    """Write down when a notebook was handed in, unless it is written already, so that copies of the file keep it."""
    path = notebook.parent / STAMP
    if parse_timestamp(_text(path)) is not None:
        return
    with contextlib.suppress(OSError):  # a folder that may only be read
        write_whole(path, _stamp_text(moment))


def copy_stamp(notebook: Path, moment: datetime) -> None:
    """Write down beside a graded notebook when it was handed in, as nbgrader does."""
    path = notebook.parent / STAMP
    if parse_timestamp(_text(path)) != moment:
        write_whole(path, _stamp_text(moment))


def refused(folder: Path) -> str:
    """Return why nothing of an archive was taken for this lab, or nothing."""
    return _text(folder / REFUSED).strip()


def seconds_late(moment: datetime, due: datetime | None) -> float:
    """Return by how many seconds a moment is past the due date; 0 if it is not."""
    return 0.0 if due is None else max(0.0, (moment - due).total_seconds())


def parse_timestamp(text: str) -> datetime | None:
    """Read a timestamp as nbgrader writes it: ISO date and time, then a zone's name, an offset, or nothing for UTC."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,6})?) ?(\S*)", text.strip())
    if match is None:
        return None
    day, clock, zone = match.groups()
    try:
        return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=_zone(zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _zone(name: str) -> tzinfo:
    if name in ("", "Z", "UTC"):
        return UTC
    if match := re.fullmatch(r"([+-])(\d\d):?(\d\d)", name):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(offset if match[1] == "+" else -offset)
    return ZoneInfo(name)


def _stamp_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC\n")


def _text(path: Path) -> str:
    """Return the file's text, or nothing if it is no small regular file."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LONGEST:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
