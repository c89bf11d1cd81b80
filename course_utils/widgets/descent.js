// Gradient descent: a landscape, the walk in it, and how high it is at each step.
import { known, number } from "./numbers.js";
import { Panel } from "./panel.js";

/** Walk: one array for each coordinate, and the heights, all of steps + 1 numbers. */
export function descend(numbers, start, rate, steps) {
  const { f, slope } = known(numbers);
  let point = start;
  const [places, heights] = [start.map((x) => [x]), [f(start)]];
  for (let step = 0; step < steps; step += 1) {
    const slopes = slope(point);
    point = point.map((x, index) => x - rate * slopes[index]);
    point.forEach((x, index) => places[index].push(x));
    heights.push(f(point));
  }
  return { places, heights };
}

/** The bottom of the valley in which a walk starts. */
export function bottomOf({ bottoms }, start) {
  return bottoms.find(({ basin: [low, high] }) => (low ?? -Infinity) <= start[0] && start[0] <= (high ?? Infinity));
}

const place = (point) => (point.length === 1 ? `x = ${number(point[0])}` : `(${point.map((x) => number(x)).join(", ")})`);

/** How a walk went, in words; descent.py says the same. */
export function told(landscape, rate, { places, heights }, fog = false) {
  const [last, width] = [heights.length - 1, Math.max(...landscape.bounds.map(([low, high]) => high - low))];
  const at = (step) => places.map((coordinate) => coordinate[step]);
  const inside = (step) => at(step).every((x, i) => x >= landscape.bounds[i][0] && x <= landscape.bounds[i][1]);
  const near = (step, point) => Math.hypot(...at(step).map((x, i) => x - point[i])) <= 1e-3 * width;
  const since = (test) => {
    let step = last + 1;
    while (step > 0 && test(step - 1)) step -= 1;
    return step;
  };
  const begun = bottomOf(landscape, at(0));
  const bottom = (inside(last) && bottomOf(landscape, at(last))) || begun;
  const edge = bottom && 2 / bottom.curvature;
  const which = bottom === begun ? "" : " of this valley";
  const compared = edge && `the learning rate ${number(rate)} is ${rate > edge ? "above" : "below"} 2/L = ${number(edge)}${which}`;
  const [first, end] = [heights[0], heights[last]];
  if (last === 0) return `No step is taken yet: the walk starts at ${place(at(0))}, height ${number(first)}.`;
  const left = since((step) => !inside(step));
  if (left <= last && left > 0) {
    if (!edge) return `Diverged at step ${left}: the learning rate ${number(rate)} is too large here, or the ground has no bottom.`;
    return `Diverged at step ${left}: ${compared}${rate > edge ? "" : " at the bottom, but the ground is more curved here"}.`;
  }
  if (near(last, at(0)) && at(1).every((x, i) => Math.abs(x - places[i][0]) <= 1e-9 * width))
    return `Stands still: the slope at ${place(at(0))} is 0, height ${number(first)}.`;
  const reached = landscape.bottoms.find((one) => near(last, one.at));
  if (reached) {
    const step = since((one) => near(one, reached.at));
    const lower = landscape.bottoms.find((one) => one.height < reached.height - 1e-9);
    let local = lower ? ` This is a local minimum: at ${place(lower.at)} the ground is lower, ${number(lower.height)}.` : "";
    if (fog) local = " In the fog you cannot tell whether a deeper valley exists.";
    return `Arrived at step ${step}: ${place(reached.at)}, height ${number(reached.height)}.${local}`;
  }
  if (Math.abs(end - first) <= 1e-6 * Math.abs(first - landscape.floor))
    return `Swings for ever: after ${last} steps it is as high as at the start, ${number(end)}.`;
  const fell = `${number(end)} after ${last} steps, ${number(first)} at the start`;
  if (end > first) return `Runs away, height ${fell}${edge && rate > edge ? `: ${compared}` : ""}.`;
  const where = `${place(at(last))}, height ${fell}`;
  const falls = heights.slice(-5).every((height, index, ends) => index === 0 || height < ends[index - 1]);
  if (edge && rate > edge && falls) return `Still on its way at ${where}: ${compared}, but it has not felt the steepest direction.`;
  if (edge && rate > edge) return `Cannot settle at ${where}: ${compared}.`;
  if (edge && rate > 0.9 * edge) return `Comes closer from wall to wall, now at ${where}: ${compared}, but not by much.`;
  if (edge && rate < 0.1 * edge) return `Still on its way at ${where}: ${compared}, so each step is short.`;
  return `Still on its way at ${where}.`;
}

