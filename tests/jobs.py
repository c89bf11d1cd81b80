"""Work for worker processes, in a module that loads in no time."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

__all__ = ["Deadly", "Honest", "Located"]


@dataclass(frozen=True)
class Deadly:
    """A job that ends or stalls its worker."""

    seconds: float = 0.0

    def run(self, _: object) -> str:
        """End the process without a word, or do nothing for a while."""
        if self.seconds:
            time.sleep(self.seconds)
        os._exit(1)

    def give_up(self, reason: str) -> str:
        """Say that it was given up."""
        return reason


@dataclass(frozen=True)
class Honest:
    """A job that says its number."""

    number: int

    def run(self, _: object) -> int:
        """Give the number."""
        return self.number

    def give_up(self, reason: str) -> str:
        """Say that it was given up."""
        return reason


@dataclass(frozen=True)
class Located:
    """A job that says which processors its worker may use."""

    def run(self, _: object) -> frozenset[int]:
        """Give their numbers."""
        return frozenset(os.sched_getaffinity(0))

    def give_up(self, reason: str) -> str:
        """Say that it was given up."""
        return reason
