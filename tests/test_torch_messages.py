"""Torch's own error messages, raised by torch itself, are understood; and torch is not loaded for that."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from course_utils import checks
from course_utils.checks.messages import shortened, understood


def tracked(*values: float) -> torch.Tensor:
    """Make a tracked tensor."""
    return torch.tensor(values, dtype=torch.float32, requires_grad=True)


def in_place() -> None:
    """Change a tracked tensor."""
    x = tracked(1, 2)
    x -= 1


def twice() -> None:
    """Go back twice through one graph."""
    y = tracked(2).prod() ** 3
    y.backward()
    y.backward()


def overwritten() -> None:
    """Change a value that its derivative needs."""
    y = torch.sqrt(tracked(1, 4))
    y += 1
    y.sum().backward()


class Unprepared(nn.Module):
    """A module without super().__init__()."""

    def __init__(self) -> None:
        self.layer = nn.Linear(2, 2)


# Where a type is ignored, the line makes on purpose a mistake that mypy sees, too.
ERRORS: dict[str, Callable[[], Any]] = {
    "inplace_on_leaf": in_place,
    "whole_number_tensor": lambda: torch.tensor([1, 2], requires_grad=True),
    "backward_needs_a_number": lambda: tracked(1, 2).backward(),
    "graph_used_up": twice,
    "numpy_of_tracked_tensor": lambda: np.sin(tracked(1)),
    "nothing_recorded": lambda: torch.tensor(1.0).backward(),
    "not_in_the_graph": lambda: torch.autograd.grad(tracked(1).sum(), tracked(1)),
    "value_overwritten": overwritten,
    "none_in_formula": lambda: 0.1 * tracked(1).grad,  # type: ignore[operator]
    "none_for_a_number": lambda: f"{max([None]):.3f}",  # type: ignore[type-var]
    "caret_power": lambda: np.ones(2) ^ 2,  # type: ignore[operator]
    "backward_of_a_function": lambda: in_place.backward,  # type: ignore[attr-defined]
    "number_without_graph": lambda: tracked(1).item().backward(),  # type: ignore[union-attr]
    "not_a_tensor": lambda: torch.tanh(np.ones(2)),  # type: ignore[arg-type]
    "different_kinds_of_numbers": lambda: nn.Linear(2, 1)(torch.ones(3, 2).double()),
    "whole_number_result": lambda: torch.tensor([1, 2]).add_(0.5),
    "mean_of_whole_numbers": lambda: torch.tensor([1, 2]).mean(),
    "shapes_do_not_chain": lambda: nn.Linear(2, 1)(torch.ones(3, 4)),
    "shapes_do_not_pair": lambda: torch.ones(3) + torch.ones(4),
    "target_of_another_shape": lambda: nn.BCELoss()(torch.ones(3, 1), torch.ones(3)),
    "not_a_probability": lambda: nn.BCELoss()(torch.ones(2), torch.tensor([1.0, 7.0])),
    "many_for_one": lambda: tracked(1, 2).item(),
    "truth_of_many": lambda: bool(tracked(1, 2) > 0),
    "module_not_prepared": Unprepared,
    "no_parameters_found": lambda: torch.optim.SGD([], lr=0.1),
    "bare_parameter": lambda: torch.optim.SGD(tracked(1), lr=0.1),
    "computed_parameter": lambda: torch.optim.SGD([2 * tracked(1)], lr=0.1),
    "no_forward": lambda: nn.Module()(tracked(1)),
    "generator_for_list": lambda: len(p for p in [1]),  # type: ignore[arg-type]
    "gradient_is_a_tensor": lambda: setattr(tracked(1), "grad", 0),
}


@pytest.mark.parametrize("name", ERRORS)
def test_a_message_of_torch_is_understood(name: str) -> None:
    """Each is raised by torch (or Python) itself, and recognised as what it is."""
    with warnings.catch_warnings(action="ignore"), pytest.raises(Exception) as raised:  # noqa: PT011 - any kind
        ERRORS[name]()
    known = understood(str(raised.value))
    assert known is not None
    assert known.name == name
    assert known.hint


def test_an_unknown_message_is_left_alone() -> None:
    """No meaning is invented."""
    assert understood("division by zero") is None


def test_long_messages_are_cut_after_their_first_sentence() -> None:
    """The rest is advice, which the plain words give better."""
    text = "RuntimeError: Trying to do (this). Saved values are freed. Specify"
    assert shortened(text) == "RuntimeError: Trying to do (this)"


def test_explained_shows_an_error_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    """One line for the error, one for its meaning, one for the remedy."""
    with checks.explained():
        in_place()
    lines = capsys.readouterr().out.splitlines()
    assert [line.strip().split(":")[0] for line in lines] == ["RuntimeError", "In plain words", "What to do"]


def test_explained_says_when_nothing_happens(capsys: pytest.CaptureFixture[str]) -> None:
    """A cell that shows an error should not end in silence."""
    with checks.explained():
        pass
    assert capsys.readouterr().out == "no error\n"


def test_a_check_adds_plain_words(capsys: pytest.CaptureFixture[str]) -> None:
    """A student's function that stops with torch's message is told what it means."""
    del capsys
    with pytest.raises(checks.CheckFailed) as failed:
        checks.call(in_place)
    assert failed.value.misconception == "inplace_on_leaf"
    assert "In plain words: you change a tracked tensor in place" in failed.value.message


def test_a_module_without_forward_is_no_stub() -> None:
    """torch raises NotImplementedError for it, which a stub does too."""
    with pytest.raises(checks.CheckFailed) as failed:
        checks.call(nn.Module(), torch.ones(1))
    assert failed.value.verdict == "WRONG"


def test_tensors_count_as_arrays() -> None:
    """Comparing, showing and copying work as with arrays, tracked or not."""
    assert checks.same(tracked(1, 2), [1, 2])
    assert checks.same([tracked(1).sum(), torch.tensor(2.0)], [1, 2])
    assert checks.shown(tracked(1, 2)) == "[1., 2.]"
    assert checks.number_array(torch.ones(2, dtype=torch.bfloat16)) is None
    copied = checks.copy_plain((tracked(1, 2),))[0]
    assert copied.tolist() == [1, 2]
    assert not copied.requires_grad


def test_a_tensor_that_is_changed_in_place_is_noticed() -> None:
    """Like an array."""
    with pytest.raises(checks.CheckFailed) as failed:
        checks.call(lambda x: x.mul_(2), torch.ones(2))
    assert failed.value.misconception == "changes_input"


def test_a_cell_shows_an_error_in_plain_words() -> None:
    """With the student's own lines, and none of torch's; an unknown error looks as ever."""
    code = """
from autograder.sandbox.shell import make_shell
shell = make_shell()
shell.run("from course_utils import checks; import torch")
shell.run("def slope(x): x.backward()")
for cell in ("slope(torch.ones(2, requires_grad=True))", "int('a')"):
    print("|".join(shell.run(cell)[-1]["traceback"]))
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    known, unknown = told.split("\n", 1)
    places = ["line 1 of this cell", "line 1 of slope", "RuntimeError", "  In plain words", "  What to do"]
    assert [line.split(":")[0] for line in known.split("|")] == places
    assert "Traceback (most recent call last)" in unknown


def test_checks_do_not_load_torch() -> None:
    """Labs 01 to 05 import the same package."""
    code = "import sys; from course_utils import checks; print('torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "False\n"
