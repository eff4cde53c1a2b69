// Asking our own addresses: for one answer, or again and again until there is one.

const LONGEST_WAIT_MS = 30_000;
const COMEBACKS = ["online", "focus"];

let comebacks = 0; // how often the network or the reader came back
for (const event of COMEBACKS) addEventListener(event, () => (comebacks += 1));

/** An answer that will not change by asking again; `message` is for the reader. */
export class Refused extends Error {
  constructor(message, { code = null, status = 0 } = {}) {
    super(message);
    Object.assign(this, { code, status });
  }
}

/** No answer, or one that may be another the next time. */
export class BrokenOff extends Error {}

/** The session is over. Whoever signs in again, in whatever tab, may go on. */
export class SignedOut extends BrokenOff {}

/** The JSON that an address answers with. Refused for what asking again cannot help. */
export async function ask(method, path, body, signal) {
  const isForm = body instanceof FormData;
  const headers = { Accept: "application/json", ...(isForm || !body ? {} : { "Content-Type": "application/json" }) };
  const answer = await answerOf(path, { method, headers, signal, body: isForm || !body ? body : JSON.stringify(body) });
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const { error } = await answer.json().catch(() => ({}));
  const { status } = answer;
  if (status === 401) throw new SignedOut();
  if ((status >= 500 && status !== 507) || status === 408 || status === 429) throw new BrokenOff();
  throw new Refused(error?.message ?? MESSAGES.refused, { code: error?.code, status });
}

/** The fragment that an address answers form data with, as an element; a refused form comes back with its messages. */
export async function askFragment(path, data) {
  const answer = await answerOf(path, { method: "POST", headers: { "HX-Request": "true" }, body: data });
  if (answer.headers.has("HX-Redirect")) throw new SignedOut();
  if (!answer.ok && answer.status !== 402 && answer.status !== 422) throw new BrokenOff();
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  return template.content.firstElementChild;
}

async function answerOf(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new BrokenOff();
  }
}

/** Tries things until they are answered: longer and longer apart, at once when the network or the reader is back. */
export class Patience {
  isSignedOut = false;
  #onChange;
  #waits = new Set();

  constructor(onChange) {
    this.#onChange = onChange;
  }

  get isWaiting() {
    return this.#waits.size > 0;
  }

  /** What `act` comes to. Whatever is no BrokenOff rises. */
  async until(act, signal) {
    for (let tries = 0; ; tries += 1) {
      signal.throwIfAborted();
      const before = comebacks;
      try {
        const result = await act();
        this.isSignedOut = false;
        for (const wake of this.#waits) wake(); // It is back for all of them.
        return result;
      } catch (error) {
        if (signal.aborted || !(error instanceof BrokenOff)) throw error;
        this.isSignedOut = error instanceof SignedOut;
      }
      if (comebacks !== before) continue; // What it failed for may be over.
      await this.#wait(Math.min(LONGEST_WAIT_MS, 1000 * 2 ** tries) * (0.5 + Math.random() / 2), signal);
    }
  }

  #wait(milliseconds, signal) {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        for (const event of COMEBACKS) removeEventListener(event, wake);
        signal.removeEventListener("abort", wake);
        this.#waits.delete(wake);
        this.#onChange();
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      for (const event of COMEBACKS) addEventListener(event, wake);
      signal.addEventListener("abort", wake);
      this.#waits.add(wake);
      this.#onChange();
    });
  }
}
