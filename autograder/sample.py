"""A sample class: 24 invented students whose answers come from the labs' solutions and the catalogue of mistakes.

It shows what grading does, and is made the same each time. Some students hand in what real classes do:
nothing, stubs, a broken file, an endless loop, answers in cells without their marks.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from autograder.errors import UsageError
from autograder.files import write_whole
from autograder.judge.catalogue import answers_of
from autograder.release.build import source_path
from autograder.source.percent import read_lab
from autograder.source.regions import SOLUTION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from autograder.course import Course, LabInfo
    from autograder.source.lab import Lab
    from autograder.source.mistakes import Answer

__all__ = ["STUDENTS", "sample_files", "write_sample"]

# Who shows what; all but the first three and the blank one may also err.
RIGHT, VARIED = "ada", "grace"
NOISY = "katherine"  # right, with warnings and progress bars on stderr
BLANK = "blaise"
UNMARKED, FORGER, LATE = "maryam", "mallory", "leonhard"
SYNTAX, ENDLESS, EXIT = "evariste", "zeno", "rene"  # in one exercise of the first lab
NO_JSON = "sofia"  # in the first lab
NO_NOTEBOOK, NO_FOLDER, WRONG_LAB = "niels", "isaac", "carl"  # in the last lab
OTHERS = ("alan", "augustin", "colin", "dorothy", "emmy", "george", "hypatia", "joseph", "kurt", "srinivasa")
_ODD = (UNMARKED, FORGER, LATE, SYNTAX, ENDLESS, EXIT, NO_JSON, NO_NOTEBOOK, NO_FOLDER, WRONG_LAB)
STUDENTS = tuple(sorted([RIGHT, VARIED, NOISY, BLANK, *_ODD, *OTHERS]))
_NEVER_WRONG = {RIGHT, VARIED, NOISY, BLANK}
_MARKER = ".sample.json"
_TERM = datetime(2026, 9, 1, tzinfo=UTC)  # when a lab has no due date

Answers = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """A lab with, for each exercise, its right answers and its mistakes."""

    lab: Lab
    is_first: bool  # of the course's labs
    is_last: bool
    right: dict[str, tuple[str, ...]]
    wrong: dict[str, tuple[str, ...]]

    @property
    def exercises(self) -> list[str]:
        """The exercises' ids, in order."""
        return list(self.right)


def write_sample(course: Course) -> int:
    """Write the sample class into ``class/submitted``; return the number of its files.

    Parameters
    ----------
    course : Course
        The course, built.

    Raises
    ------
    UsageError
        The class holds work that is not the sample's.
    """
    before = _refuse_other_work(course)
    files = sample_files(course)
    digests = {path: [hashlib.sha256(content.encode()).hexdigest()] for path, content in files.items()}
    # The old and the new are the sample's own while it is written: a run that is killed can be run again.
    both = {path: [*before.get(path, []), *digests.get(path, [])] for path in before.keys() | digests.keys()}
    _mark(course, both)
    for path in before.keys() - digests.keys():
        (course.submitted / path).unlink(missing_ok=True)
    for path, content in files.items():
        write_whole(course.submitted / path, content)
    _mark(course, digests)
    return len(files)


def sample_files(course: Course) -> dict[str, str]:
    """Return the sample's files: content by path below ``class/submitted``."""
    files: dict[str, str] = {}
    labs = [info for info in course.labs if source_path(course, info).exists()]
    for place, info in enumerate(labs):
        catalogue = _catalogue(course, info, is_first=place == 0, is_last=place == len(labs) - 1)
        released = json.loads((course.labs_folder / info.name / f"{info.name}.ipynb").read_text(encoding="utf-8"))
        for student in STUDENTS:
            files |= _submission(student, info, catalogue, released)
    return files


def _mark(course: Course, digests: dict[str, list[str]]) -> None:
    write_whole(course.submitted / _MARKER, json.dumps(digests, indent=1) + "\n")


