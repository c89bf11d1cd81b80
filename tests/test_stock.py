"""Stock nbgrader, with its own kernel and its own way to infer a score, gives an honest notebook the same marks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.course import Course
from autograder.judge.session import Judge
from autograder.source.lab import Lab
from autograder.source.mistakes import read_mistakes
from autograder.source.percent import read_lab
from autograder.verdict import GradingResult

ROOT = Path(__file__).resolve().parents[1]
COURSE = Course.load(ROOT)
LABS = [lab.name for lab in COURSE.labs]
SCORES = """
import json, sys
from nbgrader.api import Gradebook
with Gradebook(sys.argv[1]) as book:
    submission = book.find_submission(sys.argv[2], "honest")
    print(json.dumps({g.name: g.auto_score for n in submission.notebooks for g in n.grades}))
"""


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


def stock_scores(lab: Lab, notebook: nbformat.NotebookNode, folder: Path) -> dict[str, float]:
    """Grade a notebook with `nbgrader generate_assignment` and `nbgrader autograde`."""
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    with (folder / "nbgrader_config.py").open("a") as settings:
        settings.write("del c.Autograde  # stock grades by itself\n")
    shutil.copytree(ROOT / "build" / "reference", folder / "build" / "reference")
    shutil.copytree(COURSE.source_folder / lab.name, folder / "build" / "source" / lab.name)
    target = folder / "class" / "submitted" / "honest" / lab.name
    target.mkdir(parents=True)
    nbformat.write(notebook, target / f"{lab.name}.ipynb")
    scripts = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    for command in (["generate_assignment", lab.name, "--create"], ["autograde", lab.name, "--create"]):
        subprocess.run([scripts / "nbgrader", *command], cwd=folder, env=environment, check=True, capture_output=True)
    database = f"sqlite:///{folder}/class/gradebook.db"
    done = subprocess.run(
        [sys.executable, "-c", SCORES, database, lab.name], check=True, capture_output=True, text=True
    )
    import json

    scores: dict[str, float] = json.loads(done.stdout)
    return scores


def our_result(lab: Lab, answers: dict[str, str]) -> GradingResult:
    """Grade the same answers with the judge."""
    from autograder.intake.restore import restore
    from autograder.intake.submission import Submission

    source = nbformat.read(COURSE.source_folder / lab.name / f"{lab.name}.ipynb", as_version=4)
    submission = Submission("honest", lab.name, Path("honest.ipynb"), notebook=honest_notebook(lab, answers))
    with Judge(COURSE, lab.name) as judge:
        return judge.grade(restore(submission, source))


@pytest.mark.parametrize("name", LABS)
def test_stock_nbgrader_gives_the_same_marks(name: str, tmp_path: Path) -> None:
    """A notebook with right, wrong and blank answers, check by check."""
    lab = read_lab(COURSE.solutions / f"{name}.py")
    answers = half_right(lab)
    ours = {v.check: v.points for v in our_result(lab, answers).verdicts if v.points is not None}
    stock = stock_scores(lab, honest_notebook(lab, answers), tmp_path)
    assert {check: stock[check] for check in ours} == ours
