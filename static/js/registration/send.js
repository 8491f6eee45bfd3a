// Sends the form without leaving the page, under the one id that was made when the form opened: the same id is the same
// registration, so sending again is always safe. Nothing is claimed that the server has not said: an answer that got
// lost leaves open whether it was stored, until the next try is answered. Without JavaScript the browser sends the form.
import { form } from "./parts.js";

const PATIENCE = 15_000; // ms for an answer, on a signal on which the page itself came
const PAUSES = [2_000, 4_000, 8_000, 15_000, 30_000]; // ms before it is tried again by itself
const BUSY = 429;
const GUARDED = { 423: "locked", 409: "other" }; // what guards a shared phone says (outreach/shared_phone.py)

export function body(step) {
  const answers = new URLSearchParams(new FormData(form));
  answers.set("step", step);
  return answers;
}

// The server's own word on these answers. Throws when there is none.
export async function ask(answers) {
  const stop = new AbortController(); // AbortSignal.timeout is missing on older phones
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: answers,
      redirect: "manual", // a lost session would send us to a sign-in page that answers 200
      signal: stop.signal,
    });
    if (answer.status >= 500 || answer.status === BUSY) throw new Error("the server did not get to it");
    if (GUARDED[answer.status]) return { outcome: GUARDED[answer.status] };
    if (!answer.ok) return { outcome: "out" }; // a redirect too: it is opaque, with status 0
    return await answer.json(); // throws at a page that is none of ours, such as a hotspot's
  } finally {
    clearTimeout(timer);
  }
}

// send() at a tap, pause() when the answers may change. `say` gets what is known, `told` what the server said.
export function sender({ say, told }) {
  let answers;
  let busy = false;
  let waiting = false;
  let doubt = false; // something has left the phone and was not answered
  let tries = 0;
  let timer;

  async function attempt() {
    if (busy) return;
    clearTimeout(timer);
    busy = true;
    const mayArrive = navigator.onLine;
    let answer;
    try {
      answer = await ask(answers);
    } catch {
      doubt = doubt || mayArrive;
    }
    busy = false;
    if (answer) {
      waiting = false;
      told(answer);
    } else if (waiting) {
      say(doubt ? "lost" : "offline");
      timer = setTimeout(attempt, PAUSES[Math.min(tries++, PAUSES.length - 1)]);
    }
  }

  addEventListener("online", () => waiting && attempt());
  return {
    send() {
      answers = body("send");
      waiting = true;
      tries = 0;
      say("sending");
      attempt();
    },
    pause() {
      waiting = false;
      clearTimeout(timer);
    },
  };
}
