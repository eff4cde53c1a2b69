"""What an account may spend, and what moves when: holds, caps, months, plans, and what was spent by whom."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

import runtime
from billing import ledger
from billing.periods import period_at
from db import now
from errors import AccountOwes, InsufficientFunds, Invalid, MaxCostExceeded, MonthlyCapReached
from handlers import accounts, api_keys, notices, processing, spending, transcriptions, wallets
from handlers.processing import Lease
from handlers.spending import Usage
from handlers.transcriptions import Details, Options
from models import (
    Account,
    ApiKey,
    LedgerMovement,
    MovementKind,
    Notice,
    Plan,
    Source,
    Stage,
    Status,
    Transcription,
    Wallet,
    WordTimes,
)
from speech import transcript as speech
from speech.transcript import Transcript
from tests.factories import complete, make_account, make_transcription

ENGINE = processing.Engine("base", WordTimes.NONE)
FREE_CREDIT, PRO_CREDIT = 500_000, 10_000_000
HEARD = Transcript("en", 60.0, 3.0, (speech.Segment(0.0, 3.0, "Hello."),), 3.0)
SILENCE = Transcript(None, 60.0, 0.0, ())
# At 60 a minute a second costs one micro-dollar.
A_SECOND_EACH = {"price_per_minute_microusd": 60}


def transcription_of(session: Session, account: Account, seconds: float, **values: object) -> Transcription:
    """Not held for yet; a micro-dollar a second."""
    return make_transcription(session, account, duration_seconds=seconds, **{**A_SECOND_EACH, **values})


def hold(session: Session, account: Account, seconds: float, **values: object) -> Transcription:
    transcription = transcription_of(session, account, seconds, **values)
    wallets.hold_price(session, transcription)
    return transcription


def order(session: Session, account: Account, api_key: ApiKey | None = None) -> Transcription:
    """As a client orders one, before anything is known of its length."""
    return transcriptions.create_transcription(
        session,
        account,
        source=Source.EXTERNAL_URL,
        url="https://example.com/talk.mp3",
        options=Options(),
        details=Details(),
        api_key=api_key,
    )


def lease_of(session: Session, transcription: Transcription, stage: Stage) -> Lease:
    session.flush()
    lease = processing.claim(session, transcription.public_id, stage, "w")
    assert lease is not None
    session.refresh(transcription)
    return lease


def process(session: Session, transcription: Transcription, heard: Transcript = HEARD, seconds: float = 60.0) -> None:
    """From the order to the end, as the two workers do."""
    processing.hold_and_queue_recognition(
        session,
        lease_of(session, transcription, Stage.FETCHING),
        duration_seconds=seconds,
        content_type="audio/flac",
        truncated=False,
    )
    complete(session, lease_of(session, transcription, Stage.TRANSCRIBING), heard, ENGINE)


def end_period(session: Session, account: Account) -> None:
    """The wallet's period is over just now, and nobody has looked yet."""
    session.execute(
        update(Wallet)
        .where(Wallet.account_id == account.id)
        .values(period_anchor_at=func.clock_timestamp(), period_ends_at=func.clock_timestamp())
    )


def begun_at(session: Session, account: Account, anchor: datetime) -> Wallet:
    """The wallet of an account without credit as it was in its first period, from `anchor` on; unlocked and unseen."""
    started_at, ends_at = period_at(anchor, anchor)
    session.execute(
        update(Wallet)
        .where(Wallet.account_id == account.id)
        .values(period_anchor_at=anchor, period_started_at=started_at, period_ends_at=ends_at)
    )
    wallet = session.scalars(select(Wallet).where(Wallet.account_id == account.id)).one()
    session.refresh(wallet)
    return wallet


def kinds(session: Session) -> Sequence[MovementKind]:
    return session.scalars(select(LedgerMovement.kind).order_by(LedgerMovement.id)).all()


# At submission: can a minute be paid?


@pytest.mark.parametrize(("credit", "top_up"), [(5_000, 0), (0, 5_000), (2_000, 3_000)])
def test_P18_a_minutes_price_is_enough_to_submit(session: Session, credit: int, top_up: int) -> None:
    account = make_account(session, monthly_credit_microusd=credit, top_up_microusd=top_up)

    assert order(session, account).status is Status.PROCESSING


