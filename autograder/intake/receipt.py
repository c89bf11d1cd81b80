"""The receipt in an archive that a student made: compared with what is there, and believed in nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

__all__ = ["RECEIPT", "doubts"]

RECEIPT = "receipt.json"
_CLOCK = timedelta(minutes=10)  # by which a student's clock may be wrong without a word


def doubts(receipt: bytes, notebooks: Mapping[str, str], moment: datetime | None) -> Iterator[str]:
    """Say where a receipt does not fit what came with it.

    Parameters
    ----------
    receipt : bytes
        The file, as the student sent it.
    notebooks : Mapping
        The sha256 of each notebook in the archive, by its name there.
    moment : datetime or None
        When it was handed in, as the instructor's side knows it.
    """
    try:
        said = json.loads(receipt)
        name, digest, made = str(said["file"]), str(said["sha256"]), datetime.fromisoformat(str(said["made"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        yield "its receipt cannot be read"
        return
    if name not in notebooks:
        yield f"its receipt is for {name[:80]!r}, which is not in the archive"
    elif notebooks[name] != digest:
        yield "the notebook is not the one that its receipt is for: it was changed or replaced afterwards"
    if moment is not None and made.tzinfo is not None and made > moment + _CLOCK:
        yield f"its receipt was made at {made.isoformat()[:40]}, after it was handed in: one of two clocks is wrong"