def _refuse_other_work(course: Course) -> dict[str, list[str]]:
    """Go on only if all that lies in the class was written by an earlier sample; return what that was."""
    marker = course.submitted / _MARKER
    known: dict[str, list[str]] = {}
    with suppress(OSError, ValueError):
        known = json.loads(marker.read_text(encoding="utf-8"))
    present = [path for path in sorted(course.submitted.rglob("*")) if not path.is_dir() and path != marker]
    other = [path for path in present if _digest(path) not in known.get(_below(course, path), [])]
    if not known and course.gradebook_path.exists():
        other.append(course.gradebook_path)
    if other:
        raise UsageError(
            f"{course.class_folder} holds work that is not the sample's, such as {other[0]}: "
            "move that folder away, or give another one with --class"
        )
    return known


def _below(course: Course, path: Path) -> str:
    return path.relative_to(course.submitted).as_posix()


def _digest(path: Path) -> str:
    return "" if path.is_symlink() or not path.is_file() else hashlib.sha256(path.read_bytes()).hexdigest()


def _catalogue(course: Course, info: LabInfo, *, is_first: bool, is_last: bool) -> _Catalogue:
    lab = read_lab(source_path(course, info))
    right: dict[str, list[str]] = {exercise.id: [] for exercise in lab.exercises}
    wrong: dict[str, list[str]] = {exercise.id: [] for exercise in lab.exercises}
    for answer in sorted(answers_of(course, lab), key=_is_repeated(set())):
        kind = wrong if answer.kind == "mistake" else right
        kind.setdefault(answer.exercise, []).append(_without_edges(answer.source))
    return _Catalogue(
        lab,
        is_first,
        is_last,
        {name: tuple(right[name]) for name in right},
        {name: tuple(wrong[name]) for name in right},
    )


def _is_repeated(seen: set[tuple[str, str | None]]) -> Callable[[Answer], bool]:
    """Tell answers whose misconception was seen before: in a small class the others go first."""

    def repeated(answer: Answer) -> bool:
        key = (answer.exercise, answer.misconception)
        known = key in seen and answer.misconception is not None
        seen.add(key)
        return known

    return repeated


def _without_edges(source: str) -> str:
    """Return a solution as a student would have typed it."""
    edges = (f"# BEGIN {SOLUTION}", f"# END {SOLUTION}")
    return "\n".join(line for line in source.split("\n") if line.strip() not in edges)


