"""The API's OpenAPI document, for whoever wants it: no key, any origin, and any cache."""

import json
from functools import cache

from flask import Blueprint, Response, request

from blueprints.api_v1.documents.openapi import document
from blueprints.programs import CORS
from runtime import config, installed_pipelines

KEPT_SECONDS = 300

blueprint = Blueprint("openapi", __name__)


@blueprint.get("/openapi.json")
def show() -> Response:
    response = Response(_document(), content_type="application/json")
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.after_app_request
def _open(response: Response) -> Response:
    """For the whole app, since only so it has the last word: the pages' own rule lets nothing be cached."""
    if request.endpoint == "openapi.show":
        response.headers.update(CORS)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response


@cache
def _document() -> bytes:
    """Made once in a process: pipelines and address are its configuration's."""
    return json.dumps(document(config().base_url, installed_pipelines()), ensure_ascii=False).encode()
