"""What was found of each submission, one line each, written as soon as it is known."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any

from autograder.files import write_whole
from autograder.verdict import CheckStatus, GradingResult, SubmissionStatus, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Journal"]

_VERDICT_FIELDS = {field.name for field in fields(Verdict)}


class Journal:
    """The results of a class, the last of each submission counting.

    Parameters
    ----------
    path : Path
        A file of JSON lines; a line that a killed run left half written does not count.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, result: GradingResult) -> None:
        """Add one result; outputs of cells are kept in the graded notebook, not here."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write("\n" + _line(result))  # a half line before must not spoil this one

    def latest(self) -> dict[tuple[str, str], GradingResult]:
        """Return the last result of each submission, by student and lab."""
        found: dict[tuple[str, str], GradingResult] = {}
        lines = self.path.read_bytes().splitlines() if self.path.exists() else []
        for line in lines:
            result = _result(line)
            if result is not None:
                found[result.student, result.lab] = result
        return dict(sorted(found.items()))

    def keep(self, wanted: Callable[[tuple[str, str]], bool]) -> None:
        """Drop what is superseded, and submissions that are gone."""
        kept = [_line(result) for key, result in self.latest().items() if wanted(key)]
        write_whole(self.path, "".join(kept))


def _line(result: GradingResult) -> str:
    return json.dumps(asdict(replace(result, outcomes=()))) + "\n"


def _result(line: bytes) -> GradingResult | None:
    try:
        values: dict[str, Any] = json.loads(line)
        verdicts = [{key: verdict[key] for key in verdict.keys() & _VERDICT_FIELDS} for verdict in values["verdicts"]]
        values["verdicts"] = tuple(Verdict(**{**v, "status": CheckStatus(v["status"])}) for v in verdicts)
        values |= {"status": SubmissionStatus(values["status"]), "notes": tuple(values["notes"]), "outcomes": ()}
        return GradingResult(**values)
    except (ValueError, KeyError, TypeError):
        return None
