// Says what is to be corrected as the server's own pages do: a linked summary, and a sentence before each box. The
// sentences are the server's; those for an empty answer came with the page. Without JavaScript the server shows them.
import { controls, form, frame, make } from "../page-form.js";
import { entries, part } from "./parts.js";

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

// What a screen reader takes the description from: the group, or the box alone.
const describe = (box, change) => {
  const target = box.querySelector("fieldset") ?? controls(box)[0];
  target.setAttribute("aria-describedby", change(target.getAttribute("aria-describedby") ?? "").trim());
};

export function clear() {
  document.querySelector("[data-error-summary]")?.remove();
  for (const box of form.querySelectorAll(".has-error")) {
    box.classList.remove("has-error");
    box.querySelector(".jb-error")?.remove();
    describe(box, (ids) => ids.replace(/\S+_error/, ""));
    controls(box).forEach((control) => control.removeAttribute("aria-invalid"));
  }
}

function mark(field, box, sentences) {
  const error = part("error");
  const [line] = error.children;
  error.id = `id_${field}_error`;
  error.replaceChildren(
    ...sentences.map((sentence) => {
      const copy = line.cloneNode(true);
      copy.lastElementChild.textContent = sentence;
      return copy;
    }),
  );
  const before = box.querySelector(".jb-hint, .jb-label + :not(.jb-hint)") ?? box.firstElementChild;
  before.matches(".jb-hint") ? before.after(error) : before.before(error);
  box.classList.add("has-error");
  box.hidden = false; // price.js hides the fields that its tiles answer
  describe(box, (ids) => `${ids} ${error.id}`);
  controls(box).forEach((control) => control.setAttribute("aria-invalid", "true"));
}

// field → [sentence], in the order in which they are told.
export function showErrors(errors) {
  clear();
  const summary = part("summary");
  const list = summary.querySelector("ul");
  for (const [field, sentences] of Object.entries(errors)) {
    const box = frame(field);
    for (const sentence of sentences) {
      const link = make(box ? "a" : "span", sentence);
      if (box) link.href = `#${controls(box)[0].id}`;
      list.appendChild(make("li", "")).append(link);
    }
    if (box) mark(field, box, sentences);
  }
  const { one, many } = summary.dataset;
  const count = list.children.length;
  summary.querySelector("h2 span").textContent = count > 1 ? many.replace("{}", count) : one;
  summary.id = "error-summary";
  document.querySelector("h1").before(summary);
  summary.focus();
}
