"""The course as its instructor describes it in ``course.toml``, and where its files are."""

from __future__ import annotations

import hmac
import os
import re
import secrets
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

from autograder.errors import UsageError
from autograder.term import GradeRules, LatePolicy, Term, is_day, moment_in
from autograder.tomlfile import TomlFile

__all__ = ["ENVIRONMENTS", "LARGEST", "Course", "LabInfo", "Limits"]

_MOST = 1_000_000  # of any limit: more is a slip of the pen
_NAME = re.compile(r"[0-9]{1,4}(_[\w-]*)?")
_HEAVIEST = 1000  # weight of a lab
ENVIRONMENTS = ("numpy", "torch")
LARGEST = 30_000_000  # bytes of a notebook: one with many figures has a few million; a larger one is not read


@dataclass(frozen=True, slots=True)
class Limits:
    """What student code may use: seconds of wall time, each on its own; then what the sandbox holds it to.

    ``submission_seconds`` is for all cells and checks together: what comes after is not run.
    ``memory_mb`` is what one process may have beyond Python and its packages, ``cpu_seconds`` what it may compute;
    ``processes`` (threads count) and ``files_mb`` are for a whole submission, ``output_mb`` for what one cell prints.
    """

    setup_seconds: float = 60.0
    cell_seconds: float = 20.0
    check_seconds: float = 10.0
    submission_seconds: float = 900.0
    cpu_seconds: int = 120
    memory_mb: int = 2048
    processes: int = 32
    files_mb: int = 256
    output_mb: int = 50


@dataclass(frozen=True, slots=True)
class LabInfo:
    """What ``course.toml`` says of one lab.

    ``environment`` is what its students' processes have loaded before they start: numpy, or torch besides.
    ``weight`` is what it counts in the final grade, beside the others' weights.
    ``released`` is the day on which students get it.
    """

    name: str
    title: str
    minutes: int
    due: datetime | None = None
    environment: str = "numpy"
    weight: float = 1.0
    released: date | None = None

    @property
    def number(self) -> int:
        """The lab's number, the first part of its name; 0 is the start page, which nobody grades."""
        return int(self.name.split("_", maxsplit=1)[0])

    def due_after(self, extension: timedelta | None) -> datetime | None:
        """Return when a student is due who was granted extra time, or none; a day of it has 24 hours."""
        return self.due.astimezone(UTC) + extension if self.due and extension else self.due


