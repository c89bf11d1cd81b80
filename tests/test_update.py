"""A newer release of a lab: merged into a notebook that was begun, and graded in one that was not."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.utils import compute_checksum

from autograder.intake.cells import student_cells
from autograder.intake.restore import restore
from autograder.intake.submission import Restored, Submission
from autograder.intake.template import Template
from autograder.release.build import build
from course_utils import repair
from course_utils import restore as student_restore
from course_utils.labs import Lab, id_, kind, read_labs
from course_utils.repair import repaired
from course_utils.update import main
from tests.walks import ROOT, walks_course

LAB = "01_walks"
CHANGES = {
    "setup": ("STARTS = np.array([3.0, -1.0", "STARTS = np.array([3.0, -1.5"),
    "no show": ("# %% [show]\nfor start in STARTS:\n    print(start, step(start, 0.5))\n", ""),
    "prose": ("where are you after one step of length 0.5?", "where are you after one step of length 0.25?"),
    "check": ("((-3.0, 0.5), -2.75)])", "((-4.0, 0.5), -3.75)])"),
    "stub": ('"""Return the heights at the starts, an array', '"""Return each height, an array'),
    "renamed check": (
        '# %% [checks] exercise="lowest" id="check_lowest_value" points=1\nchecks.compare(lowest, 0.5)',
        '# %% [checks] exercise="lowest" id="check_lowest_number" points=1\nchecks.compare(lowest, 0.5)',
    ),
    "new text": (
        "# %% [markdown]\n# ## One step",
        "# %% [markdown]\n# Mind the gap.\n\n# %% [markdown]\n# ## One step",
    ),
}
ANSWERS = {
    "step": "def step(x, length):\n    return x + length / 2",
    "heights": "def heights(height, starts):\n    return np.array([height(start) for start in starts])",
    "explain_height": "Because it may be any function.",
}


def released(root: Path, changes: list[str]) -> tuple[Lab, Template]:
    """Build the small course with some changes of its source; return its lab and the frame for grading."""
    course = walks_course(root)
    path = course.solutions / f"{LAB}.py"
    text = path.read_text("utf-8")
    for name in changes:
        old, new = CHANGES[name]
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")
    build(course).write()
    return Lab.read(course.labs_folder / LAB / f"{LAB}.ipynb"), Template.read(course.source_folder, LAB)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Return the lab as it was handed out at first."""
    return released(tmp_path_factory.mktemp("first"), [])[0]


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Template]:
    """Return the lab with everything changed that can be, and the frame for grading."""
    return released(tmp_path_factory.mktemp("newer"), list(CHANGES))


def begun(lab: Lab, answers: dict[str, str]) -> Any:
    """Return a notebook with answers in it, and below each answer a cell of the student's own."""
    notebook = nbformat.reads(lab.text, as_version=4)
    cells = []
    for cell in notebook.cells:
        cell.source = answers.get(id_(cell), cell.source)
        cells.append(cell)
        if id_(cell) in answers:
            cells.append(nbformat.v4.new_code_cell(f"print({id_(cell)!r})"))
    notebook.cells = cells
    return notebook


def shown(notebook: Any) -> list[str]:
    """Return the texts of a notebook's cells."""
    return [cell["source"] for cell in notebook["cells"]]


