// What this officer chose last at this booth, as pills above the field: one tap fills it. They need JavaScript, so they
// stand in a template and nobody is promised them without.
import "./words.js";
import { chosen, form } from "./page-form.js";

const named = document.querySelector("template[data-last-used]");

for (const pills of document.querySelector("template[data-form-data]").content.children) {
  const group = named.content.firstElementChild.cloneNode();
  group.dataset.for = pills.dataset.for;
  group.append(...pills.children);
  const field = form.elements[group.dataset.for];
  const box = field?.length && !field.options ? field[0] : field;
  const place = box?.closest(".jb-choices") ?? box;
  if (!place) continue;
  place.before(group);
  group.addEventListener("click", ({ target }) => {
    const { value } = target.closest("button")?.dataset ?? {};
    if (value === undefined) return;
    field.value = value;
    chosen(form.querySelector(`[name="${group.dataset.for}"]:checked`) ?? box);
  });
}
