"""What error messages of torch, and a few of Python and NumPy, mean in plain words, and what to do.

A message is recognised by a fragment of its text; the first that fits counts.
Checks add the plain words to an error that stops a student's code; with `explained` a student asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from course_utils.checks.misconceptions import MISCONCEPTIONS, Misconception, add

__all__ = ["MESSAGES", "explained", "in_words", "message", "shortened", "understood"]

MESSAGES: dict[str, Misconception] = {}  # by the regular expression that recognises the text


def message(fragment: str, name: str, meaning: str, remedy: str) -> Misconception:
    """Register an error message.

    Parameters
    ----------
    fragment : str
        A regular expression that occurs in its text, and in no other.
    name : str
        The misconception behind it.
    meaning : str
        What happened, as a sentence.
    remedy : str
        What to do, as the hint of the misconception.

    Returns
    -------
    Misconception
        The registered one.
    """
    MESSAGES[fragment] = add(name, meaning, remedy)
    return MESSAGES[fragment]


def understood(text: str) -> Misconception | None:
    """Return what a message means, or None if it is not known."""
    if "Cannot cast ufunc" in text and "int" in text.rsplit("to", 1)[-1]:
        return MISCONCEPTIONS["integer_array"]
    return next((meaning for fragment, meaning in MESSAGES.items() if re.search(fragment, text)), None)


@contextmanager
def explained() -> Iterator[None]:
    """Show an error as one line and in plain words, and go on: ``with checks.explained(): loss.backward()``."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - any error is shown
        print("\n".join(in_words(error)))
    else:
        print("no error")


def in_words(error: BaseException) -> list[str]:
    """Return an error as a line, and its meaning and remedy as two more if they are known."""
    text = f"{type(error).__name__}: {error}"
    known = understood(text)
    words = [f"  In plain words: {known.sentence}", f"  What to do: {known.hint}"] if known else []
    return [shortened(text), *words]


def shortened(text: str) -> str:
    """Return the first sentence of a message."""
    first = re.split(r"(?<=[a-z)])\. (?=[A-Z])|\n", text, maxsplit=1)[0]
    return first[:300]


