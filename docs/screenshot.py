"""Take the README's pictures: a lab in a real JupyterLab, one exercise answered wrong, light and dark.

    .venv/bin/python -m docs.screenshot

Without options it takes those of the README; other labs, places and mistakes are options.
Needs Chromium (on Debian and Ubuntu: apt-get install chromium), `make test` once for its packages, and `course build`.
"""
# ruff: noqa: INP001 - a program beside the pages that it illustrates

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize
from playwright.sync_api import TimeoutError as Late

from autograder.course import Course
from autograder.files import write_whole
from tests.jupyterlab import open_browser, open_notebook, run_all, serve
from tests.worked_lab import solved

__all__ = ["main"]

THEMES = {"light": "", "dark": "-dark"}  # and what their pictures' names end in
SIZE: ViewportSize = {"width": 1280, "height": 1120}
ALL_RAN = """() => window.jupyterapp.shell.currentWidget.content.widgets.every(
    cell => cell.model.type !== 'code' || cell.model.executionCount !== null)"""
SCROLL = """(heading, above) => {
    heading.scrollIntoView({block: 'start'});
    heading.closest('.jp-WindowedPanel-outer').scrollBy(0, -above);
}"""


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures and print their paths."""
    chosen = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        work, home = Path(folder) / "work", Path(folder) / "home"
        home.mkdir()
        text = solved(Course.load(), chosen.lab, chosen.wrong)
        for theme in THEMES:  # each has a notebook, and so a kernel, of its own
            write_whole(work / theme / f"{chosen.lab}.ipynb", text)
        with serve(work, home) as lab, open_browser() as browser:
            for theme, suffix in THEMES.items():
                path = chosen.output.with_stem(chosen.output.stem + suffix)
                with open_notebook(browser, lab, f"{theme}/{chosen.lab}.ipynb", dark=theme == "dark") as page:
                    photograph(page, path, chosen.heading, chosen.above)
                print(f"{path}: {path.stat().st_size / 1000:.0f} kB")
    return 0


def photograph(page: Page, path: Path, heading: str, above: int) -> None:
    """Run all cells, scroll to so many pixels above a heading, and take the picture."""
    page.set_viewport_size(SIZE)
    page.evaluate("window.jupyterapp.commands.execute('application:set-mode', {mode: 'single-document'})")
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    _run(page)
    place = page.locator(".jp-RenderedMarkdown").get_by_role("heading").filter(has_text=heading).first
    for _ in range(3):  # cells that come into sight are drawn, and move what is below them
        place.evaluate(f"heading => ({SCROLL})(heading, {above})")
        page.wait_for_timeout(700)
    page.mouse.move(0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)


def _run(page: Page) -> None:
    """Run all cells; once more if the kernel was not ready for them."""
    for seconds in (20, 60, 120):
        run_all(page)
        try:
            page.wait_for_function(ALL_RAN, timeout=seconds * 1000)
        except Late:
            continue
        return
    raise Late("the notebook does not run to its end")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Take pictures of a solved lab in JupyterLab, light and dark.")
    parser.add_argument("--lab", default="02_gradient_descent", help="the lab's name")
    parser.add_argument("--heading", default="Exercise 2.2", help="scroll to the first heading that holds this text")
    parser.add_argument("--above", type=int, default=405, metavar="PIXELS", help="how much to show above it")
    parser.add_argument("--wrong", default="gradient_step", help="exercise to answer with a mistake of the catalogue")
    parser.add_argument("--output", type=Path, default=Path("docs/images/lab.png"), help="the light picture")
    return parser


if __name__ == "__main__":
    sys.exit(main())
