import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Webhook as Independent } from "standardwebhooks";
import { Webhook, WebhookVerificationError } from "transcribe-client";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const BODY = '{"id":"evt_1","type":"transcription.completed","timestamp":"2026-11-22T08:00:00Z","data":{"id":"tr_1"}}';

/** Headers as the independent library of the specification signs them. */
function signed(body = BODY, { secret = SECRET, at = new Date() } = {}): Record<string, string> {
  return {
    "webhook-id": "msg_1",
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Independent(secret).sign("msg_1", at, body),
  };
}

const seconds = (count: number) => new Date(Date.now() + count * 1000);

describe("a webhook", () => {
  it("takes the vector that the specification publishes", async (test) => {
    test.mock.timers.enable({ apis: ["Date"], now: 1696200454_000 });
    const body =
      '{"type": "example.created", "timestamp":"2023-09-28T19:20:22+00:00", "data":{"str":"string","bool":true,"int":42}}';
    const headers = {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1696200454",
      "webhook-signature": "v1,GgjvufBlIj71MBIVQotYGb+xEC3LNXCsIZp0HsDC8qs=",
    };
    const event = await new Webhook("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").verify(body, headers);
    assert.equal(event.type, "example.created");
  });

  it("takes what the independent library signs, as text and bytes, with headers of every kind", async () => {
    const webhook = new Webhook(SECRET);
    const bytes = new TextEncoder().encode(BODY);
    for (const body of [BODY, bytes, bytes.buffer, Buffer.from(BODY)]) {
      const event = await webhook.verify(body, new Headers(signed()));
      assert(event.type === "transcription.completed");
      assert.equal(event.data.id, "tr_1");
    }
    const upper = Object.fromEntries(Object.entries(signed()).map(([name, value]) => [name.toUpperCase(), [value]]));
    assert.equal((await webhook.verify(BODY, upper)).id, "evt_1");
  });

  it("takes either secret while one takes another's place, among several signatures", async () => {
    const both = {
      ...signed(),
      "webhook-signature": `v1a,xyz v1,AAAA ${signed(BODY, { secret: OTHER })["webhook-signature"]}`,
    };
    assert.equal((await new Webhook(OTHER).verify(BODY, both)).id, "evt_1");
    assert.equal((await new Webhook([SECRET, OTHER]).verify(BODY, both)).id, "evt_1");
    await assert.rejects(new Webhook(SECRET).verify(BODY, both), WebhookVerificationError);
  });

  const { "webhook-signature": good = "" } = signed();
  for (const [what, body, headers] of [
    ["another body", `${BODY} `, signed()],
    ["another secret", BODY, signed(BODY, { secret: OTHER })],
    ["another id", BODY, { ...signed(), "webhook-id": "msg_2" }],
    ["a signature of another version", BODY, { ...signed(), "webhook-signature": good.replace("v1,", "v2,") }],
    ["a signature that is not base64", BODY, { ...signed(), "webhook-signature": "v1,%%%" }],
    ["a delivery of six minutes ago", BODY, signed(BODY, { at: seconds(-360) })],
    ["a delivery from the future", BODY, signed(BODY, { at: seconds(360) })],
    ["a time that is none", BODY, { ...signed(), "webhook-timestamp": "now" }],
    ["no signature", BODY, { ...signed(), "webhook-signature": "" }],
    ["no headers", BODY, {}],
    ["a signed text that is no event", "[]", signed("[]")],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(new Webhook(SECRET).verify(body, headers), WebhookVerificationError);
    });
  }

  it("takes a delivery of four minutes ago", async () => {
    await new Webhook(SECRET).verify(BODY, signed(BODY, { at: seconds(-240) }));
  });

  it("says what is wrong with a body that was parsed, and with a secret that is none", async () => {
    await assert.rejects(new Webhook(SECRET).verify(JSON.parse(BODY), signed()), /before it is parsed/);
    assert.throws(() => new Webhook("whsec_%"), TypeError);
    assert.throws(() => new Webhook([]), TypeError);
  });
});
