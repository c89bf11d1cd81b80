"""Random numbers that the judge draws for a student's function."""

from __future__ import annotations

import pytest

from autograder.judge.session import Judge
from autograder.verdict import CheckStatus
from tests.toy_judge import verdict_on


def test_a_generator_draws_in_the_judge(judge: Judge) -> None:
    """The student's draws advance the judge's own generator."""
    check = (
        "import copy\nr = np.random.default_rng(3); twin = copy.deepcopy(r)\nv = f(r)\n"
        "assert v.tolist() == twin.normal(scale=10, size=3).tolist() and r.normal() == twin.normal()"
    )
    assert verdict_on(judge, "def f(rng):\n    return rng.normal(scale=10, size=3)", check).message == ""


@pytest.mark.parametrize(
    "draw",
    [
        *("rng.normal(size=4 * 10**8)", "rng.normal(0, 1, (10**4, 10**4))", "rng.normal(0, 1, [10**4, 10**4])"),
        *("rng.permutation(10**9)", "rng.choice(10**9, replace=False)", "rng.normal(np.zeros(2 * 10**6))"),
        *("rng.multivariate_normal(np.zeros(2), np.eye(2))", "rng.spawn(2)", "rng.nothing()"),
    ],
)
def test_the_judge_draws_no_more_than_can_be_waited_for(judge: Judge, draw: str) -> None:
    """Nothing can stop numpy while it draws: too many numbers at once, and unusual ones, are refused."""
    verdict = verdict_on(judge, f"def f(rng): return {draw}", "f(np.random.default_rng(0))")
    assert (verdict.status, "when your work is graded" in verdict.message) == (CheckStatus.WRONG, True)


@pytest.mark.parametrize(
    "draw",
    [
        *("rng.normal(0, 1, (3, 4))", "rng.normal(size=(3, 4))", "rng.choice([9, 8] * 60, 5)", "rng.permutation(12)"),
        *("rng.integers(0, 2**40, 5)", "rng.random(3)", "rng.uniform(-1, 1, 4)", "rng.permuted([[1, 2]], axis=1)"),
    ],
)
def test_the_judge_draws_as_numpy_does(judge: Judge, draw: str) -> None:
    """The usual numbers are those that a generator with the same seed gives."""
    check = f"rng = np.random.default_rng(3)\nassert np.array_equal(f(np.random.default_rng(3)), {draw})"
    assert verdict_on(judge, f"def f(rng): return {draw}", check).message == ""
