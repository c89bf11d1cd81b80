"""Compile the sources: nbgrader's source notebooks, reference modules, and the labs that students get."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import LARGEST
from autograder.errors import CourseError, SourceError
from autograder.files import write_whole
from autograder.release.leak import check_leaks, public_module, public_notebook
from autograder.source.lint import check_lab, long_cells
from autograder.source.mistakes import read_mistakes
from autograder.source.notebook import notebook, write
from autograder.source.percent import read_lab
from autograder.source.reference import reference_source

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.course import Course, LabInfo, Limits
    from autograder.source.lab import Lab
    from autograder.source.mistakes import Answer

__all__ = ["Build", "build", "outdated"]


@dataclass(frozen=True, slots=True)
class Build:
    """All files of a build, by path, and what is worth a word.

    ``labs`` are those in ``labs/``, which are committed; ``others`` those under ``build/``, which are not.
    """

    labs: dict[Path, str]
    others: dict[Path, str]
    notes: tuple[str, ...]
    errors: tuple[CourseError, ...] = ()

    def write(self) -> None:
        """Write every file that is not as it should be, and leave the rest alone.

        Raises
        ------
        SourceError, LeakError
            The first of ``errors``, once the labs without one are written.
        """
        for path, text in {**self.others, **self.labs}.items():
            if _read(path) != text.encode():
                write_whole(path, text)
        if self.errors:
            raise self.errors[0]
        for path in self._stale():
            path.unlink()

    def _stale(self) -> list[Path]:
        """Find what a lab left under ``build/`` that is no more, or has another name now."""
        folders = {path.parent for path in self.others if path.suffix == ".py"}
        folders |= {path.parent.parent for path in self.others if path.suffix == ".ipynb"}
        files = [path for folder in folders for pattern in ("*.py", "*/*.ipynb") for path in folder.glob(pattern)]
        return [path for path in files if path not in self.others]

    def why(self, path: Path) -> str:
        """Say what is wrong with a file of ``labs/`` that is not up to date."""
        if path not in self.labs:
            return "no lab of course.toml makes this file: move it away"
        return "differs from its source: run `course build`" if path.exists() else "is missing: run `course build`"


def build(course: Course) -> Build:
    """Compile all labs that ``course.toml`` lists; nothing is written.

    Parameters
    ----------
    course : Course
        The course.

    Returns
    -------
    Build
        A lab with an error is left out of it, and its error is in ``errors``: an author at work on one lab
        does not stop the others.
    """
    labs: dict[Path, str] = {}
    others: dict[Path, str] = {}
    errors: list[CourseError] = []
    notes = _unlisted(course)
    for info in (*course.start, *course.labs):
        path = source_path(course, info)
        if not path.exists():
            notes.append(f"{info.name} has no source yet: {path}")
            continue
        try:
            lab = read_lab(path)
            check_lab(lab, info)
            source, student = _notebooks(course, lab, info)
        except CourseError as error:
            errors.append(error)
            continue
        notes += long_cells(lab)
        if lab.number:  # the start page is not graded: nbgrader does not see it
            others[course.source_folder / lab.name / f"{lab.name}.ipynb"] = source
            others[course.reference_folder / f"{lab.name}.py"] = reference_source(lab)
        labs[course.labs_folder / lab.name / f"{lab.name}.ipynb"] = student
    hidden = course.solutions / "hidden.py"
    if hidden.exists():
        others[course.reference_folder / "hidden.py"] = hidden.read_text(encoding="utf-8")
    return Build(labs, others, tuple(notes), tuple(errors))


def _notebooks(course: Course, lab: Lab, info: LabInfo) -> tuple[str, str]:
    """Return the texts of a lab's source notebook and of the one that students get, once no answer is in it."""
    from autograder.release.student import release

    source = notebook(lab)
    source.metadata["course"] = {"limits": _told(course.limits), "minutes": info.minutes, "title": info.title}
    student = release(source)
    source.metadata["course"]["version"] = student.metadata["course"]["version"] = _version(student)
    public = public_notebook(Path("labs", lab.name, f"{lab.name}.ipynb"), student)
    modules = [public_module(path) for path in sorted((course.root / "course_utils").rglob("*.py"))]
    check_leaks(lab, _answers(course, lab), [*public, *modules])
    return write(source), write(student)


def _version(student: NotebookNode) -> str:
    """Return eight digits that tell the cells that students get from those of any other release of the lab."""
    return hashlib.sha256(json.dumps(student.cells, sort_keys=True).encode()).hexdigest()[:8]


def _told(limits: Limits) -> dict[str, float]:
    """Return the limits of grading that a student has to keep: handing in holds to them, too."""
    seconds = {name: getattr(limits, name) for name in ("cell_seconds", "check_seconds", "setup_seconds")}
    return {**seconds, "notebook_bytes": LARGEST}


def _answers(course: Course, lab: Lab) -> tuple[Answer, ...]:
    path = course.solutions / "mistakes" / f"{lab.name}.py"
    answers = read_mistakes(path) if path.exists() else ()
    known = {exercise.id for exercise in lab.exercises}
    for answer in answers:
        if answer.exercise not in known:
            raise SourceError(path, answer.line, f"{lab.name} has no exercise {answer.exercise!r}")
    return answers


def outdated(course: Course, built: Build) -> list[Path]:
    """Return the files in ``labs/`` that differ from a build, are missing, or do not belong there."""
    stray = [path for path in course.labs_folder.rglob("*") if path.is_file() and path not in built.labs]
    differ = [path for path, text in built.labs.items() if _read(path) != text.encode()]
    return sorted(path for path in {*stray, *differ} if ".ipynb_checkpoints" not in path.parts)


def source_path(course: Course, info: LabInfo) -> Path:
    """Return where a lab's source is, as an error shall say it: from here, if it lies below."""
    path = course.solutions / f"{info.name}.py"
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _unlisted(course: Course) -> list[str]:
    known = {info.name for info in (*course.start, *course.labs)}
    return [
        f"{path.name} is not built: course.toml does not list it"
        for path in sorted(course.solutions.glob("[0-9]*.py"))
        if path.stem not in known
    ]


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
