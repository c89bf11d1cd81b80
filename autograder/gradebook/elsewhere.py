"""Grading on other machines: the same pure step, handed out by a Dask scheduler; nothing is written there for good.

A machine gets a notebook, the lab's source and reference, and a key of that lab alone: no gradebook, no other work,
not the class's secret. It has no disk in common with this one. One that is lost costs nothing: its work goes to others.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import socket
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

from autograder.errors import StoppedError, UsageError
from autograder.gradebook.grader import Graded, Grader, Grading
from autograder.gradebook.key import lab_files, versions
from autograder.gradebook.workers import Pool
from autograder.intake.folder import read_submission
from autograder.verdict import SubmissionStatus

if TYPE_CHECKING:
    from autograder.course import Course

__all__ = ["Elsewhere", "LabParts"]

AHEAD = 2  # notebooks that a thread of a machine has at once
PATIENCE = 60.0  # seconds to wait for a scheduler, or for a machine if there is none
_HERE = threading.local()  # what a thread of a machine keeps between two notebooks


@dataclass(frozen=True, slots=True)
class LabParts:
    """All that a machine needs to grade one lab: what course.toml says, and files by their path in a course."""

    course: Course
    files: Mapping[str, bytes]

    @classmethod
    def of(cls, course: Course, lab: str) -> Self:
        """Gather a lab's source, the references that it may ask for, and the key of its hidden inputs."""
        files = {str(path.relative_to(course.root)): path.read_bytes() for path in lab_files(course, lab)}
        files[f"class/keys/{lab}"] = course.lab_key(lab)
        return cls(replace(course, root=Path(), class_folder=Path("class")), files)

    @property
    def digest(self) -> str:
        """What tells these parts from others."""
        whole = hashlib.sha256(repr(self.course).encode())
        for name, content in sorted(self.files.items()):
            whole.update(f"{name}\0{len(content)}\0".encode() + content)
        return whole.hexdigest()

    def unpack(self, root: Path) -> Course:
        """Write the files below a folder, and return the course that they are."""
        for name, content in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return replace(self.course, root=root, class_folder=root / "class")


class Elsewhere:
    """The machines of a Dask scheduler, with the methods of a `Pool`; use it as a context manager.

    Parameters
    ----------
    course : Course
        The course, built.
    address : str
        The scheduler's, such as ``tcp://10.0.0.1:8786`` or ``tls://…``.
    """

    def __init__(self, course: Course, address: str) -> None:
        self._course, self._address = course, address
        self._waiting: deque[Grading] = deque()
        self._running: dict[Any, Grading] = {}
        self._parts: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Find the scheduler.

        Raises
        ------
        UsageError
            Dask is not installed, or there is no scheduler.
        """
        try:
            from distributed import Client
        except ImportError as error:
            raise UsageError("Dask is not installed: pip install '.[dask]'") from error
        try:
            self._client = Client(self._address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError(f"no Dask scheduler answers at {self._address}: {error}") from error
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the scheduler; what runs is given up."""
        self._client.close()

    def submit(self, job: Grading) -> None:
        """Add a job; :meth:`results` gives what becomes of it."""
        self._waiting.append(job)

    def results(self) -> Iterator[list[tuple[Grading, Graded]]]:
        """Yield jobs with their results as they come, in any order.

        Raises
        ------
        StoppedError
            There are no machines, or one has other versions than this one.
        """
        from distributed import wait

        while self._waiting or self._running:
            if settled := self._feed():
                yield settled
            if not self._running:
                continue
            try:
                with self._client.as_current():
                    done, _ = wait(list(self._running), timeout=PATIENCE, return_when="FIRST_COMPLETED")
            except TimeoutError:
                self._need_machines()
                continue
            yield [(job, self._result(future, job)) for future in done if (job := self._running.pop(future))]

    def _feed(self) -> list[tuple[Grading, Graded]]:
        """Hand out what the machines can take; return what needs none of them."""
        settled = []
        room = AHEAD * max(1, sum(self._client.nthreads().values()))
        while self._waiting and len(self._running) < room:
            job = self._waiting.popleft()
            if job.trouble or not self._is_gradable(job):
                with Grader(self._course) as grader:
                    settled.append((job, job.run(grader)))
            else:
                self._running[self._hand_out(job)] = job
        return settled

    def _is_gradable(self, job: Grading) -> bool:
        lab = job.submission.lab
        readable = read_submission(job.submission).status is SubmissionStatus.GRADED
        return readable and (self._course.source_folder / lab / f"{lab}.ipynb").is_file()

    def _hand_out(self, job: Grading) -> Any:
        lab = job.submission.lab
        if lab not in self._parts:
            parts = LabParts.of(self._course, lab)  # a task of its own: where it is lost, it is made again
            self._parts[lab] = self._client.submit(_itself, parts, key=f"lab-{parts.digest}")
        content = job.submission.path.read_bytes()
        sent = replace(job, submission=replace(job.submission, path=Path()))
        return self._client.submit(_grade, self._parts[lab], sent, content, versions(), pure=False)

    def _result(self, future: Any, job: Grading) -> Graded:
        from distributed import KilledWorker

        error = future.exception()
        if error is None:
            graded: Graded = future.result()
            return graded
        if isinstance(error, KilledWorker):
            return job.give_up("the machines that graded it were lost")
        raise StoppedError(f"stopped, because a machine of {self._address} cannot grade: {error}. Then run this again.")

    def _need_machines(self) -> None:
        if not self._client.nthreads():
            raise StoppedError(
                f"stopped, because the scheduler at {self._address} has no machines: start a worker, then run the same "
                "command again; it goes on from there."
            )


def _itself(parts: LabParts) -> LabParts:
    return parts


def _grade(parts: LabParts, job: Grading, content: bytes, wanted: tuple[str, str]) -> Graded:
    """Grade a notebook, on a machine, in a process of this thread's that has the lab at hand."""
    if versions() != wanted:
        raise RuntimeError(f"install the versions of here on {socket.gethostname()}: its autograder or packages differ")
    if multiprocessing.current_process().daemon:
        raise RuntimeError("its workers may not start processes: start them with --no-nanny")
    course, pool = _at_hand(parts)
    path = course.root / "notebook.ipynb"
    path.write_bytes(content)
    pool.submit(replace(job, submission=replace(job.submission, path=path)))
    graded: Graded = next(done for found in pool.results() for _, done in found)
    return graded


def _at_hand(parts: LabParts) -> tuple[Course, Pool]:
    """Return the lab, unpacked, and its process; another lab takes their place."""
    if getattr(_HERE, "digest", None) != parts.digest:
        if hasattr(_HERE, "pool"):
            _HERE.pool.__exit__()
            _HERE.folder.cleanup()
        _HERE.folder = TemporaryDirectory(prefix="course-")
        _HERE.course = parts.unpack(Path(_HERE.folder.name))
        _HERE.pool = Pool(_HERE.course, 1).__enter__()
        _HERE.digest = parts.digest
    return _HERE.course, _HERE.pool
