/**
 * Transcribes the calls that Twilio records.
 *
 * Twilio says that a recording is there (/twilio/recording); the service is asked to transcribe it and to say when it has
 * (/transcribed). Nothing waits meanwhile, and each side tries again when the other does not answer.
 */
import { type Result, Transcribe, type Transcription, Webhook, WebhookVerificationError } from "transcribe-client";
import { basicAuth, isFromTwilio } from "./twilio.js";

export interface Env {
  TRANSCRIBE_BASE_URL: string;
  TRANSCRIBE_API_KEY: string;
  TWILIO_ACCOUNT_SID: string;
  TWILIO_AUTH_TOKEN: string;
  /** Where transcripts are sent on to, as JSON; they are only kept where there is none. */
  FORWARD_URL?: string;
  /** A KV namespace: secrets of webhooks, and what became of each call. */
  CALLS: {
    get(key: string): Promise<string | null>;
    put(key: string, value: string, options?: { expirationTtl: number }): Promise<void>;
  };
}

/** What is kept of a call, and sent on. */
interface Call {
  call_sid: string;
  recording_sid: string;
  transcription_id: string;
  status: Transcription["status"];
  error: Transcription["error"];
  text: string | null;
  segments: Result["segments"];
  summary: Result["summary"] | null;
}

const MONTH_SECONDS = 30 * 24 * 60 * 60;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.method !== "POST") return new Response(null, { status: 405, headers: { Allow: "POST" } });
    switch (new URL(request.url).pathname) {
      case "/twilio/recording":
        return recorded(request, env);
      case "/transcribed":
        return transcribed(request, env);
      default:
        return new Response(null, { status: 404 });
    }
  },
};

/** Twilio: a call was recorded. */
async function recorded(request: Request, env: Env): Promise<Response> {
  const fields = Object.fromEntries(new URLSearchParams(await request.text()));
  const signature = request.headers.get("X-Twilio-Signature");
  if (!(await isFromTwilio(signature, request.url, fields, env.TWILIO_AUTH_TOKEN))) {
    return new Response(null, { status: 403 });
  }
  const { CallSid = "", RecordingSid = "", RecordingUrl = "", RecordingStatus } = fields;
  if (RecordingStatus !== "completed") return new Response(null, { status: 204 });

  const made = await client(env).transcriptions.create(
    {
      source: "external_url",
      url: RecordingUrl,
      url_headers: { Authorization: basicAuth(env.TWILIO_ACCOUNT_SID, env.TWILIO_AUTH_TOKEN) },
      title: `Call ${CallSid}`,
      metadata: { call_sid: CallSid, recording_sid: RecordingSid },
      webhook_url: new URL("/transcribed", request.url).href,
    },
    // Twilio may tell it twice; it is transcribed, and paid for, once.
    { idempotencyKey: `twilio-${RecordingSid}` },
  );
  if (made.webhook_secret)
    await env.CALLS.put(`secret:${made.id}`, made.webhook_secret, { expirationTtl: MONTH_SECONDS });
  return new Response(null, { status: 204 });
}

/** The service: a transcription is final. */
async function transcribed(request: Request, env: Env): Promise<Response> {
  const body = await request.text();
  const secret = await env.CALLS.get(`secret:${claimedId(body)}`);
  // What was just put there may take a minute to be seen everywhere; the service asks again.
  if (secret === null) return new Response(null, { status: 503, headers: { "Retry-After": "60" } });
  let transcription: Transcription;
  try {
    const event = await new Webhook(secret).verify(body, request.headers);
    if (event.type !== "transcription.completed" && event.type !== "transcription.failed") {
      return new Response(null, { status: 204 });
    }
    transcription = event.data;
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    return new Response(null, { status: 400 });
  }

  const call = await callOf(transcription, env);
  await env.CALLS.put(`call:${call.call_sid}`, JSON.stringify(call));
  return sentOn(call, env);
}

async function callOf(transcription: Transcription, env: Env): Promise<Call> {
  const { id, status, error, metadata } = transcription;
  const result = status === "completed" ? await client(env).transcriptions.result(id) : null;
  return {
    call_sid: metadata["call_sid"] ?? "",
    recording_sid: metadata["recording_sid"] ?? "",
    transcription_id: id,
    status,
    error,
    text: result?.text ?? null,
    segments: result?.segments ?? [],
    summary: result?.summary ?? null,
  };
}

/** 204 once it has arrived; 502 has the service tell us again later. */
async function sentOn(call: Call, env: Env): Promise<Response> {
  if (!env.FORWARD_URL) return new Response(null, { status: 204 });
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(env.FORWARD_URL, { method: "POST", headers, body: JSON.stringify(call) });
  return new Response(null, { status: response.ok ? 204 : 502 });
}

/** Which transcription a delivery says it is about: good for finding the secret that proves it, and for nothing else. */
function claimedId(body: string): string {
  try {
    return String((JSON.parse(body) as { data: { id: unknown } }).data.id);
  } catch {
    return "";
  }
}

function client(env: Env): Transcribe {
  return new Transcribe({ baseUrl: env.TRANSCRIBE_BASE_URL, apiKey: env.TRANSCRIBE_API_KEY });
}
