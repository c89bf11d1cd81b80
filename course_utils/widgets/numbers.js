// Numbers as words, bytes as numbers, axes as pixels.
// base.py joins the files that all widgets share, in their order, and a widget's own to one module: nothing is built,
// nothing is fetched.

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

/** Hold a value between two limits. */
export const between = (value, low, high) => Math.min(Math.max(value, low), high);

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
