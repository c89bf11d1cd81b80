"""How often a heavy proof tries: a part of it in ``make test``, all of it in ``make proof``."""

from __future__ import annotations

import os

__all__ = ["count"]


def count(reduced: int, full: int) -> int:
    """Return ``full`` under ``make proof``, which sets ``COURSE_PROOF``, and ``reduced`` otherwise."""
    return full if os.environ.get("COURSE_PROOF") else reduced
