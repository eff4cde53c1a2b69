"""Places for real servers, and how to wait for what other processes do."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def _reachable_directory() -> Path:
    # Not pytest's tmp_path: that is mode 0700, and as root the servers run as another user who must get through.
    directory = Path(tempfile.mkdtemp(prefix="processes-", dir="/tmp"))
    directory.chmod(0o711)
    return directory


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that any user may pass through, with a short path."""
    directory = _reachable_directory()
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def shared_place() -> Iterator[Path]:
    """The same for a whole file of tests."""
    directory = _reachable_directory()
    yield directory
    shutil.rmtree(directory)
