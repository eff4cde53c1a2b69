"""Paying: top-ups and the Pro subscription through Stripe, and what Stripe's events do to the wallet.

An event only says what to look at: how it stands is asked of Stripe, and the wallet is brought to agree. So it makes no
difference in what order events arrive, how often, or whether the customer's browser was quicker. What belongs to one
customer is done one after the other, under an advisory lock that is taken before Stripe is asked.
"""

import hashlib
import logging
from datetime import timedelta

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

import runtime
from billing import ledger
from billing.prices import MICROUSD_PER_CENT
from billing.stripe_gateway import StripeGateway
from billing.stripe_objects import TOP_UP, Dispute, Payment, Subscription
from db import now, on_commit
from errors import Conflict, InvalidSignature, NotFound
from handlers.activities import record
from handlers.callers import caller
from handlers.wallets import begin_period
from jobs.queues import QueueName, enqueue, waiting
from models import Account, Action, LedgerMovement, MovementKind, Plan, StripeEvent, Wallet

log = logging.getLogger(__name__)

TOP_UP_CHOICES_CENTS = (500, 1_000, 2_500, 5_000)
LEAST_TOP_UP_CENTS, MOST_TOP_UP_CENTS = 500, 100_000
WITH_DISCOUNT = frozenset({"active", "trialing"})
RUNG_ALREADY = timedelta(seconds=5)
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=15), timedelta(hours=1)
AT_ONCE = 500


def start_top_up(session: Session, account: Account, *, amount_cents: int, attempt: str) -> str:
    """The address of Stripe's page where the account pays for a top-up. One attempt is one checkout."""
    wallet, gateway = _wallet_as_it_stands(session, account), runtime.payments()
    customer = _customer(gateway, wallet, account)
    checkout = gateway.start_top_up(
        customer=customer,
        amount_cents=amount_cents,
        wallet_id=wallet.public_id,
        return_url=_page("/billing/return"),
        cancel_url=_page("/billing"),
        idempotency_key=f"top-up/{wallet.public_id}/{amount_cents}/{attempt}",
    )
    wallet.stripe_customer_id = customer
    return checkout.url


def start_subscription(session: Session, account: Account, *, attempt: str) -> str:
    """The address of Stripe's page where the account subscribes to Pro; Conflict when it has already."""
    wallet, gateway = _wallet_as_it_stands(session, account), runtime.payments()
    if wallet.stripe_subscription_id is not None:
        raise Conflict("This account has a subscription already. Manage it from the billing page.")
    customer = _customer(gateway, wallet, account)
    checkout = gateway.start_subscription(
        customer=customer,
        price_cents=runtime.tariff().terms[Plan.PRO].price_per_month_microusd // MICROUSD_PER_CENT,
        wallet_id=wallet.public_id,
        return_url=_page("/billing/return"),
        cancel_url=_page("/billing"),
        idempotency_key=f"pro/{wallet.public_id}/{attempt}",
    )
    wallet.stripe_customer_id = customer
    return checkout.url


def portal(session: Session, account: Account) -> str:
    """The address of Stripe's page where the account manages its subscription, cards and receipts."""
    wallet = _wallet_as_it_stands(session, account)
    if wallet.stripe_customer_id is None:
        raise Conflict("Nothing was paid with this account yet.")
    return runtime.payments().portal_url(customer=wallet.stripe_customer_id, return_url=_page("/billing"))


def finish_checkout(session: Session, account: Account, checkout_id: str) -> bool:
    """Credit what was paid without waiting for the event; False when it is not paid yet, or not this account's."""
    wallet = _wallet_as_it_stands(session, account)
    checkout = runtime.payments().checkout(checkout_id)
    if checkout is None or checkout.customer is None or checkout.customer != wallet.stripe_customer_id:
        return False
    _take_turns(session, checkout.customer)
    if checkout.payment_id is not None:
        _settle_payment(session, checkout.payment_id)
    else:
        _settle_subscription(session, checkout.customer)
    return checkout.is_paid


def receipt(session: Session, account: Account, movement_id: str) -> str:
    """The address of the receipt for a top-up; NotFound for anything else."""
    payment_id = session.scalar(
        select(LedgerMovement.reference)
        .join(Wallet, Wallet.id == LedgerMovement.wallet_id)
        .where(
            Wallet.account_id == account.id,
            LedgerMovement.public_id == movement_id,
            LedgerMovement.kind == MovementKind.TOP_UP,
        )
    )
    payment = None if payment_id is None else runtime.payments().payment(payment_id)
    if payment is None or payment.receipt_url is None:
        raise NotFound("There is no receipt for this.")
    return payment.receipt_url


