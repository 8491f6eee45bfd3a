// The contribution as enrolment/contributions.py works it out; a test holds both to the same Rupiah. Pure: the tariffs
// come with the form (form-data.js), in the order that enrolment/queries/form_data.py names.
const monthAt = (first, offset) => {
  const [year, month] = first.split("-").map(Number);
  const index = year * 12 + month - 1 + offset;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, "0")}-01`;
};

const reduced = (amount, percent) => Math.floor((amount * percent + 50) / 100);

/** {base, basis, months: [{day, amounts: [jkk, jkm, jht], relief}], total, until}, or null where no table gives an
 *  answer. `first` is a month, "2026-11"; `until` the last day of it, on which this price still holds. */
export function quote(data, { income, kind, months, first, sector, government }) {
  const start = monthAt(first, 0);
  const schedule = data.schedules.find(([, , from, to]) => from <= start && (to === null || start <= to));
  const bracket = schedule?.[7].filter(([lowest]) => lowest <= income).pop();
  if (!bracket) {
    return null;
  }
  const [, basis, , , jkk, jkm, jht] = schedule;
  const base = bracket[1];
  const full = [Math.floor((base * jkk) / 1000), jkm, kind === "L" ? Math.floor((base * jht) / 1000) : 0];
  const covered = Array.from({ length: months }, (_, offset) => {
    const day = monthAt(first, offset);
    const relief = data.reliefs.find(
      ([, , of, , , from, to, excludes]) => of === sector && from <= day && day <= to && !(government && excludes),
    );
    const amounts = full.map((amount, which) => (relief?.[3][which] ? reduced(amount, relief[4]) : amount));
    return { day, amounts, relief: relief ?? null };
  });
  const total = covered.reduce((sum, { amounts }) => sum + amounts[0] + amounts[1] + amounts[2], 0);
  const until = new Date(Date.parse(monthAt(first, 1)) - 86_400_000).toISOString().slice(0, 10);
  return { base, basis, months: covered, total, until };
}
