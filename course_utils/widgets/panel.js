// The frame of a widget: plots, a live caption, native controls, a play loop.
import { assign, element, identity, write } from "./elements.js";
import { between, floats, number } from "./numbers.js";
import { Plot } from "./plot.js";

const SYNC_MS = 150; // while JavaScript does the mathematics, Python hears of a drag this often
const SPEAK_MS = 900; // a screen reader hears the caption at most this often

/**
 * The frame of a widget. `draw(panel)` is called once a frame after something changed; it draws the plots and returns
 * the caption. State lives in the model alone: what `read` reads and `write` returns are the traits of the Python class.
 */
export class Panel {
  constructor({ model, el }, { label: name, draw }) {
    Object.assign(this, { model, draw, plots: [], controls: [], frame: 0, timer: 0, speaking: 0 });
    this.pictures = element("div", { class: "course-plots" });
    this.caption = element("p", { class: "course-caption" });
    this.voice = element("div", { class: "course-unseen", "aria-live": "polite" });
    this.board = element("div", { class: "course-controls" });
    this.node = element("div", { class: "course-widget", role: "group", "aria-label": name });
    this.node.append(this.pictures, this.caption, this.voice, this.board);
    el.append(this.node);
    this.change = () => this.redraw();
    model.on("change", this.change);
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.pictures);
    this.calm = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)") ?? { matches: false };
    this.redraw();
  }

  /** Read a trait. */
  get(name) {
    return this.model.get(name);
  }

  /** Set traits; the picture follows in this frame, Python soon. */
  set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.redraw();
    if (this.answer) this.model.save_changes(); // ipywidgets keeps one message in flight, and the latest values
    else this.timer ||= setTimeout(() => this.sync(), SYNC_MS);
  }

  /** Tell Python what has changed. */
  sync() {
    this.timer = 0;
    this.model.save_changes();
  }

  /** What the student's functions computed in Python: {for: {trait: value}, name: Float32Array or text}; or null. */
  get answer() {
    const packed = this.get("_answer");
    if (packed !== this.packed) {
      const read = (value) => (value?.data instanceof DataView ? floats(value) : value);
      const entries = Object.entries(packed).map(([name, value]) => [name, read(value)]);
      Object.assign(this, { packed, unpacked: entries.length ? Object.fromEntries(entries) : null });
    }
    return this.unpacked;
  }

  /** Draw before the next frame is shown. */
  redraw() {
    this.frame ||= requestAnimationFrame(() => this.paint());
  }

  paint() {
    this.frame = 0;
    const words = this.draw(this);
    for (const control of this.controls) control.refresh();
    for (const plot of this.plots) plot.end();
    write(this.caption, words);
    this.speaking ||= setTimeout(() => this.speak(), SPEAK_MS);
  }

  speak() {
    this.speaking = 0;
    write(this.voice, this.caption.textContent);
  }

  resize() {
    for (const plot of this.plots) plot.width = Math.round(plot.svg.getBoundingClientRect().width);
    this.redraw();
  }

  plot(options) {
    const plot = new Plot(this, options);
    this.plots.push(plot);
    this.pictures.append(plot.node);
    return plot;
  }

  add(node, refresh = () => {}) {
    this.board.append(node);
    this.controls.push({ refresh });
    return node;
  }

  /**
   * A range input with its label and value. `read()` gives the value, `write(value)` the traits to set, or `name` is the
   * trait; `limits` is [low, high] or a function; with `log` the slider moves by powers of ten and the value has three
   * digits; `mark()` may give {at, text}, a mark on the track.
   */
  slider({ label: words, name, read, write: set, limits, step, log = false, mark = () => null, text = number, hidden }) {
    const id = identity("slider");
    const input = element("input", { type: "range", id, step });
    const output = element("output", { for: id });
    const sign = element("span", { class: "course-mark" });
    const track = element("span", { class: "course-track" }, input, sign);
    const title = element("label", { for: id });
    const row = element("div", { class: "course-slider" }, title, track, output);
    const value = read ?? (() => this.get(name));
    const values = set ?? ((chosen) => ({ [name]: chosen }));
    const bend = log ? Math.log10 : (number_) => number_;
    input.addEventListener("input", () => {
      const chosen = Number(input.value);
      this.set(values(log ? Number((10 ** chosen).toPrecision(3)) : chosen));
    });
    return this.add(row, () => {
      row.hidden = Boolean(hidden?.());
      if (row.hidden) return;
      write(title, typeof words === "function" ? words() : words);
      const [low, high] = (typeof limits === "function" ? limits() : limits).map(bend);
      assign(input, "min", low);
      assign(input, "max", high);
      const now = String(between(bend(value()), low, high));
      if (Math.abs(Number(input.value) - Number(now)) > step / 2) input.value = now;
      const spoken = text(value());
      write(output, spoken);
      const { at, text: told } = mark() ?? {};
      sign.hidden = told === undefined;
      const place = sign.hidden ? 0 : between((bend(at) - low) / (high - low), 0, 1);
      sign.style.setProperty("--at", place);
      sign.classList.toggle("course-late", place > 0.6); // its words stand before it
      write(sign, told ?? "");
      assign(input, "aria-valuetext", told ? `${spoken}, mark at ${told}` : spoken);
    });
  }

  /** A list to choose from: options as [[value, text], …]. */
  select({ label: words, name, read, write: set, options, hidden }) {
    const id = identity("select");
    const list = element("select", { id }, ...options.map(([value, text]) => element("option", { value }, text)));
    const row = element("div", { class: "course-select" }, element("label", { for: id }, words), list);
    list.addEventListener("change", () => this.set(set ? set(list.value) : { [name]: list.value }));
    return this.add(row, () => {
      row.hidden = Boolean(hidden?.());
      list.value = read ? read() : this.get(name);
    });
  }

  /** A box to tick. */
  toggle({ label: words, name, hidden }) {
    const box = element("input", { type: "checkbox" });
    const row = element("label", { class: "course-toggle" }, box, words);
    box.addEventListener("change", () => this.set({ [name]: box.checked }));
    return this.add(row, () => {
      row.hidden = Boolean(hidden?.());
      box.checked = this.get(name);
    });
  }

  button(words, act) {
    const node = element("button", { type: "button" }, words);
    node.addEventListener("click", act);
    return node;
  }

  /** Buttons that set several traits at once; `choices()` gives [[text, traits], …] for the present state. */
  presets(words, choices) {
    const row = element("div", { class: "course-buttons", role: "group", "aria-label": words });
    const title = element("span", { "aria-hidden": "true" }, words);
    let known = "";
    return this.add(row, () => {
      const now = choices();
      if (JSON.stringify(now) !== known) {
        known = JSON.stringify(now);
        row.replaceChildren(title, ...now.map(([text, values]) => this.button(text, () => this.set(values))));
      }
      row.hidden = now.length === 0;
      now.forEach(([, values], index) => {
        const same = Object.entries(values).every(([key, value]) => alike(this.get(key), value));
        assign(row.children[index + 1], "aria-pressed", same);
      });
    });
  }

  /**
   * Play, step, back and reset for a trait that counts steps. `count()` is the last step; null stands for it, so that a
   * widget that nobody plays shows all. Who wants no motion sees the end at once.
   */
  player({ name = "step", count, hidden }) {
    const now = () => Math.min(this.get(name) ?? count(), count());
    const go = (step) => this.set({ [name]: between(step, 0, count()) });
    const stop = () => {
      clearInterval(this.playing);
      this.playing = 0;
    };
    const ahead = () => (now() + 1 >= count() ? (stop(), this.set({ [name]: null })) : go(now() + 1));
    const start = () => {
      if (this.calm.matches) return this.set({ [name]: null });
      if (now() >= count()) go(0);
      this.playing = setInterval(ahead, between(4000 / count(), 40, 500));
      return this.redraw();
    };
    const play = this.button("▶ Play", () => (this.playing ? (stop(), this.redraw()) : start()));
    const back = this.button("− Back", () => (stop(), go(now() - 1)));
    const step = this.button("+ Step", () => (stop(), now() >= count() ? go(count()) : go(now() + 1)));
    const reset = this.button("↺ Reset", () => (stop(), go(0)));
    const told = element("output", {});
    const row = element("div", { class: "course-buttons", role: "group", "aria-label": "Steps" });
    row.append(play, back, step, reset, told);
    this.halt = stop;
    return this.add(row, () => {
      row.hidden = Boolean(hidden?.());
      write(play, this.playing ? "❚❚ Pause" : "▶ Play");
      back.setAttribute("aria-disabled", now() <= 0);
      step.setAttribute("aria-disabled", now() >= count());
      write(told, `step ${now()} of ${count()}`);
    });
  }

  /** Take everything away; what a widget's render returns. */
  destroy() {
    this.halt?.();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.speaking);
    if (this.timer) {
      clearTimeout(this.timer);
      this.sync();
    }
    this.sizes.disconnect();
    this.model.off("change", this.change);
    this.node.remove();
  }
}

const alike = (one, other) => JSON.stringify(one) === JSON.stringify(other);
