"""Whatever ends a run, and wherever: the same command completes it, as if nothing had happened."""

from __future__ import annotations

import ctypes
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from autograder.cli import main
from autograder.course import Course
from autograder.gradebook.journal import Journal
from tests.gradebooks import audited, content, export, verdicts
from tests.proof import count
from tests.test_load import honest
from tests.toy import hand_in, hand_in_variety

REAL = Path(__file__).resolve().parents[1]
STUDENTS = count(10, 60)  # in full, with real labs
KILLS, FULL_DISKS = count(4, 40), count(1, 10)
RANDOM = random.Random(5)  # noqa: S311 - moments, no secrets


def command(course: Course) -> list[str]:
    """Return the command that grades a class with two workers."""
    where = ["--root", str(course.root), "grade", "--class", str(course.class_folder)]
    return [sys.executable, "-W", "ignore", "-m", "autograder.cli", *where, "--workers", "2"]


def again(course: Course) -> int:
    """Run the same command to its end, with one worker; return its exit code."""
    return main(["--root", str(course.root), "grade", "--class", str(course.class_folder), "--workers", "1"])


def left(course: Course) -> tuple[Any, ...]:
    """Return all that is left of a run: rows, graded notebooks, pages, report, nbgrader's export, verdicts, audit."""
    return content(course), export(course), verdicts(course), audited(course)


def hand_in_real_work(course: Course) -> None:
    """Let each student hand in one of the labs: right, wrong and blank, as chance has it; one is no notebook."""
    labs = [lab.name for lab in course.labs]
    for number in range(STUDENTS):
        lab = labs[number % len(labs)]
        work = json.dumps(honest(course, lab, number, loops=False)) if number else "no notebook"
        path = hand_in(course.submitted, f"student{number:03}", work, lab)
        (path.parent / "timestamp.txt").write_text("2026-09-25 22:00:00 UTC")
    (course.class_folder / "secret").write_text("the same for all")


@pytest.fixture(scope="module")
def whole(toy_root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, tuple[Any, ...], float]:
    """Return a class before grading, what an uninterrupted run leaves of it, and the seconds that the run takes."""
    root, folder = REAL if count(0, 1) else toy_root, tmp_path_factory.mktemp("whole") / "class"
    before = Course.load(root, folder)
    if root == toy_root:
        shutil.copytree(toy_root / "empty", folder)
        hand_in_variety(before, STUDENTS)
    else:
        hand_in_real_work(before)
    course = Course.load(root, shutil.copytree(folder, folder.with_name("graded")))
    start = time.monotonic()
    subprocess.run(command(course), check=True, capture_output=True)
    return before, left(course), time.monotonic() - start


def kill_after(course: Course, seconds: float) -> None:
    """Grade in a process group of its own, and end all of it after some seconds."""
    run = subprocess.Popen(command(course), start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        run.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()


def test_kill_at_any_moment(whole: tuple[Course, tuple[Any, ...], float], tmp_path: Path) -> None:
    """SIGKILL to the whole process group at random moments, then the same command: all as in an uninterrupted run."""
    before, wanted, seconds = whole
    rounds = count(1, KILLS)  # in full, each kill has a class of its own; else they follow one another in one class
    for number in range(rounds):
        course = Course.load(before.root, shutil.copytree(before.class_folder, tmp_path / str(number)))
        for _ in range(KILLS // rounds):
            kill_after(course, RANDOM.uniform(0.2, 1.0) * seconds)
        assert again(course) == 0
        assert left(course) == wanted


def test_ctrl_c(whole: tuple[Course, tuple[Any, ...], float], tmp_path: Path) -> None:
    """Ctrl+C ends a run at once, says what is done and what to do; what is done is not done again."""
    before, wanted, _ = whole
    course = Course.load(before.root, shutil.copytree(before.class_folder, tmp_path / "class"))
    run = subprocess.Popen(command(course), start_new_session=True, stderr=subprocess.PIPE, text=True)
    while run.poll() is None and not Journal.of(course).latest():
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGINT)
    said = run.communicate()[1]
    assert run.returncode == 1
    assert "stopped: " in said
    assert "submissions are graded and kept. Run the same command again" in said
    assert "Traceback" not in said
    assert again(course) == 0
    assert left(course) == wanted


def size_of(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@contextmanager
def small_disk(where: Path, size: int) -> Iterator[None]:
    """Mount a disk of so many bytes."""
    libc = ctypes.CDLL(None, use_errno=True)
    where.mkdir()
    if os.geteuid() != 0 or libc.mount(b"tmpfs", bytes(where), b"tmpfs", 0, f"size={size}".encode()):
        pytest.skip("only root can mount a small disk")
    try:
        yield
    finally:
        libc.umount2(bytes(where), 2)  # MNT_DETACH


def test_full_disk(whole: tuple[Course, tuple[Any, ...], float], tmp_path: Path) -> None:
    """A disk that fills up stops the run with a sentence; with room again, the same command completes it."""
    before, wanted, _ = whole
    size, needed = (size_of(before.class_folder.with_name(name)) for name in ("class", "graded"))
    for number in range(FULL_DISKS):
        where = tmp_path / str(number)
        with small_disk(where, 2 * size + 64 * 2**20):
            course = Course.load(before.root, shutil.copytree(before.class_folder, where / "class"))
            ballast = where / "ballast"
            room = RANDOM.randrange(4096, (needed - size) // 2)
            with ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(where).free - room)
            done = subprocess.run(command(course), capture_output=True, text=True, check=False)
            assert done.returncode == 1
            assert "stopped, because" in done.stderr
            assert "Traceback" not in done.stderr
            ballast.unlink()
            assert again(course) == 0
            assert left(course) == wanted
