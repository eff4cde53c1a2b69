"""A backup brings an installation back: into a fresh DATA_DIR, into an empty database, whole."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

import db
import migrations
import runtime
from backups import BackupError, fingerprint, making, postgres, read_list, read_manifest, restoring
from billing.audit import audit
from config import Config
from handlers import processing, wallets
from models import Account, Media, Stage, Status, Transcription
from processes.locks import exclusive
from storage.local import LocalStore
from tests import factories
from tests.scratch_database import scratch_database

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def installation(committed: None, app: Flask, config: Config) -> Iterator[Config]:
    """Alice has two transcripts with recordings, one of them of the same name as something of Charlie's."""
    shutil.rmtree(config.data_dir / "objects", ignore_errors=True)
    with db.transaction() as session:
        for email in ("alice@example.com", "charlie@example.com"):
            account = factories.make_account(session, email=email)
            for number in range(2):
                media = factories.make_media(session, account, f"sound {number} of {email}".encode())
                made = factories.make_completed(session, account, texts=["Hello.", "Goodbye."], title=f"Talk {number}")
                made.media_id = media.id
    yield config
    shutil.rmtree(config.data_dir / "objects", ignore_errors=True)


@pytest.fixture
def direct(installation: Config) -> Iterator[Engine]:
    engine = db.direct_engine(installation.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def made(direct: Engine, installation: Config, tmp_path: Path) -> Path:
    """A backup of it."""
    return making.make(direct, runtime.store(), tmp_path / "backups", secret_key="one")[0]


@pytest.fixture
def elsewhere(app: Flask, tmp_path: Path) -> Iterator[tuple[Engine, LocalStore]]:
    """An empty database and an empty store."""
    server = db.engine().execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE restored"))
    engine = create_engine(db.engine().url.set(database="restored"))
    tmp_path.joinpath("data").mkdir()
    yield engine, LocalStore(tmp_path / "data" / "objects", secret_key="one", base_url="http://127.0.0.1")
    engine.dispose()
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE restored WITH (FORCE)"))


def restored(made: Path, elsewhere: tuple[Engine, LocalStore], tmp_path: Path, key: str = "one") -> restoring.Restored:
    engine, store = elsewhere
    engine.dispose()
    return restoring.restore(engine, store, made, secret_key=key, data_dir=tmp_path / "data")


def test_everything_comes_back(made: Path, elsewhere: Any, tmp_path: Path) -> None:
    found = restored(made, elsewhere, tmp_path)

    assert found.wrong == []
    assert (found.objects, found.rows["accounts"], found.rows["transcriptions"]) == (4, 2, 4)
    engine, store = elsewhere
    with Session(engine) as session, db.transaction() as before:
        for each in (Account.email, Transcription.title, Media.object_key, Media.sha256):
            query = select(each).order_by(each)
            assert session.scalars(query).all() == before.scalars(query).all()
        alice = session.scalars(select(Account).where(Account.email == "alice@example.com")).one()
        then = before.scalars(select(Account).where(Account.email == "alice@example.com")).one()
        assert (
            wallets.wallet_of(session, alice).available_microusd == wallets.wallet_of(before, then).available_microusd
        )
        assert audit(session) == []
        for key in before.scalars(select(Media.object_key)):
            with store.local_copy(key) as copy, runtime.store().local_copy(key) as original:
                assert copy.read_bytes() == original.read_bytes()


def test_what_comes_back_goes_on(made: Path, elsewhere: Any, tmp_path: Path) -> None:
    """New rows get new ids, and the ledger's triggers and constraints are there."""
    restored(made, elsewhere, tmp_path)
    with Session(elsewhere[0]) as session:
        account = factories.make_account(session, email="bob@example.com")
        factories.make_completed(session, account)
        session.commit()
        assert audit(session) == []
        assert session.scalar(select(func.count()).select_from(Transcription)) == 5


def test_what_was_being_heard_is_decoded_again_for_the_price_that_is_held(
    direct: Engine, installation: Config, elsewhere: Any, tmp_path: Path
) -> None:
    with db.transaction() as session:
        alice = session.scalars(select(Account).where(Account.email == "alice@example.com")).one()
        heard = factories.make_transcription(
            session, alice, stage=Stage.TRANSCRIBING, duration_seconds=10.8, quoted_microusd=900
        )
        heard.media_id = factories.make_media(session, alice).id
    made, _ = making.make(direct, runtime.store(), tmp_path / "backups", secret_key="one")
    assert restored(made, elsewhere, tmp_path).wrong == []

    with Session(elsewhere[0]) as session:
        again = session.scalars(select(Transcription).where(Transcription.public_id == heard.public_id)).one()
        assert (again.status, again.stage, again.queue) == (Status.PROCESSING, Stage.FETCHING, "fetch")
        lease = processing.claim(session, again.public_id, Stage.FETCHING, "fetch-1")
        assert lease is not None
        processing.hold_and_queue_recognition(
            session, lease, duration_seconds=10.8, content_type="audio/flac", truncated=False
        )
        assert (again.stage, again.quoted_microusd) == (Stage.TRANSCRIBING, 900)
        assert audit(session) == []


def test_an_installation_that_was_migrated_but_is_empty_may_be_restored_into(
    made: Path, elsewhere: Any, tmp_path: Path
) -> None:
    migrations.upgrade(elsewhere[0])
    assert restored(made, elsewhere, tmp_path).wrong == []


def test_nothing_is_written_over(made: Path, elsewhere: Any, tmp_path: Path) -> None:
    migrations.upgrade(elsewhere[0])
    with Session(elsewhere[0]) as session:
        factories.make_account(session, email="bob@example.com")
        session.commit()
    elsewhere[0].dispose()
    with pytest.raises(BackupError, match="has accounts"):
        restored(made, elsewhere, tmp_path)


def test_while_others_are_connected_nothing_is_restored(made: Path, elsewhere: Any, tmp_path: Path) -> None:
    other = create_engine(elsewhere[0].url)
    with other.connect(), pytest.raises(BackupError, match="Stop the service"):
        restored(made, elsewhere, tmp_path)
    other.dispose()


def test_an_older_backup_is_brought_to_the_newest_migration(elsewhere: Any, tmp_path: Path) -> None:
    with scratch_database("older", "0014") as older:
        older.dispose()
        folder, manifest = making.make(older, LocalStore(tmp_path / "none", secret_key="", base_url=""), tmp_path / "b",
                                       secret_key="one")  # fmt: skip
        assert manifest.migration == "0014"
    found = restored(folder, elsewhere, tmp_path)
    assert (found.migration, found.wrong) == (migrations.newest(), [])


def test_a_newer_backup_is_refused(made: Path, elsewhere: Any, tmp_path: Path) -> None:
    replace(read_manifest(made), migration="9999").write(made)
    with pytest.raises(BackupError, match="newer version"):
        restored(made, elsewhere, tmp_path)


def test_another_secret_key_is_told(made: Path, elsewhere: Any, tmp_path: Path) -> None:
    assert restored(made, elsewhere, tmp_path, key="two").wrong[0].startswith("SECRET_KEY is another")


def test_a_key_that_was_changed_since_is_none_to_miss(made: Path, elsewhere: Any, tmp_path: Path) -> None:
    engine, store = elsewhere
    engine.dispose()
    found = restoring.restore(engine, store, made, secret_key="two", former_keys=("one",), data_dir=tmp_path / "data")
    assert found.wrong == []


def test_the_secret_key_comes_along_where_that_is_wanted(
    direct: Engine, installation: Config, elsewhere: Any, tmp_path: Path
) -> None:
    folder, _ = making.make(direct, runtime.store(), tmp_path / "b", secret_key="one", with_secret_key=True)
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "data" / "secret_key").write_text("made on the new machine")
    assert restored(folder, elsewhere, tmp_path, key="made on the new machine").wrong == []
    assert (tmp_path / "data" / "secret_key").read_text() == "one"


