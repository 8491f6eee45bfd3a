// Tariffs, places and words, from one address whose content never changes (enrolment/views/form_data.py). Asked for once
// and kept by the phone; null if there is no answer, and the page stays the long form (words.js).
const address = document.querySelector("[data-form-data]")?.dataset.formData;

async function load() {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "manual" });
  const told = answer.ok && answer.headers.get("content-type")?.startsWith("application/json");
  return told ? await answer.json() : null; // a locked phone is answered with a page
}

export const formData = address ? load().catch(() => null) : Promise.resolve(null);
