"""Worker processes, which grade one submission after another.

One that dies or hangs is replaced, and its work is tried again.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Protocol, Self

from autograder.gradebook.grader import Grader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from autograder.course import Course

__all__ = ["Job", "Pool", "cores"]

TRIES = 3  # of a job that ends the worker that does it
AHEAD = 2  # jobs that a worker has at once: the next waits for it, not the other way round
PAUSE = 1.0  # seconds between two times that results are handed on: written together, they cost less
GRACE = 120.0  # seconds that a worker may take to start, or for a job beyond what a submission may
_PDEATHSIG = 1


class Job(Protocol):
    """A piece of work; it travels to a worker and back by value."""

    def run(self, grader: Grader) -> Any:
        """Do it, in a worker; the result goes back to the writer."""

    def give_up(self, reason: str) -> Any:
        """Return what to say if no worker could do it."""


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Pool:
    """Worker processes; use it as a context manager.

    Parameters
    ----------
    course : Course
        The course.
    workers : int
        How many processes.
    """

    def __init__(self, course: Course, workers: int) -> None:
        self._course = course
        self._patience = course.limits.submission_seconds + GRACE
        self._count = workers
        self._workers: list[_Worker] = []
        self._waiting: deque[_Task] = deque()

    def __enter__(self) -> Self:
        """Start the processes; they get ready while the caller goes on."""
        self._workers = [_Worker.start(self._course, processor) for processor in _processors(self._count)]
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes, whatever they do."""
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            worker.end()
        self._workers = []

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers."""
        return [worker.process.pid or 0 for worker in self._workers]

    def submit(self, job: Job) -> None:
        """Add a job; :meth:`results` gives what becomes of it."""
        self._waiting.append(_Task(job))

    def results(self) -> Iterator[list[tuple[Any, Any]]]:
        """Yield jobs with their results in the order in which they come, once a second all that have come by then."""
        done: list[tuple[Job, Any]] = []
        pause = time.monotonic() + PAUSE
        self._feed()
        while busy := [worker for worker in self._workers if worker.tasks]:
            until = min(self._next_deadline(busy), pause) if done else self._next_deadline(busy)
            waited = wait([worker.connection for worker in busy], timeout=max(0.0, until - time.monotonic()))
            for worker in busy:
                done += self._collect(worker, ready=worker.connection in waited)
            self._feed()
            if done and time.monotonic() >= pause:
                yield done
                done, pause = [], time.monotonic() + PAUSE
        if done:
            yield done

    def _collect(self, worker: _Worker, *, ready: bool) -> list[tuple[Job, Any]]:
        """Take what a worker has done; replace one that is gone, or that takes too long."""
        if not ready:
            late = time.monotonic() > self._deadline(worker)
            return self._replace(worker, f"took longer than {self._patience:g} s") if late else []
        done = []
        try:
            while worker.tasks and worker.connection.poll():
                said, value = worker.connection.recv()
                worker.since, worker.is_ready = time.monotonic(), True
                if said != "ready":
                    job = worker.tasks.popleft().job
                    done.append((job, value if said == "done" else job.give_up(value)))
        except (EOFError, OSError):
            done += self._replace(worker, "ended")
        return done

    def _replace(self, worker: _Worker, what: str) -> list[tuple[Job, Any]]:
        """Start another worker, and give it the work of this one; give up a job that has cost several workers."""
        worker.process.terminate()
        worker.end()
        self._workers[self._workers.index(worker)] = _Worker.start(self._course, worker.processor)
        current, *others = worker.tasks
        current.tries += 1
        if current.tries < TRIES:
            others.insert(0, current)
        self._waiting.extendleft(reversed(others))
        if current.tries < TRIES:
            return []
        return [(current.job, current.job.give_up(f"the process that graded it {what}, {TRIES} times"))]

    def _feed(self) -> None:
        """Give every worker a job; one more ahead while there are enough left for all."""
        for ahead in range(AHEAD):
            for worker in self._workers:
                if len(self._waiting) > ahead * len(self._workers) and len(worker.tasks) <= ahead:
                    worker.give(self._waiting.popleft())

    def _deadline(self, worker: _Worker) -> float:
        return worker.since + (self._patience if worker.is_ready else GRACE)

    def _next_deadline(self, busy: list[_Worker]) -> float:
        return min(map(self._deadline, busy)) + 0.1


@dataclass(slots=True)
class _Task:
    """A job, and how many workers it has cost."""

    job: Job
    tries: int = 0


@dataclass(slots=True)
class _Worker:
    """One process, seen from the writer; ``since`` is when it last told of itself, in time.monotonic seconds."""

    process: Any
    connection: Connection
    processor: int | None
    tasks: deque[_Task] = field(default_factory=deque)
    since: float = 0.0
    is_ready: bool = False

    @classmethod
    def start(cls, course: Course, processor: int | None) -> Self:
        """Start a process that inherits nothing of this one: a zygote's socket in two processes would mix replies."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        given = (course, theirs, os.getpid(), processor)
        process = context.Process(target=_work, args=given, daemon=True, name="course worker")
        process.start()
        theirs.close()
        return cls(process, ours, processor)

    def give(self, task: _Task) -> None:
        """Hand a job over; if the process is gone, reading from it will tell."""
        if not self.tasks:
            self.since = time.monotonic()
        self.tasks.append(task)
        with contextlib.suppress(OSError):
            self.connection.send(task.job)

    def end(self) -> None:
        """Wait a little for the process to clean up, then end it."""
        self.process.join(5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.connection.close()


def _processors(workers: int) -> list[int | None]:
    """Return the processor that each worker keeps to, with all that it starts, if there are enough workers for all.

    A worker and a student's processes take turns: on one processor they hand over without waking another,
    and share its cache. With fewer workers than processors, the system places them better.
    """
    if workers < max(cores(), 2) or not hasattr(os, "sched_setaffinity"):
        return [None] * workers
    processors = sorted(os.sched_getaffinity(0))
    return [processors[number % len(processors)] for number in range(workers)]


def _work(course: Course, connection: Connection, parent: int, processor: int | None) -> None:
    """Do jobs until there are no more."""
    if processor is not None:
        with contextlib.suppress(OSError):  # the processor was taken from us meanwhile: any other does
            os.sched_setaffinity(0, {processor})
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the writer's to handle
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the grader's own processes end too
    _die_with(parent)
    with Grader(course) as grader, contextlib.suppress(BrokenPipeError):
        connection.send(("ready", None))
        while True:
            try:
                job: Job = connection.recv()
            except (EOFError, OSError):
                return
            try:
                answer = ("done", job.run(grader))
            except Exception:  # noqa: BLE001 - whatever fails in a job, the worker goes on with the next
                answer = ("failed", traceback.format_exc())
            connection.send(answer)


def _die_with(parent: int) -> None:
    """Ask the system for a signal when the writer is gone; where there is none, the closed pipe tells, later."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(0)
