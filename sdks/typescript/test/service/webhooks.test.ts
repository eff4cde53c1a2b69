import assert from "node:assert/strict";
import { it } from "node:test";
import { Webhook, type WebhookEvent } from "transcribe-client";
import { listening, until } from "./loopback.js";
import { client, RECORDING_URL } from "./running.js";

it("the service's own deliveries are verified, with each secret while one takes another's place", async (test) => {
  const delivered: { body: Buffer; headers: Record<string, string | string[] | undefined> }[] = [];
  const url = await listening(test, ({ headers }, body, response) => {
    delivered.push({ body, headers });
    response.end();
  });
  const { id, secret } = await client.webhookEndpoints.create({ url, events: ["transcription.completed"] });
  assert(secret);
  test.after(() => client.webhookEndpoints.delete(id));

  const { id: made } = await client.transcriptions.create({ source: "external_url", url: RECORDING_URL });
  const { body, headers } = await until(() => delivered[0]);
  const event: WebhookEvent = await new Webhook(secret).verify(body, headers);
  assert(event.type === "transcription.completed");
  assert.deepEqual([event.data.id, event.data.status], [made, "completed"]);
  assert.deepEqual(await client.events.get(event.id), event);

  const { secret: next } = await client.webhookEndpoints.rotateSecret(id);
  assert(next && next !== secret);
  await client.webhookEndpoints.test(id);
  const rotated = await until(() => delivered[1]);
  for (const either of [secret, next]) {
    assert.equal((await new Webhook(either).verify(rotated.body, rotated.headers)).type, "webhook.test");
  }
  for await (const delivery of client.webhookEndpoints.deliveries(id)) assert.equal(delivery.webhook_endpoint_id, id);
});
