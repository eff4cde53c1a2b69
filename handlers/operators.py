"""What operators see and do: everybody's accounts, jobs and money, and nobody's transcripts.

Ids, sizes, statuses, errors and amounts are shown; titles, addresses of recordings and what was said are their owners'
alone. What an operator does goes through the handlers of its owner, and on record.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select, text
from sqlalchemy.orm import Session, joinedload

import runtime
from handlers import transcriptions, wallets, webhook_endpoints
from handlers.accounts import connected_providers
from handlers.activities import record
from handlers.finding import found
from handlers.idempotency import Answer, fingerprint, remember, remembered
from handlers.lines import IS_UNFINISHED
from handlers.listing import Page, page_of
from handlers.measurements import OK, Measure
from handlers.spending import Month, month_of
from handlers.statements import Line, statement
from models import Account, Action, ApiKey, LedgerMovement, SignInSession, Status, Transcription, Wallet

RECENT = 10
HEALTH_OF = timedelta(hours=24)

PROVIDERS = text("""
    SELECT labels->>'provider' AS provider, labels->>'outcome' AS outcome, sum(times)::bigint AS times,
        (sum(value * times) / sum(times))::double precision AS seconds, max(measured_at) AS last_at
    FROM measurements
    WHERE name = :name AND measured_at > clock_timestamp() - CAST(:since AS interval)
    GROUP BY 1, 2 ORDER BY 1, 2
""")


class JobState(enum.StrEnum):
    """Which jobs are looked at."""

    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class AccountSheet:
    """One account, as an operator sees it."""

    account: Account
    wallet: Wallet
    month: Month
    movements: Sequence[Line]
    keys: Sequence[ApiKey]
    statuses: Mapping[Status, int]
    sign_ins: int
    providers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Failures:
    """How often a provider failed in one way, and when the last time."""

    code: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class ProviderHealth:
    """How a provider has been for a day. `seconds` is the mean of its answers, None where there was none."""

    name: str
    is_set_up: bool
    answers: int
    seconds: float | None
    last_answer_at: datetime | None
    failures: Sequence[Failures]


def list_accounts(session: Session, looked_for: str | None, *, limit: int, cursor: str | None) -> Page[Account]:
    """Accounts, the newest first: all, those with this in their e-mail address, or the one that an id belongs to."""
    query = select(Account).options(joinedload(Account.wallet))
    if looked_for:
        query = query.where(_is_looked_for(looked_for.strip()))
    return page_of(session, query, Account.public_id, limit=limit, cursor=cursor)


def account_by_id(session: Session, public_id: str) -> Account:
    """Anybody's account, or NotFound."""
    return found(session, select(Account).where(Account.public_id == public_id).options(joinedload(Account.wallet)))


def account_sheet(session: Session, public_id: str) -> AccountSheet:
    """Everything about an account that is no transcript; that it was looked at goes on record. Raises NotFound."""
    account = account_by_id(session, public_id)
    wallet = wallets.wallet_of(session, account)
    counts = select(Transcription.status, func.count().label("times")).where(Transcription.account_id == account.id)
    sign_ins = select(func.count()).select_from(SignInSession).where(SignInSession.account_id == account.id)
    keys = select(ApiKey).where(ApiKey.account_id == account.id).order_by(ApiKey.public_id.desc())
    sheet = AccountSheet(
        account=account,
        wallet=wallet,
        month=month_of(session, wallet),
        movements=statement(session, account, limit=RECENT, cursor=None).rows,
        keys=session.scalars(keys).all(),
        statuses={row.status: row.times for row in session.execute(counts.group_by(Transcription.status))},
        sign_ins=session.scalars(sign_ins).one(),
        providers=sorted(connected_providers(session, account)),
    )
    record(session, Action.ACCOUNT_VIEWED, account)
    return sheet


def list_jobs(
    session: Session, state: JobState, *, account_id: str | None, limit: int, cursor: str | None
) -> Page[Transcription]:
    """Transcriptions in this state, of all accounts or one, the newest first."""
    query = select(Transcription).where(*_conditions(state))
    if account_id is not None:
        query = query.where(Transcription.account_id == account_by_id(session, account_id).id)
    query = query.options(joinedload(Transcription.media))
    return page_of(session, query, Transcription.public_id, limit=limit, cursor=cursor)


def owners(session: Session, jobs: Sequence[Transcription]) -> Mapping[int, Account]:
    """Whose each of these is, by the account's row."""
    ids = {job.account_id for job in jobs}
    return {account.id: account for account in session.scalars(select(Account).where(Account.id.in_(ids)))}


