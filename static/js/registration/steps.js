// Shows the one long form as short steps, the last of which lists the answers and sends them. The document, its fields
// and its address stay the same; without JavaScript, or when these files do not come, it is one page with one button.
//
// Others may listen, and need nothing of this: `jb:step` on the form tells that a step is shown; `jb:kept` of theirs says
// that nothing typed would be lost. A fieldset without data-step belongs to the step before it; what has data-of is
// shown with that step only.
import { form, frame } from "../page-form.js";
import { list } from "./check.js";
import { clear, missing, showErrors } from "./errors.js";
import { entries, part, template } from "./parts.js";
import { body, question, sender } from "./send.js";
import { isTouched } from "../touched.js";

const heading = document.querySelector("h1");
const bar = document.querySelector(".jb-actions");
const main = bar.querySelector(".jb-btn-main");
const back = part("back");
const progress = part("progress");
const status = part("status");
const check = part("check");
const page = document.querySelector("[data-form-data]").dataset;
const pageTitle = document.title.replace(`${template.dataset.error} `, "");

form.append(check);
form.classList.add("jb-stepped");
document.querySelector(".jb-main").before(progress);
bar.prepend(status);
main.before(back);
heading.tabIndex = -1;

const labels = Object.fromEntries(entries("steps").map((one) => [one.dataset.step, one]));
const steps = [];
for (const fieldset of form.querySelectorAll(":scope > fieldset")) {
  const name = fieldset.dataset.step;
  if (name) {
    steps.push({ name, places: [], label: labels[name] });
    fieldset.querySelector("legend").classList.add("visually-hidden"); // the heading says it
  }
  steps[steps.length - 1].places.push(fieldset);
}
const last = steps.length - 1;
const stepOf = (element) => steps.findIndex(({ places }) => places.some((place) => place.contains(element)));
const firstOf = (errors) => stepOf(frame(Object.keys(errors)[0]));

let now = 0;
let depth = 0; // steps that the phone's back button can go back before it leaves the page
let wrong = {}; // field → sentences that are still to be corrected
let compared = false; // the answers were listed once: from a change it goes straight back there
let plainly = false; // only a page of the server's can go on from here, which keeps what was typed
let typed = Boolean(form.querySelector(".has-error")) || isTouched(form);
let leaving = false;
let asked = 0;

function draw() {
  const [name, words] = progress.querySelector(".jb-progress-words").children;
  name.textContent = steps[now].label.textContent;
  words.textContent = words.textContent.replace(/\d+/, now + 1);
  const ball = progress.querySelector(".jb-ball");
  progress.querySelectorAll("li").forEach((dot, n) => {
    dot.className = n < now ? "done" : n === now ? "now" : "";
    if (n === now) dot.append(ball);
  });
  const error = document.querySelector("[data-error-summary]") ? `${template.dataset.error} ` : "";
  document.title = `${error}${heading.textContent} · ${words.textContent} · ${pageTitle}`;
}

function show(at) {
  now = at;
  const { name, places, label } = steps[at];
  steps.forEach((step, n) => step.places.forEach((place) => { place.hidden = n !== at; }));
  document.querySelectorAll("[data-of]").forEach((one) => { one.hidden = one.dataset.of !== name; });
  heading.textContent = places[0].querySelector("legend").textContent;
  main.textContent = ("correction" in page && label.dataset.nextOfCorrection) || label.dataset.next;
  back.hidden = !depth;
  status.replaceChildren();
  plainly = false;
  post.pause();
  draw();
  if (at === last) {
    compared = true;
    list(check.querySelector("[data-answers]"));
    preview();
  }
  form.dispatchEvent(new CustomEvent("jb:step"));
}

function turn(at) {
  show(at);
  scrollTo(0, 0);
  heading.focus();
}

function go(at) {
  depth += 1;
  history.pushState({ depth, at }, "");
  turn(at);
}

// --- What is to be corrected

function correct() {
  const at = firstOf(wrong);
  if (at >= 0 && at !== now) go(at);
  showErrors(wrong);
  draw();
}

