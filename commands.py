"""The operators' commands: `flask account create …`. JSON on standard output with --json."""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

import db
import doctor
import runtime
import servers
import upkeep
from billing.audit import audit
from billing.prices import as_usd, from_usd
from errors import AppError
from handlers import accounts, api_keys, key_changes, samples, two_factor, understanding, wallets
from handlers.callers import acting_as
from handlers.pipelines import offers
from insights.exchange import EmbeddingsUnavailable
from models import Actor, Plan, Wallet
from processes.embedded import CannotStart

account = AppGroup("account", help="Accounts.")
api_key = AppGroup("api-key", help="API keys.")
wallet = AppGroup("wallet", help="Money.")
search = AppGroup("search", help="What the search finds.")
storage = AppGroup("storage", help="Where recordings are kept.")
secret = AppGroup("secrets", help="What is kept sealed.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


MAX_AMOUNT_MICROUSD = 10**12
MAX_KEY_NAME_LENGTH = 100
EMBEDDER_SECONDS = 30.0


class Usd(click.ParamType[int]):
    """An amount such as 10.00, in micro-dollars."""

    name = "usd"
    least = 0

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            amount = from_usd(str(value))
        except ValueError as error:
            self.fail(f"takes {error}", param, ctx)
        if not self.least <= amount <= MAX_AMOUNT_MICROUSD:
            self.fail(f"takes an amount from {as_usd(self.least)} to {as_usd(MAX_AMOUNT_MICROUSD)}", param, ctx)
        return amount


class Movement(Usd):
    """An amount that moves something."""

    least = 1


class Cap(Usd):
    """An amount, or `none` for no limit."""

    name = "usd|none"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return None if str(value).lower() == "none" else super().convert(value, param, ctx)


def _key_name(ctx: click.Context, param: click.Parameter, value: str) -> str:
    name = value.strip()
    if not 1 <= len(name) <= MAX_KEY_NAME_LENGTH:
        raise click.BadParameter(f"takes 1 to {MAX_KEY_NAME_LENGTH} characters")
    return name


def register(app: Flask) -> None:
    for command in (
        account,
        api_key,
        wallet,
        search,
        storage,
        secret,
        first_start,
        pipelines,
        examine,
        *upkeep.COMMANDS,
    ):
        app.cli.add_command(command)


def with_database(run: Callable[..., dict[str, Any] | list[dict[str, Any]]]) -> Callable[..., None]:
    """Run a command on the service's database, started for it when nothing runs, and print what it returns."""

    @AS_JSON
    @wraps(run)
    def wrapped(as_json: bool, **arguments: Any) -> None:
        try:
            with servers.database(), acting_as(Actor.COMMAND):
                answer = run(**arguments)
        except (AppError, CannotStart) as error:
            raise click.ClickException(str(error)) from None
        click.echo(json.dumps(answer, indent=2) if as_json else _as_text(answer))

    return wrapped


@account.command("create")
@click.argument("email")
@click.option("--password", help="At least 8 characters; made up and printed when left out.")
@click.option("--credit", type=Usd(), default="0", help="Top-up in USD.")
@click.option("--monthly-credit", type=Usd(), default="0", help="This month's credit in USD.")
@click.option("--plan", type=click.Choice([plan.value for plan in Plan]), default=Plan.FREE.value)
@with_database
def create_account(email: str, password: str | None, credit: int, monthly_credit: int, plan: str) -> dict[str, Any]:
    """Make an account."""
    chosen = password or secrets.token_urlsafe(12)
    with db.transaction() as session:
        created = accounts.create_account(
            session,
            email=email,
            password=chosen,
            email_confirmed=True,
            plan=Plan(plan),
            top_up_microusd=credit,
            monthly_credit_microusd=monthly_credit,
        )
        money = _money(wallets.wallet_of(session, created))
    shown = {"id": created.public_id, "email": created.email, "plan": created.plan.value, **money}
    return shown if password else {**shown, "password": chosen}


@account.command("set-password")
@click.argument("email")
@click.option("--password", help="At least 8 characters; made up and printed when left out.")
@with_database
def set_password(email: str, password: str | None) -> dict[str, Any]:
    """Set a new password, for somebody who forgot theirs; signs them out everywhere."""
    chosen = password or secrets.token_urlsafe(12)
    with db.transaction() as session:
        found = accounts.account_by_email(session, email)
        accounts.set_password(session, found, chosen)
    return {"id": found.public_id, "email": found.email, **({} if password else {"password": chosen})}


@account.command("two-factor-off")
@click.argument("email")
@with_database
def turn_two_factor_off(email: str) -> dict[str, Any]:
    """Have an account sign in with its password alone, for somebody who lost app and recovery codes."""
    with db.transaction() as session:
        found = accounts.account_by_email(session, email)
        two_factor.turn_off(session, found)
    return {"id": found.public_id, "email": found.email, "two_factor": False}


@account.command("cap")
@click.argument("email")
@click.argument("usd", type=Cap())
@with_database
def set_cap(email: str, usd: int | None) -> dict[str, Any]:
    """Limit what an account may spend in a calendar month; `none` lifts the limit."""
    with db.transaction() as session:
        found = accounts.set_monthly_cap(session, accounts.account_by_email(session, email), usd)
    return {"id": found.public_id, "email": found.email, "cap_usd": None if usd is None else as_usd(usd)}


@account.command("plan")
@click.argument("email")
@click.argument("plan", type=click.Choice([plan.value for plan in Plan]))
@with_database
def set_plan(email: str, plan: str) -> dict[str, Any]:
    """Put an account on a plan without a subscription."""
    with db.transaction() as session:
        found = accounts.set_plan(session, accounts.account_by_email(session, email), Plan(plan))
    return {"id": found.public_id, "email": found.email, "plan": found.plan.value}


@account.command("operator")
@click.argument("email")
@click.argument("on_or_off", type=click.Choice(["on", "off"]))
@with_database
def set_operator(email: str, on_or_off: str) -> dict[str, Any]:
    """Let an account see the pages for operators under /admin, or no longer."""
    with db.transaction() as session:
        found = accounts.account_by_email(session, email)
        accounts.set_operator(session, found, on_or_off == "on")
    return {"id": found.public_id, "email": found.email, "operator": on_or_off == "on"}


@account.command("delete")
@click.argument("email")
@click.confirmation_option(prompt="Delete the account with all its transcriptions and recordings?")
@with_database
def delete_account(email: str) -> dict[str, Any]:
    """Delete an account and everything it has."""
    with db.transaction() as session:
        found = accounts.account_by_email(session, email)
        accounts.delete_account(session, found)
    return {"id": found.public_id, "email": found.email, "deleted": True}


@api_key.command("create")
@click.argument("email")
@click.argument("name", callback=_key_name)
@with_database
def create_api_key(email: str, name: str) -> dict[str, Any]:
    """Make a key; its plaintext is printed here and never again."""
    with db.transaction() as session:
        key, plaintext = api_keys.create_api_key(session, accounts.account_by_email(session, email), name=name)
    return {"id": key.public_id, "key": plaintext, "name": key.name, "last_four": key.last_four, "email": email}


@api_key.command("revoke")
@click.argument("key_id")
@with_database
def revoke_api_key(key_id: str) -> dict[str, Any]:
    """End a key by its id, `key_…`."""
    with db.transaction() as session:
        key = api_keys.revoke_any_api_key(session, key_id)
    return {"id": key.public_id, "name": key.name, "revoked": True}


@secret.command("renew")
@with_database
def renew_secrets() -> dict[str, Any]:
    """Seal everything anew under the present SECRET_KEY, and what was kept in the open before there were seals."""
    return asdict(key_changes.renew())


@wallet.command("credit")
@click.argument("email")
@click.argument("usd", type=Movement())
@click.option("--reason", required=True, help="Shown to the owner.")
@with_database
def credit_wallet(email: str, usd: int, reason: str) -> dict[str, Any]:
    """Grant credit that does not expire."""
    return _adjust(email, usd, reason)


@wallet.command("debit")
@click.argument("email")
@click.argument("usd", type=Movement())
@click.option("--reason", required=True, help="Shown to the owner.")
@with_database
def debit_wallet(email: str, usd: int, reason: str) -> dict[str, Any]:
    """Take credit out again, as far as there is any that does not expire."""
    return _adjust(email, -usd, reason)


@wallet.command("show")
@click.argument("email")
@with_database
def show_wallet(email: str) -> dict[str, Any]:
    """Show what an account has, holds and owes."""
    with db.transaction() as session:
        found = accounts.account_by_email(session, email)
        return {"email": found.email, "plan": found.plan.value, **_money(wallets.wallet_of(session, found))}


@wallet.command("audit")
@AS_JSON
def audit_wallets(as_json: bool) -> None:
    """Check every invariant of the ledger from its entries; exit 1 and name the rows when one is broken."""
    try:
        with servers.database(), db.transaction() as session:
            breaches = [asdict(breach) for breach in audit(session)]
    except CannotStart as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps({"ok": not breaches, "breaches": breaches}, indent=2))
    else:
        click.echo(_as_text(breaches) if breaches else "The ledger holds.")
    if breaches:
        raise SystemExit(1)


