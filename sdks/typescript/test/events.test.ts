import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { APIConnectionError, NotFoundError, type StreamedEvent, UnexpectedAnswerError } from "transcribe-client";
import { serverSentEvents } from "../src/event_streams.js";
import { type Answering, broken, refused, scripted, transcription } from "./scripted.js";

const COMPLETED = `event: status\ndata: ${JSON.stringify(transcription())}\n\n`;
const PROGRESS = 'event: progress\ndata: {"stage":"transcribing","progress":0.5}\n\n';
const SEGMENTS = 'event: segments\ndata: {"segments":[{"id":0,"text":"Ask not."}]}\n\n';

function stream(...texts: string[]): Answering {
  return (_, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (const text of texts) response.write(text);
    response.end();
  };
}

async function all(events: AsyncIterable<StreamedEvent>): Promise<StreamedEvent[]> {
  const seen: StreamedEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe("the events of a transcription", () => {
  it("come typed, end with the final status, and pass over comments and what is newer", async (test) => {
    const server = await scripted(
      test,
      stream(": still here\n\n", PROGRESS, "event: mood\ndata: 1\n\n", SEGMENTS, COMPLETED),
    );
    const seen = await all(server.client().transcriptions.events("tr_1"));
    assert.deepEqual(seen, [
      { type: "progress", stage: "transcribing", progress: 0.5 },
      { type: "segments", segments: [{ id: 0, text: "Ask not." }] },
      { type: "status", transcription: transcription() },
    ]);
  });

  it("go on after a stream that broke off", async (test) => {
    const cut: Answering = (_, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" }).write(PROGRESS + SEGMENTS.slice(0, 30));
      setTimeout(() => response.destroy(), 20);
    };
    const server = await scripted(test, cut, broken, stream(SEGMENTS, COMPLETED));
    const types = (await all(server.client().transcriptions.events("tr_1"))).map(({ type }) => type);
    assert.deepEqual(types, ["progress", "segments", "status"]);
  });

  it("end with an error where no stream brings any, and where there is no such transcription", async (test) => {
    const server = await scripted(test, stream(), stream(), refused(404, "invalid_request_error", "not_found"));
    await assert.rejects(all(server.client({ maxRetries: 1 }).transcriptions.events("tr_1")), APIConnectionError);
    await assert.rejects(all(server.client().transcriptions.events("tr_2")), NotFoundError);
  });

  it("are not made up of what is no JSON", async (test) => {
    const server = await scripted(test, stream("event: status\ndata: {\n\n"));
    await assert.rejects(all(server.client().transcriptions.events("tr_1")), UnexpectedAnswerError);
  });

  it("let go of the connection when they are not read on, or a signal says so", { timeout: 5000 }, async (test) => {
    let open = 0;
    const stop = new AbortController();
    const endless: Answering = (_, response) => {
      open++;
      if (server.asked.length === 2) setTimeout(() => stop.abort(new Error("Enough.")), 50);
      response.on("close", () => open--);
      response.writeHead(200, { "Content-Type": "text/event-stream" }).write(PROGRESS);
    };
    const server = await scripted(test, endless);
    const { transcriptions } = server.client();
    for await (const event of transcriptions.events("tr_1")) if (event.type === "progress") break;
    await assert.rejects(all(transcriptions.events("tr_1", { signal: stop.signal })), /Enough/);
    while (open > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(server.asked.length, 2);
  });
});

describe("a stream of server-sent events", () => {
  async function read(...chunks: string[]) {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    });
    const seen = [];
    for await (const event of serverSentEvents(body, 1000)) seen.push(event);
    return seen;
  }

  it("may be cut anywhere, with any kind of line end", async () => {
    const text = "event: a\r\ndata: Grüße\r\ndata:two\r\n\r\ndata: b\n\n:no\n\nevent: c\rdata\r\r\n";
    const wanted = [
      { event: "a", data: "Grüße\ntwo" },
      { event: "message", data: "b" },
      { event: "c", data: "" },
    ];
    assert.deepEqual(await read(text), wanted);
    assert.deepEqual(await read(...text), wanted);
    assert.deepEqual(await read("data: half an event"), []);
  });

  it("is given up when nothing comes", async () => {
    const silent = new ReadableStream<Uint8Array>();
    await assert.rejects(serverSentEvents(silent, 20).next(), /Nothing came/);
  });
});
