"""Many at once, with connections and commits of their own: nobody spends what they don't have, nobody pays twice."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import db
import runtime
from billing import ledger
from billing.stripe_objects import CheckoutState
from errors import AppError, InsufficientFunds, TranscriptionFailed
from handlers import accounts, payments, processing, transcriptions, wallets
from handlers.processing import Fetched, Lease, LeaseLost
from handlers.transcriptions import Details, Options
from models import (
    Account,
    Book,
    LedgerMovement,
    MovementKind,
    Source,
    Stage,
    Status,
    StripeEvent,
    Transcription,
    Wallet,
    WordTimes,
)
from speech import transcript as speech
from speech.transcript import Transcript
from tests.factories import complete, make_account, make_transcription
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("committed")

ENGINE = processing.Engine("base", WordTimes.NONE)
SPOKEN = Transcript("en", 10.0, 1.0, (speech.Segment(0.0, 1.0, "Hello."),), 1.0)
SILENCE = Transcript(None, 10.0, 0.0, ())

Act = Callable[[Session], Any]


def at_once(threads: int, work: Callable[[Any], Any], tasks: Iterable[Any]) -> list[Any]:
    """What `work` made of each task, of which there are at least as many as threads; all threads begin together."""
    with ThreadPoolExecutor(threads, initializer=Barrier(threads).wait, initargs=(30,)) as pool:
        return list(pool.map(work, tasks))


def attempt(act: Act) -> Any:
    """What it returned in a transaction of its own, or the class of the refusal that it raised."""
    try:
        with db.transaction() as session:
            return act(session)
    except (AppError, LeaseLost) as refusal:
        return type(refusal)


def make(number: int, **values: Any) -> tuple[Account, list[str]]:
    """An account and its transcriptions of ten seconds, ten micro-dollars each, which nothing is held for yet."""
    with db.transaction() as session:
        account = make_account(session, **{"top_up_microusd": 0, **values})
        rows = [
            make_transcription(session, account, duration_seconds=10.0, price_per_minute_microusd=60)
            for _ in range(number)
        ]
        return account, [row.public_id for row in rows]


def wallet_of(account: Account) -> Wallet:
    with db.transaction() as session:
        return session.scalars(select(Wallet).where(Wallet.account_id == account.id)).one()


def locked(session: Session, public_id: str) -> Transcription:
    query = select(Transcription).where(Transcription.public_id == public_id).with_for_update()
    return session.scalars(query).one()


def hold(public_id: str) -> Any:
    return attempt(lambda session: wallets.hold_price(session, locked(session, public_id)))


def claim(public_id: str, stage: Stage = Stage.FETCHING) -> Lease:
    lease = attempt(lambda session: processing.claim(session, public_id, stage, "w"))
    if not isinstance(lease, Lease):
        raise LeaseLost(public_id)
    return lease


def keep_media(session: Session, lease: Lease) -> None:
    processing.keep_media(session, lease, Fetched(f"media/{lease.public_id}", 5, "0" * 64, None))


def hold_and_queue(session: Session, lease: Lease, seconds: float = 10.0) -> None:
    processing.hold_and_queue_recognition(
        session, lease, duration_seconds=seconds, content_type="audio/flac", truncated=False
    )


# One thing, many times


@pytest.mark.parametrize(("credit", "top_up"), [(0, 90), (45, 45)])
def test_P16_of_24_holds_of_10_against_90_exactly_9_are_taken(credit: int, top_up: int) -> None:
    account, ids = make(24, monthly_credit_microusd=credit, top_up_microusd=top_up)

    outcomes = Counter(at_once(24, hold, ids))

    wallet = wallet_of(account)
    assert outcomes == {None: 9, InsufficientFunds: 15}
    assert (wallet.available_microusd, wallet.held_microusd) == (0, 90)


def test_the_cap_admits_no_more_at_once_than_one_by_one() -> None:
    account, ids = make(24, top_up_microusd=10_000, monthly_cap_microusd=90)

    outcomes = Counter(at_once(24, hold, ids))

    assert (outcomes[None], wallet_of(account).held_microusd) == (9, 90)


@pytest.mark.parametrize("seed", range(3))
def test_P19_completing_and_canceling_at_once_settle_once(seed: int) -> None:
    account, [public_id] = make(1, top_up_microusd=100)
    attempt(lambda session: hold_and_queue(session, claim(public_id)))
    attempt(lambda session: processing.keep_transcript(session, claim(public_id, Stage.TRANSCRIBING), SPOKEN, ENGINE))
    lease = claim(public_id, Stage.UNDERSTANDING)
    acts: list[Act] = [
        lambda session: processing.complete(session, lease),
        lambda session: transcriptions.cancel_transcription(session, account, public_id),
    ] * 4
    random.Random(seed).shuffle(acts)

    at_once(8, attempt, acts)

    wallet = wallet_of(account)
    assert wallet.held_microusd == 0
    assert wallet.charged_microusd in (0, 10)
    assert wallet.available_microusd == 100 - wallet.charged_microusd


def test_P22_a_payment_told_of_16_times_at_once_is_put_in_once() -> None:
    account, _ = make(0)

    def tell(session: Session) -> None:
        ledger.top_up(session, wallets.lock_wallet(session, account.id), 500, payment_id="pi_1")

    at_once(16, attempt, [tell] * 16)

    assert wallet_of(account).top_up_microusd == 500


def test_P23_a_refund_told_of_16_times_at_once_is_taken_back_once() -> None:
    account, _ = make(0, top_up_microusd=100)

    def tell(session: Session) -> None:
        wallet = wallets.lock_wallet(session, account.id)
        ledger.take_back(session, wallet, 150, MovementKind.REFUND, reference="re_1")

    at_once(16, attempt, [tell] * 16)

    wallet = wallet_of(account)
    assert (wallet.top_up_microusd, wallet.owed_microusd) == (0, -50)


def test_P21_a_month_that_16_see_begin_at_once_is_granted_once() -> None:
    account, _ = make(0, monthly_credit_microusd=70)
    attempt(lambda session: end_period(session, account))

    at_once(16, attempt, [wallets.begin_due_periods, lambda session: wallets.wallet_of(session, account)] * 8)

    with db.transaction() as session:
        kinds = Counter(session.scalars(select(LedgerMovement.kind)))
    assert kinds == {MovementKind.GRANT: 2, MovementKind.EXPIRY: 1}


# Everything at once


def end_period(session: Session, account: Account) -> None:
    ended = {"period_anchor_at": func.clock_timestamp(), "period_ends_at": func.clock_timestamp()}
    session.execute(update(Wallet).where(Wallet.account_id == account.id).values(ended))


@dataclass
class Meddler:
    """Does one thing after another to any of the accounts and their transcriptions."""

    of_account: list[tuple[Account, list[str]]]
    chance: random.Random

    def meddle(self, times: int) -> Counter[Any]:
        acts = [self.hold, self.hold, self.hold, self.capture, self.cancel, self.pay, self.refund, self.end_period]
        return Counter(attempt(self.chance.choice(acts)) for _ in range(times))

    def hold(self, session: Session) -> None:
        transcription = self.any_transcription(session)
        if not transcription.is_final and transcription.quoted_microusd is None:
            wallets.hold_price(session, transcription)

    def capture(self, session: Session) -> None:
        transcription = self.any_transcription(session)
        if not transcription.is_final and transcription.quoted_microusd is not None:
            wallets.capture_price(session, transcription, self.chance.randint(0, transcription.quoted_microusd))
            transcriptions.finish(session, transcription, Status.COMPLETED)

    def cancel(self, session: Session) -> None:
        account, ids = self.chance.choice(self.of_account)
        transcriptions.cancel_transcription(session, account, self.chance.choice(ids))

    def pay(self, session: Session) -> None:
        account, _ = self.chance.choice(self.of_account)
        payment_id = f"pi_{account.id}_{self.chance.randint(1, 5)}"
        ledger.top_up(session, wallets.lock_wallet(session, account.id), 20, payment_id=payment_id)

    def refund(self, session: Session) -> None:
        account, _ = self.chance.choice(self.of_account)
        wallet, reference = wallets.lock_wallet(session, account.id), f"re_{account.id}_{self.chance.randint(1, 3)}"
        ledger.take_back(session, wallet, 30, MovementKind.REFUND, reference=reference)

    def end_period(self, session: Session) -> None:
        end_period(session, self.chance.choice(self.of_account)[0])

    def any_transcription(self, session: Session) -> Transcription:
        _, ids = self.chance.choice(self.of_account)
        return locked(session, self.chance.choice(ids))


def test_P16_no_interleaving_breaks_the_ledger() -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    of_account = [make(40, top_up_microusd=top_up, monthly_credit_microusd=30) for top_up in (60, 150, 400)]
    meddlers = [Meddler(of_account, random.Random(seed + number)) for number in range(8)]

    outcomes = sum(at_once(8, lambda meddler: meddler.meddle(60), meddlers), Counter[Any]())

    assert outcomes[None] > 200
    with db.transaction() as session:
        held, charged = session.execute(
            select(
                func.sum(Transcription.quoted_microusd).filter(Transcription.status == Status.PROCESSING),
                func.sum(Transcription.charged_microusd),
            )
        ).one()
        rows = session.scalars(select(Wallet)).all()
    assert sum(wallet.held_microusd for wallet in rows) == (held or 0)
    assert sum(wallet.charged_microusd for wallet in rows) == (charged or 0)
    assert {sum(getattr(wallet, f"{book}_microusd") for book in Book) for wallet in rows} == {0}


# The whole way of a transcription


@dataclass(frozen=True)
class Job:
    """A recording, and what comes of it once it could be paid."""

    public_id: str
    seconds: float
    ending: Transcript | AppError


def drive(job: Job) -> None:
    """As the two workers do, each step in a transaction of its own; gives up when its lease is lost."""
    with suppress(LeaseLost):
        lease = claim(job.public_id)
        try:
            with db.transaction() as session:
                keep_media(session, lease)
            with db.transaction() as session:
                hold_and_queue(session, lease, job.seconds)
        except AppError as outcome:
            with db.transaction() as session:
                processing.fail_with(session, lease, outcome)
            return
        lease = claim(job.public_id, Stage.TRANSCRIBING)
        with db.transaction() as session:
            if isinstance(job.ending, Transcript):
                complete(session, lease, job.ending, ENGINE)
            else:
                processing.fail_with(session, lease, job.ending)


def rows_of(account: Account) -> Sequence[Transcription]:
    with db.transaction() as session:
        return session.scalars(select(Transcription).where(Transcription.account_id == account.id)).all()


def test_P16_P18_100_recordings_on_5_cents_spend_5_cents_and_no_more() -> None:
    account, ids = make(100, top_up_microusd=20_000, monthly_credit_microusd=30_000)
    chance = random.Random(100)
    jobs = [Job(public_id, chance.uniform(1, 4_000), SPOKEN) for public_id in ids]

    at_once(16, drive, jobs)

    wallet, rows = wallet_of(account), rows_of(account)
    completed = [row for row in rows if row.status is Status.COMPLETED]
    refused = [row for row in rows if row.error_code == "insufficient_funds"]
    assert len(completed) + len(refused) == 100
    assert len(completed) > 10
    assert len(refused) > 10
    assert wallet.charged_microusd == sum(row.charged_microusd or 0 for row in completed)
    assert (wallet.charged_microusd + wallet.available_microusd, wallet.held_microusd) == (50_000, 0)
    assert {row.charged_microusd == row.quoted_microusd for row in completed} == {True}
    # Nobody was refused what there was enough for: what was left in the end does not pay for any of them.
    seconds = {job.public_id: job.seconds for job in jobs}
    assert wallet.available_microusd < min(seconds[row.public_id] for row in refused)


def test_P18_what_cannot_be_paid_is_refused_before_recognition() -> None:
    account, ids = make(30, top_up_microusd=50_000)

    at_once(16, drive, [Job(public_id, 5_000.0, SPOKEN) for public_id in ids])

    rows = rows_of(account)
    refused = [row for row in rows if row.status is Status.FAILED]
    assert (len(rows) - len(refused), len(refused)) == (10, 20)
    assert {(row.stage, row.quoted_microusd, row.charged_microusd, row.speech_seconds) for row in refused} == {
        (Stage.FETCHING, None, 0, None)
    }


def test_P19_what_fails_or_is_silent_pays_for_others() -> None:
    account, ids = make(48, top_up_microusd=300)
    endings: list[Transcript | AppError] = [SPOKEN, SILENCE, TranscriptionFailed()]

    at_once(16, drive, [Job(public_id, 10.0, ending) for public_id, ending in zip(ids, endings * 16, strict=True)])

    wallet, rows = wallet_of(account), rows_of(account)
    charged = [row for row in rows if row.charged_microusd]
    assert {row.charged_microusd for row in charged} <= {10}
    assert (wallet.charged_microusd, wallet.held_microusd) == (10 * len(charged), 0)
    assert wallet.charged_microusd + wallet.available_microusd == 300


# Deleting the account meanwhile


@contextmanager
def meanwhile(other: Act) -> Iterator[Callable[[], Future[Any]]]:
    """A function that lets `other` begin beside the block, and goes on once that has ended or waits for somebody."""
    with ThreadPoolExecutor(1) as pool:

        def begin() -> Future[Any]:
            outcome = pool.submit(attempt, other)
            until(lambda: outcome.done() or somebody_waits())
            return outcome

        yield begin


def somebody_waits() -> bool:
    with db.transaction() as session:
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(session.scalars(waiting).one())


def exists(account: Account) -> bool:
    with db.transaction() as session:
        return session.get(Account, account.id) is not None


def order(session: Session, account: Account) -> str:
    return transcriptions.create_transcription(
        session,
        account,
        source=Source.EXTERNAL_URL,
        url="https://example.com/talk.mp3",
        options=Options(),
        details=Details(),
    ).public_id


def deletion(account: Account) -> Act:
    return lambda session: accounts.delete_account(session, account)


def test_an_account_is_deleted_while_a_recording_is_stored() -> None:
    account, [public_id] = make(1, top_up_microusd=100)
    lease = claim(public_id)

    with meanwhile(deletion(account)) as delete, db.transaction() as session:
        processing.held(session, lease)
        deleted = delete()
        keep_media(session, lease)

    assert (deleted.result(), exists(account)) == (None, False)


def test_an_account_is_deleted_while_one_of_its_transcriptions_completes() -> None:
    account, ids = make(2, top_up_microusd=100)
    for public_id in ids:
        lease = claim(public_id)
        with db.transaction() as session:
            hold_and_queue(session, lease)
    last = claim(ids[1], Stage.TRANSCRIBING)

    with meanwhile(deletion(account)) as delete, db.transaction() as session:
        processing.held(session, last)
        deleted = delete()
        complete(session, last, SPOKEN, ENGINE)

    assert (deleted.result(), exists(account)) == (None, False)


def test_an_account_is_deleted_while_its_month_begins_with_an_order(monkeypatch: pytest.MonkeyPatch) -> None:
    account, _ = make(0, top_up_microusd=10_000)
    with db.transaction() as session:
        # A subscriber's month begins without credit, so the wallet is all that it touches.
        wallets.lock_wallet(session, account.id).stripe_subscription_id = "sub_1"
        end_period(session, account)

    with meanwhile(deletion(account)) as delete, db.transaction() as session:
        deleted: list[Future[Any]] = []

        def and_then_delete(*arguments: Any) -> None:
            wallets.check_funds(*arguments)
            deleted.append(delete())

        monkeypatch.setattr(transcriptions, "check_funds", and_then_delete)
        order(session, account)

    assert (deleted[0].result(), exists(account)) == (None, False)


def test_an_account_is_deleted_while_one_of_its_transcriptions_is_deleted() -> None:
    account, ids = make(2, top_up_microusd=100)

    with meanwhile(deletion(account)) as delete, db.transaction() as session:
        transcriptions.delete_transcription(session, account, ids[1])
        deleted = delete()

    assert (deleted.result(), exists(account)) == (None, False)


@pytest.fixture
def subscriber() -> Account:
    """Has a customer at Stripe, and an event that waits: their subscription has ended."""
    account, _ = make(0)
    with db.transaction() as session:
        session.execute(update(Wallet).values(stripe_customer_id="cus_1", stripe_subscription_id="sub_1"))
        session.add(
            StripeEvent(event_id="evt_1", type="x", object_id="sub_1", customer_id="cus_1", created_at=func.now())
        )
    return account


def handle_event(session: Session) -> None:
    payments.handle_event(session, "evt_1")


def test_a_subscription_is_followed_while_the_wallet_is_written_to_twice(
    subscriber: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "_payments", SimpleNamespace(subscription_of=lambda customer: None))

    with meanwhile(handle_event) as tell, db.transaction() as session:
        wallet = wallets.lock_wallet(session, subscriber.id)
        ledger.adjust(session, wallet, 1, reason="One")
        told = tell()
        ledger.adjust(session, wallet, 1, reason="Two")

    assert (told.result(), wallet_of(subscriber).stripe_subscription_id) == (None, None)


def test_a_browser_comes_back_from_stripe_as_the_event_does_and_the_month_ends(
    subscriber: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt(lambda session: end_period(session, subscriber))
    told: list[Future[Any]] = []

    def checkout(checkout_id: str) -> CheckoutState:
        told.append(tell())
        return CheckoutState(checkout_id, "cus_1", "subscription", "complete", True, None, "sub_1")

    gateway = SimpleNamespace(checkout=checkout, subscription_of=lambda customer: None)
    monkeypatch.setattr(runtime, "_payments", gateway)
    with meanwhile(handle_event) as tell, db.transaction() as session:
        assert payments.finish_checkout(session, subscriber, "cs_1")

    assert (told[0].result(), wallet_of(subscriber).stripe_subscription_id) == (None, None)


@pytest.mark.parametrize("wallet_is_locked", [False, True])
def test_what_is_ordered_while_its_account_is_deleted_is_neither_held_for_nor_in_the_way(
    monkeypatch: pytest.MonkeyPatch, wallet_is_locked: bool
) -> None:
    account, _ = make(0, top_up_microusd=10_000)

    def order_and_hold(session: Session) -> None:
        public_id = attempt(lambda session: order(session, account))
        if isinstance(public_id, str):
            hold_and_queue(session, claim(public_id))

    def lock_wallet(session: Session, account_id: int) -> Wallet:
        if wallet_is_locked:
            wallets.lock_wallet(session, account_id)
        ordered.append(begin())
        return wallets.lock_wallet(session, account_id)

    ordered: list[Future[Any]] = []
    monkeypatch.setattr(accounts, "lock_wallet", lock_wallet)
    with meanwhile(order_and_hold) as begin, db.transaction() as session:
        accounts.delete_account(session, account)

    with db.transaction() as session:
        assert session.scalars(select(Wallet.held_top_up_microusd)).all() == [0]
    assert not isinstance(ordered[0].exception(), OperationalError)
    assert not exists(account)


def test_an_account_is_deleted_in_the_midst_of_everything() -> None:
    account, ids = make(60, top_up_microusd=10_000, monthly_cap_microusd=500)
    jobs: list[Callable[[], Any]] = [partial(drive, Job(public_id, 10.0, SPOKEN)) for public_id in ids]
    jobs.insert(30, lambda: attempt(deletion(account)))

    at_once(16, lambda job: job(), jobs)

    assert not exists(account)
