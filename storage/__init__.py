"""Where recordings are kept. `ObjectStore` is what the rest of the service knows."""

import errno
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from errors import Outcome, Unavailable

# Of S3: what one PUT may carry, and how many parts a multipart may have.
LARGEST_PUT_BYTES = 5 * 1024**3
MOST_PARTS = 10_000


class StoreUnavailable(Unavailable, Outcome):
    """The store does not answer, or not as it should: 503 to a request, and to a job a trouble that may pass."""

    type = "api_error"
    transient = True
    # It is ours, and nobody else could send the recording again any better: a quarter of an hour.
    waits_seconds = (1, 2, 4, 8, 15, 30, *[60] * 14)
    default_message = "Our store of recordings cannot be reached right now. Nothing was charged; try again in a minute."


@dataclass(frozen=True, slots=True)
class PresignedPut:
    """An address that takes one object by PUT, with exactly these headers, until it expires."""

    url: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class ArrivedPart:
    """A part of a multipart that is whole in the store. `tag` is the store's own name of its bytes."""

    number: int
    size_bytes: int
    tag: str


@dataclass(frozen=True, slots=True)
class KeysInOrder:
    """Some of the keys in a store. `last` is where to go on, None where none follow."""

    keys: list[str]
    last: str | None


def is_full(error: OSError) -> bool:
    """Whether a file could not be written for want of room."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


class ObjectStore(Protocol):
    """Named objects of bytes. Keys are ours (`media/…`, `audio/…`), never made from a customer's words.

    `is_public` says whether a signed address of this store can be reached from anywhere, `origin` is the scheme and
    host of them all. Every operation raises StoreUnavailable where the store is elsewhere and does not answer.
    """

    @property
    def is_public(self) -> bool: ...

    @property
    def origin(self) -> str: ...

    def put_file(self, key: str, path: Path, *, on_tick: Callable[[], None] = lambda: None) -> None:
        """Take the file over under `key`, replacing what was there; `path` is gone afterwards.

        Where that takes time, `on_tick` is called several times a second and may raise to give it up.
        """

    def local_copy(
        self,
        key: str,
        *,
        only: tuple[int, int] | None = None,
        scratch: Path | None = None,
        on_tick: Callable[[], None] = lambda: None,
    ) -> AbstractContextManager[Path]:
        """A path that holds the object's bytes while the block runs; read only. KeyError when there is none.

        With `only`, the first byte and the one after the last, nobody looks at the others: they may be zeros, or
        missing at the end.
        Bytes that have to be fetched lie under `scratch`, by default the system's place for temporary files, and
        `on_tick` is called meanwhile as in `put_file`.
        """

    def size_bytes(self, key: str) -> int | None:
        """The object's size, or None when there is none."""

    def presigned_put(
        self, key: str, *, size_bytes: int, content_type: str, sha256: str | None, expires_seconds: int
    ) -> PresignedPut:
        """Leave to write one new object of just this size, type and (lower-case hexadecimal) checksum."""

    def presigned_get(self, key: str, *, content_type: str, expires_seconds: int) -> str:
        """An address at which whoever has it may read the object until it expires, as an attachment of this type."""

    def delete(self, key: str) -> None:
        """Remove the object; no error when there is none."""

    def keys(self, prefix: str, older_than_seconds: float = 0) -> Iterator[str]:
        """Every key that begins so and whose object was last written at least so long ago."""

    def keys_in_order(self, *, after: str, most: int, older_than_seconds: float = 0) -> KeysInOrder:
        """Of the `most` keys that follow `after` in the order of their bytes, those whose object is so old.

        What that costs does not grow with the number of objects, but for the names of a directory on disk.
        """

    def begin_multipart(self, key: str, *, content_type: str, part_size_bytes: int) -> str:
        """Let an object of this type arrive in parts, all but the last of this size (5 MiB at least); the id of that.

        Until it is completed there is no object, and nothing under `keys`.
        """

    def presigned_part(
        self, key: str, multipart_id: str, *, number: int, size_bytes: int, md5: str | None, expires_seconds: int
    ) -> PresignedPut:
        """Leave to write one part (from 1 on) of just this size and (lower-case hexadecimal) checksum.

        The part may be written again until the multipart is completed; the last that arrived whole stays.
        """

    def arrived_parts(self, key: str, multipart_id: str) -> list[ArrivedPart]:
        """The parts that are whole, by number. KeyError where there is no such multipart of this key (any more)."""

    def complete_multipart(self, key: str, multipart_id: str, parts: list[ArrivedPart]) -> None:
        """Make these parts, all there are, the object, which nothing can change then.

        KeyError where one of them is not there, or as above; but a service may also take that for a repeat.
        """

    def abort_multipart(self, key: str, multipart_id: str) -> None:
        """Drop what arrived; no error when there is nothing to drop."""

    def drop_unfinished(self, older_than_seconds: float) -> int:
        """Drop what began to arrive so long ago and never became an object; how many of those there were."""

    def prepare(self, page_origin: str) -> dict[str, str]:
        """Set up what uploads from pages of this origin need; what was done, by what it is."""
