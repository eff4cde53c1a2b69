// Writes src/generated/ from an OpenAPI document: `node generate.mjs DOCUMENT FOLDER`.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

// Codes are added over time, and a service may have a model of its own: these take any string besides those listed.
const OPEN = new Set(["PipelineCode", "ErrorCode", "FailureCode", "Stage", "Engine"]);
const NOTE = "// Generated from the OpenAPI document by ./generate. Do not edit.\n\n";

const [source, folder] = process.argv.slice(2);
const text = await readFile(source, "utf8");
const { paths } = JSON.parse(text);

const types = await openapiTS(text, {
  defaultNonNullable: false,
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
  postTransform(type, { path }) {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(path ?? "")?.[1];
    return OPEN.has(name) ? ts.factory.createUnionTypeNode([type, anyString()]) : undefined;
  },
});
const routes = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([, operation]) => operation.operationId)
    .map(([method, operation]) => `  ${operation.operationId}: "${method.toUpperCase()} ${path}",\n`),
);

await mkdir(folder, { recursive: true });
await writeFile(join(folder, "openapi.ts"), NOTE + astToString(types));
await writeFile(
  join(folder, "routes.ts"),
  `${NOTE}import type { operations } from "./openapi.js";\n\n/** Method and path of every operation that is asked for; the document has some that the service itself asks for. */\n` +
    `export const ROUTES = {\n${routes.join("")}} as const satisfies Partial<Record<keyof operations, string>>;\n`,
);

/** `string & {}`: any string, without the listed ones being lost to completion. */
function anyString() {
  return ts.factory.createIntersectionTypeNode([
    ts.factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword),
    ts.factory.createTypeLiteralNode([]),
  ]);
}
