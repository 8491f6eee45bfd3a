// "+1 greeted" without leaving the page. Without JavaScript each button sends its form, whose id was made with the
// page, and today's page comes back; there too the same id counts once.
//
// The number changes only after the server said so. An id is kept until it is acknowledged: a lost answer is asked for
// again under the same id, so it can't count twice. The server gives the id for the next tap with its answer.
const BOUNCE = 400; // ms: a second tap this close is the same finger
const PATIENCE = 8000; // ms for all tries together: then the button is free again, and tapping again is safe
const PAUSES = [0, 1000, 3000]; // ms before each try
const SLOW = 1000; // ms until it is said that the tap is on its way
const NOT_SIGNED_IN = [401, 403, 423];

class Locked extends Error {}

async function ask(form, body, signal) {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body,
    redirect: "manual", // a page that lost its session would send us to a sign-in page that answers 200
    signal,
  });
  if (answer.type === "opaqueredirect" || NOT_SIGNED_IN.includes(answer.status)) {
    throw new Locked();
  }
  if (answer.status >= 500) {
    throw new Error("the server did not get to it");
  }
  if (!answer.headers.get("content-type")?.startsWith("application/json")) {
    throw new Locked();
  }
  const told = await answer.json();
  if (told.people === undefined && !told.said) {
    throw new Locked(); // the phone was locked or changed hands meanwhile: what guards it answers without a number
  }
  return told;
}

async function askPatiently(form) {
  const body = new URLSearchParams(new FormData(form));
  const { lost, locked } = form.closest("[data-greet]").dataset;
  const stop = new AbortController(); // AbortSignal.timeout is missing on older phones
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    for (const pause of PAUSES) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      try {
        return await ask(form, body, stop.signal);
      } catch (error) {
        if (error instanceof Locked) {
          return { said: locked };
        }
        if (stop.signal.aborted) {
          break;
        }
      }
    }
    return { said: lost };
  } finally {
    clearTimeout(timer);
  }
}

for (const card of document.querySelectorAll("[data-greet]")) {
  const one = card.querySelector("[data-greet-one]");
  const back = card.querySelector("[data-greet-back]");
  const said = card.querySelector("[data-greet-said]");
  const sending = card.querySelector("[data-greet-sending]");
  let lastTap = -Infinity;
  let underWay = false;

  const show = (answer) => {
    said.querySelector("p").textContent = answer.said ?? "";
    said.hidden = !answer.said;
    if (answer.said) {
      return;
    }
    card.querySelector("[data-greet-people]").textContent = answer.people;
    one.elements.id.value = answer.next;
    back.elements.id.value = answer.last ?? "";
    back.hidden = !answer.last;
  };

  for (const form of [one, back]) {
    const button = form.querySelector("button");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const bounced = event.timeStamp - lastTap < BOUNCE;
      lastTap = event.timeStamp;
      if (bounced || underWay) {
        return;
      }
      const focused = document.activeElement === button;
      underWay = button.disabled = true;
      const slow = setTimeout(() => {
        said.hidden = true;
        sending.hidden = false;
      }, SLOW);
      const answer = await askPatiently(form);
      clearTimeout(slow);
      sending.hidden = true;
      show(answer);
      underWay = button.disabled = false;
      if (focused) {
        (form.hidden ? one.querySelector("button") : button).focus({ preventScroll: true });
      }
    });
  }
}