@click.command("pipelines")
@with_database
def pipelines() -> list[dict[str, Any]]:
    """List the pipelines of this installation and their prices."""
    return [
        {
            "code": offer.pipeline.code,
            "name": offer.pipeline.name,
            "provider": offer.pipeline.provider,
            "available": offer.pipeline.is_available,
            "price_per_minute_usd": as_usd(offer.price_per_minute_microusd),
        }
        for offer in offers(Plan.FREE)
    ]


@storage.command("prepare")
@AS_JSON
def prepare_storage(as_json: bool) -> None:
    """Let pages at BASE_URL upload to the bucket, and have it drop the parts of uploads that were given up."""
    bucket, page_origin = runtime.config().bucket, runtime.config().base_url
    outcome = runtime.store().prepare(page_origin)
    answer = {"bucket": bucket.name if bucket else "none", "origin": page_origin, **outcome}
    click.echo(json.dumps(answer, indent=2) if as_json else _as_text(answer))
    if any(done.startswith(("refused", "failed")) for done in outcome.values()):
        raise SystemExit(1)


@search.command("rebuild")
@with_database
def rebuild_search() -> dict[str, Any]:
    """Index everything anew, after another EMBEDDING_MODEL was set. The service has to run."""
    try:
        vector = runtime.embeddings().question("How long is this?", timeout_seconds=EMBEDDER_SECONDS)
    except EmbeddingsUnavailable:
        raise click.ClickException("The embedding model does not answer. Start the service, then try again.") from None
    with db.transaction() as session:
        count = understanding.rebuild_search(session, len(vector))
    return {"model": runtime.config().embedding_model, "dimensions": len(vector), "transcriptions": count}


