"""Restoring: a student's answers in the lab's own frame, whatever the notebook went through."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.intake.restore import restore
from autograder.intake.submission import Restored
from tests.toy import SOLVED, handed_in, source, submission, template

FRAME = template()
SOLVED_1 = {name: text for name, text in SOLVED.items() if name != "triple"} | {"explain_double": "2 times 2 is 4"}


def restored(notebook: dict[str, Any]) -> Restored:
    """Restore a notebook, and make sure that the result is a valid one."""
    result = restore(submission(notebook), FRAME)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nbformat warns of missing or doubled ids
        nbformat.validate(nbformat.from_dict(copy.deepcopy(result.notebook)))
    return result


def answers(result: Restored) -> dict[str, str]:
    """Return the texts of exercises and written answers."""
    return {cell.grade_id or "": cell.source for cell in result.cells if cell.kind in ("exercise", "answer")}


def order(result: Restored) -> list[str]:
    """Return the cells but for text: grade_id, or "+" and the first line of an extra cell."""
    return [cell.grade_id or ("+" + cell.source.split("\n")[0]) for cell in result.cells if cell.kind != "markdown"]


ORDER = order(restored(handed_in()))


def node(notebook: dict[str, Any], grade_id: str) -> dict[str, Any]:
    """Find a cell of a notebook by its grade_id."""
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def code(text: str) -> dict[str, Any]:
    """Return a code cell of the student's own."""
    return {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": 3}


def unmarked(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return what an editor leaves that drops all metadata and ids."""
    return {"cells": [{**c, "metadata": {}, "id": None} for c in notebook["cells"]], "nbformat": 4}


def test_untouched_release() -> None:
    """The released notebook gives the stubs, the source's checks with their hidden parts, and no note."""
    result = restored(handed_in())
    assert () == result.notes
    assert "NotImplementedError" in answers(result)["double"]
    hidden = next(cell for cell in result.cells if cell.grade_id == "check_double_any")
    assert ("checks", "double", "1.1", 2.0) == (hidden.kind, hidden.exercise, hidden.exercise_number, hidden.points)
    assert "checks.hidden()" in hidden.source


def test_honest_notebook() -> None:
    """A filled notebook keeps its answers and gets no note."""
    result = restored(handed_in(SOLVED_1))
    assert (SOLVED_1, ()) == (answers(result), result.notes)


def test_source_wins() -> None:
    """Checks, given cells, text, order, points, tags, kernel and outputs are the lab's own, whatever was handed in."""
    notebook = handed_in(SOLVED_1)
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution"]
        if cell["metadata"].get("nbgrader", {}).get("locked"):
            cell["source"] = "print('full marks')"
            cell["metadata"]["nbgrader"]["points"] = 100
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "execute_result", "data": {"text/plain": "100"}, "metadata": {}}]
    notebook["metadata"] = {"kernelspec": {"name": "julia"}}
    notebook["cells"].reverse()
    result, honest = restored(notebook), restored(handed_in(SOLVED_1))
    assert honest.notebook == result.notebook
    assert "Checks of exercise 1.1, 1.2 had been changed; the lab's own text was used." in result.notes


