// The page's form, where a field of it is, and what several of its scripts do.
export const form = document.getElementById("page-form");

// The frame of a field: label, hint, error, box. A field without one of its own has that of its first control.
export const frame = (field) =>
  form.querySelector(`[name="${field}"]:not([type=hidden]), [name="${field}_day"]`)?.closest(".jb-field");

// Not what a box merely offers beneath it: a place tapped there fills the box (village.js).
export const controls = (box) => [...box.querySelectorAll("input:not([type=hidden], [name$=_choice]), select, textarea")];

export const make = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

// Tells the others that a box was filled by a tap: as if it had been typed, and it is whole.
export function chosen(box) {
  for (const type of ["input", "change"]) {
    box.dispatchEvent(new CustomEvent(type, { bubbles: true, detail: { chosen: true } }));
  }
}
