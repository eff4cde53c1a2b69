// examples/github-action, its script as it stands, between a stand-in of GitHub and the running service.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { promisify } from "node:util";
import { listening } from "./loopback.js";
import { API_KEY, BASE_URL, client, RECORDING, SPOKEN } from "./running.js";

const SCRIPT = new URL("../../examples/github-action/transcribe-release.mjs", import.meta.url);
const TOKEN = "ghs_test";

/** A release with an episode and its cover, as GitHub's REST API shows and takes them. */
async function released(test: TestContext) {
  const audio = await readFile(RECORDING);
  const attached = new Map<string, { type: string; body: string }>();
  const asset = Date.now();
  const github = await listening(test, ({ method, url, headers }, body, response) => {
    const refuse = (status: number) =>
      void response.writeHead(status).end(JSON.stringify({ message: `${method} ${url}` }));
    if (url === "/storage/episode.flac") return void response.end(audio);
    if (headers.authorization !== `Bearer ${TOKEN}`) return refuse(401);
    const { pathname, searchParams } = new URL(url, "http://github");
    if (method === "GET" && pathname === `/repos/ada/podcast/releases/assets/${asset}`) {
      if (headers.accept !== "application/octet-stream") return refuse(415);
      return void response.writeHead(302, { Location: "/storage/episode.flac" }).end();
    }
    if (method !== "POST" || pathname !== "/repos/ada/podcast/releases/7/assets") return refuse(404);
    const [name, type] = [searchParams.get("name"), headers["content-type"]];
    if (!name || !type || attached.has(name) || body.length === 0) return refuse(422); // GitHub's already_exists among them.
    attached.set(name, { type, body: String(body) });
    response.writeHead(201).end("{}");
  });
  const shown = (extra: object[] = []) => ({
    id: 7,
    tag_name: "episode-7",
    name: "Episode 7",
    upload_url: `${github}/repos/ada/podcast/releases/7/assets{?name,label}`,
    assets: [
      {
        id: asset,
        name: "episode.flac",
        size: audio.length,
        url: `${github}/repos/ada/podcast/releases/assets/${asset}`,
      },
      { id: 2, name: "cover.png", size: 1, url: `${github}/repos/ada/podcast/releases/assets/2` },
      ...extra,
    ],
  });
  return { asset, attached, shown };
}

async function action(test: TestContext, release: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "transcribe-client-"));
  test.after(() => rm(folder, { recursive: true }));
  const event = join(folder, "event.json");
  await writeFile(event, JSON.stringify({ action: "published", release }));
  const env = {
    PATH: process.env["PATH"],
    GITHUB_EVENT_PATH: event,
    GITHUB_TOKEN: TOKEN,
    TRANSCRIBE_API_KEY: API_KEY,
    TRANSCRIBE_BASE_URL: BASE_URL,
  };
  return (await promisify(execFile)(process.execPath, [SCRIPT.pathname], { env })).stdout;
}

it("the action attaches captions and show notes to a release, and pays once", async (test) => {
  const { asset, attached, shown } = await released(test);
  assert.match(await action(test, shown()), /uploading[^]*completed[^]*episode\.srt is attached/);

  const text = (name: string) => attached.get(name)?.body.replace(/\s+/g, " ") ?? "";
  assert.match(text("episode.srt"), /^1 00:00:00,\d{3} --> /);
  assert.match(text("episode.srt"), SPOKEN);
  assert.match(text("episode.vtt"), /^WEBVTT /);
  assert.match(text("episode.notes.md"), /## Chapters - 00:00:00 \S/);
  assert.match(attached.get("episode.vtt")?.type ?? "", /^text\/vtt/);
  if (attached.has("episode.chapters.json")) assert(JSON.parse(text("episode.chapters.json")).chapters.length > 0);

  // Run again after it was interrupted: what is there stays, what was paid for is not paid for again.
  const before = [...attached.keys()];
  attached.delete("episode.vtt");
  const again = await action(test, shown([...attached.keys()].map((name, id) => ({ id: 100 + id, name, size: 1 }))));
  assert.equal(again, "episode.vtt is attached.\n");
  assert.deepEqual([...attached.keys()].sort(), before.sort());
  const made = await client.transcriptions.list({ metadata: { github_asset: String(asset) } }).firstPage();
  assert.equal(made.data.length, 1);
});

it("the action says so when a release has no audio, and when GitHub refuses", async (test) => {
  const { shown } = await released(test);
  const release = shown();
  assert.match(await action(test, { ...release, assets: [] }), /has no audio/);
  const [episode] = release.assets as { url: string }[];
  const gone = { ...release, assets: [{ ...episode, id: 9, url: `${episode?.url}9` }] };
  await assert.rejects(action(test, gone), /GitHub answered 404/);
});
