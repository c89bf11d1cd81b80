"""A widget in a page of its own: its JavaScript and its state in Chromium, without a kernel behind it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from course_utils.widgets.base import Widget
from tests.jupyterlab import DRAWN

__all__ = ["mounted"]

# What anywidget hands to render: a model with the state, and an element.
MOUNT = """async ({source, css, state: packed}) => {
    const bytes = text => new DataView(Uint8Array.from(atob(text), character => character.charCodeAt(0)).buffer);
    const state = JSON.parse(packed, (_, value) => value?.base64 === undefined ? value : bytes(value.base64));
    const heard = new Set();
    const model = {
        get: name => state[name],
        set: (name, value) => { state[name] = value; heard.forEach(act => act()); },
        save_changes: () => { model.saved = structuredClone(state); },
        on: (_, act) => heard.add(act),
        off: (_, act) => heard.delete(act),
    };
    window.model = model;
    document.head.append(Object.assign(document.createElement('style'), {textContent: css}));
    const url = URL.createObjectURL(new Blob([source], {type: 'text/javascript'}));
    const widget = await import(url);
    window.unmount = widget.default.render({model, el: document.querySelector('main')});
}"""
PAGE = """<!doctype html><html lang="en"><head><title>widget</title></head>
<body style="margin:8px;color:{ink};background:{paper}"><main></main></body></html>"""


@contextmanager
def mounted(
    browser: Browser, widget: Widget, *, dark: bool = False, width: int = 900, calm: bool = False
) -> Iterator[Page]:
    """Open a page that holds a widget as Python left it, with no kernel behind it, and close it."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, reduced_motion="reduce" if calm else "no-preference"
    )
    page = context.new_page()
    ink, paper = ("#eee", "#111") if dark else ("#111", "#fff")
    page.set_content(PAGE.format(ink=ink, paper=paper))
    page.evaluate(MOUNT, {"source": str(widget._esm), "css": str(widget._css), "state": json.dumps(state(widget))})
    page.evaluate(DRAWN)
    try:
        yield page
    finally:
        context.close()


def state(widget: Widget) -> dict[str, Any]:
    """Return a widget's traits as plain data; bytes, as a kernel sends them, in base64."""

    def told(value: Any) -> Any:
        return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else None

    plain: dict[str, Any] = json.loads(json.dumps(widget.get_state(), default=told))
    return {name: value for name, value in plain.items() if name not in {"_esm", "_css"}}
