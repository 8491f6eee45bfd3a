// The reviewer's keys: A approves, K returns, T rejects, N goes on to the next. Each presses the button that bears it
// (data-key), so it does what the button does and nothing where there is none. Never while typing in a field (Esc leaves
// one), with another key held, or by a key that repeats. Who speaks to the computer can switch the keys off (WCAG 2.1.4);
// the browser remembers it. Without JavaScript the buttons are all there is, and no key is shown.
const OFF = "review-keys-off";
const FIELD = "input:not([type=checkbox]), select, textarea, [contenteditable]";
const toggle = document.querySelector("[data-keys-switch]");
const reason = document.getElementById("id_reason");
let on = true;
let sent = false;

function remembered(value) {
  try {
    if (value === undefined) return localStorage.getItem(OFF) !== null;
    if (value) localStorage.setItem(OFF, "1");
    else localStorage.removeItem(OFF);
  } catch {
    // Storage is blocked: the switch holds for this page.
  }
  return value ?? false;
}

function show() {
  for (const button of document.querySelectorAll("[data-key]")) {
    button.querySelector("kbd").hidden = !on;
    if (on) button.setAttribute("aria-keyshortcuts", button.dataset.key.toUpperCase());
    else button.removeAttribute("aria-keyshortcuts");
  }
  toggle?.setAttribute("aria-pressed", String(on));
}

// What has to be filled in first, if it is not: the first tick box of a return, the reason of all others.
function missing(needs) {
  if (!needs || reason?.value.trim()) return null;
  if (needs === "reason") return reason;
  const ticks = [...document.querySelectorAll("[name=flag]")];
  return ticks.some((tick) => tick.checked) ? null : (ticks[0] ?? reason);
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (target.closest?.(FIELD)) {
    if (key === "Escape") target.blur();
    return;
  }
  const button = on && !sent && document.querySelector(`[data-key="${CSS.escape(key.toLowerCase())}"]`);
  if (!button) return;
  event.preventDefault(); // or the letter would stand in the field that is focused now
  const first = missing(button.dataset.needs);
  if (first) first.focus();
  else button.click();
});

// One decision a page, whatever is pressed until the next one is there.
document.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});
addEventListener("pageshow", () => {
  sent = false;
});

toggle?.addEventListener("click", () => {
  on = !on;
  remembered(!on);
  show();
});

on = !remembered();
for (const note of document.querySelectorAll("[data-keys-note]")) note.hidden = false;
show();

// A new page begins at its heading, described by what was just done; an error summary takes the focus itself.
const heading = document.querySelector("[data-focus]") ?? document.querySelector("h1");
const said = document.querySelector(".messagelist");
if (heading && !document.querySelector("[data-error-summary]")) {
  if (said) {
    said.id = "said";
    heading.setAttribute("aria-describedby", said.id);
  }
  heading.tabIndex = -1;
  heading.focus({ preventScroll: !heading.matches("[data-focus]") });
}
