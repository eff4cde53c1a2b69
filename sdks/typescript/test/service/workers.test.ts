// The package as it is published, in workerd, which is what Cloudflare Workers run in.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { it } from "node:test";
import { inWorkers } from "../workers.js";
import { API_KEY, BASE_URL, RECORDING, SPOKEN } from "./running.js";

const WORKER = `
  import { Transcribe } from "transcribe-client";

  export default {
    async fetch(request, env) {
      const client = new Transcribe({ apiKey: env.API_KEY, baseUrl: env.BASE_URL });
      const sizeBytes = Number(request.headers.get("X-Size"));
      const stages = [];
      const onProgress = ({ stage }) => stages.push(stage);
      const sent = { stream: request.body, sizeBytes, filename: "talk.flac" };
      const result = await client.transcribe(sent, { onProgress });
      const refused = await client.transcriptions.get("tr_none").catch(({ name, status }) => ({ name, status }));
      return Response.json({ text: result.text, stages, refused });
    },
  };
`;

it("the service, from a Worker, transcribes what comes as a stream", async (test) => {
  const worker = await inWorkers(test, { "worker.js": WORKER }, { API_KEY, BASE_URL });
  const body = await readFile(RECORDING);
  const headers = { "X-Size": String(body.length) };
  const response = await worker.dispatchFetch("http://worker.example/", { method: "POST", body, headers });
  assert.equal(response.status, 200, await response.clone().text());
  const { text, stages, refused } = (await response.json()) as { text: string; stages: string[]; refused: unknown };
  assert.match(text, SPOKEN);
  assert.deepEqual([stages[0], stages.at(-1)], ["uploading", "completed"]);
  assert.deepEqual(refused, { name: "NotFoundError", status: 404 });
});
