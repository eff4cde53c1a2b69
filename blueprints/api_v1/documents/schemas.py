"""The JSON Schemas of the API's document, made from the models that read requests and the shapes of answers."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from blueprints.inputs import Input

Json = dict[str, Any]

NULL = {"type": "null"}


@dataclass(frozen=True, slots=True)
class Schemas:
    """`components` by name, and by type the reference to its component; for a query model, its schema itself."""

    components: dict[str, Json]
    references: Mapping[Any, Json]

    def parameters(self, query: type[Input] | None) -> list[Json]:
        """The fields of a query model as parameters; none for one without fields."""
        schema = self.references.get(query, {})
        required = schema.get("required", [])
        return [_parameter(name, field, name in required) for name, field in schema.get("properties", {}).items()]


class Generator(GenerateJsonSchema):
    def normalize_name(self, name: str) -> str:
        """`TranscriptionShape` is called Transcription, `ListShape[TranscriptionShape]` TranscriptionList."""
        kind, _, item = name.replace("Shape", "").rstrip("]").partition("[")
        return super().normalize_name(item + kind)

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Json:
        """Without a default of null, which is only how a field that was left out is held."""
        described = super().default_schema(schema)
        if described.get("default", ...) is None:
            del described["default"]
        return described


def schemas(*, bodies: Set[type[Input]], queries: Set[type[Input]], shapes: Set[Any]) -> Schemas:
    """Every schema there is to publish. A query model is given away in parameters and gets no component."""
    inputs = {model: TypeAdapter(model) for model in bodies | queries}
    lists = {shape: _list_of(shape) for shape in shapes}
    by_key, definitions = TypeAdapter.json_schemas(
        [
            *((model, "validation", adapter) for model, adapter in inputs.items()),
            *((shape, "serialization", adapter) for shape, adapter in lists.items()),
        ],
        schema_generator=Generator,
        ref_template="#/components/schemas/{model}",
    )
    components = definitions["$defs"]
    references = {kind: schema.get("items", schema) for (kind, _), schema in by_key.items()}
    for query in queries:
        references[query] = components.pop(query.__name__)
    for schema in components.values():
        schema.pop("title", None)
    return Schemas(components, references)


def _list_of(shape: Any) -> TypeAdapter[Any]:
    """Pydantic takes no configuration for a TypedDict as such, but hands that of a list on to its items."""
    return TypeAdapter(list[shape], config=ConfigDict(use_attribute_docstrings=True))


def _parameter(name: str, field: Json, required: bool) -> Json:
    schema = _without_null(field)
    description = schema.pop("description", "")
    parameter = {"name": name, "in": "query", "required": required, "description": description, "schema": schema}
    if schema.get("type") == "object":
        return {**parameter, "style": "deepObject", "explode": True}
    if schema.get("type") == "array":
        return {**parameter, "style": "form", "explode": False}
    return parameter


def _without_null(schema: Json) -> Json:
    """A query says nothing by leaving a parameter out, never by null."""
    if NULL not in schema.get("anyOf", []):
        return dict(schema)
    (choice,) = (choice for choice in schema["anyOf"] if choice != NULL)
    return {**choice, **{key: value for key, value in schema.items() if key != "anyOf"}}