def test_P18_less_than_a_minutes_price_is_refused(session: Session) -> None:
    account = make_account(session, monthly_credit_microusd=2_000, top_up_microusd=2_999)

    with pytest.raises(InsufficientFunds, match=r"needs \$0.005 and the wallet has \$0.004999 available"):
        order(session, account)

    assert session.scalar(select(func.count()).select_from(Transcription)) == 0


def test_P18_what_is_held_does_not_pay_the_next_minute(session: Session) -> None:
    account = make_account(session, top_up_microusd=9_000)
    hold(session, account, 4_001)

    with pytest.raises(InsufficientFunds):
        order(session, account)


def test_P18_submitting_holds_nothing(session: Session, alice: Account) -> None:
    transcription = order(session, alice)

    assert (transcription.quoted_microusd, wallets.wallet_of(session, alice).held_microusd) == (None, 0)


def test_what_is_free_needs_no_funds(session: Session) -> None:
    account = make_account(session, top_up_microusd=0)

    wallets.check_funds(session, account, 0)


# When the length is known: the hold


def test_P18_the_price_of_the_whole_length_is_held(session: Session, alice: Account) -> None:
    transcription = hold(session, alice, 61.000001)

    assert (transcription.quoted_microusd, wallets.wallet_of(session, alice).held_microusd) == (62, 62)


def test_P16_what_the_wallet_lacks_is_not_held(session: Session) -> None:
    account = make_account(session, top_up_microusd=59)
    transcription = transcription_of(session, account, 60)

    with pytest.raises(InsufficientFunds):
        wallets.hold_price(session, transcription)

    assert (transcription.quoted_microusd, kinds(session)) == (None, [MovementKind.ADJUSTMENT])


@pytest.mark.parametrize(("limit", "admitted"), [(None, True), (60, True), (59, False), (0, False)])
def test_no_more_than_max_cost_is_held(session: Session, alice: Account, limit: int | None, admitted: bool) -> None:
    if admitted:
        assert hold(session, alice, 60, max_cost_microusd=limit).quoted_microusd == 60
    else:
        with pytest.raises(MaxCostExceeded, match=r"would cost \$0.00006,"):
            hold(session, alice, 60, max_cost_microusd=limit)
        assert wallets.wallet_of(session, alice).held_microusd == 0


def test_what_is_free_is_held_and_captured_for_nothing(session: Session) -> None:
    account = make_account(session, top_up_microusd=0)
    process(session, transcription_of(session, account, 60, price_per_minute_microusd=0))

    assert kinds(session) == [MovementKind.HOLD, MovementKind.CAPTURE]


def test_P19_the_price_is_that_of_acceptance(session: Session, alice: Account) -> None:
    transcription = order(session, alice)
    accounts.set_plan(session, alice, Plan.PRO)

    process(session, transcription)

    assert (transcription.quoted_microusd, transcription.charged_microusd) == (5_000, 5_000)


def test_pro_members_pay_30_percent_less(session: Session) -> None:
    account = make_account(session, plan=Plan.PRO)
    transcription = order(session, account)

    process(session, transcription)

    assert transcription.charged_microusd == 3_500


def test_after_pro_the_price_is_the_lists_again(session: Session) -> None:
    account = make_account(session, plan=Plan.PRO)
    accounts.set_plan(session, account, Plan.FREE)

    assert order(session, account).price_per_minute_microusd == 5_000


# Settling


def test_P19_silence_is_captured_for_nothing(session: Session, alice: Account) -> None:
    transcription = order(session, alice)
    process(session, transcription, SILENCE)

    wallet = wallets.wallet_of(session, alice)
    assert (transcription.quoted_microusd, transcription.charged_microusd) == (5_000, 0)
    assert (wallet.held_microusd, wallet.charged_microusd, wallet.available_microusd) == (0, 0, 10_000_000)
    assert kinds(session)[-1] is MovementKind.CAPTURE


@pytest.mark.parametrize("is_held", [True, False])
def test_P19_a_canceled_one_costs_nothing(session: Session, alice: Account, is_held: bool) -> None:
    transcription = transcription_of(session, alice, 60)
    if is_held:
        wallets.hold_price(session, transcription)

    transcriptions.cancel_transcription(session, alice, transcription.public_id)

    assert (transcription.charged_microusd, wallets.wallet_of(session, alice).available_microusd) == (0, 10_000_000)
    assert (MovementKind.RELEASE in kinds(session)) is is_held