@dataclass(frozen=True, slots=True)
class Course:
    """A course: its folder, title, labs, limits and the rules of its term.

    ``labs`` are those that are graded; ``start`` holds the start page, ``00_start``, if there is one.
    """

    root: Path
    title: str
    start: tuple[LabInfo, ...]
    labs: tuple[LabInfo, ...]
    limits: Limits
    class_folder: Path
    term: Term
    late: LatePolicy | None  # where course.toml says nothing, nbgrader's own settings do
    grades: GradeRules

    @classmethod
    def load(cls, root: Path | None = None, class_folder: Path | None = None) -> Self:
        """Read ``course.toml``.

        Parameters
        ----------
        root : Path, optional
            The course's folder; by default the nearest one, upwards from here, that holds ``course.toml``.
        class_folder : Path, optional
            Where submissions and grades are kept; by default ``class/`` in the root.

        Raises
        ------
        UsageError
            There is no ``course.toml``, or it cannot be understood.
        """
        root = _find_root() if root is None else root.resolve()
        file = TomlFile.read(root / "course.toml")
        return cls.of(file, root, (class_folder or root / "class").resolve())

    @classmethod
    def of(cls, file: TomlFile, root: Path, class_folder: Path) -> Self:
        """Make the course that a ``course.toml`` describes; errors name file and line."""
        term = Term.of(file)
        listed = [_lab(file, name, term.zone) for name in file.section("labs")]
        return cls(
            root=root,
            title=str(file.values.get("title", root.name)),
            start=tuple(lab for lab in listed if not lab.number),
            labs=tuple(lab for lab in listed if lab.number),
            limits=_limits(file),
            class_folder=class_folder,
            term=term,
            late=LatePolicy.of(file) if "late" in file.values else None,
            grades=GradeRules.of(file),
        )

    @property
    def zone(self) -> tzinfo:
        """The zone of local times: the term's, or else that of the first due date."""
        dues = [lab.due.tzinfo for lab in self.labs if lab.due is not None]
        return self.term.zone or (dues[0] if dues else None) or UTC

    @property
    def grace(self) -> timedelta:
        """How long after a due date work still is on time."""
        return self.late.grace if self.late else timedelta()

    @property
    def solutions(self) -> Path:
        """The sources of the labs."""
        return self.root / "solutions"

    @property
    def labs_folder(self) -> Path:
        """The released labs, generated."""
        return self.root / "labs"

    @property
    def source_folder(self) -> Path:
        """nbgrader's source notebooks, generated."""
        return self.root / "build" / "source"

    @property
    def reference_folder(self) -> Path:
        """Modules of reference solutions, generated."""
        return self.root / "build" / "reference"

    @property
    def submitted(self) -> Path:
        """What students handed in."""
        return self.class_folder / "submitted"

    @property
    def autograded(self) -> Path:
        """Graded notebooks."""
        return self.class_folder / "autograded"

    @property
    def feedback(self) -> Path:
        """Pages for students."""
        return self.class_folder / "feedback"

    @property
    def gradebook_path(self) -> Path:
        """nbgrader's database."""
        return self.class_folder / "gradebook.db"

    def lab(self, name: str) -> LabInfo:
        """Find a lab by its name (``02_gradient_descent``) or number (``2``, ``02``).

        Raises
        ------
        UsageError
            The course has no such lab.
        """
        for lab in self.labs:
            if name == lab.name or (name.isdigit() and int(name) == lab.number):
                return lab
        known = ", ".join(lab.name for lab in self.labs)
        raise UsageError(f"no lab {name!r} in {self.root / 'course.toml'}: it has {known}")

    def secret(self) -> bytes:
        """Return the key from which hidden inputs are drawn, made at first use and readable by its owner alone."""
        path = self.class_folder / "secret"
        self.class_folder.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(32).encode())
        return path.read_bytes()

    def lab_key(self, lab: str) -> bytes:
        """Return the key of one lab's hidden inputs, from which the secret cannot be told.

        A machine that grades for another has the keys of labs, in ``keys/``, and no secret.
        """
        given = self.class_folder / "keys" / lab
        if given.is_file():
            return given.read_bytes()
        return hmac.new(self.secret(), lab.encode(), "sha256").digest()


def _find_root() -> Path:
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "course.toml").is_file():
            return folder
    raise UsageError(f"no course.toml in {here} or above it: run the command inside the course's folder")


def _lab(file: TomlFile, name: str, zone: tzinfo | None) -> LabInfo:
    section, values = f"labs.{name}", file.section(f"labs.{name}")
    if not _NAME.fullmatch(name):
        raise file.error(section, "", "a lab's name is its number and a word, like 02_gradient_descent")
    file.refuse_unknown(section, {field.name for field in fields(LabInfo)} - {"name"})
    for key in ("title", "minutes"):
        if key not in values:
            raise file.error(section, "", f"it needs title and minutes, and has no {key}")
    if not isinstance(values["title"], str) or type(values["minutes"]) is not int or not 0 < values["minutes"] < _MOST:
        raise file.error(section, "", "its title is a text in quotes, its minutes are a whole number")
    if values.get("environment", "numpy") not in ENVIRONMENTS:
        raise file.error(section, "environment", f"is one of {', '.join(ENVIRONMENTS)}")
    weight = values.get("weight", 1.0)
    if type(weight) not in (int, float) or not 0 <= weight <= _HEAVIEST:
        raise file.error(section, "weight", f"= {weight!r}: it is a number from 0 to {_HEAVIEST}")
    released = values.get("released")
    if released is not None and not is_day(released):
        raise file.error(section, "released", "is a day without quotes, like 2026-09-21")
    due = values.get("due")
    try:
        due = None if due is None else moment_in(zone, due)
    except UsageError as error:
        raise file.error(section, "due", str(error)) from error
    return LabInfo(name, **values | {"due": due})


def _limits(file: TomlFile) -> Limits:
    values = file.section("limits")
    file.refuse_unknown("limits", {field.name for field in fields(Limits)})
    for name, value in values.items():
        whole = isinstance(getattr(Limits(), name), int)
        if type(value) not in ((int,) if whole else (int, float)) or not 0 < value < _MOST:
            what = "whole number" if whole else "number"
            raise file.error("limits", name, f"= {value!r}: it has to be a {what} between 0 and {_MOST:,}")
    return Limits(**values)
