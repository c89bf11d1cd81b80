"""The page on which an assistant grades one submission: nbgrader's, with rubric and offline mathematics."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import HTMLExporter

from autograder.errors import UsageError
from autograder.formgrader.split import Answer, Split
from autograder.gradebook.audit import BY_HAND
from autograder.report.pages import number

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.gradebook.audit import Audit

__all__ = ["MATHJAX", "GradingPage", "rubrics"]

MATHJAX = "formgrader/mathjax"  # where the server keeps MathJax, below its base address
_TEMPLATES = Path(__file__).parent / "templates"


class GradingPage(HTMLExporter):  # type: ignore[misc]
    """Makes the page of a graded notebook, as nbgrader's own exporter does.

    Parameters
    ----------
    course : Course
        The course, built: its source notebooks hold the rubrics.
    audit : Audit
        Of the class: it knows who gave which score.
    base_url : str
        The server's base address, with a slash at its end.
    **options
        nbconvert's.
    """

    def __init__(self, course: Course, audit: Audit, base_url: str, **options: Any) -> None:
        from nbgrader.server_extensions.formgrader.handlers import template_path

        folders = [str(_TEMPLATES), template_path]
        super().__init__(
            template_name="course", extra_template_basedirs=folders, extra_template_paths=folders, **options
        )
        self._course, self._audit = course, audit
        self.environment.globals["mathjax_url"] = f"{base_url}{MATHJAX}/MathJax.js"

    def from_filename(self, filename: str, resources: dict[str, Any] | None = None, **options: Any) -> Any:
        """Return the page of a notebook; ``student`` and ``assignment_id`` in the resources say whose it is."""
        resources = {} if resources is None else resources
        student, lab = resources.get("student", ""), resources.get("assignment_id", "")
        resources["rubrics"] = rubrics(self._course, lab)
        resources["notes"] = {check: self._note(Answer(lab, check, student)) for check in resources["rubrics"]}
        return super().from_filename(filename, resources, **options)

    def _note(self, answer: Answer) -> str:
        """Say whose an answer is, and who has given it its score: what two who meet at it want to know."""
        owner = ""
        with suppress(UsageError):  # `course split` says what is wrong with the file
            owner = Split.read(self._course).owners.get(answer, "")
        reader = f"{owner} reads this answer." if owner else ""
        last = self._audit.last(answer.student, answer.lab).get(answer.check)
        if last is None or not last.by_hand:
            return reader
        who = "A score was given by hand" if last.who == BY_HAND else f"{last.who} gave {number(last.new)}"
        return f"{reader} {who}, {last.when[:16].replace('T', ' ')} UTC.".strip()


def rubrics(course: Course, lab: str) -> dict[str, str]:
    """Return the sample answer and the rubric of each written answer of a lab, by grade_id, as markdown."""
    path = course.source_folder / lab / f"{lab}.ipynb"
    if not lab or not path.is_file():
        return {}
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    answers = [cell for cell in cells if cell["metadata"].get("course", {}).get("kind") == "answer"]
    return {cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"]) for cell in answers}
