"""What a student's function did to its arguments, done to the judge's own, and undone when the check is over."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import numpy as np

from autograder.sandbox.wire import WireError

__all__ = ["Changes"]


class Changes:
    """Copy-restore: changes of one check, written into the judge's arrays, tensors and containers.

    Without `undo`, a function that is handed the data of a setup cell could change what later checks compute with.
    """

    def __init__(self) -> None:
        self._before: list[tuple[Any, Any]] = []

    def apply(self, originals: list[Any], changed: Any) -> None:
        """Write what came back into the arguments that went over.

        Raises
        ------
        WireError
            What came back is no list of as many arguments.
        """
        if type(changed) is not list or len(changed) != len(originals):
            raise WireError("no changed arguments")
        for original, new in zip(originals, changed, strict=True):
            self._write(original, new)

    def undo(self) -> None:
        """Bring everything back to what it was, the last change first."""
        while self._before:
            original, old = self._before.pop()
            _fill(original, old)

    def _write(self, original: Any, new: Any) -> None:
        if type(original) is not type(new):
            return
        if isinstance(original, np.ndarray) or _is_tensor(original):
            if original.shape == new.shape and original.dtype == new.dtype:
                old = original.detach().clone() if _is_tensor(original) else original.copy()
                _fill(original, new)
                self._before.append((original, old))
        elif isinstance(original, list):
            self._before.append((original, list(original)))
            kept = [self._kept(old, value) for old, value in zip_longest(original, new[: len(original)])]
            original[:] = [*kept[: len(new)], *new[len(original) :]]
        elif isinstance(original, dict | set):
            self._before.append((original, original.copy()))
            _fill(original, new)

    def _kept(self, original: Any, new: Any) -> Any:
        """Keep the judge's own container, with its new content; replace anything else."""
        if type(original) is type(new) and isinstance(original, np.ndarray | list | dict | set):
            self._write(original, new)
            return original
        return new


def _is_tensor(value: Any) -> bool:
    return type(value).__name__ == "Tensor"


def _fill(original: Any, content: Any) -> None:
    if isinstance(original, dict | set):
        original.clear()
        original.update(content)
    elif isinstance(original, list):
        original[:] = content
    elif _is_tensor(original):
        original.detach().copy_(content)  # also where a gradient is tracked
    else:
        original[...] = content
