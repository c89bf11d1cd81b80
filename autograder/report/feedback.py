"""The page that a student gets back: what was found, in the notebook's own order, with nothing in it that runs."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from autograder.gradebook.sanitise import harmless_html, harmless_markdown, harmless_outputs, render_markdown
from autograder.report.pages import render
from autograder.report.rows import Row, duration, exercise_anchor, row, to_do
from autograder.source.regions import visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from markupsafe import Markup

    from autograder.gradebook.score import Score
    from autograder.verdict import GradingResult

__all__ = ["feedback"]

_CARD = re.compile(r"^#+ *(Exercise \d+\.\d+.*)$", re.MULTILINE)
_HINT = re.compile(r"<details>.*?</details>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of the page: a heading with hints, a text, a code cell with its outputs, or a check with its verdict."""

    kind: str
    text: str = ""
    anchor: str = ""
    html: Markup | str = ""
    outputs: Markup | str = ""
    row: Row | None = None


def feedback(
    lab: str, result: GradingResult, notebook: Mapping[str, Any] | None = None, score: Score | None = None
) -> str:
    """Return a student's page as HTML.

    Parameters
    ----------
    lab : str
        The lab's title.
    result : GradingResult
        What was found; any status has a page.
    notebook : Mapping, optional
        The graded notebook, if there is one.
    score : Score, optional
        What the gradebook says, with what a person gave.
    """
    rows = {verdict.check: row(verdict, score) for verdict in result.verdicts}
    return render(
        "feedback.html",
        lab=lab,
        result=result,
        score=result.points if score is None else max(0.0, score.score - score.late_penalty),
        max_score=result.max_points if score is None else score.max_score,
        penalty=0.0 if score is None else score.late_penalty,
        waiting=any(entry.points is None for entry in rows.values()),
        late=duration(result.late_seconds),
        rows=list(rows.values()),
        to_do=to_do(rows.values()),
        blocks=[] if notebook is None else list(_blocks(notebook, rows)),
        code_style=_code_style(),
    )


def _blocks(notebook: Mapping[str, Any], rows: Mapping[str, Row]) -> Iterator[_Block]:
    """Show what is the student's, the checks of it, and the lab's hints for what is not right yet."""
    nodes = notebook["cells"]
    for place, node in enumerate(nodes):
        marks = node["metadata"].get("nbgrader", {})
        kind = node["metadata"].get("course", {}).get("kind", "")
        entry = rows.get(marks.get("grade_id", ""))
        if kind == "checks" and entry is not None:
            yield _Block("check", html=_details(visible_text(node["source"])), row=entry)
        elif kind == "answer" and entry is not None:
            yield _Block("check", anchor=exercise_anchor(entry.exercise), html=_markdown(node), row=entry)
        elif kind == "exercise" or (node["cell_type"] == "code" and not kind):
            anchor = exercise_anchor(marks["grade_id"]) if kind == "exercise" else ""
            outputs = _outputs(node.get("outputs", []))
            yield _Block("code", anchor=anchor, html=_code(node["source"]), outputs=outputs)
        elif node["cell_type"] == "markdown" and (card := _CARD.search(node["source"])):
            yield _Block("heading", text=card[1], html=_hints(node, _exercise_below(nodes[place:]), rows))
        elif node["cell_type"] == "markdown" and (_is_answer(nodes[place + 1 :]) or node["id"].startswith("extra-")):
            yield _Block("text", html=_markdown(node))


def _exercise_below(nodes: Iterable[Mapping[str, Any]]) -> str:
    """Return the id of the next exercise."""
    cells = (node for node in nodes if node["metadata"].get("course", {}).get("kind") == "exercise")
    return next((str(node["metadata"]["nbgrader"]["grade_id"]) for node in cells), "")


def _hints(card: Mapping[str, Any], exercise: str, rows: Mapping[str, Row]) -> Markup | str:
    """Return the hints of a card, still folded, if a check of its exercise is not passed."""
    if all(entry.tone == "right" for entry in rows.values() if entry.exercise == exercise):
        return ""
    return _markdown({"source": "\n\n".join(_HINT.findall(card["source"]))})


def _is_answer(nodes: Sequence[Mapping[str, Any]]) -> bool:
    return bool(nodes) and nodes[0]["metadata"].get("course", {}).get("kind") == "answer"


def _markdown(node: Mapping[str, Any]) -> Markup:
    from markupsafe import Markup

    attachments = node.get("attachments", {})
    rendered = render_markdown(harmless_markdown(node["source"], attachments), attachments)
    return Markup(f"<pre>{html.escape(node['source'])}</pre>" if rendered is None else harmless_html(rendered))  # noqa: S704 - made harmless


def _details(source: str) -> Markup:
    from markupsafe import Markup

    return Markup("<details><summary>The check</summary>{}</details>").format(_code(source.strip()))


def _code(source: str) -> Markup:
    from markupsafe import Markup
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    colored = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))
    return Markup(f'<pre class="code">{colored}</pre>')  # noqa: S704 - pygments escapes


@cache
def _code_style() -> Markup:
    from markupsafe import Markup
    from pygments.formatters import HtmlFormatter

    light, dark = (HtmlFormatter(style=name).get_style_defs("pre.code") for name in ("xcode", "github-dark"))
    light, dark = (re.sub(r"background[^;}]*;?", "", text) for text in (light, dark))
    return Markup(f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}")  # noqa: S704 - pygments' own


def _outputs(outputs: list[dict[str, Any]]) -> Markup:
    from markupsafe import Markup

    # An untouched stub raises: no news to its student.
    shown = (output for output in harmless_outputs(outputs) if output.get("ename") != "NotImplementedError")
    return Markup("").join(_output(output) for output in shown)


def _output(output: dict[str, Any]) -> Markup:
    from markupsafe import Markup
    from nbconvert.filters import strip_ansi

    data = output.get("data", {})
    if "text/html" in data:
        return Markup(data["text/html"])  # noqa: S704 - made harmless
    for mime in ("image/png", "image/jpeg"):
        if mime in data:
            return Markup('<img alt="a figure of your cell" src="data:{};base64,{}">').format(mime, data[mime])
    text = output.get("text") or data.get("text/plain") or "\n".join(output.get("traceback", []))
    return Markup("<pre>{}</pre>").format(strip_ansi(text))
