"""Building and releasing: the same bytes each time, nbgrader's own result, and no answer in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from autograder import cli
from autograder.course import Course
from autograder.errors import LeakError, SourceError
from autograder.intake.template import Template
from autograder.release.build import build, outdated
from autograder.release.statements import statements
from autograder.release.student import CODE_STUB, TEXT_STUB, release
from autograder.source.notebook import notebook, write
from autograder.source.percent import read_lab
from tests.nbgrader_command import nbgrader
from tests.walks import ROOT, SOURCE, walks_course

HERE = Course.load(ROOT)
LABS = [info.name for info in (*HERE.start, *HERE.labs) if (HERE.solutions / f"{info.name}.py").exists()]
SHOW = "for start in STARTS:\n"


def edit(course: Course, old: str, new: str, lab: str = "01_walks") -> None:
    """Change a source once."""
    path = course.solutions / f"{lab}.py"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def errors(course: Course) -> list[str]:
    """Return what a build of the course complains of."""
    return [str(error) for error in build(course).errors]


def test_release_is_nbgrader_s(tmp_path: Path) -> None:
    """The release equals, to the byte, what `nbgrader generate_assignment` makes of the same source."""
    course = walks_course(tmp_path)
    built = build(course)
    for path, text in built.others.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for name in LABS:  # the course's own labs, from their own sources
        folder = course.source_folder / name
        folder.mkdir()
        source = notebook(read_lab(HERE.solutions / f"{name}.py"))
        (folder / f"{name}.ipynb").write_text(write(source), "utf-8")
        built.labs[course.labs_folder / name / f"{name}.ipynb"] = write(release(source))
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / "class").mkdir()
    nbgrader(tmp_path, "generate_assignment", "--assignment=*")
    made = {path: path.read_text("utf-8") for path in course.labs_folder.rglob("*.ipynb")}
    assert built.labs == made


def test_release_is_pure() -> None:
    """Releasing leaves the source notebook as it was."""
    source = notebook(read_lab(SOURCE))
    before = write(source)
    release(source)
    assert before == write(source)


def test_release_is_valid_and_clean() -> None:
    """Students get valid nbformat, kernel python3, no outputs, signature and docstring."""
    student = release(notebook(read_lab(SOURCE)))
    nbformat.validate(student)
    assert "python3" == student.metadata.kernelspec.name
    assert [] == [cell for cell in student.cells if cell.get("outputs")]
    stub = next(cell.source for cell in student.cells if cell.source.startswith("def heights"))
    expected = 'def heights(height, starts):\n    """Return the heights at the starts, an array of the same shape."""\n'
    assert f"{expected}    {CODE_STUB}" == stub
    assert 1 == [cell.source for cell in student.cells].count(TEXT_STUB)
    assert 'hand_in("01_walks")' == student.cells[-1].source.splitlines()[-1]


def test_intake_knows_what_was_released() -> None:
    """What grading takes for the handed out text of a cell is the text that was handed out."""
    source = notebook(read_lab(SOURCE))
    shown = [cell.shown for cell in Template.from_notebook("01_walks", source).cells]
    assert [cell.source for cell in release(source).cells] == shown


def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """Nothing in a build comes from chance, time or place."""
    first, second = (build(walks_course(tmp_path / name)) for name in ("a", "b"))
    assert list(first.labs.values()) == list(second.labs.values())
    assert list(first.others.values()) == list(second.others.values())


def test_build_writes_four_kinds_of_files(tmp_path: Path) -> None:
    """Source notebooks, references, what hidden checks share, and the labs; what is stale under build/ goes."""
    course = walks_course(tmp_path)
    stale = course.source_folder / "00_old" / "00_old.ipynb"
    stale.parent.mkdir(parents=True)
    stale.touch()
    build(course).write()
    made = sorted(
        str(path.relative_to(tmp_path)) for top in ("build", "labs") for path in (tmp_path / top).rglob("*.*")
    )
    assert made == [
        "build/reference/01_walks.py",
        "build/reference/02_farther.py",
        "build/reference/hidden.py",
        "build/source/01_walks/01_walks.ipynb",
        "build/source/02_farther/02_farther.ipynb",
        "labs/01_walks/01_walks.ipynb",
        "labs/02_farther/02_farther.ipynb",
    ]


def test_check_names_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`course build --check` says which file of labs/ differs, is missing or is none of ours, and writes nothing."""
    course = walks_course(tmp_path)
    command = ["--root", str(tmp_path), "build"]
    assert 1 == cli.main([*command, "--check"])
    assert not course.labs_folder.exists()
    assert 0 == cli.main(command)
    assert 0 == cli.main([*command, "--check"])
    capsys.readouterr()
    first, second = (course.labs_folder / name / f"{name}.ipynb" for name in ("01_walks", "02_farther"))
    first.write_bytes(first.read_bytes() + b"\n")
    second.unlink()
    (course.labs_folder / "notes.txt").touch()
    assert 1 == cli.main([*command, "--check"])
    assert capsys.readouterr().out.splitlines() == [
        "labs/01_walks/01_walks.ipynb: differs from its source: run `course build`",
        "labs/02_farther/02_farther.ipynb: is missing: run `course build`",
        "labs/notes.txt: no lab of course.toml makes this file: move it away",
        "labs/ is out of date",
    ]


