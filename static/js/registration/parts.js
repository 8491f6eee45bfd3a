// The words and drawings that stand in <template data-registration>, once they have come.
import "../words.js";

export const template = document.querySelector("[data-registration]");

const original = (name) => template.content.querySelector(`[data-part=${name}]`);

// A fresh copy of a part.
export const part = (name) => {
  const copy = document.importNode(original(name), true);
  copy.removeAttribute("data-part");
  return copy;
};

// The entries of a part that is a list.
export const entries = (name) => [...original(name).children];
