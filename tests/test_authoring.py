"""docs/authoring.md does what it says: its exercise is added, built, released and tried, as a reader would."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import nbformat

from autograder.release.student import CODE_STUB
from tests.walks import ROOT, walks_course

PAGE = (ROOT / "docs" / "authoring.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
APPEND = re.compile(r"Append this to `build/practice/([^`]+)`")
PRACTICE = "build/practice"


def blocks(language: str) -> list[str]:
    """Return the page's code blocks of one language, in order."""
    return [text for name, text in BLOCK.findall(PAGE) if name == language]


def test_the_page_is_true(tmp_path: Path) -> None:
    """Its blocks go where it says; its commands end well; the release holds the exercise and not its answer."""
    copy, *commands = "".join(blocks("sh")).splitlines()
    assert f"cp -r tests/source_course {PRACTICE}" == copy
    course = walks_course(tmp_path)
    for place, text in zip(APPEND.findall(PAGE), blocks("python"), strict=True):
        path = tmp_path / place
        path.write_text(path.read_text("utf-8") + "\n\n" + text, "utf-8")
    said = [run(command.replace(PRACTICE, str(tmp_path))) for command in commands]
    assert "5 exercises, 10 mistakes (10 rejected, 10 named, 0 misnamed), 10 right answers (0 refused)" in said[1]
    notebook = nbformat.read(course.labs_folder / "01_walks" / "01_walks.ipynb", as_version=4)
    sources = [cell.source for cell in notebook.cells]
    expected = (
        'def moves(places):\n    """Return the move of each step, an array with one number less than ``places``."""'
    )
    assert f"{expected}\n    {CODE_STUB}" in sources
    assert "places[1:] - places[:-1]" not in "".join(sources)


def run(command: str) -> str:
    """Run a command of the page, and return what it said."""
    program, *arguments = shlex.split(command)
    assert "course" == program
    words = [sys.executable, "-m", "autograder.cli", *arguments]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout
