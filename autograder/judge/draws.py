"""Random numbers that the judge draws for a student's function: the usual kinds, and never more than can be waited for.

While numpy draws, neither a deadline nor an alarm can stop it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["MOST", "draw"]

MOST = 1_000_000  # numbers of one draw
# The usual methods, and which of their arguments is the size; -1 if none is.
_SIZES = {
    "random": 0,
    "standard_normal": 0,
    "standard_exponential": 0,
    "normal": 2,
    "uniform": 2,
    "integers": 2,
    "exponential": 1,
    "laplace": 2,
    "logistic": 2,
    "poisson": 1,
    "binomial": 2,
    "standard_t": 1,
    "triangular": 3,
    "choice": 1,
    "permutation": -1,
    "permuted": -1,
}
_DRAW_FROM = ("choice", "permutation")  # a whole number n stands for 0, 1, ..., n - 1


def draw(generator: np.random.Generator, method: str) -> Callable[..., Any]:
    """Return a method of a random generator, which refuses what would take too long.

    Parameters
    ----------
    generator : Generator
        The judge's.
    method : str
        Its name, as a student's code calls it.

    Returns
    -------
    callable
        It raises AttributeError if the method is not among the usual ones, and ValueError if it would draw more than
        `MOST` numbers; both are for the student to read.
    """

    def drawn(*args: Any, **kwargs: Any) -> Any:
        if method not in _SIZES:
            usual = ", ".join(_SIZES)
            raise AttributeError(f"when your work is graded, random numbers come from {usual}: there is no {method!r}")
        if any(count > MOST for count in _counts(method, args, kwargs)):
            raise ValueError(f"when your work is graded, {method} gives no more than {MOST:,} numbers at once")
        return getattr(generator, method)(*args, **kwargs)

    return drawn


def _counts(method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[float]:
    """Say how many numbers a call asks for: by its size, by the whole number that it draws from, by its arrays."""
    place = _SIZES[method]
    size = kwargs.get("size", args[place] if 0 <= place < len(args) else None)
    if size is not None:
        yield math.prod(float(length) for length in np.atleast_1d(size))
    values = (*args, *kwargs.values())
    if method in _DRAW_FROM:
        yield from (float(value) for value in values if isinstance(value, int | np.integer))
    yield from (float(np.size(value)) for value in values)
