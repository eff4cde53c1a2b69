import { APIConnectionError, APIError } from "./errors.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
/** What asks for more patience than this is told at once. */
const LONGEST_RETRY_AFTER_SECONDS = 60;

/** A timer that is set for longer goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How long to pause before a request is tried again after this error; null where trying again does not help. */
export function pauseMs(error: unknown, retries: number, random: () => number = Math.random): number | null {
  if (error instanceof APIError) {
    if (!mayPass(error)) return null;
    const wished = error.retryAfterSeconds;
    if (wished !== null) return wished <= LONGEST_RETRY_AFTER_SECONDS ? wished * 1000 : null;
  } else if (!(error instanceof APIConnectionError)) {
    return null;
  }
  return random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** retries);
}

/** Whether the same request may be answered otherwise soon. */
function mayPass(error: APIError): boolean {
  const { status, code } = error;
  return status === 408 || status === 429 || status >= 500 || code === "idempotency_key_in_use";
}

/** Resolves after so long, or rejects with the signal's reason. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** The time of one exchange: it ends with the caller's signal, or when so much time is over. */
export class Exchange {
  /** Whether its time is over. */
  isOver = false;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  /** `timeoutMs` 0 is for ever. */
  constructor(caller: AbortSignal | undefined, timeoutMs: number) {
    this.#caller = caller;
    if (caller?.aborted) this.#abort();
    caller?.addEventListener("abort", this.#abort, { once: true });
    if (timeoutMs > 0) {
      this.#timer = setTimeout(
        () => {
          this.isOver = true;
          this.#abort();
        },
        Math.min(timeoutMs, LONGEST_TIMER_MS),
      );
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#abort);
  }

  readonly #abort = () => this.#controller.abort(this.#caller?.reason);
}