def test_a_begun_notebook_becomes_the_newer_lab(
    tmp_path: Path, first: Lab, newer: tuple[Lab, Template], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """Each cell is the newer lab's, answers and own cells stay, what changed is said, the old file is kept."""
    lab, _ = newer
    path, there = tmp_path / "work" / LAB / f"{LAB}.ipynb", tmp_path / "labs" / LAB / f"{LAB}.ipynb"
    for place, text in ((path, nbformat.writes(begun(first, ANSWERS))), (there, lab.text)):
        place.parent.mkdir(parents=True)
        place.write_text(text, "utf-8")
    before = path.read_bytes()
    monkeypatch.chdir(tmp_path)
    assert 0 == main([])
    after = nbformat.read(path, as_version=4)
    assert shown(begun(lab, ANSWERS)) == shown(after)
    assert nbformat.reads(lab.text, as_version=4).metadata == after.metadata
    said = capsys.readouterr().out
    expected = [
        f"{LAB}: from version {first.version} to {lab.version}. What you wrote stays.",
        "  new: the text “Mind the gap.…”",
        f"  changed: {id_(lab.notebook['cells'][1])}",
        "  changed: the text “One step…”",
        "  changed: check_lowest_number",
        "  changed: check_step_values",
        "  gone, because the lab has it no more: show_",
        "  your answer stays, but what was given there is another now: heights: read its exercise again",
    ]
    assert [] == [line for line in expected if line not in said]
    (kept,) = path.parent.glob("*.before-update-*")
    assert before == kept.read_bytes()
    assert 0 == main(["01"])
    assert "nothing to do" in capsys.readouterr().out
    assert 1 == len(list(path.parent.glob("*.before-update-*")))


def test_what_cannot_be_read_stays(
    tmp_path: Path, first: Lab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A damaged notebook, another lab's, a lab that is not begun, one that there is not: each is said."""
    path, there = tmp_path / "work" / LAB / f"{LAB}.ipynb", tmp_path / "labs" / LAB / f"{LAB}.ipynb"
    there.parent.mkdir(parents=True)
    there.write_text(first.text, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert (0, f"{LAB}: not begun, so nothing to do.\n") == (main([]), capsys.readouterr().out)
    path.parent.mkdir(parents=True)
    path.write_text('{"cells": [', "utf-8")
    assert 1 == main([])
    assert "its text breaks off or is damaged" in capsys.readouterr().err
    assert '{"cells": [' == path.read_text("utf-8")
    assert [path] == list(path.parent.iterdir())
    assert 1 == main(["09"])
    assert "there is no lab '09'" in capsys.readouterr().err


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_nothing_that_a_student_wrote_is_lost(first: Lab, newer: tuple[Lab, Template], data: st.DataObject) -> None:
    """Whatever was deleted, moved, or written: all the newer lab's cells in order, and each own text once."""
    lab, _ = newer
    notebook = begun(first, ANSWERS)
    cells = notebook.cells
    for at in sorted(data.draw(st.sets(st.integers(0, len(cells) - 1), max_size=8)), reverse=True):
        match data.draw(st.sampled_from(["delete", "write", "move", "strip"])):
            case "delete":
                del cells[at]
            case "write" if kind(cells[at]) in ("", "setup"):
                cells[at].source += f"\n# mine {at}"
            case "move":
                cells.append(cells.pop(at))
            case "strip":
                cells[at].metadata = nbformat.NotebookNode()
    written = [cell.source for cell in cells if "print('" in cell.source or cell.source in ANSWERS.values()]
    made = repaired(lab, notebook).notebook
    ids = [cell["id"] for cell in lab.notebook["cells"]]
    assert ids == [cell.id for cell in made.cells if cell.id in ids]
    texts = shown(made)
    assert [1] * len(written) == [texts.count(text) for text in written]
    given_texts = {cell["id"]: cell["source"] for cell in lab.notebook["cells"] if kind(cell) in ("setup", "show")}
    assert given_texts == {cell.id: cell.source for cell in made.cells if cell.id in given_texts}
    nbformat.validate(made)
    again = repaired(lab, made)
    assert ((), (), (), False) == (again.missing, again.changed, again.gone, again.moved)


def grade_as(lab: Template, notebook: Any) -> Restored:
    """Restore a notebook for grading."""
    return restore(Submission("ada", LAB, Path("x"), notebook=json.loads(nbformat.writes(notebook))), lab)


def test_an_older_notebook_is_graded_by_the_newer_lab(first: Lab, newer: tuple[Lab, Template]) -> None:
    """It is what a notebook of the newer release would be, so no given cell of the older one runs; a note says so."""
    lab, frame = newer
    older, present = (grade_as(frame, begun(one, ANSWERS)) for one in (first, lab))
    assert present.notebook == older.notebook
    assert () == present.notes
    assert (
        f"The notebook is of another version of the lab ({first.version}); it was graded by the present one "
        f"({lab.version})."
    ) == older.notes[0]


def test_what_a_student_wrote_into_a_given_cell_is_no_release_s(first: Lab, newer: tuple[Lab, Template]) -> None:
    """A given cell of the older release that was written anew stays below, for the student and for the grader."""
    lab, frame = newer
    notebook = begun(first, ANSWERS)
    notebook.cells[1].source = "helper = 1"
    assert "helper = 1" in shown(repaired(lab, notebook).notebook)
    assert "helper = 1" in shown(grade_as(frame, notebook).notebook)


@pytest.mark.parametrize("lab", read_labs(ROOT), ids=lambda lab: lab.name)
def test_ids_tell_what_was_given(lab: Lab) -> None:
    """Both sides know each given cell of the labs by itself, and nbgrader's checksums are understood."""
    notebook = nbformat.reads(lab.text, as_version=4)
    elsewhere = Lab(lab.name, json.dumps({**lab.notebook, "cells": []}))
    own = ("exercise", "answer")
    for cell, read in zip(notebook.cells, student_cells(json.loads(lab.text)), strict=True):
        assert (kind(cell) not in own) is read.was_given(lab.name) is repair._was_given(elsewhere, cell)
        if id_(cell):
            assert cell.metadata.nbgrader.checksum == compute_checksum(cell)
            assert repair._is_untouched(cell)
        changed: Any = copy.deepcopy(cell)
        changed.source += " "
        assert not repair._is_untouched(changed)


def test_restore_brings_a_notebook_up_to_date_too(tmp_path: Path, first: Lab, newer: tuple[Lab, Template]) -> None:
    """Who unpacked a newer bundle and asks for cells back gets them without the older ones."""
    lab, _ = newer
    path = tmp_path / f"{LAB}.ipynb"
    nbformat.write(begun(first, ANSWERS), path)
    said = student_restore.restore(lab, path)
    assert [] != [line for line in said if line.startswith("gone, because the lab has it no more: show_")]
    assert shown(begun(lab, ANSWERS)) == shown(nbformat.read(path, as_version=4))
