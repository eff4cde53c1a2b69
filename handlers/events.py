"""Events: what happened, written in the transaction that makes it happen, with a delivery to everybody who is told."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, BigInteger, Select, String, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload, undefer

from db import now, on_commit
from handlers.finding import found
from handlers.listing import Page, page_of
from jobs.queues import QueueName, ring
from models import Account, Event, EventType, Status, Transcription, WebhookDelivery, WebhookEndpoint
from public_ids import new_id
from rendering import events as rendered
from rendering.transcriptions import transcription_json

KEPT_FOR = timedelta(days=30)
AT_ONCE = 2000
# What is shown of a delivery.
SHOWN = (
    joinedload(WebhookDelivery.event)
    .joinedload(Event.transcription)
    .load_only(Transcription.public_id, Transcription.title),
    joinedload(WebhookDelivery.endpoint),
)


def take_turn(session: Session, account_id: int) -> None:
    """Wait until no other transaction has an event of this account to commit.

    So their ids sort as they commit, and who asks for everything since an event misses none that was slower. Comes
    before the wallet's lock.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"events {account_id}", 0))))


def announce(session: Session, transcription: Transcription) -> None:
    """Write the event of a transcription that has just become final, in its account's turn. It comes with all that is
    shown of it."""
    at = transcription.completed_at
    assert at is not None
    kind = EventType.COMPLETED if transcription.status is Status.COMPLETED else EventType.FAILED
    event_id = new_id("evt", at)
    event = Event(
        public_id=event_id,
        account_id=transcription.account_id,
        type=kind,
        transcription_id=transcription.id,
        body=rendered.transcription_event(event_id, at, transcription_json(transcription)),
        created_at=at,
    )
    session.add(event)
    session.flush()
    add_deliveries(session, [(event.id, endpoint_id) for endpoint_id in _told(session, event)])


def announce_test(session: Session, endpoint: WebhookEndpoint) -> Event:
    """Write a test event, for this endpoint alone."""
    take_turn(session, endpoint.account_id)
    at = now(session)
    event_id = new_id("evt", at)
    event = Event(
        public_id=event_id,
        account_id=endpoint.account_id,
        type=EventType.TEST,
        body=rendered.test_event(event_id, at, endpoint_id=endpoint.public_id),
        created_at=at,
    )
    session.add(event)
    session.flush()
    add_deliveries(session, [(event.id, endpoint.id)])
    return event


def add_deliveries(session: Session, pairs: Sequence[tuple[int, int]]) -> None:
    """Have events delivered to endpoints, by (event, endpoint); those that are there already stay as they are."""
    if not pairs:
        return
    # As arrays: of a list of rows the driver reads every character anew.
    event_ids, endpoint_ids = ([pair[at] for pair in pairs] for at in (0, 1))
    public_ids = [new_id("whd") for _ in pairs]
    rows = select(
        *(
            func.unnest(literal(values, ARRAY(kind)))
            for values, kind in ((public_ids, String), (event_ids, BigInteger), (endpoint_ids, BigInteger))
        )
    )
    insertion = insert(WebhookDelivery).from_select(["public_id", "event_id", "endpoint_id"], rows)
    session.execute(insertion.on_conflict_do_nothing())
    ring_once(session)


def ring_once(session: Session) -> None:
    """Ring for deliveries at the commit, once for all of them."""
    if not session.info.get("rings_for_deliveries"):
        session.info["rings_for_deliveries"] = True
        on_commit(session, lambda: ring(QueueName.DELIVER))


def get_event(session: Session, account: Account, public_id: str) -> Event:
    query = select(Event).where(Event.account_id == account.id, Event.public_id == public_id)
    return found(session, query.options(undefer(Event.body)))


def list_events(
    session: Session,
    account: Account,
    *,
    since: datetime | str | None,
    kind: EventType | None,
    limit: int,
    cursor: str | None,
) -> Page[Event]:
    """The account's events, newest first: from a time on, or after the event with this id."""
    query = _since(select(Event).where(Event.account_id == account.id).options(undefer(Event.body)), since)
    if kind is not None:
        query = query.where(Event.type == kind)
    return page_of(session, query, Event.public_id, limit=limit, cursor=cursor)


def purge(session: Session) -> None:
    """Delete events that are too old, the oldest first, with their deliveries."""
    old = select(Event.id).where(Event.created_at < func.now() - KEPT_FOR).order_by(Event.created_at).limit(AT_ONCE)
    session.execute(delete(Event).where(Event.id.in_(old)).execution_options(synchronize_session=False))


def _since(query: Select[Event], since: datetime | str | None) -> Select[Event]:
    if isinstance(since, datetime):
        return query.where(Event.created_at >= since)
    return query if since is None else query.where(Event.public_id > since)


def _told(session: Session, event: Event) -> Collection[int]:
    """The ids of the endpoints that are told of a transcription's event."""
    is_for_it = WebhookEndpoint.transcription_id.is_(None) | (
        WebhookEndpoint.transcription_id == event.transcription_id
    )
    query = select(WebhookEndpoint.id).where(
        WebhookEndpoint.account_id == event.account_id,
        WebhookEndpoint.disabled_reason.is_(None),
        WebhookEndpoint.event_types.contains([event.type.value]),
        is_for_it,
    )
    return session.scalars(query.order_by(WebhookEndpoint.id)).all()
