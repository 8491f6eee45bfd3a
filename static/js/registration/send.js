// Sends the form without leaving the page, under the one id that was made when the form opened: the same id is the same
// registration, so sending again is always safe. Nothing is claimed that the server has not said: an answer that got
// lost leaves open whether it was stored, until the next try is answered. Without JavaScript the browser sends the form.
import { ask } from "../ask.js";
import { form } from "../page-form.js";

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
export async function question(answers) {
  const [status, told] = await ask(form.action, answers, PATIENCE);
  if (status >= 500 || status === BUSY) throw new Error("the server did not get to it");
  if (GUARDED[status]) return { outcome: GUARDED[status] };
  if (status !== 200) return { outcome: "out" };
  if (!told) throw new Error("a page that is none of ours, such as a hotspot's");
  return told;
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
      answer = await question(answers);
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
