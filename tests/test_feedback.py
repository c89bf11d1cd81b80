"""What a student's page holds of a real lab: verdicts, misconceptions, the lab's hints; and what it must not hold."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.gradebook.autograded import autograded
from autograder.gradebook.score import Score
from autograder.intake.restore import restore
from autograder.intake.submission import Submission
from autograder.intake.template import Template
from autograder.report.feedback import feedback
from autograder.source.notebook import notebook
from autograder.source.percent import read_lab
from autograder.source.regions import hidden_text, visible_text
from autograder.verdict import CheckStatus, GradingResult, SubmissionStatus, Verdict

COURSE = Course.load(Path(__file__).resolve().parents[1])
LABS = [lab.name for lab in COURSE.labs]


def result(lab: str, wrong: str = "", **told: str) -> GradingResult:
    """Return a result in which every check is right, but those of one exercise."""
    source = read_lab(COURSE.solutions / f"{lab}.py")
    verdicts = [
        Verdict(str(cell.exercise), str(cell.id), CheckStatus.WRONG, 0.0, cell.points, **told)
        if cell.exercise == wrong
        else Verdict(str(cell.exercise), str(cell.id), CheckStatus.CORRECT, cell.points, cell.points, "✓ right")
        for cell in source.of_kind("checks")
    ]
    written = [Verdict(str(c.id), str(c.id), CheckStatus.MANUAL, None, c.points) for c in source.of_kind("answer")]
    return GradingResult("ada", lab, SubmissionStatus.GRADED, verdicts=(*verdicts, *written))


def page(found: GradingResult, score: Score | None = None) -> str:
    """Return the page of a student who handed in the solution."""
    template = Template.from_notebook(found.lab, notebook(read_lab(COURSE.solutions / f"{found.lab}.py")))
    submission = Submission(
        "ada", found.lab, Path("x"), notebook=notebook(read_lab(COURSE.solutions / f"{found.lab}.py"))
    )
    return feedback("A lab", found, autograded(restore(submission, template), found, {}), score)


def text(html: str) -> str:
    """Return what a page shows, without its tags."""
    return unescape(re.sub(r"<[^>]*>", "", html))


@pytest.mark.parametrize("lab", LABS)
def test_no_line_of_a_hidden_check_is_on_a_page(lab: str) -> None:
    """Though the graded notebook holds them; the visible parts are there."""
    cells = read_lab(COURSE.solutions / f"{lab}.py").of_kind("checks")
    shown = text(page(result(lab)))
    public = "\n".join(visible_text(cell.source) for cell in cells)
    hidden = {line.strip() for cell in cells for line in hidden_text(cell.source).split("\n")}
    telling = [line for line in hidden if len(line) > 12 and line not in public and not line.startswith("#")]
    assert telling
    assert [line for line in telling if line in shown] == []
    lines = [line.strip() for line in public.split("\n") if len(line) > 12]
    assert [line for line in lines if line not in shown] == []


def test_what_is_not_right_has_the_hints_of_the_lab() -> None:
    """Folded, above the answer, of that exercise alone; the list of what to do leads to its first check."""
    html = page(result("02_gradient_descent", "taylor1", message="✗ Exercise 2.1: no\n  Hint: think"))
    hints = html.split("Hints from the lab:")
    assert len(hints) == 2
    folded = re.findall(
        r"<details><summary>(.*?)</summary>.*?</details>", hints[1].split('id="exercise-')[0], re.DOTALL
    )
    assert ["What am I allowed to use?", "My value is right only when y = 1"] == folded
    assert '<a href="#check-check_taylor1_parabola">taylor1</a>: ✗ Exercise 2.1: no' in html
    assert 'id="check-check_taylor1_parabola"' in html
    assert "Hint: think" in html


def test_a_misconception_is_named() -> None:
    """In words, beside the message."""
    html = page(result("02_gradient_descent", "taylor1", message="✗ no", misconception="wrong_sign"))
    assert "This looks like: wrong sign" in text(html)
    assert "This looks like" not in page(result("02_gradient_descent", "taylor1", message="✗ no"))


def test_all_right_leaves_nothing_to_do() -> None:
    """The page says so once the written answer is read, and not while our side has failed."""
    found = result("02_gradient_descent")
    done = Score(30.0, 30.0, False, 0.0, {"explain_promise": 3.0}, {"explain_promise": "<i>well said</i>"})
    html = page(found, done)
    assert "Nothing is left to put right." in html
    assert "Hints from the lab" not in html
    assert "&lt;i&gt;well said&lt;/i&gt;" in html
    assert "Nothing is left" not in page(found)
    failed = replace(found, status=SubmissionStatus.INFRA, verdicts=())
    assert "Nothing is left" not in feedback("A lab", failed)
