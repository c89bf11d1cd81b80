"""What the start page shows: the labs that you have, and how far you are in each."""

from __future__ import annotations

from pathlib import Path

from course_utils import progress
from course_utils.labs import Lab, read_labs

__all__ = ["labs_table", "show_labs"]


def labs_table(labs: list[Lab], work: Path) -> str:
    """Return a table in markdown: each lab with its minutes, its points and your progress.

    Parameters
    ----------
    labs : list of Lab
        The start page is left out.
    work : Path
        Where progress is kept.
    """
    rows = ["| lab | minutes | points | your progress so far |", "|---|---:|---:|---|"]
    rows += [_row(lab, work) for lab in labs if lab.number]
    return "\n".join(rows)


def show_labs() -> None:
    """Display the table, with links that open the labs."""
    from IPython.display import Markdown, display

    display(Markdown(labs_table(read_labs(), Path.cwd().parent)))


def _row(lab: Lab, work: Path) -> str:
    states = progress.read(lab.name, work)
    told = progress.sentence(lab, states) if states else "not begun"
    link = f"[{lab.number:02} {lab.title}](../{lab.name}/{lab.name}.ipynb)"
    return f"| {link} | {lab.minutes} | {lab.points:g} | {told} |"
