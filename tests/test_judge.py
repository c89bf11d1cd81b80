"""The judge: a student's names across the wire, verdicts that no student code decides."""

from __future__ import annotations

import dataclasses
import shutil
import sys

import nbformat
import pytest

from autograder.intake.submission import RestoredCell
from autograder.judge.session import Judge
from autograder.verdict import CheckStatus
from tests.toy_judge import check_cell, exercise_cell, grade, statuses, verdict_on


def test_a_right_answer_gets_its_points(judge: Judge) -> None:
    """The judge calls the student's function and believes the value alone."""
    verdict = verdict_on(judge, "def f(x):\n    return x + 1", "checks.cases(f, [((1.0,), 2.0)])")
    assert (verdict.status, verdict.points) == (CheckStatus.CORRECT, 1.0)


def test_a_callback_is_answered_and_counted_by_the_judge(judge: Judge) -> None:
    """Every point at which the student asks for the slope is seen."""
    check = (
        "asked = checks.record(slope)\n"
        "checks.compare(checks.call(f, asked, np.array([1.0, 2.0])), [4.0, 8.0])\n"
        "assert [p.tolist() for p in asked.points] == [[1.0, 2.0], [2.0, 4.0]], asked.points"
    )
    assert verdict_on(judge, "def f(g, x):\n    return g(g(x))", check).status == CheckStatus.CORRECT


def test_calls_nest_across_the_wire(judge: Judge) -> None:
    """The judge's callback may call the student's function again."""
    check = "def again(n):\n    return f(again, n - 1) if n else 0\nassert f(again, 6) == 7"
    assert verdict_on(judge, "def f(g, n):\n    return 1 + g(n)", check).message == ""


def test_an_array_changed_in_place_comes_back_changed(judge: Judge) -> None:
    """Copy-restore: `changes_input` is seen by the judge as in a kernel."""
    check = (
        "x = np.array([1.0, 2.0]); rows = [[1], np.array([2.0])]\nf(x, rows)\n"
        "assert (x.tolist(), rows[0], rows[1].tolist(), rows[2]) == ([0.0, 2.0], [1, 5], [9.0], 7)"
    )
    answer = "def f(x, rows):\n    x[0] = 0\n    rows[0].append(5)\n    rows[1][0] = 9\n    rows.append(7)"
    assert verdict_on(judge, answer, check).message == ""


def test_changes_input_is_named(judge: Judge) -> None:
    """A function that writes into its argument loses the point, with the misconception's name."""
    verdict = verdict_on(judge, "def f(x):\n    x *= 2\n    return x", "checks.call(f, np.ones(3))")
    assert verdict.misconception == "changes_input"


def test_inside_runs_a_given_function_beside_the_students_objects(judge: Judge) -> None:
    """Even if the student's notebook has overwritten its name."""
    answer = "class f:\n    def bend(self): return 41\ndef bends(node): return 0"
    assert verdict_on(judge, answer, "assert checks.inside(bends)(f()) == 42").message == ""


def test_an_exception_arrives_as_its_nearest_builtin(judge: Judge) -> None:
    """A student's own exception class is data, not code."""
    answer = "class Mine(ValueError): pass\ndef f(): raise Mine('no')"
    assert (
        verdict_on(judge, answer, "e = checks.raised(f)\nassert (type(e), str(e)) == (ValueError, 'no')").message == ""
    )


def test_the_line_of_the_students_error_is_told(judge: Judge) -> None:
    """The message quotes the cell's line."""
    verdict = verdict_on(judge, "def f(x):\n    y = 1\n    return y / 0", "checks.call(f, 1)")
    assert "line 3 of the cell: return y / 0" in verdict.message


def test_hidden_inputs_are_the_students_own_and_stay_the_same(judge: Judge) -> None:
    """HMAC of student, lab and check seeds them."""
    show = "print(checks.rng('x').integers(10**9))"
    cells = (exercise_cell("def f(): pass"), check_cell(show))
    drawn = [grade(judge, *cells, student=name).verdicts[0].message for name in ("ada", "ada", "bob")]
    assert (drawn[0] == drawn[1], drawn[0] == drawn[2]) == (True, False)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("def f(x):\n    raise NotImplementedError", CheckStatus.BLANK),
        ("f = None", CheckStatus.BLANK),
        ("", CheckStatus.BLANK),
        ("raise NotImplementedError", CheckStatus.BLANK),
        ("def f(x:", CheckStatus.WRONG),
        ("1 / 0", CheckStatus.WRONG),
        ("def f(x):\n    while True: pass", CheckStatus.TIMEOUT),
        ("import os\ndef f(x): os._exit(0)", CheckStatus.CRASHED),
        ("import os, signal\ndef f(x): os.kill(os.getpid(), signal.SIGKILL)", CheckStatus.CRASHED),
        ("import ctypes\ndef f(x): ctypes.string_at(0)", CheckStatus.CRASHED),
        ("while True: pass", CheckStatus.TIMEOUT),
        ("import os; os._exit(0)", CheckStatus.CRASHED),
        ("import sys\ndef f(x): sys.exit(0)", CheckStatus.WRONG),
        ("def f(x): return f(x)", CheckStatus.WRONG),
        ("def f(x): return input()", CheckStatus.WRONG),
        ("def f(x): raise KeyboardInterrupt", CheckStatus.WRONG),
    ],
)
def test_each_way_to_fail_has_its_status(judge: Judge, answer: str, status: CheckStatus) -> None:
    """Blank, wrong, slow and crashed are different answers, none of them an error of ours."""
    assert verdict_on(judge, answer, "checks.cases(f, [((1.0,), 2.0)])").status == status


