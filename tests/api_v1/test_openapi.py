"""GET /openapi.json: it describes the whole API, and the API is as it describes."""

import ast
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate
from typing_extensions import get_type_hints, is_typeddict

import rendering.events
import rendering.shapes
from blueprints.api_v1 import shapes, webhook_shapes
from blueprints.api_v1.documents import OPERATIONS
from blueprints.api_v1.documents.openapi import document as make_document
from blueprints.api_v1.documents.operation import Operation
from blueprints.api_v1.documents.schemas import schemas
from blueprints.inputs import Input
from errors import Outcome, every_error
from runtime import config, installed_pipelines
from tests.api_v1.conformance import Documented
from tests.api_v1.expectations import routes

# Errors of the pages, the store, Stripe's events and /v1: no operation of the API answers them.
OF_OTHERS = {
    "sign_in_required",
    "cross_site_refused",
    "upload_refused",
    "storage_full",
    "payments_unavailable",
    "invalid_signature",
    "too_many_keys",
    "still_processing",
}
WHERE = (
    "Add an Operation for each in the module of blueprints/api_v1/documents/ that is named like the routes' own; "
    "a new module is also named in its __init__.py."
)


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    return dict(app.test_client().get("/openapi.json").get_json())


@pytest.fixture
def documented(document: dict[str, Any]) -> Documented:
    return Documented(document)


