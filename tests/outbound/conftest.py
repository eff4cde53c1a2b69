from collections.abc import Iterator

import pytest

from tests.outbound.loopback_server import LoopbackServer, loopback_server
from tests.outbound.wire import Wire, lay_wire


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with loopback_server() as running:
        yield running


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    return lay_wire(monkeypatch)