message(
    "a (view of a )?leaf Variable that requires grad is being used in an in-place",
    "inplace_on_leaf",
    "you change a tracked tensor in place, and torch cannot differentiate through that.",
    "a step is no part of the model: write it inside `with torch.no_grad():`.",
)
message(
    "nly Tensors of floating point",
    "whole_number_tensor",
    "this tensor holds whole numbers, and only decimal numbers have derivatives.",
    "write 1.0 instead of 1, or turn it into decimals with `.float()`.",
)
message(
    "grad can be implicitly created only for scalar outputs",
    "backward_needs_a_number",
    "you ask for the gradient of many numbers at once; a gradient belongs to one number.",
    "what joins them into one number, so that each keeps its own share of the slope?",
)
message(
    "Trying to backward through the graph a second time",
    "graph_used_up",
    "the first backward pass has thrown the graph away, and this is the second through the same graph.",
    "compute the value anew before each backward pass; to keep the graph on purpose, say `retain_graph=True`.",
)
message(
    r"Can't call numpy\(\) on Tensor that requires grad",
    "numpy_of_tracked_tensor",
    "NumPy gets a tracked tensor; it would do the arithmetic, and the graph would end there.",
    "inside a model use torch's functions, such as `torch.sin`; for a figure take `tensor.detach()`.",
)
message(
    "does not require grad and does not have a grad_fn|One of the differentiated Tensors does not require grad",
    "nothing_recorded",
    "there is no graph to go back through: nothing that went into this number is tracked.",
    "did you ask for `requires_grad` before you computed it? Did `.item()`, `.detach()`, `no_grad` or "
    "`torch.tensor(…)` cut the graph on the way? For a derivative of a derivative: `create_graph=True`.",
)
message(
    "appears to not have been used in the graph",
    "not_in_the_graph",
    "the number does not depend on the tensor by which you differentiate.",
    "a copy is another tensor: differentiate by the very tensor that went into the function.",
)
message(
    "has been modified by an inplace operation",
    "value_overwritten",
    "a value that the backward pass still needs has been overwritten.",
    "write `y = y + 1` instead of `y += 1`: it makes a new tensor, and the old one is kept.",
)
message(
    r"unsupported operand type.* for \^|ufunc 'bitwise_xor' not supported",
    "caret_power",
    "your code uses ^ on fractions.",
    "in Python ^ is an operation on bits; a power is written with two stars, **.",
)
message(
    "unsupported format string passed to NoneType",
    "none_for_a_number",
    "a number should be written here, and it is None.",
    "a function without `return` gives None: look at the one that makes this number.",
)
message(
    "unsupported operand type.*NoneType",
    "none_in_formula",
    "a part of this formula is None.",
    "a function without `return` gives None; in torch, `.grad` is None until `backward()` has filled it, and "
    "stays None for a tensor that has no part in the loss, or was computed from others.",
)
message(
    "'(function|method)' object has no attribute 'backward'",
    "backward_of_a_function",
    "a function has no graph: only a value that was computed does.",
    "call the function first, and ask its result: `f(x).backward()`.",
)
message(
    "'(float|int|numpy.*|ndarray)' object has no attribute '(backward|detach|requires_grad_?|item)'",
    "number_without_graph",
    "this is a plain number or a NumPy array: it has left torch, and has no graph.",
    "stay with tensors until the end; `.item()` and `float()` come last.",
)
message(
    "must be Tensor, not",
    "not_a_tensor",
    "a function of torch gets something that is no tensor.",
    "turn it into one first, with `torch.tensor(…)`; between a tracked tensor and the loss, leave it one.",
)
message(
    "must have the same dtype|to have same dtype|Found dtype .* but expected",
    "different_kinds_of_numbers",
    "two tensors hold different kinds of numbers, such as float32 and float64, or whole numbers.",
    "look at `.dtype` of both; `.float()` makes float32, the usual kind in torch.",
)
message(
    "can't be cast to the desired output type",
    "whole_number_result",
    "decimal numbers shall be written into a tensor of whole numbers.",
    "make that tensor with decimals: `torch.zeros(3)` has them, `torch.tensor([0, 0, 0])` has not.",
)
message(
    "could not infer output dtype",
    "mean_of_whole_numbers",
    "the mean of whole numbers would be no whole number.",
    "turn them into decimals first, with `.float()`.",
)
message(
    "shapes cannot be multiplied|size mismatch, got",
    "shapes_do_not_chain",
    "two shapes do not fit in a matrix product: the inner sizes must be equal.",
    "(n, d) times (d, h) gives (n, h): print the shapes of both, and see which side is turned.",
)
message(
    r"must match the size of tensor b",
    "shapes_do_not_pair",
    "two tensors of different lengths cannot be added, subtracted or multiplied entry by entry.",
    "print the shapes of both: which axis is meant to be the same?",
)
message(
    "Using a target size|Target size .* must be the same as input size",
    "target_of_another_shape",
    "predictions and targets have different shapes, such as (n, 1) and (n,).",
    "`predictions.squeeze(1)` takes the axis of length 1 away, `targets.unsqueeze(1)` puts one there.",
)
message(
    "all elements of (target|input) should be between 0 and 1",
    "not_a_probability",
    "this loss compares probabilities, and gets a number outside of 0 to 1.",
    "targets are 0 or 1, and predictions come out of a sigmoid.",
)
message(
    "cannot be converted to Scalar|only one element tensors can be converted|can only be converted to Python scalars",
    "many_for_one",
    "`.item()` and `float()` want a tensor with one entry, and this one has several.",
    "is a sum or a mean missing?",
)
message(
    "Boolean value of Tensor with more than one value",
    "truth_of_many",
    "`if` wants one answer, yes or no, and a tensor with several entries gives several.",
    "say whether you mean `.all()` or `.any()` of them.",
)
message(
    r"before Module.__init__\(\) call",
    "module_not_prepared",
    "the module does not yet know how to register layers.",
    "the first line of `__init__` is `super().__init__()`.",
)
message(
    "optimizer got an empty parameter list",
    "no_parameters_found",
    "the module has no parameters that the optimizer could move.",
    "layers are registered when you write `self.name = layer`; a plain Python list hides them.",
)
message(
    "params argument given to the optimizer should be an iterable",
    "bare_parameter",
    "the optimizer wants a list of tensors, and gets a single one.",
    "put it into a list: `[theta]`.",
)
message(
    "can't optimize a non-leaf Tensor",
    "computed_parameter",
    "the optimizer gets a tensor that was computed from others; it moves only those that you made yourself.",
    "copy the numbers first, and ask for `requires_grad` last.",
)
message(
    'missing the required "forward" function',
    "no_forward",
    "the module has no method `forward`.",
    "is it written exactly so, with `self` and `x`, and inside the class?",
)
message(
    "'generator' has no len|'generator' object is not subscriptable",
    "generator_for_list",
    "the parameters come from a generator: it has no length and no places, it hands out one after the other.",
    "walk through it with `for parameter in parameters:`, or make a list of it first.",
)
message(
    "assigned grad (has type|expected to be)",
    "gradient_is_a_tensor",
    "`.grad` takes a tensor or None, no plain number.",
    "None clears it; `.grad.zero_()` fills it with zeros.",
)
