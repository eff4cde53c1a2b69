import { APIConnectionError, TranscribeError, UnexpectedAnswerError, WaitTimeoutError } from "./errors.js";
import { type ServerSentEvent, serverSentEvents } from "./event_streams.js";
import { ExportedFile } from "./exported_files.js";
import type {
  Edited,
  NewTranscription,
  ProgressEvent,
  Question,
  QuestionToOne,
  Result,
  Revision,
  Search,
  SegmentsEvent,
  Transcription,
  TranscriptionChanges,
} from "./generated/openapi.js";
import type { Listing } from "./lists.js";
import type { BodyOf, OperationId, QueryOf } from "./operations.js";
import { Exchange, pauseMs, sleep } from "./patience.js";
import { type OnProgress, progressOf } from "./progress.js";
import { Resource } from "./resource.js";
import type { RequestOptions } from "./transport.js";

/** What happens to a transcription while it is watched. A segment whose id came before takes its place. */
export type StreamedEvent =
  | { type: "status"; transcription: Transcription }
  | ({ type: "progress" } & ProgressEvent)
  | ({ type: "segments" } & SegmentsEvent);

/** How long to wait, and who wants to know meanwhile. */
export interface WaitOptions {
  /** How long to wait in all. Left out, until it is final. */
  timeoutMs?: number | undefined;
  /** Is told where the transcription is, whenever that changes. */
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
}

const LONGEST_POLL_SECONDS = 45;
/** While somebody wants to know: closely at first, calmly after a while. */
const CLOSE_POLL_SECONDS = 1;
const CALM_POLL_SECONDS = 5;
const CLOSELY_FOR_MS = 30_000;
/** How much later than it was asked for an answer may come. */
const GRACE_MS = 2_000;
/** The service says every 15 seconds that it is still there. */
const LONGEST_SILENCE_MS = 45_000;

/** Transcriptions, from their creation to their deletion, and what was said. */
export class Transcriptions extends Resource {
  /** Accepts a recording to be transcribed, and answers at once. `wait` for it, or be told by a webhook. */
  create(body: NewTranscription, options?: RequestOptions): Promise<Transcription> {
    return this.transport.call("create_transcription", { body }, options);
  }

  /** The account's transcriptions, newest first unless `sort` says otherwise. */
  list(filters: QueryOf<"list_transcriptions"> = {}, options?: RequestOptions): Listing<Transcription> {
    return this.transport.list("list_transcriptions", { query: filters }, options);
  }

  get(id: string, options?: RequestOptions): Promise<Transcription> {
    return this.transport.call("get_transcription", to(id), options);
  }

  /** Changes title, metadata or tags, or gives speakers names. */
  update(id: string, changes: TranscriptionChanges, options?: RequestOptions): Promise<Transcription> {
    return this.transport.call("update_transcription", { ...to(id), body: changes }, options);
  }

  /** Deletes text, recording and whatever was made of them, for good. `trash` can be undone. */
  delete(id: string, options?: RequestOptions): Promise<void> {
    return this.transport.call("delete_transcription", to(id), options);
  }

  /** Ends a processing one as failed with the code `canceled`; nothing is charged. */
  cancel(id: string, options?: RequestOptions): Promise<Transcription> {
    return this.transport.call("cancel_transcription", to(id), options);
  }

  /** A new transcription of a failed one's recording, with the same options. */
  retry(id: string, options?: RequestOptions): Promise<Transcription> {
    return this.transport.call("retry_transcription", to(id), options);
  }

  /** Has chapters, topics, summary and search made anew, for nothing. */
  understand(id: string, options?: RequestOptions): Promise<Transcription> {
    return this.transport.call("understand_transcription", to(id), options);
  }

  /** What was said. ConflictError while it is processing (`not_ready`), and for a failed one, with its own code. */
  result(id: string, options?: RequestOptions): Promise<Result> {
    return this.transport.call("get_transcription_result", to(id), options);
  }

  /** The transcription once it is final, or as it stands after `timeout` seconds (0 to 60, 45 unless given). */
  poll(
    id: string,
    query: QueryOf<"wait_for_transcription"> = {},
    options: RequestOptions = {},
  ): Promise<Transcription> {
    const own = options.timeoutMs ?? this.transport.timeoutMs;
    const timeoutMs = own && own + (query.timeout ?? LONGEST_POLL_SECONDS) * 1000;
    return this.transport.call("wait_for_transcription", { ...to(id), query }, { ...options, timeoutMs });
  }

