"""The notebook that students get, made by nbgrader's own steps without its files and its database."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["CODE_STUB", "TEXT_STUB", "release"]

# nbgrader_config.py takes them from here.
CODE_STUB = "raise NotImplementedError  # write your answer here, and delete this line"
TEXT_STUB = "YOUR ANSWER HERE"


def release(notebook: NotebookNode) -> NotebookNode:
    """Make the students' notebook of a source notebook.

    Parameters
    ----------
    notebook : NotebookNode
        As :func:`autograder.source.notebook.notebook` makes it; it is not changed.

    Returns
    -------
    NotebookNode
        What ``nbgrader generate_assignment`` makes of the same notebook.
    """
    from nbgrader import preprocessors as step  # takes two seconds

    node = copy.deepcopy(notebook)
    resources: dict[str, object] = {}
    for preprocessor in (
        step.LockCells(),
        step.ClearSolutions(code_stub={"python": CODE_STUB}, text_stub=TEXT_STUB),
        step.ClearOutput(),
        step.CheckCellMetadata(),
        step.ClearHiddenTests(),
        step.ClearMarkScheme(),
        step.ComputeChecksums(),
        step.CheckCellMetadata(),
    ):
        node, resources = preprocessor.preprocess(node, resources)
    return cast("NotebookNode", node)
