// HTML and SVG elements: made once, written to only where something has changed.

const SVG = "http://www.w3.org/2000/svg";
const CONTROLS = new Set(["BUTTON", "INPUT", "SELECT", "SUMMARY"]);
const PAGE = Math.random().toString(36).slice(2); // each widget on a page has a module, and so a count, of its own
let made = 0;

/** Make an id that no other element of the page has. */
export const identity = (kind) => `course-${kind}-${PAGE}-${(made += 1)}`;

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

/** Set an element's text, if it is another one. */
export const write = (node, text) => node.textContent === text || (node.textContent = text);

/** Set an element's attribute, if it is another one. */
export const assign = (node, name, value) => node.getAttribute(name) === String(value) || node.setAttribute(name, value);

/** Paint brightness from 0 to 255, row by row, onto a canvas; return its context. */
export function paint(canvas, pixels, height, width) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i += 1) image.data.set([pixels[i], pixels[i], pixels[i], 255], 4 * i);
  context.putImageData(image, 0, 0);
  return context;
}
