"""A whole term by its commands, and the grades that come out of it computed a second time, from what was planned."""

from __future__ import annotations

import csv
import json
import random
import shutil
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from math import ceil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.course import Course
from autograder.gradebook.audit import Audit
from autograder.gradebook.settings import course_id, database_url
from tests.proof import count
from tests.walks import ROOT

STUDENTS, LABS = count(8, 60), count(2, 7)
DROPPED = 1
FIRST_DUE = datetime(2026, 9, 25, 23, 59)  # noqa: DTZ001 - a local time, as it is written in course.toml
HEAD = f"""title = "Term"
[term]
name = "2026-fall"
timezone = "Europe/Berlin"
start = 2026-09-21
[late]
grace_minutes = 10
penalty = 0.25
most = 0.5
zero_after_days = 3
[grades]
counts = "last"
dropped = {DROPPED}
"""
SOURCE = """# %% [markdown]
# # Lab {n}

# %% [setup]
from course_utils import checks

FACTOR = {n} + 1

# %% [markdown]
# ### Exercise {n}.1 · multiplying · 6 points · 5 minutes · ●○○
#
# Write `times(x)`, which returns `FACTOR` times $x$.


# %% [exercise] id="times"
def times(x):
    \"\"\"Return a multiple of a number.\"\"\"
    # BEGIN SOLUTION
    return FACTOR * x
    # END SOLUTION


# %% [checks] exercise="times" id="check_times_two" points=1
checks.compare(checks.call(times, 2.0), 2.0 * FACTOR)

# %% [checks] exercise="times" id="check_times_any" points=2
# More numbers are tried when your work is graded.
# BEGIN HIDDEN TESTS
for x in checks.rng("times").normal(size=3):
    checks.compare(checks.call(times, x), FACTOR * x)
# END HIDDEN TESTS

# %% [checks] exercise="times" id="check_times_one" points=3
checks.compare(checks.call(times, 1.0), {one})

# %% [markdown]
# Why is three times two six?

# %% [answer] [markdown] id="explain" points=2
# Two, three times.
"""
BROKEN, MENDED = "FACTOR + 0.5", "1.0 * FACTOR"  # of lab 1's last check: nobody is right, until it is mended
ANSWERS = {  # the points of the checks: two, any, one
    "right": ("def times(x):\n    return FACTOR * x", (1, 2, 3)),
    "partly": ("def times(x):\n    return 2 * FACTOR if x == 2 else FACTOR", (1, 0, 3)),
    "wrong": ("def times(x):\n    return x - 1000", (0, 0, 0)),
    "blank": (None, (0, 0, 0)),
}
HOURS = (-30.0, -1.0, 0.1, 5.0, 30.0, 60.0, 100.0)  # after the due date, or before it


@dataclass(frozen=True, slots=True)
class Work:
    """What a student hands in for a lab: the kind of answer, when, and what a person gives the written one."""

    student: str
    lab: int
    kind: str
    hours: float
    extension: int  # days
    manual: float | None

    @property
    def points(self) -> float:
        """The points after the late penalty, by the rules in HEAD."""
        score = sum(ANSWERS[self.kind][1]) + (self.manual or 0.0)
        late = self.hours - 24 * self.extension
        if late * 60 <= 10:
            return score
        return 0.0 if late > 72 else score * (1 - min(0.5, 0.25 * ceil(late / 24)))


def planned() -> list[Work]:
    """Plan a term: who hands in what; about one in six nothing. The last student comes late, one leaves at once."""
    rng = random.Random(2026)  # noqa: S311 - a plan, no secret
    works = []
    for lab in range(1, LABS + 1):
        for number in range(STUDENTS):
            extension = rng.choice((0, 0, 0, 1, 2))
            manual = rng.choice((None, 0.0, 1.0, 1.5, 2.0))
            work = Work(f"s{number:02}", lab, rng.choice(list(ANSWERS)), rng.choice(HOURS), extension, manual)
            if rng.random() > 0.16 and number != 1 and not (lab == 1 and number == STUDENTS - 1):
                works.append(work)
    return works


def final(points: dict[int, float], labs: list[int]) -> float:
    """Return the final grade in percent: of all ways to drop labs, the best; lab n weighs n."""
    kept = [choice for left in range(DROPPED + 1) for choice in combinations(labs, max(1, len(labs) - left))]
    return max(100 * sum(n * points.get(n, 0.0) / 8 for n in choice) / sum(choice) for choice in kept)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a course of its own, in whose first lab a check is wrong."""
    text = HEAD
    (tmp_path / "solutions").mkdir()
    for n in range(1, LABS + 1):
        due = FIRST_DUE + timedelta(weeks=n - 1)
        text += f'[labs.{n:02}_lab]\ntitle = "Lab {n}"\nminutes = 30\nweight = {n}\ndue = {due.isoformat()}\n'
        write_source(tmp_path, n, BROKEN if n == 1 else MENDED)
    (tmp_path / "course.toml").write_text(text, "utf-8")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    run(tmp_path, "build")
    return tmp_path


def write_source(root: Path, n: int, one: str) -> None:
    """Write a lab's source."""
    (root / "solutions" / f"{n:02}_lab.py").write_text(SOURCE.format(n=n, one=one), "utf-8")


