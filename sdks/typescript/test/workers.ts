// A Worker in workerd, the runtime of Cloudflare Workers, with the built package beside it.
import { readdir, readFile } from "node:fs/promises";
import type { TestContext } from "node:test";
import { Miniflare, type MiniflareOptions } from "miniflare";

const DIST = new URL("../../dist/", import.meta.url);

/** A Worker of these modules, the first of which is its main one, until the test ends. */
export async function inWorkers(
  test: TestContext,
  modules: Record<string, string>,
  bindings: Record<string, string>,
  more: Partial<MiniflareOptions> = {},
): Promise<Miniflare> {
  const built = (await readdir(DIST, { recursive: true })).filter((name) => name.endsWith(".js") && name !== "node.js");
  const published = await Promise.all(
    built.map(async (name) => [`dist/${name}`, await readFile(new URL(name, DIST), "utf8")] as const),
  );
  const all = [
    ...Object.entries(modules),
    ["transcribe-client", 'export * from "./dist/index.js";'] as const,
    ...published,
  ];
  const worker = new Miniflare({
    compatibilityDate: "2026-04-01",
    host: "127.0.0.1",
    cf: false, // Or it would ask the Internet where it is.
    modules: all.map(([path, contents]) => ({ type: "ESModule" as const, path, contents })),
    bindings,
    ...more,
  } as MiniflareOptions);
  test.after(() => worker.dispose());
  return worker;
}
