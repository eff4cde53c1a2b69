"""MCP at /mcp (streamable HTTP): the handlers as tools for a language model, with an API key as Bearer token.

There is no session and no stream that the server opens by itself, so GET and DELETE are answered with 405.
"""

from flask import Blueprint, Response, request

blueprint = Blueprint("mcp", __name__)


@blueprint.post("/mcp")
def receive() -> Response:
    # Here, since the library takes half a second to load, and many services are never asked.
    from blueprints.mcp.bridge import exchange

    return exchange(request)
