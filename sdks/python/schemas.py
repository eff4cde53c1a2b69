"""What the Python models are generated from: the document's schemas, without what only a server checks.

Requests and answers differ. What is sent is as strict as the document says. What is answered must be readable by a
client that is older than the server, so a list of known values there is a hint, and any other string is taken too.
"""

import keyword
import re
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]

OPTIONS = "TranscriptionOptions"
SOURCE_FIELDS = frozenset({"source", "url", "upload_id", "transcript"})
# Whether a value is allowed is for the server to say, which may be newer; it also fills in what was left out.
SAID_BY_THE_SERVER = frozenset(
    {
        "additionalProperties",
        "default",
        "discriminator",
        "examples",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
        "propertyNames",
    }
)
# Which of these there are depends on the installation and its version.
OPEN_EVERYWHERE = frozenset({"PipelineCode", "ErrorCode", "FailureCode"})


def answer_schemas(document: Json) -> dict[str, Json]:
    """The schemas of everything that is answered or sent out, by name."""
    components = document["components"]["schemas"]
    found = _reachable(components, [*_answered(document), document.get("webhooks", {})])
    shapes = {name: components[name] for name in found if _is_object(components[name])}
    return {name: _as_read(shape, components) for name, shape in shapes.items() if not _is_page(shape)}


def request_schemas(document: Json) -> dict[str, Json]:
    """The schemas of everything that is sent: bodies by their name, queries by the name of their operation."""
    components = document["components"]["schemas"]
    found = _reachable(components, [body["content"] for body in _each(document, "requestBody")])
    bodies = {name: _as_sent(components[name], components) for name in found if _is_object(components[name])}
    bodies[OPTIONS] = _options(bodies["NewTranscription"])
    return bodies | {
        f"{_class_name(operation['operationId'])}Query": _as_sent(query, components)
        for operation in _operations(document)
        if (query := _query(operation)) is not None
    }


def as_document(schemas: dict[str, Json]) -> Json:
    """Schemas alone, as the generator takes them."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Transcribe API", "version": "1"},
        "paths": {},
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def _operations(document: Json) -> Iterator[Json]:
    for methods in document["paths"].values():
        yield from (operation for method, operation in methods.items() if method != "parameters")


def _each(document: Json, part: str) -> Iterator[Json]:
    yield from (operation[part] for operation in _operations(document) if part in operation)


def _answered(document: Json) -> Iterator[Json]:
    """What comes back when all is well; refusals are read by hand, from servers of any version."""
    for responses in _each(document, "responses"):
        yield from (response for status, response in responses.items() if status.startswith("2"))


def _query(operation: Json) -> Json | None:
    """The parameters of a query as one object."""
    given = [each for each in operation.get("parameters", []) if each.get("in") == "query"]
    if not given:
        return None
    return {
        "type": "object",
        "description": f"What `{operation['operationId']}` may be narrowed by.",
        "properties": {each["name"]: {**each["schema"], "description": each["description"]} for each in given},
        "required": [each["name"] for each in given if each["required"]],
    }


def _options(create: Json) -> Json:
    """A create without its source, which a file or a URL says by itself."""
    kept = {name: field for name, field in create["properties"].items() if name not in SOURCE_FIELDS}
    return {"type": "object", "description": "How to transcribe it.", "properties": kept, "required": []}


def _reachable(components: dict[str, Json], roots: list[Json]) -> list[str]:
    """The names of all schemas that these refer to, directly or not."""
    found: dict[str, None] = {}
    waiting = [name for root in roots for name in _references(root)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += _references(components[name])
    return sorted(found)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(to := node.get("$ref"), str) and to.startswith("#/components/schemas/"):
            yield to.rpartition("/")[2]
        for key, value in node.items():
            if key not in ("examples", "x-events"):
                yield from _references(value)
        yield from _references([*node.get("x-events", {}).values()])
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)


def _is_object(schema: Json) -> bool:
    return schema.get("type") == "object" and "properties" in schema


def _is_page(schema: Json) -> bool:
    """Whether it is a page of a list, for which there is one class."""
    return set(schema["properties"]) == {"data", "has_more", "next_cursor"}


def _as_read(schema: Json, components: dict[str, Json]) -> Json:
    return _rewritten(schema, components, _open)


def _as_sent(schema: Json, components: dict[str, Json]) -> Json:
    return _rewritten(schema, components, _convenient)


def _open(schema: Json) -> Json:
    """Known values as a hint; amounts as the exact numbers they are."""
    if "enum" in schema or "const" in schema:
        hint: Json = {key: schema.pop(key) for key in ("enum", "const", "type") if key in schema}
        return {**schema, "anyOf": [hint, {"type": "string"}]} if hint.get("type") == "string" else {**schema, **hint}
    if schema.pop("x-amount", False):
        return _exact(schema)
    return schema


def _exact(schema: Json) -> Json:
    """Text as the exact number that it is, also where it may be null."""
    if "anyOf" in schema:
        return {**schema, "anyOf": [_exact(each) for each in schema["anyOf"]]}
    return {**schema, "format": "decimal"} if schema.get("type") == "string" else schema


def _convenient(schema: Json) -> Json:
    """Amounts may be exact numbers, too."""
    if schema.pop("x-amount", False):
        told = schema.pop("anyOf", None) or [{"type": schema.pop("type")}]
        return {**schema, "anyOf": [{"type": "string", "format": "decimal"}, *told]}
    return schema


def _rewritten(schema: Json, components: dict[str, Json], change: Callable[[Json], Json]) -> Json:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if _is_object(components[name]):
            return schema
        # What is not an object is written where it stands; its own description gives way.
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**components[name], **rest}
        if name in OPEN_EVERYWHERE:
            schema = {"type": "string", **rest}
    kept = {key: value for key, value in schema.items() if key not in SAID_BY_THE_SERVER}
    if "prefixItems" in schema:
        kept["items"] = {"anyOf": kept.pop("prefixItems")}
    if isinstance(schema.get("additionalProperties"), dict):
        kept["additionalProperties"] = _rewritten(schema["additionalProperties"], components, change)
    if "items" in kept:
        kept["items"] = _rewritten(kept["items"], components, change)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            kept[key] = [_rewritten(each, components, change) for each in schema[key]]
    if "properties" in schema:
        kept["properties"] = {
            _name(name): _rewritten(_marked(name, field), components, change)
            for name, field in schema["properties"].items()
        }
        kept["required"] = [_name(name) for name in schema.get("required", [])]
    return change(kept)


def _marked(name: str, field: Json) -> Json:
    """Amounts are known by their names; in the document they are text with a pattern."""
    return {**field, "x-amount": True} if name.endswith("_usd") else field


def _name(name: str) -> str:
    """`from` cannot be the name of an argument."""
    return f"{name}_" if keyword.iskeyword(name) else name


def _class_name(operation_id: str) -> str:
    return re.sub(r"(?:^|_)(\w)", lambda match: match[1].upper(), operation_id)
