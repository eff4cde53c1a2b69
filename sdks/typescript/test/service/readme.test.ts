// The README's first lines of code, run as they stand.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { promisify } from "node:util";
import ts from "typescript";
import { RECORDING, SPOKEN } from "./running.js";

const PACKAGE = new URL("../../../", import.meta.url);

it("the README's quick start transcribes", async (test) => {
  const readme = await readFile(new URL("README.md", PACKAGE), "utf8");
  const [, code = ""] = /^```ts run\n([^]*?)^```$/m.exec(readme) ?? [];
  // Within the package, so that its name leads to what is built of it.
  const script = new URL("build/readme/quick_start.js", PACKAGE);
  await mkdir(new URL(".", script), { recursive: true });
  const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } }); // prettier-ignore
  await writeFile(script, outputText);
  const folder = await mkdtemp(join(tmpdir(), "transcribe-client-"));
  test.after(() => rm(folder, { recursive: true }));
  await copyFile(RECORDING, join(folder, "talk.flac"));
  const told = await promisify(execFile)(process.execPath, [script.pathname], { cwd: folder });
  assert.match(told.stdout, SPOKEN);
  assert.match(told.stdout, /^0(\.\d+)? S1 /m);
  assert.match(told.stderr, /^uploading 100 %$[^]*^completed 100 %$/m);
});
