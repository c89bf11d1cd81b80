// Pictures that a model got wrong: Python chooses them, this file hangs them up.
import { element, paint } from "./elements.js";
import { Panel } from "./panel.js";

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
