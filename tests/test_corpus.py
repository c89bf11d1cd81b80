"""The corpus of attacks, faults and odd notebooks, graded by `course grade`: nothing is forged, lost or leaked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.corpus import CORPUS
from tests.corpus.case import Case
from tests.corpus.school import School
from tests.proof import count

# One case in 24, and all that is honest; everything under `make proof`.
TRIED = tuple(case for place, case in enumerate(CORPUS) if case.kind == "honest" or place % count(24, 1) == 0)
FULL = "full"  # the protection of results where every layer of the sandbox holds
NO_POINTS = "WRONG/BLANK/CRASHED/TIMEOUT/MEMORY/OUTPUT/MANUAL"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """Let a class hand in the corpus, and grade it with one command."""
    school = School(tmp_path_factory.mktemp("school"))
    school.open()
    guarded = school.protection() == FULL
    with school.listening():
        for case in TRIED:
            if guarded or not case.isolated:
                school.hand_in(case)
        school.grade()
        yield school
    school.close()


def test_the_corpus_is_large() -> None:
    """A hundred cases and more, of all kinds, at many exercises of several labs, each with a name of its own."""
    attacked = {(case.lab, exercise) for case in CORPUS if case.kind == "attack" for exercise in case.answers}
    assert (len(CORPUS) >= 200, len(attacked) >= 8) == (True, True)
    assert {case.kind for case in TRIED} == {"attack", "fault", "file", "honest"}
    assert len({case.name for case in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("case", TRIED, ids=lambda case: case.name)
def test_case(school: School, case: Case) -> None:
    """Each case ends in its status and each check in its verdict; nothing unearned counts, nothing right is lost."""
    if case.name not in school.seats:
        pytest.skip("is not tried without the whole sandbox")
    result = school.results()[case.name]
    assert (case.status, "INFRA" in str(result["checks"])) == (result["status"], False), result["message"]
    for exercise, checks in by_exercise(result).items():
        words = case.ends.get(exercise, NO_POINTS).split()
        wanted = words * len(checks) if len(words) == 1 else words
        ended = [check["status"] for check in checks]
        fits = [status in word.split("/") for status, word in zip(ended, wanted, strict=True)]
        assert all(fits), (exercise, wanted, ended, [check["message"] for check in checks])
        earned = [bool(check["points"]) for check in checks if check["max_points"]]
        assert [check["status"] == "CORRECT" for check in checks if check["max_points"]] == earned


def by_exercise(result: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the checks of each exercise."""
    found: dict[str, list[dict[str, Any]]] = {}
    for check in result["checks"]:
        found.setdefault(check["exercise"], []).append(check)
    return found


def test_nothing_leaks(school: School) -> None:
    """No canary of the solutions, hidden checks, gradebook, environment, home or siblings is in what a student gets.

    Graded notebooks hold the instructor's hidden checks and are never handed out: in them, outputs alone are searched.
    """
    leaks = {
        (where, path.name) for where, word in school.canaries.items() for path, text in school.shown() if word in text
    }
    assert leaks == set()


def test_the_canaries_are_there(school: School) -> None:
    """Each lies where a submission that breaks out would find it."""
    course = school.course
    lying = {
        "solutions": course.solutions / "01_minima.py",
        "hidden checks": course.source_folder / "01_minima" / "01_minima.ipynb",
        "solutions/hidden.py": course.solutions / "hidden.py",
        "gradebook": course.gradebook_path,
        "class": course.class_folder / "private.txt",
        "sibling": course.submitted / "a-sibling" / "01_minima" / "01_minima.ipynb",
        "sibling's notes": course.submitted / "a-sibling" / "01_minima" / "notes.txt",
        "home": school.home / "private.txt",
    }
    found = {where for where, path in lying.items() if school.canaries[where].encode() in path.read_bytes()}
    assert ({*lying}, {*school.canaries} - {"environment", "nbgrader_config.py"}) == (found, found)


def test_nothing_is_changed(school: School) -> None:
    """Course, home and what was handed in are as they were, and nobody came through the network."""
    assert school.before == school.after
    assert [] == school.knocks


class _Page(HTMLParser):
    """Notes what a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed"):
            self.runs.append(tag)
        for name, value in attrs:
            if name.startswith("on") or re.match(
                r"\s*(javascript|vbscript|data:text/html)", value or "", re.IGNORECASE
            ):
                self.runs.append(f"{name}={value}")


def test_feedback_runs_nothing(school: School) -> None:
    """No page of feedback holds script, whatever was in outputs, markdown and errors."""
    runs = []
    for path in school.course.feedback.rglob("*.html"):
        page = _Page()
        page.feed(path.read_text())
        runs += page.runs
    assert [] == runs