def cancel_job(session: Session, public_id: str) -> None:
    """Cancel anybody's processing transcription; nothing is charged. Raises NotFound, Conflict."""
    owner = _owner_of(session, public_id)
    transcriptions.cancel_transcription(session, owner, public_id)
    record(session, Action.CANCELED, owner, public_id)


def retry_job(session: Session, public_id: str, *, request_id: str | None) -> Transcription:
    """Have anybody's failed transcription tried again, at its owner's price, with its webhook.

    Raises NotFound, Conflict, and what refuses it for want of money.
    """
    owner = _owner_of(session, public_id)
    again = transcriptions.retry_transcription(session, owner, public_id, request_id=request_id)
    webhook_endpoints.tell_again(session, owner, public_id, again)
    record(session, Action.RETRIED, owner, public_id, retry=again.public_id)
    return again


def adjust_once(
    session: Session, operator: Account, public_id: str, amount_microusd: int, *, reason: str, attempt: str
) -> Account:
    """Give credit, or with a negative amount take it out again, as `flask wallet` does; once for each attempt.

    Raises NotFound, InsufficientFunds, and IdempotencyKeyReused for another form under the same attempt.
    """
    account = account_by_id(session, public_id)
    request = fingerprint("POST", public_id, f"{amount_microusd} {reason}".encode())
    key = f"adjust-{attempt}"
    if remembered(session, operator, key=key, request=request) is None:
        wallets.adjust(session, account, amount_microusd, reason=reason)
        remember(session, operator, key=key, request=request, answer=Answer(303, b"", "text/plain", None))
    return account


def refundable(session: Session, account_id: str, movement_id: str) -> Line | None:
    """A charge among the account's latest movements, which may be given back; None where it is none."""
    lines = statement(session, account_by_id(session, account_id), limit=RECENT, cursor=None).rows
    return next((line for line in lines if line.public_id == movement_id and line.charged > 0), None)


def provider_health(session: Session) -> Sequence[ProviderHealth]:
    """How hosted engines and the language model have been for a day, those that are not set up too."""
    set_up = {
        pipeline.provider: pipeline.is_available
        for pipeline in runtime.installed_pipelines().values()
        if pipeline.connect is not None
    }
    set_up["language_model"] = runtime.config().llm is not None
    rows = session.execute(PROVIDERS, {"name": Measure.PROVIDER.value, "since": HEALTH_OF}).all()
    found_names = {row.provider for row in rows}
    return [
        _health(name, set_up.get(name, False), [row for row in rows if row.provider == name])
        for name in [*set_up, *sorted(found_names - set_up.keys())]
    ]


def _health(name: str, is_set_up: bool, rows: Sequence[Any]) -> ProviderHealth:
    answered = next((row for row in rows if row.outcome == OK), None)
    return ProviderHealth(
        name,
        is_set_up,
        answers=answered.times if answered else 0,
        seconds=answered.seconds if answered else None,
        last_answer_at=answered.last_at if answered else None,
        failures=[Failures(row.outcome, row.times, row.last_at) for row in rows if row.outcome != OK],
    )


def _owner_of(session: Session, public_id: str) -> Account:
    query = select(Account).join(Transcription, Transcription.account_id == Account.id)
    return found(session, query.where(Transcription.public_id == public_id))


def _conditions(state: JobState) -> Sequence[ColumnElement[bool]]:
    if state is JobState.WAITING:
        return [IS_UNFINISHED, Transcription.lease_token.is_(None)]
    if state is JobState.RUNNING:
        return [IS_UNFINISHED, Transcription.lease_token.is_not(None)]
    if state is JobState.FAILED:
        # As the index says it.
        return [Transcription.status == literal_column(f"'{Status.FAILED}'")]
    return []


def _is_looked_for(looked_for: str) -> ColumnElement[bool]:
    """An id names one account; anything else is part of an e-mail address."""
    prefix = looked_for.partition("_")[0]
    if prefix == "acct":
        return Account.public_id == looked_for
    if prefix == "tr":
        return Account.id.in_(select(Transcription.account_id).where(Transcription.public_id == looked_for))
    if prefix == "key":
        return Account.id.in_(select(ApiKey.account_id).where(ApiKey.public_id == looked_for))
    if prefix == "mv":
        movement = select(Wallet.account_id).join(LedgerMovement, LedgerMovement.wallet_id == Wallet.id)
        return Account.id.in_(movement.where(LedgerMovement.public_id == looked_for))
    return Account.email.contains(looked_for.lower(), autoescape=True)
