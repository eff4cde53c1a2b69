"""The JSON API under /api/v1: a Bearer token in the place of the session cookie, and the handlers of the pages."""

from flask import Blueprint, Response, g, request

from auth import require_api_key
from blueprints.api_v1 import (
    account,
    edits,
    events,
    exports,
    questions,
    quotes,
    rate_limits,
    search,
    transcriptions,
    trash,
    uploads,
    webhooks,
)

blueprint = Blueprint("api_v1", __name__, url_prefix="/api/v1")
blueprint.register_blueprint(account.blueprint)
blueprint.register_blueprint(edits.blueprint)
blueprint.register_blueprint(quotes.blueprint)
blueprint.register_blueprint(questions.blueprint)
blueprint.register_blueprint(search.blueprint)
blueprint.register_blueprint(transcriptions.blueprint)
blueprint.register_blueprint(trash.blueprint)
blueprint.register_blueprint(exports.blueprint)
blueprint.register_blueprint(uploads.blueprint)
blueprint.register_blueprint(webhooks.blueprint)
blueprint.register_blueprint(events.blueprint)

CORS = {
    "Access-Control-Allow-Origin": "*",  # There is no ambient authority to abuse: no cookie is read here.
    "Access-Control-Expose-Headers": "X-Request-Id, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
    "Retry-After, Location, Idempotent-Replayed, Content-Disposition, ETag",
}
# A day of speech with the times of its words.
TAKE_TRANSCRIPTS = {"api_v1.transcriptions.create", "api_v1.quotes.create"}
MAX_TRANSCRIPT_BYTES = 16 * 1024**2
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, X-Request-Id",
    "Access-Control-Max-Age": "86400",
}


@blueprint.before_app_request
def _admit() -> Response | None:
    """Answer preflights, count the request, and find out who is calling."""
    if not _is_ours():
        return None
    if request.method == "OPTIONS":
        return Response(status=204, headers=PREFLIGHT)
    if request.endpoint in TAKE_TRANSCRIPTS:
        request.max_content_length = MAX_TRANSCRIPT_BYTES
    rate_limits.count_key()
    if request.endpoint is not None:
        with rate_limits.count_address_on_refusal():
            require_api_key()
    return None


@blueprint.after_app_request
def _add_headers(response: Response) -> Response:
    if _is_ours():
        response.headers.update(CORS)
        response.headers.update(g.get("rate_limit_headers", {}))
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _is_ours() -> bool:
    return request.path.startswith("/api/")
