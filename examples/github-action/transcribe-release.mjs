// Puts captions and show notes beside the audio of a release: NAME.srt, NAME.vtt, NAME.notes.md, and the chapters for podcast apps.
import { readFile } from "node:fs/promises";
import { ConflictError, Transcribe } from "transcribe-client";

const AUDIO = /\.(mp3|m4a|wav|flac|ogg|opus|aac|mp4|mov|webm)$/i;
const { GITHUB_TOKEN, GITHUB_EVENT_PATH } = process.env;
const { release } = JSON.parse(await readFile(GITHUB_EVENT_PATH, "utf8"));
const client = new Transcribe(); // TRANSCRIBE_API_KEY and TRANSCRIBE_BASE_URL

const present = new Set(release.assets.map(({ name }) => name));
const episodes = release.assets.filter(({ name }) => AUDIO.test(name));
if (episodes.length === 0) console.log(`${release.tag_name} has no audio.`);

for (const asset of episodes) {
  const result = (await transcribedBefore(asset)) ?? (await transcribe(asset));
  for (const { name, type, body } of await filesOf(asset, result)) {
    if (present.has(name)) continue; // A run that was interrupted goes on where it was.
    await attach(name, type, body);
    console.log(`${name} is attached.`);
  }
}

/** What is said in it; its bytes pass through here, but are never all here. */
async function transcribe(asset) {
  console.log(`${asset.name}: sending ${asset.size} bytes.`);
  const recording = await github(asset.url, { headers: { Accept: "application/octet-stream" } });
  let stage = "";
  return client.transcribe(
    { stream: recording.body, sizeBytes: asset.size, filename: asset.name },
    {
      title: `${release.name || release.tag_name}: ${asset.name}`,
      metadata: { github_asset: String(asset.id) },
      onProgress(progress) {
        if (stage !== progress.stage) console.log(`${asset.name}: ${(stage = progress.stage)}`);
      },
    },
  );
}

/** Its result where an earlier run has paid for it. */
async function transcribedBefore(asset) {
  const same = { status: "completed", metadata: { github_asset: String(asset.id) } };
  for await (const { id } of client.transcriptions.list(same)) return client.transcriptions.result(id);
  return null;
}

async function filesOf(asset, result) {
  const base = asset.name.replace(/\.\w+$/, "");
  const files = [{ name: `${base}.notes.md`, type: "text/markdown", body: notes(result) }];
  for (const [format, ending] of [
    ["srt", "srt"],
    ["vtt", "vtt"],
    ["chapters_podcast", "chapters.json"],
  ]) {
    try {
      const file = await client.transcriptions.export(result.id, { format });
      files.push({ name: `${base}.${ending}`, type: file.mediaType, body: await file.bytes() });
    } catch (error) {
      if (!(error instanceof ConflictError && error.code === "chapters_unavailable")) throw error; // Too short for any.
    }
  }
  return files;
}

/** Show notes: what it is about, and where to find what. */
function notes({ summary, chapters }) {
  const points = summary.bullets.map(({ text }) => `- ${text}`);
  const places = chapters.map(({ start, title }) => `- ${clock(start)} ${title}`);
  return [summary.short, points.join("\n"), "## Chapters", places.join("\n")].filter(Boolean).join("\n\n") + "\n";
}

function clock(seconds) {
  const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => Math.floor(part));
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

async function attach(name, type, body) {
  const url = release.upload_url.replace(/{.*}$/, "") + `?name=${encodeURIComponent(name)}`;
  await github(url, { method: "POST", headers: { "Content-Type": type }, body });
}

async function github(url, init) {
  const headers = { Accept: "application/vnd.github+json", ...init.headers, Authorization: `Bearer ${GITHUB_TOKEN}` };
  const response = await fetch(url, { ...init, headers });
  if (!response.ok) throw new Error(`GitHub answered ${response.status} to ${url}: ${await response.text()}`);
  return response;
}
