"""Every operation of the document has a method, and the method is that operation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sdks.document import api_document
from tests.sdks.python.clients import KEY, Kind, asked
from tests.sdks.python.loopback import Reply, in_turn, loopback
from transcribe_client import Client, File
from transcribe_client.operations import Resource, _Method

DOCUMENT = api_document()
# What the query of an operation cannot do without.
REQUIRED = {"q": "words", "format": "srt", "transcription_ids": ["tr_1"], "formats": ["srt"]}
STREAMS = "stream_transcription_events"


@dataclass(frozen=True)
class Operation:
    """One operation as the document tells of it."""

    id: str
    method: str
    path: str
    described: dict[str, Any]

    @property
    def ids(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    def body(self) -> dict[str, Any]:
        """The first example of its body."""
        content = self.described.get("requestBody", {}).get("content", {}).get("application/json", {})
        return next((dict(each["value"]) for each in content.get("examples", {}).values()), {})

    def query(self) -> dict[str, Any]:
        given = self.described.get("parameters", [])
        return {each["name"]: REQUIRED[each["name"]] for each in given if each.get("required")}

    def answers(self) -> Iterator[Reply]:
        """Every good answer that the document has an example of."""
        ((status, answer),) = ((int(key), value) for key, value in self.described["responses"].items() if key[0] == "2")
        for media_type, content in answer.get("content", {"": {"examples": {"": {"value": None}}}}).items():
            for example in content.get("examples", {"": {"value": ""}}).values():
                value = example["value"]
                body = value.encode() if isinstance(value, str) else value if value is not None else b""
                yield Reply(status, body, {"Content-Type": media_type} if media_type else {})


def operations() -> Iterator[Operation]:
    for path, methods in DOCUMENT["paths"].items():
        for method, described in methods.items():
            if method != "parameters":
                yield Operation(described["operationId"], method.upper(), path, described)


def methods() -> dict[str, str]:
    """The SDK's methods by the operation they are."""
    with Client("tsk_live_x") as client:
        nouns = {name: type(each) for name, each in vars(client).items() if isinstance(each, Resource)}
    found = [("", Client), *nouns.items()]
    return {
        method.operation_id: f"{noun}.{name}".lstrip(".")
        for noun, kind in found
        for owner in kind.__mro__
        for name, method in vars(owner).items()
        if isinstance(method, _Method) and method.operation_id is not None
    }


def test_there_is_a_method_for_every_operation_and_no_other() -> None:
    assert sorted(methods()) == sorted(operation.id for operation in operations()), (
        "Give each new operation a method in sdks/python/src/transcribe_client/resources/, and run `make sdks`."
    )


@pytest.mark.parametrize("operation", [*operations()], ids=lambda operation: operation.id)
def test_a_method_sends_what_is_documented_and_reads_every_example(kind: Kind, operation: Operation) -> None:
    path = operation.path
    for name in operation.ids:
        path = path.replace(f"{{{name}}}", "an_id")
    replies = [*operation.answers()]
    with loopback(in_turn(*replies)) as server:
        for reply in replies:
            outcome = asked(kind, server.url, lambda client: _called(client, operation))
            assert outcome is not None or operation.method == "DELETE"
            assert not isinstance(outcome, File) or outcome.content == reply.content
    for request in server.requests:
        assert (request.method, request.path) == (operation.method, f"/api/v1{path}")
        assert (request.json if request.body else {}) == operation.body()
        assert ("idempotency-key" in request.headers) == (operation.method == "POST")


@pytest.mark.parametrize("operation", [*operations()], ids=lambda operation: operation.id)
def test_the_sample_of_the_reference_does_what_it_says(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = (each["source"] for each in operation.described["x-codeSamples"] if each["lang"] == "python")
    with loopback(in_turn(*operation.answers())) as server:
        monkeypatch.setenv("TRANSCRIBE_API_KEY", KEY)
        monkeypatch.setenv("TRANSCRIBE_BASE_URL", server.url)
        run: dict[str, Any] = {}
        exec(code, run)
        run["client"].close()
    (request, *_) = server.requests
    assert request.method == operation.method
    assert re.fullmatch(re.sub(r"{\w+}", r"\\w+", f"/api/v1{operation.path}"), request.path)
    assert (request.json if request.body else {}) == operation.body()


def _called(client: Any, operation: Operation) -> Any:
    method = client
    for name in methods()[operation.id].split("."):
        method = getattr(method, name)
    return method(*("an_id" for _ in operation.ids), **operation.query(), **operation.body())
