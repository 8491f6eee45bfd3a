// Says what is to be corrected as the server's own pages do: a linked summary, and a sentence before each box. The
// sentences are the server's; those for an empty answer came with the page. Without JavaScript the server shows them.
import { controls, entries, form, frame, part } from "./parts.js";

const isAnswered = (control) => (["radio", "checkbox"].includes(control.type) ? control.checked : control.value.trim());

// field → [sentence] for what was left empty inside `places` and may not be.
export function missing(places) {
  const found = {};
  for (const { dataset, textContent } of entries("missing")) {
    const box = frame(dataset.field);
    if (box && places.some((place) => place.contains(box)) && !controls(box).some(isAnswered)) {
      found[dataset.field] = [textContent];
    }
  }
  return found;
}

// The same of a page that came with errors.
export function found() {
  const boxes = [...form.querySelectorAll(".has-error")];
  const sentences = (box) => [...box.querySelectorAll(".jb-error span")].map((one) => one.textContent);
  return Object.fromEntries(boxes.map((box) => [box.id.replace("div_id_", ""), sentences(box)]));
}

// What a screen reader takes the description from: the group, or the box alone.
const described = (box) => box.querySelector("fieldset") ?? controls(box)[0];

function describe(box, change) {
  const target = described(box);
  const ids = change((target.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  ids.length ? target.setAttribute("aria-describedby", ids.join(" ")) : target.removeAttribute("aria-describedby");
}

export function clear() {
  document.querySelector("[data-error-summary]")?.remove();
  for (const box of form.querySelectorAll(".has-error")) {
    box.classList.remove("has-error");
    box.querySelector(".jb-error")?.remove();
    describe(box, (ids) => ids.filter((id) => !id.endsWith("_error")));
    controls(box).forEach((control) => control.removeAttribute("aria-invalid"));
  }
}

function mark(field, box, sentences) {
  const error = document.createElement("div");
  error.className = "jb-error";
  error.id = `id_${field}_error`;
  for (const sentence of sentences) {
    const line = part("error");
    line.querySelector("span").textContent = sentence;
    error.append(line);
  }
  const before = box.querySelector(".jb-hint") ?? box.querySelector(".jb-label");
  before ? before.after(error) : box.prepend(error);
  box.classList.add("has-error");
  describe(box, (ids) => [...ids, error.id]);
  controls(box).forEach((control) => control.setAttribute("aria-invalid", "true"));
}

// field → [sentence], in the order in which they are told.
export function show(errors) {
  clear();
  const summary = part("summary");
  const list = summary.querySelector("ul");
  for (const [field, sentences] of Object.entries(errors)) {
    const box = frame(field);
    for (const sentence of sentences) {
      const line = document.createElement("li");
      const link = box ? line.appendChild(document.createElement("a")) : line;
      if (box) link.href = `#${controls(box)[0].id}`;
      link.textContent = sentence;
      list.append(line);
    }
    if (box) mark(field, box, sentences);
  }
  const count = list.children.length;
  const title = summary.querySelector("h2");
  title.id = "error-summary-title";
  title.querySelector("span").textContent = count === 1 ? summary.dataset.one : summary.dataset.many.replace("{}", count);
  summary.id = "error-summary";
  summary.setAttribute("aria-labelledby", title.id);
  document.querySelector("h1").before(summary);
  summary.focus();
}
