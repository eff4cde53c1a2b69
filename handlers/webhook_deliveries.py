"""Deliveries as their owner sees them: the log of an endpoint, and having something delivered again."""

from datetime import datetime

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from handlers import events
from handlers.events import SHOWN
from handlers.finding import found
from handlers.listing import Page, page_of
from handlers.webhook_endpoints import check_is_on, get_endpoint
from models import Account, DeliveryState, Event, EventType, WebhookDelivery, WebhookEndpoint

ANEW = {"state": DeliveryState.PENDING, "tries": 0, "due_at": func.clock_timestamp(), "finished_at": None}


def list_deliveries(
    session: Session,
    account: Account,
    endpoint_id: str,
    *,
    state: DeliveryState | None,
    limit: int,
    cursor: str | None,
) -> Page[WebhookDelivery]:
    """What was and will be sent to an endpoint, newest first. Raises NotFound."""
    endpoint = get_endpoint(session, account, endpoint_id)
    query = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id).options(*SHOWN)
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    return page_of(session, query, WebhookDelivery.public_id, limit=limit, cursor=cursor)


def get_delivery(session: Session, account: Account, public_id: str) -> WebhookDelivery:
    """One delivery with its event and attempts, the last first, or NotFound."""
    with_all = (joinedload(WebhookDelivery.event).undefer(Event.body), selectinload(WebhookDelivery.attempts))
    return found(session, _owned(account, public_id).options(*SHOWN, *with_all))


def redeliver(session: Session, account: Account, public_id: str) -> WebhookDelivery:
    """Deliver the event again, whatever became of it: the same event under the same id, by a schedule begun anew.

    Raises NotFound, and Conflict when the endpoint is switched off.
    """
    delivery = found(session, _owned(account, public_id).with_for_update(of=WebhookDelivery).options(*SHOWN))
    check_is_on(delivery.endpoint)
    for name, value in ANEW.items():
        setattr(delivery, name, value)
    session.flush()
    session.refresh(delivery)
    events.ring_once(session)
    return delivery


def redeliver_since(session: Session, account: Account, endpoint_id: str, since: datetime) -> int:
    """Deliver all the events since a time that the endpoint has chosen, also those that it was never sent; how many.

    Raises NotFound, and Conflict when it is switched off.
    """
    endpoint = get_endpoint(session, account, endpoint_id)
    check_is_on(endpoint)
    chosen = _chosen_since(endpoint, since)
    has_one = exists().where(WebhookDelivery.event_id == Event.id, WebhookDelivery.endpoint_id == endpoint.id)
    missing = session.scalars(chosen.where(~has_one).order_by(Event.public_id)).all()
    events.add_deliveries(session, [(event_id, endpoint.id) for event_id in missing])
    # Locked in the order in which the worker does it.
    there = session.scalars(
        select(WebhookDelivery.id)
        .where(WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.event_id.in_(chosen))
        .order_by(WebhookDelivery.id)
        .with_for_update()
    ).all()
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.event_id.in_(chosen))
        .values(ANEW)
        .execution_options(synchronize_session=False)
    )
    if there:
        events.ring_once(session)
    return len(there)


def _chosen_since(endpoint: WebhookEndpoint, since: datetime) -> Select[int]:
    query = select(Event.id).where(
        Event.account_id == endpoint.account_id,
        Event.created_at >= since,
        Event.type.in_(endpoint.event_types),
        Event.type != EventType.TEST,
    )
    if endpoint.transcription_id is not None:
        query = query.where(Event.transcription_id == endpoint.transcription_id)
    return query


def _owned(account: Account, public_id: str) -> Select[WebhookDelivery]:
    return (
        select(WebhookDelivery)
        .join(WebhookDelivery.endpoint)
        .where(WebhookEndpoint.account_id == account.id, WebhookDelivery.public_id == public_id)
        .execution_options(populate_existing=True)
    )
