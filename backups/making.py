"""Making a backup while the service runs, and deleting the oldest."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text

import migrations
from backups import (
    BLOCK_BYTES,
    DUMP,
    FORM,
    LIST,
    MANIFEST,
    OBJECTS,
    SECRET,
    BackupError,
    Manifest,
    StoredObject,
    fingerprint,
    postgres,
    read_list,
    sha256_of,
)
from processes.locks import Busy, exclusive
from storage import ObjectStore

UNFINISHED = ".unfinished"
# Recordings, and what is uploaded and waits to become one. What else lies in the store is made again.
KEYS = """
SELECT object_key FROM media UNION SELECT object_key FROM uploads WHERE used_at IS NULL ORDER BY 1
"""


def make(
    engine: Engine,
    store: ObjectStore,
    target: Path,
    *,
    secret_key: str,
    keep: int | None = None,
    with_objects: bool = True,
    with_secret_key: bool = False,
) -> tuple[Path, Manifest]:
    """A new backup in a folder of backups, of which the last `keep` stay. The engine leads to the server itself.

    The database is copied as it was at one moment, and then the recordings that it knew. Whatever is deleted meanwhile
    is `missing`, and restored as deleted.
    """
    _prepare(target)
    try:
        with exclusive(target / ".lock"):
            made = _make(engine, store, target, secret_key, with_objects, with_secret_key)
            if keep is not None:
                delete_old(target, keep)
            return made
    except Busy:
        raise BackupError(f"Another backup is being made in {target}.") from None


def delete_old(target: Path, keep: int) -> list[str]:
    """Delete all but the last backups, and the recordings that only those had; the names of what went."""
    names = [path.name for path in backups_in(target)]
    gone = names[:-keep] if keep else names
    for name in gone:
        shutil.rmtree(target / name)
    wanted = {stored.key for folder in backups_in(target) for stored in read_list(folder)}
    for path in (target / OBJECTS).rglob("*"):
        if path.is_file() and path.relative_to(target / OBJECTS).as_posix() not in wanted:
            path.unlink()
    return gone


def backups_in(target: Path) -> list[Path]:
    """The backups of a folder, the oldest first."""
    return sorted(path.parent for path in target.glob(f"[0-9]*Z/{MANIFEST}"))


def _make(
    engine: Engine, store: ObjectStore, target: Path, secret_key: str, with_objects: bool, with_secret_key: bool
) -> tuple[Path, Manifest]:
    for left in target.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left)
    folder = target / f"{UNFINISHED}.{os.getpid()}"
    folder.mkdir(mode=0o700)
    with _snapshot(engine) as (connection, snapshot):
        version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10000
        made_at = connection.scalar(text("SELECT now()")) or datetime.now(UTC)
        migration = migrations.current(connection)
        if migration is None:
            raise BackupError("The database is empty; there is nothing to keep.")
        rows = dict(_counted(connection))
        keys = list(connection.scalars(text(KEYS))) if with_objects else []
        postgres.dump(engine.url.render_as_string(hide_password=False), snapshot, folder / DUMP, postgres=version)
    missing = _copy_all(store, keys, target, folder) if with_objects else []
    if with_secret_key:
        _write_private(folder / SECRET, secret_key)
    manifest = Manifest(
        form=FORM,
        made_at=made_at.astimezone(UTC).isoformat(),
        migration=migration,
        postgres=version,
        dump_sha256=sha256_of(folder / DUMP),
        rows=rows,
        with_objects=with_objects,
        missing=missing,
        key_fingerprint=fingerprint(secret_key),
    )
    manifest.write(folder)
    final = target / made_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    if final.exists():
        raise BackupError(f"{final} is there already; try again in a second.")
    _to_disk(folder)
    folder.rename(final)
    return final, manifest


@contextmanager
def _snapshot(engine: Engine) -> Iterator[tuple[Connection, str]]:
    """A transaction that sees one moment, and the name under which pg_dump sees the same."""
    with engine.connect() as connection:
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            # It waits for pg_dump, which takes as long as it takes.
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            yield connection, str(connection.scalar(text("SELECT pg_export_snapshot()")))


def _counted(connection: Connection) -> Iterator[tuple[str, int]]:
    names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    for name in list(connection.scalars(text(names))):
        yield name, int(connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0)  # noqa: S608 (a table's name)


def _copy_all(store: ObjectStore, keys: Iterable[str], target: Path, folder: Path) -> list[str]:
    """Copy what is not there yet, and list all; the keys of those that the store has no more."""
    known = {stored.key: stored for each in backups_in(target) for stored in read_list(each)}
    missing = []
    with (folder / LIST).open("x") as lines:
        for key in keys:
            stored = _kept(target, known.get(key)) or _copied(store, key, target / OBJECTS / key)
            if stored is None:
                missing.append(key)
            else:
                lines.write(json.dumps([stored.key, stored.size_bytes, stored.sha256]) + "\n")
    return missing


def _kept(target: Path, stored: StoredObject | None) -> StoredObject | None:
    """What an earlier backup has copied, if it is there as it was."""
    if stored is None:
        return None
    path = target / OBJECTS / stored.key
    return stored if path.is_file() and path.stat().st_size == stored.size_bytes else None


def _copied(store: ObjectStore, key: str, path: Path) -> StoredObject | None:
    """Copy one recording; None where the store has none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    arriving = path.with_name(f"{path.name}{UNFINISHED}")
    digest = hashlib.sha256()
    try:
        with store.local_copy(key) as source, source.open("rb") as reading, arriving.open("wb") as writing:
            while block := reading.read(BLOCK_BYTES):
                digest.update(block)
                writing.write(block)
            writing.flush()
            os.fsync(writing.fileno())
    except KeyError:
        return None
    arriving.replace(path)
    return StoredObject(key, path.stat().st_size, digest.hexdigest())


def _prepare(target: Path) -> None:
    """A folder that nobody else reads: it will hold what customers said."""
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        (target / OBJECTS).mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise BackupError(f"{target} cannot be written to ({error.strerror}).") from None


def _write_private(path: Path, content: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)


def _to_disk(folder: Path) -> None:
    for path in folder.iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
