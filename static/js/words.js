// Puts the words and drawings that only scripts show (templates/enrolment/registration_words.html) into the page. Who
// needs them imports this, and waits: without an answer, or with one that is none of ours, nobody starts, and the page
// stays the long form that works without scripts. Never half of each.
import { formData } from "./form-data.js";

const { words } = (await formData) ?? {};
if (!words) await new Promise(() => {});
document.body.insertAdjacentHTML("afterbegin", words); // the strip for a lost signal is the page's very top
document.querySelector("[data-offline-strip]").hidden = navigator.onLine; // it may have gone meanwhile
