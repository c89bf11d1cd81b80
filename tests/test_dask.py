"""Grading on other machines: a real scheduler and two workers, over loopback; one of them is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.classroom import Classroom
from autograder.cli import main
from autograder.course import Course
from autograder.gradebook.elsewhere import LabParts
from tests.gradebooks import content, export, verdicts
from tests.test_workers import grade
from tests.toy import hand_in_variety

pytest.importorskip("distributed", reason="no Dask: pip install '.[dask]'")
STUDENTS = 8


def program(module: str, folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start one of Dask's programs, in a folder of its own."""
    command = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.{module}", *words]
    folder.mkdir()
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and two workers that share nothing with the class but loopback; give its address, and them."""
    file = tmp_path / "scheduler.json"
    listen = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    running = [program("dask_scheduler", tmp_path / "scheduler", *listen, "--scheduler-file", str(file))]
    try:
        while not file.exists():
            assert running[0].poll() is None, (tmp_path / "scheduler" / "log").read_text()
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        words = (address, "--no-nanny", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")
        workers = [program("dask_worker", tmp_path / f"worker{number}", *words) for number in (1, 2)]
        running += workers
        yield address, workers
    finally:
        for process in running:
            process.kill()
            process.wait()


def test_a_lost_machine_loses_nothing(
    toy: Course, tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    """One of two machines is killed after the first result: all is as after a local run, byte for byte."""
    address, workers = cluster
    hand_in_variety(toy, STUDENTS)
    local = Course.load(toy.root, shutil.copytree(toy.class_folder, tmp_path / "local"))
    grade(local, 2, told=lambda *_: None)
    seen: list[str] = []
    with Classroom(toy, 1, address) as classroom:
        for result in classroom.grade(classroom.plan(classroom.find(toy.submitted))):
            if result.protection != "none" and not seen:
                os.kill(workers[0].pid, signal.SIGKILL)
                seen.append(result.student)
        assert not any(classroom.write_pages(classroom.handbacks()))
        classroom.write_report()
    assert workers[0].wait() == -signal.SIGKILL
    assert content(local) == content(toy)
    assert export(local) == export(toy)
    assert verdicts(local) == verdicts(toy)
    assert seen


def test_a_machine_gets_no_more_than_it_needs(toy: Course, tmp_path: Path) -> None:
    """It has one lab's source, reference and key, and nothing of the secret, the gradebook or this computer's paths."""
    secret, parts = toy.secret(), LabParts.of(toy, "01_toy")
    assert {"build/source/01_toy/01_toy.ipynb", "build/reference/01_toy.py", "class/keys/01_toy"} <= parts.files.keys()
    assert not [name for name in parts.files if "02_more" in name]
    assert not [name for name, held in parts.files.items() if secret in held or bytes(toy.root) in held]
    assert str(toy.root) not in repr(parts.course)
    there = parts.unpack(tmp_path / "there")
    assert toy.lab_key("01_toy") == there.lab_key("01_toy") != toy.lab_key("02_more")
    assert not (there.class_folder / "secret").exists()


def test_no_scheduler(toy: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An address at which nobody answers is said in a sentence."""
    monkeypatch.setattr("autograder.gradebook.elsewhere.PATIENCE", 1.0)
    hand_in_variety(toy, 1)
    where = ["--root", str(toy.root), "grade", "--class", str(toy.class_folder)]
    assert main([*where, "--dask", "tcp://127.0.0.1:9"]) == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err
