"""What all widgets of the course share on Python's side; docs/widgets.md shows how to write one."""

from __future__ import annotations

import html
import math
import re
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_utils import figures

__all__ = ["Point", "Widget", "module", "number"]

FOLDER = Path(__file__).parent
_SHARED = ("numbers.js", "elements.js", "plot.js", "panel.js")  # each uses those before it
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./\w+\.js";\n', re.MULTILINE)
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def module(name: str) -> str:
    """Return the JavaScript of one widget as a single module: what all share, then its own file."""
    return "\n".join(_IMPORT.sub("", (FOLDER / file).read_text("utf-8")) for file in (*_SHARED, name))


def number(value: float, digits: int = 4) -> str:
    """Write a number as numbers.js does, so that both say the same in words."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value != 0 and not 1e-4 <= abs(value) < 1e5:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        written = f"{_plain(float(mantissa))}·10{str(int(exponent)).translate(_SUPERSCRIPTS)}"
    else:
        written = _plain(float(f"{value:.{digits}g}"))
    return written.replace("-", "−")


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


class Point(traitlets.List):  # type: ignore[misc]
    """A trait that holds a list of numbers, and takes a single number or an array as well."""

    def validate(self, obj: Any, value: Any) -> Any:
        """Make a list of floats of what is assigned."""
        return super().validate(obj, [float(x) for x in np.atleast_1d(value)])


class Widget(anywidget.AnyWidget):
    """A widget of the course: traits are its state, JavaScript draws it, a figure stands for it where no kernel lives.

    A subclass names its ``script`` and its traits (``.tag(sync=True)``), and gives `caption` and `figure`.
    If the student's functions drive it, it also names its ``inputs`` and gives `drive`.
    """

    script: ClassVar[str]
    inputs: ClassVar[tuple[str, ...]] = ()
    _css = (FOLDER / "widgets.css").read_text("utf-8")
    _answer = traitlets.Dict().tag(sync=True)

    def __init_subclass__(cls, **options: Any) -> None:
        """Join the widget's JavaScript to what all share; no echo."""
        for trait in vars(cls).values():
            if isinstance(trait, traitlets.TraitType):
                # ipywidgets sends each value back to where it came from: an old one, to a slider that has moved on.
                trait.tag(echo_update=False)
        if "script" in cls.__dict__:  # anywidget makes subclasses of its own, too
            cls._esm = module(cls.script)
        super().__init_subclass__(**options)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._asked: list[Any] | None = None
        answer = self.drive()  # what the student's functions raise here, the cell raises
        if answer is not None:
            self._tell(answer)
            self.observe(self._follow, list(self.inputs))

    def drive(self) -> dict[str, Any] | None:
        """Compute with the student's functions what the present state asks for.

        Called when the widget is made, then each time one of ``inputs`` has changed; while it runs, the browser keeps
        the latest change only.

        Returns
        -------
        dict of str to ndarray or str, or None
            Arrays go over as float32. None: nothing is the student's, JavaScript computes all.
        """
        return None

    @property
    def caption(self) -> str:
        """Say in words what is seen."""
        raise NotImplementedError

    def figure(self) -> Figure:
        """Draw the present state, for pages without a kernel."""
        raise NotImplementedError

    def fallback(self) -> str:
        """Return the present state as HTML that needs no kernel: the figure as SVG, and the caption."""
        return f"{figures.svg(self.figure(), self.caption)}<p>{html.escape(self.caption)}</p>"

    def _follow(self, _change: Any) -> None:
        if self._asked == self._now():
            return  # two traits came at once, and the first one was told already
        try:
            self._tell(self.drive() or {})
        except Exception as error:  # noqa: BLE001 - the student's function may raise anything: the widget says it
            self._tell({"error": f"{type(error).__name__}: {error}"})

    def _tell(self, answer: dict[str, Any]) -> None:
        self._asked = self._now()
        asked = dict(zip(self.inputs, self._asked, strict=True))
        self._answer = {"for": asked, **{name: _packed(value) for name, value in answer.items()}}

    def _now(self) -> list[Any]:
        return [getattr(self, name) for name in self.inputs]

    def __repr__(self) -> str:
        """Name the widget and its state."""
        own = self.traits().keys() - anywidget.AnyWidget.class_traits().keys()
        state = [f"{name}={getattr(self, name)!r}" for name in sorted(own) if not name.startswith("_")]
        return f"{type(self).__name__}({', '.join(state)})"

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**options)
        if bundle is None:
            return None
        data, metadata = bundle
        return data | {"text/html": self.fallback()}, metadata


def _packed(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    with np.errstate(over="ignore"):  # a walk that runs away is infinite soon
        small = np.ascontiguousarray(value, dtype="<f4")
    return {"shape": list(small.shape), "data": small.tobytes()}
