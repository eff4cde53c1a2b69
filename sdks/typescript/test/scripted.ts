// A loopback server that answers what a test tells it to, and remembers what it was asked.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { Transcribe } from "transcribe-client";
import type { ClientOptions, Transcription } from "transcribe-client";

/** One request as it came. */
export interface Asked {
  method: string;
  /** Path and query, as they stood in the request. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Answers one request. */
export type Answering = (asked: Asked, response: ServerResponse) => void | Promise<void>;

/** A server, what it was asked so far, and clients of it. */
export interface Scripted {
  base: string;
  asked: Asked[];
  client(options?: ClientOptions): Transcribe;
}

/** A server for a test: each request gets the next answer, the last one answers whatever comes after. */
export async function scripted(test: TestContext, ...answers: [Answering, ...Answering[]]): Promise<Scripted> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // The client went away while it was sending.
    }
    const one = { method: request.method!, url: request.url!, headers: request.headers, body: Buffer.concat(chunks) };
    const answer = answers[Math.min(asked.push(one), answers.length) - 1]!;
    await answer(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { base, asked, client: (options = {}) => new Transcribe({ apiKey: KEY, baseUrl: base, ...options }) };
}

export const KEY = "tsk_live_test";

/** Answers with JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answering {
  return (_, response) => {
    response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
  };
}

/** Answers as the API refuses. */
export function refused(status: number, type: string, code: string, headers: Record<string, string> = {}): Answering {
  const doc_url = `https://transcribe.example/developers/errors#${code}`;
  const error = { type, code, message: `About ${code}.`, param: "url", request_id: "req_1", doc_url };
  return json(status, { error }, headers);
}

/** Breaks the connection off. */
export const broken: Answering = (_, response) => {
  response.destroy();
};

/** At once, so that tests do not wait. */
export const AT_ONCE = { "Retry-After": "0" };

/** A transcription as the API shows it, with what a test is about. */
export function transcription(about: Partial<Transcription> = {}): Transcription {
  const shown: Partial<Transcription> = {
    id: "tr_1",
    object: "transcription",
    status: "completed",
    stage: null,
    progress: 1,
    error: null,
    ...about,
  };
  return shown as Transcription;
}
