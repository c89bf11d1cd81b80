// The graph of a formula, step by step: Python runs the student's engine and draws each step, this file shows it.
import { element } from "./elements.js";
import { number } from "./numbers.js";
import { Panel } from "./panel.js";

function draw(panel) {
  const { answer } = panel;
  if (answer.error) return `Your engine stopped: ${answer.error}`;
  if (panel.shown !== answer.picture) {
    panel.shown = answer.picture;
    panel.paper.innerHTML = answer.picture;
  }
  panel.paper.firstElementChild.setAttribute("aria-label", `${answer.caption} ${panel.alternative()}`);
  // What must be scrolled must be reached by keyboard.
  panel.paper.toggleAttribute("tabindex", panel.paper.scrollWidth > panel.paper.clientWidth);
  if (panel.paper.hasAttribute("tabindex")) panel.paper.tabIndex = 0;
  return answer.caption;
}

function render(context) {
  const panel = new Panel(context, { label: "Computation graph", draw });
  const starts = panel.get("_starts");
  const names = Object.keys(starts);
  panel.paper = element("div", { class: "course-graph", role: "group", "aria-label": "Graph", "data-lm-suppress-shortcuts": "true" });
  panel.pictures.append(panel.paper);
  // The drawing says all nodes in words; the caption of the step stands before it.
  panel.alternative = () => {
    const svg = panel.paper.firstElementChild;
    svg.dataset.words ||= svg.getAttribute("aria-label");
    return svg.dataset.words;
  };
  panel.select({
    label: "Formula", name: "chosen", options: names.map((name) => [name, name]), hidden: () => names.length < 2,
    write: (chosen) => ({ chosen, at: starts[chosen], step: 0 }),
  });
  panel.player({ count: () => panel.answer.steps ?? 0 });
  for (const name of new Set(names.flatMap((one) => Object.keys(starts[one]))))
    panel.slider({
      label: name, limits: [-4, 4], step: 0.1, hidden: () => !(name in panel.get("at")), text: (value) => number(value, 3),
      read: () => panel.get("at")[name] ?? 0,
      write: (value) => ({ at: { ...panel.get("at"), [name]: Number(value.toFixed(1)) } }),
    });
  return () => panel.destroy();
}

export default { render };
