"""How fast a picture follows a slider: our widgets against `ipywidgets.interact` with matplotlib inline, in JupyterLab.

    .venv/bin/python -m benchmarks.slider

All of them stand in one notebook, in one Chromium without a GPU, and take turns. Two things are measured in the page:
the time from an input event of the slider to the frame in which its picture has changed, for single moves, and how many
different pictures are shown while the slider is dragged for three seconds, an event each frame.
Then a training of five seconds, in steps of about a millisecond, runs with and without a live curve, by turns: each
time with a new widget that is in view.
Ends with status 1 if a ratio that the course promises is missed.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from playwright.sync_api import Page

from tests.jupyterlab import open_browser, open_notebook, python, run_all, serve

__all__ = ["main"]

ROUNDS, MOVES, DRAG_SECONDS, TRAININGS = 3, 9, 3, 9
KNOWN, OWN, PEER = "ours", "own function", "interact"
FRAMES = {KNOWN: 15, OWN: 8}  # at least so many times the peer's frames
LATENCY = {KNOWN: 10, OWN: 5}  # its latency at least so many times ours
SETUP = """
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatLogSlider, interact
from course_utils import widgets

def parabola(x):
    return x**2

def slope(x):
    return 2 * x

def gradient_descent(gradient, x0, learning_rate, n_steps):
    path = [np.array(x0, dtype=float)]
    for _ in range(n_steps):
        path.append(path[-1] - learning_rate * gradient(path[-1]))
    return np.array(path)
"""
CELLS = {
    KNOWN: "widgets.Descent('parabola', learning_rate=0.02)",
    OWN: """own = {"f": parabola, "gradient": slope, "gradient_descent": gradient_descent}
widgets.Descent(**own, bounds=(-12, 12), start=10, curvature=2, learning_rate=0.02)""",
    PEER: """def draw(learning_rate):
    path = gradient_descent(slope, np.array([10.0]), learning_rate, 25)[:, 0]
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.2))
    wide = np.linspace(-12, 12, 241)
    left.plot(wide, parabola(wide), "--", label="the ground")
    left.plot(path, parabola(path), ".-", label="the walk")
    left.text(path[0], parabola(path[0]), "start")
    left.set(title="landscape", xlabel="x", ylabel="height", xlim=(-12, 12), ylim=(-8, 150))
    right.semilogy(parabola(path) + 1e-12, ".-")
    right.set(title="How high is the walk?", xlabel="step", ylabel="height", ylim=(1e-5, 1e4))
    left.legend()
    left.grid()
    right.grid()
    print(f"x = {path[-1]:.4g}, height {parabola(path[-1]):.4g} after 25 steps, 100 at the start")
    plt.show()

interact(draw, learning_rate=FloatLogSlider(value=0.02, min=-4, max=0.4, step=0.01, description="rate"));""",
}
OVERHEAD = 0.05  # of a loop's time, at most
TRAINING = """
import time

def training(update, steps):
    rng, theta, start = np.random.default_rng(0), np.zeros(200), time.perf_counter()
    inputs, targets = rng.normal(size=(4000, 200)), rng.normal(size=4000)
    for _ in range(steps):
        residual = inputs @ theta - targets
        theta = theta - 1e-3 * inputs.T @ residual / 4000
        update(loss=float(np.mean(residual**2)))
    return time.perf_counter() - start

def silent(**values):
    pass

