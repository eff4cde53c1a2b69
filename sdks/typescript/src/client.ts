import { TranscriptionFailedError } from "./errors.js";
import type { Me, NewQuestion, NewTranscription, Question, Result, Search } from "./generated/openapi.js";
import type { QueryOf } from "./operations.js";
import type { OnProgress } from "./progress.js";
import type { Naming, Sendable } from "./recordings.js";
import { Pipelines, Questions, Quotes, Trash, UsageRows } from "./resources.js";
import { Shares } from "./shares.js";
import { Transcriptions } from "./transcriptions.js";
import { type ClientOptions, type RequestOptions, Transport } from "./transport.js";
import { Uploads } from "./uploads.js";
import { Events, WebhookDeliveries, WebhookEndpoints } from "./webhook_endpoints.js";

/** How to transcribe, with the API's own names, and how this library goes about it. */
export interface TranscribeOptions
  extends Omit<NewTranscription, "source" | "url" | "upload_id" | "transcript">, Naming {
  /** Is told of sending, and then of the transcription. */
  onProgress?: OnProgress | undefined;
  /** How long to wait for the transcription, once the recording is sent. Left out, until it is final. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Makes one transcription, however often the same recording is given with it within 24 hours. */
  idempotencyKey?: string | undefined;
}

/** A client of the API. One is enough for a process; its calls may run side by side. */
export class Transcribe {
  readonly transcriptions: Transcriptions;
  readonly uploads: Uploads;
  readonly shares: Shares;
  readonly questions: Questions;
  readonly quotes: Quotes;
  readonly pipelines: Pipelines;
  readonly usage: UsageRows;
  readonly trash: Trash;
  readonly webhookEndpoints: WebhookEndpoints;
  readonly webhookDeliveries: WebhookDeliveries;
  readonly events: Events;
  readonly #transport: Transport;

  constructor(options: ClientOptions = {}) {
    this.#transport = new Transport(options);
    this.transcriptions = new Transcriptions(this.#transport);
    this.uploads = new Uploads(this.#transport);
    this.shares = new Shares(this.#transport);
    this.questions = new Questions(this.#transport);
    this.quotes = new Quotes(this.#transport);
    this.pipelines = new Pipelines(this.#transport);
    this.usage = new UsageRows(this.#transport);
    this.trash = new Trash(this.#transport);
    this.webhookEndpoints = new WebhookEndpoints(this.#transport);
    this.webhookDeliveries = new WebhookDeliveries(this.#transport);
    this.events = new Events(this.#transport);
  }

  /**
   * What is said in a recording: at an http(s) address, or sent from here.
   *
   * TranscriptionFailedError where it cannot be transcribed, WaitTimeoutError (with the id, to wait again) when
   * `timeoutMs` is up.
   */
  async transcribe(recording: string | URL | Sendable, options: TranscribeOptions = {}): Promise<Result> {
    const { onProgress, timeoutMs, signal, idempotencyKey, filename, contentType, ...wishes } = options;
    // A key is for one request; that of the upload is another than the one that makes the transcription.
    const uploadKey = idempotencyKey && `${idempotencyKey}-upload`;
    const sending = { onProgress, signal, filename, contentType, idempotencyKey: uploadKey };
    const source =
      typeof recording === "string" || recording instanceof URL
        ? { source: "external_url" as const, url: address(recording) }
        : { source: "upload" as const, upload_id: (await this.uploads.send(recording, sending)).id };
    const made = await this.transcriptions.create({ ...wishes, ...source }, { signal, idempotencyKey });
    const final = await this.transcriptions.wait(made.id, { timeoutMs, onProgress, signal });
    if (final.status === "failed") throw new TranscriptionFailedError(final);
    return this.transcriptions.result(made.id, { signal });
  }

  /** Moments of the whole library, by meaning and by words. */
  search(query: QueryOf<"search_library">, options?: RequestOptions): Promise<Search> {
    return this.#transport.call("search_library", { query }, options);
  }

  /** An answer from the library, with its quotes; where it does not say, `answerable` is false. */
  ask(question: NewQuestion, options?: RequestOptions): Promise<Question> {
    return this.#transport.call("ask_library", { body: question }, options);
  }

  /** The account, its key, its wallet and its month. */
  me(options?: RequestOptions): Promise<Me> {
    return this.#transport.call("get_me", {}, options);
  }
}

function address(given: string | URL): string {
  const url = String(given);
  if (/^https?:\/\//i.test(url)) return url;
  throw new TypeError(
    "A text is taken for an http(s) address. For a file, give `await fromPath(path)` of the Node entry.",
  );
}
