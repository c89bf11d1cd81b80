"""A gradebook on a PostgreSQL server: a real one, started for these tests, that listens on a socket of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from autograder.cli import main
from autograder.course import Course
from autograder.gradebook.book import Book
from tests.gradebooks import export, verdicts
from tests.toy import hand_in_variety, toy_course

MISSING = "no PostgreSQL server: apt-get install postgresql"


def programs() -> Path | None:
    """Return where the newest server's programs are: Debian keeps them out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start a server and give the URL of a database on it; a server never runs as root."""
    pytest.importorskip("psycopg", reason="no psycopg: pip install '.[postgresql]'")
    folder = programs()
    if folder is None:
        assert not os.environ.get("CI"), MISSING
        pytest.skip(MISSING)
    user: dict[str, Any] = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    with TemporaryDirectory() as name:  # a short path: a socket's may have 107 characters
        data = Path(name) / "data"
        if user:
            os.chown(name, 65534, 65534)

        def run(*words: str) -> None:
            done = subprocess.run(words, cwd=name, capture_output=True, text=True, check=False, **user)
            assert done.returncode == 0, done.stdout + done.stderr

        run(str(folder / "initdb"), "-D", str(data), "-U", "course", "--auth=trust", "--no-sync", "-E", "UTF8")
        control = (str(folder / "pg_ctl"), "-D", str(data), "-w", "-l", f"{name}/log")
        run(*control, "-o", f"-k {name} -c listen_addresses='' -c fsync=off", "start")
        try:
            run(str(folder / "createdb"), "-h", name, "-U", "course", "grades")
            yield f"postgresql+psycopg://course@/grades?host={name}"
        finally:
            run(*control, "-m", "immediate", "stop")


def graded(course: Course) -> Course:
    """Let a class hand in, and grade it."""
    hand_in_variety(course, 6)
    assert run(course, "grade", "--workers", "1") == 0
    return course


def run(course: Course, *words: str) -> int:
    """Run a subcommand on a class."""
    return main(["--root", str(course.root), *words, "--class", str(course.class_folder)])


def test_a_server_holds_what_a_file_does(server: str, toy: Course, tmp_path: Path) -> None:
    """Scores, nbgrader's export and verdicts are those of SQLite; a rerun finds all of it; a student is forgotten."""
    course = toy_course(tmp_path / "course")
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text("utf-8") + f'\nc.CourseDirectory.db_url = "{server}"\n', "utf-8")
    graded(course)
    graded(toy)
    assert not course.gradebook_path.exists()
    with Book(course) as there, Book(toy) as here:
        assert here.scores() == there.scores() != {}
        assert here.people() == there.people()
    assert export(toy) == export(course)
    assert verdicts(toy) == verdicts(course)
    assert [0, 0, 0] == [run(course, "grade", "--workers", "1"), run(course, "report"), run(course, "export")]
    assert run(toy, "export") == 0
    written = [(one.class_folder / "export" / "csv.csv").read_bytes() for one in (toy, course)]
    assert written[0] == written[1]
    assert run(course, "forget", "student003", "--yes") == 0
    with Book(course) as there:
        assert "student003" not in there.roster() | {student for student, _ in there.scores()}
    shutil.rmtree(course.class_folder)
