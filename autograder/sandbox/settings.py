"""What the judge's side tells a process that it starts: packages to load, limits, layers, what to hide."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from autograder.course import Course, Limits

if TYPE_CHECKING:
    from autograder.sandbox.isolation import Isolation

__all__ = ["ABSENT", "LAYERS", "Settings", "protection"]

# namespaces: an own view of files, processes, network and users; landlock: files; seccomp: system calls;
# limits: memory, processes, files and CPU.
LAYERS = ("namespaces", "landlock", "seccomp", "limits")

# By hand means by hand: what would do the work of an exercise is not there.
ABSENT = {"numpy": ("torch", "torchvision", "autograd", "sympy"), "torch": ("autograd",)}


def protection(layers: Collection[str]) -> str:
    """Name the protection that layers give: "full", "none", or those that hold, joined by "+"."""
    held = [layer for layer in LAYERS if layer in layers]
    return "full" if len(held) == len(LAYERS) else "+".join(held) or "none"


@dataclass(frozen=True)
class Settings:
    """How student code is to run.

    Parameters
    ----------
    environment : str
        What is loaded before the first student: "numpy", or "torch" besides.
    limits : Limits
        What one submission may use.
    hidden : tuple of str
        Folders that student code never sees, such as the course's own.
    layers : tuple of str
        The layers of isolation to try.
    """

    environment: str = "numpy"
    limits: Limits = field(default_factory=Limits)
    hidden: tuple[str, ...] = ()
    layers: tuple[str, ...] = LAYERS

    @property
    def absent(self) -> tuple[str, ...]:
        """Modules that student code cannot import."""
        return ABSENT[self.environment]

    def to_json(self) -> str:
        """Write the settings as a text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        limits = Limits(**fields["limits"])
        return cls(fields["environment"], limits, tuple(fields["hidden"]), tuple(fields["layers"]))

    @classmethod
    def of(cls, course: Course, environment: str = "numpy") -> Self:
        """Return the settings of a course: its limits, and its folders hidden, as is the instructor's home."""
        hidden = (str(course.root), str(course.class_folder), str(Path.home()))
        return cls(environment, course.limits, hidden)

    def isolation(self, layers: tuple[str, ...] | None = None) -> Isolation:
        """Return the isolation with some of the layers, or with all of them."""
        layers = self.layers if layers is None else layers
        from autograder.sandbox.isolation import Isolation  # not there on Windows

        return Isolation(layers, self.limits, self.hidden, self.absent)