def test_deleted_cells_come_back() -> None:
    """Checks that were deleted are put back; a deleted exercise counts as not attempted."""
    notebook = handed_in(SOLVED_1)
    gone = ("check_double_any", "middle", "explain_double")
    notebook["cells"] = [c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") not in gone]
    result = restored(notebook)
    assert order(result) == ORDER
    assert "NotImplementedError" in answers(result)["middle"]
    assert (
        "Exercise 1.2 `middle`: its cell is missing from the notebook, so it counts as not attempted.",
        "Written answer: its cell is missing from the notebook, so it counts as not attempted.",
        "Checks of exercise 1.1 had been deleted and put back.",
    ) == result.notes


def test_answers_by_name() -> None:
    """Where an editor dropped all metadata, answers are found by the names that they define."""
    result = restored(unmarked(handed_in(SOLVED_1)))
    assert answers(result) == SOLVED_1
    assert order(result) == ORDER
    assert len(result.notes) == 1


@pytest.mark.parametrize(
    "text", ["def double(x)\n    return 2 * x", "%time\ndef double(x):\n    return 2 * x", "double = lambda x 2", "\0"]
)
def test_answers_that_do_not_parse(text: str) -> None:
    """A syntax error or a magic does not hide an answer."""
    notebook = handed_in({"double": text})
    assert answers(restored(notebook))["double"] == text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if "double" in text:
        assert answers(restored(unmarked(notebook)))["double"] == text


def test_extra_cells_stay_in_place() -> None:
    """The student's own cells stay below the cell that they followed."""
    notebook = handed_in(SOLVED_1)
    cells = notebook["cells"]
    cells.insert(cells.index(node(notebook, "double")), code("import math"))
    cells.insert(cells.index(node(notebook, "double")) + 1, code("helper = 1"))
    cells.insert(0, code("first = 1"))
    cells.append(code("last = 1"))
    cells.append(code("   \n"))
    expected = ["+first = 1", ORDER[0], "+import math", "double", "+helper = 1", *ORDER[2:]]
    assert [*expected, "+last = 1"] == order(restored(notebook))


def test_answer_in_a_new_cell() -> None:
    """A stub left as it was gives way to a cell, anywhere, that defines the name."""
    notebook = handed_in({"explain_double": "2 times 2"})
    notebook["cells"].append(code("def double(x):\n    return 2 * x"))
    result = restored(notebook)
    assert order(result) == ORDER
    assert "return 2 * x" in answers(result)["double"]
    assert ("Exercise 1.1 `double`: its own cell is gone or untouched; the answer was found in another cell.",) == (
        result.notes
    )


def test_answer_split_over_cells() -> None:
    """A cell split in two, both with its id: the part that defines the name is the answer."""
    notebook = handed_in(SOLVED_1)
    part = copy.deepcopy(node(notebook, "double"))
    part["source"] = "def twice(x):\n    return 2 * x"
    notebook["cells"].insert(notebook["cells"].index(node(notebook, "double")), part)
    assert [ORDER[0], "+def twice(x):", *ORDER[1:]] == order(restored(notebook))


def test_doubled_cells() -> None:
    """Of two cells with one id the first that defines the name wins; a copy of the stub is left out."""
    notebook = handed_in({"double": "def double(x):\n    return 1"})
    first = notebook["cells"].index(node(notebook, "double"))
    for text in ("def double(x):\n    return 2", FRAME.by_grade_id["double"].shown):
        cell = copy.deepcopy(notebook["cells"][first])
        cell["source"] = text
        notebook["cells"].insert(first + 1, cell)
    result = restored(notebook)
    assert answers(result)["double"].endswith("return 1")
    assert [*ORDER[:2], "+def double(x):", *ORDER[2:]] == order(result)


def test_two_answers_in_one_cell() -> None:
    """An exercise solved inside another exercise's cell counts, before or after."""
    both = SOLVED["double"] + "\n\n" + SOLVED["middle"]
    for place in ("double", "middle"):
        result = restored(handed_in({place: both}))
        assert {both} == {answers(result)["double"], answers(result)["middle"]}


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_cell_of_another_type(kind: str) -> None:
    """An exercise's cell that was turned into text is turned back, and so is a written answer turned into code."""
    notebook = handed_in(SOLVED_1)
    node(notebook, "double")["cell_type"] = kind
    node(notebook, "explain_double")["cell_type"] = "code"
    result = restored(notebook)
    assert answers(result) == SOLVED_1
    assert len(result.notes) == 2
    assert ["code", "markdown"] == [
        next(c for c in result.notebook["cells"] if c["id"] == FRAME.by_grade_id[name].id)["cell_type"]
        for name in ("double", "explain_double")
    ]


def test_pictures_in_written_answers() -> None:
    """Pictures pasted into a written answer are kept; other attachments are not."""
    notebook = handed_in(SOLVED_1)
    pictures = {"image.png": {"image/png": "aGk="}, "x.html": {"text/html": "<script>"}, "odd": 3}
    node(notebook, "explain_double")["attachments"] = pictures
    cell = next(c for c in restored(notebook).notebook["cells"] if "attachments" in c)
    assert {"image.png": {"image/png": "aGk="}} == cell["attachments"]


def test_same_notebook_gives_same_bytes() -> None:
    """Restoring is deterministic, ids of extra cells too, and those are unique."""
    notebook = handed_in(SOLVED_1)
    notebook["cells"][3:3] = [code("a = 1"), code("a = 1"), {"cell_type": "markdown", "source": "mine"}]
    one, two = restored(notebook), restored(copy.deepcopy(notebook))
    assert one == two
    ids = [cell.id for cell in one.cells]
    assert len(set(ids)) == len(ids) == len(FRAME.cells) + 3


def test_restore_takes_the_source_notebook() -> None:
    """The source notebook itself is as good as its template."""
    assert restored(handed_in(SOLVED_1)) == restore(submission(handed_in(SOLVED_1)), source())


def test_huge_notebook_is_restored_in_time() -> None:
    """Thousands of long cells take no more than seconds."""
    notebook = handed_in(SOLVED_1)
    notebook["cells"] = [code("x = 1\n" * 500 + str(i)) for i in range(4_000)] + notebook["cells"]
    assert SOLVED_1 == answers(restored(notebook))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
KEYS = ["source", "metadata", "cell_type", "id", "attachments", "outputs", "input"]
MARKS = st.fixed_dictionaries({"nbgrader": JUNK | st.fixed_dictionaries({"grade_id": JUNK | st.just("double")})})
CHANGES = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([*KEYS, "delete", "copy", "replace", "swap"]), JUNK | MARKS),
    max_size=8,
)


