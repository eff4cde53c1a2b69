"""Endpoints: the addresses that an account has told of its events, and their secrets."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, joinedload, undefer

import runtime
from db import now
from errors import Conflict, TooManyWebhookEndpoints
from handlers import events
from handlers.activities import record
from handlers.finding import found
from handlers.listing import Page, page_of
from handlers.sealing import CannotUnseal, seal, unseal
from models import (
    Account,
    Action,
    DisabledReason,
    EventType,
    Notice,
    NoticeKind,
    Transcription,
    WebhookDelivery,
    WebhookEndpoint,
)
from outbound.targets import check_new_target
from webhooks import signing

MOST_ENDPOINTS = 20
SECRETS_OVERLAP = timedelta(hours=24)
PURPOSE = "webhook secrets"
CHOICES = (EventType.COMPLETED, EventType.FAILED)


def create_endpoint(
    session: Session,
    account: Account,
    *,
    url: str,
    event_types: Collection[EventType] = CHOICES,
    description: str = "",
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is shown this once. Raises UrlNotAllowed, TooManyWebhookEndpoints."""
    _check(url, param="url")
    # The account row is the lock: two requests at once must not both make the twentieth.
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update(key_share=True))
    count = select(func.count()).where(
        WebhookEndpoint.account_id == account.id, WebhookEndpoint.transcription_id.is_(None)
    )
    if session.scalars(count).one() >= MOST_ENDPOINTS:
        raise TooManyWebhookEndpoints()
    endpoint = WebhookEndpoint(
        account_id=account.id,
        url=url,
        description=description,
        event_types=_chosen(event_types),
        secret=sealed(secret := signing.new_secret()),
    )
    session.add(endpoint)
    session.flush()
    record(session, Action.ENDPOINT_CREATED, account, endpoint.public_id)
    return get_endpoint(session, account, endpoint.public_id), signing.shown(secret)


def tell_of(session: Session, transcriptions: Sequence[Transcription], url: str) -> list[str]:
    """Have an address told of each of these by an endpoint of its own; their secrets, which are shown this once.

    Raises UrlNotAllowed.
    """
    _check(url, param="webhook_url")
    return [_tell_of(session, each, url, previous=None) for each in transcriptions]


def tell_again(session: Session, account: Account, failed_id: str, again: Transcription) -> str | None:
    """Have the address that was told of a failed transcription told of its retry, with a new secret; None without one.

    The old secret signs too for a day, as after a rotation: who retries on a page is shown none.
    """
    before = session.scalar(
        select(WebhookEndpoint)
        .join(WebhookEndpoint.transcription)
        .where(WebhookEndpoint.account_id == account.id, Transcription.public_id == failed_id)
        .options(undefer(WebhookEndpoint.secret))
    )
    return None if before is None else _tell_of(session, again, before.url, previous=before.secret)


def get_endpoint(session: Session, account: Account, public_id: str) -> WebhookEndpoint:
    return _found(session, account, public_id)


def list_endpoints(
    session: Session, account: Account, *, transcription_id: str | None, limit: int, cursor: str | None
) -> Page[WebhookEndpoint]:
    """The account's endpoints, newest first: those of all its transcriptions, or those of this one alone."""
    is_listed: ColumnElement[bool] = WebhookEndpoint.transcription_id.is_(None)
    if transcription_id is not None:
        is_listed = WebhookEndpoint.transcription.has(Transcription.public_id == transcription_id)
    return _page(session, account, is_listed, limit=limit, cursor=cursor)


def list_single_endpoints(
    session: Session, account: Account, *, limit: int, cursor: str | None
) -> Page[WebhookEndpoint]:
    """The endpoints that are each told of one transcription alone, newest first."""
    return _page(session, account, WebhookEndpoint.transcription_id.is_not(None), limit=limit, cursor=cursor)


def update_endpoint(
    session: Session,
    account: Account,
    public_id: str,
    *,
    url: str | None = None,
    event_types: Collection[EventType] | None = None,
    description: str | None = None,
    enabled: bool | None = None,
) -> WebhookEndpoint:
    """Change what is given and leave the rest. Switched on, it goes on with what was pending. Raises UrlNotAllowed."""
    if url is not None:
        _check(url, param="url")
    endpoint = _found(session, account, public_id, lock=True)
    if url is not None:
        endpoint.url = url
    if event_types is not None:
        endpoint.event_types = _chosen(event_types)
    if description is not None:
        endpoint.description = description
    if enabled is False and endpoint.enabled:
        endpoint.disabled_reason = DisabledReason.BY_OWNER
    if enabled is True and not endpoint.enabled:
        _switch_on(session, endpoint)
    record(session, Action.ENDPOINT_CHANGED, account, public_id)
    session.flush()
    return endpoint


