"""Where downloads are kept."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["HOME_VARIABLE", "cache", "data_home"]

HOME_VARIABLE = "COURSE_DATA_HOME"


def data_home() -> Path:
    """Return the folder in which downloads are kept: ``$COURSE_DATA_HOME``, or a folder in the user's cache."""
    chosen = os.environ.get(HOME_VARIABLE)
    return Path(chosen).expanduser() if chosen else cache()


def cache() -> Path:
    """Return the course's folder in the user's cache, whether or not it is there."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "optimization-to-autodiff"
