import {
  APIConnectionError,
  APIError,
  APITimeoutError,
  errorOf,
  MissingKeyError,
  UnexpectedAnswerError,
} from "./errors.js";
import { Listing, type Page } from "./lists.js";
import { type AnswerOf, type Input, type ItemOf, type OperationId, route } from "./operations.js";
import { Exchange, pauseMs, sleep } from "./patience.js";

/** What a client is made of. */
export interface ClientOptions {
  /** `tsk_live_…`. Left out, the environment's TRANSCRIBE_API_KEY is taken, where there is an environment. */
  apiKey?: string;
  /** The address of the service, with or without `/api/v1`. Left out, TRANSCRIBE_BASE_URL or this machine's port 8000. */
  baseUrl?: string;
  /** How long one try of a request may take. 30 seconds, unless given; 0 is for ever. */
  timeoutMs?: number;
  /** How often a request is tried again. 4 times, unless given. */
  maxRetries?: number;
  /** Sends the requests in place of the global `fetch`. */
  fetch?: typeof fetch;
}

/** What any call takes besides its arguments. */
export interface RequestOptions {
  /** Ends the call, with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** In place of the client's. */
  timeoutMs?: number | undefined;
  /** In place of the client's. */
  maxRetries?: number | undefined;
  /** Of a POST: makes calls safe to repeat for 24 hours. Left out, each call has one of its own, kept when it is retried. */
  idempotencyKey?: string | undefined;
}

const DEFAULT_BASE_URL = "http://127.0.0.1:8000";

/** Sends requests, again where that may help, and reads the answers. */
export class Transport {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly #authorization: string;
  readonly #fetch: typeof fetch;

  constructor(options: ClientOptions) {
    this.baseUrl = apiUrl(options.baseUrl ?? environment("TRANSCRIBE_BASE_URL") ?? DEFAULT_BASE_URL);
    this.timeoutMs = options.timeoutMs ?? 30_000;
    this.maxRetries = options.maxRetries ?? 4;
    this.#authorization = `Bearer ${validKey(options.apiKey ?? environment("TRANSCRIBE_API_KEY"))}`;
    const given = options.fetch ?? globalThis.fetch;
    this.#fetch = (input, init) => given(input, init); // Workers and browsers refuse it as another object's method.
  }

  /** The JSON that an operation answers with. */
  call<K extends OperationId>(operation: K, input: Input, options: RequestOptions = {}): Promise<AnswerOf<K>> {
    return this.#answered(operation, input, options, async (response) => {
      const text = await response.text();
      return (response.status === 204 ? undefined : parsed(text, response)) as AnswerOf<K>;
    });
  }

  /** The list that an operation answers with, a page at a time. */
  list<K extends OperationId>(operation: K, input: Input, options: RequestOptions = {}): Listing<ItemOf<K>> {
    return new Listing(async (cursor) => {
      const query = cursor === undefined ? input.query : { ...input.query, cursor };
      return (await this.call(operation, { ...input, ...(query && { query }) }, options)) as Page<ItemOf<K>>;
    });
  }

  /** The file that an operation answers with, and its headers. */
  file(operation: OperationId, input: Input, options: RequestOptions = {}): Promise<{ blob: Blob; headers: Headers }> {
    return this.#answered(operation, input, options, async (response) => ({
      blob: await response.blob(),
      headers: response.headers,
    }));
  }

  /** The body that an operation goes on answering with, as soon as it begins. */
  stream(operation: OperationId, input: Input, options: RequestOptions = {}): Promise<ReadableStream<Uint8Array>> {
    return this.#answered(operation, input, options, (response) => {
      if (response.body === null) throw new UnexpectedAnswerError("The answer has no body.", response.status);
      return response.body;
    });
  }

  /** Sends bytes to an address that the API gave, without the key, and without trying again. */
  async put(
    address: { url: string; method: string; headers: Record<string, string> },
    body: Blob | Uint8Array<ArrayBuffer>,
    options: RequestOptions,
  ): Promise<void> {
    const init = { method: address.method, headers: address.headers, body };
    await this.#once(address.url, init, options, (response) => response.text());
  }

  /** What `attempt` comes to, made again for as long as that may help. */
  async persistently<T>(options: RequestOptions, attempt: () => Promise<T>): Promise<T> {
    const maxRetries = options.maxRetries ?? this.maxRetries;
    for (let retries = 0; ; retries++) {
      options.signal?.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        const pause = retries < maxRetries ? pauseMs(error, retries) : null;
        if (pause === null) throw error;
        await sleep(pause, options.signal);
      }
    }
  }

  async #answered<T>(
    operation: OperationId,
    input: Input,
    options: RequestOptions,
    read: (response: Response) => Promise<T> | T,
  ): Promise<T> {
    const { method, url } = route(operation, this.baseUrl, input);
    const headers: Record<string, string> = { Authorization: this.#authorization };
    if (method === "POST") headers["Idempotency-Key"] = options.idempotencyKey ?? uniqueKey();
    if (input.body !== undefined) headers["Content-Type"] = "application/json";
    const body = input.body === undefined ? null : JSON.stringify(input.body);
    return this.persistently(options, () => this.#once(url, { method, headers, body }, options, read));
  }

  async #once<T>(
    url: string,
    init: RequestInit,
    options: RequestOptions,
    read: (response: Response) => Promise<T> | T,
  ): Promise<T> {
    const exchange = new Exchange(options.signal, options.timeoutMs ?? this.timeoutMs);
    try {
      const response = await this.#fetch(url, { ...init, signal: exchange.signal, redirect: "manual" });
      if (response.status >= 400) throw errorOf(response.status, response.headers, await response.text());
      if (!response.ok) throw new UnexpectedAnswerError("A redirect is not followed.", response.status);
      return await read(response);
    } catch (error) {
      if (error instanceof APIError || error instanceof UnexpectedAnswerError) throw error;
      options.signal?.throwIfAborted();
      if (exchange.isOver) throw new APITimeoutError("No answer came in time.", { cause: error });
      throw new APIConnectionError("The service could not be reached, or the connection broke.", { cause: error });
    } finally {
      exchange.end();
    }
  }
}

function parsed(text: string, response: Response): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnexpectedAnswerError("The answer is not JSON. Is this the address of the service?", response.status, {
      cause: error,
    });
  }
}

/** The address below which the operations are. */
function apiUrl(given: string): string {
  const url = new URL(given);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw new TypeError("baseUrl must be http or https");
  const address = `${url.origin}${url.pathname}`.replace(/\/+$/, "");
  return address.endsWith("/api/v1") ? address : `${address}/api/v1`;
}

function validKey(key: string | undefined): string {
  if (!key) throw new MissingKeyError("Give an apiKey, or set TRANSCRIBE_API_KEY; /settings/api-keys makes keys.");
  // Its text is no part of the message: errors are logged, keys never are.
  if (!/^[\x21-\x7e]+$/.test(key)) throw new MissingKeyError("The apiKey has characters that no key has.");
  return key;
}

function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] || undefined;
}

/** Not `randomUUID`, which browsers have on secure pages only. */
function uniqueKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