def test_the_secret_key_is_not_in_a_backup_otherwise(made: Path) -> None:
    files = [path for path in made.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {"manifest.json", "database.dump", "objects.jsonl"}
    assert read_manifest(made).key_fingerprint == fingerprint("one")
    assert made.stat().st_mode & 0o777 == 0o700


def test_a_recording_is_copied_once(made: Path, direct: Engine, installation: Config) -> None:
    objects = made.parent / "objects"
    before = {path: path.stat().st_ino for path in objects.rglob("*") if path.is_file()}
    (made / "manifest.json").touch()
    made.rename(made.with_name("20200101T000000Z"))
    again, _ = making.make(direct, runtime.store(), made.parent, secret_key="one")

    assert {path: path.stat().st_ino for path in objects.rglob("*") if path.is_file()} == before
    assert len(list(read_list(again))) == 4


def test_old_backups_go_with_the_recordings_that_only_they_had(
    made: Path, direct: Engine, installation: Config
) -> None:
    made.rename(made.with_name("20200101T000000Z"))
    with db.transaction() as session:
        key = session.scalars(select(Media.object_key).limit(1)).one()
        session.execute(text("UPDATE transcriptions SET media_id = NULL"))
        session.execute(text("DELETE FROM media WHERE object_key = :key"), {"key": key})
    runtime.store().delete(key)
    assert (made.parent / "objects" / key).exists()
    making.make(direct, runtime.store(), made.parent, secret_key="one", keep=1)

    assert len(making.backups_in(made.parent)) == 1
    assert not (made.parent / "objects" / key).exists()
    assert len([path for path in (made.parent / "objects").rglob("*") if path.is_file()]) == 3


def test_what_is_deleted_while_the_backup_is_made_is_restored_as_deleted(
    direct: Engine, installation: Config, elsewhere: Any, tmp_path: Path
) -> None:
    with db.transaction() as session:
        key = session.scalars(select(Media.object_key).limit(1)).one()
    runtime.store().delete(key)
    folder, manifest = making.make(direct, runtime.store(), tmp_path / "b", secret_key="one")
    assert manifest.missing == [key]

    assert restored(folder, elsewhere, tmp_path).wrong == []
    with Session(elsewhere[0]) as session:
        assert session.scalar(select(func.count()).select_from(Media)) == 3
        assert session.scalar(select(func.count()).where(Transcription.media_id.is_(None))) == 1


def test_a_backup_that_decayed_is_found_out(made: Path, elsewhere: Any, tmp_path: Path) -> None:
    assert restoring.check(made) == []
    stored = next(read_list(made))
    (made.parent / "objects" / stored.key).write_bytes(b"x" * stored.size_bytes)
    assert restoring.check(made) == [f"{stored.key} is not as it was written"]
    assert restored(made, elsewhere, tmp_path).wrong == [f"{stored.key} is missing or damaged in the backup"]


def test_a_dump_that_decayed_is_not_restored(made: Path, elsewhere: Any, tmp_path: Path) -> None:
    with (made / "database.dump").open("r+b") as file:
        file.seek(1000)
        file.write(b"decay")
    assert restoring.check(made) == ["database.dump is not as it was written"]
    with pytest.raises(BackupError, match="not as it was written"):
        restored(made, elsewhere, tmp_path)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="is no backup"):
        restoring.check(tmp_path)


