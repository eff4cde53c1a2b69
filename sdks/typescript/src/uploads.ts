import { UploadError } from "./errors.js";
import type { NewUpload, Upload, UploadPartList, WantedParts } from "./generated/openapi.js";
import type { OnProgress } from "./progress.js";
import { type Naming, type Recording, recordingOf, type Sendable } from "./recordings.js";
import { Resource } from "./resource.js";
import type { RequestOptions } from "./transport.js";

/** How a recording is sent. */
export interface SendOptions extends Naming {
  /** Goes on with an upload that broke off: what has arrived is not sent again. */
  uploadId?: string | undefined;
  /** Is told the fraction that has been sent, after every part. */
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
  /** Makes one upload, however often the same recording is sent with it within 24 hours. */
  idempotencyKey?: string | undefined;
}

/** What is not larger goes in one piece. */
const ONE_PIECE_BYTES = 8 * 1024 ** 2;
const PARTS_AT_ONCE = 4;
/** A part on a slow line; what takes longer is sent again. */
const PUT_TIMEOUT_MS = 10 * 60_000;

/** Recordings on their way to the store. */
export class Uploads extends Resource {
  /** Leave to send one file. `send` does all of it. */
  create(body: NewUpload, options?: RequestOptions): Promise<Upload> {
    return this.transport.call("create_upload", { body }, options);
  }

  get(uploadId: string, options?: RequestOptions): Promise<Upload> {
    return this.transport.call("get_upload", { path: { upload_id: uploadId } }, options);
  }

  /** The addresses of some parts. */
  createParts(uploadId: string, body: WantedParts, options?: RequestOptions): Promise<UploadPartList> {
    return this.transport.call("create_upload_parts", { path: { upload_id: uploadId }, body }, options);
  }

  /** Makes one recording of the parts. */
  complete(uploadId: string, options?: RequestOptions): Promise<Upload> {
    return this.transport.call("complete_upload", { path: { upload_id: uploadId } }, options);
  }

  delete(uploadId: string, options?: RequestOptions): Promise<void> {
    return this.transport.call("delete_upload", { path: { upload_id: uploadId } }, options);
  }

  /**
   * Sends a recording and gives the complete upload: up to 8 MiB in one piece, else four parts at a time, of which no more
   * are held in memory. What breaks off is sent again; where that does not help, UploadError has the id to go on with.
   */
  async send(sendable: Sendable, options: SendOptions = {}): Promise<Upload> {
    const recording = recordingOf(sendable, options);
    const { signal } = options;
    const upload = await this.#begun(recording, options);
    if (upload.size_bytes !== recording.sizeBytes) {
      throw new UploadError(`This upload is for ${upload.size_bytes} bytes, not ${recording.sizeBytes}.`, upload.id);
    }
    if (upload.status === "complete") return upload;
    try {
      return upload.parts_count === null
        ? await this.#sendWhole(recording, upload, options)
        : await this.#sendParts(recording, upload, options);
    } catch (error) {
      signal?.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      throw new UploadError(`The recording did not arrive: ${reason}`, upload.id, { cause: error });
    }
  }

  async #begun(recording: Recording, { uploadId, idempotencyKey, signal }: SendOptions): Promise<Upload> {
    if (uploadId !== undefined) return this.get(uploadId, { signal });
    const upload = await this.create(await asked(recording), { signal, idempotencyKey });
    // An answer that is given again tells how it was then, perhaps before all of it arrived.
    return idempotencyKey === undefined ? upload : this.get(upload.id, { signal });
  }

  async #sendWhole(recording: Recording, upload: Upload, { onProgress, signal }: SendOptions): Promise<Upload> {
    const bytes = await recording.slice(0, recording.sizeBytes);
    let current = upload;
    tell(onProgress, 0, 1);
    await this.transport.persistently({ signal }, async () => {
      if (current.status === "complete" || current.url === null) return;
      const { url, method, headers } = current;
      try {
        await this.transport.put({ url, method, headers }, bytes, { signal, timeoutMs: PUT_TIMEOUT_MS });
      } catch (error) {
        // It may have arrived though the answer was lost; otherwise here is a new address.
        current = await this.get(upload.id, { signal });
        if (current.status !== "complete") throw error;
      }
    });
    tell(onProgress, 1, 1);
    return this.get(upload.id, { signal });
  }

  async #sendParts(recording: Recording, upload: Upload, { onProgress, signal }: SendOptions): Promise<Upload> {
    const arrived = new Set(upload.parts_received);
    const count = upload.parts_count ?? 0;
    const missing = Array.from({ length: count }, (_, index) => index + 1).filter((number) => !arrived.has(number));
    const stop = new AbortController();
    const abort = () => stop.abort(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    tell(onProgress, arrived.size, count);

    const sender = async () => {
      for (let number = missing.shift(); number !== undefined; number = missing.shift()) {
        await this.#sendPart(recording, upload, number, stop.signal);
        tell(onProgress, arrived.add(number).size, count);
      }
    };
    try {
      signal?.throwIfAborted();
      await Promise.all(Array.from({ length: PARTS_AT_ONCE }, sender));
    } catch (error) {
      stop.abort(error); // The others' parts would arrive for nothing.
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
    return this.complete(upload.id, { signal });
  }

  async #sendPart(recording: Recording, upload: Upload, number: number, signal: AbortSignal): Promise<void> {
    const size = upload.part_size_bytes ?? recording.sizeBytes;
    const start = (number - 1) * size;
    const bytes = await recording.slice(start, Math.min(start + size, recording.sizeBytes));
    const md5 = await recording.md5?.(bytes);
    const wanted = { part_numbers: [number], ...(md5 === undefined ? {} : { md5: [md5] }) };
    await this.transport.persistently({ signal }, async () => {
      // An address of its own for every try: the last one may have expired.
      const { data } = await this.createParts(upload.id, wanted, { signal, maxRetries: 0 });
      for (const part of data) await this.transport.put(part, bytes, { signal, timeoutMs: PUT_TIMEOUT_MS });
    });
  }
}

/** What the API is asked for. */
async function asked(recording: Recording): Promise<NewUpload> {
  const { filename, contentType, sizeBytes } = recording;
  const sha256 = await recording.sha256?.();
  return {
    filename,
    content_type: contentType,
    size_bytes: sizeBytes,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(sizeBytes > ONE_PIECE_BYTES ? { multipart: true } : {}),
  };
}

function tell(onProgress: OnProgress | undefined, sent: number, all: number): void {
  onProgress?.({ stage: "uploading", fraction: all === 0 ? 1 : sent / all, transcriptionId: null });
}
