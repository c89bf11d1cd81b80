"""The tables of `course export` as export plugins of nbgrader: ``nbgrader export --exporter=…``.

``autograder.report.exporters.Spreadsheet``, ``.Canvas`` and ``.Moodle``; ``--to``, ``--assignment`` and ``--student``
mean what they do for nbgrader's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.plugins.export import ExportPlugin

from autograder.course import Course
from autograder.errors import UsageError
from autograder.files import write_whole
from autograder.gradebook.lateness import Lateness
from autograder.gradebook.people import people, with_sections
from autograder.gradebook.score import scores
from autograder.report.sheets import FORMATS, Class

__all__ = ["Canvas", "Moodle", "Spreadsheet"]


class Spreadsheet(ExportPlugin):  # type: ignore[misc]
    """A CSV file for spreadsheets."""

    format = "csv"

    def export(self, gradebook: Any) -> None:
        """Write the table; nbgrader's ``export`` calls this."""
        course = Course.load(Path(self.config.CourseDirectory.get("root", ".")))
        labs, names = [course.lab(str(name)).name for name in self.assignment], {str(name) for name in self.student}
        if len(labs) > 1:
            raise UsageError(f"one lab, or all of them: {', '.join(labs)} are some")
        listed = with_sections(course, people(gradebook.db))
        granted = Lateness(course, gradebook.db).extensions()
        chosen = [one for one in listed if not names or one.student in names]
        found = Class.of(course, chosen, scores(gradebook.db), granted, lab=next(iter(labs), None))
        path = Path(self.to or f"grades-{self.format}.csv")
        self.log.info("Exporting grades to %s", path)
        write_whole(path, FORMATS[self.format](found).text(), 0o600)


class Canvas(Spreadsheet):
    """Canvas's gradebook table."""

    format = "canvas"


class Moodle(Spreadsheet):
    """A table for Moodle's grade import."""

    format = "moodle"
