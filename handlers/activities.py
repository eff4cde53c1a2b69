"""The log of activity: who did what to an account's things, written in the transaction that does it.

Its owner reads it under Settings, operators under /admin. It holds public ids and a few plain words, no secret and
nothing that anybody said. What is old is removed by the scheduler, and by nobody else: see migration 0016.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.orm import Session

import runtime
from handlers.callers import caller
from handlers.listing import Page, page_of
from models import Account, Action, Activity, Actor

AT_ONCE = 10_000


class About(enum.StrEnum):
    """What actions are about, by the first part of their names, in the order in which one chooses."""

    SIGN_IN = "sign_in"
    ACCOUNT = "account"
    API_KEY = "api_key"
    TRANSCRIPTION = "transcription"
    TRASH = "trash"
    SHARE = "share"
    WEBHOOK_ENDPOINT = "webhook_endpoint"
    WALLET = "wallet"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which activities are meant; what is None leaves all."""

    account_id: str | None = None  # A public id.
    about: About | None = None
    actor: Actor | None = None


def record(
    session: Session, action: Action, account: Account | str | None, object_id: str | None = None, **details: str
) -> None:
    """Add to the log what the caller does in this transaction. `account` is whom it is about, or their public id.

    `details` are a few plain words: a format, a plan, a provider.
    """
    who = caller()
    session.add(
        Activity(
            account_id=account.public_id if isinstance(account, Account) else account,
            actor=who.actor,
            actor_id=who.actor_id,
            action=action,
            object_id=object_id,
            details=details,
            address=who.address,
            user_agent=who.user_agent,
            request_id=who.request_id,
        )
    )


def record_by_number(session: Session, action: Action, account_number: int, object_id: str, **details: str) -> None:
    """The same where only the row's number of the account is at hand."""
    public_id = session.scalar(select(Account.public_id).where(Account.id == account_number))
    record(session, action, public_id, object_id, **details)


def activities(session: Session, filters: Filters, *, limit: int, cursor: str | None) -> Page[Activity]:
    """A page of what was done, the newest first. Of one account, where the filters name it; operators ask for all."""
    query = select(Activity).where(*_conditions(filters))
    return page_of(session, query, Activity.public_id, limit=limit, cursor=cursor)


def remove_old(session: Session) -> int:
    """Remove what is older than the operator keeps it; how many. For the scheduler."""
    session.execute(text("SET LOCAL transcribe.removes_old_activities = 'on'"))
    kept_for = timedelta(days=runtime.config().activity_kept_days)
    old = select(Activity.id).where(Activity.created_at < func.clock_timestamp() - kept_for).limit(AT_ONCE)
    gone: Sequence[int] = session.scalars(
        delete(Activity).where(Activity.id.in_(old)).returning(Activity.id).execution_options(synchronize_session=False)
    ).all()
    session.execute(text("SET LOCAL transcribe.removes_old_activities = 'off'"))
    return len(gone)


def _conditions(filters: Filters) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.account_id is not None:
        conditions.append(Activity.account_id == filters.account_id)
    if filters.about is not None:
        conditions.append(Activity.action.in_(actions_about(filters.about)))
    if filters.actor is not None:
        conditions.append(Activity.actor == filters.actor)
    return conditions


def actions_about(about: About) -> Sequence[Action]:
    """The actions that are about this."""
    return [action for action in Action if action.value.partition(".")[0] == about]
