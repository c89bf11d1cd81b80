// A pair of axes in SVG.
import { assign, element, identity, shape, write } from "./elements.js";
import { between, number, power, scale, ticks } from "./numbers.js";

const FAR = 20000; // pixels: further out nothing is seen, and SVG gets inexact

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
