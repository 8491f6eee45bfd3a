// Package and months chosen by what they cost: a tile for each, worked out here, so that it works with the signal gone.
// The tiles tick the form's own fields, which stay for the server and take over whenever a price can't be told.
// Without JavaScript those fields are all there is, and check-answers shows the same table.
import "./words.js";
import { formData } from "./form-data.js";
import { form, frame, make } from "./page-form.js";
import { quote } from "./quote.js";
import { parseRupiah, rupiah } from "./rupiah.js";

const plain = (amount) => rupiah(amount).slice(2);
const short = (day) =>
  new Intl.DateTimeFormat(document.documentElement.lang, { month: "short", timeZone: "UTC" }).format(new Date(day));
const long = (day) =>
  new Date(day).toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** Neighbouring months that cost the same for the same reason. */
function spans(months) {
  const found = [];
  for (const month of months) {
    const last = found[found.length - 1];
    if (last && last[0].relief === month.relief) {
      last.push(month);
    } else {
      found.push([month]);
    }
  }
  return found;
}

const named = (span) =>
  span.length > 2
    ? `${short(span[0].day)} – ${short(span[span.length - 1].day)}`
    : span.map(({ day }) => short(day)).join(", ");

function fillLedger(part, chosen, kind) {
  const columns = spans(chosen.months);
  const put = (row, cells) => {
    const line = part.querySelector(`[data-price-row=${row}]`);
    line.replaceChildren(line.firstElementChild, ...cells);
  };
  const { relief, full } = part.dataset;
  put("months", columns.map((span) => {
    const head = make("th", named(span));
    head.append(make("small", span[0].relief ? relief : full));
    head.scope = "col";
    return head;
  }));
  ["jkk", "jkm", "jht"].forEach((row, which) => {
    put(row, columns.map(([month]) => make("td", plain(month.amounts[which]))));
  });
  part.querySelector("[data-price-row=jht]").hidden = kind !== "L";
  put("sum", columns.map(([{ amounts }]) => make("td", plain(amounts[0] + amounts[1] + amounts[2]))));
  put("times", columns.map((span) => make("td", `× ${span.length}`)));
  const total = make("td", rupiah(chosen.total));
  total.colSpan = columns.length;
  put("total", [total]);
  part.querySelector("[data-price-base]").textContent = rupiah(chosen.base);
  part.querySelector("[data-price-until]").textContent = long(chosen.until);
  const rules = [chosen.basis, ...new Set(columns.map(([month]) => month.relief?.[1]).filter(Boolean))];
  part.querySelector("[data-price-basis]").textContent = rules.join("; ");
}

function start(part, data) {
  const { elements } = form;
  const tiles = [...part.querySelectorAll("[data-price-tile]")];
  const own = ["package", "months"].map(frame);
  const ledger = part.querySelector("[data-price-ledger]");

  const show = () => {
    const income = parseRupiah(elements.income.value);
    const sector = data.sectors[elements.job_type_1.value];
    const asked = { income, sector, first: elements.first_month.value, government: elements.government_paid.value === "y" };
    const priced = (tile) => quote(data, { ...asked, kind: tile.dataset.kind, months: Number(tile.dataset.months) });
    const known = income && sector && asked.first && priced(tiles[0]);
    part.hidden = !known;
    own.forEach((field) => {
      field.hidden = Boolean(known) && !field.classList.contains("has-error");
    });
    if (!known) {
      return;
    }
    ledger.hidden = true;
    const second = data.sectors[elements.job_type_2.value];
    for (const tile of tiles) {
      const price = priced(tile);
      tile.nextElementSibling.textContent = rupiah(price.total);
      tile.checked = tile.dataset.kind === elements.package.value && tile.dataset.months === elements.months.value;
      if (tile.checked) {
        ledger.hidden = false;
        fillLedger(ledger, price, tile.dataset.kind);
        const likely = price.months.some(({ relief }) => relief) || (second !== undefined && second !== sector);
        ledger.querySelectorAll("[data-price-estimate]").forEach((mark) => {
          mark.hidden = !likely;
        });
      }
    }
  };

  part.addEventListener("change", ({ target }) => {
    elements.package.value = target.dataset.kind;
    elements.months.value = target.dataset.months;
    // As if the fields themselves had been tapped: a draft and the steps listen to them.
    own.forEach((field) => {
      field.querySelector(":checked").dispatchEvent(new Event("change", { bubbles: true }));
    });
  });
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
}

const part = document.querySelector("[data-price]");
document.querySelector("#page-form [data-step=work]").append(part);
start(part, await formData);
