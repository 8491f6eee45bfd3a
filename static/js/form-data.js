// Tariffs, places and words, from one address whose content never changes (enrolment/views/form_data.py). Asked for once
// and kept by the phone; null if there is no answer, and the page stays the long form (words.js).
import { ask } from "./ask.js";

const address = document.querySelector("[data-form-data]")?.dataset.formData;

export const formData = address
  ? ask(address).then(([status, told]) => (status === 200 ? told : null)).catch(() => null)
  : Promise.resolve(null);
