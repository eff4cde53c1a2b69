"""Money comes in by Checkout, once, and goes out again by refund and dispute."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from errors import AccountOwes, NotFound
from handlers import payments
from handlers.wallets import check_funds
from models import Account, LedgerMovement, MovementKind
from tests.payments.conftest import Desk
from tests.stripe_standin.payments import DECLINED, PENDING_REFUNDS

BEFORE = 10_000_000  # what every test account has


def count(session: Session, kind: MovementKind) -> int:
    return session.scalar(select(func.count()).where(LedgerMovement.kind == kind)) or 0


def test_a_paid_checkout_is_credited(desk: Desk) -> None:
    desk.pay_top_up(2_500)

    desk.deliver()

    assert desk.wallet.top_up_microusd == BEFORE + 25_000_000
    assert desk.wallet.paid_in_microusd == -25_000_000


def test_an_unpaid_checkout_is_not(desk: Desk) -> None:
    address = payments.start_top_up(desk.session, desk.alice, amount_cents=2_500, attempt="one")
    desk.standin.pay(address.rpartition("/")[2], card=DECLINED)

    desk.deliver()

    assert desk.wallet.top_up_microusd == BEFORE


def test_a_double_click_is_one_checkout(desk: Desk) -> None:
    addresses = {payments.start_top_up(desk.session, desk.alice, amount_cents=2_500, attempt="same") for _ in range(3)}

    assert len(addresses) == 1


def test_one_customer_serves_every_checkout(desk: Desk) -> None:
    desk.pay_top_up(attempt="one")
    customer = desk.wallet.stripe_customer_id

    desk.pay_top_up(attempt="two")
    desk.deliver()

    assert customer is not None
    assert desk.wallet.stripe_customer_id == customer
    assert desk.wallet.top_up_microusd == BEFORE + 50_000_000


def test_P22_a_payment_is_credited_once_whoever_tells_of_it(desk: Desk) -> None:
    address = payments.start_top_up(desk.session, desk.alice, amount_cents=2_500, attempt="one")
    checkout = address.rpartition("/")[2]
    desk.standin.pay(checkout)

    assert payments.finish_checkout(desk.session, desk.alice, checkout)
    assert desk.wallet.top_up_microusd == BEFORE + 25_000_000
    desk.deliver()
    desk.deliver()
    assert payments.finish_checkout(desk.session, desk.alice, checkout)

    assert desk.wallet.top_up_microusd == BEFORE + 25_000_000
    assert count(desk.session, MovementKind.TOP_UP) == 1


def test_somebody_elses_checkout_credits_nobody(desk: Desk, charlie: Account) -> None:
    address = payments.start_top_up(desk.session, desk.alice, amount_cents=2_500, attempt="one")
    checkout = address.rpartition("/")[2]
    desk.standin.pay(checkout)

    assert not payments.finish_checkout(desk.session, charlie, checkout)
    assert not payments.finish_checkout(desk.session, desk.alice, "cs_test_made_up")
    assert not payments.finish_checkout(desk.session, desk.alice, "../../v1/charges")

    assert count(desk.session, MovementKind.TOP_UP) == 0


def test_a_refund_takes_its_part_out(desk: Desk) -> None:
    payment = desk.pay_top_up(2_500)
    desk.deliver()

    desk.standin.refund(payment, 1_000)
    desk.standin.refund(payment, 500)
    desk.deliver()

    assert desk.wallet.top_up_microusd == BEFORE + 10_000_000
    assert count(desk.session, MovementKind.REFUND) == 2


def test_a_refund_that_fails_is_put_back(desk: Desk) -> None:
    address = payments.start_top_up(desk.session, desk.alice, amount_cents=2_500, attempt="one")
    payment = desk.standin.pay(address.rpartition("/")[2], card=PENDING_REFUNDS)["payment_intent"]
    refund = desk.standin.refund(payment)
    desk.deliver()
    assert desk.wallet.top_up_microusd == BEFORE

    desk.standin.fail_refund(refund["id"])
    desk.deliver()

    assert desk.wallet.top_up_microusd == BEFORE + 25_000_000


def test_P23_what_was_spent_already_is_owed_and_stops_new_work(desk: Desk, spend: Callable[[int], None]) -> None:
    payment = desk.pay_top_up(2_500)
    desk.deliver()
    spend(30_000_000)

    desk.standin.refund(payment)
    desk.deliver()

    assert (desk.wallet.top_up_microusd, desk.wallet.owed_microusd) == (0, -20_000_000)
    with pytest.raises(AccountOwes):
        check_funds(desk.session, desk.alice, 5_000)


def test_P23_a_payment_settles_the_debt_first(desk: Desk, spend: Callable[[int], None]) -> None:
    payment = desk.pay_top_up(2_500)
    desk.deliver()
    spend(30_000_000)
    desk.standin.refund(payment)

    desk.pay_top_up(5_000, attempt="again")
    desk.deliver()

    assert (desk.wallet.owed_microusd, desk.wallet.top_up_microusd) == (0, 30_000_000)
    check_funds(desk.session, desk.alice, 5_000)


@pytest.mark.parametrize(("won", "left"), [(True, BEFORE + 25_000_000), (False, BEFORE)])
def test_P23_a_dispute_takes_the_payment_until_it_is_won(desk: Desk, won: bool, left: int) -> None:
    payment = desk.pay_top_up(2_500)
    dispute = desk.standin.dispute(payment)
    desk.deliver()
    assert desk.wallet.top_up_microusd == BEFORE

    desk.standin.close_dispute(dispute["id"], won=won)
    desk.deliver()

    assert desk.wallet.top_up_microusd == left


def test_an_inquiry_takes_nothing(desk: Desk) -> None:
    payment = desk.pay_top_up(2_500)
    desk.standin.dispute(payment, inquiry=True)

    desk.deliver()

    assert desk.wallet.top_up_microusd == BEFORE + 25_000_000


@pytest.mark.parametrize("seed", range(6))
def test_P22_any_order_and_number_of_deliveries_gives_the_same_ledger(desk: Desk, seed: int) -> None:
    kept, refunded = desk.pay_top_up(2_500, attempt="kept"), desk.pay_top_up(4_000, attempt="refunded")
    disputed = desk.pay_top_up(1_000, attempt="disputed")
    desk.standin.refund(refunded, 1_500)
    desk.standin.refund(refunded)
    desk.standin.close_dispute(desk.standin.dispute(disputed)["id"], won=False)
    desk.standin.close_dispute(desk.standin.dispute(kept)["id"], won=True)

    desk.deliver_in_any_order(seed)

    assert (desk.wallet.top_up_microusd, desk.wallet.owed_microusd) == (BEFORE + 25_000_000, 0)
    assert desk.wallet.paid_in_microusd == -25_000_000
    kinds = [MovementKind.TOP_UP, MovementKind.REFUND]
    assert [count(desk.session, kind) for kind in kinds] == [3, 2]


def test_a_payment_of_another_service_at_the_same_stripe_is_left_alone(desk: Desk, charlie: Account) -> None:
    desk.pay_top_up(2_500)
    wallet = desk.wallet
    wallet.public_id = "wal_of_a_database_that_was_lost"
    desk.session.commit()

    desk.deliver()

    assert desk.wallet.top_up_microusd == BEFORE


def test_the_receipt_is_stripes_own_and_its_owners_alone(desk: Desk, charlie: Account) -> None:
    desk.pay_top_up(2_500)
    desk.deliver()
    top_up = desk.session.scalars(select(LedgerMovement).where(LedgerMovement.kind == MovementKind.TOP_UP)).one()

    assert payments.receipt(desk.session, desk.alice, top_up.public_id).startswith(desk.standin.url)
    with pytest.raises(NotFound):
        payments.receipt(desk.session, charlie, top_up.public_id)
