"""Grading one submission: its cells run in a child, cell by cell, and each check on a fork taken at its place."""

from __future__ import annotations

import ast
import hmac
import json
import sys
import time
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from autograder.course import Course
from autograder.errors import SandboxError
from autograder.intake.submission import Restored, RestoredCell
from autograder.judge.check import CheckRun
from autograder.judge.remote import Remote
from autograder.sandbox.host import Zygote
from autograder.sandbox.wire import DeadlineExceeded, Lost, WireError
from autograder.verdict import CellOutcome, CheckStatus, GradingResult, SubmissionStatus, Verdict

__all__ = ["Judge", "Session"]


class Judge:
    """Grades submissions of one lab; use it as a context manager.

    Parameters
    ----------
    course : Course
        Where the built lab and its reference are.
    lab : str
        The lab's name.
    """

    def __init__(self, course: Course, lab: str) -> None:
        self._course, self._lab = course, lab
        self._secret = course.secret()
        self._given = _given_functions(course.source_folder / lab / f"{lab}.ipynb")
        self._zygote: Zygote | None = None

    def __enter__(self) -> Self:
        """Start the zygote."""
        reference = str(self._course.reference_folder)
        if reference not in sys.path:
            sys.path.insert(0, reference)  # hidden parts import the reference from there
        environment = self._course.lab(self._lab).environment
        self._zygote = Zygote(self._course.root / "build" / "matplotlib", environment)
        return self

    def __exit__(self, *_: object) -> None:
        """End the zygote."""
        assert self._zygote is not None  # noqa: S101 - set on entry
        self._zygote.__exit__()

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
        assert self._zygote is not None  # noqa: S101 - set on entry
        start = time.monotonic()
        sock, pid = self._zygote.spawn()
        session = Session(self, restored, Remote(sock, pid, pid))
        try:
            session.run()
        finally:
            session.child.dismiss()
            self._zygote.end(pid)
        return GradingResult(
            student=restored.student,
            lab=restored.lab,
            status=SubmissionStatus.GRADED,
            seconds=time.monotonic() - start,
            verdicts=tuple(session.verdicts),
            outcomes=tuple(session.outcomes),
            notes=restored.notes,
        )

    @property
    def limits(self) -> Any:
        """Seconds that student code may take."""
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
    restored: Restored
    child: Remote
    verdicts: list[Verdict] = field(default_factory=list)
    outcomes: list[CellOutcome] = field(default_factory=list)
    _names: dict[str, Any] = field(default_factory=dict)
    _exercises: dict[str, str] = field(default_factory=dict)
    _failures: dict[str, Verdict] = field(default_factory=dict)

    def run(self) -> None:
        """Run all cells in order."""
        self._names = types.ModuleType("__judge__").__dict__
        handlers = {
            "setup": self._run_setup,
            "exercise": self._run_student_cell,
            "extra": self._run_student_cell,
            "checks": self._run_check,
            "answer": self._note_answer,
        }
        for cell in self.restored.cells:
            if cell.kind in handlers:
                handlers[cell.kind](cell)

    def _run_setup(self, cell: RestoredCell) -> None:
        """Run a setup cell on both sides."""
        exec(compile(cell.source, f"<{cell.grade_id}>", "exec"), self._names)  # noqa: S102 - the instructor's code
        self._advance(cell, self.judge.limits.setup_seconds)

    def _run_student_cell(self, cell: RestoredCell) -> None:
        if cell.kind == "exercise" and cell.exercise:
            self._exercises[cell.exercise] = cell.exercise_number or "?"
        self._advance(cell, self.judge.limits.cell_seconds)

    def _advance(self, cell: RestoredCell, seconds: float) -> None:
        """Run a cell in a fork, and go on from there; if that fork is lost, go on from before the cell."""
        fork = None
        try:
            self.child.allow(seconds)
            fork = self.child.fork()
            fork.allow(seconds)
            outputs = fork.run(cell.source)
        except (DeadlineExceeded, Lost, WireError) as error:
            if fork is None:
                raise SandboxError("the student's process did not fork") from error
            fork.kill()
            self._skip(cell, error, seconds)
            return
        self.child.dismiss()
        self.child = fork
        self._note_outputs(cell, outputs)

    def _note_outputs(self, cell: RestoredCell, outputs: list[dict[str, Any]]) -> None:
        """Keep a cell's outputs; remember the error of an exercise cell for its checks."""
        self.outcomes.append(CellOutcome(cell.id, tuple(map(_clean_output, outputs))))
        errors = [output for output in outputs if output.get("output_type") == "error"]
        if errors and cell.exercise and errors[-1].get("ename") != "NotImplementedError":
            text = f"its cell stops with {errors[-1].get('ename')}: {errors[-1].get('evalue')}"
            self._remember(cell, CheckStatus.WRONG, text[:2000])

    def _skip(self, cell: RestoredCell, error: BaseException, seconds: float) -> None:
        """Note that a cell killed or stalled its process."""
        slow = isinstance(error, DeadlineExceeded)
        text = f"the cell did not finish within {seconds:g} seconds" if slow else "the cell ended the Python process"
        output = {"output_type": "error", "ename": "Skipped", "evalue": text, "traceback": [f"{text}; it was skipped"]}
        self.outcomes.append(CellOutcome(cell.id, (output,)))
        if cell.exercise:
            self._remember(cell, CheckStatus.TIMEOUT if slow else CheckStatus.CRASHED, text)

    def _remember(self, cell: RestoredCell, status: CheckStatus, text: str) -> None:
        message = f"✗ Exercise {cell.exercise_number}: {text}"
        self._failures[str(cell.exercise)] = Verdict(str(cell.exercise), "", status, 0.0, 0.0, message)

    def _run_check(self, cell: RestoredCell) -> None:
        run = CheckRun(cell, dict(self._exercises), self.judge.limits.check_seconds)
        key = self.judge.key(self.restored.student, str(cell.grade_id))
        with self._fork() as fork:
            verdict = run.judge(fork, self._names, key, lambda f: fork.restore(f.__name__, self.judge.given_source(f)))
        failure = self._failures.get(verdict.exercise)
        if failure is not None and verdict.status is CheckStatus.BLANK:  # the cell says why there is no value
            verdict = replace(verdict, status=failure.status, message=failure.message)
        self.verdicts.append(verdict)
        self.outcomes.append(CellOutcome(cell.id, _verdict_outputs(verdict)))

    @contextmanager
    def _fork(self) -> Iterator[Remote]:
        self.child.allow(self.judge.limits.cell_seconds)
        try:
            fork = self.child.fork()
        except (DeadlineExceeded, Lost, WireError) as error:
            raise SandboxError("the student's process did not fork") from error
        try:
            yield fork
        finally:
            fork.kill()

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
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
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
    return {"output_type": "display_data", "data": shown, "metadata": {}}


def _verdict_outputs(verdict: Verdict) -> tuple[dict[str, Any], ...]:
    """Write a verdict as stock nbgrader reads it: the message, then the points as the cell's value."""
    points = {"text/plain": f"{verdict.points or 0.0}"}
    return (
        {"output_type": "stream", "name": "stdout", "text": verdict.message + "\n"},
        {"output_type": "execute_result", "data": points, "metadata": {}, "execution_count": None},
    )
