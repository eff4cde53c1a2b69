"""Whether an answer is what the API's document says it is."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse

from tests.api_v1.expectations import events_of

NOT_ALWAYS = {"Retry-After", "Idempotent-Replayed"}


class Documented:
    """The document, as something to hold values and answers against."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document: dict[str, Any] = _closed(document)
        self._registry = Registry().with_resource("urn:api", DRAFT202012.create_resource(self.document))

    def flaws(self, schema: dict[str, Any], value: Any) -> list[str]:
        """What is wrong with a value by a schema of the document, empty when nothing is."""
        absolute = {**schema, "$ref": f"urn:api{schema['$ref']}"} if "$ref" in schema else schema
        formats = Draft202012Validator.FORMAT_CHECKER
        validator = Draft202012Validator(absolute, registry=self._registry, format_checker=formats)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]

    def operation(self, operation_id: str) -> dict[str, Any]:
        return dict(next(each for each in self.operations() if each["operationId"] == operation_id))

    def operations(self) -> Iterator[dict[str, Any]]:
        for path in self.document["paths"].values():
            yield from (operation for method, operation in path.items() if method != "parameters")

    def resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        """What a node stands for when it is a reference into the components, else the node."""
        if "$ref" not in node:
            return node
        _, components, kind, name = node["$ref"].split("/")
        return dict(self.document[components][kind][name])

    def answer_flaws(self, operation_id: str, answer: TestResponse) -> list[str]:
        """How an answer differs from what the document says of this operation."""
        documented = self.operation(operation_id)["responses"].get(str(answer.status_code))
        if documented is None:
            return [f"{operation_id} is not said to answer {answer.status_code}: {answer.text}"]
        response = self.resolved(documented)
        return [*self._header_flaws(response, answer), *self._body_flaws(response, answer)]

    def _header_flaws(self, response: dict[str, Any], answer: TestResponse) -> list[str]:
        told = set(response["headers"])
        sent = {name for name in self.document["components"]["headers"] if name in answer.headers}
        return [f"header {name}" for name in (told - NOT_ALWAYS - sent) | (sent - told)]

    def _body_flaws(self, response: dict[str, Any], answer: TestResponse) -> list[str]:
        if "content" not in response:
            return [f"a body: {answer.text}"] if answer.data else []
        media_type, content = answer.mimetype, response["content"].get(answer.mimetype)
        if content is None:
            return [f"{media_type} in the place of {', '.join(response['content'])}"]
        if media_type == "text/event-stream":
            events = events_of(answer.text)
            return [flaw for name, data in events for flaw in self.flaws(content["x-events"][name], data)]
        if media_type != "application/json":
            return self.flaws(content["schema"], answer.text) if "schema" in content else []
        body = answer.get_json()
        if answer.status_code >= 400 and body["error"]["code"] not in content["examples"]:
            return [f"{body['error']['code']} is not listed"]
        return self.flaws(content["schema"], body)


def _closed(node: Any) -> Any:
    """A part of the document, with no field allowed that it does not name: one that is forgotten shows as a flaw."""
    if isinstance(node, list):
        return [_closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(value) for key, value in node.items()}
    return {"additionalProperties": False, **closed} if "properties" in node else closed