@click.command("doctor")
@AS_JSON
def examine(as_json: bool) -> None:
    """Say what this machine will do, how fast, and what is not set up; exit 1 where something is wrong."""
    found = doctor.examine(tell=lambda line: click.echo(line, err=True))
    trial = found.trial
    speed = {} if trial is None else {**asdict(trial), "times_real_time": round(trial.times_real_time, 1)}
    answer = {**speed, "free_gb": found.free_bytes // 10**9, "not_set_up": found.missing, "wrong": found.wrong}
    click.echo(json.dumps(answer, indent=2) if as_json else _as_diagnosis(found))
    if found.wrong:
        raise SystemExit(1)


@click.command("first-start")
def first_start() -> None:
    """On an empty database: make a local account with a key and a sample, and print them once.

    Not in production, where what is printed stays in a log.
    """
    if runtime.config().is_production:
        return
    with servers.database(), servers.redis(), db.transaction() as session:
        made = samples.first_account(session)
    if made is not None:
        click.echo(FIRST_START.format(**asdict(made), base_url=runtime.config().base_url))


FIRST_START = """
  A local account was made. This is shown once:

    sign in    {base_url}/login
    e-mail     {email}
    password   {password}
    API key    {api_key}

  Try it:

    curl -s {base_url}/api/v1/me -H "Authorization: Bearer {api_key}"
"""


def _adjust(email: str, amount_microusd: int, reason: str) -> dict[str, Any]:
    with db.transaction() as session:
        found = accounts.account_by_email(session, email)
        adjusted = wallets.adjust(session, found, amount_microusd, reason=reason)
        return {"email": found.email, "reason": reason, **_money(adjusted)}


def _money(wallet: Wallet) -> dict[str, str]:
    return {
        "monthly_credit_usd": as_usd(wallet.monthly_credit_microusd),
        "top_up_usd": as_usd(wallet.top_up_microusd),
        "held_usd": as_usd(wallet.held_microusd),
        "available_usd": as_usd(wallet.available_microusd),
        "owed_usd": as_usd(-wallet.owed_microusd),
    }


def _as_diagnosis(found: doctor.Findings) -> str:
    lines = []
    if found.trial is not None:
        trial = found.trial
        lines = [
            f"engine   Whisper {trial.model} on {trial.device}, {trial.threads} threads, "
            f"loaded in {trial.loaded_seconds:.1f} s",
            f"speed    {trial.sound_seconds:.0f} s of sound in {trial.took_seconds:.1f} s: "
            f"{trial.times_real_time:.1f} times as fast as it is spoken",
        ]
    lines.append(f"disk     {found.free_bytes / 10**9:.0f} GB free")
    lines += [f"not set  {settings}: {what}" for settings, what in found.missing.items()]
    lines += [f"wrong    {each}" for each in found.wrong]
    return "\n".join(lines)


def _as_text(answer: dict[str, Any] | list[dict[str, Any]]) -> str:
    rows = answer if isinstance(answer, list) else [answer]
    return "\n\n".join("\n".join(f"{name}: {value}" for name, value in row.items()) for row in rows)
