"""Recordings that are to be uploaded: read piece by piece, as often as it takes, never whole."""

import hashlib
import mimetypes
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias

PIECE_BYTES = 256 * 1024

Source: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO
"""A path, bytes, or a file that is open for reading bytes and can seek."""

# What the mime table of a bare system may lack.
TYPES = {
    ".aac": "audio/aac",
    ".amr": "audio/amr",
    ".caf": "audio/x-caf",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mka": "audio/x-matroska",
    ".mkv": "video/x-matroska",
    ".mp3": "audio/mpeg",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".webm": "video/webm",
    ".wma": "audio/x-ms-wma",
}


class Recording(Protocol):
    """Bytes of a known number, that can be read from any place by several threads at once."""

    @property
    def size_bytes(self) -> int: ...

    def pieces(self, start: int, size_bytes: int) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Part:
    """Some bytes of a recording, as the body of a request."""

    recording: Recording
    start: int
    size_bytes: int

    def chunks(self) -> Iterator[bytes]:
        return self.recording.pieces(self.start, self.size_bytes)


class _OnDisk:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.size_bytes = path.stat().st_size

    def pieces(self, start: int, size_bytes: int) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            file.seek(start)
            left = size_bytes
            while left and (piece := file.read(min(left, PIECE_BYTES))):
                left -= len(piece)
                yield piece


class _InMemory:
    def __init__(self, content: bytes) -> None:
        self._content = memoryview(content)
        self.size_bytes = len(content)

    def pieces(self, start: int, size_bytes: int) -> Iterator[bytes]:
        for at in range(start, start + size_bytes, PIECE_BYTES):
            yield bytes(self._content[at : min(at + PIECE_BYTES, start + size_bytes)])


class _Open:
    """A file that somebody else opened. Its place is shared, so whoever reads holds the lock meanwhile."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lock = threading.Lock()
        self.size_bytes = file.seek(0, os.SEEK_END)

    def pieces(self, start: int, size_bytes: int) -> Iterator[bytes]:
        at, end = start, start + size_bytes
        while at < end:
            with self._lock:
                self._file.seek(at)
                piece = self._file.read(min(end - at, PIECE_BYTES))
            if not piece:
                return
            at += len(piece)
            yield piece


def recording_of(source: Source) -> Recording:
    """A recording, or whatever error opening the file comes to."""
    if isinstance(source, bytes):
        return _InMemory(source)
    if isinstance(source, (str, os.PathLike)):
        return _OnDisk(Path(source))
    return _Open(source)


def name_of(source: Source) -> str | None:
    """What the file is called, where that is known."""
    if isinstance(source, bytes):
        return None
    named = source if isinstance(source, (str, os.PathLike)) else getattr(source, "name", None)
    return Path(named).name if isinstance(named, (str, os.PathLike)) else None


def media_type(filename: str) -> str:
    return TYPES.get(Path(filename).suffix.lower()) or mimetypes.guess_type(filename)[0] or "application/octet-stream"


def sha256_of(recording: Recording) -> str:
    digest = hashlib.sha256()
    for piece in recording.pieces(0, recording.size_bytes):
        digest.update(piece)
    return digest.hexdigest()


def md5_of(part: Part) -> str:
    """The checksum that stores know, against damage on the way; nothing secret depends on it."""
    digest = hashlib.md5(usedforsecurity=False)
    for piece in part.chunks():
        digest.update(piece)
    return digest.hexdigest()
