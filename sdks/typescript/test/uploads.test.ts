import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { APIError, type Progress, UploadError } from "transcribe-client";
import { fromPath, type Recording, type Sendable } from "transcribe-client/node";
import { AT_ONCE, type Asked, type Answering, broken, json, refused, scripted } from "./scripted.js";

const PART = 4 * 1024 ** 2;
const LARGE = Buffer.alloc(PART * 4 + 5, "0123456789");
const SMALL = LARGE.subarray(0, 1000);

/** A service and its store in one: what arrives is kept, `refusals` come before what is asked for next. */
class Store {
  readonly parts = new Map<number, Buffer>();
  readonly puts: Asked[] = [];
  created: Record<string, unknown> = {};
  isComplete = false;
  refusals: Answering[] = [];
  mostAtOnce = 0;
  #atOnce = 0;

  readonly answering: Answering = async (asked, response) => {
    const { method, url } = asked;
    const body = asked.headers["content-type"] === "application/json" ? JSON.parse(String(asked.body)) : {};
    if (method === "PUT") {
      this.puts.push(asked);
      this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
      await this.#another();
      this.#atOnce--;
      const refusal = this.refusals.shift();
      if (refusal) return refusal(asked, response);
      this.parts.set(Number(url.split("/").pop()), asked.body);
      if (this.created["multipart"] !== true) this.isComplete = true;
      response.end();
    } else if (url === "/api/v1/uploads") {
      this.created = body;
      json(201, this.#shown(asked))(asked, response);
    } else if (url.endsWith("/parts")) {
      const data = body.part_numbers.map((number: number, index: number) => ({
        ...this.#address(asked, number),
        headers: body.md5 ? { "Content-MD5": body.md5[index] } : {},
      }));
      json(200, { data, has_more: false, next_cursor: null })(asked, response);
    } else {
      if (url.endsWith("/complete")) this.isComplete = true;
      json(200, this.#shown(asked))(asked, response);
    }
  };

  /** Until a second part has come beside the first, or a second has passed: a busy machine is slow to send 4 MiB. */
  async #another(): Promise<void> {
    const until = Date.now() + 1000;
    do await new Promise((resolve) => setTimeout(resolve, 10));
    while (this.created["multipart"] === true && this.mostAtOnce < 2 && Date.now() < until);
  }

  get bytes(): Buffer {
    return Buffer.concat([...this.parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes));
  }

  #address(asked: Asked, number: number) {
    return { method: "PUT", url: `http://${asked.headers.host}/store/${number}` };
  }

  #shown(asked: Asked) {
    const size = Number(this.created["size_bytes"]);
    const inParts = { url: null, headers: {}, part_size_bytes: PART, parts_count: Math.ceil(size / PART) };
    const inOne = {
      headers: { "Content-Type": this.created["content_type"] },
      part_size_bytes: null,
      parts_count: null,
    };
    return {
      id: "up_1",
      status: this.isComplete ? "complete" : "pending",
      size_bytes: size,
      ...this.#address(asked, 0),
      ...(this.created["multipart"] === true ? inParts : inOne),
      parts_received: [...this.parts.keys()],
    };
  }
}

async function served(test: TestContext) {
  const store = new Store();
  return { store, server: await scripted(test, store.answering) };
}

function streamOf(bytes: Buffer, chunk = 70_000): ReadableStream<Uint8Array> {
  let place = 0;
  return new ReadableStream({
    pull(controller) {
      if (place >= bytes.length) return controller.close();
      controller.enqueue(new Uint8Array(bytes.subarray(place, (place += chunk))));
    },
  });
}

/** What a caller may have made: a recording that is a class with state of its own. */
class Owned implements Recording {
  readonly filename = "talk.mp3";
  readonly contentType = "audio/mpeg";
  readonly #bytes: Buffer;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  get sizeBytes() {
    return this.#bytes.length;
  }
  async slice(start: number, end: number) {
    return new Uint8Array(this.#bytes.subarray(start, end));
  }
}

const KINDS: [string, (bytes: Buffer) => Sendable | Promise<Sendable>][] = [
  ["a File", (bytes) => new File([new Uint8Array(bytes)], "talk.mp3", { type: "audio/mpeg;codecs=mp3" })],
  ["bytes", (bytes) => new Uint8Array(bytes)],
  ["a Recording", (bytes) => new Owned(bytes)],
  ["a stream", (bytes) => ({ stream: streamOf(bytes), sizeBytes: bytes.length, filename: "talk.mp3" })],
];

