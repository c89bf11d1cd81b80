"""A Jupyter server's extension: nbgrader's formgrader, with this course's page, audit and lists of work.

`course formgrade` starts a server with it. It stands in the place of nbgrader's own extension, which it loads.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jupyter_server_mathjax
from jupyter_server.utils import url_path_join
from nbgrader.server_extensions import formgrader
from tornado.web import StaticFileHandler

from autograder.course import Course
from autograder.formgrader.handlers import CommentsHandler, Desk, GradesHandler, OneGradeHandler, WorkHandler
from autograder.formgrader.page import MATHJAX, GradingPage
from autograder.gradebook.audit import Audit, this_user

__all__ = ["load_jupyter_server_extension"]

_MATHJAX_FILES = Path(jupyter_server_mathjax.__file__).parent / "static"


def load_jupyter_server_extension(server: Any) -> None:
    """Load formgrader; a Jupyter server calls this when it starts.

    Parameters
    ----------
    server : jupyter_server.serverapp.ServerApp
        ``CourseFormgrader.assistant`` in its configuration names who grades, by default the user who runs it.
    """
    application, base = server.web_app, server.web_app.settings["base_url"]
    handlers = [  # before nbgrader's own: the first that fits an address answers
        (r"formgrader/api/comments", CommentsHandler),
        (r"formgrader/api/grades", GradesHandler),
        (r"formgrader/api/grade/([^/]+)", OneGradeHandler),
        (r"formgrader/work/([^/]+)/?", WorkHandler),
        (rf"{MATHJAX}/(.*)", StaticFileHandler, {"path": str(_MATHJAX_FILES)}),
    ]
    application.add_handlers(".*$", [(url_path_join(base, address), *rest) for address, *rest in handlers])
    formgrader.load_jupyter_server_extension(server)
    folders = application.settings["nbgrader_formgrader"].coursedir
    root = Path(folders.root)
    course = Course.load(root, (root / folders.submitted_directory).parent)
    assistant = server.config.get("CourseFormgrader", {}).get("assistant") or this_user()
    audit = Audit.of(course)
    application.settings["course_desk"] = Desk(course, assistant, audit)
    application.settings["nbgrader_exporter"] = GradingPage(course, audit, base)


_load_jupyter_server_extension = load_jupyter_server_extension
