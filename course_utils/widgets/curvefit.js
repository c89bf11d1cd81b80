// Curve fitting: points to drag, the parabola that moves towards them, its loss, and the path of its parameters.
import { number, spread } from "./numbers.js";
import { Panel } from "./panel.js";

const SPOTS = 121;
const FLAT = 1e-9; // of the largest curvature: less than this is none
const [DIVERGED, ARRIVED] = [10, 1e-4]; // times the loss at the start

const dot = (one, other) => one.reduce((sum, value, index) => sum + value * other[index], 0);
const times = (matrix, vector) => matrix.map((row) => dot(row, vector));
const powers = (x) => [x * x, x, 1];

/** Eigenvalues of a symmetric matrix, the least first, with their directions: Jacobi's rotations. */
export function eigen(matrix) {
  const a = matrix.map((row) => [...row]);
  const size = a.length;
  const directions = a.map((_, i) => a.map((__, j) => Number(i === j)));
  for (let sweep = 0; sweep < 30; sweep += 1)
    for (let p = 0; p < size; p += 1)
      for (let q = p + 1; q < size; q += 1) {
        if (Math.abs(a[p][q]) <= 1e-300) continue;
        const turn = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const t = (turn < 0 ? -1 : 1) / (Math.abs(turn) + Math.hypot(turn, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (const row of a) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
        [a[p], a[q]] = [a[p].map((value, k) => c * value - s * a[q][k]), a[q].map((value, k) => s * a[p][k] + c * value)];
        for (const row of directions) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
      }
  const order = a.map((_, i) => i).sort((i, j) => a[i][i] - a[j][j]);
  return { values: order.map((i) => a[i][i]), directions: order.map((i) => directions.map((row) => row[i])) };
}

const moments = (points) => {
  const rows = points.map(([x]) => powers(x));
  const mean = (values) => (2 / points.length) * values.reduce((sum, value) => sum + value, 0);
  return {
    hessian: [0, 1, 2].map((i) => [0, 1, 2].map((j) => mean(rows.map((row) => row[i] * row[j])))),
    pull: [0, 1, 2].map((i) => mean(rows.map((row, k) => row[i] * points[k][1]))),
  };
};

const meanSquare = (points, theta) =>
  points.reduce((sum, [x, y]) => sum + (dot(powers(x), theta) - y) ** 2, 0) / points.length;

/** The valley of the mean squared error: hessian, bottom, its height, and the three curvatures. */
export function valleyOf(points) {
  const { hessian, pull } = moments(points);
  const { values, directions } = eigen(hessian);
  const best = [0, 0, 0];
  directions.forEach((direction, k) => {
    if (values[k] > FLAT * values[2]) direction.forEach((part, i) => { best[i] += (part * dot(direction, pull)) / values[k]; });
  });
  return { hessian, best, floor: meanSquare(points, best), bends: values };
}

/** Walk down the mean squared error: all parameters and losses, steps + 1 of each. */
export function fitted(points, start, rate, steps) {
  const { hessian, pull } = moments(points);
  const path = [start];
  while (path.length <= steps) {
    const theta = path[path.length - 1];
    const slopes = times(hessian, theta);
    path.push(theta.map((value, i) => value - rate * (slopes[i] - pull[i])));
  }
  return { path, losses: path.map((theta) => meanSquare(points, theta)) };
}

// ---- words: valley.py says the same

const more = (value) => `${value < 0 ? "−" : "+"} ${number(Math.abs(value), 3)}`;
const drawnAs = ([a, b, c]) => `y = ${number(a, 3)} x² ${more(b)} x ${more(c)}`;

const since = (values, test) => {
  let step = values.length;
  while (step > 0 && test(values[step - 1])) step -= 1;
  return step;
};

const compared = ({ bends: [, , steepest] }, rate) =>
  `the learning rate ${number(rate)} is ${rate > 2 / steepest ? "above" : "below"} 2/L = ${number(2 / steepest)}`;

const blame = (valley, rate, edge) => {
  if (!valley || !edge) return `the learning rate ${number(rate)} is too large for these points`;
  const words = compared(valley, rate);
  return rate > 2 / valley.bends[2] ? words : `${words}, so look at the gradient, which may not be that of the loss`;
};

const loose = (valley) =>
  valley && valley.bends[0] <= FLAT * valley.bends[2] ? " These points do not fix a parabola: many others fit as well." : "";

const pace = (valley, rate, edge) => {
  if (!valley) return ".";
  const [flattest, , steepest] = valley.bends;
  const share = (rate * steepest) / 2;
  const words = edge ? `${compared(valley, rate)}, ` : "";
  if (share > 1) return `: ${words}${edge ? "and " : ""}it cannot settle.`;
  if (share > 0.9) return `: ${words}but not by much, and the parabola swings from side to side.`;
  if (share < 0.05) return `: ${words}${edge ? "so " : ""}each step is short.`;
  if (flattest <= FLAT * steepest) return `.${loose(valley)}`;
  return `: the steepest direction is done soon, the flattest, ${number(steepest / flattest, 3)} times less curved, takes long.`;
};

/** How a fit went, in words. */
export function told(valley, rate, { path, losses }, edge) {
  const [first, end, last] = [losses[0], losses[losses.length - 1], losses.length - 1];
  if (last === 0) return seen({ path, losses }, 0);
  const floor = valley && valley.floor > 1e-12 * (first + 1) ? valley.floor : 0;
  const fell = `loss ${number(end)} after ${last} steps, ${number(first)} at the start`;
  const gone = since(losses, (loss) => !(loss <= DIVERGED * first + FLAT));
  if (gone <= last)
    return `Diverged at step ${gone}: ${blame(valley, rate, edge)}. Each step lands higher on the other side: ${fell}.`;
  if (first - floor <= FLAT * (first + 1))
    return `Stands still: ${drawnAs(path[0])} is the best parabola already, loss ${number(first)}.`;
  const arrived = since(losses, (loss) => loss - floor <= ARRIVED * (first - floor));
  if (arrived <= last)
    return `Arrived at step ${arrived}: ${drawnAs(path[last])}, loss ${number(end)}; the best parabola has ${number(floor)}.${loose(valley)}`;
  if (end > first) return `Runs away, ${fell}: ${blame(valley, rate, edge)}.`;
  return `On its way, ${fell}, ${number(floor)} at best${pace(valley, rate, edge)}`;
}

/** Where a fit is at one step, in words. */
export function seen({ path, losses }, step) {
  const change = step ? `, ${number(losses[step] / losses[step - 1], 3)} times that of the step before` : "";
  return `Step ${step} of ${losses.length - 1}: ${drawnAs(path[step])}, loss ${number(losses[step])}${change}.`;
}

// ---- pictures

const rows = (flat) => Array.from({ length: flat.length / flat.shape[1] }, (_, i) => Array.from(flat.subarray(i * flat.shape[1], (i + 1) * flat.shape[1])));

/** All that is drawn, of the student's functions or of the known mathematics. */
function found(panel) {
  const { answer } = panel;
  const [points, rate, start, steps] = ["points", "learning_rate", "start", "steps"].map((name) => answer?.for[name] ?? panel.get(name));
  const across = spread(...panel.get("_window")[0], SPOTS);
  if (!answer) {
    const columns = (xs) => [0, 1, 2].map((i) => xs.map((x) => powers(x)[i]));
    const at = columns(points.map(([x]) => x));
    return { points, rate, start, across, valley: valleyOf(points), columns: columns(across), at, ...fitted(points, start, rate, steps) };
  }
  if (answer.error) return { error: answer.error };
  const { path, losses, columns, at, valley } = answer;
  return { points, rate, start, across, valley, columns: rows(columns), at: rows(at), path: rows(path), losses: Array.from(losses) };
}

const heights = ([squares, straight, ones], [a, b, c]) => squares.map((square, i) => a * square + b * straight[i] + c * ones[i]);

export function draw(panel) {
  const fit = found(panel);
  const { curve, loss, plane } = panel;
  if (fit.error) return `Your function stopped: ${fit.error}`;
  const last = fit.losses.length - 1;
  const step = Math.min(panel.get("step") ?? last, last);
  const caption = step < last ? seen(fit, step) : told(fit.valley, fit.rate, fit, panel.get("edge"));
  drawCurve(curve, fit, step, panel.get("_window"), panel.get("point"));
  drawLoss(loss, fit, step);
  drawPlane(plane, fit, step);
  const told_ = fit.points.map(([x, y]) => `(${number(x)}, ${number(y)})`).join(", ");
  curve.describe(`Points ${told_} and a parabola. ${caption}`);
  loss.describe(`The loss at each step, on a logarithmic scale. ${caption}`);
  plane.describe(`The path of the parameters a and c, over lines of equal loss. ${caption}`);
  return caption;
}

function drawCurve(plot, { points, path, across, columns, at, valley }, step, [x, y], chosen) {
  plot.begin({ x, y });
  const best = valley ? heights(columns, valley.best) : [];
  plot.line("best", "guide", across, best);
  for (let past = 0; past < step; past = past ? past * 2 : 1) // 0, 1, 2, 4, 8, …: where it came from
    plot.path(`past ${past}`, "course-model", plot.trace(across, heights(columns, path[past]))).style.opacity = 0.35;
  plot.line("model", "model", across, heights(columns, path[step]));
  const guesses = heights(at, path[step]);
  const misses = points.map(([px, py], i) => plot.trace([px, px], [py, guesses[i]])).join("");
  plot.path("residuals", "course-path", misses).style.strokeWidth = 2.5;
  plot.dots("points", "data", points.map(([px]) => px), points.map(([, py]) => py), 11);
  const [px, py] = points[Math.min(chosen, points.length) - 1];
  plot.path("chosen", "course-other", ring(plot.x(px), plot.y(py), 11));
  plot.legend([["data", "points: drag them"], ["model", "parabola, pale: before"], ["path", "residuals"], ...(valley ? [["guide", "the best one"]] : [])]);
}

const ring = (x, y, radius) => `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;

function drawLoss(plot, { losses, valley }, step) {
  const top = Math.ceil(Math.log10(Math.max(losses[0], 1e-3))) + 2;
  const y = [10 ** (top - 10), 10 ** top];
  plot.begin({ x: [0, losses.length - 1], y, ylog: true });
  const shown = losses.slice(0, step + 1).map((value) => Math.max(value, y[0] / 10));
  const steps = shown.map((_, index) => index);
  const floor = valley && valley.floor > y[0] ? valley.floor : NaN;
  plot.line("floor", "guide", [0, losses.length - 1], [floor, floor]);
  if (floor) plot.text("least", losses.length - 1, floor, "least possible", { anchor: "end", dy: -5 });
  plot.line("losses", "path", steps, shown);
  if (losses.length <= 130) plot.dots("each", "path", steps, shown, 4);
  plot.dots("now", "path", [step], shown.slice(-1), 13);
}

/** A window over a and c that holds start and bottom, in round numbers so that it stands still while a point moves. */
function windowOf({ start, valley, path }) {
  const goal = valley?.best ?? path[path.length - 1].map((value, i) => (Math.abs(value) < 1e3 ? value : start[i]));
  return [0, 2].map((i) => {
    const [low, high] = [Math.min(start[i], goal[i]), Math.max(start[i], goal[i])];
    const room = Math.max(2 ** Math.ceil(Math.log2(Math.max(high - low, 1))) / 2, 1);
    return [Math.floor(low - room), Math.ceil(high + room)];
  });
}

/** Lines of equal loss over a and c, with b at its best. */
export function ellipses({ hessian, best }, [across, up]) {
  const [p, q, r] = [hessian[0][0], hessian[0][2], hessian[2][2]];
  const left = Math.sqrt(Math.max(r - (q * q) / p, 0));
  if (!(p > 0) || !(left > 1e-6)) return [];
  const reach = Math.max(...across.flatMap((a) => up.map((c) => (p * (a - best[0]) ** 2 + 2 * q * (a - best[0]) * (c - best[2]) + r * (c - best[2]) ** 2) / 2)));
  return spread(1, 9, 9).map((k) => {
    const size = Math.sqrt(2 * reach) * (k / 12) ** 1.5;
    const angles = spread(0, 2 * Math.PI, 73);
    const cs = angles.map((angle) => (size * Math.sin(angle)) / left);
    const as = angles.map((angle, i) => (size * Math.cos(angle) - (q / Math.sqrt(p)) * cs[i]) / Math.sqrt(p));
    return [as.map((a) => best[0] + a), cs.map((c) => best[2] + c)];
  });
}

function drawPlane(plot, fit, step) {
  const { valley, path, start } = fit;
  const [x, y] = windowOf(fit);
  plot.begin({ x, y, equal: true });
  if (valley) {
    plot.path("levels", "course-contour", ellipses(valley, [x, y]).map(([as, cs]) => plot.trace(as, cs)).join(""));
    plot.text("best", valley.best[0], valley.best[2], "×", { dy: 5 });
  }
  const walked = path.slice(0, step + 1);
  const [as, cs] = [walked.map(([a]) => a), walked.map(([, , c]) => c)];
  plot.line("walk", "path", as, cs);
  plot.dots("each", "path", as, cs, 5);
  plot.dots("now", "path", as.slice(-1), cs.slice(-1), 13);
  plot.text("start", start[0], start[2], "start");
  plot.legend([...(valley ? [["contour", "equal loss, with b at its best"]] : []), ["path", "the fit"]]);
}

// ---- controls

function nearest(plot, points, { x, y }) {
  const distances = points.map(([px, py]) => Math.hypot(plot.x(px) - plot.x(x), plot.y(py) - plot.y(y)));
  return distances.indexOf(Math.min(...distances));
}

function movePoints(panel) {
  const limits = (axis) => () => panel.get("_window")[axis];
  const chosen = () => Math.min(panel.get("point"), panel.get("points").length) - 1;
  const moved = (values) => {
    const points = panel.get("points").map((pair) => [...pair]);
    values.forEach((value, axis) => {
      const [low, high] = panel.get("_window")[axis];
      if (value !== undefined) points[chosen()][axis] = Number(Math.min(Math.max(value, low), high).toFixed(2));
    });
    return { points, step: null };
  };
  panel.slider({
    label: "Point", step: 1, limits: () => [1, panel.get("points").length], read: () => chosen() + 1,
    write: (point) => ({ point }), text: (point) => `${point} of ${panel.get("points").length}`,
  });
  ["x", "y"].forEach((name, axis) => panel.slider({
    label: () => `Point ${chosen() + 1}: ${name}`, limits: limits(axis), step: 0.05,
    read: () => panel.get("points")[chosen()][axis], write: (value) => moved(axis ? [undefined, value] : [value]),
  }));
  let held = false;
  panel.curve.svg.addEventListener("pointerdown", () => { held = false; }); // before the next line's own
  panel.curve.onDrag(({ x, y }) => {
    if (!held) panel.set({ point: nearest(panel.curve, panel.get("points"), { x, y }) + 1 });
    held = true;
    panel.set(moved([x, y]));
  });
}

function render(context) {
  const panel = new Panel(context, { label: "Curve fit", draw });
  panel.curve = panel.plot({ title: "Points and parabola", xlabel: "x", ylabel: "y", height: 240 });
  panel.loss = panel.plot({ title: "How large is the loss?", xlabel: "step", ylabel: "loss", height: 215 });
  panel.plane = panel.plot({ title: "The path of a and c", xlabel: "a", ylabel: "c", height: 215 });
  panel.curve.node.style.gridColumn = "1 / -1";
  const limit = () => {
    const valley = panel.answer ? panel.answer.valley : valleyOf(panel.get("points"));
    return valley ? 2 / valley.bends[2] : null;
  };
  panel.slider({
    label: "Learning rate λ", limits: [1e-5, 2], step: 0.01, log: true,
    mark: () => (panel.get("edge") && limit() ? { at: limit(), text: `2/L = ${number(limit())}` } : null),
    read: () => panel.get("learning_rate"), write: (rate) => ({ learning_rate: rate, step: null }),
  });
  panel.slider({ label: "Number of steps", limits: [1, 300], step: 1, read: () => panel.get("steps"), write: (steps) => ({ steps, step: null }) });
  movePoints(panel);
  panel.presets("Learning rate:", () => {
    const rates = limit() ? [1e-3, 0.75, 1.1].map((share) => Number((share * limit()).toPrecision(3))) : [1e-5, 1e-2, 1];
    return ["too small", "good", "too large"].map((text, index) => [text, { learning_rate: rates[index], step: null }]);
  });
  panel.player({ count: () => panel.get("steps") });
  return () => panel.destroy();
}

export default { render };
