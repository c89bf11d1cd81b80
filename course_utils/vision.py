"""torchvision, also beside a torch that cannot load its compiled part.

A wheel of torchvision built for CUDA, beside a torch built for CPU alone, fails at import with "operator
torchvision::nms does not exist". Its datasets, transforms and models need no compiled part: with the two operators
declared they work, and `torchvision.ops.nms` still says by itself that it was not built.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

__all__ = ["import_torchvision"]

_OPERATORS = ("nms", "qnms")
_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_libraries: list[Any] = []  # the declarations live as long as the object that made them


def import_torchvision() -> ModuleType:
    """Import torchvision, declaring its missing operators if that is what stops it.

    Returns
    -------
    module
        torchvision itself.

    Raises
    ------
    ImportError
        torchvision is not installed.
    RuntimeError
        It fails for another reason; the error is torchvision's own.
    """
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if "operator torchvision::nms does not exist" not in str(error):
            raise
    _declare_operators()
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]  # half imported
    return importlib.import_module("torchvision")


def _declare_operators() -> None:
    import torch

    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in _OPERATORS:
        library.define(operator + _SCHEMA)
    _libraries.append(library)
