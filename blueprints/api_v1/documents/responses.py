"""What an operation answers, good and bad, as the responses of the API's document."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from blueprints.api_v1.documents import OPERATIONS
from blueprints.api_v1.documents.operation import Operation, Refusal, every_refusal
from blueprints.api_v1.documents.schemas import Json
from blueprints.api_v1.documents.texts import ON_EVERY_ANSWER

ASK_AGAIN = frozenset({"rate_limited", "service_unavailable", "not_ready", "idempotency_key_in_use"})


def responses(operation: Operation, references: Mapping[Any, Json]) -> dict[str, Json]:
    """The responses by status. A status with one code alone is shared by all operations."""
    found = {str(operation.answer.status): _answered(operation, references)}
    if operation.answer.has_revisions:
        found["304"] = {"description": "It is as in `If-None-Match`.", "headers": _headers([*ON_EVERY_ANSWER, "ETag"])}
    for status, refused in sorted(_by_status(operation).items()):
        (name, *others) = (_name(each) for each in refused)
        found[str(status)] = _refused(refused) if others else {"$ref": f"#/components/responses/{name}"}
    return found


def shared_responses() -> dict[str, Json]:
    """The responses that `responses` refers to, by name."""
    alone = [refused for each in OPERATIONS for refused in _by_status(each).values() if len(refused) == 1]
    return {_name(refused[0]): _refused(refused) for refused in alone}


def error_examples(base_url: str) -> dict[str, Json]:
    """An example of every refusal, by name."""
    return {_name(each): _example(each, base_url) for operation in OPERATIONS for each in every_refusal(operation)}


def content(schema: Json, examples: Mapping[str, Any], media_type: str = "application/json") -> dict[str, Json]:
    """A body by its media type, with examples by what they show."""
    return {media_type: {"schema": schema, "examples": {name: {"value": value} for name, value in examples.items()}}}


def _by_status(operation: Operation) -> dict[int, list[Refusal]]:
    found: dict[int, list[Refusal]] = {}
    for refusal in every_refusal(operation):
        found.setdefault(refusal.status, []).append(refusal)
    return found


def _answered(operation: Operation, references: Mapping[Any, Json]) -> Json:
    answer = operation.answer
    location = ["Location"] if answer.has_location else []
    replayed = ["Idempotent-Replayed"] if operation.method == "POST" else []
    file = ["Content-Disposition"] if answer.files else []
    revision = ["ETag"] if answer.has_revisions else []
    headers = _headers([*ON_EVERY_ANSWER, *location, *replayed, *file, *revision])
    response: Json = {"description": answer.description, "headers": headers}
    if operation.creates is not None:
        response["links"] = _links(operation.creates)
    if answer.shape is not None:
        response["content"] = content(references[answer.shape], answer.examples)
    if answer.files:
        response["content"] = {**response.get("content", {}), **_files(answer.files)}
    if answer.events:
        response["content"] = content({"type": "string"}, answer.examples, "text/event-stream")
        # OpenAPI 3.1 has no word for the parts of a stream.
        events = {name: references[shape] for name, shape in answer.events.items()}
        response["content"]["text/event-stream"]["x-events"] = events
    return response


def _links(created: str) -> dict[str, Json]:
    """Where the id of what was created leads."""
    there = {each.id: {created: "$response.body#/id"} for each in OPERATIONS if each.ids == [created]}
    return {name: {"operationId": name, "parameters": parameters} for name, parameters in there.items()}


def _files(files: Mapping[str, str | None]) -> dict[str, Json]:
    """Files by their media type. OpenAPI 3.1 describes bytes by saying nothing of their schema."""
    found: dict[str, Json] = {}
    for media_type, example in files.items():
        found |= {media_type: {}} if example is None else content({"type": "string"}, {"A file": example}, media_type)
    return found


def _refused(refused: Sequence[Refusal]) -> Json:
    codes = [each.code for each in refused]
    headers = [*ON_EVERY_ANSWER, *(["Retry-After"] if ASK_AGAIN.intersection(codes) else [])]
    return {
        "description": f"{HTTPStatus(refused[0].status).phrase}: {', '.join(f'`{code}`' for code in codes)}.",
        "headers": _headers(headers),
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Error"},
                "examples": {each.code: {"$ref": f"#/components/examples/{_name(each)}"} for each in refused},
            }
        },
    }


def _headers(names: Sequence[str]) -> dict[str, Json]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _name(refusal: Refusal) -> str:
    """With the status, since a code has two where it refuses a request and also ends a transcription."""
    return f"{refusal.code}_{refusal.status}"


def _example(refusal: Refusal, base_url: str) -> Json:
    error = {
        "type": refusal.type,
        "code": refusal.code,
        "message": refusal.message,
        "param": None,
        "request_id": "req_01kanx6f8q2b7v5n9d4h1m3c6t",
        "doc_url": f"{base_url}/developers/errors#{refusal.code}",
    }
    return {"value": {"error": error}}
