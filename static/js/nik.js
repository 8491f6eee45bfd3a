// Asks at once whether a NIK is registered, and waits for nothing: a slow or failed answer shows nothing, and nothing
// is held up. Without JavaScript the check of the answers says the same.
import "./words.js";
import { ask } from "./ask.js";
import { form } from "./page-form.js";

const PATIENCE = 6000; // ms
const template = document.querySelector("template[data-nik]");
const field = form?.elements.nik;

if (template && field) {
  field.after(template.content.cloneNode(true));
  const notice = field.nextElementSibling;
  const [place, link] = notice.children;
  const answers = new Map(); // each number is asked about once
  let now = "";

  const show = (told) => {
    const { said = "", link: words = "", url = "" } = told ?? {};
    place.textContent = said;
    link.textContent = words;
    link.href = url;
    link.hidden = !url;
    notice.hidden = !said;
  };

  const look = async (nik) => {
    const fields = ["csrfmiddlewaretoken", "opened_by", "submission_id"];
    const body = new URLSearchParams(fields.map((name) => [name, form.elements[name]?.value ?? ""]));
    body.set("nik", nik);
    const [status, told] = await ask(template.dataset.nik, body, PATIENCE);
    return status === 200 && told?.state ? told : null;
  };

  field.addEventListener("input", async () => {
    const nik = field.value.replace(/[\s.-]/g, "");
    if (nik === now) {
      return;
    }
    now = nik;
    show(answers.get(nik));
    if (!/^[0-9]{16}$/.test(nik) || answers.has(nik)) {
      return;
    }
    answers.set(nik, null);
    const told = await look(nik).catch(() => null);
    if (told) answers.set(nik, told);
    else answers.delete(nik); // not answered: it may be asked about again
    if (now === nik) {
      show(told); // what was typed meanwhile has its own answer
    }
  });
}