def test_P19_deleting_a_processing_one_releases_its_hold(session: Session, alice: Account) -> None:
    transcriptions.delete_transcription(session, alice, hold(session, alice, 60).public_id)

    assert wallets.wallet_of(session, alice).available_microusd == 10_000_000


def test_P19_deleting_a_completed_one_gives_nothing_back(session: Session, alice: Account) -> None:
    transcription = order(session, alice)
    process(session, transcription)

    transcriptions.delete_transcription(session, alice, transcription.public_id)

    assert wallets.wallet_of(session, alice).charged_microusd == 5_000


def test_P21_credit_released_after_its_period_expires_at_once(session: Session) -> None:
    account = make_account(session, monthly_credit_microusd=100, top_up_microusd=50)
    transcription = hold(session, account, 120)
    end_period(session, account)

    transcriptions.cancel_transcription(session, account, transcription.public_id)

    wallet = wallets.wallet_of(session, account)
    assert (wallet.monthly_credit_microusd, wallet.top_up_microusd) == (FREE_CREDIT, 50)


def test_P21_credit_held_before_a_paid_period_was_known_of_expires_too(session: Session) -> None:
    account = make_account(session, monthly_credit_microusd=100, top_up_microusd=0)
    paid_at = now(session)
    transcription = hold(session, account, 60)
    wallet, ends_at = wallets.wallet_of(session, account), paid_at + timedelta(days=31)
    wallets.begin_period(session, wallet, started_at=paid_at, ends_at=ends_at, credit_microusd=1_000)

    transcriptions.cancel_transcription(session, account, transcription.public_id)

    assert wallets.wallet_of(session, account).monthly_credit_microusd == 1_000


def test_P21_credit_held_in_the_moment_its_period_ended_expires_too(session: Session) -> None:
    account = make_account(session, monthly_credit_microusd=100, top_up_microusd=0)
    transcription = hold(session, account, 60)
    held_at = session.scalars(select(LedgerMovement.created_at).where(LedgerMovement.kind == MovementKind.HOLD)).one()
    # As when the wallet's lock was waited for: the period was not over when it was looked at.
    ended = {"period_anchor_at": held_at, "period_ends_at": held_at}
    session.execute(update(Wallet).where(Wallet.account_id == account.id).values(ended))

    transcriptions.cancel_transcription(session, account, transcription.public_id)

    assert wallets.wallet_of(session, account).monthly_credit_microusd == FREE_CREDIT


# The cap


def test_the_cap_counts_what_is_spent_and_what_is_held(session: Session) -> None:
    account = make_account(session, monthly_cap_microusd=100)
    process(session, transcription_of(session, account, 1), seconds=40)
    hold(session, account, 50)

    with pytest.raises(MonthlyCapReached):
        hold(session, account, 11)
    assert hold(session, account, 10).quoted_microusd == 10


def test_a_release_makes_room_under_the_cap(session: Session) -> None:
    account = make_account(session, monthly_cap_microusd=100)
    held = hold(session, account, 100)

    transcriptions.cancel_transcription(session, account, held.public_id)

    assert hold(session, account, 100).quoted_microusd == 100


def test_the_cap_is_met_at_submission_too(session: Session) -> None:
    account = make_account(session, monthly_cap_microusd=5_000)
    assert order(session, account)
    hold(session, account, 1)

    with pytest.raises(MonthlyCapReached):
        order(session, account)


def test_a_cap_of_nothing_admits_only_what_is_free(session: Session) -> None:
    account = make_account(session, monthly_cap_microusd=0)

    assert hold(session, account, 60, price_per_minute_microusd=0).quoted_microusd == 0
    with pytest.raises(MonthlyCapReached):
        hold(session, account, 1)


def test_last_months_spending_does_not_count(session: Session) -> None:
    account = make_account(session, monthly_cap_microusd=100)
    process(session, transcription_of(session, account, 1), seconds=100)
    a_month_ago(session)

    assert hold(session, account, 100).quoted_microusd == 100


