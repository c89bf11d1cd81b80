"""A notebook in the lab's own frame: given cells as they were handed out, the student's cells in their places.

A cell that the lab does not have, but that an earlier release of it gave, goes: its id tells its text.
"""

from __future__ import annotations

import copy
import difflib
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from course_utils.labs import Lab, LabError, id_, kind, read_labs

__all__ = ["Repair", "defines", "fresh", "places", "repaired"]

_OWN = ("exercise", "answer")  # the cells that a student writes
_GIVEN_CODE = re.compile(r"(?:setup|show)_([0-9a-f]{8})(?:_\d+)?")
_MOST_COPIES = 9  # of one text in a lab
_SIMILAR = 0.5  # the share of a text that has to be in another for one to stand for the other


@dataclass(frozen=True, slots=True)
class Repair:
    """A repaired notebook, and what had to be done, by ids of cells or the first words of those without an id.

    ``missing`` were put in and ``changed`` are as they were handed out again; ``gone`` were given by an earlier
    release. ``reworded`` are answers that stay, to exercises that ask for something else now; ``freed`` are answers
    to exercises that the lab has no more: the student's own cells now. ``moved`` says whether given cells were.
    """

    notebook: Any
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()
    freed: tuple[str, ...] = ()
    moved: bool = False

    def further_lines(self) -> Iterator[str]:
        """Say what comes of a newer release, or of cells in another order."""
        yield from (f"gone, because the lab has it no more: {name}" for name in self.gone)
        for name in self.reworded:
            yield f"your answer stays, but what was given there is another now: {name}: read its exercise again"
        yield from (f"your own cell now, because the lab asks for it no more: {name}" for name in self.freed)
        if self.moved:
            yield "the cells are in the lab's order again"


def repaired(lab: Lab, notebook: Any) -> Repair:
    """Return a notebook with all that was handed out, in its order, and with the answers that it holds.

    The student's own cells stay below the cell that they followed.

    Parameters
    ----------
    lab : Lab
        As it was handed out.
    notebook : NotebookNode
        A student's; it is not changed.

    Raises
    ------
    LabError
        It holds another lab.
    """
    cells = notebook.cells
    found = places(lab, cells)
    _refuse_another(lab, notebook, found)
    earlier = _earlier(lab, cells, found)
    own, gone, freed = _others(lab, cells, found | earlier)
    made, missing, changed, reworded = [*own[-1]], [], [], []
    for index, given in enumerate(lab.notebook["cells"]):
        cell = cells[found[index]] if index in found else None
        made += [fresh(given) if cell is None else _mended(given, cell), *own[index]]
        if index in earlier:
            changed.append(_name(given))
        elif cell is None:
            missing.append(_name(given))
        elif kind(given) in _OWN and _is_reworded(given, cell):
            reworded.append(_name(given))
        elif kind(given) and not _is_whole(given, cell):
            changed.append(_name(given))
    new = copy.deepcopy(notebook)
    new.cells, new.metadata = made, new.metadata | fresh(lab.notebook["metadata"])
    moved = sorted(found) != sorted(found, key=found.__getitem__)
    return Repair(new, tuple(missing), tuple(changed), tuple(gone), tuple(reworded), tuple(freed), moved)


def _others(lab: Lab, cells: Sequence[Any], found: dict[int, int]) -> tuple[dict[int, list[Any]], list[str], list[str]]:
    """Return the student's own cells by the given one that they follow; what an earlier release gave; freed answers."""
    known, standing = {id_(cell) for cell in lab.notebook["cells"]}, {at: index for index, at in found.items()}
    own: dict[int, list[Any]] = defaultdict(list)
    gone, freed, last = [], [], -1
    for at, cell in enumerate(cells):
        is_answer = kind(cell) in _OWN and id_(cell) not in known
        if at in standing:
            last = standing[at]
        elif _was_given(lab, cell) or (is_answer and _is_untouched(cell)):
            gone.append(_name(cell))
        else:
            own[last].append(copy.deepcopy(cell))
            if is_answer:
                freed.append(_name(cell))
                for key in ("nbgrader", "course", "deletable"):
                    own[last][-1].metadata.pop(key, None)
    return own, gone, freed


def _earlier(lab: Lab, cells: Sequence[Any], found: dict[int, int]) -> dict[int, int]:
    """Find the given cells of an earlier release for which another stands in the lab now, between the same cells."""
    pairs: dict[int, int] = {}
    above = {at: _above(found, at) for at in _free(cells, found)}
    for index, given in enumerate(lab.notebook["cells"]):
        if index in found:
            continue
        before = max((earlier for earlier in found if earlier < index), default=-1)
        near = [
            (difflib.SequenceMatcher(None, cells[at]["source"], given["source"]).ratio(), -at)
            for at in above
            if above[at] == before and at not in pairs.values()
            if kind(cells[at]) == kind(given) and _was_given(lab, cells[at])
        ]
        share, at = max(near, default=(0.0, 0))
        if share >= _SIMILAR:
            pairs[index] = -at
    return pairs


def _above(found: dict[int, int], at: int) -> int:
    """Return the given cell that stands last above a place in the notebook."""
    return max((index for index, place in found.items() if place < at), key=found.__getitem__, default=-1)


