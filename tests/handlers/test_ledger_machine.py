"""Random histories of a wallet on PostgreSQL against a model in Python that knows nothing of entries.

`HYPOTHESIS_PROFILE=thorough` tries many more of them, other ones each time.
"""

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import db
from billing import ledger
from billing.audit import audit
from billing.prices import TERMS
from errors import AccountOwes, AppError, InsufficientFunds, MonthlyCapReached
from handlers import accounts, transcriptions, wallets
from models import MovementKind, Plan, Status, Transcription, Wallet
from tests.factories import make_account, make_transcription

PROFILES = {
    "suite": settings(max_examples=20, stateful_step_count=30, derandomize=True, database=None),
    "thorough": settings(max_examples=400, stateful_step_count=60, database=None, print_blob=True),
}
SETTINGS = settings(
    PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "suite")],
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

AMOUNTS = st.integers(0, 3) | st.integers(0, 900_000)
ABOUT = st.sampled_from([-1, 0, 1])
IDS = st.sampled_from(["1", "2", "3"])
TAKEN = st.sampled_from([MovementKind.REFUND, MovementKind.DISPUTE])
REVERSAL = {
    MovementKind.REFUND: MovementKind.REFUND_REVERSAL,
    MovementKind.DISPUTE: MovementKind.DISPUTE_REVERSAL,
}


@dataclass
class Held:
    period: int
    credit: int
    top_up: int

    @property
    def amount(self) -> int:
        return self.credit + self.top_up


@dataclass
class Model:
    """A wallet as a customer would explain it."""

    credit: int = 0
    top_up: int = 0
    owed: int = 0
    charged: int = 0
    period: int = 0
    is_granted: bool = False
    cap: int | None = None
    holds: dict[str, Held] = field(default_factory=dict)
    paid: set[str] = field(default_factory=set)
    taken: dict[tuple[MovementKind, str], int] = field(default_factory=dict)
    reversed: set[tuple[MovementKind, str]] = field(default_factory=set)

    @property
    def available(self) -> int:
        return self.credit + self.top_up

    @property
    def held(self) -> int:
        return sum(hold.amount for hold in self.holds.values())

    def begin_period(self, credit: int) -> None:
        self.period, self.credit, self.is_granted = self.period + 1, 0, False
        self.grant(credit)

    def grant(self, credit: int) -> None:
        if credit and not self.is_granted:
            self.credit, self.is_granted = self.credit + credit, True

    def put_in(self, amount: int) -> None:
        settled = min(amount, self.owed)
        self.owed, self.top_up = self.owed - settled, self.top_up + amount - settled

    def take_back(self, amount: int) -> None:
        there = min(amount, self.top_up)
        self.owed, self.top_up = self.owed + amount - there, self.top_up - there

    def refusal_of(self, amount: int) -> type[AppError] | None:
        if amount and self.owed:
            return AccountOwes
        if amount > self.available:
            return InsufficientFunds
        if amount and self.cap is not None and self.charged + self.held + amount > self.cap:
            return MonthlyCapReached
        return None

    def hold(self, name: str, amount: int) -> None:
        credit = min(amount, self.credit)
        self.holds[name] = Held(self.period, credit, amount - credit)
        self.credit, self.top_up = self.credit - credit, self.top_up - (amount - credit)

    def settle(self, name: str, charge: int) -> None:
        hold = self.holds.pop(name)
        of_credit = min(charge, hold.credit)
        if hold.period == self.period:
            self.credit += hold.credit - of_credit
        self.put_in(hold.top_up - (charge - of_credit))
        self.charged += charge