def test_two_backups_at_once_are_one_too_many(direct: Engine, installation: Config, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with exclusive(tmp_path / "b" / ".lock"), pytest.raises(BackupError, match="Another backup"):
        making.make(direct, runtime.store(), tmp_path / "b", secret_key="one")


def test_where_there_is_no_client_program_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_candidates", lambda name: [])
    with pytest.raises(BackupError, match="postgresql-client-17"):
        postgres.tool("pg_dump", 17)
    monkeypatch.undo()
    with pytest.raises(BackupError, match="is older than the server"):
        postgres.tool("pg_dump", 99)


def test_no_password_is_on_a_command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[Any] = []

    def run(command: list[str], **options: Any) -> Any:
        seen.append((command, options["env"]))
        return subprocess.CompletedProcess(command, 0, "pg_dump (PostgreSQL) 99.1", "")

    monkeypatch.setattr("backups.postgres.subprocess.run", run)
    postgres.dump("postgresql+psycopg://ada:hush@db/transcribe", "1", tmp_path / "dump", postgres=17)
    assert all("hush" not in " ".join(command) for command, _ in seen)
    assert seen[-1][1]["PGPASSWORD"] == "hush"


def flask(data_dir: Path, *arguments: str, **settings: str) -> Any:
    """A command of the operator's on a DATA_DIR of its own, as from a shell."""
    env = {"PATH": os.environ["PATH"], "FLASK_APP": "app", "DATA_DIR": str(data_dir), **settings}
    command = [sys.executable, "-m", "flask", *arguments, "--json"]
    run = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr + run.stdout
    return json.loads(run.stdout)


@pytest.mark.whole
def test_the_commands_move_an_installation_to_another_directory() -> None:
    with tempfile.TemporaryDirectory(prefix="transcribe-backup-") as name:
        old, new, kept = (Path(name) / each for each in ("old", "new", "kept"))
        Path(name).chmod(0o711)
        flask(old, "migrate")
        flask(old, "account", "create", "ada@example.com", "--credit", "7.00")
        made = flask(old, "backup", "create", str(kept), "--with-secret-key", "--keep", "3")
        assert re.fullmatch(r"\d{8}T\d{6}Z", Path(made["backup"]).name)
        assert flask(old, "backup", "check", made["backup"])["ok"]

        assert flask(new, "restore", made["backup"])["ok"]
        assert flask(new, "wallet", "show", "ada@example.com")["available_usd"] == "7.000000"
        assert flask(new, "wallet", "audit")["ok"]
        assert (new / "secret_key").read_text() == (old / "secret_key").read_text()
