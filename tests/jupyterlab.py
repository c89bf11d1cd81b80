"""A real JupyterLab in a real Chromium, for tests that look at what a student sees."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, ViewportSize, sync_playwright
from playwright.sync_api import TimeoutError as Late

from course_utils.lab import start_command

__all__ = [
    "CHROMIUM",
    "DRAWN",
    "Browser",
    "Lab",
    "Page",
    "open_browser",
    "open_notebook",
    "open_page",
    "python",
    "run_all",
    "serve",
]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TOKEN = "tested"  # noqa: S105 - of a server on the loopback address that lives as long as a test
START_SECONDS, STOP_SECONDS, RUN_MILLISECONDS, ATTEMPTS = 90, 20, 180_000, 5
# Two frames are drawn; a page that Chromium does not draw, because nobody sees it, is waited for in vain.
DRAWN = """() => new Promise(done => {
    setTimeout(done, 5000);
    requestAnimationFrame(() => requestAnimationFrame(done));
})"""
SIZE: ViewportSize = {"width": 1280, "height": 900}
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
# Code cells that have not run, of those that hold anything.
WAITING = """() => window.jupyterapp.shell.currentWidget.content.widgets.filter(cell =>
    cell.model.type === 'code' && cell.model.sharedModel.getSource().trim() && !cell.model.executionCount).length"""
# A cell has run, or is in the kernel's queue.
STARTED = """() => window.jupyterapp.shell.currentWidget.content.widgets.some(({model}) =>
    model.executionCount || model.executionState === 'running')"""
RUN_ALL = """async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
    await window.jupyterapp.commands.execute('notebook:run-all-cells');
}"""

OPEN = """async path => {
    await window.jupyterapp.commands.execute('docmanager:open', {path, factory: 'Notebook'});
}"""
READY = """path => {
    const panel = window.jupyterapp.shell.currentWidget;
    const isOpen = panel?.context && (!path || panel.context.path === path);
    return isOpen && panel.sessionContext?.session?.kernel != null && panel.node.querySelector('.jp-Cell') != null;
}"""
CLOSE = """() => [...window.jupyterapp.shell.widgets('main')].forEach(widget => widget.dispose())"""
USE_THEME = """async theme => {
    if (document.body.dataset.jpThemeName !== theme)
        await window.jupyterapp.commands.execute('apputils:change-theme', {theme});
}"""
PYTHON = """async code => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const texts = [];
    const run = kernel.requestExecute({code, store_history: false});
    run.onIOPub = ({content}) => texts.push(content.text ?? content.evalue ?? '');
    await run.done;
    return texts.join('').trim();
}"""


# Pages in which JupyterLab runs and nothing is open.
_IDLE: dict[tuple[Browser, Lab], Page] = {}


class Lab(str):
    """The address of a running JupyterLab, token included."""

    __slots__ = ()

    @property
    def first_page(self) -> str:
        """The address that `make lab` opens."""
        return f"{self}/?token={TOKEN}"

    def notebook(self, path: str) -> str:
        """Return the address that opens one notebook and nothing else."""
        return f"{self}/lab/workspaces/{Path(path).stem}/tree/{path}?token={TOKEN}"


@contextmanager
def serve(work: Path, home: Path, pythonpath: Path | None = None) -> Iterator[Lab]:
    """Start JupyterLab on a folder as `make lab` does, with a home of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    environment = os.environ | {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "config")}
    if pythonpath is not None:
        environment["PYTHONPATH"] = str(pythonpath)
    command = [*start_command(work, options), "--LabApp.expose_app_in_browser=True"]
    with (home / "jupyterlab.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=work, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for_server(f"{address}/api/status?token={TOKEN}", process)
        yield Lab(address)
    finally:
        process.terminate()
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium without a network and without a screen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_notebook(
    browser: Browser, lab: Lab, path: str, *, dark: bool = False, complaints: list[str] | None = None
) -> Iterator[Page]:
    """Open a notebook and wait for its kernel; errors of the page go to ``complaints``.

    JupyterLab takes seconds to start in a page, so its notebooks come one after the other into the same one;
    a page in which a test failed is not used again.
    """
    kept = _IDLE.pop((browser, lab), None)
    page = kept or _context(browser).new_page()
    try:
        with _heard(page, [] if complaints is None else complaints):
            page.emulate_media(color_scheme="dark" if dark else "light")
            page.set_viewport_size(SIZE)
            page.set_default_timeout(30_000)
            if kept is None:
                page.goto(lab.notebook(path))
            _wait_for_jupyterlab(page)
            page.evaluate(OPEN, path)
            page.wait_for_function(READY, arg=path)
            page.evaluate(USE_THEME, f"JupyterLab {'Dark' if dark else 'Light'}")
            yield page
            page.evaluate(CLOSE)
    except BaseException:
        page.close()
        raise
    _IDLE[browser, lab] = page


@contextmanager
def open_page(browser: Browser, address: str) -> Iterator[Page]:
    """Open an address that leads to a notebook, in a page of its own, and wait for its kernel."""
    page = _context(browser).new_page()
    try:
        page.goto(address)
        _wait_for_jupyterlab(page)
        page.wait_for_function(READY)
        yield page
    finally:
        page.close()


@contextmanager
def _heard(page: Page, complaints: list[str]) -> Iterator[None]:
    """Listen to what a page complains of."""

    def log(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def fail(error: Error) -> None:
        complaints.append(str(error))

    page.on("console", log)
    page.on("pageerror", fail)
    try:
        yield
    finally:
        page.remove_listener("console", log)
        page.remove_listener("pageerror", fail)


@cache
def _context(browser: Browser) -> BrowserContext:
    """Return the one context of all pages: compiling JupyterLab's scripts is half of what a page costs."""
    return browser.new_context(viewport=SIZE)


def run_all(page: Page) -> None:
    """Run all cells and wait for the last one."""
    page.set_default_timeout(RUN_MILLISECONDS)
    for _ in range(ATTEMPTS):  # the command does nothing if the session is not yet attached to the notebook
        page.evaluate(RUN_ALL)  # it comes back at the first error, and the cells after it go on running
        try:
            page.wait_for_function(STARTED, timeout=2000)
        except Late:
            continue
        page.wait_for_function(f"({WAITING})() === 0")
        return
    raise TimeoutError("Run All did not run the notebook")


def python(page: Page, expression: str) -> str:
    """Print an expression in the notebook's kernel and return the text."""
    text: str = page.evaluate(PYTHON, f"print({expression})")
    return text


def _wait_for_jupyterlab(page: Page) -> None:
    page.wait_for_function("window.jupyterapp?.shell != null", timeout=RUN_MILLISECONDS)
    page.evaluate("async () => { await window.jupyterapp.restored; }")


def _wait_for_server(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - loopback
                return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.2)
    print("JupyterLab did not start", file=sys.stderr)
    raise TimeoutError(address)
