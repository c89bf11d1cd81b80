"""What students get: exactly that, the same bytes each time, and a lab in it works without the autograder."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from autograder import cli
from autograder.course import Course
from autograder.errors import UsageError
from autograder.release.bundle import bundle, bundle_files
from course_utils.lab import copy_labs, start_command
from tests.test_instructor import commands
from tests.walks import ROOT, walks_course
from tests.worked_lab import answer, run_lab, run_python

ALLOWED = re.compile(
    r"labs/(\w+)/\1\.ipynb|course_utils/[\w/]+\.(py|css|html|js|json|toml|typed)|course_utils/py\.typed"
    r"|Makefile|README\.md|pyproject\.toml|constraints\.txt|environment\.yml|LICENSE|ATTRIBUTION\.md"
)
# In this very environment, `import autograder` fails.
SITE = """
import sys

class NoAutograder:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "autograder":
            raise ModuleNotFoundError("no autograder in a student's environment", name=name)

sys.meta_path.insert(0, NoAutograder())
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the bundle of the toy course elsewhere, and return the folder."""
    course = walks_course(tmp_path_factory.mktemp("course"), bundled=True)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with zipfile.ZipFile(bundle(course).path) as archive:
        archive.extractall(elsewhere)
    (folder,) = elsewhere.iterdir()
    return folder


@pytest.fixture(scope="module")
def environment(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment that has the packages of this one, the unpacked course_utils, and no autograder."""
    site = tmp_path_factory.mktemp("site")
    (site / "sitecustomize.py").write_text(SITE, "utf-8")
    paths = os.pathsep.join([str(site), str(unpacked)])
    return {**os.environ, "PYTHONPATH": paths, "IPYTHONDIR": str(site / "ipython")}


