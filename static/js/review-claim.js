// While the reviewer works on the page (types, clicks, taps) their claim is renewed, at most once a minute: a page that
// merely lies open lets it run out. Without JavaScript "Ten minutes more" does it, as does opening hidden values.
import { ask } from "./ask.js";

const EVERY = 60_000;
const until = document.querySelector("[data-held-until]");
const held = document.querySelector("[data-held]");
const lost = document.querySelector("[data-held-lost]");
const token = document.querySelector("#decide [name=csrfmiddlewaretoken]").value;
let worked = false;

for (const kind of ["keydown", "pointerdown", "input"]) {
  document.addEventListener(
    kind,
    () => {
      worked = true;
    },
    { capture: true, passive: true },
  );
}

const timer = setInterval(async () => {
  if (!worked) return;
  worked = false;
  const body = new URLSearchParams({ act: "renew", csrfmiddlewaretoken: token });
  const [status, said] = await ask(location.href, body).catch(() => [0, null]); // no signal: at the next stroke again
  if (said?.until) {
    until.textContent = said.until;
  } else if (status === 409) {
    held.hidden = true;
    lost.hidden = false;
    clearInterval(timer);
  }
}, EVERY);
