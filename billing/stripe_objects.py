"""What the payment service tells us, in our own words: cents as integers, aware UTC times, ids as it gives them."""

from dataclasses import dataclass
from datetime import datetime

from errors import AppError

TOP_UP = "top_up"


class StripeRefused(AppError):
    """Stripe understood a call of ours and refused it for good: the mistake is ours, and trying again mends nothing."""


class NoSuchObject(StripeRefused):
    """Stripe knows no object by an id that a call of ours named, such as a customer deleted in its dashboard."""


@dataclass(frozen=True)
class Checkout:
    """A payment page of Stripe's, open for 24 hours, and the address to send the customer to."""

    id: str
    url: str


@dataclass(frozen=True)
class CheckoutState:
    """How far a checkout has come. `mode` is payment or subscription, `status` open, complete or expired."""

    id: str
    customer: str | None
    mode: str
    status: str
    is_paid: bool
    payment_id: str | None
    subscription_id: str | None


@dataclass(frozen=True)
class Payment:
    """One payment intent. `amount_cents` is what arrived: 0 until it is paid, and the same after a refund.

    `purpose` is TOP_UP for our top-ups and None for whatever else there is, a subscription's invoice for instance.
    """

    id: str
    customer: str | None
    wallet_id: str | None
    purpose: str | None
    amount_cents: int
    currency: str
    is_paid: bool
    receipt_url: str | None


@dataclass(frozen=True)
class SubscriptionPayment:
    """Which subscription, and which period of it, a payment was for."""

    payment_id: str
    subscription_id: str
    period_start: datetime
    period_end: datetime


@dataclass(frozen=True)
class Refund:
    """`status` is pending, requires_action, succeeded, failed or canceled; a succeeded one may still fail later."""

    id: str
    payment_id: str | None
    amount_cents: int
    currency: str
    status: str

    @property
    def is_void(self) -> bool:
        """Whether the money stays with us after all."""
        return self.status in {"failed", "canceled"}


@dataclass(frozen=True)
class Dispute:
    """A payment that the customer's bank questions. `status` is one of Stripe's eleven."""

    id: str
    payment_id: str | None
    amount_cents: int
    currency: str
    status: str

    @property
    def takes_money(self) -> bool:
        """Whether the amount is away from us: not while it is an inquiry (`warning_…`), nor once won or prevented."""
        return not self.status.startswith("warning_") and self.status not in {"won", "prevented"}


@dataclass(frozen=True)
class Subscription:
    """A subscription and its present period. `is_paid` says whether the latest invoice is: a new period begins about
    an hour before its invoice is charged, and with a card that fails it may never be paid.
    """

    id: str
    status: str
    is_paid: bool
    period_start: datetime
    period_end: datetime
    cancels_at_period_end: bool

    @property
    def is_active(self) -> bool:
        """Whether it runs, also while Stripe still tries a card that failed (`past_due`)."""
        return self.status in {"active", "trialing", "past_due"}


@dataclass(frozen=True)
class Event:
    """That something changed, and with which object; ask for the object itself to learn how it stands now.

    `object_id` is empty for the few objects without an id; `payment_id` is the payment intent that the object is or
    names, if any.
    """

    id: str
    type: str
    object_id: str
    customer: str | None
    payment_id: str | None
    livemode: bool
    created: datetime