def openapi_path(rule: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.removeprefix("/api/v1"))


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document, outside of its examples."""
    if isinstance(node, dict):
        yield node
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key != "examples":
            yield from nodes(value)


def test_it_is_a_valid_document(document: dict[str, Any]) -> None:
    validate(document)
    assert document["openapi"].startswith("3.1.")
    assert document["servers"] == [{"url": f"{config().base_url}/api/v1"}]


def test_anybody_may_read_and_keep_it(app: Flask) -> None:
    answer = app.test_client().get("/openapi.json", headers={"Origin": "https://app.example"})

    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Request-Id" in answer.headers
    again = app.test_client().get("/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_it_has_every_route_and_no_other(document: dict[str, Any], app: Flask) -> None:
    exist = {(method, openapi_path(rule)) for method, rule in routes(app) if method != "HEAD"}
    told = {
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
        if method != "parameters"
    }

    assert exist - told == set(), f"These routes are not in the document. {WHERE}"
    assert told - exist == set(), "The document has routes that do not exist."


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_what_a_view_reads_is_what_is_told(app: Flask, operation: Operation) -> None:
    (rule,) = (
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1") and openapi_path(rule.rule) == operation.path
        if operation.method in (rule.methods or ())
    )
    view = inspect.unwrap(app.view_functions[rule.endpoint])
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(view))) if isinstance(node, ast.Call)]

    read = {ast.unparse(call) for call in calls if ast.unparse(call.func) in ("read_json", "read_query")}
    models = {"read_json": operation.body, "read_query": operation.query}
    assert read == {f"{reader}({model.__name__})" for reader, model in models.items() if model is not None}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_field_of_a_request_is_described(documented: Documented, operation: Operation) -> None:
    told = documented.operation(operation.id)
    fields = {each["name"]: each for each in told.get("parameters", []) if each.get("in") == "query"}
    if "requestBody" in told:
        fields |= documented.resolved(told["requestBody"]["content"]["application/json"]["schema"])["properties"]

    models = [model for model in (operation.body, operation.query) if model is not None]
    assert set(fields) == {info.alias or name for model in models for name, info in model.model_fields.items()}
    silent = [name for name, field in fields.items() if not field.get("description")]
    assert silent == [], "Say what they are for in docstrings below them, in blueprints/inputs.py."


def test_every_field_of_an_answer_is_described(documented: Documented) -> None:
    rooms = (shapes, webhook_shapes, rendering.shapes, rendering.events)
    kinds = [(room, kind) for room in rooms for kind in vars(room).values() if is_typeddict(kind)]
    for room, kind in kinds:
        if kind.__module__ != room.__name__ or kind is shapes.ListShape:
            continue
        fields = documented.document["components"]["schemas"][kind.__name__.removesuffix("Shape")]["properties"]
        assert set(fields) == set(get_type_hints(kind))
        silent = [name for name, told in fields.items() if "description" not in {**documented.resolved(told), **told}]
        assert silent == [], f"Say what they are in docstrings below them, in {kind.__name__} of {room.__name__}."


def test_every_id_in_a_path_is_described(document: dict[str, Any]) -> None:
    ids = [each for methods in document["paths"].values() for each in methods.get("parameters", [])]
    assert [each["name"] for each in ids if not each["description"]] == [], "Add it to IDS in documents/texts.py."


def test_bodies_refuse_what_they_do_not_name(document: dict[str, Any]) -> None:
    bodies = {each.body.__name__ for each in OPERATIONS if each.body is not None and each.body.model_fields}
    assert {name for name in bodies if document["components"]["schemas"][name]["additionalProperties"]} == set()


def test_nothing_is_described_twice(document: dict[str, Any]) -> None:
    components = document["components"]["schemas"]
    objects = [node for node in nodes(document) if "properties" in node]
    choices = Counter(tuple(node["enum"]) for node in nodes(document) if "enum" in node)
    used = {node["$ref"] for node in nodes(document) if "$ref" in node}

    assert [each for each in objects if each not in components.values()] == []
    assert [choice for choice, count in choices.items() if count > 1] == []
    assert {f"#/components/schemas/{name}" for name in components} - used == set()


def test_operations_are_named_as_methods_of_a_client(document: dict[str, Any]) -> None:
    names = [operation.id for operation in OPERATIONS]

    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)] == []
    assert {operation.tag for operation in OPERATIONS} == {tag["name"] for tag in document["tags"]}


def test_every_error_is_listed(document: dict[str, Any]) -> None:
    components = document["components"]["schemas"]

    assert set(components["ErrorCode"]["enum"]) == {kind.code for kind in every_error()} - OF_OTHERS
    assert set(components["FailureCode"]["enum"]) > {kind.code for kind in every_error() if issubclass(kind, Outcome)}
    assert set(components["ErrorObject"]["properties"]["type"]["enum"]) == {kind.type for kind in every_error()}


def test_the_operations_list_every_error_but_those_of_any_address(document: dict[str, Any]) -> None:
    listed = {example["value"]["error"]["code"] for example in document["components"]["examples"].values()}

    assert listed == set(document["components"]["schemas"]["ErrorCode"]["enum"]) - {
        "invalid_request",
        "method_not_allowed",
    }


def test_posts_take_an_idempotency_key(documented: Documented) -> None:
    key = {"$ref": "#/components/parameters/IdempotencyKey"}
    with_key = {told["operationId"] for told in documented.operations() if key in told.get("parameters", [])}
    assert with_key == {operation.id for operation in OPERATIONS if operation.method == "POST"}


def test_a_parameter_that_is_required_says_so() -> None:
    class Search(Input):
        q: str
        limit: int = 20

    parameters = schemas(bodies=set(), queries={Search}, shapes=set()).parameters(Search)

    assert {each["name"]: each["required"] for each in parameters} == {"q": True, "limit": False}


def test_the_pipelines_are_those_of_this_installation(document: dict[str, Any]) -> None:
    assert document["components"]["schemas"]["PipelineCode"]["enum"] == [*installed_pipelines(), "import"]


def test_a_pipeline_that_is_not_available_says_so() -> None:
    first, *others = installed_pipelines().values()
    pipelines = {each.code: replace(each, is_available=each is first) for each in (first, *others)}

    told = make_document("https://transcribe.example", pipelines)["components"]["schemas"]["PipelineCode"]

    assert told["enum"] == [*pipelines, "import"]
    assert [" not set up" in line for line in told["description"].splitlines()] == [
        False,
        *(True for _ in others),
        False,
    ]


def test_every_example_is_what_its_schema_asks_for(documented: Documented) -> None:
    contents = [node for node in nodes(documented.document) if "schema" in node and "examples" in node]

    assert len(contents) > len(OPERATIONS)
    for content in contents:
        for name, example in content["examples"].items():
            assert documented.flaws(content["schema"], documented.resolved(example)["value"]) == [], name


def test_every_answer_has_an_example_and_every_body_too() -> None:
    for operation in OPERATIONS:
        assert operation.answer.examples or operation.answer.files or operation.answer.status == 204, operation.id
        assert operation.examples or operation.body is None or not operation.body.model_fields, operation.id
