// Loopback servers that stand in for what is outside, and check what they are asked.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { TestContext } from "node:test";

/** Answers a request whose body has been read. */
export type Handler = (request: IncomingMessage & { url: string }, body: Buffer, response: ServerResponse) => void;

/** The address of a server that answers so, until the test ends. */
export async function listening(test: TestContext, handler: Handler): Promise<string> {
  const server = createServer(async (request, response) => {
    handler(request as IncomingMessage & { url: string }, await buffer(request), response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Resolves once something is there; fails after two minutes. */
export async function until<T>(look: () => T | null | undefined | Promise<T | null | undefined>): Promise<T> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline;) {
    const seen = await look();
    if (seen !== null && seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("It did not happen within two minutes.");
}
