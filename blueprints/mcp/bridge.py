"""One HTTP exchange of the web server handed to the library, which speaks ASGI.

Each runs in a loop of its own in its request's own thread: a tool may take its time there without anybody else waiting
for it, and finds the request's account where every view does.
"""

import logging
from functools import cache
from urllib.parse import urlsplit

import anyio
from flask import Request, Response
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import Message, Scope

from blueprints.mcp.server import server
from runtime import config

# A name that resolves to an address of this machine cannot be one of these, so a page elsewhere cannot get here by it.
OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]")
KEPT_FROM_TOOLS = frozenset({"authorization", "cookie"})

# It would tell of every request, which our own log does.
logging.getLogger("mcp").setLevel(logging.WARNING)


def exchange(request: Request) -> Response:
    """The library's answer to a POST."""
    return anyio.run(_exchange, _scope(request), request.get_data())


async def _exchange(scope: Scope, body: bytes) -> Response:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    answer = Response()

    async def receive() -> Message:
        if not pending:
            await anyio.sleep_forever()  # Nobody hangs up on us: that is not known before we write.
        return pending.pop()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status_code = message["status"]
            for name, value in message["headers"]:
                answer.headers[name.decode("latin-1")] = value.decode("latin-1")
        else:
            answer.set_data(answer.get_data() + message.get("body", b""))

    # A manager serves once. It keeps nothing: neither from request to request nor from client to client.
    manager = StreamableHTTPSessionManager(server(), json_response=True, stateless=True, security_settings=_security())
    async with manager.run():
        await manager.handle_request(scope, receive, send)
    return answer


def _scope(request: Request) -> Scope:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in request.headers
        if name.lower() not in KEPT_FROM_TOOLS
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": request.path,
        "query_string": b"",
        "root_path": "",
        "headers": headers,
    }


@cache
def _security() -> TransportSecuritySettings:
    """What Host and Origin may say: this service's own address, and this machine's. No Origin at all is no browser."""
    base = urlsplit(config().base_url)
    schemes = ("http", "https")
    return TransportSecuritySettings(
        allowed_hosts=[base.netloc, *OWN_HOSTS, *(f"{host}:*" for host in OWN_HOSTS)],
        allowed_origins=[
            config().base_url,
            *(f"{scheme}://{host}{port}" for scheme in schemes for host in OWN_HOSTS for port in ("", ":*")),
        ],
    )
