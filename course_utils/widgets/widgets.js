// What all widgets of the course share: native controls, plots in SVG, a live caption, a play loop.
// base.py joins a widget's own file to this one and sends both as one module: nothing is built, nothing is fetched.

const SVG = "http://www.w3.org/2000/svg";
const SYNC_MS = 150; // while JavaScript does the mathematics, Python hears of a drag this often
const SPEAK_MS = 900; // a screen reader hears the caption at most this often
const FAR = 20000; // pixels: further out nothing is seen, and SVG gets inexact
const CONTROLS = new Set(["BUTTON", "INPUT", "SELECT", "SUMMARY"]);
const PAGE = Math.random().toString(36).slice(2); // each widget on a page has a module, and so a count, of its own
let made = 0;
const identity = (kind) => `course-${kind}-${PAGE}-${(made += 1)}`;

// ---- numbers and bytes

const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** Write a power of ten: 10⁻³. */
export function power(exponent) {
  return `10${[...String(exponent)].map((character) => SUPERSCRIPTS[character]).join("")}`;
}

/** Write a number with so many digits, as base.py's `number` does. */
export function number(value, digits = 4) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-4)) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    return `${Number(mantissa)}·${power(Number(exponent))}`.replace(/^-/, "−");
  }
  return String(Number(value.toPrecision(digits))).replace(/^-/, "−");
}

/** Read what Python packed as {shape, data}: a Float32Array with a shape. */
export function floats({ shape, data }) {
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  return Object.assign(new Float32Array(bytes), { shape });
}

// ---- elements

/** Make an HTML element; a control keeps its keys from JupyterLab's command mode. */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (CONTROLS.has(node.tagName)) node.setAttribute("data-lm-suppress-shortcuts", "true");
  node.append(...children);
  return node;
}

