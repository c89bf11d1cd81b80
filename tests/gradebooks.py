"""What grading left of a class, without what is random: two classes that are graded alike are equal."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

from autograder.classroom import Classroom
from autograder.course import Course
from autograder.gradebook.audit import Audit
from autograder.gradebook.book import Book
from autograder.report.export import json_text

__all__ = ["audited", "content", "export", "verdicts"]


def content(course: Course) -> dict[str, Any]:
    """Return all that grading left of a class, but for random ids and seconds."""
    query = """
        SELECT submitted_assignment.student_id, assignment.name, submitted_assignment.timestamp,
        base_cell.name, grade.auto_score, grade.manual_score, grade.needs_manual_grade
        FROM grade
        JOIN base_cell ON base_cell.id = cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
        JOIN assignment ON assignment.id = submitted_assignment.assignment_id
        ORDER BY 1, 2, 4
    """
    with closing(sqlite3.connect(course.gradebook_path)) as database:
        rows = database.execute(query).fetchall()
    files = [path for folder in (course.autograded, course.feedback) for path in sorted(folder.rglob("*"))]
    texts = {str(path.relative_to(course.class_folder)): path.read_bytes() for path in files if path.is_file()}
    return {"rows": rows, "report": (course.class_folder / "report.html").read_text(), **texts}


def audited(course: Course) -> list[tuple[Any, ...]]:
    """Return the changes of scores that the audit holds, without moments and reasons."""
    changes = Audit.of(course).changes()
    return sorted(((c.student, c.lab, c.check, c.old, c.new) for c in changes), key=str)


def export(course: Course) -> list[dict[str, str]]:
    """Return what ``nbgrader export`` writes, by nbgrader's own exporter."""
    from nbgrader.plugins.export import CsvExportPlugin

    path = course.class_folder / "grades.csv"
    with Book(course) as book:
        exporter = CsvExportPlugin()
        exporter.to = str(path)
        exporter.export(book._gradebook)
    with path.open() as file:
        return list(csv.DictReader(file))


def verdicts(course: Course) -> str:
    """Return what ``course grade --json`` writes, without seconds: they alone may differ."""
    with Classroom(course) as classroom:
        found = classroom.results().values()
    text = json_text(replace(result, seconds=0.0) for result in found)
    assert json.loads(text)["submissions"]
    return text
