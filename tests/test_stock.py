"""Stock nbgrader, with its own kernel and its own way to infer a score, gives an honest notebook the same marks."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.judge.session import Judge
from autograder.source.lab import Lab
from autograder.source.mistakes import read_mistakes
from autograder.source.percent import read_lab
from autograder.verdict import GradingResult
from tests.nbgrader_command import nbgrader
from tests.proof import count

ROOT = Path(__file__).resolve().parents[1]
COURSE = Course.load(ROOT)
# Each kernel of stock nbgrader takes seconds: in `make test` lab 06, and 01 in test_three_ways.
LABS = [read_lab(COURSE.solutions / f"{lab.name}.py") for lab in (COURSE.labs[5:6], COURSE.labs)[count(0, 1)]]


def half_right(lab: Lab) -> dict[str, str]:
    """Answer every other exercise rightly, the others with their first mistake, the last with its stub."""
    mistakes = {
        a.exercise: a.source
        for a in reversed(read_mistakes(COURSE.solutions / "mistakes" / f"{lab.name}.py"))
        if a.kind == "mistake"
    }
    answers = {
        e.id: e.cell.source if i % 2 == 0 else mistakes[e.id] for i, e in enumerate(lab.exercises) if not e.optional
    }
    graded = [e.id for e in lab.exercises if not e.optional]
    del answers[graded[-1]]
    return answers


def honest_notebook(lab: Lab, answers: dict[str, str]) -> nbformat.NotebookNode:
    """Fill the released notebook in, as a student does."""
    notebook = nbformat.read(COURSE.labs_folder / lab.name / f"{lab.name}.ipynb", as_version=4)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(grade_id, cell.source)
    return notebook


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], float]:
    """Grade a notebook of each lab with `nbgrader generate_assignment` and `nbgrader autograde`; return the scores."""
    folder = tmp_path_factory.mktemp("stock")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    with (folder / "nbgrader_config.py").open("a") as settings:
        settings.write("del c.Autograde  # stock grades by itself\n")
    shutil.copytree(ROOT / "build" / "reference", folder / "build" / "reference")
    for lab in LABS:
        shutil.copytree(COURSE.source_folder / lab.name, folder / "build" / "source" / lab.name)
        target = folder / "class" / "submitted" / "honest" / lab.name
        target.mkdir(parents=True)
        nbformat.write(honest_notebook(lab, half_right(lab)), target / f"{lab.name}.ipynb")
    nbgrader(folder, "generate_assignment", "--assignment=*")
    nbgrader(folder, "autograde", "--assignment=*")
    with Gradebook(f"sqlite:///{folder}/class/gradebook.db") as book:
        notebooks = [n for lab in LABS for n in book.find_submission(lab.name, "honest").notebooks]
        return {(node.name, grade.name): grade.auto_score for node in notebooks for grade in node.grades}


def our_result(lab: Lab, answers: dict[str, str]) -> GradingResult:
    """Grade the same answers with the judge."""
    from autograder.intake.restore import restore
    from autograder.intake.submission import Submission

    source = nbformat.read(COURSE.source_folder / lab.name / f"{lab.name}.ipynb", as_version=4)
    submission = Submission("honest", lab.name, Path("honest.ipynb"), notebook=honest_notebook(lab, answers))
    with Judge(COURSE, lab.name) as judge:
        return judge.grade(restore(submission, source))


@pytest.mark.parametrize("lab", LABS, ids=[lab.name for lab in LABS])
def test_stock_nbgrader_gives_the_same_marks(lab: Lab, stock: dict[tuple[str, str], float]) -> None:
    """A notebook with right, wrong and blank answers, check by check."""
    result = our_result(lab, half_right(lab))
    ours = {(lab.name, v.check): v.points for v in result.verdicts if v.points is not None}
    assert {key: stock[key] for key in ours} == ours
