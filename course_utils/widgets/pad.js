// A pad to write a digit on, by pointer or by keyboard; the student's model in Python says whether it is odd.
import { element, paint } from "./elements.js";
import { Panel } from "./panel.js";

const SIDE = 28;
const PEN = 1.6; // pixels from the middle of the stroke to its rim
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Add the ink of a stroke between two points, in pixels of the pad, to a picture. */
export function stroke(picture, [fromX, fromY], [toX, toY]) {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const length = dx * dx + dy * dy;
  return picture.map((ink, index) => {
    const [x, y] = [(index % SIDE) + 0.5, Math.floor(index / SIDE) + 0.5];
    const along = length ? Math.min(1, Math.max(0, ((x - fromX) * dx + (y - fromY) * dy) / length)) : 0;
    const away = Math.hypot(x - fromX - along * dx, y - fromY - along * dy);
    return Math.max(ink, Math.round(255 * Math.min(1, Math.max(0, PEN + 0.5 - away))));
  });
}

function draw(panel) {
  const { answer } = panel;
  const picture = panel.get("picture");
  const context = paint(panel.pad, picture, SIDE, SIDE);
  if (panel.typing) {
    context.fillStyle = panel.down ? "#d55e00" : "#0072b2";
    context.fillRect(Math.floor(panel.pen[0]), Math.floor(panel.pen[1]), 1, 1);
  }
  if (answer.error) return `Your model stopped: ${answer.error}`;
  paint(panel.seen, answer.seen, ...answer.seen.shape);
  panel.seen.setAttribute("aria-label", `What your model gets. ${answer.caption}`);
  const known = answer.p >= 0;
  panel.meter.setAttribute("aria-valuenow", known ? answer.p : 0.5);
  panel.meter.setAttribute("aria-valuetext", answer.caption);
  panel.meter.firstElementChild.style.width = known ? `${100 * answer.p}%` : "0";
  panel.amount.textContent = known ? `${(100 * answer.p).toFixed(1)} %` : "–";
  return answer.caption;
}

function listen(panel) {
  const { pad } = panel;
  const place = (event) => {
    const box = pad.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  };
  const ink = (to) => {
    panel.set({ picture: stroke(panel.get("picture"), panel.pen, to) });
    panel.pen = to;
  };
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    panel.typing = false;
    panel.pen = place(event);
    ink(panel.pen);
  });
  pad.addEventListener("pointermove", (event) => event.buttons & 1 && ink(place(event)));
  pad.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move && event.key !== " " && event.key !== "Delete") return;
    event.preventDefault();
    event.stopPropagation();
    panel.typing = true;
    if (event.key === "Delete") return clear(panel);
    if (event.key === " ") panel.down = !panel.down;
    const to = move ? panel.pen.map((at, i) => Math.min(SIDE - 3.5, Math.max(3.5, at + move[i]))) : panel.pen;
    if (panel.down) ink(to);
    panel.pen = to;
    tell(panel);
  });
  pad.addEventListener("blur", () => {
    Object.assign(panel, { typing: false, down: false });
    tell(panel);
  });
}

function tell(panel) {
  const [x, y] = panel.pen.map((at) => Math.floor(at) + 1);
  panel.where.textContent = panel.typing ? `Pen ${panel.down ? "down" : "up"} in column ${x}, row ${y} of ${SIDE}.` : "";
  panel.redraw();
}

function clear(panel) {
  panel.down = false;
  panel.pen = [SIDE / 2, 5.5];
  panel.set({ picture: Array(SIDE * SIDE).fill(0) });
  tell(panel);
}

function render(context) {
  const panel = new Panel(context, { label: "Write a digit", draw });
  const titled = (words, ...nodes) => element("div", { class: "course-plot" }, element("div", { class: "course-title" }, words), ...nodes);
  Object.assign(panel, { pen: [SIDE / 2, 5.5], down: false, typing: false });
  panel.pad = element("canvas", {
    class: "course-pixels course-pad", tabindex: "0", role: "application", "data-lm-suppress-shortcuts": "true",
    "aria-label": "Pad for a digit. Arrow keys move the pen, Space puts it down or lifts it, Delete clears.",
  });
  panel.seen = element("canvas", { class: "course-pixels", role: "img", style: "max-width: 9rem; margin: 0" });
  panel.meter = element("div", { role: "meter", "aria-valuemin": 0, "aria-valuemax": 1, "aria-label": "Probability of odd", class: "course-meter" }, element("div"));
  panel.amount = element("b");
  panel.where = element("div", { "aria-live": "polite" });
  const help = element("div", {}, "Draw with the mouse or a finger. By keyboard: arrow keys move the pen, Space puts it down or lifts it, Delete clears.");
  panel.pictures.append(
    titled("Your digit", panel.pad),
    titled("What your model gets", panel.seen, element("div", { class: "course-odds" }, "even", panel.meter, "odd ", panel.amount), help, panel.where),
  );
  panel.add(element("div", { class: "course-buttons" }, panel.button("↺ Clear", () => clear(panel))));
  listen(panel);
  return () => panel.destroy();
}

export default { render };
