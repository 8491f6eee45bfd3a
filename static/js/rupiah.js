// Rupiah as people say it; the same rules as enrolment/money.py, which has the last word.
const LARGEST = 10_000_000_000;
const UNITS = { "": 1, rb: 1e3, ribu: 1e3, k: 1e3, jt: 1e6, juta: 1e6 };

export function parseRupiah(text) {
  const match = /^(?:rp\.?)?\s*([0-9][0-9.,]*)\s*([a-z]*)$/.exec(text.trim().toLowerCase().replace(/,-$/, ""));
  const factor = UNITS[match?.[2]];
  if (!factor) return null;
  const number = factor === 1 ? match[1].replace(/(?<!\.\d{3})\.00$|(?<!,\d{3}),00$/, "") : match[1];
  let amount = null;
  if (/^\d+$/.test(number)) amount = Number(number) * factor;
  else if (/^\d{1,3}([.,])\d{3}(\1\d{3})*$/.test(number)) amount = Number(number.replace(/[.,]/g, "")) * factor;
  else if (factor > 1 && /^(\d+[.,]\d{1,2}|\d+[.,]\d{3}[1-9]+)$/.test(number)) {
    amount = Math.round(Number(number.replace(",", ".")) * factor * 1000) / 1000;
  }
  return Number.isInteger(amount) && amount > 0 && amount <= LARGEST ? amount : null;
}
