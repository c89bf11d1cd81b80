"""A lab's catalogue in a plain Jupyter kernel: what a student sees, without any judge."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_client import BlockingKernelClient, KernelManager

from autograder.course import Course
from autograder.intake.submission import RestoredCell
from autograder.judge.catalogue import answers_of, attempt_cells
from autograder.source.mistakes import Answer
from autograder.source.percent import read_lab

__all__ = ["Kernel", "kernel_catalogue", "running_kernel"]

SECONDS = 120
LAST_ERROR = """
import sys as _sys, json as _json
_e = getattr(_sys, "last_value", None)
print(_json.dumps([getattr(_e, "verdict", "WRONG"), getattr(_e, "misconception", None), str(_e)]))
"""


class Kernel:
    """A started kernel in which cells run one after another."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, source: str) -> tuple[dict[str, Any], str]:
        """Run a cell; return the reply's content and what it printed to stdout."""
        printed: list[str] = []

        def keep(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
                printed.append(message["content"]["text"])

        reply = self._client.execute_interactive(source, timeout=SECONDS, output_hook=keep, allow_stdin=False)
        return reply["content"], "".join(printed)

    def verdict(self, cell: RestoredCell) -> tuple[str, str | None]:
        """Run a check; return its verdict and the misconception that it names."""
        import json

        content, _ = self.run(cell.source)
        if content["status"] == "ok":
            return "CORRECT", None
        _, told = self.run(LAST_ERROR)
        verdict, misconception, _ = json.loads(told)
        return verdict, misconception


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


def kernel_catalogue(course: Course, name: str) -> Iterator[tuple[Answer, tuple[tuple[str, str | None], ...]]]:
    """Run a lab's whole catalogue in one kernel, emptied between two answers.

    Yields
    ------
    answer, verdicts
        For each answer: verdict and misconception of each of its checks.
    """
    lab = read_lab(course.solutions / f"{name}.py")
    with running_kernel(course) as kernel:
        for answer in answers_of(course, lab):
            kernel.run("%reset -f")
            verdicts = []
            for cell in attempt_cells(lab, answer):
                if cell.kind == "checks":
                    verdicts.append(kernel.verdict(cell))
                else:
                    kernel.run(cell.source)
            yield answer, tuple(verdicts)
