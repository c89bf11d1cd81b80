"""Files that are hardly notebooks, and notebooks that other programs or cheats have been at."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from tests.corpus.case import SOLVED, Case

__all__ = ["NOTEBOOKS"]

LAB, NAME, OTHER = "03_curve_fitting", "train", "predict"
HELPER = """def all_points(gradient, x, y, theta0, learning_rate, n_steps):
    points = [theta0]
    for _ in range(n_steps):
        points.append(points[-1] - learning_rate * gradient(points[-1], x, y))
    return points
"""
ANSWER = """def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    points = all_points(gradient, x, y, theta0, learning_rate, n_steps)
    return points[-1], [loss(model(theta, x), y) for theta in points]
"""
RIGHT = {NAME: SOLVED, OTHER: SOLVED}
FULL = {NAME: "CORRECT", OTHER: "CORRECT"}


def unreadable(name: str, content: bytes | Callable[[dict[str, Any]], Any]) -> Case:
    """Write a file that is no notebook."""
    return Case(name, "file", LAB, status="UNREADABLE", content=content)


def saved(name: str, change: Callable[[dict[str, Any]], Any], *, ends: dict[str, str] | None = None) -> Case:
    """Write a solved notebook that something has been done to."""
    return Case(name, "file", LAB, answers=RIGHT, ends=FULL if ends is None else ends, content=change)


def marks(cell: dict[str, Any]) -> dict[str, Any]:
    """Return nbgrader's marks of a cell."""
    found: dict[str, Any] = cell["metadata"].get("nbgrader", {})
    return found


def each(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Do something to every cell."""

    def changed(notebook: dict[str, Any]) -> dict[str, Any]:
        for cell in notebook["cells"]:
            change(cell)
        return notebook

    return changed


def without(key: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Drop a key of every cell."""
    return each(lambda cell: cell.pop(key, None))


def unmarked(notebook: dict[str, Any]) -> dict[str, Any]:
    """Drop all metadata, as an editor that knows nothing of nbgrader."""
    return {
        "cells": [{key: cell[key] for key in ("cell_type", "source")} | {"metadata": {}} for cell in notebook["cells"]],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 2,
    }


def nbformat3(notebook: dict[str, Any]) -> dict[str, Any]:
    """Write the notebook as IPython 2 did."""
    cells = [
        {"cell_type": "code", "input": cell["source"].splitlines(keepends=True), "language": "python", "outputs": []}
        if cell["cell_type"] == "code"
        else {"cell_type": "markdown", "source": cell["source"]}
        for cell in notebook["cells"]
    ]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}


def vscode(notebook: dict[str, Any]) -> dict[str, Any]:
    """Write the notebook as VS Code does: its own language ids, sources as lists, outputs of its own."""
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
        cell["metadata"] = {**cell["metadata"], "vscode": {"languageId": "python"}}
        if cell["cell_type"] == "code":
            cell |= {"execution_count": 5, "outputs": [{"output_type": "stream", "name": "stdout", "text": ["hello"]}]}
    notebook["metadata"] = {"kernelspec": {"name": "base", "display_name": "base"}, "language_info": {"name": "python"}}
    return notebook


def colab(notebook: dict[str, Any]) -> dict[str, Any]:
    """Write the notebook as Colab does: its own ids, nbgrader's marks gone."""
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] = {"id": f"aB3-{number}", "colab": {"base_uri": "https://localhost:8080/"}}
        cell.pop("id", None)
        cell["source"] = cell["source"].splitlines(keepends=True)
    notebook |= {"nbformat_minor": 0, "metadata": {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}}
    return notebook


def with_cells(notebook: dict[str, Any], place: str, *texts: str) -> dict[str, Any]:
    """Put cells of the student's own above an answer."""
    index = next(i for i, cell in enumerate(notebook["cells"]) if marks(cell).get("grade_id") == place)
    new: list[dict[str, Any]] = [
        {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None} for text in texts
    ]
    notebook["cells"][index:index] = new
    return notebook


def split(notebook: dict[str, Any]) -> dict[str, Any]:
    """Write the helper of an answer into a cell of its own."""
    for cell in notebook["cells"]:
        if marks(cell).get("grade_id") == NAME:
            cell["source"] = ANSWER
    return with_cells(notebook, NAME, HELPER)


def pasted(notebook: dict[str, Any]) -> dict[str, Any]:
    """Copy each answer's cell with all its marks, as copy and paste do; the copy comes second."""
    cells = []
    for cell in notebook["cells"]:
        cells.append(cell)
        if marks(cell).get("solution"):
            cells.append(copy.deepcopy(cell))
    return notebook | {"cells": cells}


def renamed(notebook: dict[str, Any]) -> dict[str, Any]:
    """Give every cell another name."""
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{number}"
        if marks(cell):
            marks(cell)["grade_id"] = f"cell-{number}"
    return notebook


def all_the_same(notebook: dict[str, Any]) -> dict[str, Any]:
    """Give every cell the name of one exercise."""
    for cell in notebook["cells"]:
        cell["id"] = "x"
        cell["metadata"]["nbgrader"] = {"grade_id": NAME, "solution": True}
    return notebook


def without_checks(notebook: dict[str, Any]) -> dict[str, Any]:
    """Delete every check and every given cell."""
    return notebook | {"cells": [cell for cell in notebook["cells"] if not marks(cell).get("locked")]}