def test_a_cap_reached_while_processing_fails_it_and_is_told(session: Session) -> None:
    account = make_account(session, monthly_cap_microusd=5_000)
    transcription = order(session, account)

    processing.fail_with(session, lease_of(session, transcription, Stage.FETCHING), MonthlyCapReached())

    assert (transcription.error_code, transcription.charged_microusd) == ("monthly_cap_reached", 0)
    assert [notice.kind for notice in notices.open_notices(session, account)] == ["cap_reached"]


# Debt


def test_P23_who_owes_submits_nothing_that_costs(session: Session) -> None:
    account = make_account(session)
    wallet = wallets.wallet_of(session, account)
    ledger.take_back(session, wallet, 10_000_001, MovementKind.DISPUTE, reference="dp_1")
    ledger.grant(session, wallet, 1_000_000)

    with pytest.raises(AccountOwes):
        order(session, account)
    with pytest.raises(AccountOwes):
        hold(session, account, 1)


def test_P23_a_debt_that_is_paid_is_forgotten(session: Session) -> None:
    account = make_account(session, top_up_microusd=0)
    wallet = wallets.wallet_of(session, account)
    ledger.take_back(session, wallet, 100, MovementKind.REFUND, reference="re_1")
    ledger.top_up(session, wallet, 5_100, payment_id="pi_1")

    assert order(session, account)


# Notices


@pytest.mark.parametrize(
    ("seconds", "told"), [(799, []), (800, ["cap_near"]), (999, ["cap_near"]), (1_000, ["cap_reached"])]
)
def test_a_notice_is_left_at_80_percent_and_at_the_whole(session: Session, seconds: int, told: list[str]) -> None:
    account = make_account(session, monthly_cap_microusd=1_000)

    hold(session, account, seconds)

    assert [notice.kind for notice in notices.open_notices(session, account)] == told


