"""From a lab to nbgrader's notebook and to the reference module."""

from __future__ import annotations

import re
import types
from pathlib import Path

import nbformat
import pytest

from autograder.errors import SourceError
from autograder.source.mistakes import Answer, read_mistakes
from autograder.source.notebook import notebook, write
from autograder.source.percent import read_lab
from autograder.source.reference import reference_source
from tests.walks import SOURCE, WALKS, read_text

LAB = read_lab(SOURCE)
NOTEBOOK = notebook(LAB)
FLAGS = {
    "setup": (False, False, True),
    "show": (False, False, True),
    "exercise": (False, True, False),
    "checks": (True, False, True),
    "answer": (True, True, False),
}


def test_kinds_become_nbgrader_s() -> None:
    """Each kind of cell has nbgrader's flags, and its own kind and exercise beside them."""
    for cell, node in zip(LAB.cells, NOTEBOOK.cells[:-2], strict=True):
        if cell.kind == "markdown":
            assert {} == node.metadata
            continue
        marks = node.metadata.nbgrader
        assert FLAGS[cell.kind] == (marks.grade, marks.solution, marks.locked)
        assert (False, 3) == (marks.task, marks.schema_version)
        assert (cell.points if marks.grade else None) == marks.get("points")
        expected = {"kind": cell.kind} | ({"exercise": cell.exercise} if cell.kind == "checks" else {})
        assert expected == node.metadata.course
        assert (["raises-exception"] if cell.kind in ("exercise", "checks", "show") else None) == node.metadata.get(
            "tags"
        )


def test_every_lab_ends_with_handing_in() -> None:
    """Two more cells close a lab; for a grade the last is skipped, like every [show] cell."""
    text, cell = NOTEBOOK.cells[-2:]
    assert ("markdown", "## Hand in") == (text.cell_type, text.source.splitlines()[0])
    assert ("show", False) == (cell.metadata.course.kind, cell.metadata.nbgrader.grade)
    assert 'hand_in("01_walks")' == cell.source.splitlines()[-1]


def test_notebook_is_valid_and_has_a_kernel() -> None:
    """JupyterLab opens it without a question: valid nbformat 4.5, kernel python3, unique ids."""
    nbformat.validate(NOTEBOOK)
    assert (4, 5, "python3") == (NOTEBOOK.nbformat, NOTEBOOK.nbformat_minor, NOTEBOOK.metadata.kernelspec.name)
    ids = [cell.id for cell in NOTEBOOK.cells]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[0-9a-f]{12}", cell_id) for cell_id in ids)


def test_two_readings_give_the_same_bytes() -> None:
    """Ids do not come from chance."""
    assert write(NOTEBOOK) == write(notebook(read_lab(SOURCE)))


def test_ids_stay_when_other_cells_change(tmp_path: Path) -> None:
    """A new cell leaves the ids of all others alone, and equal cells get different ones."""
    show = "# %% [show]\nprint(STARTS)\n\n"
    text = SOURCE.read_text("utf-8").replace("# %% [markdown]\n# Why", f"{show}{show}# %% [markdown]\n# Why")
    changed = notebook(read_text(tmp_path, text))
    assert {cell.id for cell in NOTEBOOK.cells} < {cell.id for cell in changed.cells}
    added = [cell for cell in changed.cells if cell.source == "print(STARTS)"]
    first, second = (cell.metadata.nbgrader.grade_id for cell in added)
    assert f"{first}_2" == second
    assert re.fullmatch("show_[0-9a-f]{8}", first)
    assert added[0].id != added[1].id


def test_the_build_writes_two_lines_into_checks() -> None:
    """A check says whose it is, and goes silent where its hidden part begins."""
    check = next(
        cell for cell in NOTEBOOK.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "check_step_any"
    )
    lines = check.source.split("\n")
    assert 'checks.exercise("1.1", "step")' == lines[0]
    assert ["# BEGIN HIDDEN TESTS", "checks.hidden()", "from hidden import reference"] == lines[2:5]


def test_reference_is_a_plain_module() -> None:
    """It holds the given code and the solutions, and nothing of checks and show cells."""
    module = types.ModuleType("reference")
    exec(compile(reference_source(LAB), "reference", "exec"), module.__dict__)  # noqa: S102 - our own source
    assert (2.0, 0.5, 7) == (module.step(1.0, 2.0), module.lowest, module.Pedometer(0.5).count(3.2))
    assert "SOLUTION" not in reference_source(LAB)


def test_answers_are_read_and_not_run() -> None:
    """Each answer comes with exercise, misconception, kind, text and line."""
    answers = read_mistakes(WALKS / "solutions" / "mistakes" / "01_walks.py")
    assert [("step", "mistake"), ("step", "variant")] == [(answer.exercise, answer.kind) for answer in answers[1:3]]
    text = "def step(x, length):\n    print(x + length / 2)"
    assert Answer("step", "no_return", "mistake", text, 6) == answers[0]
    assert Answer("lowest", "wrong_sign", "mistake", "lowest = -0.5", 39) == answers[6]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def f(:", "1: not Python"),
        ("x = 1", "1: not an answer"),
        ("\ndef f(): pass", "2: not an answer"),
        ('@mistake("g")\ndef f(): pass', "1: an answer to 'g' defines 'g'"),
        ('@mistake("f", why="x")\ndef f(): pass', "1: not understood"),
        ("@wrong\ndef f(): pass", "1: not understood"),
        ('variant("f")', "1: not an answer"),
    ],
)
def test_what_is_no_answer_is_told(text: str, message: str, tmp_path: Path) -> None:
    """A slip in a file of mistakes is told with its line, and not passed over."""
    path = tmp_path / "01_walks.py"
    path.write_text(text, "utf-8")
    with pytest.raises(SourceError, match=re.escape(f"{path}:{message}")):
        read_mistakes(path)
