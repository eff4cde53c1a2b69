"""Copies of an installation: its database, its recordings, and what it takes to know that both came back whole.

A folder of backups holds one folder for each, named by its moment, and `objects/`, which they share: a recording never
changes under its key, so it is copied once.

    FOLDER/objects/media/…
    FOLDER/20261129T030000Z/{manifest.json, database.dump, objects.jsonl, secret_key}
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FORM = 1
MANIFEST, DUMP, LIST, SECRET = "manifest.json", "database.dump", "objects.jsonl", "secret_key"
OBJECTS = "objects"
BLOCK_BYTES = 1024**2


class BackupError(Exception):
    """A backup could not be made, read or restored; the message says what to do."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A recording as it was copied."""

    key: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `rows` counts those of each table; `missing` names the recordings that the
    database knew and the store no longer had; `key_fingerprint` tells the SECRET_KEY, without saying it."""

    form: int
    made_at: str
    migration: str
    postgres: int
    dump_sha256: str
    rows: dict[str, int]
    with_objects: bool
    missing: list[str]
    key_fingerprint: str

    def write(self, folder: Path) -> None:
        (folder / MANIFEST).write_text(json.dumps(asdict(self), indent=2) + "\n")


def read_manifest(folder: Path) -> Manifest:
    """What the backup in a folder says of itself."""
    try:
        values: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        raise BackupError(f"{folder} is no backup: it has no {MANIFEST}.") from None
    except PermissionError:
        raise BackupError(f"{folder} belongs to somebody else; it has to be readable by the service's user.") from None
    except ValueError:
        raise BackupError(f"{folder / MANIFEST} cannot be read.") from None
    if values.get("form") != FORM:
        raise BackupError(f"{folder} was made by a version of the service that this one does not know.")
    return Manifest(**values)


def read_list(folder: Path) -> Iterator[StoredObject]:
    """The recordings that belong to a backup."""
    path = folder / LIST
    if path.exists():
        with path.open() as lines:
            for line in lines:
                yield StoredObject(*json.loads(line))


def fingerprint(secret_key: str) -> str:
    """What a key is told from others by, and cannot be found from."""
    return hashlib.sha256(b"transcribe backup\0" + secret_key.encode()).hexdigest()[:16]


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
