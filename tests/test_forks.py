"""Forks for cells and checks: what one does costs no other, and leaves nothing behind."""

from __future__ import annotations

import dataclasses
import os
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.intake.submission import RestoredCell
from autograder.judge.remote import Remote
from autograder.judge.session import Judge
from tests.toy_judge import SETUP, check_cell, exercise_cell, grade, statuses


def test_code_draws_the_same_numbers_at_each_check_and_regrade(judge: Judge) -> None:
    """A fork goes on from the seeds that the cell set: Python by itself gives each process other numbers."""
    answer = exercise_cell(
        "import random\nrandom.seed(7)\nnp.random.seed(7)\ndef f(): return [random.random(), np.random.random()]"
    )
    cells = (answer, check_cell("print(f())", 1), check_cell("print(f())", 2))
    drawn = [verdict.message for _ in range(2) for verdict in grade(judge, *cells).verdicts]
    assert [str([random.Random(7).random(), np.random.RandomState(7).random()])] * 4 == drawn  # noqa: S311


def test_one_bad_cell_costs_only_itself(judge: Judge) -> None:
    """A cell that kills the process is skipped, and the run goes on from before it."""
    result = grade(
        judge,
        exercise_cell("def f(x): return 1.0"),
        RestoredCell("extra", "e", "import os; os._exit(1)"),
        check_cell("checks.compare(f(0), 1.0)", 1),
        exercise_cell("while True: pass", "g", "1.2"),
        check_cell("checks.compare(f(0), 1.0)", 2),
    )
    assert statuses(result) == ["CORRECT", "CORRECT"]


def test_a_check_sees_the_notebook_as_it_was_at_its_place(judge: Judge) -> None:
    """Neither a later cell nor an earlier check can change what is checked."""
    result = grade(
        judge,
        exercise_cell("calls = []\ndef f(x):\n    calls.append(x)\n    return len(calls)"),
        check_cell("assert f(0) == 1", 1),
        check_cell("assert f(0) == 1", 2),
        RestoredCell("extra", "e", "def f(x): return 'changed'"),
        check_cell("assert f(0) == 'changed'", 3),
    )
    assert statuses(result) == ["CORRECT", "CORRECT", "CORRECT"]


@pytest.mark.parametrize("forks", [True, False])
def test_a_branch_leaves_its_session_as_it_was(judge: Judge, forks: bool) -> None:
    """Whatever happens in it: answers, cells that kill their process, checks."""
    check = check_cell("checks.compare(f(0), 1.0)")
    with Judge(judge._course, "01_toy", forks=forks) as running, running.session("ada") as session:
        session.run([RestoredCell("setup", "s", SETUP, "setup_1"), exercise_cell("def f(x): return 1.0")])
        with session.branch() as branch:
            cells = [exercise_cell("def f(x): return 2.0"), RestoredCell("extra", "e", "import os; os._exit(1)"), check]
            branch.run(cells)
        session.run([check])
    assert [["WRONG"], ["CORRECT"]] == [[v.status.value for v in s.verdicts] for s in (branch, session)]


def test_no_process_is_left_behind(judge: Judge) -> None:
    """Endless loops and forks end with their submission."""
    marker = f"left_behind_{os.getpid()}"
    grade(
        judge,
        exercise_cell(
            f"import os\nos.environ['{marker}'] = '1'\nos.fork() or [0 for _ in iter(int, 1)]\ndef f(x): return x"
        ),
    )
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and _processes_with(marker):
        time.sleep(0.05)
    assert _processes_with(marker) == []


def _processes_with(marker: str) -> list[str]:
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            state = (environ.parent / "stat").read_text().rsplit(")", 1)[1].split()[0]
            if marker in environ.read_text(errors="replace") and state != "Z":
                found.append(environ.parent.name)
        except OSError:
            continue
    return found


def test_a_check_cannot_be_asked_for_what_another_handed_out(judge: Judge) -> None:
    """Numbers of the judge's functions count in one fork alone."""
    answer = (
        "import sys\n"
        "def f(g=None):\n"
        "    frame = sys._getframe()\n"
        "    while type(frame.f_locals.get('self')).__name__ != 'Child': frame = frame.f_back\n"
        "    return frame.f_locals['self']._ask_judge(0, None, (), {})"
    )
    result = grade(
        judge,
        exercise_cell(answer),
        check_cell("assert f(lambda: 42) == 42", 1),
        check_cell("assert f() == 42", 2),
    )
    assert statuses(result) == ["CORRECT", "WRONG"]


