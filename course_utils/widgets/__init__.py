"""Pictures that move under your hand: each class is a widget for one idea.

They load when they are first used, because anywidget takes its time.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_utils.widgets.curvefit import CurveFit
    from course_utils.widgets.descent import Descent
    from course_utils.widgets.gallery import Gallery
    from course_utils.widgets.graph import Graph
    from course_utils.widgets.livetraining import LiveTraining
    from course_utils.widgets.loop import Loop
    from course_utils.widgets.noise import Noise
    from course_utils.widgets.pad import Pad
    from course_utils.widgets.tangent import Tangent

__all__ = ["CurveFit", "Descent", "Gallery", "Graph", "LiveTraining", "Loop", "Noise", "Pad", "Tangent"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(importlib.import_module(f"{__name__}.{name.lower()}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
