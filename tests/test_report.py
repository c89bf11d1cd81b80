"""What the report says of a class: its statistics beside other programs', its rules at their edges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from autograder.course import LabInfo
from autograder.report.correlation import FEWEST, correlate
from autograder.report.exercise_result import exercise_results
from autograder.report.exercises import exercise_statistics
from autograder.report.page import page
from autograder.report.progress import behind, lab_progress
from autograder.report.summary import misconceptions, standing
from autograder.report.suspicions import Suspicion, suspicions
from autograder.verdict import CheckStatus, GradingResult, SubmissionStatus, Verdict
from tests.toy import toy_course

NOW = datetime(2026, 10, 20, tzinfo=UTC)
RIGHT, WRONG, BLANK, MANUAL = CheckStatus.CORRECT, CheckStatus.WRONG, CheckStatus.BLANK, CheckStatus.MANUAL


def verdict(check: str, status: CheckStatus = RIGHT, points: float = 1.0, **others: str) -> Verdict:
    """Return a verdict on check ``a1`` of exercise ``a``; all its points if it is right."""
    given = None if status is MANUAL else points * (status is RIGHT)
    exercise = check if status is MANUAL else check[:-1]
    return Verdict(exercise, check, status, given, points, **others)


def result(student: str, *verdicts: Verdict, lab: str = "01_lab") -> GradingResult:
    """Return what grading found of a student."""
    return GradingResult(student, lab, SubmissionStatus.GRADED, verdicts=verdicts)


def random_class(seed: int, students: int = 40) -> list[GradingResult]:
    """Return a class whose students know a share of everything: three exercises with two checks each."""
    rng = np.random.default_rng(seed)
    checks = [f"{exercise}{number}" for exercise in "abc" for number in (1, 2)]
    knows = rng.random(students)
    return [
        result(f"s{one:02}", *(verdict(name, RIGHT if rng.random() < knows[one] else WRONG) for name in checks))
        for one in range(students)
    ]


@given(st.integers(0, 2**32 - 1), st.integers(FEWEST, 60), st.booleans())
def test_correlation_is_that_of_scipy(seed: int, n: int, binary: bool) -> None:
    """Pearson's r with Fisher's interval, point-biserial if one side is 0 or 1."""
    rng = np.random.default_rng(seed)
    left = rng.integers(0, 2, n) if binary else rng.normal(size=n)
    right = rng.integers(0, 5, n) / 4
    found = correlate(list(zip(left.tolist(), right.tolist(), strict=True)))
    if len(set(left)) == 1 or len(set(right)) == 1:
        assert (None, True) == (found.r, bool(found.why))
        return
    assert found.r is not None
    expected = stats.pearsonr(left, right)
    interval = expected.confidence_interval()
    assert (expected.statistic, interval.low, interval.high) == pytest.approx((found.r, found.low, found.high))
    if binary:
        assert stats.pointbiserialr(left, right).statistic == pytest.approx(found.r)


def test_a_correlation_says_why_there_is_none() -> None:
    """Too few, or nothing that differs."""
    different = [float(number) for number in range(FEWEST)]
    few = correlate([(number, number) for number in different[1:]])
    alike = correlate([(1.0, number) for number in different])
    others = correlate([(number, 1.0) for number in different])
    told = ("fewer than 10 answers", "all answers alike", "all others' points alike")
    assert told == (few.why, alike.why, others.why)
    assert (1.0, 1.0, 1.0) == (
        *(correlate([(x, x) for x in different]).__getattribute__(name) for name in ("r", "low", "high")),
    )


@pytest.mark.parametrize("seed", range(5))
def test_exercise_statistics_are_those_of_the_points_as_a_matrix(seed: int) -> None:
    """Counts, means and discrimination, computed by numpy from one matrix of points."""
    results = random_class(seed)
    points = np.array([[one.points for one in found.verdicts] for found in results])
    for place, entry in enumerate(exercise_statistics(exercise_results(results))):
        own = points[:, 2 * place : 2 * place + 2]
        share, rest = own.mean(axis=1), (points.sum(axis=1) - own.sum(axis=1)) / 4
        counts = [int((share == value).sum()) for value in (1.0, 0.5, 0.0)]
        assert counts == [entry.right, entry.partly, entry.wrong]
        assert (share == 1).mean() == pytest.approx(entry.share_right)
        assert share.mean() == pytest.approx(entry.mean)
        assert np.corrcoef(share, rest)[0, 1] == pytest.approx(entry.discrimination.r)


def test_what_counts_as_an_answer() -> None:
    """Blank counts, unless the exercise is optional; a written answer counts once it is read, and in no rest."""
    optional = [verdict("o1", BLANK, 0.0), verdict("o2", BLANK, 0.0)]
    tried = [verdict("o1", RIGHT, 0.0), verdict("o2", WRONG, 0.0)]
    read = replace(verdict("text", MANUAL, 2.0), points=1.0)
    results = [
        result("ada", verdict("a1"), *optional, verdict("text", MANUAL, 2.0)),
        result("bob", verdict("a1", BLANK), *tried, read),
        replace(result("eve", verdict("a1")), status=SubmissionStatus.INFRA),
    ]
    entries = {entry.exercise: entry for entry in exercise_statistics(exercise_results(results))}
    counts = {name: (one.n, one.right, one.partly, one.blank, one.waiting) for name, one in entries.items()}
    assert {"a": (2, 1, 0, 1, 0), "o": (1, 0, 1, 0, 0), "text": (1, 0, 1, 0, 1)} == counts
    assert [None, 1.0, 1.0, None, 0.0, 0.0] == [one.rest for one in exercise_results(results)]


def found(results: list[GradingResult]) -> list[Suspicion]:
    """Return what is suspected of a class."""
    tried = exercise_results(results)
    return suspicions(tried, exercise_statistics(tried))


def class_of(*rows: tuple[int, CheckStatus, float, str]) -> Iterator[GradingResult]:
    """Return students: how many, what check a1 says, their share of 10 other checks, the misconception at a1."""
    for place, (count, status, share, name) in enumerate(rows):
        others = [verdict(f"b{n}", RIGHT if n < 10 * share else WRONG) for n in range(10)]
        for one in range(count):
            told: dict[str, Any] = {"misconception": name} if name else {}
            yield result(f"{place}{one:02}", verdict("a1", status, **told), *others)


def kinds(*rows: tuple[int, CheckStatus, float, str]) -> list[str]:
    """Return the rules that speak of exercise a."""
    return [entry.kind for entry in found(list(class_of(*rows))) if entry.exercise == "a"]


def test_a_check_that_nobody_passes_is_suspected() -> None:
    """From five who attempted it; those who did not try say nothing."""
    assert ["nobody is right"] == kinds((5, WRONG, 0.9, ""), (9, BLANK, 0.1, ""))
    assert [] == kinds((4, WRONG, 0.9, ""), (9, BLANK, 0.1, ""))
    assert [] == kinds((9, WRONG, 0.5, ""), (1, RIGHT, 0.5, ""))


def test_an_exercise_that_runs_backward_is_suspected() -> None:
    """Only where chance does not explain it."""
    assert ["runs backward"] == kinds((10, RIGHT, 0.2, ""), (10, WRONG, 0.8, ""))
    assert [] == kinds((10, RIGHT, 0.8, ""), (10, WRONG, 0.2, ""))
    mixed = [(1, RIGHT, share / 10, "") for share in (1, 3, 5, 7, 4)] + [
        (1, WRONG, s / 10, "") for s in (2, 4, 6, 8, 4)
    ]
    assert [] == kinds(*mixed)


def test_a_misconception_of_the_best_is_suspected() -> None:
    """Where those who are told of it know as much of the rest as those who are right, and more than others."""
    others = (12, RIGHT, 0.7, "")
    assert ["wrong name"] == kinds(others, (5, WRONG, 0.7, "wrong_sign"), (5, WRONG, 0.2, ""))
    assert [] == kinds(others, (5, WRONG, 0.6, "wrong_sign"))
    assert [] == kinds(others, (4, WRONG, 0.9, "wrong_sign"), (9, WRONG, 0.1, ""))
    assert [] == kinds(
        others, (5, WRONG, 0.7, "wrong_sign"), (4, WRONG, 0.7, ""), (4, WRONG, 0.9, ""), (4, WRONG, 0.5, "")
    )
    assert ["wrong name"] == kinds(others, (5, WRONG, 0.7, "wrong_sign"))


def test_an_unforeseen_error_is_suspected() -> None:
    """Its students and its text are told."""
    failed = verdict("a1", WRONG, cause="Traceback …\nTypeError: no")
    (entry,) = found([result("ada", failed), result("bob", verdict("a1"))])
    assert ("unforeseen error", ("ada",), failed.cause) == (entry.kind, entry.students, entry.cause)
    assert "TypeError: no" in entry.seen


def test_a_misconception_counts_each_student_once() -> None:
    """In two checks of an exercise, or in two labs; the most frequent comes first."""
    told = [verdict(name, WRONG, misconception="sign", message=f"✗ {name}") for name in ("a1", "a2")]
    other = verdict("b1", WRONG, misconception="shape")
    first, second = misconceptions(
        [result("ada", *told, other), result("ada", told[0], lab="02_lab"), result("bob", told[0])]
    )
    assert ("sign", 2, "✗ a1") == (first.name, first.students, first.example)
    assert {("01_lab", "a"): 2, ("02_lab", "a"): 1} == {place: len(group) for place, group in first.places.items()}
    assert ("shape", 1) == (second.name, second.students)


LABS = [
    LabInfo("01_lab", "One", 60, NOW - timedelta(days=20)),
    LabInfo("02_lab", "Two", 60, NOW - timedelta(days=10)),
    LabInfo("03_lab", "Three", 60, NOW - timedelta(days=1)),
    LabInfo("04_lab", "Four", 60, NOW + timedelta(days=1)),
]


def who_is_behind(*shares: float | None, extensions: dict[str, int] | None = None) -> dict[str, str]:
    """Return what is said of a student with these shares in labs 01 to 04; None for nothing handed in."""
    done = {}
    for lab, share in zip(LABS, shares, strict=False):
        checks = [verdict(f"a{n}", RIGHT if n < 10 * (share or 0) else WRONG) for n in range(10)]
        one = result("ada", *checks, lab=lab.name)
        if share is None:
            one = replace(one, status=SubmissionStatus.MISSING, verdicts=())
        done["ada", lab.name] = standing(one, None)
    granted = {("ada", lab): timedelta(days=days) for lab, days in (extensions or {}).items()}
    listed = behind(LABS, ["ada"], done, granted, NOW)
    return dict(listed[0].why) if listed else {}


def test_who_falls_behind() -> None:
    """Weak or missing in both of the last two labs that are due, and in no fewer."""
    both = {"02_lab": "40 % of the points", "03_lab": "nothing handed in"}
    assert both == who_is_behind(1.0, 0.4, None, None)
    assert {} == who_is_behind(0.0, 0.5, None, None)
    assert {} == who_is_behind(0.0, 0.0, 0.5, None)
    assert both == who_is_behind(1.0, 0.4)  # nothing is known of the third


def test_an_extension_moves_what_is_due() -> None:
    """The lab that a student may still hand in does not count; the one before it does."""
    assert {} == who_is_behind(1.0, 0.4, None, extensions={"03_lab": 2})
    assert {"01_lab", "02_lab"} == set(who_is_behind(0.1, 0.4, None, extensions={"03_lab": 2}))


def test_what_is_ours_or_unread_puts_nobody_behind() -> None:
    """A failure on our side counts for nobody; points that a person has still to give are no points lost."""
    half = result("ada", verdict("a1"), verdict("text", MANUAL, 9.0), lab="03_lab")
    ours = GradingResult("bob", "03_lab", SubmissionStatus.INFRA)
    lost = GradingResult("eve", "03_lab", SubmissionStatus.UNREADABLE)
    done = {(one.student, one.lab): standing(one, None) for one in (half, ours, lost)}
    listed = behind(LABS[2:3], ["ada", "bob", "eve"], done, {}, NOW)
    assert [("eve", {"03_lab": "cannot be read"})] == [(entry.student, entry.why) for entry in listed]


def test_a_long_list_of_those_behind_is_folded(tmp_path: Path) -> None:
    """The first twenty stand there, so that what the class misunderstands is in reach; the others are a click away."""
    course = toy_course(tmp_path / "toy")
    missing = SubmissionStatus.MISSING
    places = [(f"s{number:02}", lab.name) for number in range(25) for lab in course.labs]
    told = page(course, {place: GradingResult(*place, missing) for place in places}, {}, now=NOW)
    _, listed = told.split('<h2 id="behind">')
    listed, _ = listed.split('<h2 id="misconceptions">')
    shown, folded = listed.split("<details><summary>5 more</summary>")
    assert [shown.count('<th scope="row">s'), folded.count('<th scope="row">s')] == [20, 5]


def test_progress_has_the_quartiles_of_numpy() -> None:
    """Least, quarters and most; late and missing work is counted."""
    results = random_class(3, students=23)
    results[0] = replace(results[0], late_seconds=60.0)
    missing = GradingResult("zoe", "01_lab", SubmissionStatus.MISSING)
    done = {(one.student, one.lab): standing(one, None) for one in [*results, missing]}
    row = lab_progress("01_lab", [student for student, _ in done], done)
    shares = [one.points / one.max_points for one in results]
    assert np.percentile(shares, [0, 25, 50, 75, 100]) == pytest.approx(np.array(row.shares))
    assert (24, 23, 1) == (row.students, row.handed_in, row.late)
