// A box in which a village or a regency is typed offers what may be meant: first from the villages that came with the
// page, then, while there is a signal, from the whole country. What is chosen writes its full label into the box, so that
// it means exactly one; typing on un-chooses it. Without JavaScript the page comes back with the same as radio buttons.
//
// An editable combobox with a list (ARIA 1.2): the focus stays in the box, arrows walk the list, Enter chooses, Escape
// closes. Words come from the template data-region-list.
import "./words.js";
import { ask } from "./ask.js";
import { echo } from "./echo.js";
import { formData } from "./form-data.js";
import { chosen, make } from "./page-form.js";

const SHORTEST = 3; // letters
const MOST = 10;
const PAUSE = 250; // ms of rest before the server is asked
const TITLES = /^(?:(?:adm|administrasi|desa|kab|kabupaten|kec|kecamatan|kel|kelurahan|kota) )+(?=.)/;
const parts = document.querySelector("template[data-region-list]");
const answers = new Map(); // of this page: what was asked once is not asked again

const words = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f'’]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
const letters = (text) => words(text).replaceAll(" ", "").length;
const bare = (text) => words(text).replace(TITLES, "");

// The same rule as outreach/regions.py: the beginning of any word, narrowed after a comma.
function among(list, typed, near) {
  const [name, ...parents] = typed.split(",").map(bare);
  const far = ([code]) => [8, 5, 2].filter((depth) => `${code}.`.slice(0, depth + 1) !== `${near}.`.slice(0, depth + 1)).length;
  const later = ([, label]) => (bare(label.split(",")[0]).startsWith(name) ? 0 : 1);
  const fitting = list.filter(([, label]) => {
    const [own, ...above] = label.split(",").map((part) => ` ${words(part)}`);
    return name && own.includes(` ${name}`) && parents.every((part) => above.some((one) => one.includes(` ${part}`)));
  });
  fitting.sort((one, other) => far(one) - far(other) || later(one) - later(other));
  return { found: fitting.slice(0, MOST), total: fitting.length };
}

async function wider(box, typed) {
  const body = new URLSearchParams({
    typed,
    near: box.dataset.near,
    level: box.dataset.region,
    csrfmiddlewaretoken: box.form.elements.csrfmiddlewaretoken.value,
  });
  const key = `${box.dataset.region} ${typed}`;
  if (!answers.has(key)) {
    const [status, told] = await ask(parts.dataset.url, body);
    if (status !== 200 || !told?.found) return null; // locked, signed out, too many: what came with the page stays
    answers.set(key, told);
  }
  return answers.get(key);
}

function combobox(box) {
  const [list, more, status] = parts.content.cloneNode(true).children;
  const candidates = box.parentElement.querySelector("[data-region-candidates]");
  const label = box.form.querySelector(`label[for="${box.id}"]`);
  let shown = []; // [code, label, postal code]
  let at = -1;
  let timer = 0;

  box.after(list, more, status);
  list.id = `${box.id}_list`;
  list.setAttribute("aria-label", label.firstChild.textContent.trim());
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    box.setAttribute(name, value);
  }

  const walk = (to) => {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = to;
    const option = list.children[at];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
  };

  const close = () => {
    clearTimeout(timer);
    walk(-1);
    list.hidden = more.hidden = true;
    status.textContent = "";
    box.setAttribute("aria-expanded", "false");
  };

  const show = ({ found, total }, { final }) => {
    const held = shown[at]?.[0];
    shown = found;
    list.replaceChildren(...found.map(([code, text], n) => {
      const option = make("li", "");
      const [name, ...above] = text.split(", ");
      option.id = `${list.id}_${n}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.append(make("b", name), above.length ? `, ${above.join(", ")}` : "");
      return option;
    }));
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    more.textContent = found.length ? parts.dataset.more.replace("{}", found.length).replace("{total}", total) : parts.dataset.none;
    more.hidden = found.length ? total <= found.length : !final;
    status.textContent = found.length ? parts.dataset.some.replace("{}", total) : final ? parts.dataset.none : "";
    walk(held ? found.findIndex(([code]) => code === held) : -1);
  };

  const choose = ([code, text, postal]) => {
    box.value = text;
    candidates?.remove();
    close();
    if ("echoSays" in box.dataset) echo(box, postal);
    chosen(box);
  };

  const look = async () => {
    clearTimeout(timer);
    const typed = box.value;
    if (letters(typed) < SHORTEST || /^\d/.test(typed)) return close();
    const data = await formData;
    const here = (box.dataset.region === "4" ? data.villages : data.places) ?? [];
    if (box.value !== typed) return;
    const near = among(here, typed, box.dataset.near);
    show(near, { final: false });
    timer = setTimeout(async () => {
      const answer = await wider(box, typed).catch(() => null);
      if (box.value === typed && document.activeElement === box) show(answer ?? near, { final: true });
    }, PAUSE);
  };

  box.addEventListener("input", (event) => {
    if (event.detail?.chosen) return close();
    if ("echoSays" in box.dataset) echo(box, ""); // typed on: no longer the one that was chosen
    for (const radio of candidates?.querySelectorAll(":checked") ?? []) radio.checked = false;
    look();
  });
  box.addEventListener("keydown", (event) => {
    const last = shown.length - 1;
    if (list.hidden) {
      if (event.key === "ArrowDown") look();
      return;
    }
    if (event.key === "ArrowDown") walk(at === last ? 0 : at + 1);
    else if (event.key === "ArrowUp") walk(at <= 0 ? last : at - 1);
    else if (event.key === "Enter" && at >= 0) choose(shown[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  box.addEventListener("focus", () => {
    if (box.closest(".has-error")) look(); // refused: what it may have meant
  });
  box.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the box
  list.addEventListener("click", ({ target }) => {
    const option = target.closest("li");
    if (option) choose(shown[[...list.children].indexOf(option)]);
  });
  candidates?.addEventListener("change", ({ target }) => {
    box.focus();
    choose([target.value, target.nextElementSibling.textContent, ""]);
  });
}

for (const box of document.querySelectorAll("[data-region]")) combobox(box);
