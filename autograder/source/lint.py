"""The rules that a lab keeps, so that it can be released, solved and graded without surprises."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NoReturn

from autograder.errors import SourceError
from autograder.source.card import read_card
from autograder.source.regions import HIDDEN, SOLUTION, regions, stub, visible_text
from autograder.source.scope import check_names

if TYPE_CHECKING:
    from autograder.course import LabInfo
    from autograder.source.lab import Cell, Exercise, Lab

__all__ = ["GRADED_SHARE", "LONGEST_CELL", "check_lab", "long_cells"]

GRADED_SHARE = 0.6  # of a lab's minutes, at most, for graded exercises
LONGEST_CELL = 15  # lines of code that a student is asked to read at once
_ANY_STUB = "raise NotImplementedError"


def check_lab(lab: Lab, info: LabInfo) -> None:
    """Hold a lab against all rules.

    Parameters
    ----------
    lab : Lab
        A lab as it was read.
    info : LabInfo
        What ``course.toml`` says of it.

    Raises
    ------
    SourceError
        The first rule that is broken, with file and line.
    """
    _check_ids(lab)
    for cell in lab.cells:
        _check_regions(lab, cell)
        _check_python(lab, cell)
    for exercise in lab.exercises:
        _check_stub(lab, exercise)
    _check_order(lab)
    _check_cards(lab, info)
    check_names(lab)
    if lab.number:
        _check_answer(lab)


def long_cells(lab: Lab) -> list[str]:
    """Return a warning for each cell that shows a student more than fifteen lines of code."""
    return [
        f"{lab.path}:{cell.line}: {length} lines of code to read at once: {LONGEST_CELL} are a good most"
        for cell in lab.cells
        if cell.is_code and (length := _visible_lines(cell)) > LONGEST_CELL
    ]


def _fail(lab: Lab, line: int, message: str) -> NoReturn:
    raise SourceError(lab.path, line, message)


def _check_ids(lab: Lab) -> None:
    seen: dict[str, int] = {}
    for cell in lab.cells:
        if cell.id is None:
            continue
        if cell.id in seen:
            _fail(lab, cell.line, f"id {cell.id!r} is taken by the cell in line {seen[cell.id]}: choose another")
        if cell.id.startswith(("setup_", "show_")):
            _fail(lab, cell.line, f"id {cell.id!r}: ids of setup and show cells start like this; choose another")
        seen[cell.id] = cell.line


def _check_regions(lab: Lab, cell: Cell) -> None:
    solutions, hidden = (regions(lab.path, cell, word) for word in (SOLUTION, HIDDEN))
    if solutions and cell.kind != "exercise":
        _fail(lab, cell.start + solutions[0].begin, f"BEGIN {SOLUTION} belongs into an [exercise] cell")
    if hidden and cell.kind != "checks":
        _fail(lab, cell.start + hidden[0].begin, f"BEGIN {HIDDEN} belongs into a [checks] cell")
    if cell.kind == "exercise" and not solutions:
        _fail(lab, cell.line, f"exercise {cell.id!r} has no # BEGIN {SOLUTION} ... # END {SOLUTION}")
    if hidden:
        _check_hidden(lab, cell, hidden[0].begin)


def _check_hidden(lab: Lab, cell: Cell, begin: int) -> None:
    lines = cell.source.split("\n")
    if lines[begin] != f"# BEGIN {HIDDEN}" or lines[-1] != f"# END {HIDDEN}":
        _fail(
            lab,
            cell.start + begin,
            f"a hidden part stands at the left margin and reaches to the end of its cell: "
            f"`# BEGIN {HIDDEN}` ... `# END {HIDDEN}`, and nothing below",
        )
    if len(regions(lab.path, cell, HIDDEN)) > 1:
        _fail(lab, cell.start + begin, "a cell has one hidden part: join them, or make a second check")
    _parse(lab, cell, visible_text(cell.source), "the visible part of this check, on its own,")


def _check_python(lab: Lab, cell: Cell) -> None:
    """All but show cells are plain Python, because the judge runs them without a notebook."""
    if cell.kind in ("setup", "checks", "exercise"):
        tree = _parse(lab, cell, cell.source, f"a [{cell.kind}] cell (no % or ! lines: the judge is no notebook)")
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                _fail(lab, cell.start + node.lineno - 1, "import names one by one: nobody can see what * brings")
            if cell.kind == "checks" and _calls_checks(node, {"exercise", "hidden"}):
                _fail(lab, cell.start + node.lineno - 1, "the build writes this line: leave it out")  # type: ignore[attr-defined]


def _calls_checks(node: ast.AST, names: set[str]) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="checks"), attr=name)):
            return name in names
    return False


def _parse(lab: Lab, cell: Cell, text: str, what: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        reason = re.sub(r" on line \d+", "", error.msg)  # counted in the cell: the error has the file's line
        _fail(lab, cell.start + (error.lineno or 1) - 1, f"{what} is not plain Python: {reason}")


def _check_stub(lab: Lab, exercise: Exercise) -> None:
    """Hold what students get against its rules: it parses, and defines the name before it raises."""
    cell = exercise.cell
    tree = _parse(lab, cell, stub(cell.source, _ANY_STUB), "the stub, with the solution cut out,")
    defined = set()
    for node in tree.body:
        if isinstance(node, ast.Raise):
            break
        if isinstance(node, ast.ClassDef) and any(isinstance(inner, ast.Raise) for inner in node.body):
            _fail(
                lab, cell.line, f"the stub of class {node.name} cannot be defined: put each method's body in a region"
            )
        defined |= _defines(node)
    if exercise.id not in defined:
        _fail(
            lab,
            cell.line,
            f"the stub does not define {exercise.id!r}: keep `def {exercise.id}(...):` and its docstring, or "
            f"`{exercise.id} = None`, above # BEGIN {SOLUTION}",
        )


def _defines(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _check_cards(lab: Lab, info: LabInfo) -> None:
    claimed = {exercise.card.line for exercise in lab.exercises}
    for cell in lab.cells:
        card = read_card(lab.path, cell)
        if card is not None and card.line not in claimed:
            _fail(lab, card.line, f"card {card.number} has no [exercise] cell within the three cells below it")
    for place, exercise in enumerate(lab.exercises, 1):
        expected = f"{lab.number}.{place}"
        if exercise.number != expected:
            _fail(
                lab, exercise.card.line, f"this is exercise {expected} of the lab, but its card says {exercise.number}"
            )
        _check_points(lab, exercise)
    graded = sum(exercise.minutes for exercise in lab.exercises if not exercise.optional)
    if graded > GRADED_SHARE * info.minutes:
        _fail(
            lab,
            lab.exercises[-1].card.line,
            f"graded exercises take {graded} minutes, over {GRADED_SHARE:.0%} of the lab's {info.minutes} "
            "(course.toml): make one optional, or shorter",
        )


def _check_points(lab: Lab, exercise: Exercise) -> None:
    line, card, checks = exercise.card.line, exercise.card, lab.checks(exercise.id)
    if not checks:
        _fail(
            lab,
            exercise.cell.line,
            f'exercise {exercise.id!r} has no check: write # %% [checks] exercise="{exercise.id}"',
        )
    if exercise.optional != (card.points is None):
        here, there = ("optional=true", "points") if exercise.optional else ("no optional=true", "optional")
        _fail(lab, line, f"the card says {there}, but [exercise] id={exercise.id!r} says {here}")
    points = sum(check.points for check in checks)
    if points != exercise.points:
        wanted = "an optional exercise gives none" if exercise.optional else f"its card says {card.points:g}"
        _fail(lab, line, f"the checks of {exercise.id!r} give {points:g} points, but {wanted}")


def _check_order(lab: Lab) -> None:
    known = {exercise.id: exercise.cell.line for exercise in lab.exercises}
    for check in lab.of_kind("checks"):
        line = known.get(str(check.exercise))
        if line is None or line > check.line:
            _fail(lab, check.line, f"no [exercise] id={check.exercise!r} above this check")


def _check_answer(lab: Lab) -> None:
    answers = lab.of_kind("answer")
    if len(answers) != 1:
        line = answers[1].line if answers else lab.cells[-1].line
        _fail(
            lab, line, f"a lab has one written answer, this one has {len(answers)}: see [answer] in docs/authoring.md"
        )
    if not answers[0].source.strip():
        _fail(lab, answers[0].line, "write the sample answer and the rubric here: students get an empty cell")


def _visible_lines(cell: Cell) -> int:
    """Count lines with code: what is cut out, empty lines, comments and the docstring's text do not tire."""
    text = visible_text(stub(cell.source, "...")) if cell.kind in ("exercise", "checks") else cell.source
    lines = (line.strip() for line in text.split("\n"))
    return sum(bool(line) and not line.startswith("#") for line in lines)
