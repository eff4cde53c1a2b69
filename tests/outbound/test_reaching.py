"""Whether a server answers, and why not."""

from pathlib import Path

import pytest

from bench.running import free_port
from outbound.reaching import Unreachable, status_of
from tests.outbound.loopback_server import loopback_server
from tests.outbound.test_guard import contexts_for


def test_the_status_is_told() -> None:
    with loopback_server() as server:
        server.routes["/healthz"] = lambda request: request.reply(status=503)
        assert status_of(server.url("/healthz")) == 503


def test_where_nobody_listens_it_is_the_kind_of_error_that_is_told() -> None:
    with pytest.raises(Unreachable, match=r"^ConnectError$"):
        status_of(f"http://127.0.0.1:{free_port()}/")


def test_a_certificate_that_nobody_vouches_for_is_told_as_such(tmp_path: Path) -> None:
    serving, _ = contexts_for("media.internal", tmp_path)
    with loopback_server(serving) as server, pytest.raises(Unreachable, match="its certificate is not trusted"):
        status_of(f"https://127.0.0.1:{server.port}/")
