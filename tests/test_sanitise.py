"""Sanitising: what a student's outputs and markdown show stays, what they would do in a browser goes."""

from __future__ import annotations

import copy

import pytest

from autograder.gradebook.sanitise import harmless_html, harmless_markdown, harmless_outputs

ACTIVE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<iframe src='https://example.org'></iframe>",
    "<svg onload=alert(1)></svg><b>x</b>",
    "<form action='https://example.org'><input></form>",
    "<style>body {display: none}</style>",
    "<div style='position: fixed'>x</div>",
    "<img src='https://example.org/pixel.png'>",
    "<meta http-equiv=refresh content='0; url=https://example.org'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<!-- <img src=x onerror=alert(1)> -->",
]


def acts(html: str) -> bool:
    """Tell whether a browser would do anything with HTML but show it."""
    from html.parser import HTMLParser

    seen: list[str] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.extend([tag, *(f"{name}={value}" for name, value in attrs)])

    Parser().feed(html)
    words = ("script", "iframe", "form", "style", "meta", "svg", "math", "on", "href=javascript", "src=http", "src=x")
    return any(item.startswith(words) for item in seen)


@pytest.mark.parametrize("text", ACTIVE)
def test_active_html_is_made_harmless(text: str) -> None:
    """HTML of an output and markdown of a cell show their text and do nothing."""
    from nbconvert.filters import markdown2html

    assert not acts(harmless_html(text))
    assert not acts(markdown2html(harmless_markdown(text)))


@pytest.mark.parametrize(
    "source",
    ["[x](javascript:alert(1))", r"$\href{javascript:alert(1)}{x}$", "![gone](attachment:gone.png)", "> " * 3000 + "x"],
)
def test_active_or_broken_markdown_is_shown_as_text(source: str) -> None:
    """Markdown that acts without a tag, or that nbconvert cannot render, is shown as it was typed."""
    from nbconvert.filters import markdown2html

    html = markdown2html(harmless_markdown(source))
    assert not acts(html)
    assert len(html) > 0


@pytest.mark.parametrize(
    "source",
    [
        "a < b, $a<b$, `x<y`",
        "# Title\n\n**bold** [site](https://a.org)",
        "| a |\n|:-:|\n| 1 |",
        "```html\n<script>\n```",
    ],
)
def test_honest_markdown_stays(source: str) -> None:
    """Formulas, links, tables and code are not touched."""
    assert harmless_markdown(source) == source


def test_pictures_stay() -> None:
    """Pictures stay, an inline drawing becomes a picture with its label, scripts and widgets go."""
    data = {"image/png": "aGk=", "application/javascript": "alert(1)", "text/plain": "<Figure>", "image/jpeg": "no!"}
    drawing = {"text/html": '<svg role="img" aria-label="a line"><path d="M0 0"/></svg>'}
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    outputs = [{"output_type": "display_data", "data": copy.copy(data)} for data in (data, drawing, widget)]
    kept = harmless_outputs(outputs)
    assert [list(output["data"]) for output in kept] == [["image/png", "text/plain"], ["text/html"]]
    assert kept[1]["data"]["text/html"].startswith('<img alt="a line" src="data:image/svg+xml;base64,')