/** Make an SVG element. */
export function shape(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const write = (node, text) => node.textContent === text || (node.textContent = text);
const assign = (node, name, value) => node.getAttribute(name) === String(value) || node.setAttribute(name, value);
const between = (value, low, high) => Math.min(Math.max(value, low), high);

// ---- scales

/** Map a domain to pixels; with log, both ends are positive. */
export function scale([low, high], [from, to], log = false) {
  const bend = log ? Math.log10 : (value) => value;
  const start = bend(low);
  const factor = (to - from) / (bend(high) - start);
  const at = (value) => from + (bend(value) - start) * factor;
  at.invert = (pixel) => {
    const value = start + (pixel - from) / factor;
    return log ? 10 ** value : value;
  };
  return at;
}

/** Choose round numbers in a domain, about so many. */
export function ticks([low, high], count, log = false) {
  if (log) {
    const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
    const stride = Math.max(1, Math.ceil((last - first) / count));
    return range(first, last, stride).map((exponent) => 10 ** exponent);
  }
  const rough = (high - low) / count;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const stride = unit * [1, 2, 5, 10].find((factor) => factor * unit >= rough * 0.999);
  return range(Math.ceil(low / stride - 1e-9), Math.floor(high / stride + 1e-9), 1).map((index) => index * stride);
}

const range = (first, last, stride) => {
  const values = [];
  for (let value = first; value <= last; value += stride) values.push(value);
  return values;
};

/** So many numbers from low to high. */
export function spread(low, high, count) {
  return Array.from({ length: count }, (_, index) => low + ((high - low) * index) / (count - 1));
}

// ---- landscapes

/** Height, slopes and, on a line, curvature of a landscape that landscapes.py knows by its numbers; else null. */
export function known({ coefficients, hessian, arctan }) {
  if (arctan)
    return { f: ([x]) => x * Math.atan(x) - Math.log1p(x * x) / 2, slope: ([x]) => [Math.atan(x)], curvature: ([x]) => 1 / (1 + x * x) };
  if (coefficients) {
    const derived = (cs) => cs.slice(0, -1).map((c, index) => c * (cs.length - 1 - index));
    const horner = (cs) => ([x]) => cs.reduce((sum, c) => sum * x + c, 0);
    const slope = horner(derived(coefficients));
    return { f: horner(coefficients), slope: (point) => [slope(point)], curvature: horner(derived(derived(coefficients))) };
  }
  if (!hessian) return null;
  const product = (row, point) => row.reduce((sum, entry, index) => sum + entry * point[index], 0);
  const slope = (point) => hessian.map((row) => product(row, point));
  return { f: (point) => product(slope(point), point) / 2, slope };
}

// ---- plots

/**
 * A pair of axes in SVG. Each time it is drawn: `begin` says the domains, then lines, dots and words are given by key;
 * what is not given again disappears. Kinds are the course's: data, model, truth, path, guide, other.
 */
export class Plot {
  constructor(panel, { title, xlabel = "", ylabel = "", height = 270 }) {
    Object.assign(this, { panel, height, xlabel, ylabel, width: 0, items: new Map(), key: "" });
    this.clip = identity("clip");
    this.frame = shape("g");
    this.windows = [0, 7].map((room) => ({ room, node: shape("rect") })); // a dot on the rim is whole
    const clips = this.windows.map(({ room, node }) => shape("clipPath", { id: `${this.clip}-${room}` }, node));
    const [lines, dots] = this.windows.map(({ room }) => shape("g", { "clip-path": `url(#${this.clip}-${room})` }));
    Object.assign(this, { lines, above: dots, words: shape("g") });
    this.svg = shape("svg", { role: "img", "aria-label": title }, ...clips, this.frame, lines, dots, this.words);
    this.heading = element("div", { class: "course-title" }, title);
    this.key_ = element("div", { class: "course-legend", "aria-hidden": "true" });
    this.node = element("div", { class: "course-plot" }, this.heading, this.key_, this.svg);
  }

  /** Set the text alternative, and the title if there is one. */
  describe(text, title) {
    assign(this.svg, "aria-label", text);
    if (title !== undefined) write(this.heading, title);
  }

  /** Explain kinds of lines in words beside the picture: [["model", "the ground"], …]. */
  legend(entries) {
    const text = JSON.stringify(entries);
    if (this.told === text) return;
    this.told = text;
    this.key_.replaceChildren(...entries.map(([kind, words]) => element("span", {}, sample(kind), words)));
  }

  /** Start a drawing: domains as [low, high]; the axes are redrawn if these or the size changed. */
  begin({ x, y, xlog = false, ylog = false, equal = false, xlabel = this.xlabel, ylabel = this.ylabel }) {
    const width = this.width || 320;
    const { height } = this;
    const [left, right, top, bottom] = [52, width - 12, 22, height - 38];
    if (equal) [x, y] = stretched([x, y], [right - left, bottom - top]);
    this.x = scale(x, [left, right], xlog);
    this.y = scale(y, [bottom, top], ylog);
    this.box = { left, right, top, bottom };
    for (const item of this.items.values()) item.used = false;
    const key = JSON.stringify([x, y, xlog, ylog, width, height, xlabel, ylabel]);
    if (key === this.key) return;
    this.key = key;
    assign(this.svg, "viewBox", `0 0 ${width} ${height}`);
    assign(this.svg, "height", height);
    for (const { room, node } of this.windows) {
      const size = { x: left - room, y: top - room, width: right - left + 2 * room, height: bottom - top + 2 * room };
      for (const [name, value] of Object.entries(size)) assign(node, name, value);
    }
    const across = ticks(x, Math.max(2, (right - left) / 70), xlog);
    const up = ticks(y, Math.max(2, (bottom - top) / 42), ylog);
    this.frame.replaceChildren(
      shape("path", { class: "course-grid", d: [
        ...across.map((value) => `M${this.x(value).toFixed(1)} ${top}V${bottom}`),
        ...up.map((value) => `M${left} ${this.y(value).toFixed(1)}H${right}`),
      ].join("") }),
      shape("path", { class: "course-spines", d: `M${left} ${top}V${bottom}H${right}` }),
      ...across.map((value) => label(this.x(value), bottom + 16, "middle", tick(value, xlog))),
      ...up.map((value) => label(left - 6, this.y(value) + 4, "end", tick(value, ylog))),
      label((left + right) / 2, height - 6, "middle", xlabel),
      label(4, 12, "start", ylabel),
    );
  }

  /** Draw a line through points; numbers that are no numbers interrupt it. */
  line(key, kind, xs, ys) {
    this.path(key, `course-${kind}`, this.trace(xs, ys));
  }

  /** Draw a dot at each point, of so many pixels across. */
  dots(key, kind, xs, ys, size = 7) {
    let d = "";
    for (let i = 0; i < xs.length; i += 1) {
      const [x, y] = [this.x(xs[i]), this.y(ys[i])];
      if (Math.abs(x) < FAR && Math.abs(y) < FAR) d += `M${x.toFixed(1)} ${y.toFixed(1)}h0`;
    }
    this.path(key, `course-dots course-${kind}`, d, this.above).style.strokeWidth = size;
  }

  /** Return the path data of a line in pixels. */
  trace(xs, ys) {
    let [d, pen] = ["", "M"];
    for (let i = 0; i < xs.length; i += 1) {
      const [x, y] = [this.x(xs[i]), this.y(ys[i])];
      if (Number.isNaN(x) || Number.isNaN(y)) {
        pen = "M";
        continue;
      }
      d += `${pen}${between(x, -FAR, FAR).toFixed(1)} ${between(y, -FAR, FAR).toFixed(1)}`;
      pen = "L";
    }
    return d;
  }

  /** Draw any path, given in pixels. */
  path(key, style, d, parent = this.lines) {
    const node = this.item(key, "path", parent);
    assign(node, "class", style);
    assign(node, "d", d);
    return node;
  }

  /** Write words at a point; dx and dy are pixels. */
  text(key, x, y, words, { anchor = "middle", dx = 0, dy = -10 } = {}) {
    const node = this.item(key, "text", this.words);
    assign(node, "x", between(this.x(x) + dx, this.box.left, this.box.right).toFixed(1));
    assign(node, "y", between(this.y(y) + dy, this.box.top + 10, this.box.bottom - 4).toFixed(1));
    assign(node, "text-anchor", anchor);
    write(node, words);
  }

  /** Hide a drawn path but for circles around points, of so many pixels; null lifts the fog. */
  fog(key, points, radius) {
    const name = `${this.clip}-${key}`;
    const { node } = this.items.get(`path ${key}`);
    if (!points) return node.removeAttribute("clip-path");
    const arc = `a${radius} ${radius} 0 1 0`;
    const circle = (x, y) => `M${(x - radius).toFixed(1)} ${y.toFixed(1)}${arc} ${2 * radius} 0${arc} ${-2 * radius} 0`;
    const places = Array.from(points[0], (x, i) => [this.x(x), this.y(points[1][i])]);
    const holes = places.filter((place) => place.every((pixel) => Math.abs(pixel) < FAR));
    const clip = this.item(`fog ${key}`, "clipPath", this.svg);
    clip.id = name;
    clip.replaceChildren(shape("path", { d: holes.map((hole) => circle(...hole)).join("") }));
    return assign(node, "clip-path", `url(#${name})`);
  }

  /** Return the element of a key, made when it is first asked for. */
  item(key, tag, parent) {
    const full = `${tag} ${key}`;
    let item = this.items.get(full);
    if (!item) {
      item = { node: parent.appendChild(shape(tag)) };
      this.items.set(full, item);
    }
    item.used = true;
    return item.node;
  }

  /** End a drawing: what was not drawn again goes. */
  end() {
    for (const [key, { node, used }] of this.items) {
      if (used) continue;
      node.remove();
      this.items.delete(key);
    }
  }

  /** Call back with the point under the pointer while it is held down; a slider must do the same by keyboard. */
  onDrag(act) {
    const tell = (event) => {
      const box = this.svg.getBoundingClientRect();
      act({ x: this.x.invert(event.clientX - box.left), y: this.y.invert(event.clientY - box.top) });
    };
    this.svg.classList.add("course-draggable");
    this.svg.addEventListener("pointerdown", (event) => {
      this.svg.setPointerCapture(event.pointerId);
      tell(event);
    });
    this.svg.addEventListener("pointermove", (event) => event.buttons & 1 && tell(event));
  }
}

// Widen one of two domains until a unit is as long across as up.
const stretched = (domains, sizes) => {
  const unit = Math.max(...domains.map(([low, high], i) => (high - low) / sizes[i]));
  return domains.map(([low, high], i) => {
    const half = (unit * sizes[i]) / 2;
    return [(low + high) / 2 - half, (low + high) / 2 + half];
  });
};

const tick = (value, log) => (log && (value >= 1e4 || value <= 1e-3) ? power(Math.round(Math.log10(value))) : number(value));

const label = (x, y, anchor, words) => shape("text", { x: x.toFixed(1), y: y.toFixed(1), "text-anchor": anchor }, words);

const sample = (kind) =>
  shape("svg", { width: 26, height: 12, viewBox: "0 0 26 12" },
    shape("path", { class: `course-${kind}`, d: kind === "data" || kind.startsWith("dots") ? "M13 6h0" : "M2 6H24" }));

// ---- the panel

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
