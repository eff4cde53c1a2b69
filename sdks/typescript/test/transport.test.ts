import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as sdk from "transcribe-client";
import { pauseMs } from "../src/patience.js";
import { APIConnectionError, errorOf, retryAfterSeconds } from "../src/errors.js";
import { type Answering, AT_ONCE, broken, json, KEY, refused, scripted, transcription } from "./scripted.js";

const SOURCE = { source: "external_url", url: "https://example.com/talk.mp3" } as const;

describe("a request", () => {
  it("carries the key, the body and an idempotency key, to the address of the operation", async (test) => {
    const server = await scripted(test, json(202, transcription({ status: "processing" })));
    const made = await server.client().transcriptions.create(SOURCE);
    const [asked] = server.asked;
    assert.equal(made.id, "tr_1");
    assert.equal(`${asked?.method} ${asked?.url}`, "POST /api/v1/transcriptions");
    assert.equal(asked?.headers.authorization, `Bearer ${KEY}`);
    assert.match(String(asked?.headers["idempotency-key"]), /^[0-9a-f]{32}$/);
    assert.deepEqual(JSON.parse(String(asked?.body)), SOURCE);
  });

  it("writes pairs and lists into the query as the API reads them, and leaves out what is undefined", async (test) => {
    const server = await scripted(test, json(200, { data: [], has_more: false, next_cursor: null }));
    const { transcriptions } = server.client();
    await transcriptions.list({ metadata: { "a&b": "1 2" }, q: undefined as never }).firstPage();
    await transcriptions.exportMany({ transcription_ids: ["tr_1", "tr_2"], formats: ["srt"] });
    const queries = server.asked.map(({ url }) => Object.fromEntries(new URL(url, server.base).searchParams));
    assert.deepEqual(queries, [{ "metadata[a&b]": "1 2" }, { transcription_ids: "tr_1,tr_2", formats: "srt" }]);
  });

  it("goes to the same place with and without /api/v1 in the base URL, and from the environment", async (test) => {
    const server = await scripted(test, json(200, {}));
    await server.client({ baseUrl: `${server.base}/api/v1/` }).me();
    process.env["TRANSCRIBE_BASE_URL"] = server.base;
    process.env["TRANSCRIBE_API_KEY"] = "tsk_live_environment";
    test.after(() => {
      delete process.env["TRANSCRIBE_BASE_URL"];
      delete process.env["TRANSCRIBE_API_KEY"];
    });
    await new sdk.Transcribe().me();
    assert.deepEqual(
      server.asked.map(({ url, headers }) => [url, headers.authorization]),
      [
        ["/api/v1/me", `Bearer ${KEY}`],
        ["/api/v1/me", "Bearer tsk_live_environment"],
      ],
    );
  });

  it("cannot go to another address by an id", async (test) => {
    const server = await scripted(test, json(200, {}));
    const { transcriptions } = server.client();
    for (const id of ["", ".", "..", undefined as never]) await assert.rejects(transcriptions.delete(id), TypeError);
    await transcriptions.get("../me?x=1");
    assert.deepEqual(
      server.asked.map(({ url }) => url),
      ["/api/v1/transcriptions/..%2Fme%3Fx%3D1"],
    );
  });

  it("is not made without a key, and no error shows one", () => {
    assert.throws(() => new sdk.Transcribe({ baseUrl: "http://127.0.0.1:1" }), sdk.MissingKeyError);
    assert.throws(
      () => new sdk.Transcribe({ apiKey: "tsk_live_secret\n" }),
      (error: Error) => error instanceof sdk.MissingKeyError && !error.message.includes("secret"),
    );
    assert.doesNotMatch(JSON.stringify(new sdk.Transcribe({ apiKey: "tsk_live_secret" })), /secret/);
  });
});

