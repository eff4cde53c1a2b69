"""A directory for the work of one job, named after its holder, who clears up what a killed predecessor left."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobs.lease import holder
from runtime import config


@contextmanager
def scratch_directory(public_id: str) -> Iterator[Path]:
    """An empty directory that is gone after the block."""
    config().scratch_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    directory = Path(tempfile.mkdtemp(prefix=f"{holder()}.{public_id}.", dir=config().scratch_dir))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def clear_scratch() -> None:
    """Remove the directories of this holder's earlier jobs; it has only one at a time, and none yet."""
    for directory in config().scratch_dir.glob(f"{holder()}.*"):
        shutil.rmtree(directory, ignore_errors=True)
