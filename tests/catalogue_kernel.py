"""A lab's catalogue in a plain Jupyter kernel: what a student sees, without any judge."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_client import BlockingKernelClient, KernelManager

from autograder.course import Course
from autograder.intake.submission import RestoredCell
from autograder.judge.catalogue import answers_of, stages
from autograder.source.mistakes import Answer
from autograder.source.percent import read_lab

__all__ = ["Kernel", "kernel_catalogue", "running_kernel"]

SECONDS = 120
# Runs in the kernel: tries cells in a fork of it, which leaves the kernel as it was. What a fork had to import
# (torch's first optimizer imports 800 modules), the kernel imports too, so that the next fork need not.
ATTEMPT = """
def _attempt(cells):
    import contextlib, importlib, io, json, logging, os, sys
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            logging.disable()  # a fork of a kernel sends no messages, and says so each time
            sys.stdout = sys.stderr = io.StringIO()
            before, told = set(sys.modules), []
            for kind, source in cells:
                result = get_ipython().run_cell(source)
                error = result.error_before_exec or result.error_in_exec
                if kind == "checks":
                    verdict = "CORRECT" if error is None else getattr(error, "verdict", "WRONG")
                    told.append([verdict, getattr(error, "misconception", None)])
            with open(writer, "w", encoding="utf-8") as pipe:
                json.dump([told, sorted(set(sys.modules) - before)], pipe)
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, encoding="utf-8") as pipe:
        told, imported = json.load(pipe)
    os.waitpid(child, 0)
    for name in imported:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    print(json.dumps(told))
"""
Told = tuple[tuple[str, str | None], ...]


class Kernel:
    """A started kernel in which cells run one after another."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, source: str) -> str:
        """Run a cell; return what it printed to stdout."""
        printed: list[str] = []

        def keep(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
                printed.append(message["content"]["text"])

        self._client.execute_interactive(source, timeout=SECONDS, output_hook=keep, allow_stdin=False)
        return "".join(printed)

    def attempt(self, cells: tuple[RestoredCell, ...]) -> Told:
        """Run cells in a fork of the kernel; return verdict and misconception of each check among them."""
        told = self.run(f"_attempt({[(cell.kind, cell.source) for cell in cells]!r})")
        return tuple((verdict, misconception) for verdict, misconception in json.loads(told))


@contextmanager
def running_kernel(course: Course) -> Iterator[Kernel]:
    """Start a python3 kernel that finds the reference, as stock nbgrader's would."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(env=os.environ | {"PYTHONPATH": str(course.reference_folder), "OMP_NUM_THREADS": "1"})
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=SECONDS)
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


def kernel_catalogue(course: Course, name: str, step: int) -> Iterator[tuple[Answer, Told]]:
    """Run a lab's catalogue in one kernel, each answer in a fork of it; of each exercise every step-th answer.

    Yields
    ------
    answer, verdicts
        For each answer: verdict and misconception of each of its checks.
    """
    lab = read_lab(course.solutions / f"{name}.py")
    with running_kernel(course) as kernel:
        kernel.run(ATTEMPT)
        for number, stage in enumerate(stages(lab, answers_of(course, lab))):
            for cell in stage.before:
                kernel.run(cell.source)
            for answer, cells in stage.attempts[number % step :: step]:
                yield answer, kernel.attempt(cells)
