"""Names: which of them a cell defines, whatever its text is."""

from __future__ import annotations

import pytest

from autograder.intake.names import Names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(x): pass", True),
        ("async def f(x): pass", True),
        ("class f: pass", True),
        ("f = 1", True),
        ("f: int = 1", True),
        ("a, (f, b) = 1, (2, 3)", True),
        ("if True:\n    def f(): pass", True),
        ("from m import g as f", True),
        ("for f in []: pass", True),
        ("f == 1", False),
        ("def g():\n    f = 1", False),
        ("[f for f in x]", False),
        ("lambda f: f", False),
        ("g.f = 1", False),
        ("def f(:", True),
        ("!ls\nf = 1", True),
        ("!ls\nf == 1", False),
        ("!ls\n    f = 1", False),
        ("-" * 100_000 + "f", False),
    ],
)
def test_defines(text: str, expected: bool) -> None:
    """A name is defined at top level by def, class, assignment or import, whether or not the text parses."""
    assert expected is Names().defines(text, "f")


def test_a_notebook_is_not_parsed_for_ever() -> None:
    """Beyond some hundred thousand characters, a name is looked for in the text alone."""
    names, text = Names(), "g = '''\ndef f(): pass\n'''"
    assert not names.defines(text, "f")
    for number in range(7):
        assert not names.defines(f"# f {number}\n" + "0;" * 22_000, "f")
    assert (False, True) == (names.defines(text, "f"), names.defines(text + "\n", "f"))