def record_event(session: Session, body: bytes, signature: str) -> None:
    """Keep an event of Stripe's once, and ring for it. InvalidSignature when it is not one, or of the other mode."""
    gateway = runtime.payments()
    event = gateway.read_event(body, signature)
    if event.livemode != gateway.livemode:
        raise InvalidSignature("This event is of the other mode, live or test, than this service's key.")
    _record(
        session,
        StripeEvent(
            event_id=event.id,
            type=event.type,
            object_id=event.object_id,
            customer_id=event.customer,
            payment_id=event.payment_id,
            created_at=event.created,
            request_id=caller().request_id,
        ),
    )


def end_subscription(session: Session, wallet: Wallet) -> None:
    """Have a subscription canceled whose account is about to go: nobody shall be billed for what they deleted.

    It is recorded among the events, since only what is recorded is tried until it succeeds.
    """
    if wallet.stripe_subscription_id is not None:
        _record(
            session,
            StripeEvent(
                event_id=f"deleted_{wallet.public_id}",
                type="customer.subscription.of_deleted_account",
                object_id=wallet.stripe_subscription_id,
                customer_id=wallet.stripe_customer_id,
                created_at=now(session),
            ),
        )


def handle_event(session: Session, event_id: str) -> None:
    """Bring the wallet to agree with what the event is about. Does nothing when that was done, or is being done.

    Raises PaymentsUnavailable when Stripe cannot be asked now.
    """
    event = session.scalar(
        select(StripeEvent)
        .where(StripeEvent.event_id == event_id, StripeEvent.handled_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    if event is None:
        return
    if event.customer_id is not None:
        _take_turns(session, event.customer_id)
    if event.type.startswith("charge.dispute."):
        _settle_dispute(session, event.object_id)
    elif event.payment_id is not None:
        _settle_payment(session, event.payment_id)
    elif event.customer_id is not None:
        _settle_subscription(session, event.customer_id)
    event.handled_at = now(session)


def request_of(session: Session, event_id: str) -> str | None:
    """The id of the request that told of an event, for the log."""
    return session.scalar(select(StripeEvent.request_id).where(StripeEvent.event_id == event_id))


def put_off(session: Session, event_id: str) -> None:
    """Try an event again later, each time a longer while later."""
    delay = func.least(LONGEST_DELAY, FIRST_DELAY * func.power(2, func.least(StripeEvent.tries, 10)))
    session.execute(
        update(StripeEvent)
        .where(StripeEvent.event_id == event_id, StripeEvent.handled_at.is_(None))
        .values(tries=StripeEvent.tries + 1, due_at=func.clock_timestamp() + delay)
        .execution_options(synchronize_session=False)
    )


def ring_for_events(session: Session) -> None:
    """Queue again what is due and no queue knows: events put off, and those whose doorbell was lost."""
    due = session.scalars(
        select(StripeEvent.event_id)
        .where(StripeEvent.handled_at.is_(None), StripeEvent.due_at < func.clock_timestamp() - RUNG_ALREADY)
        .order_by(StripeEvent.due_at)
        .limit(AT_ONCE)
    ).all()
    known = waiting(QueueName.BILLING) if due else set()
    for event_id in due:
        if event_id not in known:
            enqueue(QueueName.BILLING, event_id)


def _record(session: Session, event: StripeEvent) -> None:
    values = {
        name: getattr(event, name)
        for name in ("event_id", "type", "object_id", "customer_id", "payment_id", "created_at", "request_id")
    }
    new = session.scalar(upsert(StripeEvent).values(values).on_conflict_do_nothing().returning(StripeEvent.event_id))
    if new is not None:
        on_commit(session, lambda: enqueue(QueueName.BILLING, new))


def _settle_payment(session: Session, payment_id: str) -> None:
    """Credit a paid top-up and take back what of it was refunded; a refunded month of Pro loses its credit."""
    gateway = runtime.payments()
    payment = gateway.payment(payment_id)
    if payment is None or not payment.is_paid:
        return
    refunds = gateway.refunds_of(payment_id)
    if payment.purpose != TOP_UP:
        if sum(refund.amount_cents for refund in refunds if not refund.is_void) >= payment.amount_cents:
            _end_paid_period(session, payment)
        return
    wallet = _credit(session, payment)
    if wallet is None:
        return
    for refund in reversed(refunds):
        if refund.is_void:
            ledger.undo_take_back(session, wallet, MovementKind.REFUND_REVERSAL, reference=refund.id)
        else:
            amount = refund.amount_cents * MICROUSD_PER_CENT
            ledger.take_back(session, wallet, amount, MovementKind.REFUND, reference=refund.id)


def _settle_dispute(session: Session, dispute_id: str) -> None:
    """Take a disputed payment out while the bank has it, and put it back when it was won."""
    gateway = runtime.payments()
    dispute = gateway.dispute(dispute_id)
    payment = gateway.payment(dispute.payment_id) if dispute and dispute.payment_id else None
    if dispute is None or payment is None:
        return
    if payment.purpose != TOP_UP:
        if dispute.takes_money:
            _end_paid_period(session, payment)
        return
    wallet = _credit(session, payment)
    if wallet is not None:
        _apply_dispute(session, wallet, dispute)


def _apply_dispute(session: Session, wallet: Wallet, dispute: Dispute) -> None:
    if dispute.takes_money:
        amount = dispute.amount_cents * MICROUSD_PER_CENT
        ledger.take_back(session, wallet, amount, MovementKind.DISPUTE, reference=dispute.id)
    else:
        ledger.undo_take_back(session, wallet, MovementKind.DISPUTE_REVERSAL, reference=dispute.id)


def _credit(session: Session, payment: Payment) -> Wallet | None:
    """Put a paid top-up into its wallet, which comes back locked; None where the payment is no wallet's of ours."""
    wallet = _locked(session, select(Wallet).where(Wallet.public_id == payment.wallet_id))
    if wallet is None or payment.currency != "usd":
        log.error("a payment belongs to no wallet here", extra={"payment_id": payment.id})
        return None
    ledger.top_up(session, wallet, payment.amount_cents * MICROUSD_PER_CENT, payment_id=payment.id)
    return wallet


def _settle_subscription(session: Session, customer: str) -> None:
    """Give the plan, and for each paid period its credit, that the customer's subscription stands for."""
    subscription = runtime.payments().subscription_of(customer)
    account = session.scalar(
        select(Account)
        .join(Wallet, Wallet.account_id == Account.id)
        .where(Wallet.stripe_customer_id == customer)
        .with_for_update(of=Account, key_share=True)
        .execution_options(populate_existing=True)
    )
    wallet = _locked(session, select(Wallet).where(Wallet.stripe_customer_id == customer))
    if wallet is None:
        return
    if account is None:
        if subscription is not None and subscription.is_active:
            runtime.payments().cancel_subscription(subscription.id)
        wallet.stripe_subscription_id = None
        return
    _follow(session, account, wallet, subscription)


def _follow(session: Session, account: Account, wallet: Wallet, subscription: Subscription | None) -> None:
    was_subscribed, plan_before = wallet.stripe_subscription_id is not None, account.plan
    wallet.stripe_subscription_id = subscription.id if subscription and subscription.is_active else None
    if subscription is not None and subscription.status in WITH_DISCOUNT:
        account.plan = Plan.PRO
        if subscription.is_paid:
            _begin_paid_period(session, wallet, subscription)
    elif was_subscribed:  # Whoever never was is on the plan that an operator chose.
        account.plan = Plan.FREE
    if account.plan is not plan_before:
        record(session, Action.PLAN_CHANGED, account, plan=account.plan.value, by="subscription")
    session.flush()


def _begin_paid_period(session: Session, wallet: Wallet, subscription: Subscription) -> None:
    started_at, ends_at = subscription.period_start, subscription.period_end
    if wallet.paid_period_started_at is not None and started_at <= wallet.paid_period_started_at:
        return
    credit = runtime.tariff().terms[Plan.PRO].monthly_credit_microusd
    wallet.paid_period_started_at = wallet.period_anchor_at = started_at
    if started_at == wallet.period_started_at:  # It began by itself, while the invoice was not paid yet.
        wallet.period_ends_at = ends_at
        ledger.grant(session, wallet, credit)
        return
    # Stripe counts whole seconds, by its own clock: one may subscribe "before" the account was made.
    later = started_at if started_at > wallet.period_started_at else now(session)
    begin_period(session, wallet, started_at=later, ends_at=ends_at, credit_microusd=credit)


def _end_paid_period(session: Session, payment: Payment) -> None:
    """A month of Pro that was paid back has no credit left."""
    paid = runtime.payments().subscription_payment(payment.id)
    wallet = _locked(session, select(Wallet).where(Wallet.stripe_customer_id == payment.customer)) if paid else None
    if paid is None or wallet is None or wallet.paid_period_started_at != paid.period_start:
        return
    begin_period(session, wallet, started_at=now(session), ends_at=wallet.period_ends_at, credit_microusd=0)


def _wallet_as_it_stands(session: Session, account: Account) -> Wallet:
    """Only read, though its month may be over: nobody shall wait for a locked wallet while we wait for Stripe."""
    return session.scalars(select(Wallet).where(Wallet.account_id == account.id)).one()


def _customer(gateway: StripeGateway, wallet: Wallet, account: Account) -> str:
    if wallet.stripe_customer_id is not None:
        return wallet.stripe_customer_id
    return gateway.create_customer(
        email=account.email, wallet_id=wallet.public_id, idempotency_key=f"customer/{wallet.public_id}"
    )


def _locked(session: Session, query: Select[Wallet]) -> Wallet | None:
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _take_turns(session: Session, customer: str) -> None:
    digest = hashlib.sha256(f"stripe {customer}".encode()).digest()
    session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(digest[:8], signed=True))))


def _page(path: str) -> str:
    return f"{runtime.config().base_url}{path}"
