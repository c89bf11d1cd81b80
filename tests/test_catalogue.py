"""Every lab's checks on its catalogue: solutions and variants pass, every mistake is rejected and named.

And the same verdict and misconception in the judge as in a plain kernel.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from autograder.course import Course
from autograder.judge.catalogue import Attempt, judge_catalogue, tally
from autograder.source.mistakes import Answer
from autograder.verdict import CheckStatus, Verdict
from tests.catalogue_kernel import kernel_catalogue
from tests.proof import count

ROOT = Path(__file__).resolve().parents[1]
COURSE = Course.load(ROOT)
# Hidden inputs are drawn from the class's secret: these are always the same ones, and more under `make proof`.
SECRETS = tuple(f"secret {number}" for number in range(count(1, 8)))
# One process a lab: its catalogue is judged once, for all tests.
LABS = [pytest.param(lab.name, marks=pytest.mark.xdist_group(f"catalogue-{lab.name}")) for lab in COURSE.labs]
FEWEST_MISTAKES, MOST_MISTAKES, FEWEST_VARIANTS = 5, 12, 2


@cache
def judged(lab: str) -> tuple[Attempt, ...]:
    """Judge a lab's catalogue once for all tests of this process, with each secret in turn."""
    found: list[Attempt] = []
    for secret in SECRETS:
        with TemporaryDirectory() as folder:
            (Path(folder) / "secret").write_text(secret)
            found += judge_catalogue(Course.load(ROOT, Path(folder)), lab)
    return tuple(found)


@pytest.mark.parametrize("lab", LABS)
def test_right_answers_score_full_marks(lab: str) -> None:
    """The solution and each differently written right answer."""
    refused = {
        (a.answer.exercise, a.answer.line): [v.message for v in a.verdicts]
        for a in judged(lab)
        if a.answer.kind != "mistake" and not a.is_right
    }
    assert refused == {}


@pytest.mark.parametrize("lab", LABS)
def test_every_mistake_is_rejected(lab: str) -> None:
    """No wrong answer of the catalogue gets all the points of its exercise."""
    accepted = [(a.answer.exercise, a.answer.misconception) for a in judged(lab) if a.fault == "a mistake is accepted"]
    assert accepted == []


@pytest.mark.parametrize("lab", LABS)
def test_mistakes_are_named_rightly(lab: str) -> None:
    """Misnamed at most one in a hundred."""
    misnamed = [(a.answer.exercise, a.fault) for a in judged(lab) if a.fault and a.names and a.answer.kind == "mistake"]
    assert misnamed[len(judged(lab)) // 100 :] == []


@pytest.mark.parametrize("lab", LABS)
def test_the_catalogue_has_the_right_size(lab: str) -> None:
    """Each graded exercise has its usual mistakes, no two of a kind, and right answers in other words."""
    counts: dict[str, list[int]] = {}
    for attempt in judged(lab)[: len(judged(lab)) // len(SECRETS)]:
        if sum(verdict.max_points for verdict in attempt.verdicts):
            kinds = counts.setdefault(attempt.answer.exercise, [0, -1])  # the solution is no variant of itself
            kinds[attempt.answer.kind != "mistake"] += 1
    usual = range(FEWEST_MISTAKES, MOST_MISTAKES + 1)
    odd = {name: kinds for name, kinds in counts.items() if kinds[0] not in usual or kinds[1] < FEWEST_VARIANTS}
    assert odd == {}


@pytest.mark.parametrize(
    ("expected", "told", "fault", "counts"),
    [
        ("uphill", "uphill", None, (1, 1, 0)),
        ("uphill", "missing_2", "named missing_2 instead of uphill", (1, 0, 1)),
        ("uphill", None, "named nothing instead of uphill", (1, 0, 0)),
        (None, None, None, (1, 0, 0)),
        (None, "uphill", "named uphill instead of nothing", (1, 0, 1)),
    ],
)
def test_a_mistake_may_have_no_name(
    expected: str | None, told: str | None, fault: str | None, counts: tuple[int, int, int]
) -> None:
    """It is to be rejected then, and a name for it is a wrong one."""
    verdict = Verdict("f", "check_f", CheckStatus.WRONG, 0.0, 1.0, "✗", told)
    attempt = Attempt(Answer("f", expected, "mistake", "f = 1", 1), (verdict,))
    counted = tally([attempt])
    assert (fault, counts) == (attempt.fault, (counted.rejected, counted.named, counted.misnamed))


@pytest.mark.parametrize("lab", LABS)
def test_a_kernel_says_the_same_as_the_judge(lab: str) -> None:
    """Check by check, answer by answer: verdict and misconception; in `make test` of every third answer."""
    in_kernel = {(answer.exercise, answer.line): told for answer, told in kernel_catalogue(COURSE, lab, count(3, 1))}
    in_judge = [
        ((a.answer.exercise, a.answer.line), tuple((v.status.value, v.misconception) for v in a.verdicts))
        for a in judged(lab)
    ]
    different = [(place, in_kernel[place], told) for place, told in in_judge if told != in_kernel.get(place, told)]
    assert len(in_kernel) >= len(in_judge) // len(SECRETS) // 4
    assert different == []


def zygotes() -> list[int]:
    """Return the zygotes that this process has started."""
    below = [int(pid) for pid in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()]
    return [pid for pid in below if b"autograder.sandbox.zygote" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no zygote")
def test_a_zygote_that_ends_is_replaced(toy_root: Path) -> None:
    """Whenever it is killed, the catalogue is judged to its end, and no answer twice."""
    course, found = Course.load(toy_root), []
    for attempt in judge_catalogue(course, "01_toy"):
        found.append(attempt)
        if len(found) in (1, 4):
            (zygote,) = zygotes()
            os.kill(zygote, signal.SIGKILL)
    assert list(judge_catalogue(course, "01_toy")) == found
    assert len(found) > len((1, 4))
