"""Taking the teeth out of what a student's notebook shows, before an instructor or a student opens it.

Formgrader and feedback show outputs and markdown in a browser, where script in them would run as their reader.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["harmless_html", "harmless_markdown", "harmless_outputs", "render_markdown"]

_LINES, _CHARACTERS = 1_000, 100_000  # of text a cell may show
_PICTURES = 5_000_000  # characters of all pictures of a cell
_HTML = 300_000  # characters of HTML: cleaning takes a second for these
_MOST_OUTPUTS = 200
_TAGS = frozenset(
    """
    a abbr b blockquote br caption code col colgroup dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li
    ol p pre s samp small span strong sub summary sup table tbody td tfoot th thead tr ul var
    """.split()  # noqa: SIM905 - a list of fifty strings reads worse
)
_ATTRIBUTES = frozenset({"alt", "title", "colspan", "rowspan", "scope", "width", "height", "start", "open"})
_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml)[;,]")
_SVG = re.compile(r"\s*<svg\b[^>]*>.*</svg>\s*", re.DOTALL | re.IGNORECASE)
# MathJax commands that reach beyond a formula.
_ACTIVE_MATH = re.compile(r"\\(?:href|require|style|class|cssId|unicode|def|newcommand)\b")
# What a browser may take for a tag.
_TAG_LIKE = re.compile(r"<(?=[a-zA-Z/!?])")


def harmless_html(text: str) -> str:
    """Return HTML without scripts, styles, forms, frames, handlers and addresses but http, https and mailto."""
    import bleach  # comes with nbconvert

    if _SVG.fullmatch(text):
        return _svg_picture(text)
    return str(bleach.clean(text, tags=_TAGS, attributes=_attribute, protocols={"http", "https", "mailto", "data"}))


def harmless_markdown(source: str, attachments: Mapping[str, Any] | None = None) -> str:
    """Return markdown as it is, or as plain text if something in it could act in a browser or cannot be shown.

    Parameters
    ----------
    source : str
        A student's markdown.
    attachments : Mapping, optional
        The pictures of its cell.
    """
    for candidate in (source, _TAG_LIKE.sub("&lt;", source)):
        rendered = render_markdown(candidate, attachments or {})
        if rendered is not None and not _dangerous(rendered):
            return candidate
    return "~~~text\n" + _short(source, _CHARACTERS).replace("~~~", "~ ~ ~") + "\n~~~"


def render_markdown(source: str, attachments: Mapping[str, Any]) -> str | None:
    """Return the HTML of markdown, as formgrader renders it; None if it cannot be rendered."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    if len(source) > _CHARACTERS or _ACTIVE_MATH.search(source):
        return None
    try:
        renderer = IPythonRenderer(escape=False, attachments=dict(attachments), exclude_anchor_links=True)
        return str(MarkdownWithMath(renderer=renderer).render(source))
    except Exception:  # noqa: BLE001 - a missing picture, too deep a nesting: whatever markdown a student invents
        return None


def harmless_outputs(outputs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep text, pictures and plain HTML of a cell's outputs, and not too much of each."""
    kept: list[dict[str, Any]] = []
    text, pictures = _CHARACTERS, _PICTURES
    for output in list(outputs)[:_MOST_OUTPUTS]:
        shown = _output(output, text, pictures)
        if shown is not None:
            kept.append(shown)
            text = max(0, text - len(str(shown.get("text", ""))))
            pictures -= sum(map(len, shown.get("data", {}).values()))
    return kept


def _output(output: dict[str, Any], room: int, pictures: int) -> dict[str, Any] | None:
    match output.get("output_type"):
        case "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            text = _short(output.get("text"), room)
            return {"output_type": "stream", "name": name, "text": text} if text else None
        case "error":
            trace = output.get("traceback")
            lines = [_short(line, room) for line in trace[:100]] if isinstance(trace, list) else []
            name, value = _short(output.get("ename"), 200), _short(output.get("evalue"), 2_000)
            return {"output_type": "error", "ename": name, "evalue": value, "traceback": lines}
        case "display_data" | "execute_result":
            data = output.get("data")
            kept = _data(data, pictures) if isinstance(data, dict) else {}
            return {"output_type": "display_data", "data": kept, "metadata": {}} if kept else None
        case _:
            return None


def _data(data: dict[str, Any], room: int) -> dict[str, str]:
    kept: dict[str, str] = {}
    for mime, value in data.items():
        if not isinstance(value, str) or len(value) > room:
            continue
        if mime == "text/plain":
            kept[mime] = _short(value, _CHARACTERS)
        elif mime in ("image/png", "image/jpeg") and _is_base64(value):
            kept[mime] = value
        elif mime == "text/html" and (len(value) <= _HTML or _SVG.fullmatch(value)):
            kept[mime] = harmless_html(_clean(value))
        elif mime == "image/svg+xml" and "text/html" not in data:
            kept["text/html"] = _svg_picture(_clean(value))
    return kept


def _svg_picture(text: str) -> str:
    """Return a drawing as a picture: no browser runs script in one."""
    label = re.search(r'\baria-label="([^"]*)"', text)
    alt = html.escape(html.unescape(label[1]) if label else "drawing", quote=True)
    if "xmlns=" not in text:
        text = text.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return f'<img alt="{alt}" src="data:image/svg+xml;base64,{base64.b64encode(text.strip().encode()).decode()}">'


def _attribute(tag: str, name: str, value: str) -> bool:
    if (tag, name) == ("img", "src"):
        return _IMAGE.match(value) is not None
    if (tag, name) == ("a", "href"):
        return value.startswith(("http://", "https://", "mailto:"))
    return name in _ATTRIBUTES


def _dangerous(rendered: str) -> bool:
    """Whether a browser would find in HTML more than markdown itself writes."""
    from html.parser import HTMLParser

    found: list[bool] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append(tag not in _TAGS or any(_risky(tag, name, value or "") for name, value in attrs))

        def handle_comment(self, data: str) -> None:  # noqa: ARG002 - the base class names it
            found.append(True)

        def handle_decl(self, decl: str) -> None:  # noqa: ARG002
            found.append(True)

        def unknown_decl(self, data: str) -> None:  # noqa: ARG002
            found.append(True)

        def handle_pi(self, data: str) -> None:  # noqa: ARG002
            found.append(True)

    parser = Parser()
    parser.feed(rendered)
    rest = parser.rawdata
    parser.close()
    return any(found) or _TAG_LIKE.search(rest) is not None


def _risky(tag: str, name: str, value: str) -> bool:
    if name in ("id", "class", "type", "checked", "disabled", *_ATTRIBUTES):  # markdown's own
        return False
    if (tag, name) == ("a", "href") and value.startswith("#"):
        return False
    if tag in ("td", "th") and name == "style" and re.fullmatch(r"text-align: ?(left|right|center)", value):
        return False
    return not _attribute(tag, name, value)


def _short(value: object, room: int) -> str:
    """Return text of at most so many characters and lines."""
    text = _clean(value) if isinstance(value, str) else ""
    lines = text.split("\n")
    if len(text) <= room and len(lines) <= _LINES:
        return text
    return "\n".join(lines[:_LINES])[:room] + "\n… the rest of the output was cut off"


def _clean(text: str) -> str:
    """Return text that a file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
