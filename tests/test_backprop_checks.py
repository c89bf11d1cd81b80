"""The check of the vjp without its matrix: under a limit of memory from outside, and without one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course_utils import checks
from tests.lab_engine import lab

ROOT = Path(__file__).resolve().parents[1]
LIMITED = """
import resource
import numpy as np
from course_utils import checks
resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000))
def dense(v, prediction, y):
    return v @ np.diag(2 * (prediction - y)) if len(v) > 2000 else v * 2 * (prediction - y)
def lean(v, prediction, y):
    return v * 2 * (prediction - y)
checks.never_square(lean, small=2000, large=20_000)
try:
    checks.never_square(dense, small=2000, large=20_000)
except checks.CheckFailed as error:
    print(error.misconception)
"""


def dense(v: np.ndarray, prediction: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Build the whole matrix."""
    return v @ np.diag(2 * (prediction - y))


@pytest.mark.skipif(sys.platform != "linux", reason="needs RLIMIT_AS")
def test_under_a_limit_from_outside() -> None:
    """With 2 GB, 20,000 points are enough: the right answer passes, and the matrix of 3.2 GB is named."""
    done = subprocess.run([sys.executable, "-c", LIMITED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ["✓ right for 20,000 points, without the 3.2 GB of their matrix", "dense_jacobian"] == done.stdout.split(
        "\n"
    )[:2]


def test_a_matrix_is_named_before_it_hurts() -> None:
    """At 2,000 points it takes 32 MB, which is measured."""
    with pytest.raises(checks.CheckFailed) as caught:
        checks.never_square(dense, small=2000, large=100_000)
    assert caught.value.misconception == "dense_jacobian"


def test_a_matrix_that_hides_at_first_meets_the_large_case() -> None:
    """No computer makes room for a million squared numbers."""

    def hiding(v: np.ndarray, prediction: np.ndarray, y: np.ndarray) -> np.ndarray:
        lean: np.ndarray = lab().error_vjp(v, prediction, y)
        return dense(v, prediction, y) if len(v) > 2000 else lean

    with pytest.raises(checks.CheckFailed) as caught:
        checks.never_square(hiding, small=2000, large=100_000)
    assert caught.value.misconception == "dense_jacobian"


def test_the_right_answer_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """And says what was verified."""
    checks.never_square(lab().error_vjp, small=2000, large=100_000)
    assert capsys.readouterr().out == "✓ right for 100,000 points, without the 80 GB of their matrix\n"