def run(root: Path, *words: str) -> None:
    """Run a command of the term."""
    assert 0 == main(["--root", str(root), *words]), words


def archive(root: Path, works: list[Work], earlier: timedelta = timedelta()) -> Path:
    """Pack what was handed in for a lab as Moodle does, in notebooks of the present release."""
    path = root / "moodle.zip"
    with zipfile.ZipFile(path, "w") as members:
        for work in works:
            lab = f"{work.lab:02}_lab"
            notebook = json.loads((root / "labs" / lab / f"{lab}.ipynb").read_text("utf-8"))
            written = {"times": ANSWERS[work.kind][0], "explain": "Because." if work.manual is not None else None}
            for cell in notebook["cells"]:
                name = cell["metadata"].get("nbgrader", {}).get("grade_id")
                cell["source"] = written.get(name) or cell["source"]
            when = FIRST_DUE + timedelta(weeks=work.lab - 1, hours=work.hours) - earlier
            name = f"First {work.student}_{int(work.student[1:])}_assignsubmission_file_/{lab}.ipynb"
            members.writestr(zipfile.ZipInfo(name, when.timetuple()[:6]), json.dumps(notebook))
    return path


def roster(root: Path, numbers: Iterator[int] | range, *options: str) -> None:
    """Take a roster in."""
    rows = [f"s{n:02},First,s{n:02},s{n:02}@x.org,A,{n}" for n in numbers]
    text = "\n".join(["student,first_name,last_name,email,section,lms_user_id", *rows])
    (root / "roster.csv").write_text(text, "utf-8")
    run(root, "roster", str(root / "roster.csv"), *options)


def read_answers(course: Course, works: list[Work]) -> None:
    """Give points to written answers, as one assistant does in nbgrader."""
    with Gradebook(database_url(course), course_id(course)) as gradebook:
        for work in works:
            lab = f"{work.lab:02}_lab"
            grade = gradebook.find_grade("explain", lab, lab, work.student)
            grade.manual_score, grade.needs_manual_grade = work.manual, False
            gradebook.db.commit()


def test_a_term(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Roster changes, extensions, late and repeated work, two assistants at once, a mended lab, regrade, export."""
    course, works = Course.load(root), planned()
    roster(root, range(STUDENTS - 1))
    for lab in range(1, LABS + 1):
        mine = [work for work in works if work.lab == lab]
        for work in (work for work in mine if work.extension):
            run(root, "extend", work.student, str(lab), "--days", str(work.extension), "--reason", "was ill")
        tried = [Work(work.student, lab, "wrong", work.hours, 0, None) for work in mine[::3]]
        run(root, "grade", str(archive(root, tried, earlier=timedelta(hours=2))), "--lab", str(lab))
        run(root, "grade", str(archive(root, mine)), "--lab", str(lab))
        read = [work for work in mine if work.manual is not None]
        with ThreadPoolExecutor(2) as assistants:
            list(assistants.map(read_answers, (course, course), (read[::2], read[1::2])))
        if lab == 1:
            said = mended(root, capsys)
            assert [] == [work for work in mine if (f"{work.student} " in said) is not (sum(ANSWERS[work.kind][1]) > 3)]
            roster(root, (n for n in range(STUDENTS) if n != 1), "--remove")
    run(root, "grade")
    run(root, "report")
    run(root, "export", "-o", str(root / "grades.csv"))
    with (root / "grades.csv").open(encoding="utf-8-sig") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert sorted(rows) == [f"s{n:02}" for n in range(STUDENTS) if n != 1]
    for student, row in rows.items():
        points = {work.lab: work.points for work in works if work.student == student}
        labs = list(range(1, LABS + 1))
        expected = [*(points.get(n, 0.0) for n in labs), final(points, labs)]
        actual = [float(row[f"{n:02}_lab (of 8)"]) for n in labs] + [float(row["final grade in %"])]
        assert expected == pytest.approx(actual, abs=1e-3), student
    changes = Audit.of(course).changes()
    assert {"explain"} == {change.check for change in changes if change.who == "by hand"}


def mended(root: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Mend lab 1, look at what a regrade would change, and grade again; return what the look said."""
    write_source(root, 1, MENDED)
    run(root, "build")
    capsys.readouterr()
    run(root, "grade", "--dry-run")
    said = capsys.readouterr().out
    run(root, "grade")
    return said
