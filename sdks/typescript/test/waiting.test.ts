import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Progress, TranscriptionFailedError, WaitTimeoutError } from "transcribe-client";
import { type Answering, json, refused, scripted, transcription } from "./scripted.js";

const AT_WORK = transcription({ status: "processing", stage: "transcribing", progress: 0.4 });
const FAILED = transcription({ status: "failed", error: { code: "url_not_media", message: "That is a page." } });

/** Answers as `wait` does: at once where it is final, else after the time that was asked for. */
function holding(shown: typeof AT_WORK): Answering {
  return (asked, response) => {
    const seconds = Number(new URL(asked.url, "http://x").searchParams.get("timeout"));
    setTimeout(() => json(200, shown)(asked, response), seconds * 1000);
  };
}

describe("waiting", () => {
  it("asks again while it is processing, and gives the final transcription, failed or not", async (test) => {
    const server = await scripted(test, json(200, AT_WORK), json(200, FAILED));
    const seen = await server.client().transcriptions.wait("tr_1");
    assert.equal(seen.error?.code, "url_not_media");
    assert.deepEqual(
      server.asked.map(({ url }) => url),
      Array(2).fill("/api/v1/transcriptions/tr_1/wait?timeout=45"),
    );
  });

  it("ends in time with the id, and how far it was", async (test) => {
    const server = await scripted(test, holding(AT_WORK));
    const began = Date.now();
    await assert.rejects(server.client().transcriptions.wait("tr_1", { timeoutMs: 200 }), (error) => {
      assert(error instanceof WaitTimeoutError);
      assert.deepEqual([error.transcriptionId, error.transcription?.progress], ["tr_1", 0.4]);
      assert.match(error.message, /tr_1/);
      return true;
    });
    assert(Date.now() - began < 2000);
  });

  it("ends soon after its time where the service does not answer at all", async (test) => {
    const server = await scripted(test, () => undefined);
    const began = Date.now();
    await assert.rejects(server.client().transcriptions.wait("tr_1", { timeoutMs: 100 }), (error) => {
      assert(error instanceof WaitTimeoutError);
      assert.deepEqual([error.transcriptionId, error.transcription], ["tr_1", null]);
      return true;
    });
    assert(Date.now() - began < 5000);
  });

  it("tells each change once", async (test) => {
    const queued = transcription({ status: "processing", stage: "queued", progress: 0 });
    const [first, ...others] = [queued, AT_WORK, AT_WORK, transcription()].map((each) => json(200, each));
    const server = await scripted(test, first!, ...others);
    const told: Progress[] = [];
    await server.client().transcriptions.wait("tr_1", { onProgress: (progress) => told.push(progress) });
    assert.deepEqual(
      told.map(({ stage, fraction, transcriptionId }) => [stage, fraction, transcriptionId]),
      [
        ["queued", 0, "tr_1"],
        ["transcribing", 0.4, "tr_1"],
        ["completed", 1, "tr_1"],
      ],
    );
  });

  it("is ended by a signal while the service holds the request", async (test) => {
    const server = await scripted(test, () => undefined);
    const waiting = server.client().transcriptions.wait("tr_1", { signal: AbortSignal.timeout(50) });
    await assert.rejects(waiting, { name: "TimeoutError" });
  });
});

describe("transcribe", () => {
  const RESULT = { id: "tr_1", text: "Ask not." };

  it("makes a transcription of an address with the wishes given, waits, and gives the result", async (test) => {
    const server = await scripted(test, json(202, AT_WORK), json(200, transcription()), json(200, RESULT));
    const url = new URL("https://example.com/talk.mp3");
    const result = await server
      .client()
      .transcribe(url, { language: "en", metadata: { episode: "7" }, idempotencyKey: "7" });
    assert.equal(result.text, "Ask not.");
    const [created, , read] = server.asked;
    assert.deepEqual(JSON.parse(String(created?.body)), {
      source: "external_url",
      url: "https://example.com/talk.mp3",
      language: "en",
      metadata: { episode: "7" },
    });
    assert.equal(created?.headers["idempotency-key"], "7");
    assert.equal(read?.url, "/api/v1/transcriptions/tr_1/result");
  });

  it("tells with its code why one failed", async (test) => {
    const server = await scripted(test, json(202, AT_WORK), json(200, FAILED));
    await assert.rejects(server.client().transcribe("https://example.com/page"), (error) => {
      assert(error instanceof TranscriptionFailedError);
      assert.deepEqual(
        [error.transcriptionId, error.code, error.message],
        ["tr_1", "url_not_media", "That is a page."],
      );
      return true;
    });
  });

  it("says what to do with the path of a file, and asks nothing", async (test) => {
    const server = await scripted(test, refused(500, "api_error", "x"));
    await assert.rejects(server.client().transcribe("/home/ada/talk.mp3"), /fromPath/);
    assert.equal(server.asked.length, 0);
  });
});
