"""What a person does with many transcriptions at once: up to a hundred, in one transaction.

All rows are locked before anything is done, in the order of their ids: whoever locks one row, then an account's turn or
wallet, as everybody does, never waits for somebody who waits for them.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from errors import AppError, NotFound
from handlers import tags, trash, webhook_endpoints
from handlers.transcriptions import KEPT, keep_account, owned, retry_transcription
from models import Account, Transcription

MOST = 100


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was done with one of them. Of one that is not there, nothing is known but its id."""

    title: str | None
    reason: str


@dataclass(slots=True)
class Outcome:
    """The public ids of those it was done with, and what became of the others."""

    done: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def trash_many(session: Session, account: Account, public_ids: Collection[str]) -> Outcome:
    """Put them into the trash; those that are processing are canceled first."""
    rows, outcome = _locked(session, account, public_ids)
    trash.put_there(session, account, rows)
    outcome.done = [row.public_id for row in rows]
    return outcome


def restore_many(session: Session, account: Account, public_ids: Collection[str]) -> Outcome:
    """Take them out of the trash."""
    rows, outcome = _locked(session, account, public_ids, of_trash=True)
    trash.bring_back(session, account, rows)
    outcome.done = [row.public_id for row in rows]
    return outcome


def retry_many(
    session: Session, account: Account, public_ids: Collection[str], *, request_id: str | None = None
) -> Outcome:
    """A new transcription of each that failed; its webhook is told of that, too."""
    keep_account(session, account)
    rows, outcome = _locked(session, account, public_ids)

    def again(row: Transcription) -> None:
        made = retry_transcription(session, account, row.public_id, request_id=request_id)
        webhook_endpoints.tell_again(session, account, row.public_id, made)

    for row in rows:
        _attempt(session, outcome, row, again)
    return outcome


def tag_many(
    session: Session,
    account: Account,
    public_ids: Collection[str],
    *,
    add: Collection[str] = (),
    remove: Collection[str] = (),
) -> Outcome:
    """Put tags on them, and take others off."""
    rows, outcome = _locked(session, account, public_ids)
    full = tags.change_tags(session, rows, add=add, remove=remove)
    outcome.refused += [Refusal(row.title, tags.FULL) for row in full]
    outcome.done = [row.public_id for row in rows if row not in full]
    return outcome


def _locked(
    session: Session, account: Account, public_ids: Collection[str], *, of_trash: bool = False
) -> tuple[Sequence[Transcription], Outcome]:
    """Those of them that are the account's, locked; the others are refused."""
    wanted = list(dict.fromkeys(public_ids))[:MOST]
    query = owned(account, trash.is_there() if of_trash else KEPT, Transcription.public_id.in_(wanted))
    rows = session.scalars(query.order_by(Transcription.id).with_for_update()).all()
    missing = len(wanted) - len(rows)
    return rows, Outcome(refused=[Refusal(None, NotFound.default_message)] * missing)


def _attempt(session: Session, outcome: Outcome, row: Transcription, act: Callable[[Transcription], None]) -> None:
    """Do it with one of them, all or nothing; what refuses it keeps nothing from the others."""
    try:
        with session.begin_nested():
            act(row)
    except AppError as refusal:
        outcome.refused.append(Refusal(row.title, refusal.message))
    else:
        outcome.done.append(row.public_id)