def _submission(student: str, info: LabInfo, catalogue: _Catalogue, released: dict[str, Any]) -> dict[str, str]:
    """Return the files of one student in one lab."""
    if student == NO_FOLDER and catalogue.is_last:
        return {}
    folder = f"lab-{info.number}" if student == WRONG_LAB and catalogue.is_last else info.name
    files = {f"{student}/{folder}/timestamp.txt": _timestamp(student, info)}
    path = f"{student}/{folder}/{info.name}.ipynb"
    if student == NO_NOTEBOOK and catalogue.is_last:
        return files
    if student == NO_JSON and catalogue.is_first:
        return files | {path: "I could not open the notebook, so I send you my code:\n\nprint('hello')\n"}
    notebook = copy.deepcopy(released)
    if student != BLANK:
        _fill(notebook, _answers(student, catalogue))
    if student == UNMARKED:
        _drop_marks(notebook)
    if student == FORGER:
        _forge(notebook)
    return files | {path: json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"}


def _timestamp(student: str, info: LabInfo) -> str:
    """Return when a student handed in: up to two days before the due date, one of them some hours after."""
    due = (info.due or _TERM + timedelta(days=7 * info.number)).astimezone(UTC)
    early = -timedelta(minutes=37 * (1 + STUDENTS.index(student)))
    moment = due + (timedelta(hours=5, minutes=12) if student == LATE else early)
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC\n")


def _answers(student: str, catalogue: _Catalogue) -> Answers:
    answers = {name: _answer(student, catalogue, name) for name in catalogue.exercises}
    written = [cell for cell in catalogue.lab.cells if cell.kind == "answer"]
    return answers | {str(cell.id): _written(student, cell.source) for cell in written}


def _answer(student: str, catalogue: _Catalogue, name: str) -> str:
    """Deal the answers to one exercise: each mistake once, each other right style once, to the rest the solution."""
    right, wrong = catalogue.right[name], catalogue.wrong[name]
    if _is_spoiled(student, catalogue, name):
        return _SPOILERS[student](name, right[0])
    if student == NOISY:
        return _with_noise(name, right[0])
    if student == VARIED:  # in one exercise: styles that are right alone need not fit together
        return right[-1] if name == catalogue.exercises[-1] else right[0]
    seats = [who for who in STUDENTS if _may_err(who, catalogue, name)]
    turn = 5 * catalogue.exercises.index(name) % max(1, len(seats))  # so that nobody gets all the mistakes
    seats = [*seats[turn:], *seats[:turn]]
    return dict(zip(seats, [*wrong, *right[1:]], strict=False)).get(student, right[0])


def _is_spoiled(student: str, catalogue: _Catalogue, name: str) -> bool:
    """Whether a student's cell does something worse than being wrong: in one exercise of the first lab."""
    if student not in _SPOILERS or not catalogue.is_first:
        return False
    chosen = list(_SPOILERS).index(student) % len(catalogue.exercises)
    return catalogue.exercises[chosen] == name


def _may_err(student: str, catalogue: _Catalogue, name: str) -> bool:
    """Whether a mistake may be dealt to a student: the notebook is read, and the exercise is not spoken for."""
    unread = {NO_JSON} if catalogue.is_first else set()
    unread |= {NO_NOTEBOOK, NO_FOLDER, WRONG_LAB} if catalogue.is_last else set()
    return student not in _NEVER_WRONG | unread and not _is_spoiled(student, catalogue, name)


def _written(student: str, sample: str) -> str:
    if student in _NEVER_WRONG:
        return sample.split("\n", 1)[0]
    return "I tried it with other numbers and it looked the same each time, so I think that it is always like this."


def _with_syntax_error(_: str, source: str) -> str:
    return source.replace(":", "", 1) if ":" in source else f"{source} = = 1"


def _with_endless_loop(_: str, source: str) -> str:
    return f"{source}\n\nwhile True:  # until it is good enough\n    pass"


def _with_exit(name: str, source: str) -> str:
    return f"import os\n\n{source}\n\nif {name} is not None:\n    os._exit(0)"


def _with_noise(name: str, source: str) -> str:
    """Warn, print to stderr and draw a progress bar, in the cell and in each call."""
    noise = (
        "import sys\nimport warnings\n\nfrom tqdm import tqdm\n\n"
        'warnings.warn("this will change some day")\n'
        "for _ in tqdm(range(3)):\n    print('working', file=sys.stderr)\n\n"
    )
    if not any(isinstance(node, ast.FunctionDef) and node.name == name for node in ast.parse(source).body):
        return noise + source
    wrapper = (
        f"\n\nquiet_{name} = {name}\n\n\ndef {name}(*values, **options):\n"
        f"    print('{name} is called', file=sys.stderr)\n    return quiet_{name}(*values, **options)"
    )
    return noise + source + wrapper


_SPOILERS = {SYNTAX: _with_syntax_error, ENDLESS: _with_endless_loop, EXIT: _with_exit}


def _fill(notebook: dict[str, Any], answers: Answers) -> None:
    """Put answers into the cells that ask for them."""
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell["source"] = answers[grade_id].splitlines(keepends=True)


def _drop_marks(notebook: dict[str, Any]) -> None:
    """Leave of a notebook what some other editors leave."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    notebook["nbformat_minor"] = 4


def _forge(notebook: dict[str, Any]) -> None:
    """Replace every check by a claim of full marks, and try a script on whoever reads this."""
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade") and cell["cell_type"] == "code":
            cell["source"] = "100"
            cell["outputs"] = [
                {"output_type": "execute_result", "data": {"text/plain": "100"}, "metadata": {}, "execution_count": 1}
            ]
        elif marks.get("grade"):
            cell["source"] = "I deserve full marks. <script>alert('full marks')</script>"
