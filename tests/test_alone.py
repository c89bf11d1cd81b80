"""Where nothing can be forked, student code runs in processes of their own: same verdicts, and openly no protection."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.intake.restore import restore
from autograder.judge.session import Judge
from autograder.verdict import GradingResult
from tests.toy import SOLVED, handed_in, submission, template


@pytest.fixture(scope="module")
def judge(toy_root: Path) -> Iterator[Judge]:
    """Start a judge that does not fork."""
    with Judge(Course.load(toy_root), "01_toy", forks=False) as running:
        yield running


def graded(judge: Judge, answers: dict[str, str]) -> GradingResult:
    """Grade answers to the toy lab."""
    return judge.grade(restore(submission(handed_in(answers)), template()))


def test_right_answers_get_their_points(judge: Judge) -> None:
    """Cells are run again for each check, so that each check sees the notebook at its place."""
    result = graded(judge, SOLVED)
    assert (["CORRECT"] * 3 + ["MANUAL"], "none") == ([v.status for v in result.verdicts], result.protection)


def test_a_cell_that_ends_the_process_costs_only_itself(judge: Judge) -> None:
    """The run goes on in a new process."""
    statuses = [v.status for v in graded(judge, {**SOLVED, "double": "import os; os._exit(0)"}).verdicts]
    assert ["CRASHED", "CRASHED", "CORRECT", "MANUAL"] == statuses


def test_a_check_changes_nothing_for_the_next(judge: Judge) -> None:
    """Each check has a process of its own."""
    answer = "calls = []\ndef double(x):\n    calls.append(x)\n    return 2 * x if len(calls) == 1 else 0"
    assert "CORRECT" == graded(judge, {"double": answer}).verdicts[0].status
    assert "CORRECT" == graded(judge, {"double": answer}).verdicts[0].status
