// Noise: points, a fit of any degree, its loss on them and on fresh ones, and fits to noise drawn anew.
import { number, spread } from "./numbers.js";
import { Panel } from "./panel.js";

const [LOW, HIGH] = [-5, 5]; // inputs lie between
const [DEGREES, FITS, FRESH, SPOTS] = [15, 30, 300, 101]; // highest degree, fits, fresh points, spots of a curve
const NOTHING = 1e-6; // times 1 + σ²: a loss below it is rounding
const SLIGHT = 1.25; // times the least loss is nearly as good
const CLOSE = 1e-4; // a distance below it is none

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const meanOf = (values, others) => values.reduce((sum, value, i) => sum + value * others[i], 0) / values.length;
const squareGap = (values, others) => values.reduce((sum, value, i) => sum + (value - others[i]) ** 2, 0) / values.length;
const polynomial = (coefficients, x) => coefficients.reduceRight((sum, c) => sum * x + c, 0);
const freshInputs = () => Array.from({ length: FRESH }, (_, i) => LOW + ((i + 0.5) * (HIGH - LOW)) / FRESH);

/** Normally distributed numbers, the same as refits.py's: mulberry32, then Box and Muller. */
export function normals(seed, count) {
  const uniform = Array.from({ length: 2 * count }, (_, i) => {
    const a = (seed + Math.imul(i + 1, 0x6d2b79f5)) >>> 0;
    let mixed = Math.imul(a ^ (a >>> 15), a | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  });
  return Array.from({ length: count }, (_, i) => Math.sqrt(-2 * Math.log(uniform[2 * i])) * Math.cos(2 * Math.PI * uniform[2 * i + 1]));
}

/** Polynomials of degree 0, 1, … that are orthogonal on the first inputs, of mean square 1 there; at all inputs. */
export function columns(degree, ...places) {
  const tables = places.map((xs) => [xs.map(() => 1)]);
  for (let j = 1; j <= degree; j += 1) {
    const rising = tables.map((table, k) => table[j - 1].map((value, i) => (places[k][i] / HIGH) * value));
    for (let turn = 0; turn < 2; turn += 1) { // the second time removes the rounding of the first
      const shares = tables[0].map((column) => meanOf(column, rising[0]));
      rising.forEach((values, k) => shares.forEach((share, m) => values.forEach((_, i) => { values[i] -= share * tables[k][m][i]; })));
    }
    const size = Math.sqrt(meanOf(rising[0], rising[0]));
    tables.forEach((table, k) => table.push(rising[k].map((value) => value / size)));
  }
  return tables;
}

const combined = (shares, table, kept) => table[0].map((_, i) => shares.slice(0, kept).reduce((sum, share, m) => sum + share * table[m][i], 0));

/** Fit one sample by each degree, and further ones by one degree; the same as refits.py's `known`. */
export function fitAll({ n, sigma, degree, seed, truth }) {
  const [x, dense, top] = [spread(LOW, HIGH, n), spread(LOW, HIGH, SPOTS), Math.min(DEGREES, n - 1)];
  const noise = normals(seed, FRESH + FITS * n).map((value) => sigma * value);
  const fresh = freshInputs().map((at, i) => polynomial(truth, at) + noise[i]);
  const samples = spread(0, FITS - 1, FITS).map((fit) => x.map((at, i) => polynomial(truth, at) + noise[FRESH + fit * n + i]));
  const [atX, atFresh, atDense] = columns(top, x, freshInputs(), dense);
  const shares = samples.map((y) => atX.map((column) => meanOf(column, y)));
  const degrees = spread(0, top, top + 1);
  const losses = (table, y) => degrees.map((d) => squareGap(combined(shares[0], table, d + 1), y));
  const kept = Math.min(degree, top) + 1;
  return {
    y: samples[0], fresh, train_losses: losses(atX, samples[0]), fresh_losses: losses(atFresh, fresh),
    curves: shares.map((own) => combined(own, atDense, kept)),
  };
}

// ---- words: refits.py says the same

const verdict = (kept, best, fresh) => {
  if (kept === best) return ": no degree does better there.";
  const there = `degree ${best} has ${number(fresh[best], 3)} there`;
  if (fresh[kept] <= SLIGHT * fresh[best]) return `, nearly the least: ${there}.`;
  return `. It ${kept < best ? "under" : "over"}fits: ${there}.`;
};

const lossTold = ({ y, train_losses, fresh_losses }, sigma, kept) => {
  const clean = (losses) => Array.from(losses, (loss) => (loss < NOTHING * (1 + sigma ** 2) ? 0 : loss));
  const [train, fresh, n] = [clean(train_losses), clean(fresh_losses), y.length];
  const best = fresh.indexOf(Math.min(...fresh));
  if (train[kept] === 0 && fresh[kept] === 0)
    return `Degree ${kept} finds the truth: without noise its loss is 0 on ${n} points and on ${FRESH} fresh ones.`;
  const start = train[kept] === 0
    ? `Degree ${kept} passes through all ${n} points; its loss on ${FRESH} fresh ones is ${number(fresh[kept], 3)}`
    : `Degree ${kept} has a loss of ${number(train[kept], 3)} on its ${n} points and of ${number(fresh[kept], 3)} ` +
      `on ${FRESH} fresh ones, ${number(fresh[kept] / train[kept], 2)} times as much`;
  return `${start}${verdict(kept, best, fresh)}`;
};

const middleOf = (curves) => Array.from(curves[0], (_, i) => mean(curves.map((curve) => curve[i])));

const scatterTold = (curves, truth) => {
  const middle = middleOf(curves);
  const typical = (square) => number(Math.sqrt(square) > CLOSE ? Math.sqrt(square) : 0, 2);
  const off = typical(squareGap(middle, spread(LOW, HIGH, SPOTS).map((x) => polynomial(truth, x))));
  const wide = typical(mean(curves.map((curve) => squareGap(middle, curve))));
  return `The middle of ${curves.length} fits is ${off} away from the truth, ` +
    `and the fits are ${wide} away from their middle, typically.`;
};

/** What one degree does on its points and on fresh ones, and how further fits scatter. */
export function told(refits, { sigma, degree, truth }, shown) {
  const n = refits.y.length;
  const kept = Math.min(degree, n - 1);
  const capped = degree > kept ? `${n} points fix no more than degree ${kept}. ` : "";
  const scattered = shown ? ` ${scatterTold(refits.curves.slice(0, shown + 1), truth)}` : "";
  return `${capped}${lossTold(refits, sigma, kept)}${scattered}`;
}

// ---- pictures

const STATE = ["n", "sigma", "degree", "seed", "truth"];

function found(panel) {
  const { answer } = panel;
  const state = Object.fromEntries(STATE.map((name) => [name, answer?.for[name] ?? panel.get(name)]));
  if (answer?.error) return { error: answer.error };
  const key = JSON.stringify(state);
  if (panel.foundFor !== (answer ?? key)) {
    panel.foundFor = answer ?? key; // playing draws more of the same fits
    panel.fits = answer
      ? { ...answer, curves: Array.from({ length: FITS }, (_, i) => answer.curves.subarray(i * SPOTS, (i + 1) * SPOTS)) }
      : fitAll(state);
  }
  return { state, refits: panel.fits };
}

export function draw(panel) {
  const { state, refits, error } = found(panel);
  if (error) return `Your function stopped: ${error}`;
  const shown = panel.get("refits") ?? FITS - 1;
  const caption = told(refits, state, shown);
  drawFits(panel.points, state, refits, shown);
  drawLosses(panel.losses, state, refits);
  panel.points.describe(`${state.n} points with noise of σ = ${number(state.sigma)}, and a polynomial fitted to them. ${caption}`);
  panel.losses.describe(`Loss by degree on a logarithmic scale, on the fitted points and on fresh ones. ${caption}`);
  return caption;
}

function drawFits(plot, { n, truth }, { y, fresh, curves }, shown) {
  const dense = spread(LOW, HIGH, SPOTS);
  const heights = dense.map((x) => polynomial(truth, x));
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const room = 0.6 * (high - low || 10);
  plot.begin({ x: [LOW - 0.3, HIGH + 0.3], y: [low - room, high + room] });
  const thin = plot.path("refits", "course-model", curves.slice(1, shown + 1).map((curve) => plot.trace(dense, curve)).join(""));
  Object.assign(thin.style, { opacity: 0.4, strokeWidth: 1 });
  plot.line("truth", "truth", dense, heights);
  plot.line("model", "model", dense, curves[0]);
  if (shown) plot.line("middle", "other", dense, middleOf(curves.slice(0, shown + 1)));
  const some = freshInputs().map((x, i) => (i % 10 === 5 ? cross(plot.x(x), plot.y(fresh[i])) : "")); // all would hide the fit
  if (!shown) plot.path("fresh", "course-path", some.join(""));
  plot.dots("points", "data", spread(LOW, HIGH, n), y, 8);
  plot.legend([["data", "points"], ["model", "fit"], ["truth", "truth"], shown ? ["other", "middle of the fits"] : ["path", "fresh points × (every tenth)"]]);
}

const cross = (x, y) => `M${x - 3} ${y - 3}l6 6m-6 0l6-6`;

function drawLosses(plot, { n, sigma, degree }, { train_losses, fresh_losses }) {
  const y = [0.1, 1e6];
  plot.begin({ x: [0, DEGREES], y, ylog: true });
  const shown = (losses) => Array.from(losses, (loss) => Math.max(loss, y[0]));
  const [train, fresh] = [shown(train_losses), shown(fresh_losses)];
  const degrees = train.map((_, d) => d);
  const kept = Math.min(degree, n - 1);
  plot.line("noise", "guide", [0, DEGREES], [sigma ** 2, sigma ** 2]);
  if (sigma ** 2 > y[0]) plot.text("sigma", DEGREES, sigma ** 2, "σ²", { anchor: "end", dy: -5 });
  plot.line("degree", "guide", [kept, kept], y);
  plot.line("train", "model", degrees, train);
  plot.dots("trains", "model", degrees, train, 6);
  plot.line("fresh", "path", degrees, fresh);
  plot.path("freshes", "course-path", degrees.map((d) => cross(plot.x(d), plot.y(fresh[d]))).join("")).style.strokeWidth = 2;
  plot.dots("train now", "model", [kept], [train[kept]], 13);
  plot.dots("fresh now", "path", [kept], [fresh[kept]], 13);
  plot.legend([["model", "on its points"], ["path", "on fresh points ×"], ["guide", "the noise σ², the degree"]]);
}

function render(context) {
  const panel = new Panel(context, { label: "Noise", draw });
  panel.points = panel.plot({ title: "Points and fits", xlabel: "x", ylabel: "y", height: 300 });
  panel.losses = panel.plot({ title: "Loss by degree", xlabel: "degree", ylabel: "loss", height: 300 });
  panel.slider({ label: "Degree", name: "degree", limits: [0, DEGREES], step: 1 });
  panel.slider({ label: "Points n", name: "n", limits: [3, 60], step: 1 });
  panel.slider({ label: "Noise σ", name: "sigma", limits: [0, 20], step: 0.5 });
  panel.slider({ label: "Seed", name: "seed", limits: [0, 20], step: 1 });
  panel.presets("Degree:", () => [["too small", { degree: 1 }], ["good", { degree: 2 }], ["too large", { degree: 9 }]]);
  panel.player({ name: "refits", count: () => FITS - 1 });
  return () => panel.destroy();
}

export default { render };
