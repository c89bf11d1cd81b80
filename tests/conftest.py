"""What tests share: the toy course built once, and a graded class of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.course import Course
from autograder.gradebook.book import Book
from autograder.judge.session import Judge
from autograder.release.build import build
from tests.toy import toy_course
from tests.toy_judge import toy_judge


def pytest_configure(config: pytest.Config) -> None:
    """Build the course before its tests, once: build/ is not in the repository."""
    course = Course.load(Path(__file__).resolve().parents[1])
    if not hasattr(config, "workerinput") and not course.source_folder.is_dir():
        build(course).write()


# What takes long goes first, so that the processes end together: the groups that begin so, in this order.
LONGEST = (
    *(
        "test_student_path",
        "test_corpus",
        "test_browser",
        "test_formgrade",
        "test_crash",
        "test_bundle_setup",
    ),
    *(
        "test_simulated_term",
        "test_three_ways",
        "test_grade",
        "test_widgets_",
        "test_journal",
        "test_workers",
        "sample",
        "callables-",
        "catalogue-",
    ),
)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file, and those that share the sample class, in one process; the longest come first."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            group = "sample" if "toy_sample" in getattr(item, "fixturenames", ()) else item.path.stem
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=_place)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse versions of pytest and pytest-xdist with which the groups have no effect."""
    grouped = hasattr(session.config, "workerinput") and session.config.getoption("loadgroup", False)
    if grouped and session.items and "@" not in session.items[0].nodeid:
        raise pytest.UsageError("tests are not grouped: install the versions that constraints.txt names")


def _place(item: pytest.Item) -> int:
    marker = item.get_closest_marker("xdist_group")
    group = marker.args[0] if marker else ""
    return next((place for place, begin in enumerate(LONGEST) if group.startswith(begin)), len(LONGEST))


@pytest.fixture(scope="session")
def toy_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the toy course, built; ``empty/`` in it is a class with an empty gradebook."""
    course = toy_course(tmp_path_factory.mktemp("toy"))
    build(course).write()
    with Book(Course.load(course.root, course.root / "empty")):
        pass
    return course.root


@pytest.fixture
def toy(toy_root: Path, tmp_path: Path) -> Course:
    """Return the toy course with a class of its own; nbgrader takes seconds to make a gradebook, so it is copied."""
    shutil.copytree(toy_root / "empty", tmp_path / "class")
    return Course.load(toy_root, tmp_path / "class")


@pytest.fixture(scope="session")
def toy_sample(toy_root: Path) -> Course:
    """Return the toy course after ``course demo``: its sample class, graded into ``class/``."""
    assert main(["--root", str(toy_root), "demo"]) == 0
    return Course.load(toy_root)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """Start one judge for a lab with one setup cell."""
    with toy_judge(tmp_path_factory.mktemp("course")) as running:
        yield running