def edited_checks(cell: dict[str, Any]) -> None:
    """Write into a locked cell, and claim points."""
    if marks(cell).get("locked"):
        cell["source"] = "print('full marks')\n100.0"
        marks(cell).update(points=100, grade=True, schema_version=3)
    cell["metadata"]["tags"] = ["skip-execution", "remove-cell"]
    if cell["cell_type"] == "code":
        cell["outputs"] = [{"output_type": "execute_result", "data": {"text/plain": "100.0"}, "metadata": {}}]


def other_types(cell: dict[str, Any]) -> None:
    """Turn code into text and text into code."""
    cell["cell_type"] = {"code": "markdown", "markdown": "code"}[cell["cell_type"]]


def scripts(cell: dict[str, Any]) -> None:
    """Put script wherever a browser might run it."""
    evil = "<script>alert('canary-script')</script><img src=x onerror=\"alert('canary-script')\"><svg onload=alert(1)></svg>"
    if cell["cell_type"] == "markdown":
        cell["source"] += f"\n\n{evil}\n\n[x](javascript:alert('canary-script'))"
    else:
        cell["outputs"] = [
            {
                "output_type": "display_data",
                "data": {"text/html": evil, "application/javascript": "alert(1)"},
                "metadata": {},
            }
        ]


FORGED = {
    "nbgrader": {
        "grade": True,
        "solution": False,
        "grade_id": "mine",
        "points": 100,
        "locked": True,
        "schema_version": 3,
    }
}


def own_checks(notebook: dict[str, Any]) -> dict[str, Any]:
    """Add a check of the student's own, worth a hundred points."""
    with_cells(notebook, NAME, "100.0")
    next(cell for cell in notebook["cells"] if cell["source"] == "100.0")["metadata"] = FORGED
    return notebook


def utf16(notebook: dict[str, Any]) -> bytes:
    """Save as Windows' editors may."""
    return json.dumps(notebook, ensure_ascii=False).encode("utf-16")


def dated(notebook: dict[str, Any]) -> dict[str, Any]:
    """Say inside that it was handed in on time."""
    notebook["metadata"] |= {"received": "2020-01-01", "timestamp": "2020-01-01 00:00:00 UTC"}
    return notebook


_BLANK = {NAME: "BLANK", OTHER: "BLANK"}

NOTEBOOKS: tuple[Case, ...] = (
    unreadable("an empty file", b""),
    unreadable("nothing but spaces", b" \n" * 1000),
    unreadable("no JSON", b"%PDF-1.7 not a notebook"),
    unreadable("JSON that breaks off", lambda notebook: json.dumps(notebook).encode()[:-200]),
    unreadable("a list", b"[1, 2, 3]"),
    unreadable("a number", b"7"),
    unreadable("no cells", b'{"cells": [], "nbformat": 4}'),
    unreadable("cells that are none", b'{"cells": [1, null, "x", {"cell_type": "verdict"}], "nbformat": 4}'),
    unreadable(
        "Latin-1", lambda notebook: json.dumps(notebook | {"x": "é"}, ensure_ascii=False).encode("latin-1", "replace")
    ),
    unreadable("NUL bytes", b"\0" * 4096),
    unreadable("a hundred thousand levels", b"[" * 100_000 + b"]" * 100_000),
    unreadable("cells a hundred thousand levels deep", b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    unreadable("thirty-one megabytes", b" " * 31_000_000),
    unreadable("an endless number", b'{"cells": ' + b"9" * 10_000 + b"}"),
    unreadable("HTML", b"<!DOCTYPE html><html><body>Log in to download</body></html>"),
    unreadable("a Git pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
    saved("as released", lambda notebook: notebook),
    saved("saved by VS Code", vscode),
    saved("saved by Colab", colab),
    saved("saved without any marks", unmarked),
    saved("saved as nbformat 3", nbformat3),
    saved("saved in UTF-16", utf16),
    saved("saved with Windows' line ends", each(lambda cell: cell.update(source=cell["source"].replace("\n", "\r\n")))),
    saved("saved with a byte order mark", lambda notebook: b"\xef\xbb\xbf" + json.dumps(notebook).encode()),
    saved("sources as lists", each(lambda cell: cell.update(source=cell["source"].splitlines(keepends=True)))),
    saved("sources as lists of lists", each(lambda cell: cell.update(source=[[cell["source"]], 5, *[cell["source"]]]))),
    saved("no ids", without("id")),
    saved("renamed ids", renamed),
    saved("one id for all", all_the_same),
    saved("an answer split over cells", split),
    saved("answers pasted twice", pasted),
    saved("cells in reverse", lambda notebook: notebook | {"cells": notebook["cells"][::-1]}),
    saved("checks and given cells deleted", without_checks),
    saved("checks edited, points claimed, cells to be skipped", each(edited_checks)),
    saved("code as text and text as code", each(other_types)),
    saved("scripts everywhere", each(scripts)),
    saved("a check of one's own", own_checks),
    saved(
        "another kernel", lambda notebook: notebook | {"metadata": {"kernelspec": {"name": "bash", "language": "bash"}}}
    ),
    saved("a date of one's own", dated),
    saved("metadata that is none", each(lambda cell: cell.update(metadata=[1]))),
    saved("a format of tomorrow", lambda notebook: notebook | {"nbformat": 9, "nbformat_minor": 99}),
    saved(
        "five thousand cells more",
        lambda notebook: with_cells(notebook, NAME, *["   "] * 5000),
        ends={OTHER: "CORRECT", NAME: "BLANK"},
    ),
    saved(
        "answers deleted",
        lambda notebook: notebook | {"cells": [cell for cell in notebook["cells"] if not marks(cell).get("solution")]},
        ends=_BLANK,
    ),
)
