// A training loop line by line: torch runs it in Python, this file shows the line, the tensors and where w goes.
import { element } from "./elements.js";
import { Panel } from "./panel.js";

const LINES = 4;
const COLUMNS = ["", ".data", ".grad", ".grad_fn"];

function draw(panel) {
  const { answer } = panel;
  if (answer.error) return `Your loss stopped: ${answer.error}`;
  const last = answer.cells.length - 1;
  const step = Math.min(panel.get("step") ?? last, last);
  const clear = answer.for.clear;
  drawCode(panel, step, clear);
  drawTable(panel, answer.cells[step], answer.cells[Math.max(step - 1, 0)]);
  const done = Math.floor(step / LINES) + 1;
  drawLoss(panel, answer.path.slice(0, done), answer.captions[step]);
  drawRounds(panel, answer, done, clear);
  return answer.captions[step];
}

function drawCode(panel, step, clear) {
  panel.lines.forEach((line, index) => {
    const now = step > 0 && (step - 1) % LINES === index;
    line.toggleAttribute("aria-current", now);
    if (now) line.setAttribute("aria-current", "step");
    line.classList.toggle("course-skipped", index === 0 && !clear);
    line.textContent = `${now ? "▸" : " "} ${index + 1}  ${panel.get("_code")[index]}${index === 0 && !clear ? "   # left out" : ""}`;
  });
}

function drawTable(panel, cells, before) {
  cells.forEach((row, r) => row.slice(1).forEach((words, c) => {
    const cell = panel.cells[r][c];
    cell.textContent = words;
    cell.classList.toggle("course-new", words !== before[r][c + 1]);
  }));
}

function drawLoss(panel, path, caption) {
  const { xs, ys } = panel.get("_ground");
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  panel.loss.begin({ x: [xs[0], xs[xs.length - 1]], y: [low - 0.06 * (high - low), high] });
  panel.loss.line("ground", "model", xs, ys);
  const height = (w) => {
    const place = ((w - xs[0]) / (xs[xs.length - 1] - xs[0])) * (xs.length - 1);
    const left = Math.floor(place);
    return left < 0 || left + 1 >= xs.length ? NaN : ys[left] + (place - left) * (ys[left + 1] - ys[left]);
  };
  const heights = Array.from(path, height);
  panel.loss.line("walk", "path", path, heights);
  panel.loss.dots("rounds", "path", path, heights, 6);
  panel.loss.dots("here", "path", path.slice(-1), heights.slice(-1), 13);
  panel.loss.legend([["model", "loss"], ["path", "w after each round"]]);
  panel.loss.describe(`The loss, and w on it. ${caption}`);
}

function drawRounds(panel, { path, other, "for": { clear } }, done) {
  const { xs } = panel.get("_ground");
  const rounds = Array.from(path.keys());
  panel.rounds.begin({ x: [0, path.length - 1], y: [1.15 * xs[0], 1.15 * xs[xs.length - 1]] });
  panel.rounds.line("other", "other", rounds.slice(0, done), other.slice(0, done));
  panel.rounds.line("mine", "path", rounds.slice(0, done), path.slice(0, done));
  panel.rounds.dots("rounds", "path", rounds.slice(0, done), path.slice(0, done), 6);
  const names = ["without zero_grad", "with zero_grad"];
  panel.rounds.legend([["path", names[Number(clear)]], ["other", names[Number(!clear)]]]);
  const ends = [path, other].map((walk) => walk[done - 1].toPrecision(4));
  panel.rounds.describe(`w after ${done - 1} rounds: ${ends[0]} ${names[Number(clear)]}, ${ends[1]} ${names[Number(!clear)]}.`);
}

function render(context) {
  const panel = new Panel(context, { label: "Training loop, line by line", draw });
  panel.lines = Array.from({ length: LINES }, () => element("li"));
  const code = element("ol", { class: "course-code", "aria-label": "The loop" }, ...panel.lines);
  panel.cells = [0, 1].map(() => COLUMNS.slice(1).map(() => element("td")));
  const rows = ["w", "loss"].map((name, row) => element("tr", {}, element("th", { scope: "row" }, name), ...panel.cells[row]));
  const heads = COLUMNS.map((name) => (name ? element("th", { scope: "col" }, name) : element("td")));
  const table = element("table", { class: "course-table" }, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
  panel.pictures.append(code, table);
  panel.loss = panel.plot({ title: "The loss, and w on it", xlabel: "w", ylabel: "loss", height: 230 });
  panel.rounds = panel.plot({ title: "w, round by round", xlabel: "round", ylabel: "w", height: 230 });
  panel.player({ count: () => (panel.answer.cells?.length ?? 1) - 1 });
  panel.presets("Go to", () => [["the first round", { step: 0 }], ["the end", { step: null }]]);
  panel.toggle({ label: "with zero_grad()", name: "clear" });
  panel.slider({ label: "Learning rate λ", name: "learning_rate", limits: [0.001, 0.1], step: 0.02, log: true });
  return () => panel.destroy();
}

export default { render };
