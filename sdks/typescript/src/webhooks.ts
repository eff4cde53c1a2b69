import { WebhookVerificationError } from "./errors.js";
import type { Event } from "./generated/openapi.js";

/** What a webhook tells of. One with another `type` is newer than this library: answer it with 2xx, and pass it over. */
export type WebhookEvent = Event;

/** The headers of a request: of `fetch`, of Node, or plain pairs. */
export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>;

const PREFIX = "whsec_";
/** Of the signatures that this library knows; others are passed over. */
const VERSION = "v1,";
const TOLERANCE_SECONDS = 5 * 60;

/** Tells the service's own deliveries from everybody else's, by the Standard Webhooks specification. */
export class Webhook {
  readonly #keys: Promise<CryptoKey>[];

  /** `secrets` are `whsec_…`: the endpoint's secret, or several while one takes another's place. */
  constructor(secrets: string | readonly string[]) {
    const all = typeof secrets === "string" ? [secrets] : secrets;
    if (all.length === 0) throw new TypeError("A webhook needs its secret.");
    this.#keys = all.map((secret) => imported(bytesOf(secret)));
  }

  /**
   * The event, where it is the service's own and at most five minutes old; WebhookVerificationError otherwise.
   *
   * `body` is what came, byte for byte: parsed and written anew, it would no longer be what was signed.
   */
  async verify(body: string | Uint8Array | ArrayBuffer, headers: WebhookHeaders): Promise<WebhookEvent> {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : raw(body);
    const id = required(headers, "webhook-id");
    const timestamp = required(headers, "webhook-timestamp");
    const signatures = required(headers, "webhook-signature");
    if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) {
      throw new WebhookVerificationError("The delivery is too old, or the clocks differ.");
    }
    if (!(await this.#isSigned(joined(`${id}.${timestamp}.`, bytes), signatures))) {
      throw new WebhookVerificationError("No signature of the delivery fits its body.");
    }
    return eventOf(bytes);
  }

  async #isSigned(content: Uint8Array<ArrayBuffer>, signatures: string): Promise<boolean> {
    const known = signatures.split(" ").filter((each) => each.startsWith(VERSION));
    const candidates = known.flatMap((each) => decoded(each.slice(VERSION.length)) ?? []);
    const keys = await Promise.all(this.#keys);
    const checks = keys.flatMap((key) =>
      // `verify` compares in constant time.
      candidates.map((signature) => crypto.subtle.verify("HMAC", key, signature, content)),
    );
    return (await Promise.all(checks)).includes(true);
  }
}

function bytesOf(secret: string): Uint8Array<ArrayBuffer> {
  const bytes = decoded(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret);
  if (bytes === null || bytes.length === 0) throw new TypeError("That is not the secret of a webhook (whsec_…).");
  return bytes;
}

function imported(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

function decoded(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function raw(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw new TypeError("verify() takes the body as it came, text or bytes, before it is parsed.");
}

function required(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : plain(headers, name);
  if (!value) throw new WebhookVerificationError(`The header ${name} is missing.`);
  return value;
}

function plain(headers: Record<string, string | string[] | undefined>, name: string): string | undefined {
  const value = Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1];
  return Array.isArray(value) ? value.join(" ") : value;
}

function joined(head: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const start = new TextEncoder().encode(head);
  const whole = new Uint8Array(start.length + body.length);
  whole.set(start);
  whole.set(body, start.length);
  return whole;
}

function eventOf(bytes: Uint8Array): WebhookEvent {
  try {
    const event = JSON.parse(new TextDecoder().decode(bytes)) as WebhookEvent | null;
    if (typeof event?.type === "string") return event;
  } catch {
    // Said below.
  }
  throw new WebhookVerificationError("The delivery is signed, but not an event.");
}
