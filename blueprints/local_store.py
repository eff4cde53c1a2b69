"""The local store's own addresses, signed: where an upload arrives and a provider fetches when there is no bucket."""

from flask import Blueprint, Response, request, send_file

from errors import NotFound
from runtime import config, store
from storage.local import LocalStore

blueprint = Blueprint("local_store", __name__)

CORS = {
    "Access-Control-Allow-Origin": "*",  # The signature in the address is the authority, not a cookie.
    "Access-Control-Allow-Methods": "PUT",
    "Access-Control-Allow-Headers": "Content-Type, If-None-Match, Content-MD5",
    "Access-Control-Max-Age": "3600",  # Or a browser asks leave again before every part.
}


@blueprint.put("/store/<token>")
def put(token: str) -> Response:
    local = store()
    if not isinstance(local, LocalStore):
        raise NotFound()
    request.max_content_length = config().max_media_bytes
    local.receive(
        token,
        request.stream,  # type: ignore[arg-type]
        length=request.content_length,
        content_type=request.headers.get("Content-Type", ""),
    )
    return Response(status=200)


@blueprint.put("/store/parts/<token>")
def put_part(token: str) -> Response:
    local = store()
    if not isinstance(local, LocalStore):
        raise NotFound()
    request.max_content_length = config().max_media_bytes
    local.receive_part(token, request.stream, length=request.content_length)  # type: ignore[arg-type]
    return Response(status=200)


@blueprint.get("/store/<token>")
def get(token: str) -> Response:
    """A recording for whoever has its address: a provider that fetches what it shall transcribe."""
    local = store()
    if not isinstance(local, LocalStore):
        raise NotFound()
    path, content_type = local.readable(token)
    response = send_file(path, mimetype=content_type, conditional=True, etag=False, max_age=0)
    response.headers["Content-Disposition"] = "attachment"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.after_request
def _allow_any_origin(response: Response) -> Response:
    response.headers.update(CORS)
    return response
