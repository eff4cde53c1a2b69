"""The commands that keep an installation: `flask check`, `flask migrate`, `flask backup …`, `flask restore`."""

import json
import os
from dataclasses import asdict

import click

import checks.outside
import checks.servers
import checks.settings
import db
import migrations
import runtime
import servers
from checks import Finding, Level
from processes.embedded import CannotStart

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
    try:
        with servers.database(), servers.direct_engine() as engine:
            migrations.upgrade(engine)
            if runtime.config().direct_database_url is not None:
                migrations.set_defaults(engine, db.SESSION_SETTINGS)
    except (CannotStart, migrations.DatabaseBusy) as trouble:
        raise click.ClickException(str(trouble)) from None
    click.echo(json.dumps({"migrated": True}, indent=2) if as_json else "migrated: True")


COMMANDS = (check, migrate)


def _as_line(finding: Finding) -> str:
    return f"{finding.level.value:8} {finding.subject}: {finding.message}"
