"""The way to nbgrader, which takes seconds to import: its settings, and the parts of it that are used here."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from autograder.release.student import CODE_STUB, TEXT_STUB

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.course import Course

__all__ = ["course_id", "database_url", "preprocess", "settings"]


@cache
def settings(root: Path) -> Any:
    """Return nbgrader's settings of a course: what its ``nbgrader_config.py`` says, over what the release needs."""
    from traitlets.config import Config, PyFileConfigLoader

    config = Config({"ClearSolutions": {"code_stub": {"python": CODE_STUB}, "text_stub": TEXT_STUB}})
    if (root / "nbgrader_config.py").is_file():
        config.merge(PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config())
    return config


def course_id(course: Course) -> str:
    """Return nbgrader's name of a course."""
    return str(settings(course.root).CourseDirectory.get("course_id", "default_course"))


def database_url(course: Course) -> str:
    """Return where the gradebook is: a SQLite file in the class's folder, or the server that the settings name."""
    url = str(settings(course.root).CourseDirectory.get("db_url", ""))
    is_server = bool(url) and not url.startswith("sqlite:")
    return url if is_server else f"sqlite:///{course.gradebook_path}"


def preprocess(course: Course, names: list[str], notebook: Any, resources: dict[str, Any]) -> Any:
    """Run nbgrader's own preprocessors on a notebook, in one process.

    Parameters
    ----------
    course : Course
        Whose settings they follow.
    names : list of str
        Classes of ``nbgrader.preprocessors``, in order.
    notebook : NotebookNode
        What they work on; it may be changed.
    resources : dict
        What nbgrader calls resources: names of notebook and assignment, the database.
    """
    import nbgrader.preprocessors

    for name in names:
        step = getattr(nbgrader.preprocessors, name)(config=settings(course.root))
        notebook, resources = step.preprocess(notebook, resources)
    return notebook
