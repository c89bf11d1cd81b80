"""Checks that teach: the same code runs in a student's kernel and, for a grade, in the judge.

A check calls the student's function and looks at what comes back.
It ends in one of three ways: it prints one line (right), raises `CheckFailed` (wrong) or `NotAttempted` (blank).
"""

from course_utils.checks.calls import Recorder, call, copy_plain, raised, record
from course_utils.checks.context import exercise, hidden, in_judge, inside, rng
from course_utils.checks.curvature import stable_rate
from course_utils.checks.descent import descent, momentum_path, search, step
from course_utils.checks.misconceptions import (
    GENERIC,
    MISCONCEPTIONS,
    Case,
    Misconception,
    add,
    diagnose,
    misconception,
    number_array,
    same,
)
from course_utils.checks.outcome import CheckFailed, NotAttempted, fail, not_attempted, passed
from course_utils.checks.predictions import ends, valleys
from course_utils.checks.slopes import numerical, taylor
from course_utils.checks.values import cases, compare, reject, shown

__all__ = [
    "GENERIC",
    "MISCONCEPTIONS",
    "Case",
    "CheckFailed",
    "Misconception",
    "NotAttempted",
    "Recorder",
    "add",
    "call",
    "cases",
    "compare",
    "copy_plain",
    "descent",
    "diagnose",
    "ends",
    "exercise",
    "fail",
    "hidden",
    "in_judge",
    "inside",
    "misconception",
    "momentum_path",
    "not_attempted",
    "number_array",
    "numerical",
    "passed",
    "raised",
    "record",
    "reject",
    "rng",
    "same",
    "search",
    "shown",
    "stable_rate",
    "step",
    "taylor",
    "valleys",
]
