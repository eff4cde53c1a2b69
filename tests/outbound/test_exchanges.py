"""One POST to a receiver that may be anything: slow, loud, elsewhere, or an attack (P26, P29, P34)."""

import asyncio
import socket
import ssl
import time
from pathlib import Path

import pytest

from outbound.exchanges import MOST_BYTES_KEPT, Exchange, Fault, Poster
from outbound.guard import guarded_async_client
from tests.outbound.loopback_server import Exchange as Request
from tests.outbound.loopback_server import LoopbackServer, loopback_server
from tests.outbound.test_guard import contexts_for
from tests.outbound.wire import Wire

OURS = frozenset({"127.0.0.1"})


def post(
    url: str,
    *,
    seconds: float = 5.0,
    allowed_hosts: frozenset[str] = OURS,
    tls: ssl.SSLContext | None = None,
) -> Exchange:
    async def once() -> Exchange:
        poster = Poster(allowed_hosts=allowed_hosts)
        client = guarded_async_client(allowed_hosts=allowed_hosts, connect_seconds=2, connections=4, tls=tls)
        async with client:
            return await poster.post(client, url, headers={"webhook-id": "evt_1"}, body=b"{}", seconds=seconds)

    return asyncio.run(once())


def test_what_is_posted_and_answered(server: LoopbackServer) -> None:
    server.routes["/hook"] = lambda request: request.reply("thänks".encode(), status=201)

    exchange = post(server.url("/hook"))

    ((path, headers),) = server.requests
    assert (path, headers["webhook-id"], server.bodies) == ("/hook", "evt_1", [b"{}"])
    assert headers["User-Agent"].startswith("transcribe/")
    assert (exchange.status, exchange.answer, exchange.fault) == (201, "thänks", None)


@pytest.mark.parametrize("status", [200, 500])
def test_of_a_long_answer_the_beginning_is_kept_and_the_rest_not_read(server: LoopbackServer, status: int) -> None:
    sent = []

    def pour(request: Request) -> None:
        request.head(status, {"Content-Length": str(5 << 20)})
        for _ in range(5 << 4):
            request.wfile.write(b"x" * 65536)
            sent.append(65536)

    server.routes["/hook"] = pour
    exchange = post(server.url("/hook"))

    assert (exchange.status, exchange.answer) == (status, "x" * MOST_BYTES_KEPT)
    assert sum(sent) < 5 << 20


@pytest.mark.parametrize("what", ["head", "body"])
def test_P26_an_answer_that_drips_in_is_cut_off_when_its_time_is_up(server: LoopbackServer, what: str) -> None:
    def drip(request: Request) -> None:
        if what == "body":
            request.head(200, {"Content-Length": "1000"})
        for byte in b"HTTP/1.1 200 OK and so on and on":
            request.wfile.write(bytes([byte]))
            time.sleep(0.05)

    server.routes["/hook"] = drip
    began = time.monotonic()
    exchange = post(server.url("/hook"), seconds=0.4)

    assert (exchange.status, exchange.fault) == (None, Fault.TIMED_OUT)
    assert time.monotonic() - began < 1.5


def test_P26_a_redirect_is_an_answer_and_is_not_followed(server: LoopbackServer) -> None:
    server.routes["/hook"] = lambda request: request.redirect(server.url("/inside"))

    assert post(server.url("/hook")).status == 302
    assert server.paths == ["/hook"]


def test_P34_a_refused_address_and_a_closed_port_are_told_alike() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}/"

    faults = [post(closed).fault, post("https://10.0.0.1/", allowed_hosts=frozenset()).fault]

    assert faults == [Fault.UNREACHABLE, Fault.UNREACHABLE]


@pytest.mark.parametrize("url", ["http://hooks.example.com/", "https://rebound.example.com/", "https://127.1/"])
def test_P29_nothing_is_sent_inside_whatever_was_saved(url: str, wire: Wire) -> None:
    wire.names = {"rebound.example.com": [["127.0.0.1"]], "hooks.example.com": [["93.184.216.34"]]}

    assert post(url, allowed_hosts=frozenset()).fault is Fault.UNREACHABLE
    assert wire.connected == []


def test_a_connection_that_is_cut_is_no_answer(server: LoopbackServer) -> None:
    server.routes["/hook"] = lambda request: request.connection.shutdown(socket.SHUT_RDWR)

    assert post(server.url("/hook")).fault is Fault.NO_ANSWER


def test_a_connection_that_was_closed_between_two_requests_costs_neither(server: LoopbackServer) -> None:
    server.routes["/hook"] = lambda request: request.reply()  # The server closes, and does not say so.

    async def many() -> list[int | None]:
        poster = Poster(allowed_hosts=OURS)
        async with guarded_async_client(allowed_hosts=OURS, connect_seconds=2, connections=4) as client:
            return [
                (await poster.post(client, server.url("/hook"), headers={}, body=b"{}", seconds=5)).status
                for _ in range(20)
            ]

    assert asyncio.run(many()) == [200] * 20


def test_a_certificate_of_somebody_else_is_told(tmp_path: Path) -> None:
    serving, trusting = contexts_for("media.internal", tmp_path)
    with loopback_server(serving) as server:
        exchange = post(f"https://127.0.0.1:{server.port}/", tls=trusting)

    assert exchange.fault is Fault.TLS_FAILED


@pytest.mark.parametrize("value", ["120", "Sun, 29 Nov 2999 00:00:00 GMT"])
def test_P26_retry_after_is_read_in_both_forms(server: LoopbackServer, value: str) -> None:
    server.routes["/hook"] = lambda request: request.reply(status=503, headers={"Retry-After": value})

    seconds = post(server.url("/hook")).retry_after_seconds

    assert seconds is not None
    assert seconds >= 120


def test_a_name_server_that_keeps_silent_costs_its_own_request_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: time.sleep(0.8))
    began = time.monotonic()

    async def once() -> float:
        poster = Poster(allowed_hosts=OURS)
        client = guarded_async_client(allowed_hosts=OURS, connect_seconds=2, connections=4)
        exchange = await poster.post(client, "https://hooks.example.com/", headers={}, body=b"", seconds=0.2)
        assert exchange.fault is Fault.TIMED_OUT
        assert len(poster.left_behind) == 1
        return time.monotonic() - began

    assert asyncio.run(once()) < 0.7
