"""Checks of a table of vjps: each function of each row is called, and its answer is measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from course_utils.checks import context
from course_utils.checks.calls import call
from course_utils.checks.misconceptions import STRUCTURE, Case, add, diagnose, misconception, same, wrong_sign
from course_utils.checks.outcome import CheckFailed, fail, passed
from course_utils.checks.values import shown

__all__ = ["vjp_rows"]

Array = npt.NDArray[Any]
Op = Callable[..., Any]
STEP = 1e-6
ONE_FUNCTION = {"pow"}  # its second parent is always a constant

# A case is one call of one function: args are g, out and the parents' values; facts hold the name of the row, the slot
# of the parent, and what its sibling should hear.

add("table_missing", "this is no dictionary.", "a table is `{name: (function, …), …}`.")
add(
    "row_missing",
    "a row is missing from your table.",
    "see the list on the card, and take over the rows that are given.",
)
add(
    "comma_forgotten",
    "a row is a function, and should be a tuple with a function in it.",
    "(f) is f; a tuple with one entry is written (f,).",
)
add("function_missing", "a row has too few functions.", "one function for each parent.")
add(
    "shapes_do_not_fit",
    "the matrices in your product do not fit together.",
    "write down the shapes of g, a and b: which product has the shape of the parent?",
)


@misconception(
    "adjoint_forgotten",
    "you return the slope alone.",
    "a message is adjoint times slope: where is g?",
)
def adjoint_forgotten(case: Case) -> bool:
    """Recognise a missing factor g."""
    g = case.args[0]
    return bool(np.any(np.abs(g - 1) > 1e-3)) and same(case.actual * g, case.expected, rtol=1e-5)


@misconception(
    "tanh_of_input",
    "you square the input of tanh, and not its value.",
    "the slope is 1 − tanh²: which of the arguments holds the tanh?",
)
def tanh_of_input(case: Case) -> bool:
    """Recognise 1 minus the square of the input."""
    g, _, a = case.args
    return case.facts["row"] == "tanh" and same(case.actual / g, 1 - np.square(a), rtol=1e-5)


@misconception("tanh_not_squared", "the tanh has to be squared.", "look at the card: what is the slope of tanh?")
def tanh_not_squared(case: Case) -> bool:
    """Recognise 1 minus the value."""
    g, out, _ = case.args
    return case.facts["row"] == "tanh" and same(case.actual / g + out, np.ones_like(out), rtol=1e-5)


@misconception("power_kept", "the power has to go down by one.", "the derivative of a³ is 3a².")
def power_kept(case: Case) -> bool:
    """Recognise one factor a too many."""
    return case.facts["row"] == "pow" and same(case.actual, case.expected * case.args[2], rtol=1e-5)


@misconception("exponent_forgotten", "the exponent does not come down as a factor.", "the derivative of a³ is 3a².")
def exponent_forgotten(case: Case) -> bool:
    """Recognise a missing factor n."""
    return case.facts["row"] == "pow" and same(case.actual * case.args[3], case.expected, rtol=1e-5)


@misconception("exp_like_a_power", "you treat exp like a power.", "which function is its own derivative?")
def exp_like_a_power(case: Case) -> bool:
    """Recognise a exp(a - 1), g a, or exp of exp."""
    g, out, a = case.args
    wrong = (a * out / np.e, a, np.exp(out), a * out)
    return case.facts["row"] == "exp" and any(same(case.actual / g, slope, rtol=1e-5) for slope in wrong)


@misconception("log_multiplies", "the slope of the logarithm is one *over* a.", "is the logarithm steep for large a?")
def log_multiplies(case: Case) -> bool:
    """Recognise a for 1/a, and the value for the slope."""
    g, out, a = case.args
    return case.facts["row"] == "log" and any(same(case.actual / g, slope, rtol=1e-5) for slope in (a, out, 1 / out))


@misconception(
    "relu_always_open",
    "your relu lets every message through.",
    "where a is negative, relu is flat: what is its slope there?",
)
def relu_always_open(case: Case) -> bool:
    """Recognise slope 1 everywhere."""
    return case.facts["row"] == "relu" and same(case.actual, case.args[0], rtol=1e-5)


@misconception(
    "relu_sends_value", "your relu sends its value for its slope.", "where a is positive, relu(a) = a: its slope?"
)
def relu_sends_value(case: Case) -> bool:
    """Recognise the value in place of 0 or 1."""
    g, out, _ = case.args
    return case.facts["row"] == "relu" and same(case.actual, g * out, rtol=1e-5)


@misconception(
    "quotient_sign",
    "the message to the divisor has the wrong sign.",
    "if b grows, does a / b grow or shrink?",
)
def quotient_sign(case: Case) -> bool:
    """Recognise a missing minus."""
    return case.facts["row"] == "div" and case.facts["slot"] == 1 and same(case.actual, -case.expected, rtol=1e-5)


@misconception(
    "quotient_not_squared",
    "the message to the divisor is divided by b once too seldom.",
    "the derivative of 1 / b is −1 / b².",
)
def quotient_not_squared(case: Case) -> bool:
    """Recognise one factor b too many."""
    return (
        case.facts["row"] == "div"
        and case.facts["slot"] == 1
        and same(case.actual, case.expected * case.args[3], rtol=1e-5)
    )


@misconception(
    "parents_exchanged",
    "the two functions of a row are exchanged.",
    "the first function is for the first parent: its answer has the shape of a.",
)
def parents_exchanged(case: Case) -> bool:
    """Recognise what the sibling should hear."""
    sibling = case.facts["sibling"]
    return sibling is not None and not same(sibling, case.expected) and same(case.actual, sibling, rtol=1e-5)


@misconception(
    "mean_not_divided",
    "your mean sends as much as a sum.",
    "how much does a mean of many numbers grow, when one of them grows by 1?",
)
def mean_not_divided(case: Case) -> bool:
    """Recognise a missing 1/n, before or after the number is spread."""
    actual, size = np.asarray(case.actual), np.size(case.args[2])
    return case.facts["row"] == "mean" and np.allclose(actual, np.asarray(case.expected).flat[0] * size, rtol=1e-5)


@misconception(
    "mean_over_rows",
    "your mean divides by the number of rows.",
    "`len` counts rows, and the mean goes over all entries: look up `size`.",
)
def mean_over_rows(case: Case) -> bool:
    """Recognise a division by the length."""
    a = case.args[2]
    return case.facts["row"] == "mean" and same(case.actual, case.expected * np.size(a) / len(a), rtol=1e-5)


@misconception(
    "adjoint_not_spread",
    "your answer is one number, and the parent has many entries.",
    "each entry of the parent hears something: see “The sum gives one number back”.",
)
def adjoint_not_spread(case: Case) -> bool:
    """Recognise a number where an array belongs."""
    return case.facts["row"] in ("sum", "mean") and np.size(case.actual) == 1 < np.size(case.expected)


@misconception(
    "sum_sends_values", "your sum sends the entries themselves.", "the slope of a sum in each of its terms is 1."
)
def sum_sends_values(case: Case) -> bool:
    """Recognise g times a."""
    return case.facts["row"] in ("sum", "mean") and same(case.actual, case.args[0] * case.args[2], rtol=1e-5)


_ROWS = (
    parents_exchanged,
    quotient_sign,
    quotient_not_squared,
    tanh_of_input,
    tanh_not_squared,
    power_kept,
    exponent_forgotten,
    log_multiplies,
    relu_always_open,
    relu_sends_value,
    adjoint_forgotten,
    exp_like_a_power,
    adjoint_not_spread,
    mean_over_rows,
    mean_not_divided,
    sum_sends_values,
    *STRUCTURE,
    wrong_sign,
)


def vjp_rows(table: Any, ops: Mapping[str, Op], operands: Mapping[str, tuple[Array, ...]], *, g: Array) -> None:
    """Check rows of a table of vjps against measured slopes.

    Parameters
    ----------
    table : dict
        The student's: name of an operation -> functions ``(g, out, *values)``, one for each parent.
    ops : mapping
        The operations themselves.
    operands : mapping
        Name of each row to check -> the parents' values.
    g : ndarray
        Adjoint of the operation's value.

    Raises
    ------
    CheckFailed, NotAttempted
        A row is missing or wrong; there is nothing to check.
    """
    if not isinstance(table, dict):
        fail(misconception="table_missing")
    for name, values in operands.items():
        _check_row(name, _functions(table, name, len(values)), ops[name], values, g)
    rows = ", ".join(operands)
    passed(f"{rows}: every message is adjoint times slope, with the shape of its parent")


def _functions(table: dict[str, Any], name: str, parents: int) -> Sequence[Callable[..., Any]]:
    if name not in table:
        fail(misconception="row_missing", details=[f"no row {name!r}"])
    row = table[name]
    if not isinstance(row, tuple | list):
        fail(misconception="comma_forgotten", details=[f"row {name!r}"])
    wanted = 1 if name in ONE_FUNCTION else parents
    if len(row) < wanted:
        fail(misconception="function_missing", details=[f"row {name!r} has {len(row)}, but {wanted} parents"])
    return row[:wanted]


def _check_row(name: str, functions: Sequence[Callable[..., Any]], op: Op, values: tuple[Array, ...], g: Array) -> None:
    out = np.asarray(op(*values))
    wanted = [_measured(op, values, slot, g) for slot in range(len(functions))]
    wrong = []
    for slot, function in enumerate(functions):
        actual = _ask(name, function, g, out, *values)
        if not same(actual, wanted[slot], rtol=2e-5, atol=1e-7):
            sibling = wanted[1 - slot] if len(wanted) == 2 else None
            facts = {"row": name, "slot": slot, "sibling": sibling}
            wrong.append(Case((g, out, *values), actual, wanted[slot], facts))
    if wrong:
        _reject_row(name, wrong)


def _ask(name: str, function: Callable[..., Any], *args: Any) -> Any:
    try:
        return call(function, *args)
    except CheckFailed as error:
        if name == "matmul" and ("matmul" in error.message or "broadcast" in error.message):
            fail(misconception="shapes_do_not_fit", details=error.message.splitlines()[1:])
        raise


def _measured(op: Op, values: tuple[Array, ...], slot: int, g: Array) -> Array:
    """Measure what a parent should hear: g times the slope of each of its entries, summed over the values."""
    parent, heard = np.asarray(values[slot], float), np.empty(np.shape(values[slot]))
    for entry in np.ndindex(parent.shape):
        ends = []
        for side in (STEP, -STEP):
            moved = parent.copy()
            moved[entry] += side
            ends.append(op(*values[:slot], moved, *values[slot + 1 :]))
        heard[entry] = np.sum(g * (ends[0] - ends[1])) / (2 * STEP)
    return heard


def _reject_row(name: str, wrong: Sequence[Case]) -> NoReturn:
    found = diagnose(wrong, _ROWS)
    case = wrong[0]
    place = ("the first", "the second")[case.facts["slot"]]
    details = [
        f"{context.current.name}[{name!r}], {place} function: it should be {shown(case.expected)}",
        f"but it is {shown(case.actual)}",
    ]
    sentence = f"{found.sentence} (row {name!r})" if found else f"the row {name!r} is wrong."
    fail(sentence, misconception=found.name if found else None, details=details)
