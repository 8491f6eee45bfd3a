// The guardian's questions appear when the birth date says under 18 on the server's day (data-guardian): a phone's
// clock may be in 1970. Hidden questions are disabled, so an adult's form sends no guardian. Before there is
// a whole date they wait. Without this script they are always there, under their heading.
for (const part of document.querySelectorAll("[data-guardian]")) {
  const form = part.closest("form");
  const box = (name) => form.elements[`birth_date_${name}`];
  const [year, month, day] = part.dataset.guardian.split("-").map(Number);

  const show = () => {
    const [y, m, d] = ["year", "month", "day"].map((name) => Number(box(name)?.value));
    const before = month < m || (month === m && day < d);
    const known = y > 999 && m && d;
    const wrong = part.querySelector("[aria-invalid=true]");
    part.hidden = known ? year - y - before >= 18 : !wrong && !form.querySelector("[name=guardian]").value;
    for (const field of part.querySelectorAll("input")) field.disabled = part.hidden;
  };

  for (const name of ["year", "month", "day"]) box(name)?.addEventListener("input", show);
  show();
}
