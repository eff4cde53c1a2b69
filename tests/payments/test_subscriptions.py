"""Pro: 30 % less and a credit for each month that is paid; a failed renewal loses the discount, not the balance."""

import pytest
from sqlalchemy import func, select, text

from errors import Conflict
from handlers import accounts, payments
from handlers.pipelines import offers
from models import LedgerMovement, MovementKind, Plan, Wallet
from tests.payments.conftest import Desk

BEFORE = 10_000_000  # what every test account has
CREDIT = 10_000_000  # what a month of Pro brings


def plan(desk: Desk) -> Plan:
    desk.session.refresh(desk.alice)
    return desk.alice.plan


def credit(desk: Desk) -> int:
    return desk.wallet.monthly_credit_microusd


def the_period_ends(desk: Desk) -> None:
    """For the wallet, now; the stand-in's subscription is moved on by its own controls."""
    desk.session.execute(
        text(
            "UPDATE wallets SET period_ends_at = clock_timestamp(),"
            " period_anchor_at = period_anchor_at - interval '45 days'"
        )
    )
    desk.session.commit()


def grants(desk: Desk) -> int:
    return desk.session.scalar(select(func.count()).where(LedgerMovement.kind == MovementKind.GRANT)) or 0


def test_a_subscription_brings_the_plan_its_credit_and_its_period(desk: Desk) -> None:
    subscription = desk.subscribe()

    desk.deliver()

    period = desk.standin.object(subscription)["items"]["data"][0]
    assert plan(desk) is Plan.PRO
    assert credit(desk) == CREDIT
    assert desk.wallet.stripe_subscription_id == subscription
    assert desk.wallet.period_ends_at.timestamp() == period["current_period_end"]
    assert offers(desk.alice.plan)[0].your_price_per_minute_microusd == 3_500


def test_the_free_credit_ends_when_pro_begins(desk: Desk) -> None:
    from billing import ledger
    from handlers.wallets import lock_wallet

    ledger.grant(desk.session, lock_wallet(desk.session, desk.alice.id), 500_000)
    desk.subscribe()

    desk.deliver()

    assert credit(desk) == CREDIT


def test_coming_back_from_stripe_is_enough(desk: Desk) -> None:
    address = payments.start_subscription(desk.session, desk.alice, attempt="pro")
    checkout = address.rpartition("/")[2]
    desk.standin.pay(checkout)

    assert payments.finish_checkout(desk.session, desk.alice, checkout)

    assert (plan(desk), credit(desk)) == (Plan.PRO, CREDIT)
    desk.deliver()
    assert (plan(desk), credit(desk), grants(desk)) == (Plan.PRO, CREDIT, 1)


def test_nobody_subscribes_twice(desk: Desk) -> None:
    desk.subscribe()
    with pytest.raises(Conflict):  # Stripe knows, though we were not told yet.
        payments.start_subscription(desk.session, desk.alice, attempt="again")
    desk.deliver()

    with pytest.raises(Conflict):
        payments.start_subscription(desk.session, desk.alice, attempt="and again")


def test_a_renewal_brings_the_next_credit_once(desk: Desk) -> None:
    subscription = desk.subscribe()
    desk.deliver()

    desk.standin.renew(subscription)
    desk.deliver()
    desk.deliver()

    assert (plan(desk), credit(desk), grants(desk)) == (Plan.PRO, CREDIT, 2)


def test_the_credit_of_a_period_waits_for_its_payment(desk: Desk) -> None:
    subscription = desk.subscribe()
    desk.deliver()
    desk.standin.begin_period(subscription)
    desk.deliver()
    assert grants(desk) == 1

    desk.standin.collect(subscription)
    desk.deliver()

    assert grants(desk) == 2


def test_the_old_credit_expires_though_the_renewal_is_late(desk: Desk) -> None:
    desk.subscribe()
    desk.deliver()

    the_period_ends(desk)

    assert (credit(desk), desk.wallet.top_up_microusd, grants(desk)) == (0, BEFORE, 1)
    assert plan(desk) is Plan.PRO


def test_a_failed_renewal_loses_the_discount_and_not_the_balance(desk: Desk) -> None:
    subscription = desk.subscribe()
    desk.deliver()

    desk.standin.renew(subscription, succeeds=False)
    desk.deliver()

    assert plan(desk) is Plan.FREE
    assert (credit(desk), desk.wallet.top_up_microusd) == (CREDIT, BEFORE)
    assert offers(desk.alice.plan)[0].your_price_per_minute_microusd == 5_000


def test_the_discount_comes_back_with_the_payment(desk: Desk) -> None:
    subscription = desk.subscribe()
    desk.deliver()
    desk.standin.renew(subscription, succeeds=False)
    desk.deliver()

    desk.standin.collect(subscription)
    desk.deliver()

    assert (plan(desk), credit(desk), grants(desk)) == (Plan.PRO, CREDIT, 2)


def test_after_canceling_the_free_months_go_on(desk: Desk) -> None:
    subscription = desk.subscribe()
    desk.deliver()
    desk.standin.cancel(subscription)
    desk.deliver()
    assert (plan(desk), credit(desk), desk.wallet.stripe_subscription_id) == (Plan.FREE, CREDIT, None)

    the_period_ends(desk)

    assert credit(desk) == 500_000


def test_canceling_at_the_end_keeps_pro_until_then(desk: Desk) -> None:
    subscription = desk.subscribe()
    desk.standin.cancel_from_portal(subscription)
    desk.deliver()
    assert plan(desk) is Plan.PRO

    desk.standin.renew(subscription)
    desk.deliver()

    assert plan(desk) is Plan.FREE


def test_an_operators_pro_is_not_taken_away_by_a_top_up(desk: Desk) -> None:
    accounts.set_plan(desk.session, desk.alice, Plan.PRO)
    desk.pay_top_up()

    desk.deliver()

    assert plan(desk) is Plan.PRO


def test_a_refunded_month_has_no_credit_left(desk: Desk) -> None:
    desk.subscribe()
    desk.deliver()

    desk.standin.refund(desk.standin.latest("payment_intent")["id"])
    desk.deliver()
    desk.deliver()

    assert (credit(desk), desk.wallet.top_up_microusd, grants(desk)) == (0, BEFORE, 1)


@pytest.mark.parametrize("seed", range(6))
def test_P22_any_order_of_a_year_gives_the_same_plan_and_credit(desk: Desk, seed: int) -> None:
    subscription = desk.subscribe()
    desk.standin.renew(subscription)
    desk.standin.renew(subscription, succeeds=False)
    desk.standin.collect(subscription)
    desk.pay_top_up(2_500)

    desk.deliver_in_any_order(seed)

    assert (plan(desk), credit(desk), desk.wallet.top_up_microusd) == (Plan.PRO, CREDIT, BEFORE + 25_000_000)


def test_deleting_the_account_ends_its_subscription(desk: Desk) -> None:
    subscription = desk.subscribe()
    desk.deliver()
    wallet_id = desk.wallet.id

    accounts.delete_account(desk.session, desk.alice)
    desk.session.commit()
    desk.work()

    assert desk.standin.object(subscription)["status"] == "canceled"
    wallet = desk.session.get_one(Wallet, wallet_id, populate_existing=True)
    assert (wallet.account_id, wallet.stripe_subscription_id) == (None, None)
    desk.deliver()
