"""What the labs of *From Optimization to Auto-Differentiation* import.

Submodules load when they are first used: importing the package costs next to nothing, and never imports torch.
"""

from __future__ import annotations

import importlib
from types import ModuleType

__all__ = ["checks", "environment", "figures", "start", "widgets"]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
