// Rupiah as people say it ("1,5 juta", "500rb"), read exactly as enrolment/money.py reads it: a test holds both to the
// same amounts. Only for telling at once what was understood; the server reads it again.
const LARGEST = 1e10;
const UNITS = Object.assign(Object.create(null), { "": 1, rb: 1e3, ribu: 1e3, k: 1e3, jt: 1e6, juta: 1e6 });
const AMOUNT = /^(?:rp\.?)?[ \t]*([0-9][0-9.,]*)[ \t]*([a-z]*)$/;

// No lookbehind: phones of before 2023 would not read this file at all.
function withoutZeroCents(number) {
  const head = number.slice(0, -3);
  const lostDigit = head.slice(-4, -3) === number.slice(-3, -2) && /[0-9]{3}$/.test(head); // as "2.500.00" did
  return /[.,]00$/.test(number) && !lostDigit ? head : number;
}

function whole(number, factor) {
  if (/^[0-9]+$/.test(number)) {
    return Number(number) * factor;
  }
  if (/^[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*$/.test(number)) {
    return Number(number.replace(/[.,]/g, "")) * factor;
  }
  const decimal = /^([0-9]+)[.,]([0-9]{1,2}|[0-9]{3}[1-9]+)$/.exec(number);
  if (factor === 1 || !decimal || decimal[2].length > 6) {
    return null;
  }
  const parts = (Number(decimal[2]) * factor) / 10 ** decimal[2].length;
  return Number.isInteger(parts) ? Number(decimal[1]) * factor + parts : null;
}

/** Whole Rupiah, or null for what is no amount that the server would take. */
export function parseRupiah(typed) {
  const said = AMOUNT.exec(typed.trim().toLowerCase().replace(/,-$/, ""));
  const factor = said && UNITS[said[2]];
  if (!factor) {
    return null;
  }
  const amount = whole(factor === 1 ? withoutZeroCents(said[1]) : said[1], factor);
  return amount > 0 && amount <= LARGEST ? amount : null;
}

/** "Rp2.500.000", as the server writes it. */
export const rupiah = (amount) => `Rp${String(amount).replace(/\B(?=(?:[0-9]{3})+$)/g, ".")}`;