def test_a_widget_is_said_to_be_one(judge: Judge) -> None:
    """A graded notebook has no place where it could move."""
    result = grade(judge, RestoredCell("extra", "e", "from ipywidgets import IntSlider\nIntSlider(3)"))
    assert [{"text/plain": "a widget: it moves in JupyterLab alone"}] == [
        o["data"] for o in result.outcomes[-1].outputs
    ]


def test_what_the_reference_prints_is_in_no_message(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs when it is imported, once for all submissions: the first of them must not see more than the others."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    course = judge._course
    course.reference_folder.mkdir()
    (course.reference_folder / "09_loud.py").write_text(
        "import sys\nprint('loud')\nsys.stderr.write('loud')\nVALUE = 7\n"
    )
    shutil.copytree(course.source_folder / "01_toy", course.source_folder / "09_loud")
    (course.source_folder / "09_loud" / "01_toy.ipynb").rename(course.source_folder / "09_loud" / "09_loud.ipynb")
    uses = check_cell("import importlib\nprint(importlib.import_module('09_loud').VALUE)")
    with Judge(course, "09_loud", judge._host) as running:
        assert ["7"] == [verdict.message for verdict in grade(running, exercise_cell("def f(): pass"), uses).verdicts]


def test_the_hidden_part_keeps_its_inputs_to_itself(judge: Judge) -> None:
    """Neither a failed comparison nor an unforeseen error shows a hidden number."""
    for failing in ("checks.cases(f, [((12345.0,), 54321.0)])", "raise KeyError(12345, 54321)"):
        verdict = verdict_on(
            judge, "def f(x): return 777.0", f"# BEGIN HIDDEN TESTS\nchecks.hidden()\n{failing}\n# END HIDDEN TESTS"
        )
        assert (verdict.status, [n for n in ("12345", "54321", "777") if n in verdict.message]) == (
            CheckStatus.WRONG,
            [],
        )


def test_printing_and_warning_do_no_harm(judge: Judge) -> None:
    """What a student's function writes to stderr costs nothing."""
    answer = (
        "import sys, warnings\ndef f(x):\n    print('x' * 10**6, file=sys.stderr)\n    warnings.warn('w')\n    return x"
    )
    assert verdict_on(judge, answer, "checks.cases(f, [((1.5,), 1.5)])").points == 1.0


def test_an_error_cannot_end_a_loop_of_the_judge(judge: Judge) -> None:
    """StopIteration, raised by a student's function, would look as if all values had been seen."""
    check = "for value in map(f, [1, 2]):\n    assert value == 0"
    assert verdict_on(judge, "def f(x):\n    raise StopIteration", check).status == CheckStatus.WRONG


def test_the_judge_does_not_compute_for_ever(judge: Judge) -> None:
    """A value that leads the judge itself into an endless loop costs its check."""
    verdict = verdict_on(judge, "def f(x):\n    return 1", "n = f(0)\nwhile n: pass")
    assert verdict.status == CheckStatus.TIMEOUT


def test_the_judge_does_not_take_all_memory(judge: Judge) -> None:
    """A number that makes the judge ask for gigabytes costs its check."""
    verdict = verdict_on(judge, "def f(x):\n    return 6 * 10**8", "np.ones(f(0))")
    assert verdict.status == CheckStatus.MEMORY


def test_a_submission_has_an_end(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the time of a whole submission, cells and checks are left out, and each check says so."""
    limits = dataclasses.replace(judge.limits, submission_seconds=0.0)
    monkeypatch.setattr(judge, "_course", dataclasses.replace(judge._course, limits=limits))
    result = grade(judge, exercise_cell("def f(x): return 1"), check_cell("assert f(0) == 1"))
    assert (statuses(result), "more than 0 seconds" in result.verdicts[0].message) == (["TIMEOUT"], True)


def test_a_message_does_not_depend_on_who_came_before(judge: Judge) -> None:
    """Python gives each warning once: what the judge's own code warns of is in no message."""
    answer, check = (
        "def f(g): return g()",
        "import warnings\nassert checks.call(f, lambda: warnings.warn('w') or 1) == 1",
    )
    assert ["", ""] == [verdict_on(judge, answer, check).message for _ in range(2)]


def test_breaking_ipython_costs_what_cannot_be_run(judge: Judge) -> None:
    """It is never a fault of ours, which would be graded again and again; answers before it count."""
    cells = [exercise_cell("def f(x): return 1.0"), RestoredCell("extra", "e", "get_ipython().run_cell = 1")]
    later = [exercise_cell("def g(x): return 1.0", "g", "1.2"), check_cell("checks.compare(g(0), 1.0)", 2, "g")]
    result = grade(judge, *cells, check_cell("checks.compare(f(0), 1.0)"), *later)
    assert ["CORRECT", "CRASHED"] == statuses(result)
    assert "broke IPython" in result.verdicts[1].message


@pytest.mark.parametrize(
    "output",
    [
        *("{'output_type': object()}", "{'output_type': np.zeros(3)}", "{'output_type': 'error', 'ename': object()}"),
        *("{'output_type': 'stream', 'name': object(), 'text': 1}", "{'output_type': 'display_data', 'data': {2: []}}"),
    ],
)
def test_odd_outputs_do_no_harm(judge: Judge, output: str) -> None:
    """What a cell shows may be anything; what is kept of it is nbformat."""
    odd = RestoredCell("extra", "e", f"get_ipython()._outputs.append({output})")
    result = grade(judge, odd, exercise_cell("def f(x): return 1.0"), check_cell("checks.compare(f(0), 1.0)"))
    assert ["CORRECT"] == statuses(result)
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(outputs=list(outcome.outputs)) for outcome in result.outcomes]
    nbformat.validate(notebook)