describe("sending a recording", () => {
  for (const [what, made] of KINDS) {
    it(`sends ${what} in one piece, with the headers of the answer and no key`, async (test) => {
      const { store, server } = await served(test);
      const told: Progress[] = [];
      const named = { filename: "talk.mp3", onProgress: (progress: Progress) => told.push(progress) };
      const upload = await server.client().uploads.send(await made(SMALL), named);
      assert.equal(upload.status, "complete");
      assert.deepEqual(store.created, { filename: "talk.mp3", content_type: "audio/mpeg", size_bytes: SMALL.length });
      assert.deepEqual(store.bytes, SMALL);
      const [{ headers }] = store.puts as [Asked];
      assert.deepEqual([headers["content-type"], headers["content-length"]], ["audio/mpeg", "1000"]);
      assert.equal("authorization" in headers || "idempotency-key" in headers, false);
      assert.deepEqual(told.map(({ stage, fraction }) => [stage, fraction]), [["uploading", 0], ["uploading", 1]]); // prettier-ignore
    });

    it(`sends ${what} that is large in parts, four at a time`, async (test) => {
      const { store, server } = await served(test);
      const told: number[] = [];
      await server.client().uploads.send(await made(LARGE), { onProgress: ({ fraction }) => told.push(fraction) });
      assert(store.bytes.equals(LARGE));
      assert.deepEqual(told, [0, 0.2, 0.4, 0.6, 0.8, 1]);
      assert(store.mostAtOnce > 1 && store.mostAtOnce <= 4);
    });
  }

  it("sends a part again, to an address of its own, when the store or the line fails", async (test) => {
    const { store, server } = await served(test);
    store.refusals = [broken, refused(503, "api_error", "service_unavailable", AT_ONCE)];
    await server.client().uploads.send(LARGE);
    assert(store.bytes.equals(LARGE));
    assert.equal(store.puts.length, 7);
    assert.equal(server.asked.filter(({ url }) => url.endsWith("/parts")).length, 7);
  });

  it("does not send again what arrived though the answer was lost", async (test) => {
    const { store, server } = await served(test);
    store.refusals = [
      (_, response) => {
        store.isComplete = true;
        response.destroy();
      },
    ];
    const upload = await server.client().uploads.send(SMALL);
    assert.deepEqual([upload.status, store.puts.length], ["complete", 1]);
  });

  for (const [what, made] of KINDS) {
    it(`goes on with an upload of ${what} that broke off`, async (test) => {
      const { store, server } = await served(test);
      const gone = refused(403, "permission_error", "upload_refused");
      const taken: Answering = (asked, response) => {
        store.parts.set(Number(asked.url.split("/").pop()), asked.body);
        response.end();
      };
      store.refusals = [taken, gone, gone, gone, gone];
      const failing = server.client().uploads.send(await made(LARGE));
      const error: unknown = await failing.catch((error: unknown) => error);
      assert(error instanceof UploadError && error.cause instanceof APIError);
      assert.equal(error.uploadId, "up_1");
      await new Promise((resolve) => setTimeout(resolve, 100)); // For what was on its way.
      store.refusals = [];
      store.puts.length = 0;
      const arrived = store.parts.size;
      await server.client().uploads.send(await made(LARGE), { uploadId: error.uploadId });
      assert(store.bytes.equals(LARGE));
      assert.equal(store.puts.length, 5 - arrived);
    });
  }

  it("refuses to go on with another file", async (test) => {
    const { store, server } = await served(test);
    store.created = { size_bytes: 7 };
    await assert.rejects(server.client().uploads.send(SMALL, { uploadId: "up_1" }), UploadError);
    assert.equal(store.puts.length, 0);
  });

  it("ends with the signal's reason, and sends no further part", async (test) => {
    const { store, server } = await served(test);
    const stop = new AbortController();
    const onProgress = ({ fraction }: Progress) => fraction > 0 && stop.abort(new Error("Enough."));
    await assert.rejects(server.client().uploads.send(LARGE, { onProgress, signal: stop.signal }), /Enough/);
    assert(store.puts.length < 5);
  });

  it("says so when a stream is shorter or longer than it said", async (test) => {
    const { server } = await served(test);
    for (const sizeBytes of [SMALL.length - 1, SMALL.length + 1]) {
      const sending = server.client().uploads.send({ stream: streamOf(SMALL), sizeBytes, filename: "talk.mp3" });
      await assert.rejects(sending, (error: Error) => error instanceof UploadError && error.cause instanceof TypeError);
    }
  });
});

describe("a file by its path", () => {
  async function file(test: TestContext, bytes: Buffer): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "transcribe-client-"));
    test.after(() => rm(folder, { recursive: true }));
    const path = join(folder, "talk.mp3");
    await writeFile(path, bytes);
    return path;
  }

  it("is sent in parts with their checksums, and the whole's", async (test) => {
    const { store, server } = await served(test);
    await server.client().uploads.send(await fromPath(await file(test, LARGE)));
    assert(store.bytes.equals(LARGE));
    assert.equal(store.created["sha256"], createHash("sha256").update(LARGE).digest("hex"));
    assert.equal(store.created["content_type"], "audio/mpeg");
    for (const { body, headers } of store.puts) {
      assert.equal(headers["content-md5"], createHash("md5").update(body).digest("hex"));
    }
  });

  it("is not sent when it changes meanwhile", async (test) => {
    const { server } = await served(test);
    const path = await file(test, LARGE);
    const recording = await fromPath(path);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await writeFile(path, SMALL);
    await assert.rejects(server.client().uploads.send(recording), /was changed/);
  });
});
