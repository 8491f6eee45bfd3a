// Covers an officer's page when nobody has touched the phone for a while, so that a passer-by reads nothing, and
// uncovers it after the PIN; what was typed stays where it is. While somebody types, it tells the server at most once
// a minute, or that would lock a busy officer. Without JavaScript the next request asks for the PIN instead.
import { ask } from "./ask.js";

const cover = document.querySelector("[data-idle-lock]");
if (cover) {
  const NOT_SIGNED_IN = [0, 401, 403, 404]; // 0: it led to the sign-in page; 404: somebody is who has no such lock
  const MINUTE = 60_000;
  const limit = Number(cover.dataset.minutes) * MINUTE;
  const form = cover.querySelector("form");
  const box = form.querySelector("input:not([type=hidden])");
  const error = form.querySelector("[data-error]");
  const door = form.querySelector("[data-door]");
  let touched = Date.now();
  let told = touched;
  let focused = null;

  const set = (covered) => {
    cover.hidden = !covered;
    document.body.classList.toggle("jb-covered", covered);
    for (const element of document.body.children) element.inert = covered && element !== cover;
  };

  const hide = () => {
    focused = document.activeElement;
    set(true);
    box.focus();
  };

  const show = () => {
    set(false);
    form.reset();
    error.hidden = door.hidden = true;
    touched = told = Date.now();
    focused?.focus?.();
  };

  const check = () => {
    if (cover.hidden && Date.now() - touched > limit) hide();
  };

  const tell = async () => {
    told = Date.now();
    try {
      const [status] = await ask(cover.dataset.awake);
      if (status === 423) hide();
    } catch {
      // no signal: the server may ask for the PIN later, and keeps what is sent then
    }
  };

  const touch = () => {
    check(); // a phone that slept has run no timer
    if (!cover.hidden) return;
    touched = Date.now();
    if (touched - told > MINUTE) tell();
  };

  const refuse = (sentence, signedOut = false) => {
    error.textContent = sentence;
    error.hidden = false;
    door.hidden = !signedOut;
    box.value = "";
    box.focus();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const [status, said] = await ask(form.action, new FormData(form));
      if (NOT_SIGNED_IN.includes(status)) return refuse(cover.dataset.signedOut, true);
      if (said.unlocked) return show();
      if (said.asks === "password") {
        form.querySelector("[data-label]").textContent = cover.dataset.password;
        ["inputmode", "maxlength"].forEach((name) => box.removeAttribute(name));
      }
      refuse(said.error || cover.dataset.unclear);
    } catch {
      refuse(cover.dataset.away);
    }
  });

  ["pointerdown", "keydown", "input"].forEach((kind) => document.addEventListener(kind, touch, true));
  document.addEventListener("visibilitychange", check);
  setInterval(check, 5_000);
}
