// examples/n8n, walked as n8n walks it: the same requests, sent to the running service, which wakes it by itself.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { it } from "node:test";
import { ROUTES } from "../../src/generated/routes.js";
import { listening, until } from "./loopback.js";
import { API_KEY, BASE_URL, client, RECORDING_URL, SPOKEN } from "./running.js";

const FILE = new URL("../../../../../examples/n8n/transcribe.json", import.meta.url);

interface Pair {
  name: string;
  value: string;
}
interface Node {
  name: string;
  type: string;
  parameters: {
    [name: string]: unknown;
    method: string;
    url: string;
    jsonBody?: string;
    errorMessage: string;
    headerParameters?: { parameters: Pair[] };
    queryParameters?: { parameters: Pair[] };
    assignments: { assignments: Pair[] };
    conditions: { conditions: { leftValue: string; rightValue: string; operator: { operation: string } }[] };
  };
}
interface Workflow {
  nodes: Node[];
  connections: Record<string, { main: { node: string }[][] }>;
}
type Json = Record<string, unknown>;

const workflow = JSON.parse(await readFile(FILE, "utf8")) as Workflow;

/** One execution, from the form to where it ends: what each node gave, and the error that it stopped with. */
async function execute(recording: string, execution: { id: string; resumeUrl: string }, woken: () => Promise<Json>) {
  const given = new Map<string, Json>();
  let input: Json = { Address: recording };
  for (let name: string | undefined = "Which recording?"; name !== undefined;) {
    const node = workflow.nodes.find((each) => each.name === name);
    assert(node, `there is no node ${name}`);
    const { parameters } = node;
    const $ = (other: string) => ({ first: () => ({ json: given.get(other) ?? assert.fail(`${other} comes later`) }) });
    const value = (text: string) =>
      text.startsWith("=") ? filled(text.slice(1), { $, $json: input, $execution: execution }) : text;
    let output = 0;
    switch (node.type.replace("n8n-nodes-base.", "")) {
      case "formTrigger":
        break;
      case "set":
        input = Object.fromEntries(parameters.assignments.assignments.map((each) => [each.name, value(each.value)]));
        if (input["base_url"] === "https://transcribe.example") input["base_url"] = BASE_URL; // As its reader would.
        break;
      case "httpRequest":
        input = await requested(parameters, value);
        break;
      case "wait":
        input = await woken();
        break;
      case "if": {
        const [condition] = parameters.conditions.conditions;
        assert.equal(condition?.operator.operation, "equals");
        output = value(condition.leftValue) === condition.rightValue ? 0 : 1;
        break;
      }
      case "stopAndError":
        return { given, error: value(parameters.errorMessage) };
      default:
        assert.fail(`a node of the type ${node.type}`);
    }
    given.set(name, input);
    name = workflow.connections[name]?.main[output]?.[0]?.node;
  }
  return { given, error: null };
}

/** The text with what stands between double braces computed, which in n8n is JavaScript too. */
function filled(text: string, scope: Json): string {
  return text.replace(/{{(.*?)}}/g, (_, code: string) =>
    String(new Function(...Object.keys(scope), `return ${code}`)(...Object.values(scope))),
  );
}

async function requested(parameters: Node["parameters"], value: (text: string) => string): Promise<Json> {
  assert.equal(parameters["genericAuthType"], "httpHeaderAuth");
  const headers = new Headers({ Authorization: `Bearer ${API_KEY}` });
  for (const pair of parameters.headerParameters?.parameters ?? []) headers.set(pair.name, value(pair.value));
  const url = new URL(value(parameters.url));
  for (const pair of parameters.queryParameters?.parameters ?? []) url.searchParams.set(pair.name, value(pair.value));
  const isDocumented = Object.values(ROUTES).some((route) => {
    const [method, path = ""] = route.split(" ");
    return method === parameters.method && new RegExp(`^/api/v1${path.replace(/{\w+}/g, "[^/]+")}$`).test(url.pathname);
  });
  assert(isDocumented, `${parameters.method} ${url.pathname}`);
  if (parameters.jsonBody !== undefined) headers.set("Content-Type", "application/json");
  const body = parameters.jsonBody === undefined ? null : JSON.stringify(JSON.parse(value(parameters.jsonBody)));
  const response = await fetch(url, { method: parameters.method, headers, body });
  const text = await response.text();
  assert(response.ok, text);
  return response.headers.get("Content-Type") === "application/json" ? JSON.parse(text) : { data: text };
}

it("the n8n workflow ends with transcript and captions, or says why not", async (test) => {
  const calls: Json[] = [];
  const n8n = await listening(test, (_, body, response) => {
    calls.push(JSON.parse(String(body)));
    response.end();
  });
  const started = (recording: string) => {
    const id = `${Date.now()}${recording.length}`;
    const mine = (call: Json) => (call["data"] as { metadata: Json }).metadata["n8n_execution"] === id;
    return execute(recording, { id, resumeUrl: `${n8n}/${id}` }, () => until(() => calls.find(mine)));
  };

  const { given, error } = await started(RECORDING_URL);
  assert.equal(error, null);
  assert.match(String(given.get("Get result")?.["text"]), SPOKEN);
  assert.match(String(given.get("Get captions")?.["data"]), /^1\r?\n00:00:00,\d{3} --> /);
  const { cost } = await client.transcriptions.get(String(given.get("Create transcription")?.["id"]));
  assert.equal(cost.charged_usd, "0.000917");

  const failed = await started(`${RECORDING_URL}.missing`);
  assert.match(failed.error ?? "", /no such file/);
});

it("the n8n workflow has no loose ends", () => {
  const names = new Set(workflow.nodes.map(({ name }) => name));
  const leads = Object.entries(workflow.connections).flatMap(([from, { main }]) => [
    from,
    ...main.flat().map(({ node }) => node),
  ]);
  assert.deepEqual(new Set(leads), names);
  assert.equal(names.size, workflow.nodes.length);
});
