// examples/twilio-worker in workerd, between a stand-in of Twilio and the running service.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, it, type TestContext } from "node:test";
import { inWorkers } from "../workers.js";
import { listening, until } from "./loopback.js";
import { API_KEY, BASE_URL, client, RECORDING, SPOKEN } from "./running.js";

const EXAMPLE = new URL("../../examples/twilio-worker/src/", import.meta.url);
const SID = "AC00000000000000000000000000000001";
const TOKEN = "12345";
const BASIC = `Basic ${Buffer.from(`${SID}:${TOKEN}`).toString("base64")}`;

/** What is used of a KV namespace. */
interface Calls {
  get(key: string): Promise<string | null>;
  put(key: string, value: string): Promise<void>;
  list(wanted: { prefix: string }): Promise<{ keys: unknown[] }>;
}

/** The Worker, where it listens, Twilio's recording, and what was sent on. */
async function deployed(test: TestContext) {
  const recording = await readFile(RECORDING);
  const twilio = await listening(test, ({ headers }, _, response) => {
    response.writeHead(headers.authorization === BASIC ? 200 : 401, { "Content-Type": "audio/x-wav" });
    response.end(headers.authorization === BASIC ? recording : "");
  });
  const sentOn: Record<string, unknown>[] = [];
  const receiver = await listening(test, (_, body, response) => {
    sentOn.push(JSON.parse(String(body)));
    response.end();
  });
  const modules = { "worker.js": await source("worker.js"), "twilio.js": await source("twilio.js") };
  const bindings = {
    TRANSCRIBE_BASE_URL: BASE_URL,
    TRANSCRIBE_API_KEY: API_KEY,
    TWILIO_ACCOUNT_SID: SID,
    TWILIO_AUTH_TOKEN: TOKEN,
    FORWARD_URL: receiver,
  };
  const worker = await inWorkers(test, modules, bindings, { kvNamespaces: ["CALLS"] });
  const calls = (await worker.getKVNamespace("CALLS")) as unknown as Calls;
  return { address: new URL(String(await worker.ready)), calls, twilio, sentOn };
}

function source(name: string): Promise<string> {
  return readFile(new URL(name, EXAMPLE), "utf8");
}

/** Posts as Twilio does, signed as its documentation says. */
function post(url: URL, fields: Record<string, string>, token = TOKEN): Promise<Response> {
  const sorted = Object.keys(fields).sort();
  const signed = url.href + sorted.map((name) => `${name}${fields[name]}`).join("");
  const signature = createHmac("sha1", token).update(signed).digest("base64");
  return fetch(url, {
    method: "POST",
    headers: { "X-Twilio-Signature": signature },
    body: new URLSearchParams(fields),
  });
}

function recorded(twilio: string, name: string) {
  const RecordingUrl = `${twilio}/2010-04-01/Accounts/${SID}/Recordings/RE${name}`;
  return { CallSid: `CA${name}`, RecordingSid: `RE${name}`, RecordingStatus: "completed", RecordingUrl };
}

describe("the Worker for Twilio", () => {
  it("has a recorded call transcribed once, keeps it and sends it on", async (test) => {
    const { address, calls, twilio, sentOn } = await deployed(test);
    const callback = new URL("/twilio/recording", address);
    const fields = recorded(twilio, String(Date.now()));
    const answers = await Promise.all([post(callback, fields), post(callback, fields)]);
    // While the first is being taken, the second may be told that it is.
    assert(answers.some(({ status }) => status === 204));

    const kept = JSON.parse(await until(() => calls.get(`call:${fields.CallSid}`)));
    assert.deepEqual([kept.status, kept.error, kept.recording_sid], ["completed", null, fields.RecordingSid]);
    assert.match(kept.text, SPOKEN);
    assert.deepEqual(await until(() => sentOn[0]), kept);
    const made = await client.transcriptions.list({ metadata: { call_sid: fields.CallSid } }).firstPage();
    assert.equal(made.data.length, 1);
  });

  it("tells of a call that cannot be transcribed", async (test) => {
    const { address, twilio, sentOn } = await deployed(test);
    const nothing = await listening(test, (_, __, response) => void response.writeHead(404).end());
    const fields = { ...recorded(twilio, `${Date.now()}f`), RecordingUrl: `${nothing}/gone` };
    assert.equal((await post(new URL("/twilio/recording", address), fields)).status, 204);
    const { status, error, text } = await until(() => sentOn[0]);
    assert.deepEqual([status, (error as { code: string }).code, text], ["failed", "source_unreachable", null]);
  });

  it("knows the signature that Twilio documents", async () => {
    const { isFromTwilio } = (await import(new URL("twilio.js", EXAMPLE).href)) as {
      isFromTwilio(signature: string, url: string, fields: Record<string, string>, token: string): Promise<boolean>;
    };
    const url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    const [Caller, To] = ["+14158675309", "+18005551212"];
    const fields = { CallSid: "CA1234567890ABCDE", Caller, Digits: "1234", From: Caller, To };
    assert.equal(await isFromTwilio("RSOYDt4T1cUTdK1PDd93/VVr8B8=", url, fields, "12345"), true);
    assert.equal(await isFromTwilio("RSOYDt4T1cUTdK1PDd93/VVr8B8=", url, { ...fields, To: "+1" }, "12345"), false);
  });

  it("is called by nobody else", async (test) => {
    const { address, calls, twilio } = await deployed(test);
    const callback = new URL("/twilio/recording", address);
    const fields = recorded(twilio, "forged");
    assert.equal((await post(callback, fields, "another token")).status, 403);
    assert.equal((await fetch(callback, { method: "POST", body: new URLSearchParams(fields) })).status, 403);
    assert.equal((await post(callback, { ...fields, RecordingStatus: "absent" })).status, 204);
    assert.equal((await fetch(callback)).status, 405);

    const told = new URL("/transcribed", address);
    const body = JSON.stringify({ id: "evt_1", type: "transcription.completed", data: { id: "tr_1" } });
    assert.equal((await fetch(told, { method: "POST", body })).status, 503);
    await calls.put("secret:tr_1", `whsec_${Buffer.alloc(32).toString("base64")}`);
    assert.equal((await fetch(told, { method: "POST", body })).status, 400);
    assert.deepEqual((await calls.list({ prefix: "call:" })).keys, []);
    const made = await client.transcriptions.list({ metadata: { call_sid: fields.CallSid } }).firstPage();
    assert.deepEqual(made.data, []);
  });
});
