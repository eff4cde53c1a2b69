import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Transcribe } from "transcribe-client";
import { ROUTES } from "../src/generated/routes.js";
import { json, scripted } from "./scripted.js";

const REVISION = { revision: 1 };

// An operation that is new in the document is missing here until it has a method: this does not compile then.
const METHODS: Record<keyof typeof ROUTES, (client: Transcribe) => Promise<unknown>> = {
  create_transcription: (client) => client.transcriptions.create({ source: "upload", upload_id: "up_1" }),
  list_transcriptions: (client) => client.transcriptions.list().firstPage(),
  get_transcription: (client) => client.transcriptions.get("ID"),
  update_transcription: (client) => client.transcriptions.update("ID", { title: "Talk" }),
  delete_transcription: (client) => client.transcriptions.delete("ID"),
  cancel_transcription: (client) => client.transcriptions.cancel("ID"),
  retry_transcription: (client) => client.transcriptions.retry("ID"),
  understand_transcription: (client) => client.transcriptions.understand("ID"),
  get_transcription_result: (client) => client.transcriptions.result("ID"),
  wait_for_transcription: (client) => client.transcriptions.poll("ID", { timeout: 0 }),
  stream_transcription_events: (client) => client.transcriptions.events("ID", { maxRetries: 0 }).next(),
  list_trash: (client) => client.trash.list().firstPage(),
  trash_transcription: (client) => client.transcriptions.trash("ID"),
  restore_transcription: (client) => client.transcriptions.restore("ID"),
  delete_transcription_media: (client) => client.transcriptions.deleteMedia("ID"),
  edit_transcription: (client) => client.transcriptions.edit("ID", { ...REVISION, edits: [] }),
  undo_edit: (client) => client.transcriptions.undo("ID", REVISION),
  redo_edit: (client) => client.transcriptions.redo("ID", REVISION),
  list_revisions: (client) => client.transcriptions.revisions("ID").firstPage(),
  export_transcription: (client) => client.transcriptions.export("ID", { format: "srt" }),
  export_transcriptions: (client) => client.transcriptions.exportMany({ transcription_ids: ["ID"], formats: ["srt"] }),
  create_share: (client) => client.shares.create("ID", { parts: ["summary"] }),
  list_shares: (client) => client.shares.list("ID").firstPage(),
  get_share: (client) => client.shares.get("ID"),
  update_share: (client) => client.shares.update("ID", { expires_at: null }),
  delete_share: (client) => client.shares.delete("ID"),
  search_library: (client) => client.search({ q: "words" }),
  search_transcription: (client) => client.transcriptions.search("ID", { q: "words" }),
  ask_library: (client) => client.ask({ question: "Who?" }),
  ask_transcription: (client) => client.transcriptions.ask("ID", { question: "Who?" }),
  list_questions: (client) => client.questions.list().firstPage(),
  get_question: (client) => client.questions.get("ID"),
  delete_question: (client) => client.questions.delete("ID"),
  create_quote: (client) => client.quotes.create({ source: "upload", upload_id: "up_1" }),
  create_upload: (client) => client.uploads.create({ filename: "a", content_type: "audio/mpeg", size_bytes: 1 }),
  get_upload: (client) => client.uploads.get("ID"),
  delete_upload: (client) => client.uploads.delete("ID"),
  create_upload_parts: (client) => client.uploads.createParts("ID", { part_numbers: [1] }),
  complete_upload: (client) => client.uploads.complete("ID"),
  get_me: (client) => client.me(),
  list_pipelines: (client) => client.pipelines.list().firstPage(),
  list_usage: (client) => client.usage.list({ from: "2026-11-01" }).firstPage(),
  create_webhook_endpoint: (client) => client.webhookEndpoints.create({ url: "https://example.com/hook" }),
  list_webhook_endpoints: (client) => client.webhookEndpoints.list().firstPage(),
  get_webhook_endpoint: (client) => client.webhookEndpoints.get("ID"),
  update_webhook_endpoint: (client) => client.webhookEndpoints.update("ID", { enabled: false }),
  delete_webhook_endpoint: (client) => client.webhookEndpoints.delete("ID"),
  rotate_webhook_secret: (client) => client.webhookEndpoints.rotateSecret("ID"),
  test_webhook_endpoint: (client) => client.webhookEndpoints.test("ID"),
  list_webhook_deliveries: (client) => client.webhookEndpoints.deliveries("ID").firstPage(),
  redeliver_webhook_events: (client) => client.webhookEndpoints.redeliver("ID", { since: "2026-11-22T08:00:00Z" }),
  get_webhook_delivery: (client) => client.webhookDeliveries.get("ID"),
  redeliver_webhook: (client) => client.webhookDeliveries.redeliver("ID"),
  list_events: (client) => client.events.list({ since: "2026-11-22T08:00:00Z" }).firstPage(),
  get_event: (client) => client.events.get("ID"),
};

describe("every operation of the document", () => {
  for (const [operation, route] of Object.entries(ROUTES)) {
    it(`${operation} has a method, which asks for ${route}`, async (test) => {
      const server = await scripted(test, json(200, { data: [], has_more: false, next_cursor: null }));
      // A stream of events finds none in this answer.
      await METHODS[operation as keyof typeof ROUTES](server.client()).catch((error: Error) => {
        assert.equal(error.name, "APIConnectionError");
        assert.equal(operation, "stream_transcription_events");
      });
      const [asked] = server.asked;
      const path = new URL(asked!.url, server.base).pathname;
      assert.equal(`${asked?.method} ${path}`, route.replace(/{\w+}/, "ID").replace(" ", " /api/v1"));
      assert.equal("idempotency-key" in asked!.headers, asked?.method === "POST");
    });
  }
});
