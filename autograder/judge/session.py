"""Grading one submission: its cells run in a child, cell by cell, and each check on a fork taken at its place."""

from __future__ import annotations

import ast
import contextlib
import hmac
import importlib
import io
import json
import sys
import time
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from autograder.course import Course, Limits
from autograder.errors import SandboxError
from autograder.intake.submission import Restored, RestoredCell
from autograder.judge.check import LONGEST_MESSAGE, CheckRun, compiled
from autograder.judge.ending import ending, refusal
from autograder.judge.processes import Processes, Replays
from autograder.judge.remote import Remote, printable
from autograder.sandbox.host import Zygote
from autograder.sandbox.launcher import Launcher
from autograder.sandbox.settings import Settings
from autograder.sandbox.wire import DeadlineExceeded, Lost, WireError
from autograder.verdict import CellOutcome, CheckStatus, GradingResult, SubmissionStatus, Verdict

__all__ = ["Judge", "Session", "start_host"]

FORKS = sys.platform == "linux"

_WIDGET = "application/vnd.jupyter.widget-view+json"
_MOST_OUTPUT = 64 * 2**20  # characters that are kept of all cells of one submission


def start_host(course: Course, environment: str, *, forks: bool = FORKS) -> Zygote | Launcher:
    """Start what student code of an environment runs in.

    Parameters
    ----------
    course : Course
        Whose limits hold.
    environment : str
        "numpy" or "torch".
    forks : bool
        Whether student code runs in forks of a zygote; otherwise in processes of their own, slowly and not isolated.
    """
    return (Zygote if forks else Launcher)(course.root / "build" / "matplotlib", Settings.of(course, environment))


class Judge:
    """Grades submissions of one lab; use it as a context manager.

    Parameters
    ----------
    course : Course
        Where the built lab and its reference are.
    lab : str
        The lab's name.
    host : Zygote or Launcher, optional
        One that runs already, which the judge does not end; by default it starts its own.
    forks : bool
        Whether its own forks; see `start_host`.
    """

    def __init__(self, course: Course, lab: str, host: Zygote | Launcher | None = None, *, forks: bool = FORKS) -> None:
        self._forks = forks
        self._course, self._lab = course, lab
        self._secret = course.lab_key(lab)
        self._given = _given_functions(course.source_folder / lab / f"{lab}.ipynb")
        self._host, self._is_ours = host, host is None

    def __enter__(self) -> Self:
        """Import the reference, and start the zygote if none was given."""
        self._import_reference()
        if self._host is None:
            self._host = start_host(self._course, self._course.lab(self._lab).environment, forks=self._forks)
        return self

    def __exit__(self, *_: object) -> None:
        """End the zygote, if it is the judge's own."""
        if self._host is not None and self._is_ours:
            self._host.__exit__()

    def _import_reference(self) -> None:
        """Import the lab's reference before a check does, into whose message it would print, and in whose time."""
        folder = self._course.reference_folder
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))  # hidden parts import it from there
        importlib.invalidate_caches()  # the folder may be newer than this process
        if (folder / f"{self._lab}.py").is_file():
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                importlib.import_module(self._lab)

    def grade(self, restored: Restored) -> GradingResult:
        """Grade one submission.

        Parameters
        ----------
        restored : Restored
            The submission, with everything but the answers taken from the source.

        Raises
        ------
        SandboxError
            Our side failed; the submission can be graded again.
        """
        assert self._host is not None  # noqa: S101 - set on entry
        start = time.monotonic()
        with self.session(restored.student) as session:
            session.run(restored.cells)
        return GradingResult(
            student=restored.student,
            lab=restored.lab,
            status=SubmissionStatus.GRADED,
            seconds=time.monotonic() - start,
            verdicts=tuple(session.verdicts),
            outcomes=tuple(session.outcomes),
            notes=restored.notes,
            protection=self._host.protection,
        )

    @contextlib.contextmanager
    def session(self, student: str) -> Iterator[Session]:
        """Give a student a process, which ends with the block; hidden inputs are drawn for this student.

        Raises
        ------
        SandboxError
            Our side failed.
        """
        assert self._host is not None  # noqa: S101 - set on entry
        host = self._host
        processes = Processes(host, self.limits) if isinstance(host, Zygote) else Replays(host, self.limits)
        try:
            yield Session(self, student, processes)
        finally:
            processes.end()

    @property
    def limits(self) -> Limits:
        """What student code may use."""
        return self._course.limits

    def key(self, student: str, check: str) -> bytes:
        """Return the key that seeds a check's hidden inputs: the student's own, and the same at each regrade."""
        text = f"{student}\0{self._lab}\0{check}"
        return hmac.new(self._secret, text.encode("utf-8", "replace"), "sha256").digest()

    def given_source(self, function: Any) -> str:
        """Return code that defines a given function: its text in a setup cell, or its import."""
        name = function.__name__
        return self._given.get(name) or f"from {function.__module__} import {name}"


