// Asks at once whether a NIK is registered, and waits for nothing: a slow or failed answer shows nothing, and nothing
// is held up. Without JavaScript the check of the answers says the same.
import "./words.js";

const PATIENCE = 6000; // ms
const template = document.querySelector("template[data-nik]");
const form = document.getElementById("page-form");
const field = form?.elements.nik;

if (template && field) {
  field.after(template.content.cloneNode(true));
  const notice = field.nextElementSibling;
  const [said, link] = notice.children;
  const answers = new Map(); // each number is asked about once
  let now = "";

  const show = (told) => {
    said.textContent = told?.said ?? "";
    link.textContent = told?.link ?? "";
    link.hidden = !told?.url;
    link.href = told?.url ?? "";
    notice.hidden = !told?.said;
  };

  const ask = async (nik) => {
    const stop = new AbortController(); // AbortSignal.timeout is missing on older phones
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const fields = ["csrfmiddlewaretoken", "opened_by", "submission_id"];
      const body = new URLSearchParams(fields.map((name) => [name, form.elements[name]?.value ?? ""]));
      body.set("nik", nik);
      const answer = await fetch(template.dataset.nik, {
        method: "POST",
        headers: { Accept: "application/json" },
        body,
        redirect: "manual",
        signal: stop.signal,
      });
      const told = answer.status === 200 ? await answer.json() : null;
      return told?.state ? told : null;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
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
    const told = await ask(nik);
    if (told) answers.set(nik, told);
    else answers.delete(nik); // not answered: it may be asked about again
    if (now === nik) {
      show(told); // what was typed meanwhile has its own answer
    }
  });
}