def test_no_check_sees_what_another_let_be_changed(judge: Judge) -> None:
    """What a student's function writes into given data is undone when the check is over."""
    check = "f(DATA)\nassert DATA.sum() == 0"
    result = grade(
        judge,
        exercise_cell("def f(x):\n    x[:] = 0"),
        check_cell(check, 1),
        check_cell("assert DATA.sum() == 3", 2),
    )
    assert statuses(result) == ["CORRECT", "CORRECT"]


def test_no_check_has_two_tries(judge: Judge) -> None:
    """Code that answers otherwise in each process that it finds itself in has one answer to each check."""
    answer = (
        "import os, pathlib\n"
        "mine = []\n"
        "def f(x):\n"
        "    if not mine:\n"
        "        seen = pathlib.Path(os.environ['HOME'], 'seen')\n"
        "        seen.write_text(seen.read_text() + '+' if seen.exists() else '')\n"
        "        mine.append(len(seen.read_text()))\n"
        "    return float(mine[0])"
    )
    checks = [check_cell(f"checks.compare(f(0), {number}.0)", number) for number in range(6)]
    assert ["CORRECT"] * 6 == statuses(grade(judge, exercise_cell(answer), *checks))


@pytest.mark.parametrize(
    "answer",
    [
        "import os, threading\ndef f(x):\n    threading.Timer(0.1, os._exit, [1]).start()\n    return 1.0",
        "import time\nseen = []\ndef f(x):\n    seen.append(x)\n    time.sleep(20 * (len(seen) > 1))\n    return 1.0",
        "seen = []\ndef f(x):\n    seen.append(x)\n    return 1.0 / (len(seen) == 1)",
        "seen = []\ndef f(x):\n    seen.append(np.empty(1200 * 2**20, 'u1'))\n    return 1.0",
        "import random\ndef f(x):\n    random.setstate = np.random.set_state = None\n    return 1.0",
    ],
    ids=["dies", "hangs", "raises", "fills memory", "breaks generators"],
)
def test_what_a_right_check_leaves_behind_costs_the_next_nothing(judge: Judge, answer: str) -> None:
    """Each check has a fork of its own."""
    check = "import time; time.sleep(0.2)\nchecks.compare(f(0), 1.0)"
    assert ["CORRECT"] * 3 == statuses(grade(judge, exercise_cell(answer), *(check_cell(check, n) for n in (1, 2, 3))))


def test_replacing_pythons_generators_costs_no_answer(judge: Judge) -> None:
    """What a fork needs of them is bound before a student's code runs."""
    answer = "import random\nrandom.getstate = random.setstate = None\nnp.random.get_state = None\ndef f(x): return 1.0"
    assert ["CORRECT"] == statuses(grade(judge, exercise_cell(answer), check_cell("checks.compare(f(0), 1.0)")))


def test_cells_that_are_run_again_find_no_files_of_their_own(judge: Judge) -> None:
    """Or a helper that makes a folder would be lost, because another cell hung."""
    helper = (
        "import os\nos.mkdir('figures')\nos.makedirs('/tmp/deep/down')\nopen('/dev/shm/once', 'x').close()\n"
        "for _ in range(1500):\n    os.mkdir('d')\n    os.chdir('d')\n"
        "os.chmod('.', 0)\ndef helper(x): return 1.0"
    )
    result = grade(
        judge,
        RestoredCell("extra", "e", helper),
        exercise_cell("import os; os._exit(1)", "g", "1.2"),
        exercise_cell("def f(x): return helper(x)"),
        check_cell("checks.compare(f(0), 1.0)"),
    )
    assert ["CORRECT"] == statuses(result)


def test_no_cell_is_run_again_after_the_time_of_a_submission(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells that hang at their second run would else take their time again and again, one after another."""
    limits = dataclasses.replace(judge.limits, setup_seconds=1.0, submission_seconds=3.0)
    monkeypatch.setattr(type(judge), "limits", limits)
    hangs_later = "import os, time\ntime.sleep(9 * (os.getpid() > 2))"
    cells = [RestoredCell("extra", f"e{number}", hangs_later) for number in range(30)]
    runs: list[str] = []
    run = Remote.run

    def counted(remote: Remote, source: str) -> list[dict[str, Any]]:
        runs.append(source)
        return run(remote, source)

    monkeypatch.setattr(Remote, "run", counted)
    result = grade(judge, *cells, exercise_cell("import os; os._exit(1)"), check_cell("checks.compare(f(0), 1.0)"))
    assert result.verdicts[0].points == 0.0
    assert len(cells) < len(runs) < len(cells) + 10
