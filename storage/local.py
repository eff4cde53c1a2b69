"""Objects as files under one directory: the store of a single machine, with signed addresses of its own."""

import errno
import hashlib
import heapq
import logging
import os
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from itsdangerous import BadSignature, URLSafeTimedSerializer

from errors import NotFound, StorageFull, UploadRefused
from storage import ArrivedPart, KeysInOrder, PresignedPut, StoreUnavailable, is_full
from storage.multiparts import Multiparts

log = logging.getLogger(__name__)

CHUNK_BYTES = 1024**2
INCOMING = "incoming"  # What is on its way, and no object yet.


class LocalStore:
    is_public = False  # BASE_URL may be, but nobody promises that.

    def __init__(self, root: Path, *, secret_key: str, base_url: str) -> None:
        self.root = root
        self._base_url = base_url
        self._signer = URLSafeTimedSerializer(secret_key, salt="storage.local")
        self._part_signer = URLSafeTimedSerializer(secret_key, salt="storage.local.part")
        self._read_signer = URLSafeTimedSerializer(secret_key, salt="storage.local.read")
        self._multiparts = Multiparts(root / INCOMING)

    @property
    def origin(self) -> str:
        return self._base_url

    def put_file(self, key: str, path: Path, *, on_tick: Callable[[], None] = lambda: None) -> None:
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        try:
            path.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            # Recordings lie on a disk of their own.
            self._copy_in(path, target, on_tick)

    @contextmanager
    def local_copy(
        self,
        key: str,
        *,
        only: tuple[int, int] | None = None,
        scratch: Path | None = None,
        on_tick: Callable[[], None] = lambda: None,
    ) -> Iterator[Path]:
        path = self._path(key)
        if not path.is_file():
            raise KeyError(key)
        yield path

    def size_bytes(self, key: str) -> int | None:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def keys(self, prefix: str, older_than_seconds: float = 0) -> Iterator[str]:
        latest = time.time() - older_than_seconds
        for path in (self.root / prefix.rpartition("/")[0]).rglob("*"):
            key = path.relative_to(self.root).as_posix()
            if key.startswith(f"{INCOMING}/"):
                continue
            try:
                if key.startswith(prefix) and path.is_file() and path.stat().st_mtime <= latest:
                    yield key
            except FileNotFoundError:
                continue  # deleted while we listed

    def keys_in_order(self, *, after: str, most: int, older_than_seconds: float = 0) -> KeysInOrder:
        latest = time.time() - older_than_seconds
        seen = list(islice(_files(self.root, "", after, most), most))
        old = [key for key in seen if _is_older(self.root / key, latest)]
        return KeysInOrder(old, seen[-1] if len(seen) == most else None)

    def presigned_put(
        self, key: str, *, size_bytes: int, content_type: str, sha256: str | None, expires_seconds: int
    ) -> PresignedPut:
        token = self._signer.dumps([key, size_bytes, content_type, sha256, expires_seconds])
        headers = {"Content-Type": content_type, "If-None-Match": "*"}
        return PresignedPut(f"{self._base_url}/store/{token}", headers)

    def receive(self, token: str, stream: BinaryIO, *, length: int | None, content_type: str) -> None:
        """Write the one object that a ticket of ours allows; UploadRefused when anything is not as signed."""
        key, size_bytes, signed_type, sha256 = self._read(token)
        if length != size_bytes or content_type != signed_type or self.size_bytes(key) is not None:
            raise UploadRefused()
        with self._received(stream, size_bytes, hashlib.sha256(), sha256) as incoming:
            self.put_file(key, incoming)

    def begin_multipart(self, key: str, *, content_type: str, part_size_bytes: int) -> str:
        self._path(key)
        try:
            return self._multiparts.begin(key, part_size_bytes)
        except OSError as error:
            if is_full(error):
                raise StorageFull() from None
            raise

    def presigned_part(
        self, key: str, multipart_id: str, *, number: int, size_bytes: int, md5: str | None, expires_seconds: int
    ) -> PresignedPut:
        token = self._part_signer.dumps([multipart_id, number, size_bytes, md5, expires_seconds])
        headers = {} if md5 is None else {"Content-MD5": b64encode(bytes.fromhex(md5)).decode()}
        return PresignedPut(f"{self._base_url}/store/parts/{token}", headers)

    def receive_part(self, token: str, stream: BinaryIO, *, length: int | None) -> None:
        """Write the one part that a ticket of ours allows; UploadRefused when anything is not as signed."""
        multipart_id, number, size_bytes, md5, _ = _signed(self._part_signer, token)
        if length != size_bytes:
            raise UploadRefused()
        with self._received(stream, size_bytes, hashlib.md5(usedforsecurity=False), md5) as incoming:
            try:
                self._multiparts.write(multipart_id, number, incoming)
            except KeyError:
                raise UploadRefused() from None

    def arrived_parts(self, key: str, multipart_id: str) -> list[ArrivedPart]:
        return self._multiparts.arrived(key, multipart_id)

    def complete_multipart(self, key: str, multipart_id: str, parts: list[ArrivedPart]) -> None:
        self._multiparts.complete(key, multipart_id, parts, self._path(key))

    def abort_multipart(self, key: str, multipart_id: str) -> None:
        self._multiparts.abort(key, multipart_id)

    def drop_unfinished(self, older_than_seconds: float) -> int:
        return self._multiparts.drop(older_than_seconds)

    def prepare(self, page_origin: str) -> dict[str, str]:
        return {"cors": "not needed", "lifecycle": "not needed"}

    def presigned_get(self, key: str, *, content_type: str, expires_seconds: int) -> str:
        return f"{self._base_url}/store/{self._read_signer.dumps([key, content_type, expires_seconds])}"

    def readable(self, token: str) -> tuple[Path, str]:
        """Path and content type of what an address of ours may read; UploadRefused when it is not ours, or expired."""
        key, content_type, _ = _signed(self._read_signer, token)
        path = self._path(key)
        if not path.is_file():
            raise NotFound()
        return path, content_type

    def _copy_in(self, path: Path, target: Path, on_tick: Callable[[], None]) -> None:
        """Move a file here from another disk: it is there whole or not at all. StoreUnavailable where ours is full."""
        incoming = self._path(f"{INCOMING}/{secrets.token_hex(16)}")
        incoming.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with path.open("rb") as source, incoming.open("xb") as copy:
                while chunk := source.read(CHUNK_BYTES):
                    copy.write(chunk)
                    on_tick()
                copy.flush()
                os.fsync(copy.fileno())
            os.utime(incoming, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
            incoming.replace(target)
        except OSError as error:
            if is_full(error):
                log.error("there is no room left for recordings")
                raise StoreUnavailable() from None
            raise
        finally:
            incoming.unlink(missing_ok=True)
        path.unlink()

    @contextmanager
    def _received(
        self, stream: BinaryIO, size_bytes: int, digest: "hashlib._Hash", expected: str | None
    ) -> Iterator[Path]:
        """A file of exactly so many bytes from the stream, gone after the block unless that moved it.

        UploadRefused when fewer come or they are not as expected, StorageFull where the disk is, also within the block.
        """
        incoming = self._path(f"{INCOMING}/{secrets.token_hex(16)}")
        incoming.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            if not _copy(stream, incoming, size_bytes, digest) or expected not in (None, digest.hexdigest()):
                raise UploadRefused()
            yield incoming
        except OSError as error:
            if is_full(error):
                raise StorageFull() from None
            raise
        finally:
            incoming.unlink(missing_ok=True)

    def _read(self, token: str) -> tuple[str, int, str, str | None]:
        key, size_bytes, content_type, sha256, _ = _signed(self._signer, token)
        return key, size_bytes, content_type, sha256

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise ValueError("a key may not leave the store")
        return path


def _files(root: Path, prefix: str, after: str, at_once: int) -> Iterator[str]:
    """The keys below `prefix` that come after `after`, in the order of their bytes."""
    for key in _names(root, prefix, after, at_once):
        if not key.endswith("/"):
            yield key
        elif key != f"{INCOMING}/":
            yield from _files(root, key, after, at_once)


def _names(root: Path, prefix: str, after: str, at_once: int) -> Iterator[str]:
    """What is in one directory, subdirectories with a slash, which gives them their place in the order of whole keys.

    However many names it has, only so many are in memory at once.
    """

    def is_next(key: str) -> bool:
        return key > position or (position == after and key.endswith("/") and after.startswith(key))

    position, names = after, [""]
    while names:
        try:
            with os.scandir(root / prefix) as entries:
                keys = (f"{prefix}{entry.name}{'/' if entry.is_dir() else ''}" for entry in entries)
                names = heapq.nsmallest(at_once, filter(is_next, keys))
        except FileNotFoundError:
            return
        yield from names
        if len(names) < at_once:
            return
        position = names[-1]


def _is_older(path: Path, latest: float) -> bool:
    try:
        return path.stat().st_mtime <= latest
    except FileNotFoundError:
        return False  # deleted while we listed


def _signed(signer: URLSafeTimedSerializer, token: str) -> Any:
    """What a token of ours says; UploadRefused when it is none, or has expired. Its last value is its lifetime."""
    try:
        # The time it was made is signed too.
        values, made_at = signer.loads(token, return_timestamp=True)
    except BadSignature:
        raise UploadRefused() from None
    if time.time() - made_at.timestamp() > values[-1]:
        raise UploadRefused()
    return values


def _copy(stream: BinaryIO, target: Path, size_bytes: int, digest: "hashlib._Hash") -> bool:
    """Write exactly so many bytes, which the digest gets to see; whether as many came."""
    left = size_bytes
    with target.open("xb") as file:
        while left and (chunk := stream.read(min(CHUNK_BYTES, left))):
            file.write(chunk)
            digest.update(chunk)
            left -= len(chunk)
    return left == 0
