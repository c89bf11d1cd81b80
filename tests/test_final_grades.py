"""Final grades: penalties, weights and dropped labs, against sums over all choices."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import Course
from autograder.gradebook.score import Score
from autograder.report.grades import FinalGrade, final_grades
from tests.toy import TOY_COURSE

LABS = ("01_a", "02_b", "03_c", "04_d", "05_e")


def course(weights: dict[str, float], dropped: int) -> Course:
    """Return a course of some labs, of which no file is read."""
    toy = Course.load(TOY_COURSE, Path("nowhere"))
    labs = tuple(replace(toy.labs[0], name=name, weight=weight) for name, weight in weights.items())
    return replace(toy, labs=labs, grades=replace(toy.grades, dropped=dropped))


def score(points: float, most: float = 10.0, penalty: float = 0.0, *, waiting: bool = False) -> Score:
    """Return a score of the gradebook."""
    return Score(points, most, waiting, penalty, {}, {})


def total(grade: FinalGrade) -> float:
    """Return a total in percent."""
    return round(100 * grade.total, 6)


def test_a_term() -> None:
    """Weights, a penalty, a lab that is missing and one that is dropped: by hand."""
    scores = {
        ("ada", "01_a"): score(10),
        ("ada", "02_b"): score(8, penalty=2),
        ("ada", "03_c"): score(5, 20, waiting=True),
        ("bob", "01_a"): score(4),
        ("bob", "03_c"): score(22, 20),  # extra points, given by hand
    }
    ada, bob = final_grades(course({"01_a": 1, "02_b": 2, "03_c": 1, "04_d": 5}, 1), scores)
    assert ["01_a", "02_b", "03_c"] == [lab.lab for lab in ada.labs]
    assert [(10, 0, False), (6, 2, False), (5, 0, True)] == [(one.points, one.penalty, one.dropped) for one in ada.labs]
    assert (round(100 * (1 + 2 * 0.6) / 3, 6), True) == (total(ada), ada.waiting)
    assert [True, False, True] == [lab.handed_in for lab in bob.labs]
    assert (75.0, ["02_b"]) == (total(bob), [lab.lab for lab in bob.labs if lab.dropped])


def test_the_class_is_who_is_on_the_roster() -> None:
    """Who handed in nothing has a grade, too, and who left has none."""
    grades = final_grades(
        course({"01_a": 1}, 0), {("ada", "01_a"): score(5), ("old", "01_a"): score(9)}, ["zoe", "ada"]
    )
    assert [("ada", 50.0), ("zoe", 0.0)] == [(grade.student, total(grade)) for grade in grades]


@pytest.mark.parametrize("scores", [{}, {("ada", "01_a"): score(0, 0)}, {("ada", "09_x"): score(1)}])
def test_nothing_to_count(scores: dict[tuple[str, str], Score]) -> None:
    """No lab, no points, no lab of the course: nobody divides by zero."""
    assert [0.0] * len(scores) == [grade.total for grade in final_grades(course({"01_a": 1}, 2), scores)]


def test_one_lab_stays() -> None:
    """More labs are dropped than there are so far: the best one stays."""
    scores = {("ada", "01_a"): score(3), ("ada", "02_b"): score(7)}
    assert [70.0] == [total(grade) for grade in final_grades(course({"01_a": 1, "02_b": 1, "03_c": 1}, 2), scores)]


classes = st.fixed_dictionaries(
    {
        "weights": st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5, 4.0]), min_size=5, max_size=5),
        "points": st.lists(st.one_of(st.none(), st.integers(0, 11)), min_size=5, max_size=5),
        "penalties": st.lists(st.integers(0, 12), min_size=5, max_size=5),
        "dropped": st.integers(0, 4),
    }
)


@given(classes)
def test_no_other_choice_is_better(drawn: dict[str, Any]) -> None:
    """The labs that stay are as many as they should be, and give the best mean of all such choices."""
    weights = dict(zip(LABS, drawn["weights"], strict=True))
    triples = zip(LABS, drawn["points"], drawn["penalties"], strict=True)
    scores = {("ada", lab): score(points, penalty=minus) for lab, points, minus in triples if points is not None}
    scores |= {("bob", lab): score(0) for lab in LABS}  # so that each lab was handed in
    grade = final_grades(course(weights, drawn["dropped"]), scores)[0]
    worth = {lab: max(0.0, s.score - s.late_penalty) / 10 for (who, lab), s in scores.items() if who == "ada"}
    weighing = [lab for lab in LABS if weights[lab]]
    stay = max(1, len(weighing) - drawn["dropped"]) if weighing else 0
    means = [
        sum(weights[lab] * worth.get(lab, 0.0) for lab in kept) / sum(weights[lab] for lab in kept)
        for kept in combinations(weighing, stay)
        if kept
    ]
    assert max(means, default=0.0) == pytest.approx(grade.total)
    assert len(weighing) - stay == sum(lab.dropped for lab in grade.labs)
