"""Loading a backup into a fresh installation, and looking whether all of it is there."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from alembic import command
from sqlalchemy import Connection, Engine, delete, func, text, update
from sqlalchemy.orm import Session

import migrations
from backups import (
    DUMP,
    OBJECTS,
    SECRET,
    BackupError,
    Manifest,
    StoredObject,
    fingerprint,
    postgres,
    read_list,
    read_manifest,
    sha256_of,
)
from billing.audit import audit
from models import Media, Stage, Status, Transcription
from storage import ObjectStore

AT_ONCE = 500
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. `wrong` is empty where the installation is as it was."""

    migration: str
    rows: dict[str, int]
    objects: int
    wrong: list[str] = field(default_factory=list)


def check(folder: Path) -> list[str]:
    """What of a backup is not as it was written: the dump, and every recording."""
    manifest = read_manifest(folder)
    wrong = []
    if not (folder / DUMP).is_file() or sha256_of(folder / DUMP) != manifest.dump_sha256:
        wrong.append(f"{DUMP} is not as it was written")
    else:
        postgres.check(folder / DUMP, postgres=manifest.postgres)
    for stored in read_list(folder):
        path = folder.parent / OBJECTS / stored.key
        if not path.is_file():
            wrong.append(f"{stored.key} is not there")
        elif sha256_of(path) != stored.sha256:
            wrong.append(f"{stored.key} is not as it was written")
    return wrong


def restore(
    engine: Engine,
    store: ObjectStore,
    folder: Path,
    *,
    secret_key: str,
    former_keys: Sequence[str] = (),
    data_dir: Path,
    with_objects: bool = True,
) -> Restored:
    """Load a backup into an empty database and a store, bring it to this code's migration, and compare.

    A database that was migrated but has no account yet counts as empty. The engine leads to the server itself, and the
    service must not run. Raises BackupError before anything is changed, or when the database refuses the dump; then it
    has to be made anew.
    """
    manifest = read_manifest(folder)
    _refuse_unfit(manifest)
    if sha256_of(folder / DUMP) != manifest.dump_sha256:
        raise BackupError(f"{folder / DUMP} is not as it was written.")
    with engine.connect() as connection:
        _refuse_others(connection)
        version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10000
        _empty(connection)
    source = engine.url.render_as_string(hide_password=False)
    postgres.restore(source, folder / DUMP, postgres=max(version, manifest.postgres))
    with engine.connect() as connection:
        rows = {name: _count(connection, name) for name in manifest.rows}
    migrations.upgrade(engine)
    objects = list(read_list(folder)) if with_objects else []
    wrong = [
        *(f"{name} has {rows[name]} rows, not {count}" for name, count in manifest.rows.items() if rows[name] != count),
        *_put_back(store, folder, objects, data_dir),
        *_key(folder, manifest, secret_key, former_keys, data_dir),
    ]
    with Session(engine) as session:
        if manifest.with_objects:
            forget_missing(session, manifest.missing)
        decode_again(session)
        wrong += [f"the ledger is broken: {breach.rule}, {breach.row}" for breach in audit(session)]
        session.commit()
    return Restored(migrations.newest(), rows, len(objects), wrong[:MOST_NAMED])


def forget_missing(session: Session, keys: Sequence[str]) -> None:
    """What was deleted while the backup was made is deleted: its transcripts stay, as with any recording."""
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        media = Media.object_key.in_(some)
        ids = list(session.scalars(text("SELECT id FROM media WHERE object_key = ANY(:keys)"), {"keys": list(some)}))
        session.execute(
            update(Transcription)
            .where(Transcription.media_id.in_(ids))
            .values(media_id=None, media_expires_at=None)
            .execution_options(synchronize_session=False)
        )
        session.execute(delete(Media).where(media).execution_options(synchronize_session=False))


def decode_again(session: Session) -> None:
    """What was being heard begins with its recording: a backup holds nothing that can be made anew of that."""
    session.execute(
        update(Transcription)
        .where(Transcription.status == Status.PROCESSING, Transcription.stage == Stage.TRANSCRIBING)
        .values(stage=Stage.FETCHING, queue="fetch", lease_token=None, lease_until=None, due_at=func.now(), tries=0)
        .execution_options(synchronize_session=False)
    )


def _refuse_unfit(manifest: Manifest) -> None:
    if manifest.migration > migrations.newest():
        raise BackupError(
            f"The backup is of a newer version (migration {manifest.migration}, this one knows {migrations.newest()}). "
            "Install that version first."
        )


def _refuse_others(connection: Connection) -> None:
    others = connection.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
    )
    if others:
        raise BackupError(f"{others} others are connected to the database. Stop the service first.")


def _empty(connection: Connection) -> None:
    """Take away the tables of an installation in which nothing has happened; BackupError for any other."""
    if migrations.current(connection) is None:
        tables = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        if tables:
            raise BackupError("The database has tables that are not of this service. Name an empty one.")
        connection.rollback()
        return
    if connection.scalar(text("SELECT EXISTS (SELECT FROM accounts)")):
        raise BackupError("The database has accounts. A backup is restored into an empty database or DATA_DIR only.")
    connection.rollback()
    config = migrations.alembic_config()
    config.attributes["connection"] = connection
    command.downgrade(config, "base")
    connection.execute(text("DROP TABLE alembic_version"))
    connection.commit()


def _count(connection: Connection, name: str) -> int:
    return int(connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0)  # noqa: S608 (a table's name)


def _put_back(store: ObjectStore, folder: Path, objects: Sequence[StoredObject], data_dir: Path) -> list[str]:
    """Copy recordings into the store; what of them is not as it was."""
    wrong = []
    with tempfile.TemporaryDirectory(prefix="restore.", dir=data_dir) as scratch:
        for stored in objects:
            source = folder.parent / OBJECTS / stored.key
            if not source.is_file() or sha256_of(source) != stored.sha256:
                wrong.append(f"{stored.key} is missing or damaged in the backup")
                continue
            if store.size_bytes(stored.key) == stored.size_bytes:
                continue
            copy = Path(scratch) / "object"
            shutil.copyfile(source, copy)
            store.put_file(stored.key, copy)
            if store.size_bytes(stored.key) != stored.size_bytes:
                wrong.append(f"{stored.key} did not arrive whole")
    return wrong


def _key(folder: Path, manifest: Manifest, secret_key: str, former_keys: Sequence[str], data_dir: Path) -> list[str]:
    """Whether a key signed and sealed what was restored; from the backup where it has it and none is set."""
    if manifest.key_fingerprint in map(fingerprint, (secret_key, *former_keys)):
        return []
    kept, own = folder / SECRET, data_dir / "secret_key"
    if kept.exists() and own.exists() and own.read_text() == secret_key:
        own.write_text(kept.read_text())
        return []
    return [
        "SECRET_KEY is another than that of the backup: everybody has to sign in again, with a recovery code where an "
        "authenticator app was asked for, webhooks cannot be signed, and addresses of share links cannot be shown. Set "
        "the old one, as SECRET_KEY or among SECRET_KEY_FALLBACKS."
    ]
