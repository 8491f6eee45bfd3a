// Asks the server as scripts here do: for JSON, and following nobody to another page. A lost session leads to a sign-in
// page that answers 200, and a hotspot to one of its own: neither is an answer, so nobody may look at the status alone.
//
// → [status, what the server said in JSON or null]; a redirect has status 0. Throws when nothing came in `patience` ms.
export async function ask(url, body, patience = 60_000, options) {
  const stop = new AbortController(); // AbortSignal.timeout is missing on older phones
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const answer = await fetch(url, {
      method: body ? "POST" : "GET",
      headers: { Accept: "application/json" },
      body,
      redirect: "manual",
      signal: stop.signal,
      ...options,
    });
    const isJson = answer.headers.get("content-type")?.startsWith("application/json");
    return [answer.status, isJson ? await answer.json() : null];
  } finally {
    clearTimeout(timer);
  }
}
