import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import {
  fromPath,
  NotFoundError,
  type Progress,
  type StreamedEvent,
  TranscriptionFailedError,
} from "transcribe-client/node";
import { client, RECORDING, RECORDING_URL, SPOKEN } from "./running.js";

describe("the service, from Node", () => {
  it("transcribes a file by its path, and tells how far it is", async () => {
    const told: Progress[] = [];
    const result = await client.transcribe(await fromPath(RECORDING), {
      language: "en",
      title: "From Node",
      onProgress: (progress) => told.push(progress),
    });
    assert.match(result.text, SPOKEN);
    assert.deepEqual([told[0]?.stage, told.at(-1)?.stage, told.at(-1)?.fraction], ["uploading", "completed", 1]);
    assert.equal(told.at(-1)?.transcriptionId, result.id);

    const { transcriptions } = client;
    const listed = await transcriptions.list({ q: "From Node" }).firstPage();
    assert.deepEqual(
      listed.data.map(({ id }) => id),
      [result.id],
    );
    const captions = await transcriptions.export(result.id, { format: "srt" });
    assert.match(captions.filename, /^From Node.*\.srt$/);
    assert.match(await captions.text(), /^1\r?\n00:00:00,\d{3} --> /);
    const zip = await transcriptions.exportMany({ transcription_ids: [result.id], formats: ["srt", "vtt"] });
    assert.deepEqual([...(await zip.bytes()).subarray(0, 2)], [...Buffer.from("PK")]);
    const { data: hits } = await transcriptions.search(result.id, { q: "country" });
    assert(hits.length > 0);
    assert.equal((await transcriptions.ask(result.id, { question: "What should you ask?" })).object, "question");
    await transcriptions.delete(result.id);
    await assert.rejects(transcriptions.get(result.id), NotFoundError);
  });

  it("tells what happens to a recording at an address, up to its end", async () => {
    const body = { source: "external_url", url: RECORDING_URL, diarize: false } as const;
    const { id } = await client.transcriptions.create(body);
    const seen: StreamedEvent[] = [];
    for await (const event of client.transcriptions.events(id)) seen.push(event);
    const last = seen.at(-1);
    assert(last?.type === "status");
    assert.equal(last.transcription.status, "completed");
    const said = seen.flatMap((event) => (event.type === "segments" ? event.segments : [])).map(({ text }) => text);
    assert.match(said.join(" "), SPOKEN);
  });

  it("makes one transcription of an idempotency key", async () => {
    const body = { source: "external_url", url: RECORDING_URL } as const;
    const once = { idempotencyKey: "the-same" };
    const made = await Promise.all([1, 2, 3].map(() => client.transcriptions.create(body, once)));
    assert.equal(new Set(made.map(({ id }) => id)).size, 1);
    await client.transcriptions.cancel(made[0]!.id);
  });

  it("sends and transcribes a recording once for an idempotency key", async () => {
    const bytes = await readFile(RECORDING);
    const once = () => client.transcribe(bytes, { filename: "once.flac", idempotencyKey: "once" });
    const first = await once();
    assert.equal((await once()).id, first.id);
    assert.equal((await client.transcriptions.list({ q: "once.flac" }).firstPage()).data.length, 1);
  });

  it("says with its code why a recording cannot be transcribed", async () => {
    await assert.rejects(client.transcribe(new Blob(["no sound"]), { filename: "talk.mp3" }), (error) => {
      assert(error instanceof TranscriptionFailedError);
      assert.match(error.code, /^(media_undecodable|url_not_media)$/);
      return true;
    });
  });

  it("takes a large stream in parts, and what broke off again", async () => {
    const bytes = new Uint8Array(20 * 1024 ** 2).fill(7);
    const streamed = () => ({ stream: new Blob([bytes]).stream(), sizeBytes: bytes.length, filename: "long.wav" });
    const stop = new AbortController();
    const wanted = { filename: "long.wav", content_type: "audio/wav", size_bytes: bytes.length, multipart: true };
    const { id: uploadId } = await client.uploads.create(wanted);
    const onProgress = ({ fraction }: Progress) => fraction > 0 && stop.abort();
    const stopped = client.uploads.send(streamed(), { uploadId, onProgress, signal: stop.signal });
    await assert.rejects(stopped, { name: "AbortError" });
    assert.equal((await client.uploads.send(streamed(), { uploadId })).status, "complete");
    await client.uploads.delete(uploadId);
  });

  it("tells of account, pipelines, usage, and a price beforehand", async () => {
    assert.match((await client.me()).wallet.available_usd, /^\d+\.\d{6}$/);
    const codes: string[] = [];
    for await (const { code } of client.pipelines.list()) codes.push(code);
    assert(codes.includes("whisper-base"));
    assert(Array.isArray((await client.usage.list({ group_by: "pipeline" }).firstPage()).data));
    const upload = await client.uploads.send(new Blob([await readFile(RECORDING)]), { filename: "jfk.flac" });
    assert.equal((await client.quotes.create({ source: "upload", upload_id: upload.id })).duration_seconds, 11);
  });
});
