"""`course doctor`: one line for each thing, true on this machine, with its repair where it is missing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from autograder.commands.doctor import findings, layer
from autograder.course import Course
from autograder.sandbox.settings import LAYERS, Settings
from autograder.sandbox.trial import Trial, try_layers

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Return an empty course."""
    (tmp_path / "course.toml").write_text("")
    return Course.load(tmp_path)


def told(course: Course, name: str) -> tuple[bool, str]:
    """Return what the doctor says of one thing."""
    (finding,) = (finding for finding in findings(course) if finding.name == name)
    return finding.good, str(finding)


def test_an_empty_course_can_be_graded_here(course: Course) -> None:
    """Nothing is missing but a gradebook, which grading makes."""
    assert [] == [str(finding) for finding in findings(course) if not finding.good]


@pytest.mark.parametrize(
    ("pin", "said"),
    [
        ("numpy==1.0.0", f"numpy is {version('numpy')}, not 1.0.0"),
        ("no-such-package==1.0", "no-such-package 1.0 is missing"),
    ],
)
def test_packages_are_compared_with_their_pins(course: Course, pin: str, said: str) -> None:
    """The repair is the command that installs the pins."""
    (course.root / "constraints.txt").write_text(f"pytest=={version('pytest')}\n{pin}\n")
    (course.root / "pyproject.toml").write_text('[project]\ndependencies = ["no-such-package>=1"]\n')
    good, text = told(course, "packages")
    assert not good
    assert said in text
    assert "pip install --constraint constraints.txt" in text


def test_a_package_of_the_tests_may_be_missing(course: Course) -> None:
    """Grading does without it."""
    (course.root / "constraints.txt").write_text("no-such-package==1.0\n")
    assert told(course, "packages")[0]


def test_a_gradebook_that_something_has_open_is_named(course: Course) -> None:
    """A lock is found before grading meets it."""
    course.class_folder.mkdir()
    holder = sqlite3.connect(course.gradebook_path)
    holder.execute("CREATE TABLE t (x)")
    holder.execute("BEGIN EXCLUSIVE")
    good, text = told(course, "gradebook")
    holder.close()
    assert (False, True) == (good, "locked" in text)


def test_a_damaged_gradebook_is_named(course: Course) -> None:
    """So is one that is no database."""
    course.class_folder.mkdir()
    course.gradebook_path.write_text("no database at all, but long enough to be taken for one" * 100)
    good, text = told(course, "gradebook")
    assert (False, True) == (good, "repair: " in text)


def test_a_class_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Its owner can be changed, or another folder given."""
    (tmp_path / "course.toml").write_text("")
    good, text = told(replace(Course.load(tmp_path), class_folder=Path("/proc/class")), "class")
    assert (False, True) == (good, "--class" in text)


def test_every_layer_has_a_line_with_its_repair() -> None:
    """One that does not hold says what it let through."""
    for name in LAYERS:
        text = str(layer(Trial(name, ("it read a file outside",))))
        assert "it read a file outside" in text
        assert "repair: " in text
        assert str(layer(Trial(name))).startswith("✓")


@pytest.mark.skipif(sys.platform != "linux", reason="the layers exist on Linux alone")
def test_a_trial_leaves_no_process_and_no_file_behind(course: Course, tmp_path: Path) -> None:
    """Trying costs nothing that stays."""
    before = {path.name for path in Path("/proc").glob("[0-9]*") if _parent(path) == os.getpid()}
    try_layers(Settings.of(course).isolation())
    after = {path.name for path in Path("/proc").glob("[0-9]*") if _parent(path) == os.getpid()}
    assert before == after
    assert ["course.toml"] == [path.name for path in tmp_path.iterdir()]


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without namespaces")
def test_where_namespaces_are_forbidden_the_doctor_says_how_to_allow_them(course: Course) -> None:
    """The kernel's own switch is named, and the exit code is 1."""
    course.root.chmod(0o755)
    command = [sys.executable, "-m", "tests.ordinary_user", "--no-namespaces", "autograder.cli", "--root", str(ROOT)]
    done = subprocess.run([*command, "doctor"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert "✗ namespaces" in done.stdout, done.stderr
    assert "sysctl user.max_user_namespaces" in done.stdout
    assert "student code runs with protection: landlock+seccomp+limits" in done.stdout
    assert 1 == done.returncode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without namespaces")
def test_less_than_full_protection_is_said_before_grading() -> None:
    """Whoever grades on such a machine reads it before any student code runs."""
    program = (
        "from autograder.commands.grade import _tell_protection\nfrom autograder.course import Course\n"
        f"from pathlib import Path\n_tell_protection(Course.load(Path({str(ROOT)!r})))"
    )
    script = "from tests import ordinary_user as user; user.open_closed_folders(); user.give_up_root(); "
    done = subprocess.run(
        [sys.executable, "-c", f"{script}user.forbid_namespaces(); exec({program!r})"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert "student code will run with protection: landlock+seccomp+limits" in done.stderr