def _was_given(lab: Lab, cell: Any) -> bool:
    """Whether some release of the lab held this very cell: given code or text as it was, or a check.

    Asked of cells that the lab does not have. The ids that a build gives to a lab's cells say what was in them;
    the grader asks the same.
    """
    source = str(cell["source"])
    if cell["cell_type"] == "code":
        if (marked := _GIVEN_CODE.fullmatch(id_(cell))) is not None:
            return marked[1] == _digest(source, 8)
        known = {id_(given) for given in lab.notebook["cells"]}
        return bool(id_(cell)) and id_(cell) not in known and source.startswith('checks.exercise("')
    copies = range(1, _MOST_COPIES + 1)
    return any(cell.get("id") == _digest(f"{lab.name}\n{source}\n{number}", 12) for number in copies)


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def _is_untouched(cell: Any) -> bool:
    """Whether a cell with nbgrader's marks is as it was handed out, in whichever release: they hold its checksum."""
    marks = _marks(cell)
    parts = [cell["source"], cell["cell_type"], *(str(marks.get(key)) for key in ("grade", "solution", "locked"))]
    points = marks.get("points") if marks.get("grade") else None
    parts += [id_(cell), str(float(points)) if isinstance(points, int | float) else ""]
    return bool(marks.get("checksum") == hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest())


def _marks(cell: Any) -> dict[str, Any]:
    marks = cell["metadata"].get("nbgrader")
    return marks if isinstance(marks, dict) else {}


def _is_reworded(given: dict[str, Any], cell: Any) -> bool:
    """Whether a cell holds an answer to an exercise that was given otherwise."""
    then, now = (_marks(node).get("checksum") for node in (cell, given))
    return None not in (then, now) and then != now and not _is_untouched(cell)


def _refuse_another(lab: Lab, notebook: Any, found: dict[int, int]) -> None:
    own = {exercise.id for exercise in lab.exercises}
    if not own or any(kind(lab.notebook["cells"][index]) == "exercise" for index in found):
        return
    there = {id_(cell) for cell in notebook.cells} - {""}
    for other in read_labs():
        if other.name != lab.name and there & {exercise.id for exercise in other.exercises} - own:
            raise LabError(f"this notebook is {other.name}, not {lab.name}: hand it in as {other.number:02}")


def places(lab: Lab, cells: Sequence[Any]) -> dict[int, int]:
    """Find the lab's cells in a notebook, place by place: by nbformat's id, by grade_id, by text; each is taken once.

    An exercise is found by the name that it defines, too, in a cell that is no other.
    """
    found: dict[int, int] = {}
    for key in (lambda cell: cell.get("id"), id_, _text):
        free = _free(cells, found)
        first = {key(cells[at]): at for at in reversed(free)}
        for index, given in enumerate(lab.notebook["cells"]):
            if index not in found and key(given) and key(given) in first:
                found[index] = first.pop(key(given))
    for index, given in enumerate(lab.notebook["cells"]):
        if index not in found and kind(given) == "exercise":
            defining = (at for at in _free(cells, found) if defines(cells[at]["source"], id_(given)))
            if (at := next(defining, None)) is not None:
                found[index] = at
    return found


def defines(source: str, name: str) -> bool:
    """Say whether a cell's text looks as if it defined a name."""
    return bool(
        re.search(
            rf"^(?:(?:def|class) {re.escape(name)}\b|{re.escape(name)}\s*(?::[^=\n]+)?=(?!=))", source, re.MULTILINE
        )
    )


def _free(cells: Sequence[Any], found: dict[int, int]) -> list[int]:
    return [at for at in range(len(cells)) if at not in found.values()]


def _text(cell: Any) -> str:
    return str(cell["source"]).strip()


def _is_whole(given: dict[str, Any], cell: Any) -> bool:
    """Say whether a cell has the type and the marks of the given one and, if it is not the student's own, its text."""
    marked = all(cell["metadata"].get(key) == value for key, value in given["metadata"].items())
    same = kind(given) in _OWN or _text(cell) == _text(given)
    return bool(marked and same and cell["cell_type"] == given["cell_type"])


def _mended(given: dict[str, Any], cell: Any) -> Any:
    """Return a given cell as it was handed out; of a cell of the student's own the text stays, and its outputs."""
    new = fresh(given)
    same = _text(cell) == _text(given)
    new["metadata"] = cell["metadata"] | new["metadata"]
    if not kind(given):
        return copy.deepcopy(cell)  # a text that the student may have written into
    if kind(given) in _OWN and not _is_untouched(cell):
        new["source"] = cell["source"]
        if "attachments" in cell and given["cell_type"] == "markdown":
            new["attachments"] = cell["attachments"]
    if given["cell_type"] == cell["cell_type"] == "code" and (same or kind(given) in _OWN):
        new |= {"outputs": cell["outputs"], "execution_count": cell["execution_count"]}
    return new


def fresh(node: Any) -> Any:
    """Return a cell, or metadata, as it was handed out."""
    from nbformat import from_dict

    return from_dict(copy.deepcopy(node))


def _name(cell: dict[str, Any]) -> str:
    first = _text(cell).lstrip("# ").partition("\n")[0]
    return id_(cell) or f"the text “{first[:40]}…”"
