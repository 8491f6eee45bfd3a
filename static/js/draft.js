// Keeps what is typed as a draft on the server, and says so only after the server did. Without signal it says nothing
// new and tries again at the next change. Without JavaScript the button "Keep for later" does it.
//
// Each save carries a number that only grows, so an older one that arrives late changes nothing.
import "./words.js";
import { ask } from "./ask.js";
import { form } from "./page-form.js";
import { isTouched } from "./touched.js";

const PATIENCE = 60_000; // ms
const PAUSE = 3000; // ms without typing
const place = document.querySelector("[data-draft]");

if (form && place) {
  const words = document.querySelector("template[data-draft-words]");
  place.append(words.content);
  const [said, at, why] = ["said", "at", "why"].map((name) => place.querySelector(`[data-draft-${name}]`));
  let over = false;
  let counter = Number(place.dataset.counter);
  let isAgreed = counter > 0; // or was once: then what is kept may have to go
  let timer;
  let sent = isTouched(form) ? "" : content().toString();

  function content() {
    const body = new URLSearchParams(new FormData(form));
    body.delete("step");
    return body;
  }

  async function save() {
    clearTimeout(timer);
    const body = content();
    const typed = body.toString();
    if (over || typed === sent) {
      return;
    }
    isAgreed = isAgreed || body.has("consent_how");
    if (!isAgreed) {
      return; // nothing may be kept yet, so nothing is asked
    }
    sent = typed;
    counter += 1;
    const mine = counter;
    body.set("draft_counter", mine);
    try {
      const [status, told] = await ask(place.dataset.url, body, PATIENCE, { keepalive: true }); // it may be closing
      if (status === 200 && told.saved) {
        at.textContent = told.saved;
        said.hidden = false;
        why.textContent = "";
        if (content().toString() === typed) {
          form.dispatchEvent(new CustomEvent("jb:kept"));
        }
        return;
      }
      if (mine < told.counter && told.counter <= counter) {
        return; // a later save of this page came first
      }
      said.hidden = true; // what stands here now is not kept
      why.textContent = told.said ?? words.dataset.elsewhere;
      over = told.counter >= mine; // gone on with on another phone: this page must not write over that
    } catch {
      // no signal, or a page instead of an answer
    }
    sent = ""; // not kept: the next change tries again
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("jb:step", save);
  form.addEventListener("submit", () => clearTimeout(timer));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      save();
    }
  });
}