def test_labs_are_up_to_date() -> None:
    """The labs that are committed are those that the sources make."""
    built = build(HERE)
    assert ([], []) == ([str(error) for error in built.errors], outdated(HERE, built))


def test_one_broken_lab_does_not_stop_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The error is one line on stderr with exit code 2; the other lab is built."""
    course = walks_course(tmp_path)
    edit(course, "Exercise 1.1", "Exercise 1.9")
    assert 2 == cli.main(["--root", str(tmp_path), "build"])
    assert 1 == len(capsys.readouterr().err.splitlines())
    assert ["02_farther"] == [path.name for path in course.labs_folder.iterdir()]
    with pytest.raises(SourceError, match="this is exercise"):
        build(course).write()


def test_sources_and_course_toml_may_differ(tmp_path: Path) -> None:
    """A lab without a source yet, and a source that course.toml does not list, are told and do no harm."""
    course = walks_course(tmp_path)
    (course.solutions / "02_farther.py").rename(course.solutions / "03_other.py")
    built = build(course)
    assert (1, ()) == (len(built.labs), built.errors)
    assert ["03_other.py is not built: course.toml does not list it"] == [built.notes[0]]
    assert "02_farther has no source yet" in built.notes[1]


def test_usage_errors_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without a course is told in one line."""
    assert 2 == cli.main(["--root", str(tmp_path), "build"])
    assert 1 == len(capsys.readouterr().err.splitlines())


ANSWER = "forward - 0.5 * length * np.ones(()).item()"
HEIGHTS = "return np.array([height(start) - height(0.0) for start in starts]) + height(0.0)"
PAIRS = 'pairs = [(x, length) for x, length in checks.rng("step").normal(size=(4, 2)) * 100]'
PREDICT, BOWL, REGION = "# Predict before", "def bowl(x):", "    # BEGIN SOLUTION\n    forward"
# Each shows an answer of exercise 1.1, 1.2 or 1.3, or a hidden check, in a place that students see.
LEAKS = {
    "in a show cell": (SHOW, f"{ANSWER}\n{SHOW}"),
    "returned, then assigned": (SHOW, f"place = {ANSWER}\n{SHOW}"),
    "in other clothes": (SHOW, f"place = (forward -\n  0.5*length*np.ones( () ).item())  # see\n{SHOW}"),
    "in a function": (BOWL, f"def mine(height, starts):\n    {HEIGHTS}\n\n\n{BOWL}"),
    "in a fence": (PREDICT, f"# ```python\n# return {ANSWER}\n# ```\n#\n{PREDICT}"),
    "in a fence that is no Python": (PREDICT, f"# ```\n# first, ...\n#     return {ANSWER}\n# ```\n#\n{PREDICT}"),
    "in inline code": (PREDICT, f"# Use `{ANSWER}`.\n{PREDICT}"),
    "in a comment": (SHOW, f"# return {ANSWER}\n{SHOW}"),
    "above the region": (REGION, f"    # return {ANSWER}\n{REGION}"),
    "value": (SHOW, f"here = float(min(STARTS, key=lambda start: bowl(start) + abs(start)))\n{SHOW}"),
    "mistake": (SHOW, f"mine = sum(height(start) for start in starts) / len(starts)\n{SHOW}"),
    "hidden statement": (
        SHOW,
        f"if STARTS.size:\n    {PAIRS}\n{SHOW}",
    ),
    "hidden comment": (SHOW, f"# long steps to the far left are where most answers go wrong\n{SHOW}"),
}


