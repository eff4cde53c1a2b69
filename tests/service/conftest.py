"""One whole service for the modules that can share it: starting one takes a core most of a minute."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.running import Running, running_service


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """In the order of the modules: what was secret is looked for before anything is killed."""
    with running_service(Path(str(tmp_path_factory.mktemp("service")))) as running:
        yield running