const seen = (landscape, step, { places, heights }, slopes) => {
  const point = places.map((coordinate) => coordinate[step]);
  const slope = slopes ? `, ${slopes.length === 1 ? "slope" : "gradient"} ${place(slopes).replace("x = ", "")}` : "";
  return `Step ${step} of ${heights.length - 1}: at ${place(point)}, height ${number(heights[step])}${slope}.`;
};

// Heights above the floor, on a logarithmic scale that stays when the walk changes.
const decades = ({ reach: [low, high] }) => {
  const top = Math.ceil(Math.log10(high - low)) + 2;
  return [10 ** (top - 9), 10 ** top];
};

export function draw(panel) {
  const { land, loss } = panel;
  const { answer } = panel;
  const landscape = panel.get("_landscapes")[panel.get("landscape")];
  const state = { start: panel.get("start"), learning_rate: panel.get("learning_rate"), steps: panel.get("steps"), ...answer?.for };
  if (answer?.error) return `Your function stopped: ${answer.error}`;
  const walk = answer
    ? { places: columns(answer.path), heights: [...answer.heights] }
    : descend(landscape.numbers, state.start, state.learning_rate, state.steps);
  const step = Math.min(panel.get("step") ?? state.steps, walk.heights.length - 1);
  const slopes = known(landscape.numbers)?.slope;
  const point = walk.places.map((coordinate) => coordinate[step]);
  const caption = step < walk.heights.length - 1 || step === 0
    ? seen(landscape, step, walk, slopes?.(point))
    : told(landscape, state.learning_rate, walk, panel.get("fog"));
  (landscape.contours ? drawPlane : drawLine)(land, landscape, walk, step, panel.get("fog"), slopes?.(point));
  drawLoss(loss, landscape, walk, step);
  land.describe(`${landscape.title}. ${caption}`, landscape.title);
  loss.describe(`Height above the lowest known point, on a logarithmic scale. ${caption}`);
  return caption;
}

const columns = (path) => Array.from({ length: path.shape[1] }, (_, i) => path.filter((__, index) => index % path.shape[1] === i));

function drawLine(plot, { bounds: [[low, high]], ground: [xs, ys], reach }, { places, heights }, step, fog, slopes) {
  const room = (reach[1] - reach[0]) * 0.06;
  plot.begin({ x: [low, high], y: [reach[0] - room, reach[1] + room], xlabel: "x", ylabel: "height" });
  const [walked, climbed] = [places[0].slice(0, step + 1), heights.slice(0, step + 1)];
  const near = (high - low) * 0.035;
  const felt = fog ? xs.map((x, i) => (walked.some((at) => Math.abs(at - x) < near) ? ys[i] : NaN)) : ys;
  plot.line("ground", "truth", xs, felt);
  if (slopes) {
    const run = (high - low) / 10;
    const ends = [walked[step] - run, walked[step] + run];
    plot.line("slope", "guide", ends, ends.map((x) => climbed[step] + slopes[0] * (x - walked[step])));
  }
  drawPath(plot, walked, climbed);
  plot.legend([["truth", fog ? "the ground under your feet" : "the ground"], ["path", "the walk"], ...(slopes ? [["guide", "slope at the walker"]] : [])]);
}

