"""Worker processes: results do not depend on them, and one that dies or hangs costs nothing."""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.classroom import Classroom
from autograder.course import Course
from autograder.gradebook.workers import AHEAD, Pool, cores
from autograder.verdict import GradingResult
from tests.gradebooks import content, export, verdicts
from tests.jobs import Deadly, Honest, Located
from tests.proof import count
from tests.toy import hand_in_variety


def grade(course: Course, workers: int, seed: int | None = None, told: Callable[..., object] = print) -> None:
    """Grade a class; with a seed in another order."""
    with Classroom(course, workers) as classroom:
        plan = classroom.plan(classroom.find(course.submitted))
        if seed is not None:
            random.Random(seed).shuffle(plan.fresh)  # noqa: S311 - an order, no secret
        for result in classroom.grade(plan):
            told(classroom, result)
        assert not any(classroom.write_pages(classroom.handbacks()))
        classroom.write_report()


def test_results_do_not_depend_on_workers_or_order(toy: Course, tmp_path: Path) -> None:
    """One, two and three workers, in the order of names or any other: the same bytes everywhere."""
    hand_in_variety(toy, count(6, 60))
    found = []
    for number, (workers, seed) in enumerate(((1, None), (2, 1), (3, 2), *((2, k) for k in range(count(0, 10))))):
        course = Course.load(toy.root, shutil.copytree(toy.class_folder, tmp_path / str(number)))
        grade(course, workers, seed)
        found.append((content(course), export(course), verdicts(course)))
    assert [found[0]] * len(found) == found


def test_a_killed_worker_is_replaced(toy: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGKILL to a worker, and to its zygote with it, in the middle: every submission is graded, once."""
    monkeypatch.setattr("autograder.gradebook.workers.PAUSE", 0.0)  # the first result is told before the last is there
    hand_in_variety(toy, 6)
    seen: list[GradingResult] = []

    def kill_once(classroom: Classroom, result: GradingResult) -> None:
        if not seen:
            for pid in classroom._pool.pids:
                os.kill(pid, signal.SIGKILL)
        seen.append(result)

    grade(toy, 2, told=kill_once)
    assert sorted(result.student for result in seen) == [f"student{number:03}" for number in range(6)]
    assert {str(result.status) for result in seen} == {"GRADED", "UNREADABLE"}


@pytest.mark.parametrize(("seconds", "words"), [(0.0, "ended"), (60.0, "took longer than 5 s")])
def test_a_job_that_costs_its_worker_is_given_up(
    toy: Course, monkeypatch: pytest.MonkeyPatch, seconds: float, words: str
) -> None:
    """After some workers it is our failure; the jobs that waited behind it are done."""
    monkeypatch.setattr("autograder.gradebook.workers.TRIES", 2)
    with Pool(toy, 1) as pool:
        pool._patience = 5.0
        for job in (Deadly(seconds), Honest(1), Honest(2)):
            pool.submit(job)
        found = [value for done in pool.results() for _, value in done]
    assert set(found) == {f"the process that graded it {words}, 2 times", 1, 2}


def test_results_wait_for_no_other_worker(toy: Course) -> None:
    """Of two jobs each has one, and what one has done is handed on while the other one hangs."""
    with Pool(toy, 2) as pool:
        for job in (Deadly(60.0), Honest(1)):
            pool.submit(job)
        assert [1] == [value for _, value in next(pool.results())]


@pytest.mark.skipif(cores() < 2, reason="one processor serves all workers")
def test_where_all_processors_have_a_worker_each_keeps_to_its_own(toy: Course) -> None:
    """As many workers as processors share none; fewer are placed by the system."""
    own = [frozenset({number}) for number in os.sched_getaffinity(0)]
    for workers, wanted in ((cores(), own), (1, [frozenset(os.sched_getaffinity(0))])):
        with Pool(toy, workers) as pool:
            for _ in range(AHEAD * workers):
                pool.submit(Located())
            assert set(wanted) == {value for done in pool.results() for _, value in done}
