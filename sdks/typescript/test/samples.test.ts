// What people copy is type-checked as they would have it, against what is published: each block of the README by itself,
// the samples of the API's reference, and the guides, in which one block goes on where the one before ended.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { promisify } from "node:util";

const PACKAGE = new URL("../../", import.meta.url);
const README = await readFile(new URL("README.md", PACKAGE), "utf8");

// Node knows no DOM, and browsers and Workers know no Node; the types that are published must do with either.
const PLACES: Record<string, { lib: string[]; types: string[] }> = {
  node: { lib: ["ES2023"], types: ["node"] },
  web: { lib: ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable"], types: [] },
  all: { lib: ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable"], types: ["node"] },
};
const PLACE_OF_BLOCK: Record<string, string> = { "": "web", worker: "web", run: "node", node: "node" };

const GUIDES = new URL("../../docs/guides/", PACKAGE);
const BEFORE_A_GUIDE = `import { Transcribe } from "transcribe-client";\nconst client = new Transcribe();\ndeclare const file: File;\n`;

/** What the compiler says of these files, by their names without the ending. */
async function complaints(name: string, place: string, code: Record<string, string>): Promise<string> {
  const folder = new URL(`build/samples/${name}/`, PACKAGE);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(code)) await writeFile(new URL(`${file}.ts`, folder), text);
  const compilerOptions = {
    ...PLACES[place],
    target: "ES2022",
    module: "NodeNext",
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    rootDir: "../../..",
  };
  await writeFile(new URL("tsconfig.json", folder), JSON.stringify({ compilerOptions }));
  const tsc = new URL("node_modules/typescript/bin/tsc", PACKAGE).pathname;
  const told = await promisify(execFile)(process.execPath, [tsc, "-p", folder.pathname]).catch((error) => error);
  return told.stdout;
}

describe("the README", () => {
  for (const place of ["node", "web"]) {
    it(`has code for ${place} that compiles`, async () => {
      const blocks = [...README.matchAll(/^```ts ?(\w*)\n([^]*?)^```$/gm)];
      const here = blocks.filter(([, kind = ""]) => PLACE_OF_BLOCK[kind] === place);
      assert(here.length >= 3);
      assert.equal(
        await complaints(
          `readme-${place}`,
          place,
          Object.fromEntries(here.map(([, , code = ""], index) => [String(index), code])),
        ),
        "",
      );
    });
  }
});

describe("the service's documentation", () => {
  it("has guides whose code compiles", async () => {
    const names = (await readdir(GUIDES)).filter((name) => name.endsWith(".md"));
    const code: Record<string, string> = {};
    for (const name of names) {
      const guide = await readFile(new URL(name, GUIDES), "utf8");
      const joined = [...guide.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, block = ""]) => block).join("\n");
      if (joined) code[name.slice(0, -3)] = joined.includes("new Transcribe(") ? joined : BEFORE_A_GUIDE + joined;
    }
    assert(Object.keys(code).length >= 4);
    assert.equal(await complaints("guides", "all", code), "");
  });

  it("has samples of every operation that compile", async () => {
    const document = JSON.parse(await readFile(new URL("../openapi.json", PACKAGE), "utf8"));
    const operations = Object.values<object>(document.paths).flatMap((path) => Object.values(path));
    const code: Record<string, string> = {};
    for (const { operationId, "x-codeSamples": samples } of operations.filter((each) => each.operationId)) {
      code[operationId] = samples.find(({ lang }: { lang: string }) => lang === "typescript").source;
    }
    assert(Object.keys(code).length >= 50);
    assert.equal(await complaints("reference", "web", code), "");
  });
});