describe("trying again", () => {
  for (const status of [408, 429, 500, 502, 503, 507]) {
    it(`helps after ${status}, with the same idempotency key`, async (test) => {
      const server = await scripted(test, refused(status, "api_error", "x", AT_ONCE), json(202, transcription()));
      await server.client().transcriptions.create(SOURCE);
      const keys = new Set(server.asked.map(({ headers }) => headers["idempotency-key"]));
      assert.deepEqual([server.asked.length, keys.size], [2, 1]);
    });
  }

  it("helps after a connection that broke, before and within an answer", async (test) => {
    const half: Answering = (_, response) => {
      response.writeHead(200, { "Content-Length": "100" }).write("{");
      setTimeout(() => response.destroy(), 20);
    };
    const server = await scripted(test, broken, half, json(200, { account: {} }));
    await server.client().me();
    assert.equal(server.asked.length, 3);
  });

  it("helps while the first request with this key still runs", async (test) => {
    const inUse = refused(409, "idempotency_error", "idempotency_key_in_use", AT_ONCE);
    const server = await scripted(test, inUse, json(202, transcription()));
    await server.client().transcriptions.create(SOURCE, { idempotencyKey: "mine" });
    assert.deepEqual(
      server.asked.map(({ headers }) => headers["idempotency-key"]),
      ["mine", "mine"],
    );
  });

  for (const [status, type] of [
    [400, "invalid_request_error"],
    [401, "authentication_error"],
    [402, "payment_required_error"],
    [404, "invalid_request_error"],
    [409, "invalid_request_error"],
    [422, "idempotency_error"],
  ] as const) {
    it(`does not help after ${status}`, async (test) => {
      const server = await scripted(test, refused(status, type, "x", AT_ONCE));
      await assert.rejects(server.client().transcriptions.create(SOURCE), sdk.APIError);
      assert.equal(server.asked.length, 1);
    });
  }

  it("ends after maxRetries, with the last error", async (test) => {
    const server = await scripted(test, refused(503, "api_error", "service_unavailable", AT_ONCE));
    await assert.rejects(server.client({ maxRetries: 2 }).me(), { name: "ServerError", code: "service_unavailable" });
    assert.equal(server.asked.length, 3);
  });

  it("is not done by calls of their own: each has its idempotency key", async (test) => {
    const server = await scripted(test, json(202, transcription()));
    const { transcriptions } = server.client();
    await Promise.all([transcriptions.create(SOURCE), transcriptions.create(SOURCE)]);
    assert.equal(new Set(server.asked.map(({ headers }) => headers["idempotency-key"])).size, 2);
  });

  it("pauses twice as long each time, up to 8 s, by chance less, or as long as the service asks for", () => {
    const lost = new APIConnectionError("");
    const pauses = [0, 1, 2, 3, 4, 5].map((retries) => pauseMs(lost, retries, () => 1));
    assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 8000]);
    assert.equal(
      pauseMs(lost, 3, () => 0),
      0,
    );
    const busy = (seconds: string) => errorOf(429, new Headers({ "Retry-After": seconds }), "");
    assert.deepEqual([pauseMs(busy("7"), 0), pauseMs(busy("60"), 0), pauseMs(busy("61"), 0)], [7000, 60_000, null]);
    const date = new Headers({ "Retry-After": "Wed, 21 Oct 2026 07:28:05 GMT" });
    assert.equal(retryAfterSeconds(date, Date.parse("2026-10-21T07:28:00Z")), 5);
  });
});

describe("an error", () => {
  for (const [status, type, name] of [
    [422, "invalid_request_error", "InvalidRequestError"],
    [404, "invalid_request_error", "NotFoundError"],
    [409, "invalid_request_error", "ConflictError"],
    [401, "authentication_error", "AuthenticationError"],
    [403, "permission_error", "PermissionDeniedError"],
    [402, "payment_required_error", "PaymentRequiredError"],
    [409, "idempotency_error", "IdempotencyError"],
    [429, "rate_limit_error", "RateLimitError"],
    [503, "api_error", "ServerError"],
    [418, "an_error_of_tomorrow", "APIError"],
  ] as const) {
    it(`of the type ${type} with ${status} is a ${name} with all that was said`, async (test) => {
      const server = await scripted(test, refused(status, type, "the_code", { "Retry-After": "7" }));
      await assert.rejects(server.client({ maxRetries: 0 }).me(), (error) => {
        assert(error instanceof sdk.APIError);
        assert.deepEqual(
          { ...error },
          {
            name,
            status,
            type,
            code: "the_code",
            param: "url",
            requestId: "req_1",
            docUrl: "https://transcribe.example/developers/errors#the_code",
            retryAfterSeconds: 7,
          },
        );
        assert.equal(error.message, "About the_code.");
        return true;
      });
    });
  }

  it("is known by its status where a proxy answers", async (test) => {
    const server = await scripted(test, (_, response) => {
      response.writeHead(502, { "X-Request-Id": "req_9" }).end("<h1>Bad Gateway</h1>");
    });
    await assert.rejects(server.client({ maxRetries: 0 }).me(), {
      name: "ServerError",
      code: null,
      status: 502,
      requestId: "req_9",
    });
  });

  it("tells of an answer that is not the API's, and of a redirect, which is not followed", async (test) => {
    const server = await scripted(
      test,
      (_, response) => void response.end("<h1>Welcome</h1>"),
      (_, response) => void response.writeHead(302, { Location: "/elsewhere" }).end(),
    );
    await assert.rejects(server.client().me(), sdk.UnexpectedAnswerError);
    await assert.rejects(server.client().me(), sdk.UnexpectedAnswerError);
    assert.equal(server.asked.length, 2);
  });

  it("tells of an address where nobody answers", async () => {
    const nobody = new sdk.Transcribe({ apiKey: KEY, baseUrl: "http://127.0.0.1:1", maxRetries: 1 });
    await assert.rejects(nobody.me(), (error: Error) => error instanceof sdk.APIConnectionError && !!error.cause);
  });

  it("tells of an answer that takes longer than timeoutMs, as a whole", async (test) => {
    const server = await scripted(test, (_, response) => void response.write("{"));
    await assert.rejects(server.client({ timeoutMs: 500, maxRetries: 1 }).me(), sdk.APITimeoutError);
    assert.equal(server.asked.length, 2);
  });
});

describe("an aborted signal", () => {
  it("ends a request, a pause, and what has not begun, with its own reason", async (test) => {
    let stop = new AbortController();
    const soon = () => void setTimeout(() => stop.abort(new Error("Too late.")), 50);
    const busy = refused(503, "api_error", "x", { "Retry-After": "50" });
    const server = await scripted(test, soon, (asked, response) => {
      soon();
      return busy(asked, response);
    });
    for (let calls = 0; calls < 2; calls++) {
      stop = new AbortController();
      await assert.rejects(server.client().me({ signal: stop.signal }), /Too late/);
    }
    await assert.rejects(server.client().me({ signal: AbortSignal.abort(new Error("Enough.")) }), /Enough/);
    assert.equal(server.asked.length, 2);
  });
});
