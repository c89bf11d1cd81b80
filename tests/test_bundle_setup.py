"""What students get sets itself up, alone: its own Makefile, its own packages, a home that has nothing in it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.release.bundle import bundle
from autograder.source.mistakes import read_mistakes
from autograder.source.percent import read_lab
from tests.worked_lab import answer, run_lab, run_python

COURSE = Course.load(Path(__file__).resolve().parents[1])
LAB = "01_minima"
OURS = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "IPYTHONDIR", "JUPYTER_PATH", "JUPYTER_CONFIG_DIR", "MAKEFLAGS"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return this environment without what belongs to this checkout, with a new home; pip keeps its cache."""
    cache = subprocess.run([sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=False)
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    found = {"PIP_CACHE_DIR": cache.stdout.strip()} if cache.returncode == 0 else {}
    found["PIP_COMPILE"] = "0"  # most of what is installed is not imported here: writing its bytecode takes a minute
    return {**found, **kept, "HOME": str(tmp_path_factory.mktemp("home"))}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """Unpack the course's bundle elsewhere and set it up, as `make lab` does."""
    elsewhere = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(bundle(COURSE).path) as archive:
        archive.extractall(elsewhere)
    (folder,) = elsewhere.iterdir()
    command = ["make", ".venv/ready", f"PYTHON={sys.executable}"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
    return folder


def test_the_bundle_sets_itself_up(unpacked: Path, environment: dict[str, str]) -> None:
    """In its own environment there is its own course_utils, and no autograder."""
    python = unpacked / ".venv" / "bin" / "python"
    place = run_python(
        python, "-c", "import course_utils as c; print(c.__file__)", folder=unpacked.parent, environment=environment
    )
    assert f"{unpacked / 'course_utils' / '__init__.py'}\n" == place.stdout
    missing = run_python(python, "-c", "import autograder", folder=unpacked.parent, environment=environment)
    assert "ModuleNotFoundError: No module named 'autograder'" in missing.stderr


def test_a_lab_works_in_it(unpacked: Path, environment: dict[str, str]) -> None:
    """A kernel of that environment says of right answers that they are right, and of a wrong one what is wrong."""
    python = unpacked / ".venv" / "bin" / "python"
    copied = run_python(python, "-m", "course_utils.lab", "--copy-only", folder=unpacked, environment=environment)
    assert 0 == copied.returncode, copied.stderr
    notebook = unpacked / "work" / LAB / f"{LAB}.ipynb"
    lab = read_lab(COURSE.solutions / f"{LAB}.py")
    wrong = next(a for a in read_mistakes(COURSE.solutions / "mistakes" / f"{LAB}.py") if a.kind == "mistake")
    solutions = {exercise.id: exercise.cell.source for exercise in lab.exercises}
    kernel = f"{solutions[wrong.exercise]}\nimport sys\nprint(sys.prefix)"
    answer(notebook, {**solutions, wrong.exercise: kernel})
    said = run_lab(python, notebook, environment)
    assert f"{unpacked / '.venv'}\n" == said[wrong.exercise]
    checks = [str(cell.id) for cell in lab.of_kind("checks")]
    assert {"✓"} == {said[check][:1] for check in checks if said[check]}
    answer(notebook, {wrong.exercise: wrong.source})
    said = run_lab(python, notebook, environment)
    rejected = {str(cell.exercise) for cell in lab.of_kind("checks") if said[str(cell.id)].startswith("✗")}
    assert {wrong.exercise} == rejected
