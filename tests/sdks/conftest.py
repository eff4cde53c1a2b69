"""One whole service for all packages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sdks.running import Running, running_service


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_service(Path(str(tmp_path_factory.mktemp("service")))) as running:
        yield running