class Money(RuleBasedStateMachine):
    """Every way money moves, in any order, beside a stranger whose wallet stays as it is."""

    held = Bundle("held")
    settled = Bundle("settled")

    def __init__(self) -> None:
        super().__init__()
        self.connection = db.engine().connect()
        self.transaction = self.connection.begin()
        self.session = Session(self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        self.model = Model(credit=500_000, top_up=500_000, is_granted=True)
        self.account = make_account(self.session, monthly_credit_microusd=500_000, top_up_microusd=500_000)
        self.stranger = make_account(self.session, top_up_microusd=70, monthly_credit_microusd=7)
        make_transcription(self.session, self.stranger, quoted_microusd=40)

    def teardown(self) -> None:
        self.session.close()
        self.transaction.rollback()
        self.connection.close()

    def wallet(self) -> Wallet:
        return wallets.lock_wallet(self.session, self.account.id)

    def refused(self, expected: type[Exception] | None) -> AbstractContextManager[Any]:
        return pytest.raises(expected) if expected else nullcontext()

    # Time and terms

    @rule()
    def a_month_ends(self) -> None:
        ended = {"period_anchor_at": func.clock_timestamp(), "period_ends_at": func.clock_timestamp()}
        self.session.execute(update(Wallet).where(Wallet.account_id == self.account.id).values(ended))
        self.wallet()
        self.model.begin_period(TERMS[self.account.plan].monthly_credit_microusd)

    @rule(credit=AMOUNTS, quarters=st.integers(1, 4))
    def a_paid_period_began(self, credit: int, quarters: int) -> None:
        """Some time ago: its invoice is paid later, and later still we are told."""
        wallet = self.wallet()
        started_at = wallet.period_started_at + (db.now(self.session) - wallet.period_started_at) * quarters / 4
        wallets.begin_period(
            self.session,
            wallet,
            started_at=started_at,
            ends_at=started_at + timedelta(days=31),
            credit_microusd=credit,
        )
        self.model.begin_period(credit)

    @rule(credit=AMOUNTS)
    def a_late_invoice_is_paid(self, credit: int) -> None:
        ledger.grant(self.session, self.wallet(), credit)
        self.model.grant(credit)

    @rule(plan=st.sampled_from(Plan))
    def the_plan_changes(self, plan: Plan) -> None:
        accounts.set_plan(self.session, self.account, plan)

    @rule(cap=st.none() | AMOUNTS)
    def the_cap_changes(self, cap: int | None) -> None:
        accounts.set_monthly_cap(self.session, self.account, cap)
        self.model.cap = cap

    # Transcriptions

    @rule(target=held, amount=AMOUNTS)
    def one_is_held(self, amount: int) -> Any:
        transcription = make_transcription(
            self.session, self.account, duration_seconds=float(amount), price_per_minute_microusd=60
        )
        refusal = self.model.refusal_of(amount)
        with self.refused(refusal):
            wallets.hold_price(self.session, transcription)
        if refusal:
            transcriptions.fail(self.session, transcription, code=refusal.code, message="Refused.")
            return multiple()
        self.model.hold(transcription.public_id, amount)
        return transcription

    @rule(target=held, beyond=ABOUT)
    @precondition(lambda self: self.model.available > 0)
    def about_everything_is_held(self, beyond: int) -> Any:
        return self.one_is_held(self.model.available + beyond)

    @rule(target=settled, transcription=consumes(held), quarters=st.integers(0, 4))
    def one_is_captured(self, transcription: Transcription, quarters: int) -> Transcription:
        charge = self.model.holds[transcription.public_id].amount * quarters // 4
        wallets.capture_price(self.session, transcription, charge)
        transcriptions.finish(self.session, transcription, Status.COMPLETED)
        self.model.settle(transcription.public_id, charge)
        return transcription

    @rule(target=settled, transcription=consumes(held))
    def one_is_released(self, transcription: Transcription) -> Transcription:
        transcriptions.cancel_transcription(self.session, self.account, transcription.public_id)
        self.model.settle(transcription.public_id, 0)
        return transcription

    @rule(transcription=consumes(held))
    def one_on_its_way_is_deleted(self, transcription: Transcription) -> None:
        transcriptions.delete_transcription(self.session, self.account, transcription.public_id)
        self.model.settle(transcription.public_id, 0)

    @rule(transcription=consumes(settled))
    def a_final_one_is_deleted(self, transcription: Transcription) -> None:
        transcriptions.delete_transcription(self.session, self.account, transcription.public_id)

    @rule(transcription=settled)
    def none_is_settled_twice(self, transcription: Transcription) -> None:
        with pytest.raises(IntegrityError, match="uq_ledger_movements"), self.session.begin_nested():
            ledger.release(self.session, self.wallet(), reference=transcription.public_id)

    # Payments

    @rule(payment=IDS, amount=AMOUNTS)
    def a_payment_is_told_of(self, payment: str, amount: int) -> None:
        ledger.top_up(self.session, self.wallet(), amount, payment_id=f"pi_{payment}")
        if payment not in self.model.paid:
            self.model.paid.add(payment)
            self.model.put_in(amount)

    @rule(kind=TAKEN, name=IDS, amount=AMOUNTS)
    def one_is_taken_back(self, kind: MovementKind, name: str, amount: int) -> None:
        ledger.take_back(self.session, self.wallet(), amount, kind, reference=name)
        if (kind, name) not in self.model.taken:
            self.model.taken[kind, name] = amount
            self.model.take_back(amount)

    @rule(kind=TAKEN, name=IDS, beyond=ABOUT)
    @precondition(lambda self: self.model.top_up > 0)
    def about_everything_is_taken_back(self, kind: MovementKind, name: str, beyond: int) -> None:
        self.one_is_taken_back(kind, name, self.model.top_up + beyond)

    @rule(kind=TAKEN, name=IDS)
    def it_comes_back_after_all(self, kind: MovementKind, name: str) -> None:
        ledger.undo_take_back(self.session, self.wallet(), REVERSAL[kind], reference=name)
        if (kind, name) in self.model.taken and (kind, name) not in self.model.reversed:
            self.model.reversed.add((kind, name))
            self.model.put_in(self.model.taken[kind, name])

    @rule(amount=AMOUNTS)
    def an_operator_gives(self, amount: int) -> None:
        wallets.adjust(self.session, self.account, amount, reason="Sorry")
        self.model.put_in(amount)

    @rule(beyond=ABOUT)
    @precondition(lambda self: self.model.top_up > 0)
    def an_operator_takes_about_everything(self, beyond: int) -> None:
        amount = self.model.top_up + beyond
        with self.refused(InsufficientFunds if beyond > 0 else None):
            wallets.adjust(self.session, self.account, -amount, reason="Mistake")
        if beyond <= 0:
            self.model.top_up -= amount

    # Always

    @invariant()
    def the_wallet_is_what_the_model_says(self) -> None:
        wallet, model = self.wallet(), self.model
        assert (wallet.monthly_credit_microusd, wallet.top_up_microusd) == (model.credit, model.top_up)
        assert wallet.held_monthly_credit_microusd == sum(hold.credit for hold in model.holds.values())
        assert wallet.held_top_up_microusd == sum(hold.top_up for hold in model.holds.values())
        assert (wallet.owed_microusd, wallet.charged_microusd) == (-model.owed, model.charged)
        assert wallet.available_microusd >= 0

    @invariant()
    def the_ledger_holds(self) -> None:
        assert audit(self.session) == []

    @invariant()
    def nobody_else_notices(self) -> None:
        wallet = wallets.wallet_of(self.session, self.stranger)
        self.session.refresh(wallet)
        assert (wallet.available_microusd, wallet.held_microusd, wallet.charged_microusd) == (37, 40, 0)


@pytest.mark.usefixtures("app")
def test_any_history_of_a_wallet_is_as_the_model_says() -> None:
    run_state_machine_as_test(Money, settings=SETTINGS)
