"""The OpenAPI 3.1 document of the API, put together from its operations and the schemas of what they take and give."""

from collections.abc import Mapping

from blueprints.api_v1.documents import OPERATIONS
from blueprints.api_v1.documents.codes import code_schemas
from blueprints.api_v1.documents.events import TAG as EVENTS_TAG
from blueprints.api_v1.documents.events import WEBHOOKS, Webhook
from blueprints.api_v1.documents.operation import Operation
from blueprints.api_v1.documents.responses import content, error_examples, responses, shared_responses
from blueprints.api_v1.documents.samples import samples
from blueprints.api_v1.documents.schemas import Json, Schemas, schemas
from blueprints.api_v1.documents.texts import (
    BEARER,
    HEADERS,
    IDEMPOTENCY_KEY,
    IDS,
    INFO,
    TAGS,
    WEBHOOK_DESCRIPTION,
    WEBHOOK_HEADERS,
    WEBHOOK_RESPONSES,
)
from blueprints.api_v1.shapes import ErrorShape
from speech.pipelines import Pipeline


def document(base_url: str, pipelines: Mapping[str, Pipeline]) -> Json:
    """What clients, and those who generate clients, read: all of /api/v1 at `base_url`."""
    known = _schemas()
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "servers": [{"url": f"{base_url}/api/v1"}],
        "security": [{"bearer": []}],
        "tags": TAGS,
        "paths": _paths(known, base_url),
        "webhooks": {each.type.value: {"post": _webhook(each, known)} for each in WEBHOOKS},
        "components": {
            "schemas": {**known.components, **code_schemas(pipelines)},
            "responses": shared_responses(),
            "parameters": {"IdempotencyKey": IDEMPOTENCY_KEY, **WEBHOOK_HEADERS},
            "headers": HEADERS,
            "examples": error_examples(base_url),
            "securitySchemes": {"bearer": BEARER},
        },
    }


def _schemas() -> Schemas:
    return schemas(
        bodies={each.body for each in OPERATIONS if each.body is not None and each.body.model_fields},
        queries={each.query for each in OPERATIONS if each.query is not None and each.query.model_fields},
        shapes={
            ErrorShape,
            *(shape for each in OPERATIONS for shape in each.answer.shapes),
            *(each.shape for each in WEBHOOKS),
        },
    )


def _paths(known: Schemas, base_url: str) -> dict[str, Json]:
    paths: dict[str, Json] = {}
    for operation in OPERATIONS:
        path = paths.setdefault(operation.path, _path(operation))
        path[operation.method.lower()] = {
            **_operation(operation, known),
            "x-codeSamples": samples(operation, base_url),
        }
    return paths


def _path(operation: Operation) -> Json:
    ids = [
        {"name": name, "in": "path", "required": True, "description": IDS.get(name, ""), "schema": {"type": "string"}}
        for name in operation.ids
    ]
    return {"parameters": ids} if ids else {}


def _operation(operation: Operation, known: Schemas) -> Json:
    described: Json = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "responses": responses(operation, known.references),
    }
    parameters = known.parameters(operation.query)
    if operation.method == "POST":
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    if parameters:
        described["parameters"] = parameters
    if operation.body is not None and operation.body in known.references:
        body = content(known.references[operation.body], operation.examples)
        is_required = any(each.is_required() for each in operation.body.model_fields.values())
        described["requestBody"] = {"required": is_required, "content": body}
    return described


def _webhook(webhook: Webhook, known: Schemas) -> Json:
    return {
        "operationId": webhook.id,
        "tags": [EVENTS_TAG],
        "summary": webhook.summary,
        "description": WEBHOOK_DESCRIPTION,
        "security": [],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in WEBHOOK_HEADERS],
        "requestBody": {"required": True, "content": content(known.references[webhook.shape], webhook.examples)},
        "responses": WEBHOOK_RESPONSES,
    }
