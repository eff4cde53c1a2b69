// The code of the README is type-checked as its readers would have it: each block by itself, against what is published.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { promisify } from "node:util";

const PACKAGE = new URL("../../", import.meta.url);
const README = await readFile(new URL("README.md", PACKAGE), "utf8");

// Node knows no DOM, and browsers and Workers know no Node; the types that are published must do with either.
const PLACES: Record<string, { lib: string[]; types: string[] }> = {
  node: { lib: ["ES2023"], types: ["node"] },
  web: { lib: ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable"], types: [] },
};
const PLACE_OF_BLOCK: Record<string, string> = { "": "web", worker: "web", run: "node", node: "node" };

describe("the README", () => {
  for (const place of Object.keys(PLACES)) {
    it(`has code for ${place} that compiles`, async () => {
      const blocks = [...README.matchAll(/^```ts ?(\w*)\n([^]*?)^```$/gm)];
      const folder = new URL(`build/readme/${place}/`, PACKAGE);
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      const here = blocks.filter(([, kind = ""]) => PLACE_OF_BLOCK[kind] === place);
      assert(here.length >= 3);
      await Promise.all(here.map(([, , code = ""], index) => writeFile(new URL(`${index}.ts`, folder), code)));
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
      assert.equal(told.stdout, "");
    });
  }
});
