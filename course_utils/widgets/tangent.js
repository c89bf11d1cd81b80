// A curve and its tangent, the slope as a curve of its own, and Newton's method, which follows tangents of the slope.
import { known, number } from "./numbers.js";
import { Panel } from "./panel.js";

const MOST = 12; // steps
const CLOSE = 1e-9;

/** Follow tangents of the slope to where it is 0: all places from x on. */
export function follow(numbers, x) {
  const { slope, curvature } = known(numbers);
  const path = [x];
  while (path.length <= MOST) {
    const here = path[path.length - 1];
    const bend = curvature([here]);
    if (bend === 0 || !Number.isFinite(here)) break;
    path.push(here - slope([here])[0] / bend);
    if (Math.abs(path[path.length - 1] - here) <= 1e-12) break;
  }
  return path;
}

/** Where a tangent leads: places, heights and slopes there, and what kind of flat place the last is. */
export function walk(landscape, x) {
  const { f, slope } = known(landscape.numbers);
  const path = follow(landscape.numbers, x);
  const heights = path.map((place) => f([place]));
  return { path, heights, slopes: path.map((place) => slope([place])[0]), kind: kindOf(f, path[path.length - 1], landscape) };
}

// By heights a little to the left and to the right.
function kindOf(f, x, { bounds: [[low, high]] }) {
  const [before, here, after] = [-1, 0, 1].map((side) => f([x + (side * (high - low)) / 500]));
  if (here < before && here < after) return "minimum";
  return here > before && here > after ? "maximum" : "place that is neither minimum nor maximum";
}

/** What is seen, in words; tangent.py says the same of the end. */
export function told({ path, heights, slopes, kind }, step, newton, bounds) {
  const [x, slope] = [path[step], slopes[step]];
  const here = `x = ${number(x)}: height ${number(heights[step])}, slope f′(x) = ${number(slope)}`;
  if (!newton) {
    if (Math.abs(slope) < CLOSE) return `At ${here}. The tangent is flat.`;
    return `At ${here}. The curve ${slope > 0 ? "rises" : "falls"}: down is to the ${slope > 0 ? "left" : "right"}.`;
  }
  const last = path.length - 1;
  if (step < last) return `Step ${step}, ${here}. The tangent of f′ meets the axis at x = ${number(path[step + 1])}: the next place.`;
  if (Math.abs(slope) < CLOSE) {
    const advice = kind === "minimum" ? "" : " Newton's method looks for flat places of any kind.";
    return `Arrived after ${last} steps at x = ${number(x)}: a ${kind} of f.${advice}`;
  }
  if (last < MOST && Number.isFinite(x)) return `Step ${step}, ${here}. The tangent of f′ is flat: it never meets the axis.`;
  if (!(x >= bounds[0] && x <= bounds[1]))
    return `Flies away: x = ${number(x)} after ${last} steps. Where f′ is nearly level, its tangent meets the axis far away.`;
  return `Not there after ${last} steps: x = ${number(x)}, slope f′(x) = ${number(slope)}.`;
}

function draw(panel) {
  const { answer } = panel;
  if (answer?.error) return `Your function stopped: ${answer.error}`;
  const landscape = panel.get("_curves")[panel.get("curve")];
  const newton = panel.get("newton");
  const found = answer
    ? { path: [...answer.path], heights: [...answer.heights], slopes: [...answer.slopes], kind: answer.kind }
    : walk(landscape, panel.get("x"));
  panel.steps = found.path.length - 1;
  const step = newton ? Math.min(panel.get("step") ?? Infinity, panel.steps) : 0;
  const caption = told(found, step, newton, landscape.bounds[0]);
  drawCurve(panel.curve, landscape, found, step);
  drawSlope(panel.slope, landscape, found, step, newton);
  panel.curve.describe(`${landscape.title} and its tangent. ${caption}`, landscape.title);
  panel.slope.describe(`The slope f′ of the curve. ${caption}`);
  return caption;
}

const padded = (low, high) => [low - (high - low) * 0.08, high + (high - low) * 0.08];

function drawCurve(plot, { bounds: [bounds], ground: [xs, ys], reach }, { path, heights, slopes }, step) {
  plot.begin({ x: bounds, y: padded(...reach) });
  plot.line("curve", "model", xs, ys);
  const [x, height, slope] = [path[step], heights[step], slopes[step]];
  const ends = [x - 2 * (bounds[1] - bounds[0]), x + 2 * (bounds[1] - bounds[0])];
  plot.line("tangent", "tangent", ends, ends.map((end) => height + slope * (end - x)));
  plot.dots("here", "path", [x], [height], 13);
  plot.legend([["model", "f"], ["tangent", `tangent, slope ${number(slope, 3)}`]]);
}

function drawSlope(plot, { bounds: [bounds], slope: [xs, ys] }, { path, slopes }, step, newton) {
  plot.begin({ x: bounds, y: padded(Math.min(...ys, 0), Math.max(...ys, 0)) });
  plot.line("axis", "guide", bounds, [0, 0]);
  plot.line("slope", "other", xs, ys);
  const entries = [["other", "slope f′"]];
  if (newton) {
    // From each place up to the slope there, then along its tangent to the next place.
    const seen = path.slice(0, step + 1);
    plot.line("walk", "path", seen.flatMap((x) => [x, x]), seen.flatMap((_, index) => [0, slopes[index]]));
    if (step + 1 < path.length) {
      plot.line("next", "tangent", [path[step], path[step + 1]], [slopes[step], 0]);
      plot.dots("goal", "tangent", [path[step + 1]], [0], 9);
      plot.text("goal", path[step + 1], 0, "next x", { dy: slopes[step] > 0 ? 18 : -10 });
    }
    entries.push(["path", "steps"], ["tangent", "tangent of f′"]);
  }
  plot.dots("here", "path", [path[step]], [slopes[step]], 13);
  plot.legend(entries);
}

function render(context) {
  const panel = new Panel(context, { label: "Tangent and Newton's method", draw });
  panel.curve = panel.plot({ title: "curve", xlabel: "x", ylabel: "f(x)" });
  panel.slope = panel.plot({ title: "Its slope at each x", xlabel: "x", ylabel: "f′(x)" });
  const curves = panel.get("_curves");
  const landscape = () => curves[panel.get("curve")];
  const limits = () => landscape().bounds[0];
  const rounded = (x) => Number(Math.min(Math.max(x, limits()[0]), limits()[1]).toFixed(2));
  const names = Object.entries(curves).map(([name, { title }]) => [name, `${name}: ${title}`]);
  const newton = () => panel.get("newton");
  const offered = newton(); // a lab that has not come to Newton's method does not show it
  panel.select({
    label: "Curve", name: "curve", options: names, hidden: () => names.length < 2,
    write: (curve) => ({ curve, x: curves[curve].starts[0][1], step: 0 }),
  });
  panel.slider({ label: "x", limits, step: 0.05, read: () => panel.get("x"), write: (x) => ({ x: rounded(x), step: 0 }) });
  panel.toggle({ label: "Newton's method: follow tangents of f′", name: "newton", hidden: () => !offered && !newton() });
  panel.presets("Start that", () => (newton() ? landscape().starts.map(([text, x]) => [text, { x, step: 0 }]) : []));
  panel.player({ count: () => panel.steps ?? 0, hidden: () => !newton() });
  for (const plot of [panel.curve, panel.slope]) plot.onDrag(({ x }) => panel.set({ x: rounded(x), step: 0 }));
  return () => panel.destroy();
}

export default { render };
