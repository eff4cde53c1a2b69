"""The commands that keep an installation: `flask check`, `flask migrate`, `flask backup …`, `flask restore`."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

import checks.outside
import checks.servers
import checks.settings
import db
import migrations
import runtime
import servers
from backups import BackupError, making, restoring
from checks import Finding, Level
from processes.addresses import places
from processes.embedded import CannotStart
from processes.locks import Busy, exclusive
from storage import StoreUnavailable

backup = AppGroup("backup", help="Copies of everything: database and recordings.")
FOLDER = click.Path(path_type=Path, file_okay=False)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command("check")
@click.option("--settings", "settings_only", is_flag=True, help="Read the settings alone, and ask nobody.")
@AS_JSON
def check(settings_only: bool, as_json: bool) -> None:
    """Look at the settings, and try every server that they name; exit 1 where the service cannot work so."""
    findings = checks.settings.examine(runtime.config(), os.environ)
    if not settings_only:
        try:
            with servers.database(), servers.redis():
                findings += checks.servers.examine()
        except CannotStart as trouble:
            findings.append(checks.error("DATA_DIR", str(trouble)))
        findings += checks.outside.examine()
    is_ok = all(finding.level is not Level.ERROR for finding in findings)
    if as_json:
        answer = {
            "ok": is_ok,
            "production": runtime.config().is_production,
            "findings": [asdict(finding) for finding in findings],
        }
        click.echo(json.dumps(answer, indent=2))
    else:
        click.echo("\n".join(map(_as_line, findings)))
    if not is_ok:
        raise SystemExit(1)


@click.command("migrate")
@AS_JSON
def migrate(as_json: bool) -> None:
    """Bring the database to the newest migration, while the service runs if it does."""
    with _direct_database() as engine:
        migrations.upgrade(engine)
        if runtime.config().direct_database_url is not None:
            migrations.set_defaults(engine, db.SESSION_SETTINGS)
    _tell({"migrated": True}, as_json)


@backup.command("create")
@click.argument("folder", type=FOLDER)
@click.option("--keep", type=click.IntRange(min=1), help="Delete all but so many of the last backups there.")
@click.option("--without-objects", is_flag=True, help="Leave out the recordings: a bucket has copies of its own.")
@click.option("--with-secret-key", is_flag=True, help="Put SECRET_KEY beside it, to be guarded like the key itself.")
@AS_JSON
def create_backup(folder: Path, keep: int | None, without_objects: bool, with_secret_key: bool, as_json: bool) -> None:
    """Copy database and recordings into FOLDER, while the service runs if it does."""
    with _direct_database() as engine:
        made, manifest = making.make(
            engine,
            runtime.store(),
            folder,
            secret_key=runtime.config().secret_key,
            keep=keep,
            with_objects=not without_objects,
            with_secret_key=with_secret_key,
        )
    if not with_secret_key:
        click.echo("SECRET_KEY is not in the backup: keep a copy of it elsewhere.", err=True)
    rows = {name: manifest.rows[name] for name in ("accounts", "transcriptions", "ledger_movements")}
    answer = {"backup": str(made), "migration": manifest.migration, **rows, "missing_objects": len(manifest.missing)}
    _tell(answer, as_json)


@backup.command("check")
@click.argument("folder", type=FOLDER)
@AS_JSON
def check_backup(folder: Path, as_json: bool) -> None:
    """Read the whole backup in FOLDER, and say whether it is as it was written; exit 1 where it is not."""
    try:
        wrong = restoring.check(folder)
    except BackupError as trouble:
        raise click.ClickException(str(trouble)) from None
    _tell({"ok": not wrong, "wrong": wrong}, as_json)
    if wrong:
        raise SystemExit(1)


@click.command("restore")
@click.argument("folder", type=FOLDER)
@click.option("--without-objects", is_flag=True, help="The recordings are in the bucket already.")
@AS_JSON
def restore(folder: Path, without_objects: bool, as_json: bool) -> None:
    """Load the backup in FOLDER into a fresh installation, and look whether all is there; exit 1 where it is not."""
    config = runtime.config()
    with _nothing_runs(), _direct_database() as engine:
        db.engine().dispose()
        restored = restoring.restore(
            engine,
            runtime.store(),
            folder,
            secret_key=config.secret_key,
            former_keys=config.secret_key_fallbacks,
            data_dir=config.data_dir,
            with_objects=not without_objects,
        )
    _tell({"ok": not restored.wrong, **asdict(restored)}, as_json)
    if restored.wrong:
        raise SystemExit(1)


COMMANDS = (check, migrate, backup, restore)


@contextmanager
def _direct_database() -> Iterator[Engine]:
    """The database past any pooler, and troubles told in a line."""
    try:
        with servers.database(), servers.direct_engine() as engine:
            yield engine
    except (CannotStart, migrations.DatabaseBusy, BackupError, StoreUnavailable) as trouble:
        raise click.ClickException(str(trouble)) from None
    except SQLAlchemyError as trouble:
        # Its message may hold an address, or a row.
        raise click.ClickException(f"The database refused: {checks.servers.kind(trouble)}.") from None


@contextmanager
def _nothing_runs() -> Iterator[None]:
    """The service of this DATA_DIR is not running, nor can be started meanwhile."""
    at = places(runtime.config().data_dir)
    at.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with exclusive(at.lock("service")):
            yield
    except Busy:
        raise click.ClickException(f"The service runs on DATA_DIR {at.data_dir}. Stop it first.") from None


def _tell(answer: dict[str, Any], as_json: bool) -> None:
    lines = "\n".join(f"{name}: {value}" for name, value in answer.items())
    click.echo(json.dumps(answer, indent=2) if as_json else lines)


def _as_line(finding: Finding) -> str:
    return f"{finding.level.value:8} {finding.subject}: {finding.message}"