def delete_endpoint(session: Session, account: Account, public_id: str) -> None:
    """Delete it with its deliveries. The events stay."""
    session.delete(_found(session, account, public_id, lock=True))
    record(session, Action.ENDPOINT_DELETED, account, public_id)
    session.flush()


def rotate_secret(session: Session, account: Account, public_id: str) -> tuple[WebhookEndpoint, str]:
    """A new secret, shown this once. The one before signs too for a day, and one before that no more."""
    endpoint = _found(session, account, public_id, lock=True)
    session.refresh(endpoint, ["secret"])
    secret = signing.new_secret()
    endpoint.previous_secret, endpoint.secret = endpoint.secret, sealed(secret)
    endpoint.previous_secret_expires_at = now(session) + SECRETS_OVERLAP
    record(session, Action.ENDPOINT_SECRET_ROTATED, account, public_id)
    session.flush()
    return endpoint, signing.shown(secret)


def send_test(session: Session, account: Account, public_id: str) -> WebhookDelivery:
    """Send it an event that says nothing, whatever events it has chosen. Raises Conflict when it is switched off."""
    endpoint = _found(session, account, public_id)
    check_is_on(endpoint)
    event = events.announce_test(session, endpoint)
    query = select(WebhookDelivery).where(WebhookDelivery.event_id == event.id)
    return session.scalars(query.options(*events.SHOWN)).one()


def sealed(secret: bytes) -> bytes:
    """A signing secret as it is kept."""
    return seal(secret, purpose=PURPOSE)


def signing_key(stored: bytes) -> bytes | None:
    """The signing secret that is kept so: sealed, or in the open from before there were seals.

    None where SECRET_KEY is another than when it was sealed, and not among its fallbacks: the owner has to rotate it.
    """
    if len(stored) == signing.SECRET_BYTES:
        return stored
    try:
        return unseal(stored, purpose=PURPOSE)
    except CannotUnseal:
        return None


def check_is_on(endpoint: WebhookEndpoint) -> None:
    if not endpoint.enabled:
        raise Conflict("This endpoint is switched off, so nothing is sent to it. Switch it on first.")


def switch_off(session: Session, endpoint_ids: Collection[int], reason: DisabledReason) -> None:
    """Switch these off, those that are on, and leave their owners a notice."""
    switched = session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id.in_(endpoint_ids), WebhookEndpoint.disabled_reason.is_(None))
        .values(disabled_reason=reason)
        .returning(WebhookEndpoint.id, WebhookEndpoint.account_id)
        .execution_options(synchronize_session=False)
    )
    session.add_all(
        Notice(account_id=account_id, kind=NoticeKind.ENDPOINT_SWITCHED_OFF, webhook_endpoint_id=endpoint_id)
        for endpoint_id, account_id in switched
    )
    session.flush()


def _switch_on(session: Session, endpoint: WebhookEndpoint) -> None:
    """What made it be switched off is over, and so are the notices that told of it."""
    endpoint.disabled_reason = endpoint.failing_since = None
    session.execute(
        update(Notice)
        .where(Notice.webhook_endpoint_id == endpoint.id, Notice.dismissed_at.is_(None))
        .values(dismissed_at=func.now())
    )
    events.ring_once(session)


def _tell_of(session: Session, transcription: Transcription, url: str, *, previous: bytes | None) -> str:
    endpoint = WebhookEndpoint(
        account_id=transcription.account_id,
        transcription_id=transcription.id,
        url=url,
        event_types=_chosen(CHOICES),
        secret=sealed(secret := signing.new_secret()),
        previous_secret=previous,
        previous_secret_expires_at=None if previous is None else now(session) + SECRETS_OVERLAP,
    )
    session.add(endpoint)
    session.flush()
    return signing.shown(secret)


def _page(
    session: Session, account: Account, is_listed: ColumnElement[bool], *, limit: int, cursor: str | None
) -> Page[WebhookEndpoint]:
    query = select(WebhookEndpoint).where(WebhookEndpoint.account_id == account.id, is_listed)
    query = query.options(joinedload(WebhookEndpoint.transcription))
    return page_of(session, query, WebhookEndpoint.public_id, limit=limit, cursor=cursor)


def _found(session: Session, account: Account, public_id: str, *, lock: bool = False) -> WebhookEndpoint:
    query = select(WebhookEndpoint).where(
        WebhookEndpoint.account_id == account.id, WebhookEndpoint.public_id == public_id
    )
    if lock:
        # What locks no key lets a transcription become final meanwhile, whose delivery refers to it.
        query = query.with_for_update(of=WebhookEndpoint, key_share=True)
    query = query.options(joinedload(WebhookEndpoint.transcription))
    return found(session, query.execution_options(populate_existing=True))


def _chosen(event_types: Collection[EventType]) -> list[str]:
    return [kind.value for kind in EventType if kind in event_types]


def _check(url: str, *, param: str) -> None:
    check_new_target(url, param=param, allowed_hosts=runtime.config().fetch_allowed_hosts)