@pytest.mark.parametrize("name", LEAKS)
def test_answers_stay_out_of_a_lab(name: str, tmp_path: Path) -> None:
    """A statement of a solution, a hidden check or a mistake is found wherever students could read it."""
    course = walks_course(tmp_path)
    edit(course, *LEAKS[name])
    (error,) = build(course).errors
    assert (LeakError, True) == (type(error), str(error).startswith("labs/01_walks/01_walks.ipynb, cell "))
    assert " shows " in str(error)


def test_a_leak_is_named_with_both_places(tmp_path: Path) -> None:
    """The error says where the answer stands, whose it is, and quotes it."""
    course = walks_course(tmp_path)
    edit(course, *LEAKS["returned, then assigned"])
    path = course.solutions / "01_walks.py"
    expected = (
        "labs/01_walks/01_walks.ipynb, cell 8, line 1: shows the solution of 'step' "
        f"({path}:30): `{ANSWER}`; write it differently there, or take it out"
    )
    assert [expected] == errors(course)


def test_answers_stay_out_of_what_labs_import(tmp_path: Path) -> None:
    """No module of course_utils holds a statement of any lab's solution."""
    course = walks_course(tmp_path)
    module = tmp_path / "course_utils" / "deep" / "walks.py"
    module.parent.mkdir(parents=True)
    module.write_text("def go(x, step):\n    for _ in range(3): x = step(x, 1)\n    return x\n", "utf-8")
    assert [] == errors(course)
    module.write_text(
        "def go(x, length, n_steps):\n    for _ in range(n_steps):\n        x = step(x, length)\n", "utf-8"
    )
    (message,) = errors(course)
    assert f"{module}, line 2: shows the solution of 'walk'" == message.split(" (")[0]


def test_a_later_lab_may_hold_earlier_solutions(tmp_path: Path) -> None:
    """Lab 02 of this course carries lab 01's `step` over; in lab 01 itself the same text is a leak."""
    course = walks_course(tmp_path)
    text = (course.solutions / "02_farther.py").read_text("utf-8")
    assert "forward - 0.5 * length * np.ones(()).item()" in text
    assert [] == errors(course)


def test_a_mistake_of_no_exercise_is_told(tmp_path: Path) -> None:
    """The catalogue is read at each build, so that a renamed exercise does not lose its answers."""
    course = walks_course(tmp_path)
    path = course.solutions / "mistakes" / "02_farther.py"
    path.write_text('variant("run", cell="run = 1")\n', "utf-8")
    assert [f"{path}:1: 02_farther has no exercise 'run'"] == errors(course)


@pytest.mark.parametrize("text", ["x = np.asarray(x, float)", "total += 1", "return path", "rows = len(x) + 1"])
def test_trivial_statements_are_nobody_s(text: str) -> None:
    """Up to two operations say nothing of an answer."""
    assert [] == list(statements(text))


def test_statements_know_their_lines() -> None:
    """Nested statements are found, with the line on which each begins."""
    text = "def f(a, b):\n    if a:\n        # note\n        return -b / (2 * a)\n"
    assert [(1, "if a:"), (3, "return -b / (2 * a)"), (3, "-b / (2 * a)")] == [
        (s.line, s.code) for s in statements(text)
    ]