  /** The transcription once it is final, completed or failed. WaitTimeoutError, with its id, when the time is up. */
  async wait(id: string, options: WaitOptions = {}): Promise<Transcription> {
    const { signal, onProgress, timeoutMs } = options;
    const began = Date.now();
    // The service answers when the time is up; where it does not answer at all, this is the end.
    const exchange = new Exchange(signal, timeoutMs === undefined ? 0 : timeoutMs + GRACE_MS);
    let seen: Transcription | null = null;
    let told = "";
    try {
      for (;;) {
        const passed = Date.now() - began;
        const left = (timeoutMs ?? Infinity) - passed;
        const timeout = Math.max(0, Math.min(pollSeconds(onProgress, passed), left / 1000));
        seen = await this.poll(id, { timeout }, { signal: exchange.signal });
        const progress = progressOf(seen);
        if (told !== (told = JSON.stringify(progress))) onProgress?.(progress);
        if (seen.status !== "processing") return seen;
        if (left <= timeout * 1000) throw new WaitTimeoutError(id, seen, timeoutMs ?? Infinity);
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw exchange.isOver ? new WaitTimeoutError(id, seen, timeoutMs ?? Infinity) : error;
    } finally {
      exchange.end();
    }
  }

  /** What happens to it, as it happens, up to the final status. A stream that breaks off is taken up again. */
  async *events(id: string, options: RequestOptions = {}): AsyncGenerator<StreamedEvent, void, undefined> {
    for (let fruitless = 0; ;) {
      const body = await this.transport.stream("stream_transcription_events", to(id), options);
      let broken: unknown;
      fruitless++;
      try {
        for await (const sent of serverSentEvents(body, LONGEST_SILENCE_MS, options.signal)) {
          const event = eventOf(sent);
          if (event === null) continue;
          fruitless = 0;
          yield event;
          if (event.type === "status" && event.transcription.status !== "processing") return;
        }
      } catch (error) {
        options.signal?.throwIfAborted();
        if (error instanceof TranscribeError) throw error;
        broken = error;
      }
      const lost = new APIConnectionError("The stream of events breaks off again and again.", { cause: broken });
      if (fruitless > (options.maxRetries ?? this.transport.maxRetries)) throw lost;
      await sleep(pauseMs(lost, fruitless) ?? 0, options.signal);
    }
  }

  /** Puts it into the trash, where it can be restored from for thirty days. */
  trash(id: string, options?: RequestOptions): Promise<Transcription> {
    return this.transport.call("trash_transcription", to(id), options);
  }

  restore(id: string, options?: RequestOptions): Promise<Transcription> {
    return this.transport.call("restore_transcription", to(id), options);
  }

  /** Deletes the recording; the transcript stays. */
  deleteMedia(id: string, options?: RequestOptions): Promise<void> {
    return this.transport.call("delete_transcription_media", to(id), options);
  }

  /** Changes the transcript, all edits together or none. */
  edit(id: string, edits: BodyOf<"edit_transcription">, options?: RequestOptions): Promise<Edited> {
    return this.transport.call("edit_transcription", { ...to(id), body: edits }, options);
  }

  undo(id: string, body: BodyOf<"undo_edit">, options?: RequestOptions): Promise<Edited> {
    return this.transport.call("undo_edit", { ...to(id), body }, options);
  }

  redo(id: string, body: BodyOf<"redo_edit">, options?: RequestOptions): Promise<Edited> {
    return this.transport.call("redo_edit", { ...to(id), body }, options);
  }

  /** The changes of its transcript, newest first. */
  revisions(id: string, query: QueryOf<"list_revisions"> = {}, options?: RequestOptions): Listing<Revision> {
    return this.transport.list("list_revisions", { ...to(id), query }, options);
  }

  /** The transcript as a file: captions, text, tables, Word, PDF. */
  export(id: string, query: QueryOf<"export_transcription">, options?: RequestOptions): Promise<ExportedFile> {
    return this.#file("export_transcription", { ...to(id), query }, options);
  }

  /** Several transcripts in several formats, as one zip. */
  exportMany(query: QueryOf<"export_transcriptions">, options?: RequestOptions): Promise<ExportedFile> {
    return this.#file("export_transcriptions", { query }, options);
  }

  /** Moments of this transcription, by meaning and by words. */
  search(id: string, query: QueryOf<"search_transcription">, options?: RequestOptions): Promise<Search> {
    return this.transport.call("search_transcription", { ...to(id), query }, options);
  }

  /** An answer from this transcription, with its quotes; where it does not say, `answerable` is false. */
  ask(id: string, question: QuestionToOne, options?: RequestOptions): Promise<Question> {
    return this.transport.call("ask_transcription", { ...to(id), body: question }, options);
  }

  async #file(operation: OperationId, input: object, options?: RequestOptions): Promise<ExportedFile> {
    const { blob, headers } = await this.transport.file(operation, input, options);
    return new ExportedFile(blob, headers);
  }
}

function to(id: string): { path: { transcription_id: string } } {
  return { path: { transcription_id: id } };
}

function pollSeconds(onProgress: OnProgress | undefined, passedMs: number): number {
  if (onProgress === undefined) return LONGEST_POLL_SECONDS;
  return passedMs < CLOSELY_FOR_MS ? CLOSE_POLL_SECONDS : CALM_POLL_SECONDS;
}

/** The event; null for a kind that is newer than this library. */
function eventOf({ event, data }: ServerSentEvent): StreamedEvent | null {
  switch (event) {
    case "status":
      return { type: event, transcription: parsed(data) as Transcription };
    case "progress":
      return { type: event, ...(parsed(data) as ProgressEvent) };
    case "segments":
      return { type: event, ...(parsed(data) as SegmentsEvent) };
    default:
      return null;
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (error) {
    throw new UnexpectedAnswerError("An event of the stream is not JSON.", 200, { cause: error });
  }
}
