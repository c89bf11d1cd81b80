"""The rules of a term: dates that clocks show, lateness, and the step to the next term."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.cli import main
from autograder.course import Course
from autograder.errors import UsageError
from autograder.term import LatePolicy
from autograder.tomlfile import TomlFile

HEAD = '[term]\nname = "2026-fall"\ntimezone = "Europe/Berlin"\nstart = 2026-09-21  # a Monday\n'
LAB = '[labs.01_toy]  # the first\ntitle = "Toy"\nminutes = 9\n'


def course(root: Path, text: str) -> Course:
    """Return the course that a text describes."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "course.toml").write_text(text)
    return Course.load(root)


@pytest.mark.parametrize(
    ("due", "moment"),
    [
        ("2026-10-02T23:59:00", datetime(2026, 10, 2, 21, 59, tzinfo=UTC)),
        ("2026-11-06T23:59:00", datetime(2026, 11, 6, 22, 59, tzinfo=UTC)),  # winter
        ("2026-11-06T23:59:00+05:30", datetime(2026, 11, 6, 18, 29, tzinfo=UTC)),
        ("2026-10-25T02:30:00+02:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25T02:30:00+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2026-10-25T03:00:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_due_dates_are_moments(tmp_path: Path, due: str, moment: datetime) -> None:
    """A local time is that of the term's zone; an offset goes before it; all are told in the term's zone."""
    (lab,) = course(tmp_path, f"{HEAD}{LAB}due = {due}").labs
    assert lab.due is not None
    assert (moment, "Europe/Berlin") == (lab.due.astimezone(UTC), str(lab.due.tzinfo))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (f"{HEAD}{LAB}due = 2026-10-25T02:30:00", 8, "twice: write its offset, +02:00 or +01:00"),
        (f"{HEAD}{LAB}due = 2027-03-28T02:30:00", 8, "never show that time"),
        (f"{HEAD}{LAB}due = 2026-02-30T23:59:00", 8, "Invalid date"),
        (f"{HEAD}{LAB}due = 2026-10-02T25:00:00", 8, "at line 8"),
        (f"{HEAD}{LAB}due = 2026-10-02", 8, "needs a day and a time"),
        (f'{HEAD}{LAB}due = "2026-10-02T23:59:00"', 8, "without quotes"),
        (f"{LAB}due = 2026-10-02T23:59:00", 4, "need a timezone"),
        (f"{HEAD}{LAB}due = 0001-01-01T00:00:00+14:00", 8, "no term is in the year 1"),
        (f"{HEAD}{LAB}due = 9999-12-31T23:59:00", 8, "no term is in the year 9999"),
        (f"{HEAD}{LAB}weight = -1", 8, "from 0"),
        (f"{HEAD}{LAB}weight = nan", 8, "from 0"),
        (f"{HEAD}{LAB}dew = 2026-10-02T23:59:00", 8, "dew is unknown"),
        (f'{HEAD}[labs.02_more]\n\ntitle = "More"', 5, "has no minutes"),
        ('[term]\ntimezone = "Berlin"', 2, "no such zone"),
        ('[term]\ntimezone = "../../etc/passwd"', 2, "no such zone"),
        ("[term]\nname = 3", 2, "text in quotes"),
        ("[term]\nstart = 2026-09-21T08:00:00", 2, "is a day"),
        ("[late]\n# of all\npenalty = 10", 3, "from 0 to 1"),
        ("[late]\ngrace = 5", 2, "grace is unknown"),
        ("[late]\nmost = true", 2, "from 0 to 1"),
        (f'{LAB}[grades]\ncounts = "first"', 5, "'last on time'"),
        (f"{LAB}[grades]\ndropped = 1", 5, "fewer than there are"),
        ("[labs.²_a]", 1, "Invalid"),
        ('[labs."²_a"]', 1, "its number and a word"),
        ('[labs."1_../../x"]', 1, "its number and a word"),
        ('title = "t"\n[labs.01_a]\ntitle = 1\nminutes = 2', 2, "a text in quotes"),
        ('[labs.01_a]\ntitle = "x"\nminutes = "2"', 1, "a whole number"),
        ("[labs]\n01_a = 3", 1, "is a section"),
        ("title = 1\ntitle = 2", 2, "cannot be read"),
        ("term = 3", 1, "is a section"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    """A course.toml that cannot be meant names the line and what to write."""
    with pytest.raises(UsageError) as caught:
        course(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'course.toml'}:{line}: ")
    assert said in str(caught.value)


POLICY = LatePolicy(grace_minutes=15, penalty=0.1, most=0.5, zero_after_days=7)


@pytest.mark.parametrize(
    ("late", "share"),
    [
        (timedelta(minutes=-5), 0.0),
        (timedelta(), 0.0),
        (timedelta(minutes=15), 0.0),
        (timedelta(minutes=15, seconds=1), 0.1),
        (timedelta(days=1), 0.1),
        (timedelta(days=1, microseconds=1), 0.2),
        (timedelta(days=3), 0.3),
        (timedelta(days=6, hours=1), 0.5),
        (timedelta(days=7), 0.5),
        (timedelta(days=7, seconds=1), 1.0),
    ],
)
def test_late_shares(late: timedelta, share: float) -> None:
    """Nothing within the grace period, then a share for each begun day, up to the most; at last all of it."""
    assert share == POLICY.share(late.total_seconds())


@given(
    st.builds(
        LatePolicy,
        st.floats(0, 1440),
        st.floats(0, 1),
        st.floats(0, 1),
        st.one_of(st.just(math.inf), st.floats(0, 365)),
    ),
    st.floats(0, 4e7),
    st.floats(0, 4e7),
)
def test_later_never_costs_less(policy: LatePolicy, one: float, other: float) -> None:
    """A share lies between 0 and 1, and grows with lateness."""
    first, second = policy.share(min(one, other)), policy.share(max(one, other))
    assert 0 <= first <= second <= 1


COURSE = f"""{HEAD}
# What is kept: this line, too.
{LAB}due = 2026-10-02T23:59:00   # Friday
[labs."02_more"]
title = 'More # or less'
minutes = 9
due = 2026-11-06T22:59:00Z
"""


def run(root: Path, *arguments: str) -> int:
    """Run the new-term command."""
    return main(["--root", str(root), "new-term", *arguments])


def test_a_new_term(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Dates keep weekday and hour, comments stay, and the class so far is kept aside whole."""
    old = course(tmp_path, COURSE)
    secret = old.secret()
    assert run(tmp_path, "2027-spring", "--start", "2027-02-15") == 0
    changed = COURSE.replace("2026-fall", "2027-spring").replace("2026-09-21", "2027-02-15")
    changed = changed.replace("2026-10-02T", "2027-02-26T").replace("2026-11-06T22:59:00Z", "2027-04-02T23:59:00")
    assert changed == (tmp_path / "course.toml").read_text()
    said = capsys.readouterr().out
    assert "-due = 2026-10-02T23:59:00   # Friday\n+due = 2027-02-26T23:59:00   # Friday" in said
    assert secret == (tmp_path / "class-2026-fall" / "secret").read_bytes()
    new = Course.load(tmp_path)
    assert ("2027-spring", date(2027, 2, 15)) == (new.term.name, new.term.start)
    assert secret != new.secret()


def test_a_new_term_that_is_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run shows the difference and changes nothing."""
    course(tmp_path, COURSE).secret()
    assert run(tmp_path, "2027-spring", "--start", "2027-02-15", "--timezone", "Asia/Kolkata", "--dry-run") == 0
    assert '+timezone = "Asia/Kolkata"' in capsys.readouterr().out
    assert (COURSE, True) == ((tmp_path / "course.toml").read_text(), (tmp_path / "class").is_dir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2026-fall", "--start", "2027-02-15"], "called 2026-fall already"),
        (["../x", "--start", "2027-02-15"], "named with letters"),
        (["x", "--start", "2027-02-15", "--timezone", "Mars"], "no such zone"),
        (["x", "--start", "2027-02-15"], "exists: move it elsewhere"),
        (["x", "--start", "2027-03-17"], "never show that time"),
    ],
)
def test_a_new_term_that_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """What is wrong is said, and nothing is half done."""
    text = COURSE.replace("2026-10-02T23:59:00", "2026-10-02T02:30:00")
    course(tmp_path, text).secret()
    (tmp_path / "class-2026-fall").mkdir()
    assert run(tmp_path, *arguments) == 2
    assert said in capsys.readouterr().err
    assert text == (tmp_path / "course.toml").read_text()
    assert (tmp_path / "class" / "secret").exists()


@pytest.mark.parametrize("day", ["2027-02-30", "tomorrow", "9999-01-01", "2027-2-15"])
def test_days_are_days(tmp_path: Path, day: str) -> None:
    """The first day is one of the calendar, in one form."""
    course(tmp_path, COURSE)
    with pytest.raises(SystemExit):
        run(tmp_path, "x", "--start", day)


def test_a_value_that_cannot_be_set_is_refused(tmp_path: Path) -> None:
    """Where a line cannot be told, the file stays as it is."""
    file = TomlFile.parse(tmp_path / "a.toml", 'a = """\nb = 1\n"""\nb = 2\n[c]\nd = 3 # e\n')
    with pytest.raises(UsageError, match="cannot be set"):
        file.with_value("f", "g", 1, "1")
    assert 'a = """\nb = 1\n"""\nb = 2\n[c]\nx = 5\nd = 4 # e\n' == (
        file.with_value("c", "d", 4, "4").with_value("c", "x", 5, "5").text
    )
