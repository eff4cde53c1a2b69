"""The addresses that are for programs: a key in the place of the cookie, any origin, counted requests, JSON errors."""

from flask import Flask, Response, g, request

from auth import require_api_key
from blueprints import rate_limits

CORS = {
    "Access-Control-Allow-Origin": "*",  # There is no ambient authority to abuse: no cookie is read here.
    "Access-Control-Expose-Headers": "X-Request-Id, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
    "Retry-After, Location, Idempotent-Replayed, Content-Disposition, ETag, X-Transcription-Id",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, PATCH, DELETE",
    # The asterisk is for what clients of other APIs send along; it does not cover Authorization.
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, X-Request-Id, *",
    "Access-Control-Max-Age": "86400",
}


def register(app: Flask) -> None:
    app.before_request(_admit)
    app.after_request(_add_headers)


def is_for_programs() -> bool:
    """Whether this request is for the API, the face that speaks OpenAI's, or the one that speaks MCP."""
    return request.path.startswith(("/api/", "/v1/")) or request.path.rstrip("/") == "/mcp"


def _admit() -> Response | None:
    """Answer preflights, count the request, and find out who is calling."""
    if not is_for_programs():
        return None
    if request.method == "OPTIONS":
        return Response(status=204, headers=PREFLIGHT)
    rate_limits.count_key()
    if request.endpoint is not None:
        with rate_limits.count_address_on_refusal():
            require_api_key()
    return None


def _add_headers(response: Response) -> Response:
    if is_for_programs():
        response.headers.update(CORS)
        response.headers.update(g.get("rate_limit_headers", {}))
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
    return response
