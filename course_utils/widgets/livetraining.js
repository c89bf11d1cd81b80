// Curves of a training that runs in Python, which sends them at most three times a second.
import { floats } from "./numbers.js";
import { Panel } from "./panel.js";

const KINDS = ["path", "model", "truth", "other"];

function draw(panel) {
  const curves = panel.get("_curves");
  const names = Object.keys(curves);
  const runs = [...new Set(Object.values(curves).flatMap((one) => Object.keys(one)))];
  const told = panel.get("_told");
  names.forEach((name, index) => drawCurve(plotOf(panel, index), name, curves[name], runs, told));
  panel.empty.node.hidden = names.length > 0;
  if (!names.length) panel.empty.begin({ x: [0, 10], y: [0, 1] });
  return told;
}

// A picture for each name, made when the name first comes.
function plotOf(panel, index) {
  if (!panel.named[index]) {
    panel.named[index] = panel.plot({ title: "", xlabel: "step" });
    panel.sizes.observe(panel.named[index].node);
  }
  return panel.named[index];
}

function drawCurve(plot, name, curves, runs, told) {
  const lines = runs.filter((run) => run in curves).map((run) => {
    const points = floats(curves[run]);
    const count = points.shape[1];
    return { run, xs: points.subarray(0, count), ys: points.subarray(count) };
  });
  const finite = lines.flatMap(({ ys }) => Array.from(ys).filter(Number.isFinite));
  const [low, high] = [Math.min(...finite, Infinity), Math.max(...finite, -Infinity)];
  const room = high > low ? 0.06 * (high - low) : Math.abs(high) * 0.1 || 1;
  const last = Math.max(1, ...lines.map(({ xs }) => xs[xs.length - 1]));
  plot.begin({ x: [0, 1.04 * last], y: finite.length ? [low - room, high + room] : [0, 1] });
  const taken = []; // heights of names, in pixels: curves often end at the same place
  for (const { run, xs, ys } of lines) {
    const kind = KINDS[runs.indexOf(run) % KINDS.length];
    plot.line(run, kind, xs, ys);
    const end = plot.y(ys[ys.length - 1]);
    let dy = -10;
    while (taken.some((other) => Math.abs(end + dy - other) < 14)) dy -= 14;
    taken.push(end + dy);
    plot.text(`${run} name`, xs[xs.length - 1], ys[ys.length - 1], run, { anchor: "end", dy });
    if (xs.length < 30) plot.dots(`${run} dots`, kind, xs, ys, 6);
  }
  plot.legend(lines.map(({ run }) => [KINDS[runs.indexOf(run) % KINDS.length], run]));
  plot.describe(`The curve of ${name}. ${told}`, name);
}

function render(context) {
  const panel = new Panel(context, { label: "Live training", draw });
  panel.named = [];
  panel.empty = panel.plot({ title: "Training", xlabel: "step" });
  return () => panel.destroy();
}

export default { render };
