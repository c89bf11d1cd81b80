"""Handles: a student's objects that are not plain data can be called and walked, and are believed nothing."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.judge.session import Judge
from autograder.verdict import CheckStatus
from course_utils import checks
from tests.toy_judge import verdict_on


def test_a_handle_can_be_called_and_walked(judge: Judge) -> None:
    """The student's own objects stay there; what is asked of them is forwarded."""
    answer = (
        "class f:\n"
        "    def __init__(self, v): self.v = v\n"
        "    def __iter__(self): return iter([self, 2])\n"
        "    def twice(self): return f(2 * self.v)\n"
    )
    check = "a = f(1)\nassert a.twice().v == 2 and list(a)[0] is a and list(a)[1] == 2"
    assert verdict_on(judge, answer, check).message == ""


@pytest.mark.parametrize(
    "expression",
    [
        *(
            "a - 42.5",
            "42.5 - a",
            "a * np.array([42.5])",
            "np.array([42.5]) - a",
            "np.float64(42.5) ** a",
            "a @ [42.5]",
        ),
        *(
            "a == 42.5",
            "42.5 < a",
            "abs(a)",
            "len(a)",
            "a[42]",
            "float(a)",
            "bool(a)",
            "[1.0, a] - np.array([42.5, 1])",
        ),
    ],
)
def test_an_operator_gives_a_handle_nothing(judge: Judge, expression: str) -> None:
    """The judge's numbers do not go over to be computed with: among them is what the answer should be."""
    names = ("sub", "rsub", "mul", "rmul", "pow", "rpow", "matmul", "rmatmul", "eq", "lt", "gt", "abs", "getitem")
    answer = (
        "told = []\n"
        "class Spy:\n"
        "    def __len__(self): return told.append('len') or 1\n"
        "    def __float__(self): return told.append('float') or 1.0\n"
        "    def __bool__(self): return told.append('bool') or True\n"
        f"for name in {names}:\n"
        "    setattr(Spy, f'__{name}__', lambda self, *others: told.append(others) or 1.0)\n"
        "def f(x): return Spy() if x else len(told)\n"
    )
    check = f"a = f(1)\ntry:\n    {expression}\nexcept TypeError:\n    assert f(0) == 0\nelse:\n    raise SystemExit"
    verdict = verdict_on(judge, answer, check)
    assert (CheckStatus.CORRECT, "") == (verdict.status, verdict.message)


@pytest.mark.parametrize("value", ["f", "[][:].append", "object()", "{1: 2}", "'text'", "None", "range(3)", "[f, 1.0]"])
def test_a_value_is_shown_as_in_a_kernel(judge: Judge, value: str) -> None:
    """What a message calls a student's object does not hang on where the check runs."""
    names: dict[str, Any] = {}
    answer = f"def f():\n    return {value}"
    exec(answer, names)  # noqa: S102 - as a kernel would
    expected = checks.shown(names["f"]())
    assert verdict_on(judge, answer, "print(checks.shown(f()))").message == expected


@pytest.mark.parametrize("use", ["f(1) == 1", "bool(f(1))", "f(1) < 2", "float(f(1))", "[1.0] == [f(1)]"])
def test_a_handle_is_never_equal_or_true(judge: Judge, use: str) -> None:
    """An object that claims to equal everything earns nothing."""
    answer = "class f:\n    def __init__(self, x): pass\n" + "".join(
        f"    def __{name}__(self, *o): return {value}\n"
        for name, value in {"eq": True, "bool": True, "float": 1.0, "lt": True}.items()
    )
    assert verdict_on(judge, answer, f"assert {use}").status == CheckStatus.WRONG


def test_an_array_like_object_is_no_array(judge: Judge) -> None:
    """`__array__` of a student's object is not asked."""
    answer = "class A:\n    def __array__(self, *a, **k): return np.ones(2)\ndef f(x): return A()"
    verdict = verdict_on(judge, answer, "checks.compare(checks.call(f, 1), [1.0, 1.0])")
    assert verdict.misconception == "not_a_number"


def test_a_name_of_a_kind_is_only_text(judge: Judge) -> None:
    """What a student's class says that it is called can be stored anywhere, and does nothing to a terminal."""
    answer = (
        "class Meta(type):\n    __name__ = property(lambda cls: '\\ud800\\x1b]0;mine\\x07')\n"
        "class Answer(metaclass=Meta): pass\ndef f(x): return Answer()"
    )
    message = verdict_on(judge, answer, "checks.compare(f(0), 1.0)").message
    assert "?]0;mine" in message
    assert all(letter.isprintable() or letter == "\n" for letter in message)


@pytest.mark.parametrize(
    "value",
    [
        *("collections.namedtuple('Result', 'theta losses')(1.0, [2.0])", "collections.OrderedDict(a=1)"),
        *(
            "collections.defaultdict(list, a=[1])",
            "type('Mine', (list,), {})([1, 2])",
            "type('Mine', (float,), {})(2.5)",
            "type('Mine', (int,), {})(3)",
            "type('Mine', (set,), {})([1])",
        ),
        *("np.longdouble(2.5)", "np.array([1, 2.5], np.longdouble)", "np.array([1j], np.clongdouble)"),
    ],
)
def test_what_is_built_upon_a_kind_is_of_that_kind(judge: Judge, value: str) -> None:
    """A namedtuple is a tuple: a check that a student's own computer passes is passed in the judge, too."""
    check = f"import collections\nassert np.all(checks.call(f, 0) == {value}), f(0)"
    assert verdict_on(judge, f"import collections\ndef f(x): return {value}", check).message == ""
