"""What waits for an exercise in a notebook: names of cells, and one line in place of a stack."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from course_utils.checks.blanks import names

NAMES = {
    "y = f(x)": (["f", "x"], ["y"]),
    "x = x + 1": (["x"], ["x"]),
    "n += 1": (["n"], ["n"]),
    "a = 1\nprint(a)": (["print"], ["a"]),
    "for i in things:\n    last = i\nprint(last)": (["things", "print"], ["i", "last"]),
    "def f(a, b=c):\n    local = a\n    return outer(local)": (["c", "outer"], ["f"]),
    "class Model(Base):\n    size = width\n    def forward(self, x):\n        return act(x)": (
        ["Base", "width", "act"],
        ["Model"],
    ),
    "g = lambda x: x * factor": (["factor"], ["g"]),
    "table = {name: rows[name] for name in chosen}": (["chosen", "rows"], ["table"]),
    "import numpy as np\nfrom a import b": ([], ["np", "b"]),
    "%time x": ([], []),
    "(": ([], []),
    "x" * 30_000: ([], []),
}


@pytest.mark.parametrize("cell", NAMES, ids=lambda cell: cell[:30])
def test_what_a_cell_reads_and_makes(cell: str) -> None:
    """The notebook's names alone: no parameter, no local name, nothing that it has made before it reads it."""
    reads, makes = NAMES[cell]
    found = names(cell)
    assert (set(reads), makes) == (set(found[0]), found[1])


@pytest.fixture(scope="module")
def kernel() -> Iterator[Any]:
    """Start one kernel."""
    manager, client = start_new_kernel()
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def shown(kernel: Any) -> Callable[[str], list[str]]:
    """Run a cell in a notebook where nothing is made yet, but for what this test ran; return the lines of its error."""

    def run(cell: str) -> list[str]:
        traces: list[list[str]] = []

        def keep(message: dict[str, Any]) -> None:
            if message["msg_type"] == "error":
                traces.append(message["content"]["traceback"])

        kernel.execute_interactive(cell, timeout=60, output_hook=keep, stop_on_error=False)
        return [re.sub(r"\x1b\[[\d;]*m", "", line) for trace in traces for line in trace]

    run("%reset -f\nfrom course_utils import checks")
    return run


def test_a_value_that_is_not_written_is_named(shown: Callable[[str], list[str]]) -> None:
    """Not by the error of the cell that reads it: it says which exercise, in one line, and the error behind it."""
    (stub,) = shown("rows = None\nraise NotImplementedError")
    (show,) = shown("table = {**rows}")
    (later,) = shown("print(table)")
    assert stub.startswith("○ Not written yet: replace the last line")
    assert show.startswith("○ Not written yet: this cell needs rows. Write it, run its cell, and run this one again.")
    assert show.endswith("(It stopped with TypeError: 'NoneType' object is not a mapping.)")
    assert later.startswith("○ Not written yet: this cell needs table, which a cell above cannot make without rows.")


def test_a_collection_that_was_never_filled_is_named(shown: Callable[[str], list[str]]) -> None:
    """Its cell stopped at a stub, and those below find nothing in it."""
    shown("def make():\n    raise NotImplementedError")
    (show,) = shown("models = {}\nmodels['a'] = make()")
    assert show == "○ Not written yet: this cell needs make. Write it, run its cell, and run this one again."
    (key,) = shown("print(models['a'])")
    assert key.startswith("○ Not written yet: this cell needs models, which a cell above cannot make without make.")
    assert key.endswith("(It stopped with KeyError: 'a'.)")


def test_a_function_that_reads_an_unwritten_value_waits_as_well(shown: Callable[[str], list[str]]) -> None:
    """Its own cell ran without an error."""
    shown("rows = None\nraise NotImplementedError")
    shown("def walk(table=rows):\n    return table['add']")
    (line,) = shown("walk()")
    assert "needs walk, which a cell above cannot make without rows" in line


def test_of_several_the_one_that_the_error_is_about_is_named(shown: Callable[[str], list[str]]) -> None:
    """The missing name of a NameError; a value that is None before what was made without another exercise."""
    shown("rows = None\nraise NotImplementedError")
    shown("def make():\n    raise NotImplementedError")
    shown("first, second = make(), 1")
    shown("ready = 1\nmake()")
    (line,) = shown("print(ready, second)")
    assert "needs second, which a cell above cannot make without make" in line
    (line,) = shown("print(ready, rows.items())")
    assert line.startswith("○ Not written yet: this cell needs rows. ")


def test_what_is_written_later_waits_no_more(shown: Callable[[str], list[str]]) -> None:
    """An error after that is an error as ever, with its stack."""
    shown("rows = None\nraise NotImplementedError")
    shown("table = {**rows}")
    shown("rows = {'add': 1}")
    (line,) = shown("table['mul']")
    assert "needs table" in line
    shown("table = {**rows}")
    assert len(shown("table['mul']")) > 1


def test_errors_of_a_student_s_own_are_shown_as_ever(shown: Callable[[str], list[str]]) -> None:
    """Also beside an unwritten value: a slip in a cell that does not read it, and one that None does not explain."""
    shown("rows = None\nraise NotImplementedError")
    assert len(shown("print(nothing_of_that_name)")) > 1
    assert len(shown("print(rows)\n1 / 0")) > 1
    assert len(shown("print(rows)\nint('x')")) > 1


def test_a_name_whose_cell_failed_is_missing_because_of_that(shown: Callable[[str], list[str]]) -> None:
    """The first error has its stack, one that follows from it a line; a name that no cell makes has its stack."""
    assert len(shown("runs = [1 / 0]")) > 1
    (line,) = shown("print(runs)")
    assert line == "✗ This cell needs runs, and the cell above that makes it stopped by an error: repair that first."
    assert len(shown("print(typo)")) > 1
    shown("runs = [1]")
    shown("del runs")
    assert len(shown("print(runs)")) > 1
