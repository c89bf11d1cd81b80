"""A lab in nbgrader's database: its due date and its cells, as ``nbgrader generate_assignment`` records them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograder.errors import CourseError
from autograder.gradebook.settings import database_url, preprocess

if TYPE_CHECKING:
    from autograder.course import Course, LabInfo

__all__ = ["checksums", "register"]

# generate_assignment's own list, up to the step that saves; the rest makes the students' notebook.
_STEPS = ["LockCells", "ClearSolutions", "ClearOutput", "CheckCellMetadata", "ComputeChecksums"]


def register(course: Course, gradebook: Any, lab: LabInfo) -> None:
    """Record a lab and its cells, or bring the record up to date.

    Parameters
    ----------
    course : Course
        Whose ``build/source`` holds the lab.
    gradebook : nbgrader.api.Gradebook
        The open database.
    lab : LabInfo
        The lab.

    Raises
    ------
    CourseError
        The lab lost a cell that somebody graded by hand.
    """
    prepared, resources = _prepared(course, lab)
    due = None if lab.due is None else lab.due.isoformat()
    gradebook.update_or_create_assignment(lab.name, duedate=due)
    _make_room(gradebook, lab.name, prepared)
    preprocess(course, ["SaveCells"], prepared, resources)
    gradebook.db.expire_all()  # SaveCells wrote through a connection of its own


def checksums(course: Course, lab: LabInfo) -> dict[str, str]:
    """Return the checksum of each cell by grade_id, as :func:`register` records them; no database is asked."""
    prepared, _ = _prepared(course, lab)
    marks = [cell.metadata.nbgrader for cell in prepared.cells if "nbgrader" in cell.metadata]
    return {mark["grade_id"]: mark["checksum"] for mark in marks}


def _prepared(course: Course, lab: LabInfo) -> tuple[Any, dict[str, Any]]:
    """Return a lab's notebook as nbgrader prepares it for its database, and what nbgrader calls resources."""
    import nbformat

    source = nbformat.read(course.source_folder / lab.name / f"{lab.name}.ipynb", as_version=4)
    resources = {"nbgrader": {"notebook": lab.name, "assignment": lab.name, "db_url": database_url(course)}}
    return preprocess(course, _STEPS, source, resources), resources


def _make_room(gradebook: Any, lab: str, notebook: Any) -> None:
    """Add and remove cells where submissions exist already: SaveCells refuses to, and a course goes on all the same."""
    from nbgrader import utils
    from nbgrader.api import Comment, Grade, GradeCell, MissingEntry, SolutionCell, SourceCell

    try:
        entry = gradebook.find_notebook(lab, lab)
    except MissingEntry:
        return
    if not entry.submissions:
        return
    marked = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    with gradebook.db.no_autoflush:
        _match(gradebook, entry, SourceCell, [cell for cell in marked if not utils.is_task(cell)], None)
        _match(gradebook, entry, GradeCell, [cell for cell in marked if utils.is_grade(cell)], Grade)
        _match(gradebook, entry, SolutionCell, [cell for cell in marked if utils.is_solution(cell)], Comment)
    gradebook.db.commit()


def _match(gradebook: Any, entry: Any, table: Any, wanted: list[Any], mark: Any) -> None:
    """Give a notebook's entry exactly the wanted cells of one table, and each submission a row for each."""
    names = {cell.metadata.nbgrader["grade_id"]: cell for cell in wanted}
    known = {cell.name: cell for cell in gradebook.db.query(table).filter(table.notebook_id == entry.id)}
    for name in known.keys() - names.keys():
        rows = [] if mark is None else list(gradebook.db.query(mark).filter(mark.cell_id == known[name].id))
        _keep_manual_work(entry.name, name, rows)
        for row in (*rows, known[name]):
            gradebook.db.delete(row)
    gradebook.db.flush()
    for name in sorted(names.keys() - known.keys()):
        cell = table(name=name, notebook_id=entry.id, **_columns(table, names[name]))
        gradebook.db.add(cell)
        gradebook.db.flush()
        for submitted in entry.submissions if mark is not None else ():
            gradebook.db.add(mark(cell_id=cell.id, notebook_id=submitted.id))


def _columns(table: Any, cell: Any) -> dict[str, Any]:
    """Return what a new row needs at least; SaveCells fills in the rest."""
    if table.__name__ == "GradeCell":
        return {"max_score": float(cell.metadata.nbgrader["points"]), "cell_type": cell.cell_type}
    return {"cell_type": cell.cell_type} if table.__name__ == "SourceCell" else {}


def _keep_manual_work(lab: str, name: str, rows: list[Any]) -> None:
    fields = ("manual_score", "extra_credit", "manual_comment")
    by_hand = [row for row in rows if any(getattr(row, field, None) is not None for field in fields)]
    if by_hand:
        raise CourseError(
            f"{lab}: the cell {name!r} is gone from the source, but {len(by_hand)} submissions hold scores or comments "
            "for it that were given by hand: put the cell back, or remove them in formgrader first"
        )
