// The words and drawings that stand in the page's <template data-registration>, and where a field of the form is.
export const template = document.querySelector("[data-registration]");
export const form = document.getElementById("page-form");

const find = (name) => template.content.querySelector(`[data-part=${name}]`);

// A fresh copy of a part.
export const part = (name) => {
  const copy = document.importNode(find(name), true);
  copy.removeAttribute("data-part");
  return copy;
};

// The entries of a part that is a list.
export const entries = (name) => [...find(name).children];

// The frame of a field: label, hint, error, box. A field without one of its own has that of its first control.
export const frame = (field) =>
  form.querySelector(`[name="${field}"]:not([type=hidden]), [name="${field}_day"]`)?.closest(".jb-field");

// Not what a box merely offers beneath it: a place tapped there fills the box (village.js).
export const controls = (box) => [...box.querySelectorAll("input:not([type=hidden], [name$=_choice]), select, textarea")];
