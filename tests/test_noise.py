"""Checks of lab 04: a mistake costs once, what has no known reason stays unnamed, hidden parts stay silent."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.source.percent import read_lab
from autograder.source.reference import reference_source
from course_utils import checks
from course_utils.checks import context

ROOT = Path(__file__).resolve().parent.parent
TABLE = np.array([[1.0, -2, 4], [1, 0.5, 0.25], [1, 3, 9], [1, 4, 16], [1, 10, 100]])
PLACES = [([1.0, -3, 2], TABLE, [12.0, 1, 14, 19, 160]), ([2.0, 0.5, -1], TABLE, [1.0] * 5)]


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the checks speak as those of an exercise, and forget it afterwards."""
    monkeypatch.setattr(context, "current", context.Context("4.0"))


def failure(check: Callable[..., object], *args: Any, **options: Any) -> checks.CheckFailed:
    """Return the failure of a check."""
    with pytest.raises(checks.CheckFailed) as caught:
        check(*args, **options)
    return caught.value


def notebook(monkeypatch: pytest.MonkeyPatch, **names: Any) -> dict[str, Any]:
    """Let the checks see a notebook in which these names have values."""
    monkeypatch.setattr(context, "current", context.Context("4.0", names=names))
    return names


def test_a_sum_for_a_loss_costs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gradient of the sum is right where the student's own loss is the sum, and so is that of the mean."""
    notebook(monkeypatch, mse_loss=lambda theta, table, y: np.sum((table @ theta - y) ** 2))
    for factor in (2, 2 / 5):
        checks.slopes_of_loss(lambda theta, table, y, f=factor: f * table.T @ (table @ theta - y), PLACES)


def test_a_gradient_needs_no_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the loss is blank, of a wrong kind or not there, the gradient of the mean of squares is right."""

    def blank(theta: Any, table: Any, y: Any) -> float:
        raise NotImplementedError

    for names in ({"mse_loss": blank}, {"mse_loss": lambda theta, table, y: (table @ theta - y) ** 2}, {}):
        notebook(monkeypatch, **names)
        checks.slopes_of_loss(lambda theta, table, y: 2 / 5 * table.T @ (table @ theta - y), PLACES)


@pytest.mark.parametrize(
    ("loss", "gradient"),
    [
        (lambda theta, *_: theta[0], lambda theta, *_: np.eye(len(theta))[0]),
        (lambda theta, *_: theta @ theta, lambda theta, *_: 2 * theta),
        (lambda theta, table, _: np.sum(table @ theta), lambda _, table, *__: np.sum(table, axis=0)),
        (lambda theta, table, y: 1e-15 * np.sum((table @ theta - y) ** 2), lambda theta, *_: np.zeros(len(theta))),
    ],
)
def test_a_loss_in_step_with_a_gradient_earns_nothing(
    monkeypatch: pytest.MonkeyPatch, loss: Callable[..., Any], gradient: Callable[..., Any]
) -> None:
    """An easy function with its easy gradient is no answer."""
    notebook(monkeypatch, mse_loss=loss)
    failure(checks.slopes_of_loss, gradient, PLACES)


def test_a_descending_table_costs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A prediction that uses the student's own table is right with a right table; afterwards the own one is back."""
    examples = [([1.0, -3.0, 2.0], [-2.0, 0.5, 3.0, 4.0, 10.0], [15.0, 0.0, 10.0, 21.0, 171.0])]
    names = notebook(monkeypatch, design_matrix=(descending := lambda x, degree: np.vander(x, degree + 1)))
    checks.evaluates(lambda theta, x: names["design_matrix"](x, len(theta) - 1) @ theta, examples)
    assert names == {"design_matrix": descending}


def test_a_table_in_step_with_a_prediction_earns_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of ones makes every prediction the sum of theta: the true polynomial does not."""
    examples = [([1.0, -3.0, 2.0], [-2.0, 0.5, 3.0, 4.0, 10.0], [15.0, 0.0, 10.0, 21.0, 171.0])]
    notebook(monkeypatch, design_matrix=lambda x, degree: np.ones((len(x), degree + 1)))
    failure(checks.evaluates, lambda theta, x: np.full(len(x), np.sum(theta)), examples)


def test_noise_may_be_subtracted() -> None:
    """A Gaussian is symmetric."""
    checks.noisy(lambda y, scale, rng: y - rng.normal(scale=scale, size=len(y)), [([1.0, 2, 3, 4, 5], 10.0)])


@pytest.mark.parametrize(
    ("check", "answer", "examples"),
    [
        (
            checks.powers,
            lambda x, degree: np.cos(np.outer(x, np.arange(degree + 1))) + 2,
            [([2.0, 3.0], 2, np.ones((2, 3)))],
        ),
        (checks.flips, lambda numbers: numbers + 1, [([2.0, -3.0, 1.0], [1.0, -3.0, 2.0])]),
        (checks.noisy, lambda y, scale, rng: y + rng.normal(scale=scale, size=len(y)) ** 3, [([1.0, 2, 3, 4], 3.0)]),
        (checks.mean_square, lambda *_: 17.0, [([1.0, -3, 2], TABLE, [12.0, 1, 14, 19, 169], 6.8)]),
        (checks.standardizes, lambda x, new: (x**3, new**3), [([1.0, 2, 4, 5, 7], [1.0, 2, 3])]),
        (checks.chooses, lambda *_: 7, [(([1.0],) * 4 + ([1, 2, 7],), 2, {"index_for_degree": 1})]),
    ],
)
def test_an_answer_without_a_known_reason_stays_unnamed(
    check: Callable[..., object], answer: Callable[..., object], examples: list[Any]
) -> None:
    """A false diagnosis is worse than none."""
    assert failure(check, answer, examples).misconception is None


def test_a_hidden_failure_shows_no_numbers() -> None:
    """Below the line, a message is a sentence and a hint."""
    checks.hidden()
    seven = [([162.0, 171.0, 155.0, 180.0], [150.0, 171.0])]
    told = [
        failure(checks.powers, np.vander, [([2.5, 3.5], 2, np.ones((2, 3)))]),
        failure(checks.standardizes, lambda x, new: (x, new), seven),
        failure(checks.noisy, lambda y, *_: y, [([1.5, 2.5, 3.5, 4.5], 3.0)]),
    ]
    assert [line for failed in told for line in failed.message.splitlines() if line.startswith("  ")] == [
        f"  Hint: {checks.MISCONCEPTIONS[str(failed.misconception)].hint}"
        for failed in told
        if "Hint" in failed.message
    ]


def test_drawn_choices_tell_every_wrong_way(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """For each wrong way some points lead it astray, whatever is drawn."""
    lab = read_lab(ROOT / "solutions" / "04_noise.py")
    (tmp_path / "04_noise.py").write_text(reference_source(lab), "utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(ROOT / "solutions"), *sys.path])
    for name in ("hidden", "04_noise"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    from hidden import degree_choices  # type: ignore[import-not-found]  # in solutions/, on the path since above

    for seed in range(12):
        drawn = degree_choices(np.random.default_rng(seed))
        for name in drawn[0][2]:
            assert any(rivals[name] != right for _, right, rivals in drawn)
