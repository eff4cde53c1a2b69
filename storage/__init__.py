"""Where recordings are kept. `ObjectStore` is what the rest of the service knows."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PresignedPut:
    """An address that takes one object by PUT, with exactly these headers, until it expires."""

    url: str
    headers: dict[str, str]


class ObjectStore(Protocol):
    """Named objects of bytes. Keys are ours (`media/…`, `audio/…`), never made from a customer's words.

    `is_public` says whether a signed address of this store can be reached from anywhere.
    """

    @property
    def is_public(self) -> bool: ...

    def put_file(self, key: str, path: Path) -> None:
        """Take the file over under `key`, replacing what was there; `path` is gone afterwards."""

    def local_copy(self, key: str) -> AbstractContextManager[Path]:
        """A path that holds the object's bytes while the block runs; read only. KeyError when there is none."""

    def size_bytes(self, key: str) -> int | None:
        """The object's size, or None when there is none."""

    def presigned_put(
        self, key: str, *, size_bytes: int, content_type: str, sha256: str | None, expires_seconds: int
    ) -> PresignedPut:
        """Leave to write one new object of just this size, type and (lower-case hexadecimal) checksum."""

    def presigned_get(self, key: str, *, content_type: str, expires_seconds: int) -> str:
        """An address at which whoever has it may read the object until it expires."""

    def delete(self, key: str) -> None:
        """Remove the object; no error when there is none."""

    def keys(self, prefix: str, older_than_seconds: float = 0) -> Iterator[str]:
        """Every key under a prefix whose object was last written at least so long ago."""