function next() {
  const elsewhere = Object.entries(wrong).filter(([field]) => ![now, -1].includes(stepOf(frame(field))));
  const errors = missing(steps.slice(0, now + 1).flatMap(({ places }) => places)); // one may have begun further on
  wrong = { ...errors, ...Object.fromEntries(elsewhere) };
  if (Object.keys(wrong).length) return correct();
  clear();
  go(compared ? last : now + 1);
}

// --- What the server says

// Its warnings and the price, while there is a signal; nothing waits for them.
async function preview() {
  const mine = ++asked;
  const [warned, cost] = ["warned", "cost"].map((name) => check.querySelector(`[data-${name}]`));
  warned.textContent = cost.textContent = "";
  const answer = await question(body("check")).catch(() => ({}));
  if (mine !== asked || now !== last || status.firstChild) return;
  if (answer.outcome === "valid") {
    warned.innerHTML = answer.warned;
    cost.innerHTML = answer.cost;
  } else if (answer.outcome === "invalid") {
    wrong = answer.errors;
    correct();
  }
}

function say(known) {
  if (status.firstChild?.dataset.known === known) return; // a screen reader would say it again
  const note = part(known);
  note.dataset.known = known;
  status.replaceChildren(note);
  main.textContent = note.dataset.act;
}

function told({ outcome, errors, url }) {
  if (url) return sent(url);
  if (now !== last) return; // it is being changed, and will be sent again
  if (outcome === "invalid") {
    wrong = errors;
    return correct();
  }
  say(outcome);
  plainly = outcome !== "out";
}

// The steps are taken out of the history, so that "back" from the receipt is today's page.
function sent(url) {
  say("sent");
  const open = () => location.replace(url);
  leaving = true;
  const late = setTimeout(open, depth && 1_000); // in case a browser does not tell that it went back
  addEventListener("popstate", () => { clearTimeout(late); open(); }, { once: true });
  if (depth) history.go(-depth);
}

// As a form, for a page of the server's: it asks who holds the phone, or compares, and goes on with what was typed.
function sendPlainly() {
  if (!navigator.onLine) return say("offline"); // the browser's own page about it would keep nothing
  const step = document.createElement("input");
  Object.assign(step, { type: "hidden", name: "step", value: "send" });
  form.append(step);
  leaving = true;
  form.submit();
}

const post = sender({ say, told });

form.addEventListener("submit", (event) => {
  if (event.submitter?.name) { // it says what it does: "Keep for later"
    leaving = true;
    return;
  }
  event.preventDefault();
  if (leaving) return;
  if (now !== last) return next();
  plainly ? sendPlainly() : post.send();
});
back.addEventListener("click", () => history.back());
addEventListener("popstate", ({ state }) => {
  if (leaving || !state) return; // without a state: a jump inside the page
  depth = state.depth;
  turn(state.at);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href*="#"]');
  const target = link && document.getElementById(link.hash.slice(1));
  const at = target ? stepOf(target) : -1;
  if (at < 0) return;
  event.preventDefault();
  if (at !== now) go(at);
  if (!target.matches("fieldset")) target.focus();
  else if (!target.dataset.step) Object.assign(target.querySelector("legend"), { tabIndex: -1 }).focus();
});
form.addEventListener("input", () => { typed = true; });
form.addEventListener("jb:kept", () => { typed = false; }); // draft.js has it on the server
addEventListener("beforeunload", (event) => {
  if (!typed || leaving) return;
  event.preventDefault();
  event.returnValue = ""; // older phones ask only then
});
addEventListener("pageshow", () => { leaving = false; }); // back from the page that asks who it is

// Where to begin: where somebody is typing already, or at what is wrong, or, in a form that is filled already, at what is
// missing, or at the list.
const held = stepOf(document.activeElement);
const gap = "resume" in page ? firstOf(missing([form])) : 0;
const fault = stepOf(form.querySelector(".has-error"));
const start = [held, fault, gap].find((at) => at >= 0) ?? last;
history.replaceState({ depth, at: start }, "");
show(start);
if (held >= 0) document.activeElement.scrollIntoView({ block: "center" });
