"""Whether a model's files are the ones they should be, by their digests, each read once."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

MARKER = "verified.json"
GIT_DIGEST_LENGTH = 40
BLOCK_BYTES = 1 << 20


def damaged(folder: Path, digests: Mapping[str, str]) -> list[str]:
    """The names of the files that are missing or have another digest than the given one.

    A digest is a SHA-256, or a git blob id (SHA-1 of a header and the content), in hexadecimal; an empty one is that
    of any file. Files that are unchanged since they were last found good are not read again: their sizes and times
    stand in a marker beside them.
    """
    verified = _read_marker(folder)
    good: dict[str, list[object]] = {}
    for name, digest in digests.items():
        path = folder / name
        if not path.is_file():
            continue
        status = path.stat()
        found = [status.st_size, status.st_mtime_ns, digest]
        if not digest or verified.get(name) == found or _digest(path, like=digest) == digest:
            good[name] = found
    if good != verified:
        _write_marker(folder, good)
    return [name for name in digests if name not in good]


def _digest(path: Path, *, like: str) -> str:
    if len(like) != GIT_DIGEST_LENGTH:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    blob = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            blob.update(block)
    return blob.hexdigest()


def _read_marker(folder: Path) -> dict[str, list[object]]:
    try:
        marker = json.loads((folder / MARKER).read_text())
    except (OSError, ValueError):
        return {}
    return marker if isinstance(marker, dict) else {}


def _write_marker(folder: Path, found: dict[str, list[object]]) -> None:
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".marker-", delete=False) as marker:
        json.dump(found, marker)
    os.replace(marker.name, folder / MARKER)