function drawPlane(plot, { bounds, contours, bottoms }, { places }, step, fog) {
  plot.begin({ x: bounds[0], y: bounds[1], equal: true, xlabel: "x₀", ylabel: "x₁" });
  const [xs, ys] = places.map((coordinate) => coordinate.slice(0, step + 1));
  const lines = contours.map(([us, vs]) => plot.trace(us, vs)).join("");
  plot.path("ground", "course-contour", lines);
  plot.fog("ground", fog ? [xs, ys] : null, 34);
  if (!fog) plot.text("bottom", bottoms[0]?.at[0] ?? NaN, bottoms[0]?.at[1] ?? NaN, "×", { dy: 4 });
  drawPath(plot, xs, ys);
  plot.legend([["contour", fog ? "equal height, where you have been" : "equal height"], ["path", "the walk"]]);
}

function drawPath(plot, xs, ys) {
  plot.line("walk", "path", xs, ys);
  plot.dots("points", "path", xs, ys, 5);
  plot.dots("walker", "path", xs.slice(-1), ys.slice(-1), 13);
  plot.text("start", xs[0], ys[0], "start");
}

function drawLoss(plot, landscape, { heights }, step) {
  const y = decades(landscape);
  plot.begin({ x: [0, heights.length - 1], y, ylog: true, xlabel: "step", ylabel: "height above the lowest point" });
  const shown = Array.from(heights.slice(0, step + 1), (height) => Math.max(height - landscape.floor, y[0] / 10));
  const steps = shown.map((_, index) => index);
  plot.line("loss", "path", steps, shown);
  plot.dots("losses", "path", steps, shown, 5);
  plot.dots("now", "path", [step], shown.slice(-1), 13);
}

function render(context) {
  const panel = new Panel(context, { label: "Gradient descent", draw });
  panel.land = panel.plot({ title: "landscape" });
  panel.loss = panel.plot({ title: "How high is the walk?" });
  const landscape = () => panel.get("_landscapes")[panel.get("landscape")];
  const edge = () => {
    const bottom = bottomOf(landscape(), panel.get("start"));
    return bottom ? { at: 2 / bottom.curvature, text: `2/L = ${number(2 / bottom.curvature)}` } : null;
  };
  const starting = (index, x) => {
    const [low, high] = landscape().bounds[index];
    const rounded = Number(Math.min(Math.max(x, low), high).toPrecision(3));
    return panel.get("start").map((old, place_) => (place_ === index ? rounded : old));
  };
  const options = Object.entries(panel.get("_landscapes")).map(([name, { title }]) => [name, `${name}: ${title}`]);
  const chosen = (name) => {
    const { start, rates } = panel.get("_landscapes")[name];
    return { landscape: name, start, learning_rate: rates[1], step: null };
  };
  panel.select({ label: "Landscape", name: "landscape", options, write: chosen, hidden: () => options.length < 2 });
  panel.slider({
    label: "Learning rate λ", limits: [1e-4, 3], step: 0.01, log: true, mark: edge,
    read: () => panel.get("learning_rate"), write: (rate) => ({ learning_rate: rate, step: null }),
  });
  for (const index of [0, 1]) {
    panel.slider({
      label: () => (landscape().bounds.length === 1 ? "Start x" : `Start ${["x₀", "x₁"][index]}`),
      limits: () => landscape().bounds[index], step: 0.01, hidden: () => index >= landscape().bounds.length,
      read: () => panel.get("start")[index], write: (x) => ({ start: starting(index, x), step: null }),
    });
  }
  panel.slider({ label: "Number of steps", limits: [1, 100], step: 1, read: () => panel.get("steps"), write: (steps) => ({ steps, step: null }) });
  panel.presets("Learning rate:", () => ["too small", "good", "too large"].slice(0, landscape().rates.length)
    .map((text, index) => [text, { learning_rate: landscape().rates[index], step: null }]));
  panel.player({ count: () => panel.get("steps") });
  panel.toggle({ label: "Fog", name: "fog" });
  panel.land.onDrag(({ x, y }) => {
    const start = starting(0, x);
    if (landscape().bounds.length > 1) start[1] = starting(1, y)[1];
    panel.set({ start, step: null });
  });
  return () => panel.destroy();
}

export default { render };
