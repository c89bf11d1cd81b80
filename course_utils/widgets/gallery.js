// Pictures that a model got wrong: Python chooses them, this file hangs them up.
import { Panel, element } from "./widgets.js";

/** Paint brightness from 0 to 255, row by row, onto a canvas. */
export function paint(canvas, pixels, height, width) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i += 1) image.data.set([pixels[i], pixels[i], pixels[i], 255], 4 * i);
  context.putImageData(image, 0, 0);
}

function draw(panel) {
  const { answer } = panel;
  if (panel.hung === answer) return answer.caption;
  panel.hung = answer;
  const [, height, width] = answer.pictures.shape;
  panel.tiles.replaceChildren(...answer.words.map((words, index) => {
    const canvas = element("canvas", { class: "course-pixels", role: "img", "aria-label": `A picture of ${words}` });
    const size = height * width;
    paint(canvas, answer.pictures.subarray(index * size, (index + 1) * size), height, width);
    const [truth, said] = words.split(": ");
    return element("figure", {}, canvas, element("figcaption", {}, element("b", {}, truth), element("br"), ...said.split(", ").flatMap((part) => [part, element("br")])));
  }));
  return answer.caption;
}

function render(context) {
  const panel = new Panel(context, { label: "Mistakes", draw });
  panel.tiles = element("div", { class: "course-tiles" });
  panel.pictures.append(panel.tiles);
  const labels = [["all", "all"], ...panel.get("_labels").map((label) => [label, label])];
  panel.select({ label: "Show pictures of", name: "label", options: labels, write: (label) => ({ label, page: 0 }) });
  const turn = (by) => () => panel.set({ page: Math.min(Math.max(panel.get("page") + by, 0), panel.answer.pages - 1) });
  const back = panel.button("− Previous page", turn(-1));
  const next = panel.button("+ Next page", turn(1));
  const told = element("output", {});
  panel.add(element("div", { class: "course-buttons", role: "group", "aria-label": "Pages" }, back, next, told), () => {
    const { page, pages } = panel.answer;
    back.setAttribute("aria-disabled", page <= 0);
    next.setAttribute("aria-disabled", page + 1 >= pages);
    told.textContent = `page ${page + 1} of ${pages}`;
  });
  return () => panel.destroy();
}

export default { render };