@dataclass(slots=True)
class Session:
    """One submission on its way through its cells."""

    judge: Judge
    student: str
    processes: Processes | Replays
    verdicts: list[Verdict] = field(default_factory=list)
    outcomes: list[CellOutcome] = field(default_factory=list)
    _names: dict[str, Any] = field(default_factory=lambda: types.ModuleType("__judge__").__dict__)
    _exercises: dict[str, str] = field(default_factory=dict)
    _failures: dict[str, Verdict] = field(default_factory=dict)
    _room: int = _MOST_OUTPUT
    _has_run_theirs: bool = False

    def run(self, cells: Iterable[RestoredCell]) -> None:
        """Run cells in order."""
        handlers = {
            "setup": self._run_setup,
            "exercise": self._run_student_cell,
            "extra": self._run_student_cell,
            "checks": self._run_check,
            "answer": self._note_answer,
        }
        end = time.monotonic() + self.judge.limits.submission_seconds
        for cell in cells:
            if cell.kind in ("exercise", "extra", "checks") and time.monotonic() > end:
                self._leave_out(cell)
            elif cell.kind in handlers:
                handlers[cell.kind](cell)

    @contextlib.contextmanager
    def branch(self) -> Iterator[Session]:
        """Try cells from here on; after the block this session goes on as if they had not been there."""
        processes = self.processes.branch()
        exercises, failures = dict(self._exercises), dict(self._failures)
        try:
            yield Session(self.judge, self.student, processes, [], [], self._names, exercises, failures)
        finally:
            processes.end()

    def _run_setup(self, cell: RestoredCell) -> None:
        """Run a setup cell on both sides."""
        exec(compiled(cell.source, str(cell.grade_id)), self._names)  # noqa: S102 - the instructor's code
        self._advance(cell, self.judge.limits.setup_seconds)

    def _run_student_cell(self, cell: RestoredCell) -> None:
        if cell.kind == "exercise" and cell.exercise:
            self._exercises[cell.exercise] = cell.exercise_number or "?"
        self._advance(cell, self.judge.limits.cell_seconds)

    def _advance(self, cell: RestoredCell, seconds: float) -> None:
        """Run a cell in a fork, and go on from there; if that fork is lost, go on from before the cell."""
        fork = self.processes.for_cell()
        self._has_run_theirs |= cell.kind != "setup"
        try:
            fork.allow(seconds)
            outputs = fork.run(cell.source)
        except (DeadlineExceeded, Lost, WireError, Exception) as error:  # the last if IPython itself does not run it
            if not self._has_run_theirs:
                raise SandboxError("a setup cell does not run") from error
            self._skip(cell, *ending(error, self.processes.drop(fork), self.judge.limits, seconds))
            return
        self.processes.advance(fork)
        self._note_outputs(cell, [_clean_output(output) for output in outputs])

    def _leave_out(self, cell: RestoredCell) -> None:
        """Neither run nor check what comes after the time of a whole submission is over."""
        text = f"was not run: the notebook took more than {self.judge.limits.submission_seconds:g} seconds before it."
        if cell.kind == "checks":
            message = f"✗ Exercise {cell.exercise_number}: its check {text}"
            verdict = Verdict(str(cell.exercise), str(cell.grade_id), CheckStatus.TIMEOUT, 0.0, cell.points, message)
            self.verdicts.append(verdict)
            self.outcomes.append(CellOutcome(cell.id, _verdict_outputs(verdict)))
        else:
            self._skip(cell, CheckStatus.TIMEOUT, text)

    def _note_outputs(self, cell: RestoredCell, outputs: list[dict[str, Any]]) -> None:
        """Keep a cell's outputs; remember the error of an exercise cell for its checks."""
        self._room -= sum(len(str(output)) for output in outputs)
        kept = (
            outputs if self._room > 0 else [output for output in outputs[-1:] if output.get("output_type") == "error"]
        )
        self.outcomes.append(CellOutcome(cell.id, tuple(kept)))
        errors = [output for output in outputs if output.get("output_type") == "error"]
        if errors and cell.exercise and errors[-1].get("ename") != "NotImplementedError":
            text = f"its cell stops with {errors[-1].get('ename')}: {errors[-1].get('evalue')}"[:2000]
            refused = refusal(errors[-1], self.judge.limits)
            status, text = (refused[0], f"its cell {refused[1]} {text}") if refused else (CheckStatus.WRONG, text)
            self._remember(cell, status, text)

    def _skip(self, cell: RestoredCell, status: CheckStatus, text: str) -> None:
        """Note that a cell killed or stalled its process, or had to be stopped."""
        said = f"This cell {text} It was skipped, and what comes after it ran without it."
        output = {"output_type": "error", "ename": "Skipped", "evalue": text, "traceback": [said]}
        self.outcomes.append(CellOutcome(cell.id, (output,)))
        if cell.exercise:
            self._remember(cell, status, f"its cell {text}")

    def _remember(self, cell: RestoredCell, status: CheckStatus, text: str) -> None:
        message = printable(f"✗ Exercise {cell.exercise_number}: {text}", LONGEST_MESSAGE)
        self._failures[str(cell.exercise)] = Verdict(str(cell.exercise), "", status, 0.0, 0.0, message)

    def check(self, cell: RestoredCell, remote: Remote) -> Verdict:
        """Run a check against a fork of this session's process, which it may change."""
        key = self.judge.key(self.student, str(cell.grade_id))
        run = CheckRun(cell, dict(self._exercises), self.judge.limits, lambda: self.processes.drop(remote))
        return run.judge(remote, self._names, key, lambda f: remote.restore(f.__name__, self.judge.given_source(f)))

    def _run_check(self, cell: RestoredCell) -> None:
        fork = self.processes.fork()
        verdict = self.check(cell, fork)
        self.processes.drop(fork)
        failure = self._failures.get(verdict.exercise)
        if failure is not None and verdict.status is CheckStatus.BLANK:  # the cell says why there is no value
            verdict = replace(verdict, status=failure.status, message=failure.message)
        self.verdicts.append(verdict)
        self.outcomes.append(CellOutcome(cell.id, _verdict_outputs(verdict)))

    def _note_answer(self, cell: RestoredCell) -> None:
        grade_id = str(cell.grade_id)
        self.verdicts.append(Verdict(grade_id, grade_id, CheckStatus.MANUAL, None, cell.points, "read by a person"))