def python(environment: dict[str, str], *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder and wait for it."""
    return run_python(sys.executable, *arguments, folder=folder, environment=environment)


def test_a_lab_works_without_the_autograder(unpacked: Path, environment: dict[str, str]) -> None:
    """A real kernel says that the stub is not attempted, then that the right answer is right."""
    assert "no autograder" in python(environment, "-c", "import autograder", folder=unpacked).stderr
    place = "import course_utils; print(course_utils.__file__)"
    assert (
        str(unpacked / "course_utils" / "__init__.py")
        == python(environment, "-c", place, folder=unpacked).stdout.strip()
    )
    copied = python(environment, "-m", "course_utils.lab", "--copy-only", folder=unpacked)
    assert (0, "new: 01_walks/01_walks.ipynb") == (copied.returncode, copied.stdout.split("\n")[0])
    notebook = unpacked / "work" / "01_walks" / "01_walks.ipynb"
    blank = run_lab(sys.executable, notebook, environment)
    assert blank["check_step_values"].startswith("○ Exercise 1.1 is not attempted yet")
    assert blank["check_lowest_value"].startswith("○ Exercise 1.3 is not attempted yet")
    step, heights = (
        "def step(x, length):\n    return x + length / 2",
        "def heights(height, starts):\n    return np.zeros(5)",
    )
    answer(notebook, {"step": step, "heights": heights})
    worked = run_lab(sys.executable, notebook, environment)
    assert worked["check_step_values"].startswith("✓")
    assert worked["check_heights_bowl"].startswith("✗ Exercise 1.2: ")
    assert "Traceback" not in worked["check_heights_bowl"]


def test_the_bundle_holds_what_students_need_and_nothing_else(tmp_path: Path) -> None:
    """Only named kinds of files go in: no source, no mistakes, no autograder, no cache."""
    course = walks_course(tmp_path, bundled=True)
    for stray in (
        "course_utils/__pycache__/x.py",
        "course_utils/notes.txt",
        "labs/01_walks/solution.py",
        "class/secret",
    ):
        (tmp_path / stray).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / stray).touch()
    files = bundle_files(course)
    assert [] == [name for name in files if not ALLOWED.fullmatch(name) or "__pycache__" in name]
    assert ["labs/01_walks/01_walks.ipynb", "labs/02_farther/02_farther.ipynb"] == [
        n for n in files if n.startswith("labs/")
    ]
    assert {
        "Makefile",
        "README.md",
        "LICENSE",
        "course_utils/checks/__init__.py",
        "course_utils/lab.py",
    } <= files.keys()
    assert (ROOT / "bundle" / "README.md").read_bytes() == files["README.md"]


def test_the_bundle_never_needs_the_autograder() -> None:
    """Nothing in course_utils imports the autograder."""
    for path in (ROOT / "course_utils").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert [] == [name for name in names if name.split(".")[0] == "autograder"], path


def test_the_bundle_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    """Two courses in two places give one archive."""
    first, second = (bundle(walks_course(tmp_path / name, bundled=True)) for name in ("a", "b"))
    assert "walks.zip" == first.path.name
    assert first.path.read_bytes() == second.path.read_bytes()


def test_upto_leaves_later_labs_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`course bundle --upto 01` keeps lab 02 back, which holds lab 01's solutions."""
    course = walks_course(tmp_path, bundled=True)
    assert 0 == cli.main(["--root", str(tmp_path), "bundle", "--upto", "01"])
    path = Path(capsys.readouterr().out.splitlines()[-1])
    names = zipfile.ZipFile(path).namelist()
    assert ["walks/labs/01_walks/01_walks.ipynb"] == [name for name in names if "/labs/" in name]
    (course.root / "solutions" / "01_walks.py").unlink()
    with pytest.raises(UsageError, match="no lab '07'"):  # said before anything is built
        bundle(course, "07")


def test_a_bundle_by_date_says_what_is_new(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As the term's page tells it; lab 02 is new a week later, and lab 01 was mended meanwhile."""
    command, first = ["--root", str(tmp_path), *commands("Release")[1]], tmp_path / "solutions" / "01_walks.py"
    walks_course(tmp_path, bundled=True)
    released(tmp_path, "2027-02-15", "2027-02-22")
    assert 0 == cli.main(["--root", str(tmp_path), *commands("Release")[0]])
    capsys.readouterr()
    said = []
    for day in (command[-1], command[-1], "2027-03-01"):
        assert 0 == cli.main([*command[:-1], day])
        said.append(capsys.readouterr().out.splitlines()[:-1])
        if len(said) == 2:
            first.write_text(first.read_text("utf-8").replace("count your steps", "tell your steps"), "utf-8")
    assert [
        ["labs: 01_walks", "new since the last bundle: 01_walks"],
        ["labs: 01_walks"],
        [
            "labs: 01_walks, 02_farther",
            "new since the last bundle: 02_farther",
            "changed since the last bundle: 01_walks; students run `make update`",
        ],
    ] == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("2027-02-15", ""), "has no `released`"),
        (("2027-02-15", "2027-02-14"), "02_farther is released on 2027-02-14, before 01_walks on 2027-02-15"),
        (("2027-02-16", "2027-02-22"), "no lab is released by 2027-02-15: the first one is on 2027-02-16"),
        (("2027-02-15T08:00:00", "2027-02-22"), ":7: [labs.01_walks]: released is a day without quotes"),
    ],
)
def test_days_of_release_that_make_no_sense(
    tmp_path: Path, days: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong is said, and nothing is packed."""
    walks_course(tmp_path)
    released(tmp_path, *days)
    assert 2 == cli.main(["--root", str(tmp_path), "bundle", "--date", "2027-02-15"])
    assert said in capsys.readouterr().err
    assert not (tmp_path / "build").exists()


def released(root: Path, *days: str) -> None:
    """Write the days of release of the two labs into course.toml."""
    text = (root / "course.toml").read_text("utf-8")
    for day, minutes in zip(days, ("minutes = 60\n", "minutes = 30\n"), strict=True):
        text = text.replace(minutes, f"{minutes}released = {day}\n" if day else minutes)
    (root / "course.toml").write_text(text, "utf-8")


def test_a_leak_stops_the_bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No archive is written when an answer would be in it, or when a file is missing."""
    walks_course(tmp_path, bundled=True)
    leak = tmp_path / "course_utils" / "walks.py"
    leak.write_text("def f(distance, self):\n    return int(np.ceil(abs(distance) / self.length))\n", "utf-8")
    command = ["--root", str(tmp_path), "bundle"]
    assert 2 == cli.main(command)
    assert "shows the solution of 'Pedometer'" in capsys.readouterr().err
    leak.unlink()
    (tmp_path / "constraints.txt").unlink()
    assert 2 == cli.main(command)
    assert "belongs into the bundle" in capsys.readouterr().err
    assert not (tmp_path / "build" / "bundle").exists()


def test_all_places_name_the_same_dependencies() -> None:
    """The course's pyproject, the bundle's, and conda's environment.yml agree, specifiers and all."""
    expected, bundled = (
        tomllib.loads((ROOT / name).read_text("utf-8"))["project"]
        for name in ("pyproject.toml", "bundle/pyproject.toml")
    )
    assert expected["dependencies"] == bundled["dependencies"]
    assert [expected[key] for key in ("name", "version", "requires-python")] == [
        bundled[key] for key in ("name", "version", "requires-python")
    ]
    conda = (ROOT / "environment.yml").read_text("utf-8").splitlines()[1:]
    assert conda == [
        f"name: {expected['name']}",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        "  - python=3.11",
        "  - pip",
        "  - pip:",
        "      - --constraint constraints.txt",
        "      - --editable .",
        *(f"      - {dependency}" for dependency in expected["dependencies"]),
    ]


def test_work_is_never_overwritten(tmp_path: Path) -> None:
    """New labs are added; a student's file, and a link in its place, stay as they are."""
    labs, work = tmp_path / "labs", tmp_path / "work"
    for name in ("01/01.ipynb", "01/.ipynb_checkpoints/01.ipynb", "02/02.ipynb", "03/03.ipynb"):
        (labs / name).parent.mkdir(parents=True, exist_ok=True)
        (labs / name).write_text("new", "utf-8")
    for name in ("01", "03"):
        (work / name).mkdir(parents=True)
    (work / "01" / "01.ipynb").write_text("mine", "utf-8")
    (work / "03" / "03.ipynb").symlink_to(tmp_path / "nowhere")
    assert [work / "02" / "02.ipynb"] == copy_labs(labs, work)
    assert "mine" == (work / "01" / "01.ipynb").read_text("utf-8")
    assert [] == copy_labs(labs, work)


def test_jupyterlab_starts_without_its_news(tmp_path: Path) -> None:
    """The settings that JupyterLab is given say no to news, and it serves the student's folder."""
    command = start_command(tmp_path, ["--port=8899"])
    settings = next(word.partition("=")[2] for word in command if "app_settings_dir" in word)
    overrides = json.loads((Path(settings) / "overrides.json").read_text("utf-8"))
    assert "false" == overrides["@jupyterlab/apputils-extension:notification"]["fetchNews"]
    assert f"--ServerApp.root_dir={tmp_path}" in command
    assert "--port=8899" == command[-1]


def test_without_labs_there_is_nothing_to_open(tmp_path: Path, environment: dict[str, str]) -> None:
    """In a folder without labs the program says where to start it."""
    done = python(environment, "-m", "course_utils.lab", folder=tmp_path)
    assert (2, True) == (done.returncode, "start this in the folder that holds labs/" in done.stderr)


def test_the_real_course_can_be_bundled() -> None:
    """The course's own bundle holds the labs that have a source."""
    course = Course.load(ROOT)
    expected = [
        f"labs/{lab.name}/{lab.name}.ipynb"
        for lab in (*course.start, *course.labs)
        if (course.solutions / f"{lab.name}.py").exists()
    ]
    assert expected == [name for name in bundle_files(course) if name.startswith("labs/")]
