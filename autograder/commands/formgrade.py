"""``course formgrade`` and ``course split``: written answers, read by people."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

from autograder.commands.grade import class_option
from autograder.course import Course

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from autograder.formgrader.answers import Reading
    from autograder.formgrader.split import Answer, Split

__all__ = ["formgrade", "formgrade_options", "split", "split_options"]

# Ours loads nbgrader's formgrader; a live notebook would run a student's code outside of the sandbox.
_OURS = "autograder.formgrader.extension"
_OTHERS = (
    *("jupyter_lsp", "jupyter_server_mathjax", "jupyter_server_terminals", "jupyterlab", "jupyterlab_jupytext"),
    *(f"nbgrader.server_extensions.{name}" for name in ("assignment_list", "course_list", "formgrader")),
    *("nbgrader.server_extensions.validate_assignment", "notebook", "notebook_shim"),
)


def formgrade_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``course formgrade``."""
    who = "who grades, for the audit and the list that opens (default: your user name)"
    parser.add_argument("--assistant", metavar="NAME", help=who)
    parser.add_argument("--port", type=int, default=8888, help="where the server listens (default: 8888, or the next)")
    parser.add_argument("--no-browser", action="store_true", help="open no browser: print the address")
    class_option(parser)


def formgrade(chosen: argparse.Namespace) -> int:
    """Open formgrader on the class, until it is ended with Ctrl+C; return the server's exit code."""
    from autograder.formgrader.split import checked_name
    from autograder.release.build import build

    course, assistant = _graded_course(chosen), chosen.assistant and checked_name(chosen.assistant)
    build(course).write()
    command = _server_command(course, assistant or "", chosen.port, browser=not chosen.no_browser)
    print("formgrader opens in your browser. Ctrl+C here ends it; every score is saved as it is given.", flush=True)
    try:
        return subprocess.run(command, cwd=course.root, env=_server_environment(course), check=False).returncode
    except KeyboardInterrupt:
        return 0


def _server_command(course: Course, assistant: str, port: int, *, browser: bool) -> list[str]:
    """Return the command that starts a Jupyter server with formgrader and nothing else.

    Parameters
    ----------
    course : Course
        The course; the command runs in its folder.
    assistant : str
        Who grades; empty for the user who runs it.
    port : int
        Where it listens, on this machine alone.
    browser : bool
        Whether it opens a browser.
    """
    first = f"/formgrader/work/{assistant}" if assistant else "/formgrader/gradebook"
    options = {
        "ServerApp.default_url": first,
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.jpserver_extensions": repr({_OURS: True, **dict.fromkeys(_OTHERS, False)}),
        "ServerApp.open_browser": browser,
        "ServerApp.port": port,
        "ServerApp.root_dir": course.root,
        "CourseFormgrader.assistant": assistant,
    }
    # A Jupyter server refuses to start for root, who is the only user in many containers.
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [sys.executable, "-m", "jupyter_server", *root, *(f"--{name}={value}" for name, value in options.items())]


def _server_environment(course: Course) -> dict[str, str]:
    """Return the environment in which nbgrader's settings name this class."""
    return {**os.environ, "COURSE_CLASS": str(course.class_folder)}


def split_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``course split``."""
    names = "who reads, as ada,bob: deal out what is nobody's, and what is with somebody else and not read yet"
    parser.add_argument("--assistants", metavar="NAMES", help=names)
    parser.add_argument("--lab", metavar="L", help="deal out this lab alone, by name or number")
    class_option(parser)


def split(chosen: argparse.Namespace) -> int:
    """Deal the written answers out among assistants, and print who has how many left."""
    from autograder.formgrader.answers import readings
    from autograder.formgrader.split import Split
    from autograder.gradebook.book import Book

    course = _graded_course(chosen)
    lab = chosen.lab and course.lab(chosen.lab).name
    with Book(course) as book:
        known = book.read(readings)
    shared = Split.read(course)
    if chosen.assistants is not None:
        names = list(dict.fromkeys(name.strip() for name in chosen.assistants.split(",") if name.strip()))
        wanted = [answer for answer in known if lab in (None, answer.lab)]
        done = [a for a in shared.owners if a not in known or not known[a].waits or lab not in (None, a.lab)]
        shared = shared.deal(wanted, names, done)
        shared.write(course)
    print(_table(shared, known))
    return 0


def _table(shared: Split, known: Mapping[Answer, Reading]) -> str:
    from autograder.report.export import text_table

    owned = {answer: shared.owners.get(answer, "nobody") for answer in known}
    given = Counter((answer.lab, answer.check, owner) for answer, owner in owned.items())
    waiting = Counter((answer.lab, answer.check, owned[answer]) for answer in known if known[answer].waits)
    rows = [(*question, str(count), str(waiting[question])) for question, count in sorted(given.items())]
    heads = ("lab", "check", "assistant", "answers", "waiting")
    return text_table(heads, rows, numeric=frozenset({3, 4})) if rows else "no written answer is there to read"


def _graded_course(chosen: argparse.Namespace) -> Course:
    from autograder.gradebook.book import Book

    course = Course.load(chosen.root, chosen.class_folder)
    Book.refuse_unmade(course)
    return course
