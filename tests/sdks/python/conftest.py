"""Both kinds of client, and a service in memory."""

from collections.abc import Iterator

import pytest

from tests.sdks.python.clients import Kind
from tests.sdks.python.service import Service, serving


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> Kind:
    kind: Kind = request.param
    return kind


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as service:
        yield service
