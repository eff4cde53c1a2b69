"""Sealing everything anew under the present SECRET_KEY, so that a former one can be forgotten.

What was kept in the open before there were seals is sealed by it as well. Rows are taken a few at a time, each few in a
transaction of their own, so that nobody waits for it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from db import transaction
from handlers import two_factor, webhook_endpoints
from handlers.sealing import CannotUnseal, seal, unseal
from models import TwoFactor, WebhookEndpoint

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Renewed:
    """How many secrets were sealed anew, and how many no key that is set can read."""

    sealed: int
    unreadable: int


def renew() -> Renewed:
    """Seal the secrets of webhook endpoints and of authenticator apps under the present key.

    Remembered answers are left alone: they are deleted within two days.
    """
    return _added(_each(_endpoints), _each(_factors))


def _each(renew_some: Callable[[Session, int], tuple[Renewed, int | None]]) -> Renewed:
    total, after = Renewed(0, 0), 0
    while True:
        with transaction() as session:
            some, last = renew_some(session, after)
        total = _added(total, some)
        if last is None:
            return total
        after = last


def _endpoints(session: Session, after: int) -> tuple[Renewed, int | None]:
    query = select(WebhookEndpoint).where(WebhookEndpoint.id > after).order_by(WebhookEndpoint.id).limit(AT_ONCE)
    rows = session.scalars(
        query.options(undefer(WebhookEndpoint.secret), undefer(WebhookEndpoint.previous_secret)).with_for_update()
    ).all()
    sealed = unreadable = 0
    for row in rows:
        for column in ("secret", "previous_secret"):
            stored: bytes | None = getattr(row, column)
            if stored is None:
                continue
            plain = webhook_endpoints.signing_key(stored)
            if plain is None:
                unreadable += 1
            else:
                setattr(row, column, webhook_endpoints.sealed(plain))
                sealed += 1
    return Renewed(sealed, unreadable), rows[-1].id if rows else None


def _factors(session: Session, after: int) -> tuple[Renewed, int | None]:
    query = select(TwoFactor).where(TwoFactor.account_id > after).order_by(TwoFactor.account_id).limit(AT_ONCE)
    rows = session.scalars(query.with_for_update()).all()
    sealed = unreadable = 0
    for row in rows:
        try:
            row.secret = seal(unseal(row.secret, purpose=two_factor.PURPOSE), purpose=two_factor.PURPOSE)
            sealed += 1
        except CannotUnseal:
            unreadable += 1
    return Renewed(sealed, unreadable), rows[-1].account_id if rows else None


def _added(first: Renewed, second: Renewed) -> Renewed:
    return Renewed(first.sealed + second.sealed, first.unreadable + second.unreadable)
