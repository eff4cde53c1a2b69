"""Paying: top-ups and the Pro subscription through Stripe, and what Stripe's events do to the wallet."""

from sqlalchemy.orm import Session

from models import Account

TOP_UP_CHOICES_CENTS = (500, 1_000, 2_500, 5_000)
LEAST_TOP_UP_CENTS, MOST_TOP_UP_CENTS = 500, 100_000


def start_top_up(session: Session, account: Account, *, amount_cents: int, attempt: str) -> str:
    """The address of Stripe's page where the account pays for a top-up."""
    raise NotImplementedError


def start_subscription(session: Session, account: Account, *, attempt: str) -> str:
    """The address of Stripe's page where the account subscribes to Pro; Conflict when it has already."""
    raise NotImplementedError


def portal(session: Session, account: Account) -> str:
    """The address of Stripe's page where the account manages its subscription, cards and receipts."""
    raise NotImplementedError


def finish_checkout(session: Session, account: Account, checkout_id: str) -> bool:
    """Credit what was paid without waiting for the event; False when it is not (yet) paid."""
    raise NotImplementedError


def receipt(session: Session, account: Account, movement_id: str) -> str:
    """The address of the receipt for a top-up; NotFound for anything else."""
    raise NotImplementedError
