import type { operations } from "./generated/openapi.js";
import { ROUTES } from "./generated/routes.js";

/** The name of an operation in the OpenAPI document, which has its method, path and types. */
export type OperationId = keyof typeof ROUTES;

type Parameters<K extends OperationId> = operations[K]["parameters"];
type Success = 200 | 201 | 202 | 204;

/** What goes into the query of an operation. */
export type QueryOf<K extends OperationId> = NonNullable<Parameters<K>["query"]>;

/** The JSON that an operation takes. */
export type BodyOf<K extends OperationId> = operations[K] extends {
  requestBody: { content: { "application/json": infer Body } };
}
  ? Body
  : never;

/** The JSON that an operation answers with when all is well; `void` where that is no body. */
export type AnswerOf<K extends OperationId> = {
  [S in keyof operations[K]["responses"]]: S extends Success
    ? operations[K]["responses"][S] extends { content: { "application/json": infer Answer } }
      ? Answer
      : void
    : never;
}[keyof operations[K]["responses"]];

/** What the list is of that an operation answers with. */
export type ItemOf<K extends OperationId> = AnswerOf<K> extends { data: (infer Item)[] } ? Item : never;

/** What is put into the path, the query and the body of one request. */
export interface Input {
  path?: Record<string, string>;
  query?: object;
  body?: object;
}

/** Method and address of an operation below `baseUrl`. */
export function route(operation: OperationId, baseUrl: string, input: Input): { method: string; url: string } {
  const [method = "", template = ""] = ROUTES[operation].split(" ");
  const path = template.replace(/{(\w+)}/g, (_, name: string) => segment(name, input.path?.[name]));
  const query = queryString(input.query ?? {});
  return { method, url: `${baseUrl}${path}${query && `?${query}`}` };
}

/** An id as a part of a path. An empty one would lead to another address, such as that of the whole list. */
function segment(name: string, id: unknown): string {
  if (typeof id !== "string" || !/[^.]/.test(id)) {
    throw new TypeError(`${name} must be an id, not ${JSON.stringify(id)}`);
  }
  return encodeURIComponent(id);
}

/** Lists are separated by commas, pairs written as `metadata[key]=value`; what is undefined or null is left out. */
function queryString(query: object): string {
  const pairs = Object.entries(query).flatMap(([name, value]: [string, unknown]): [string, string][] => {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return [[name, value.join(",")]];
    if (typeof value === "object") return Object.entries(value).map(([key, each]) => [`${name}[${key}]`, String(each)]);
    return [[name, String(value)]];
  });
  return new URLSearchParams(pairs).toString();
}
