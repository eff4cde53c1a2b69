"""Where recordings are kept. `ObjectStore` is what the rest of the service knows."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol


class ObjectStore(Protocol):
    """Named objects of bytes. Keys are ours (`media/…`, `audio/…`), never made from a customer's words."""

    def put_file(self, key: str, path: Path) -> None:
        """Take the file over under `key`, replacing what was there; `path` is gone afterwards."""

    def local_copy(self, key: str) -> AbstractContextManager[Path]:
        """A path that holds the object's bytes while the block runs; read only. KeyError when there is none."""

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None:
        """Remove the object; no error when there is none."""

    def keys(self, prefix: str, older_than_seconds: float = 0) -> Iterator[str]:
        """Every key under a prefix whose object was last written at least so long ago."""