@pytest.mark.parametrize("cap", [3, 7, 1_000_001, 999_999_999_999, 1_000_000_000_000])
def test_80_percent_is_reckoned_to_the_microdollar(session: Session, cap: int) -> None:
    account = make_account(session, monthly_cap_microusd=cap, top_up_microusd=cap)
    least = -(-cap * 4 // 5)

    hold(session, account, least - 1)
    assert notices.open_notices(session, account) == []
    hold(session, account, 1)
    assert len(notices.open_notices(session, account)) == 1


def test_each_notice_is_left_once_a_month(session: Session) -> None:
    account = make_account(session, monthly_cap_microusd=1_000)
    for seconds in (850, 50, 100, 0):
        hold(session, account, seconds)
    notices.dismiss(session, account, notices.open_notices(session, account)[0].public_id)

    hold(session, account, 0)

    assert session.scalars(select(Notice.kind).order_by(Notice.id)).all() == ["cap_near", "cap_reached"]
    assert [notice.kind for notice in notices.open_notices(session, account)] == ["cap_near"]


def test_a_raised_cap_has_notices_of_its_own(session: Session) -> None:
    account = make_account(session, monthly_cap_microusd=1_000)
    hold(session, account, 1_000)

    accounts.set_monthly_cap(session, account, 2_000)
    hold(session, account, 600)

    assert session.execute(
        select(Notice.kind, Notice.cap_microusd, Notice.spent_microusd).order_by(Notice.id)
    ).all() == [
        ("cap_reached", 1_000, 1_000),
        ("cap_near", 2_000, 1_600),
    ]


def test_without_a_cap_there_are_no_notices(session: Session, alice: Account) -> None:
    hold(session, alice, 9_000_000)

    assert notices.open_notices(session, alice) == []


# Periods


@pytest.mark.parametrize(
    ("anchor", "moment", "started_at", "ends_at"),
    [
        ("2026-01-31", "2026-01-31", "2026-01-31", "2026-02-28"),
        ("2026-01-31", "2026-02-27", "2026-01-31", "2026-02-28"),
        ("2026-01-31", "2026-02-28", "2026-02-28", "2026-03-31"),
        ("2026-01-31", "2026-03-31", "2026-03-31", "2026-04-30"),
        ("2026-01-31", "2026-12-30", "2026-11-30", "2026-12-31"),
        ("2026-01-31", "2026-12-31", "2026-12-31", "2027-01-31"),
        ("2026-01-31", "2028-02-29", "2028-02-29", "2028-03-31"),
        ("2028-02-29", "2029-03-01", "2029-02-28", "2029-03-29"),
        ("2026-12-15", "2027-01-14", "2026-12-15", "2027-01-15"),
        ("2026-12-15", "2027-01-15", "2027-01-15", "2027-02-15"),
    ],
)
def test_a_period_begins_on_the_anchors_day_or_a_shorter_months_last(
    anchor: str, moment: str, started_at: str, ends_at: str
) -> None:
    at = {
        name: datetime.fromisoformat(f"{day}T12:30:00+00:00")
        for name, day in (("anchor", anchor), ("moment", moment), ("started_at", started_at), ("ends_at", ends_at))
    }

    assert period_at(at["anchor"], at["moment"]) == (at["started_at"], at["ends_at"])


def test_periods_follow_each_other_without_a_gap() -> None:
    anchor = datetime(2024, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    moment = anchor
    for _ in range(60):
        started_at, ends_at = period_at(anchor, moment)
        assert started_at == moment
        assert period_at(anchor, ends_at - timedelta(microseconds=1)) == (started_at, ends_at)
        moment = ends_at


def test_P21_a_new_month_begins_when_somebody_looks(session: Session) -> None:
    account = make_account(session, monthly_credit_microusd=400)
    end_period(session, account)

    wallet = wallets.wallet_of(session, account)

    assert wallet.monthly_credit_microusd == FREE_CREDIT
    assert kinds(session)[-2:] == [MovementKind.EXPIRY, MovementKind.GRANT]
    assert wallet.period_started_at < now(session) < wallet.period_ends_at


def test_P21_credit_that_has_ended_pays_for_nothing(session: Session) -> None:
    account = make_account(session, monthly_credit_microusd=600_000, top_up_microusd=0)
    end_period(session, account)

    with pytest.raises(InsufficientFunds):
        hold(session, account, FREE_CREDIT + 1)


def test_P21_top_ups_do_not_end_with_the_month(session: Session, alice: Account) -> None:
    end_period(session, alice)

    assert wallets.wallet_of(session, alice).top_up_microusd == 10_000_000


def test_P21_several_idle_months_are_granted_once(session: Session) -> None:
    account = make_account(session)
    wallet = begun_at(session, account, now(session) - timedelta(days=200))
    ledger.grant(session, wallet, 400)

    wallet = wallets.wallet_of(session, account)

    assert wallet.monthly_credit_microusd == FREE_CREDIT
    assert kinds(session)[-3:] == [MovementKind.GRANT, MovementKind.EXPIRY, MovementKind.GRANT]
    assert wallet.period_started_at <= now(session) < wallet.period_ends_at


def test_P21_looking_again_grants_nothing_more(session: Session, alice: Account) -> None:
    end_period(session, alice)
    for _ in range(3):
        wallets.wallet_of(session, alice)
        wallets.begin_due_periods(session)

    assert kinds(session).count(MovementKind.GRANT) == 1


def test_P21_a_wallet_of_the_31st_keeps_its_day(session: Session) -> None:
    account = make_account(session)
    begun_at(session, account, datetime(2025, 1, 31, 8, tzinfo=UTC))

    wallet = wallets.wallet_of(session, account)

    for moment in (wallet.period_started_at, wallet.period_ends_at):
        assert moment.hour == 8
        assert moment.day == 31 or (moment + timedelta(days=1)).day == 1


@pytest.mark.parametrize(("plan", "credit"), [(Plan.FREE, FREE_CREDIT), (Plan.PRO, PRO_CREDIT)])
def test_P21_a_month_brings_the_plans_credit(session: Session, plan: Plan, credit: int) -> None:
    account = make_account(session)
    accounts.set_plan(session, account, plan)
    assert wallets.wallet_of(session, account).monthly_credit_microusd == 0
    end_period(session, account)

    assert wallets.wallet_of(session, account).monthly_credit_microusd == credit


def test_P21_a_subscribers_credit_waits_for_the_invoice(session: Session) -> None:
    account = make_account(session, plan=Plan.PRO, monthly_credit_microusd=400)
    wallets.wallet_of(session, account).stripe_subscription_id = "sub_1"
    session.flush()
    end_period(session, account)

    wallet = wallets.wallet_of(session, account)

    assert (wallet.monthly_credit_microusd, kinds(session)[-1]) == (0, MovementKind.EXPIRY)


def test_P21_months_begin_of_wallets_that_nobody_looks_at(session: Session) -> None:
    due, not_due, also_due = (make_account(session) for _ in range(3))
    for account in (due, also_due):
        end_period(session, account)

    wallets.begin_due_periods(session)

    credit = {
        wallet.account_id: wallet.monthly_credit_microusd
        for wallet in session.scalars(select(Wallet).execution_options(populate_existing=True))
    }
    assert credit == {due.id: FREE_CREDIT, not_due.id: 0, also_due.id: FREE_CREDIT}


def test_a_new_account_begins_with_its_plans_credit(session: Session) -> None:
    made = [accounts.create_account(session, email=f"{plan}@example.com", password=None, plan=plan) for plan in Plan]

    assert [wallets.wallet_of(session, account).monthly_credit_microusd for account in made] == [
        runtime.tariff().terms[plan].monthly_credit_microusd for plan in Plan
    ]


# Deleting the account


def test_deleting_an_account_keeps_its_ledger(session: Session, alice: Account) -> None:
    process(session, order(session, alice))
    before = session.scalars(select(LedgerMovement.public_id)).all()

    accounts.delete_account(session, alice)

    wallet = session.scalars(select(Wallet)).one()
    session.refresh(wallet)
    assert (wallet.account_id, wallet.charged_microusd) == (None, 5_000)
    assert set(before) <= set(session.scalars(select(LedgerMovement.public_id)).all())


def test_deleting_an_account_releases_what_is_held(session: Session, alice: Account) -> None:
    for seconds in (60, 90):
        hold(session, alice, seconds)
    order(session, alice)

    accounts.delete_account(session, alice)

    wallet = session.scalars(select(Wallet)).one()
    session.refresh(wallet)
    assert (wallet.held_microusd, wallet.available_microusd) == (0, 10_000_000)
    assert kinds(session).count(MovementKind.RELEASE) == 2


def test_a_wallet_without_an_account_begins_no_month(session: Session, alice: Account) -> None:
    end_period(session, alice)
    accounts.delete_account(session, alice)
    before = kinds(session)

    wallets.begin_due_periods(session)

    assert kinds(session) == before


# Who spent what


@pytest.fixture
def keys(session: Session, alice: Account) -> list[ApiKey]:
    return [api_keys.create_api_key(session, alice, name=name)[0] for name in ("one", "two")]


@pytest.fixture
def spent(session: Session, alice: Account, keys: list[ApiKey]) -> list[Transcription]:
    """Two by the first key, one by the second, two from the dashboard: last month, and this month again."""
    made = []
    for seconds in (100.0, 10.0):
        for number, key in enumerate([keys[0], keys[0], keys[1], None, None]):
            transcription = transcription_of(
                session,
                alice,
                1,
                api_key_id=key.id if key else None,
                pipeline_code="whisper-base" if number % 2 else "voxtral-mini-transcribe",
            )
            process(session, transcription, seconds=seconds + number)
            made.append(transcription)
        if seconds == 100.0:
            a_month_ago(session)
    return made


def a_month_ago(session: Session) -> None:
    """Everything that was captured so far was captured in the month before."""
    session.flush()
    session.execute(text("SET LOCAL session_replication_role = replica"))
    earlier = "date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 day'"
    session.execute(text(f"UPDATE ledger_movements SET created_at = ({earlier}) AT TIME ZONE 'UTC'"))
    session.execute(text(f"UPDATE usage_days SET day = ({earlier})::date"))
    session.execute(text("SET LOCAL session_replication_role = origin"))


@pytest.mark.usefixtures("spent")
def test_P20_a_key_spent_what_its_transcriptions_cost(session: Session, alice: Account, keys: list[ApiKey]) -> None:
    by_key = spending.spending_by_key(session, alice)

    assert {name: (each.this_month_microusd, each.all_time_microusd) for name, each in by_key.items()} == {
        keys[0].public_id: (10 + 11, 10 + 11 + 100 + 101),
        keys[1].public_id: (12, 12 + 102),
        "dashboard": (13 + 14, 13 + 14 + 103 + 104),
    }


@pytest.mark.usefixtures("spent")
def test_P20_all_keys_and_the_dashboard_are_the_accounts_total(session: Session, alice: Account) -> None:
    by_key = spending.spending_by_key(session, alice).values()

    wallet = wallets.wallet_of(session, alice)
    assert sum(each.all_time_microusd for each in by_key) == wallet.charged_microusd == 570
    assert sum(each.this_month_microusd for each in by_key) == spending.month_of(session, wallet).spent_microusd == 60


def test_P20_nothing_is_forgotten_with_what_is_deleted(
    session: Session, alice: Account, keys: list[ApiKey], spent: list[Transcription]
) -> None:
    before = spending.spending_by_key(session, alice)

    for transcription in spent:
        transcriptions.delete_transcription(session, alice, transcription.public_id)
    for key in keys:
        api_keys.revoke_api_key(session, alice, key.public_id)

    assert spending.spending_by_key(session, alice) == before


def test_P20_what_failed_is_no_spending(session: Session, alice: Account) -> None:
    transcriptions.cancel_transcription(session, alice, hold(session, alice, 60).public_id)

    assert spending.spending_by_key(session, alice) == {}


@pytest.mark.usefixtures("spent")
def test_P20_a_stranger_has_spent_nothing(session: Session, charlie: Account) -> None:
    assert spending.spending_by_key(session, charlie) == {}
    assert usage(session, charlie, "day") == []


def usage(session: Session, account: Account, group_by: spending.Grouping) -> Sequence[Usage]:
    """Of the last hundred days."""
    first = now(session).date() - timedelta(days=100)
    return spending.usage_of(session, account, first=first, last=None, group_by=group_by)


def by_day(session: Session, account: Account, first: date | None, last: date | None = None) -> list[int]:
    rows = spending.usage_of(session, account, first=first, last=last, group_by="day")
    return [row.spent_microusd for row in rows]


GROUPINGS: tuple[spending.Grouping, ...] = ("day", "pipeline", "api_key")


@pytest.mark.usefixtures("spent")
@pytest.mark.parametrize("group_by", GROUPINGS)
def test_P20_however_it_is_grouped_usage_comes_to_the_same(
    session: Session, alice: Account, group_by: spending.Grouping
) -> None:
    rows = usage(session, alice, group_by)

    assert sum(row.spent_microusd for row in rows) == wallets.wallet_of(session, alice).charged_microusd
    assert sum(row.transcriptions for row in rows) == 10
    assert sum(row.seconds for row in rows) == 570


@pytest.mark.usefixtures("spent")
def test_usage_is_grouped_by_what_was_asked(session: Session, alice: Account, keys: list[ApiKey]) -> None:
    assert [(row.group, row.spent_microusd) for row in usage(session, alice, "pipeline")] == [
        ("voxtral-mini-transcribe", 342),
        ("whisper-base", 228),
    ]
    assert [(row.group, row.spent_microusd) for row in usage(session, alice, "api_key")] == [
        ("dashboard", 234),
        (keys[0].public_id, 222),
        (keys[1].public_id, 114),
    ]
    assert [row.spent_microusd for row in usage(session, alice, "day")] == [60, 510]


@pytest.mark.usefixtures("spent")
def test_usage_is_that_of_the_days_asked_for(session: Session, alice: Account) -> None:
    today = now(session).date()

    assert by_day(session, alice, today) == by_day(session, alice, None) == [60]
    assert by_day(session, alice, today - timedelta(days=40)) == [60, 510]
    assert by_day(session, alice, today - timedelta(days=200), today - timedelta(days=100)) == []


@pytest.mark.parametrize(("days", "taken"), [(-1, False), (0, True), (366, True), (367, False)])
def test_usage_spans_at_most_a_year(session: Session, alice: Account, days: int, taken: bool) -> None:
    today = now(session).date()

    with nullcontext() if taken else pytest.raises(Invalid):
        assert by_day(session, alice, today - timedelta(days=days), today) == []


def test_silence_counts_as_used_but_not_as_spent(session: Session, alice: Account) -> None:
    process(session, order(session, alice), SILENCE)

    [row] = spending.usage_of(session, alice, first=None, last=None, group_by="api_key")
    assert row == Usage("dashboard", 1, 60.0, 0)


def test_a_capture_that_outlives_its_key_says_which_it_was(
    session: Session, alice: Account, keys: list[ApiKey]
) -> None:
    transcription = order(session, alice, keys[0])
    api_keys.revoke_api_key(session, alice, keys[0].public_id)

    process(session, transcription)

    assert list(spending.spending_by_key(session, alice)) == [keys[0].public_id]
