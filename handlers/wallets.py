"""The wallet in use: what an account may spend now, and what moves when a transcription is held, captured or released.

`billing/ledger.py` does the arithmetic; here are the rules about months, plans, caps and debts. Rows are locked in the
order account, transcription, wallet.
"""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

import runtime
from billing import ledger
from billing.ledger import Purchase
from billing.periods import period_at
from billing.prices import as_usd, dollars, price
from errors import AccountOwes, AppError, InsufficientFunds, MaxCostExceeded, MonthlyCapReached
from handlers.activities import record
from handlers.notices import note_refusal, note_spending
from handlers.spending import month_of
from models import Account, Action, ApiKey, Transcription, Wallet
from telemetry.metrics import count_refusal

AT_ONCE = 500


def open_wallet(
    session: Session, account: Account, *, monthly_credit_microusd: int | None = None, top_up_microusd: int = 0
) -> Wallet:
    """The wallet of a new account, with its plan's credit for the first month unless another is given."""
    wallet = ledger.open_wallet(session, account.id)
    if monthly_credit_microusd is None:
        monthly_credit_microusd = runtime.tariff().terms[account.plan].monthly_credit_microusd
    ledger.grant(session, wallet, monthly_credit_microusd)
    if top_up_microusd:
        ledger.adjust(session, wallet, top_up_microusd, reason="Granted with the account")
    return wallet


def wallet_of(session: Session, account: Account) -> Wallet:
    """The account's wallet as it is now, to be shown."""
    wallet, moment = session.execute(_of(account.id)).one()
    return wallet if wallet.period_ends_at > moment else lock_wallet(session, account.id)


def lock_wallet(session: Session, account_id: int) -> Wallet:
    """The account's wallet, locked, in its present period: credit that ended is gone, the new month's is there."""
    query = _of(account_id).with_for_update(of=Wallet).execution_options(populate_existing=True)
    wallet, moment = session.execute(query).one()
    if wallet.period_ends_at <= moment:
        _begin_next_period(session, wallet, session.get_one(Account, account_id), moment)
    return wallet


def check_funds(session: Session, account: Account, per_minute_microusd: int) -> None:
    """Refuse at once what could not even pay a minute (PROMISES P18); the real price is held when the length is known.

    Raises AccountOwes, InsufficientFunds, MonthlyCapReached.
    """
    if per_minute_microusd:
        try:
            _check(session, wallet_of(session, account), account, per_minute_microusd)
        except AppError as refusal:
            count_refusal(refusal.code)
            raise


def hold_price(session: Session, transcription: Transcription) -> None:
    """Quote a transcription whose length is known, and set its price aside.

    Raises MaxCostExceeded, AccountOwes, InsufficientFunds, MonthlyCapReached; then nothing is held.
    """
    assert transcription.duration_seconds is not None
    quoted = price(transcription.duration_seconds, transcription.price_per_minute_microusd)
    limit = transcription.max_cost_microusd
    if limit is not None and quoted > limit:
        raise MaxCostExceeded(f"This would cost {dollars(quoted)}, which is more than max_cost_usd.")
    account = session.get_one(Account, transcription.account_id)
    wallet = lock_wallet(session, account.id)
    if quoted:
        _check(session, wallet, account, quoted)
    ledger.hold(session, wallet, quoted, reference=transcription.public_id)
    transcription.quoted_microusd = quoted
    if account.monthly_cap_microusd is not None:
        note_spending(session, account, month_of(session, wallet))


def capture_price(session: Session, transcription: Transcription, amount: int) -> None:
    """Charge a completed transcription, at most what was held for it; the rest goes back."""
    wallet = lock_wallet(session, transcription.account_id)
    key = session.get(ApiKey, transcription.api_key_id) if transcription.api_key_id else None
    purchase = Purchase(
        transcription.pipeline_code, key.public_id if key else None, transcription.duration_seconds or 0.0
    )
    ledger.capture(session, wallet, amount, purchase, reference=transcription.public_id)
    transcription.charged_microusd = amount


def release_hold(session: Session, transcription: Transcription) -> None:
    """Give back what was held for a transcription, if anything was: it costs nothing."""
    if transcription.quoted_microusd is not None:
        wallet = lock_wallet(session, transcription.account_id)
        ledger.release(session, wallet, reference=transcription.public_id)
    transcription.charged_microusd = 0


def note_cap_refusal(session: Session, transcription: Transcription) -> None:
    """Tell the owner that a transcription was not started because of the cap."""
    account = session.get_one(Account, transcription.account_id)
    note_refusal(session, account, month_of(session, wallet_of(session, account)))


def adjust(session: Session, account: Account, amount_microusd: int, *, reason: str) -> Wallet:
    """An operator's credit, or with a negative amount what they take out again."""
    wallet = lock_wallet(session, account.id)
    movement = ledger.adjust(session, wallet, amount_microusd, reason=reason)
    record(session, Action.WALLET_ADJUSTED, account, movement.public_id, change_usd=as_usd(amount_microusd))
    return wallet


def begin_due_periods(session: Session) -> None:
    """Begin the next month of wallets that nobody looked at since theirs ended."""
    due = (
        select(Wallet.account_id)
        .where(Wallet.account_id.is_not(None), Wallet.period_ends_at <= func.clock_timestamp())
        .order_by(Wallet.account_id)
        .limit(AT_ONCE)
    )
    for account_id in session.scalars(due).all():
        if account_id is not None:
            lock_wallet(session, account_id)


def begin_period(
    session: Session, wallet: Wallet, *, started_at: datetime, ends_at: datetime, credit_microusd: int
) -> None:
    """End the locked wallet's period, whose credit expires, and begin another with its own."""
    ledger.expire(session, wallet)
    wallet.period_started_at, wallet.period_ends_at = started_at, ends_at
    session.flush()
    ledger.grant(session, wallet, credit_microusd)


def _begin_next_period(session: Session, wallet: Wallet, account: Account, moment: datetime) -> None:
    if wallet.stripe_subscription_id is not None:
        # The next period is where Stripe left off, and its credit comes when its invoice is paid, not before.
        started_at, ends_at = period_at(wallet.period_ends_at, moment)
        credit = 0
    else:
        started_at, ends_at = period_at(wallet.period_anchor_at, moment)
        credit = runtime.tariff().terms[account.plan].monthly_credit_microusd
    begin_period(session, wallet, started_at=started_at, ends_at=ends_at, credit_microusd=credit)


def _check(session: Session, wallet: Wallet, account: Account, amount: int) -> None:
    if wallet.owed_microusd < 0:
        raise AccountOwes()
    if amount > wallet.available_microusd:
        raise InsufficientFunds(
            f"This needs {dollars(amount)} and the wallet has {dollars(wallet.available_microusd)} available. "
            "Add funds at /billing and send it again."
        )
    cap = account.monthly_cap_microusd
    if cap is not None and month_of(session, wallet).committed_microusd + amount > cap:
        raise MonthlyCapReached()


def _of(account_id: int) -> Select[Wallet, datetime]:
    return select(Wallet, func.clock_timestamp()).where(Wallet.account_id == account_id)
