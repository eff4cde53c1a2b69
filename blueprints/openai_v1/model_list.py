"""The models that can be named, as OpenAI lists theirs."""

from typing import Any

from flask import Blueprint, Response, g

from blueprints.api_v1.replies import reply
from blueprints.inputs import Nothing, read_query
from blueprints.openai_v1.model_names import pipeline_named, pipelines_by_name
from speech.pipelines import Pipeline

blueprint = Blueprint("models", __name__, url_prefix="/models")

# A date that OpenAI's shape wants and nothing here has: 2026-01-01.
CREATED = 1_767_225_600


@blueprint.get("")
def index() -> Response:
    read_query(Nothing)
    named = pipelines_by_name(g.account)
    return reply({"object": "list", "data": [_model(name, pipeline) for name, pipeline in named.items()]})


@blueprint.get("/<name>")
def show(name: str) -> Response:
    read_query(Nothing)
    return reply(_model(name, pipeline_named(g.account, name)))


def _model(name: str, pipeline: Pipeline) -> dict[str, Any]:
    """`pipeline_code` is ours: what the name stands for on this account."""
    return {
        "id": name,
        "object": "model",
        "created": CREATED,
        "owned_by": pipeline.provider,
        "pipeline_code": pipeline.code,
    }