def _given_functions(notebook: Path) -> dict[str, str]:
    """Return the text of each function and class that setup cells define."""
    given = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code" and str(cell["metadata"].get("nbgrader", {}).get("grade_id")).startswith(
            "setup"
        ):
            source = "".join(cell["source"])
            for node in ast.parse(source).body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    given[node.name] = ast.get_source_segment(source, node) or ""
    return given


def _clean_output(output: dict[str, Any]) -> dict[str, Any]:
    """Keep of an output only what nbformat allows: it comes from the student's process."""
    kind, name = (value if isinstance(value := output.get(field), str) else "" for field in ("output_type", "name"))
    if kind == "stream":
        name = "stderr" if name == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": str(output.get("text"))}
    if kind == "error":
        trace = output.get("traceback")
        lines = [str(line) for line in trace] if isinstance(trace, list) else []
        return {
            "output_type": "error",
            "ename": str(output.get("ename")),
            "evalue": str(output.get("evalue")),
            "traceback": lines,
        }
    data = output.get("data")
    shown = {str(k): v for k, v in data.items() if isinstance(v, str)} if isinstance(data, dict) else {}
    if isinstance(data, dict) and _WIDGET in data:  # its text is how Python writes it: nothing for a student to read
        shown["text/plain"] = "a widget: it moves in JupyterLab alone"
    return {"output_type": "display_data", "data": shown, "metadata": {}}


def _verdict_outputs(verdict: Verdict) -> tuple[dict[str, Any], ...]:
    """Write a verdict as stock nbgrader reads it: the message, then the points as the cell's value."""
    points = {"text/plain": f"{verdict.points or 0.0}"}
    return (
        {"output_type": "stream", "name": "stdout", "text": verdict.message + "\n"},
        {"output_type": "execute_result", "data": points, "metadata": {}, "execution_count": None},
    )
