// The last step: every answer as it stands in the form, group by group, to be compared with the card. The labels are
// the form's own; what another script made of an answer (.jb-echo) stands beneath. Without JavaScript the server shows
// this page after the form was sent.
import { controls, form, make } from "../page-form.js";
import { entries, part } from "./parts.js";

const words = (element) => element.textContent.trim();

// 16 digits in fours, as on the card, so that the eye can keep its place.
const inFours = (digits) => digits.replace(/\D/g, "").replace(/(\d{4})(?=\d)/g, "$1\u00a0");

function day(boxes) {
  const [d, m, y] = boxes;
  const date = new Date(Date.UTC(y, m - 1, d));
  return y.length === 4 && date.getUTCDate() === Number(d)
    ? date.toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })
    : boxes.join("-");
}

function answer(box) {
  const all = controls(box).filter((control) => !control.disabled); // an adult's guardian is not sent
  const [one] = all;
  if (["radio", "checkbox"].includes(one?.type)) {
    const chosen = all.filter((control) => control.checked);
    return chosen.map((control) => words(control.labels[0])).join(", ");
  }
  if (one?.tagName === "SELECT") return one.value && words(one.selectedOptions[0]);
  const typed = all.map((control) => control.value.trim());
  return typed.length === 3 && typed.every(Boolean) ? day(typed) : typed.join(" ").trim();
}

function row(box, group) {
  const value = answer(box);
  if (!value) return "";
  const isNik = box.querySelector("[name=nik]") !== null;
  const line = part(isNik ? "nik" : "row");
  const [term, said] = line.children;
  term.textContent = words(box.querySelector(".jb-label")?.firstChild ?? group);
  said.textContent = isNik ? inFours(value) : value;
  const echo = box.querySelector(".jb-echo:not([hidden])");
  if (echo) said.append(make("small", words(echo)));
  return line;
}

export function list(into) {
  into.textContent = "";
  form.querySelectorAll(":scope > fieldset:not([data-step=check])").forEach((fieldset, n) => {
    const legend = fieldset.querySelector("legend");
    const short = entries("steps").find(({ dataset }) => dataset.step === fieldset.dataset.step) ?? legend;
    const rows = [...fieldset.querySelectorAll(".jb-field")].map((box) => row(box, short)).filter(Boolean);
    if (!rows.length) return;
    const group = part("group");
    const link = group.querySelector("a");
    link.hash = fieldset.id = fieldset.id || `part-${n}`;
    link.lastElementChild.textContent = ` ${words(legend)}`;
    group.querySelector("h2").textContent = words(legend);
    group.querySelector("dl").append(...rows);
    into.append(group);
  });
}
