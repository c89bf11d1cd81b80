"""nbgrader's own commands and formgrader on a class that `course demo` graded."""

from __future__ import annotations

import csv
import json
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from autograder.course import Course
from autograder.gradebook.book import Book
from autograder.sample import STUDENTS
from tests.nbgrader_command import environment, nbgrader


def test_export(toy_sample: Course, tmp_path: Path) -> None:
    """``nbgrader export`` writes the scores that the gradebook has, and how late each was."""
    nbgrader(toy_sample.root, "export", "--to", str(tmp_path / "grades.csv"))
    with (tmp_path / "grades.csv").open() as file:
        rows = {(row["student_id"], row["assignment"]): row for row in csv.DictReader(file)}
    with Book(toy_sample) as book:
        scores = {key: str(score.score) for key, score in book.scores().items()}
    assert {key: rows[key]["raw_score"] for key in scores} == scores
    assert rows["leonhard", "01_toy"]["timestamp"] == "2026-09-26 03:11:00"
    assert rows["ada", "01_toy"]["max_score"] == "6.0"


def test_list(toy_sample: Course, tmp_path: Path) -> None:
    """``nbgrader list`` runs with the course's settings."""
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    said = nbgrader(toy_sample.root, "list", f"--Exchange.root={exchange}")
    assert "Released assignments" in said


def test_generate_feedback_hides_what_is_hidden(toy_sample: Course, tmp_path: Path) -> None:
    """nbgrader's own feedback of the same class strips hidden parts too, and runs no script of a student."""
    folder = tmp_path / "feedback"
    options = [f"--CourseDirectory.feedback_directory={folder}", "--assignment=01_toy", "--student=mallory"]
    nbgrader(toy_sample.root, "generate_feedback", *options)
    (page,) = folder.rglob("*.html")
    text = page.read_text()
    assert "check_double_any" in text
    assert "reference" not in text
    assert "<script>alert" not in text


@contextmanager
def server(root: Path) -> Iterator[tuple[str, str]]:
    """Start a Jupyter server with formgrader on a course's folder; give its address and token."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex()
    options = ["--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1", f"--IdentityProvider.token={token}"]
    extensions = "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"
    command = [sys.executable, "-m", "jupyter_server", *options, extensions, f"--ServerApp.root_dir={root}"]
    with (root / "server.log").open("wb") as log:
        running = subprocess.Popen(command, cwd=root, env=environment(root), stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api?token={token}", running)
        yield address, token
    finally:
        running.terminate()
        running.wait(20)


def wait_for(address: str, running: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and running.poll() is None:
        try:
            urlopen(address, timeout=5).close()  # noqa: S310 - our own http address
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    pytest.fail("the Jupyter server does not answer")


def fetch(address: str, token: str, path: str) -> str:
    """Get a page."""
    request = Request(f"{address}{path}", headers={"Authorization": f"token {token}"})  # noqa: S310
    try:
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            return str(answer.read().decode())
    except HTTPError as error:
        pytest.fail(f"{path}: {error.code} {error.read().decode()[:2000]}")


def test_formgrader(toy_sample: Course) -> None:
    """Formgrader opens, lists all submissions as graded, and shows each written answer on its grading page."""
    root = toy_sample.root
    with server(root) as (address, token):
        assert "formgrader" in fetch(address, token, "/formgrader/").lower()
        assignments = json.loads(fetch(address, token, "/formgrader/api/assignments"))
        assert [(entry["name"], entry["num_submissions"]) for entry in assignments] == [("01_toy", 24), ("02_more", 22)]
        submissions = json.loads(fetch(address, token, "/formgrader/api/submissions/01_toy"))
        graded = {entry["student"] for entry in submissions if entry["autograded"]}
        assert graded == set(STUDENTS) - {"sofia"}
        notebooks = json.loads(fetch(address, token, "/formgrader/api/submitted_notebooks/01_toy/01_toy"))
        waiting = {entry["student"] for entry in notebooks if entry["needs_manual_grade"]}
        assert waiting == set(STUDENTS) - {"sofia", "blaise"}
        pages = {entry["student"]: f"/formgrader/submissions/{entry['id']}/" for entry in notebooks}
        for student, words in (("ada", "Two times two is four."), ("mallory", "I deserve full marks.")):
            page = fetch(address, token, pages[student])
            assert words in page
            assert "<script>alert" not in page
            assert re.search(r'class="[^"]*score[^"]*"', page)
