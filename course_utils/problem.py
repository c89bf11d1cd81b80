"""Report a problem with a lab: ``python -m course_utils.problem 2.3`` prints a text to paste into a mail or a forum."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

from course_utils.labs import LabError, find_lab, version

__all__ = ["main", "text"]

_PACKAGES = ("numpy", "matplotlib", "jupyterlab", "ipywidgets", "anywidget", "torch")


def text(place: str) -> str:
    """Return a text that says exactly which lab, exercise and computer a problem is about; nothing is sent.

    Parameters
    ----------
    place : str
        Number of a lab, such as 02, or of an exercise, such as 2.3.

    Raises
    ------
    LabError
        There is no such lab or exercise.
    """
    lab = find_lab(place.partition(".")[0])
    numbers = {exercise.number: exercise for exercise in lab.exercises}
    if "." in place and place not in numbers:
        raise LabError(f"lab {lab.number:02} has no exercise {place!r}: it has {', '.join(numbers)}")
    exercise = numbers.get(place)
    where = f", exercise {exercise} ({exercise.id})" if exercise else ""
    packages = ", ".join(f"{name} {_installed(name)}" for name in _PACKAGES)
    return "\n".join(
        [
            f"Problem with {lab.name}{where}",
            f"Course {version()}, lab version {lab.version}",
            f"Python {platform.python_version()} on {platform.system()} {platform.machine()}; {packages}",
            "",
            "What I did:",
            "What I saw:",
            "What I expected:",
        ]
    )


def _installed(package: str) -> str:
    try:
        return installed(package)
    except PackageNotFoundError:
        return "missing"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the text; 1 if there is no such place."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.problem", description=__doc__)
    parser.add_argument("place", metavar="NN[.N]", help="a lab's number, such as 02, or an exercise's, such as 2.3")
    try:
        print(text(parser.parse_args(arguments).place))
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