def mutated(changes: list[tuple[int, str, Any]]) -> dict[str, Any]:
    """Apply changes to a solved notebook."""
    notebook = handed_in(SOLVED_1)
    cells: list[Any] = notebook["cells"]
    for place, what, value in changes:
        index = place % len(cells)
        if what == "delete" and len(cells) > 1:
            del cells[index]
        elif what == "copy":
            cells.insert(0, copy.deepcopy(cells[index]))
        elif what == "replace":
            cells[index] = value
        elif what == "swap":
            cells[0], cells[index] = cells[index], cells[0]
        elif isinstance(cells[index], dict):
            cells[index][what] = value
    return notebook


@settings(max_examples=150, deadline=None)
@given(CHANGES)
def test_mutated_notebooks(changes: list[tuple[int, str, Any]]) -> None:
    """Whatever happens to cells, the result is valid and the lab's own cells are all there, in order and unchanged."""
    result = restored(mutated(changes))
    given = [cell for cell in result.cells if cell.kind not in ("extra", "exercise", "answer")]
    assert [(c.id, c.source) for c in FRAME.cells if not c.is_own] == [
        (c.id, c.source) for c in given if c.id in FRAME.by_id
    ]
    assert [c.id for c in FRAME.cells] == [c.id for c in result.cells if c.id in FRAME.by_id]
    for cell in result.cells:
        cell.source.encode()


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(["cells", "worksheets", "metadata", "nbformat"]), JUNK))
def test_notebooks_that_are_none(notebook: dict[str, Any]) -> None:
    """A JSON object of any shape restores to an unanswered lab."""
    assert answers(restored(handed_in())) == answers(restored(notebook))


def test_an_answer_in_a_cell_pasted_with_its_marks() -> None:
    """A copy of any cell, marks and all, that was written anew into an answer is found by the name that it defines."""
    for pasted in ("double", "check_double_two"):
        notebook = handed_in({"double": SOLVED_1["double"]})
        copied = copy.deepcopy(node(notebook, pasted))
        copied["source"] = SOLVED_1["middle"]
        notebook["cells"].append(copied)
        found = answers(restored(notebook))
        assert (SOLVED_1["double"], SOLVED_1["middle"]) == (found["double"], found["middle"])


def test_a_helper_in_a_copy_of_a_given_cell() -> None:
    """A given cell that was copied and written anew stays as a cell of the student's own."""
    notebook = handed_in(SOLVED_1)
    given = next(cell for cell in notebook["cells"] if "SIZES" in cell["source"])
    copied = copy.deepcopy(given)
    copied["source"] = "helper = 1"
    notebook["cells"].insert(notebook["cells"].index(given) + 1, copied)
    assert "+helper = 1" in order(restored(notebook))
