"""The page on which an assistant grades one submission: nbgrader's, with rubric and offline mathematics."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import HTMLExporter

if TYPE_CHECKING:
    from autograder.course import Course

__all__ = ["MATHJAX", "GradingPage", "rubrics"]

MATHJAX = "formgrader/mathjax"  # where the server keeps MathJax, below its base address
_TEMPLATES = Path(__file__).parent / "templates"


class GradingPage(HTMLExporter):  # type: ignore[misc]
    """Makes the page of a graded notebook, as nbgrader's own exporter does.

    Parameters
    ----------
    course : Course
        The course, built: its source notebooks hold the rubrics.
    base_url : str
        The server's base address, with a slash at its end.
    **options
        nbconvert's.
    """

    def __init__(self, course: Course, base_url: str, **options: Any) -> None:
        from nbgrader.server_extensions.formgrader.handlers import template_path

        folders = [str(_TEMPLATES), template_path]
        super().__init__(
            template_name="course", extra_template_basedirs=folders, extra_template_paths=folders, **options
        )
        self._course = course
        self.environment.globals["mathjax_url"] = f"{base_url}{MATHJAX}/MathJax.js"

    def from_filename(self, filename: str, resources: dict[str, Any] | None = None, **options: Any) -> Any:
        """Return the page of a notebook; ``assignment_id`` in the resources says which lab it is of."""
        resources = {} if resources is None else resources
        resources["rubrics"] = rubrics(self._course, resources.get("assignment_id", ""))
        return super().from_filename(filename, resources, **options)


def rubrics(course: Course, lab: str) -> dict[str, str]:
    """Return the sample answer and the rubric of each written answer of a lab, by grade_id, as markdown."""
    path = course.source_folder / lab / f"{lab}.ipynb"
    if not lab or not path.is_file():
        return {}
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    answers = [cell for cell in cells if cell["metadata"].get("course", {}).get("kind") == "answer"]
    return {cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"]) for cell in answers}