steps = int(500 * 5 / min(training(silent, 500) for _ in range(4)))
"""
LIVE = "live = widgets.LiveTraining()\nlive"
RUN_LAST = """async () => {
    const {content} = window.jupyterapp.shell.currentWidget;
    content.activeCellIndex = content.widgets.length - 1;
    content.deselectAll();
    await window.jupyterapp.commands.execute('notebook:run-cell');
}"""
# A slider that is moved by the page itself, and what its cell shows: the path of the walk, or the picture's bytes.
TOOLS = """() => {
    const cells = [...document.querySelectorAll('.jp-CodeCell')];
    const part = (cell, ours) => ours
        ? {picture: () => cell.querySelector('.course-plot > svg path.course-path')?.getAttribute('d'),
           move: share => { const input = cell.querySelectorAll('input[type=range]')[0];
               input.value = -3 + 2.9 * share; input.dispatchEvent(new Event('input', {bubbles: true})); }}
        : {picture: () => cell.querySelector('.jp-OutputArea img')?.src,
           move: share => { cell.querySelector('.noUi-target').noUiSlider.set(-3 + 2.9 * share); }};
    // The next frame is painted: a message is handled after all that was asked of the frame, a drawing included.
    const frame = () => new Promise(done => {
        const {port1, port2} = new MessageChannel();
        port1.onmessage = done;
        requestAnimationFrame(() => port2.postMessage(0));
    });
    window.bench = {
        part: number => part(cells[number + 1], number < 2),
        // From an event, at any time between two frames, until the frame with the new picture is painted.
        latency: async (number, share) => {
            const {picture, move} = bench.part(number);
            await new Promise(done => setTimeout(done, 16 * Math.random()));
            const before = picture(), start = performance.now();
            move(share);
            while (!picture() || picture() === before) await frame();
            return performance.now() - start;
        },
        // Different pictures shown while the slider goes to and fro.
        drag: async (number, seconds) => {
            const {picture, move} = bench.part(number);
            const start = performance.now();
            let shown = 0, last = picture();
            for (let now = start; now - start < seconds * 1000; now = performance.now()) {
                const time = (now - start) / 1500;
                move(Math.abs(time % 2 - 1));
                await frame();
                const seen = picture(); // none, while the old output is cleared
                if (seen && seen !== last) { shown += 1; last = seen; }
            }
            return shown / seconds;
        },
    };
}"""


@dataclass
class Measured:
    """Milliseconds from event to picture, and pictures a second while dragging."""

    latencies: list[float] = field(default_factory=list)
    frames: list[float] = field(default_factory=list)

    @property
    def latency(self) -> float:
        """The median."""
        return statistics.median(self.latencies)

    @property
    def late(self) -> float:
        """What 95 of 100 stay below."""
        return statistics.quantiles(self.latencies, n=20)[-1]

    @property
    def fps(self) -> float:
        """The median."""
        return statistics.median(self.frames)


def measure(page: Page) -> dict[str, Measured]:
    """Let the three take turns."""
    results = {name: Measured() for name in CELLS}
    for _ in range(ROUNDS):
        for number, name in enumerate(CELLS):
            page.locator(".jp-CodeCell").nth(number + 1).evaluate("cell => cell.scrollIntoView({block: 'center'})")
            page.wait_for_timeout(1000)
            for move in range(MOVES):
                results[name].latencies.append(page.evaluate("n => bench.latency(...n)", [number, (move + 1) / 11]))
                page.wait_for_timeout(250)  # the kernel is idle again
            results[name].frames.append(page.evaluate("n => bench.drag(...n)", [number, DRAG_SECONDS]))
            page.wait_for_timeout(1500)
    return results


def measure_training(page: Page) -> list[tuple[float, float]]:
    """Return seconds of a training without and with a new live curve that is in view, round by round."""
    page.locator(".jp-CodeCell").last.evaluate("cell => cell.scrollIntoView({block: 'center'})")
    rounds = []
    for turn in range(TRAININGS):
        page.evaluate(RUN_LAST)
        page.locator(".course-caption").last.wait_for()
        ways = ("silent", "live.update") if turn % 2 == 0 else ("live.update", "silent")
        seconds = {way: float(python(page, f"training({way}, steps)")) for way in ways}
        rounds.append((seconds["silent"], seconds["live.update"]))
    return rounds


def report_training(trained: list[tuple[float, float]]) -> int:
    """Print what a live curve costs, and whether that is too much."""
    raw, live = (statistics.median(times) for times in zip(*trained, strict=True))
    extra = live / raw - 1
    told = f"{live:.2f} s with the curve, {raw:.2f} s without, {extra:+.1%}, medians of {len(trained)} rounds"
    print(f"live training: {told} (at most {OVERHEAD:.0%})")
    return int(extra > OVERHEAD)


def main() -> int:
    """Print the table and the line; return the exit status."""
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")  # the browser needs a processor, too
    with tempfile.TemporaryDirectory() as folder:
        work, home = Path(folder) / "work", Path(folder) / "home"
        work.mkdir()
        home.mkdir()
        cells = [nbformat.v4.new_code_cell(source.strip()) for source in (SETUP, *CELLS.values(), TRAINING, LIVE)]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), work / "slider.ipynb")
        with (
            serve(work, home, Path(__file__).resolve().parents[1]) as lab,
            open_browser() as browser,
            open_notebook(browser, lab, "slider.ipynb") as page,
        ):
            run_all(page)
            page.wait_for_selector(".jp-OutputArea img")
            page.evaluate(TOOLS)
            results = measure(page)
            trained = measure_training(page)
    return report_training(trained) | report(results)


def report(results: dict[str, Measured]) -> int:
    """Print what was found, and say which promise is missed."""
    ours, own, peer = (results[name] for name in (KNOWN, OWN, PEER))
    for name, one in results.items():
        print(f"{name:14} median {one.latency:6.1f} ms   p95 {one.late:6.1f} ms   {one.fps:5.1f} fps")
    missed = 0
    for name in (KNOWN, OWN):
        frames, latency = results[name].fps / peer.fps, peer.latency / results[name].latency
        told = f"{frames:.1f} times the frames (at least {FRAMES[name]}), 1/{latency:.1f} of the latency"
        print(f"{name}: {told} (at most 1/{LATENCY[name]})")
        missed += frames < FRAMES[name] or latency < LATENCY[name]
    print(
        f"slider: ours {ours.latency:.1f} ms {ours.fps:.1f} fps, own function {own.latency:.1f} ms {own.fps:.1f} fps, "
        f"interact {peer.latency:.1f} ms {peer.fps:.1f} fps, ratio {ours.fps / peer.fps:.1f}"
    )
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
