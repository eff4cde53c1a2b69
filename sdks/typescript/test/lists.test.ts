import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Answering, json, scripted, transcription } from "./scripted.js";

const LAST = 5;

/** Two a page; a cursor is the number to begin with. */
const pages: Answering = (asked, response) => {
  const first = Number(new URL(asked.url, "http://x").searchParams.get("cursor") ?? 1);
  const data = [first, first + 1]
    .filter((number) => number <= LAST)
    .map((number) => transcription({ id: `tr_${number}` }));
  const has_more = first + 2 <= LAST;
  json(200, { data, has_more, next_cursor: has_more ? String(first + 2) : null })(asked, response) as void;
};

describe("a list", () => {
  it("gives every row of every page, with the filters in each request", async (test) => {
    const server = await scripted(test, pages);
    const ids: string[] = [];
    for await (const each of server.client().transcriptions.list({ status: "failed" })) ids.push(each.id);
    assert.deepEqual(ids, ["tr_1", "tr_2", "tr_3", "tr_4", "tr_5"]);
    assert.deepEqual(
      server.asked.map(({ url }) => url.split("?")[1]),
      ["status=failed", "status=failed&cursor=3", "status=failed&cursor=5"],
    );
  });

  it("asks for no page that is not read", async (test) => {
    const server = await scripted(test, pages);
    const list = server.client().transcriptions.list();
    assert.equal(server.asked.length, 0);
    for await (const each of list) if (each.id === "tr_2") break;
    assert.equal(server.asked.length, 1);
  });

  it("gives its pages, and the first alone", async (test) => {
    const server = await scripted(test, pages);
    const list = server.client().transcriptions.list();
    const sizes: number[] = [];
    for await (const page of list.pages()) sizes.push(page.data.length);
    assert.deepEqual(sizes, [2, 2, 1]);
    assert.equal((await list.firstPage()).next_cursor, "3");
  });
});
