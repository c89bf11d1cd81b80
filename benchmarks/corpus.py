"""The corpus of attacks, faults and odd notebooks, through stock nbgrader and through `course grade`.

    .venv/bin/python benchmarks/corpus.py [--every N]

Both grade the same notebooks of the same labs. Stock nbgrader has no sandbox, so cases that go for the machine itself
are left out of both; `tests/test_corpus.py` tries them. A stock cell may take as long as ours.
The last lines are a table.
Ends with status 1 if `course grade` gives an unearned point, loses a student or refuses a right answer.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.corpus import CORPUS  # noqa: E402 - found from here
from tests.corpus.case import Case  # noqa: E402
from tests.corpus.school import LABS, School  # noqa: E402

__all__ = ["main"]

SCORES = """
import json, sys
from nbgrader.api import Gradebook
with Gradebook(sys.argv[1]) as book:
    print(json.dumps({
        s.student.id: {g.name: g.auto_score for n in s.notebooks for g in n.grades}
        for s in book.assignment_submissions(sys.argv[2])
    }))
"""
FATES = {
    "forged": "points for what is not solved",
    "lost": "no grade at all",
    "refused": "right answers in an odd style or file, without full points",
    "hurt": "right answers beside an attack or a fault, without full points",
}
Points = dict[str, float]


def main(arguments: list[str] | None = None) -> int:
    """Grade twice, compare, print; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every N-th case alone")
    chosen = parser.parse_args(arguments)
    cases = [case for case in CORPUS if not case.isolated][:: chosen.every]
    with tempfile.TemporaryDirectory() as folder:
        school = School(Path(folder) / "ours")
        school.folder.mkdir()
        school.open()
        with school.listening():
            for case in cases:
                school.hand_in(case)
            stock = stock_points(school, Path(folder) / "stock")
            school.grade()
        return report(cases, school, stock)


def stock_points(school: School, folder: Path) -> dict[tuple[str, str], Points]:
    """Grade a school's class with nbgrader's own commands; return points by student and lab, then by check."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # of waiting: each lab has a class and processes of its own
        found = pool.map(lambda lab: lab_points(school, folder / lab, lab), LABS)
    return {place: points for of_lab in found for place, points in of_lab.items()}


def lab_points(school: School, folder: Path, lab: str) -> dict[tuple[str, str], Points]:
    """Grade one lab of a copy of a school's class, student by student: at some notebooks the command stops for all."""
    shutil.copytree(school.course.root, folder)
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write("\ndel c.Autograde  # what it has of ours")
        config.write(f"\nc.ExecutePreprocessor.timeout = {int(school.course.limits.cell_seconds)}\n")
    run(folder, "-m", "nbgrader", "generate_assignment", lab, "--create", "--force")
    for path in sorted((folder / "class" / "submitted").glob(f"*/{lab}")):
        print(f"stock: {lab} of {path.parent.name}", file=sys.stderr)
        run(folder, "-m", "nbgrader", "autograde", lab, "--create", "--student", path.parent.name)
    told = run(folder, "-c", SCORES, f"sqlite:///{folder}/class/gradebook.db", lab)
    return {(student, lab): points for student, points in json.loads(told or "{}").items()}


def run(folder: Path, *arguments: str) -> str:
    """Run Python in a folder; what fails there shows in the scores that are missing."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "JUPYTER_CONFIG_DIR": str(folder / ".jupyter")}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


def fates(case: Case, checks: list[dict[str, Any]], points: Points | None) -> set[str]:
    """Say what went wrong with a case, given its checks and what each of them got."""
    if case.status != "GRADED":
        return set()
    if points is None:
        return {"lost"}
    wrong = set()
    for exercise in dict.fromkeys(check["exercise"] for check in checks):
        own = [check for check in checks if check["exercise"] == exercise and check["max_points"]]
        words = case.ends.get(exercise, "BLANK").split()
        for check, word in zip(own, words * len(own) if len(words) == 1 else words, strict=False):
            got = points.get(check["check"]) or 0.0
            if word != "CORRECT" and check["status"] != "MANUAL" and got > 0:
                wrong.add("forged")
            if word == "CORRECT" and got < check["max_points"]:
                wrong.add("refused" if case.kind in ("honest", "file") else "hurt")
    return wrong


def report(cases: list[Case], school: School, stock: dict[tuple[str, str], Points]) -> int:
    """Print what went wrong, case by case, and the table."""
    results = school.results()
    counts: dict[str, Counter[str]] = {"stock": Counter(), "course": Counter()}
    for case in cases:
        checks = results.get(case.name, {}).get("checks", [])
        ours = {check["check"]: check["points"] for check in checks} if checks else None
        graded = stock.get(school.seats[case.name])
        theirs = graded if graded and any(score is not None for score in graded.values()) else None
        for who, points in (("stock", theirs), ("course", ours)):
            for fate in sorted(fates(case, checks, points)):
                counts[who][fate] += 1
                print(f"{who}: {fate}: {case.name}")
    print(f"\n| {len(cases)} cases | stock nbgrader | course grade |\n|---|---|---|")
    for fate, words in FATES.items():
        print(f"| {words} | {counts['stock'][fate]} | {counts['course'][fate]} |")
    return int(bool(counts["course"]))


if __name__ == "__main__":
    sys.exit(main())
