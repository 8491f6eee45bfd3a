// Covers an officer's page when nobody has touched the phone for a while, so that a passer-by reads nothing, and
// uncovers it after the PIN; what was typed stays where it is. While somebody types, it tells the server at most once
// a minute, or that would lock a busy officer. Without JavaScript the next request asks for the PIN instead.
const cover = document.querySelector("[data-idle-lock]");
if (cover) {
  const JSON_ONLY = { Accept: "application/json" };
  const NOT_SIGNED_IN = [401, 403, 404]; // 404: somebody is who has no such lock
  const MINUTE = 60_000;
  const limit = Number(cover.dataset.minutes) * MINUTE;
  const form = cover.querySelector("form");
  const box = form.querySelector("input:not([type=hidden])");
  const error = form.querySelector("[data-error]");
  const door = form.querySelector("[data-door]");
  let touched = Date.now();
  let told = touched;
  let focused = null;

  const others = () => [...document.body.children].filter((element) => element !== cover);

  const hide = () => {
    focused = document.activeElement;
    cover.hidden = false;
    document.body.classList.add("jb-covered");
    others().forEach((element) => { element.inert = true; });
    box.focus();
  };

  const show = () => {
    cover.hidden = true;
    document.body.classList.remove("jb-covered");
    others().forEach((element) => { element.inert = false; });
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
      const answer = await fetch(cover.dataset.awake, { headers: JSON_ONLY });
      if (answer.status === 423) hide();
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

  const refuse = (sentence, { signedOut = false } = {}) => {
    error.textContent = sentence;
    error.hidden = false;
    door.hidden = !signedOut;
    box.value = "";
    box.focus();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: JSON_ONLY,
        redirect: "manual", // without a session it leads to the sign-in page, which answers 200
      });
      if (answer.type === "opaqueredirect" || NOT_SIGNED_IN.includes(answer.status)) {
        return refuse(cover.dataset.signedOut, { signedOut: true });
      }
      const said = await answer.json();
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
