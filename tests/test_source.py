"""Reading sources: kinds of cells, lines, and every rule with the line that breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import SourceError
from autograder.source.lint import check_lab, long_cells
from autograder.source.names import names_of
from autograder.source.percent import read_lab
from tests.broken_sources import BEGIN, READING, RULES
from tests.walks import SOURCE, WALKS, read_text

INFO = Course.load(WALKS).lab("01_walks")
TEXT = SOURCE.read_text("utf-8")


def line_of(text: str, part: str) -> int:
    """Return the line on which a part of a text begins; the last line that starts a cell, for none."""
    return text[: text.index(part) if part else text.rindex("\n# %%") + 1].count("\n") + 1


def test_kinds_of_cells() -> None:
    """Each marker gives its kind, and its values."""
    lab = read_lab(SOURCE)
    expected = "markdown setup markdown markdown exercise checks checks show markdown exercise checks markdown exercise"
    assert expected.split() == [cell.kind for cell in lab.cells][:13]
    check = lab.checks("step")[1]
    assert ("check_step_any", "step", 2) == (check.id, check.exercise, check.points)


def test_comments_stay_comments(tmp_path: Path) -> None:
    """A comment that looks like a command of a shell is a comment."""
    text = TEXT.replace("for start in STARTS:", "# cat and mouse\n# ls is no list\n# %time flies\nfor start in STARTS:")
    (show,) = read_text(tmp_path, text).of_kind("show")
    assert ["# cat and mouse", "# ls is no list", "# %time flies"] == show.source.split("\n")[:3]


def test_exercises_carry_their_cards() -> None:
    """An exercise knows number, title, points, minutes, and whether it is optional."""
    found = [(e.id, e.number, e.title, e.points, e.minutes, e.optional) for e in read_lab(SOURCE).exercises]
    assert found == [
        ("step", "1.1", "one step", 3, 10, False),
        ("heights", "1.2", "heights along the way", 2, 10, False),
        ("lowest", "1.3", "the lowest start", 1, 5, False),
        ("Pedometer", "1.4", "a pedometer", 0, 20, True),
    ]


def test_lines_are_those_of_the_file() -> None:
    """A cell knows the line of its marker and of its first line of text."""
    lines = TEXT.split("\n")
    for cell in read_lab(SOURCE).cells:
        assert lines[cell.line - 1].startswith("# %%")
        assert cell.source.split("\n")[0] == lines[cell.start - 1].removeprefix("# " if not cell.is_code else "")


def test_toy_labs_keep_the_rules() -> None:
    """The lab that all tables below break keeps every rule itself."""
    course = Course.load(WALKS)
    for info in course.labs:
        check_lab(read_lab(course.solutions / f"{info.name}.py"), info)


@pytest.mark.parametrize("name", [*READING, *RULES])
def test_broken_rules_are_named_with_their_line(name: str, tmp_path: Path) -> None:
    """An error says file, line and rule."""
    old, new, place, message = {**READING, **RULES}[name]
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    with pytest.raises(SourceError) as caught:
        check_lab(read_text(tmp_path, text), INFO)
    assert (message in str(caught.value), message) == (True, message), str(caught.value)
    assert f"{tmp_path / '01_walks.py'}:{line_of(text, place)}: " + caught.value.message == str(caught.value)


def test_unreadable_files_are_told(tmp_path: Path) -> None:
    """A file that is not there, or not UTF-8, is an error like any other."""
    (tmp_path / "bad.py").write_bytes(b"\xff\xfe")
    for name in ("none.py", "bad.py"):
        with pytest.raises(SourceError, match=rf"{name}:1: cannot be read"):
            read_lab(tmp_path / name)


def test_long_cells_are_mentioned(tmp_path: Path) -> None:
    """More than fifteen visible lines are worth a word; solutions and hidden parts do not count."""
    assert long_cells(read_lab(SOURCE)) == []
    many = "\n".join(f"x{n} = {n}" for n in range(16))
    lab = read_text(tmp_path, TEXT.replace("for start in STARTS:", many + "\nfor start in STARTS:"))
    assert [
        f"{lab.path}:{line_of(TEXT, '# %% [show]')}: 18 lines of code to read at once: 15 are a good most"
    ] == long_cells(lab)
    solution = "".join(f"    x{n} = {n}\n" for n in range(16))
    assert long_cells(read_text(tmp_path, TEXT.replace(BEGIN, BEGIN + solution))) == []


@pytest.mark.parametrize(
    ("code", "bound", "free"),
    [
        ("x = [y for y in ys if y > z]", {"x"}, {"ys", "z"}),
        ("def f(a, b=c):\n    d = a\n    return d + e + len(a)", {"f"}, {"c", "e"}),
        ("def f():\n    def g():\n        return h + x\n    x = 1\n    return g", {"f"}, {"h"}),
        ("class A(B):\n    c = d\n    def e(self): return c", {"A"}, {"B", "d", "c"}),
        ("import numpy.linalg as la, os.path\nfrom x import y as z", {"la", "os", "z"}, set()),
        ("for i, (j, *k) in things: pass", {"i", "j", "k"}, {"things"}),
        ("with open(p) as f, g() as h: pass", {"f", "h"}, {"p", "g"}),
        ("try:\n    a\nexcept E as e:\n    b", {"e"}, {"a", "E", "b"}),
        ("def f():\n    global g\n    g = 1", {"f", "g"}, set()),
        ("(n := m)\nn += 1\ndel n", {"n"}, {"m"}),
        ("f = lambda x, *y, **z: x + y + z + w", {"f"}, {"w"}),
        ("{a: b for a, b in {**c}.items()}\n[[q for q in p] for p in r]", set(), {"c", "r"}),
        ("match s:\n    case {'a': t, **u}: t", {"t", "u"}, {"s"}),
        ("print(f'{v!r:{w}}')", set(), {"v", "w"}),
    ],
)
def test_names_are_python_s(code: str, bound: set[str], free: set[str]) -> None:
    """Bound and free names are those of Python's own scopes."""
    names = names_of(code)
    assert (bound, free) == (set(names.bound), set(names.free))
