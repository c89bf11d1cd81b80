"""Take the README's pictures: a solved lab in a real JupyterLab, light and dark.

    .venv/bin/python docs/screenshot.py [--lab NAME] [--heading TEXT] [--wrong EXERCISE] [--output docs/images/lab.png]

Needs Chromium (on Debian and Ubuntu: apt-get install chromium) and `course build`.
"""
# ruff: noqa: INP001 - a program beside the pages that it illustrates

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Page, sync_playwright

from autograder.course import Course
from autograder.errors import UsageError
from autograder.source.mistakes import read_mistakes
from autograder.source.percent import read_lab

__all__ = ["main"]

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS: dict[str, dict[str, Any]] = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},  # they cover the notebook
    "notebook-extension/tracker": {"windowingMode": "none"},  # cells out of sight are drawn too
}
THEMES = {"": "JupyterLab Light", "-dark": "JupyterLab Dark"}
SECONDS = 120
RUN_ALL = """async () => {
    const app = window.jupyterapp;
    await app.restored;
    const panel = app.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
    await app.commands.execute('notebook:run-all-cells');
    panel.content.deselectAll();
}"""


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures and print their paths."""
    chosen = _parser().parse_args(arguments)
    course = Course.load()
    with tempfile.TemporaryDirectory() as folder:
        notebook = solved(course, chosen.lab, chosen.wrong)
        for suffix, theme in THEMES.items():
            path = chosen.output.with_stem(chosen.output.stem + suffix)
            path.parent.mkdir(parents=True, exist_ok=True)
            place = Path(folder) / (suffix or "light")
            with jupyterlab(place, theme, chosen.lab, notebook) as url:
                photograph(url, path, chosen.heading, dark=bool(suffix))
            print(f"{path}: {path.stat().st_size / 1000:.0f} kB")
    return 0


def solved(course: Course, name: str, wrong: str | None = None) -> str:
    """Return the students' notebook of a lab with its solutions filled in, one of them wrong if asked for."""
    lab = read_lab(course.solutions / f"{name}.py")
    answers = {exercise.id: _without_marks(exercise.cell.source) for exercise in lab.exercises}
    if wrong is not None:
        mistakes = read_mistakes(course.solutions / "mistakes" / f"{name}.py")
        answers[wrong] = next(m.source for m in mistakes if m.exercise == wrong and m.kind == "mistake")
    notebook = nbformat.read(course.labs_folder / name / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and marks.get("solution"):
            cell.source = answers[marks["grade_id"]]
    return str(nbformat.writes(notebook))


@contextmanager
def jupyterlab(folder: Path, theme: str, name: str, notebook: str) -> Iterator[str]:
    """Run JupyterLab on a folder of its own; give the notebook's address."""
    work, settings = folder / "work", folder / "settings"
    work.mkdir(parents=True)
    (work / f"{name}.ipynb").write_text(notebook, "utf-8")
    for plugin, values in {**SETTINGS, "apputils-extension/themes": {"theme": theme}}.items():
        path = settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), "utf-8")
    token, port = secrets.token_hex(16), free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.root_dir={work}"]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    command += ["--LabApp.expose_app_in_browser=True", "--ServerApp.allow_root=True"]
    environment = os.environ | {"JUPYTERLAB_SETTINGS_DIR": str(settings), "JUPYTER_TOKEN": token}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/api?token={token}", server)
            yield f"http://127.0.0.1:{port}/doc/tree/{name}.ipynb?token={token}"
        finally:
            server.terminate()
            server.wait(timeout=30)


def photograph(url: str, path: Path, heading: str | None, *, dark: bool) -> None:
    """Run all cells, scroll to a heading, and take the picture."""
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        raise UsageError("Chromium is needed: on Debian and Ubuntu, apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        scheme = "dark" if dark else "light"
        page = browser.new_page(viewport={"width": 1280, "height": 1100}, color_scheme=scheme)
        page.set_default_timeout(SECONDS * 1000)
        page.goto(url)
        page.wait_for_function("() => window.jupyterapp && window.jupyterapp.shell.currentWidget")
        page.evaluate(RUN_ALL)
        _scroll(page, heading)
        page.screenshot(path=path)
        browser.close()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise UsageError("JupyterLab did not start")


def _scroll(page: Page, heading: str | None) -> None:
    page.evaluate("() => document.fonts.ready")
    if heading:
        place = page.locator(".jp-RenderedMarkdown").get_by_role("heading").filter(has_text=heading).first
        place.evaluate("element => element.scrollIntoView({block: 'start'})")
    page.mouse.move(0, 0)
    page.wait_for_timeout(1500)  # mathematics is typeset


def _without_marks(source: str) -> str:
    lines = source.splitlines()
    return "\n".join(line for line in lines if line.strip().lstrip("# ") not in ("BEGIN SOLUTION", "END SOLUTION"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Take pictures of a solved lab in JupyterLab, light and dark.")
    parser.add_argument("--lab", default="02_gradient_descent", help="the lab's name")
    parser.add_argument("--heading", help="scroll to the first heading that holds this text")
    parser.add_argument("--wrong", metavar="EXERCISE", help="answer it with the catalogue's first mistake")
    parser.add_argument("--output", type=Path, default=Path("docs/images/lab.png"), help="the light picture")
    return parser


if __name__ == "__main__":
    sys.exit(main())
