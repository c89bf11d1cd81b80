"""The widget of mistakes: the pictures that a model got wrong, the surest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_utils import figures
from course_utils.widgets.base import Widget, number

__all__ = ["Gallery"]

PAGE = 12  # pictures that are shown at once
ALL = "all"
Array = np.ndarray[Any, np.dtype[Any]]


class Gallery(Widget):
    """Leaf through the pictures that a model got wrong, beginning with those of which it was surest.

    Parameters
    ----------
    pictures : array of shape (n, height, width)
        Brightness from 0 to 255.
    labels : sequence of n
        What each picture is.
    p_right : sequence of n numbers
        The probability that the model gave to the right answer; below 0.5 it is a mistake.
    said : sequence of n str
        What the model said.
    **state
        ``page`` (from 0), ``label`` (one of the labels, or ``"all"``). Both can be set later, too.

    Raises
    ------
    ValueError
        The four do not have the same length.
    """

    script = "gallery.js"
    inputs = ("label", "page")

    label = traitlets.Unicode(ALL).tag(sync=True)
    page = traitlets.Int(0, min=0).tag(sync=True)
    _labels = traitlets.List().tag(sync=True)

    def __init__(self, pictures: Any, labels: Sequence[Any], p_right: Any, said: Sequence[str], **state: Any) -> None:
        self._pictures, self._said = np.asarray(pictures), list(said)
        self._truth, self._p = [str(_plain(label)) for label in labels], np.asarray(p_right, dtype=float).ravel()
        lengths = {len(self._pictures), len(self._said), len(self._truth), len(self._p)}
        if len(lengths) > 1:
            raise ValueError(
                f"pictures, labels, p_right and said must have the same length; they have {sorted(lengths)}"
            )
        wrong = np.flatnonzero(self._p < 0.5)
        self._wrong = wrong[np.argsort(self._p[wrong], kind="stable")]
        super().__init__(_labels=sorted({self._truth[index] for index in self._wrong}), **state)

    @property
    def chosen(self) -> Array:
        """Which pictures are mistakes with the chosen label: their places, the surest first."""
        return np.array([i for i in self._wrong if self.label in (ALL, self._truth[i])], dtype=int)

    def _shown(self) -> tuple[Array, int, int]:
        chosen = self.chosen
        pages = max(1, -(-len(chosen) // PAGE))
        page = min(self.page, pages - 1)
        return chosen[page * PAGE : (page + 1) * PAGE], page, pages

    def _words(self, index: int) -> str:
        return f"{self._truth[index]}: said {self._said[index]}, p = {number(float(self._p[index]), 2)}"

    def drive(self) -> dict[str, Any]:
        """Choose the pictures of the present page."""
        shown, page, pages = self._shown()
        words = [self._words(index) for index in shown]
        return {
            "pictures": self._pictures[shown].astype(float),
            "words": words,
            "pages": pages,
            "page": page,
            "caption": self.caption,
        }

    @property
    def caption(self) -> str:
        """What is seen."""
        shown, page, pages = self._shown()
        count, total = len(self.chosen), len(self._truth) if self.label == ALL else self._truth.count(self.label)
        which = "pictures" if self.label == ALL else f"pictures of {self.label}"
        if not count:
            return f"None of {total} {which} is wrong."
        low, high = (number(float(self._p[shown[place]]), 2) for place in (0, -1))
        return (
            f"{count} of {total} {which} are wrong ({count / total:.1%}); page {page + 1} of {pages}, surest first. "
            f"The right answer got a probability between {low} and {high} here."
        )

    def figure(self) -> Figure:
        """Draw the present page."""
        shown, _, _ = self._shown()
        drawing, places = figures.grid(2, PAGE // 2, width=9, height=3.6)
        for axes in places.flat:
            axes.set(xticks=[], yticks=[])
            axes.grid(visible=False)
            axes.set_axis_off()
        for axes, index in zip(places.flat, shown, strict=False):
            axes.imshow(self._pictures[index], cmap="gray", vmin=0, vmax=255)
            axes.set_title(self._words(index).replace(", ", "\n"), fontsize=8)
        return drawing


def _plain(label: Any) -> Any:
    return label.item() if hasattr(label, "item") else label
