"""How long the wallet's operations take, with an empty ledger and with a million entries in it.

    python -m bench.wallet [--entries 1000000] [--repeat 200]

Runs on a PostgreSQL of its own. Half of the entries belong to one wallet, which is the one that is measured. Each
operation is timed as the service does it, in a transaction of its own with its commit, and with fsync on.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

import db
import migrations
import runtime
from billing.audit import audit
from config import from_env
from handlers import spending, statements, wallets
from models import Account, Source, Stage, Status, Transcription
from processes.embedded import running

ENTRIES_PER_TRANSCRIPTION = 4  # two for the hold, two for the capture
OTHER_WALLETS = 200
PRICE_MICROUSD = 5_000
FUNDS_MICROUSD = 10**12

# Triggers rest while the history is written, or it would take an hour; the audit afterwards proves that it is right.
HISTORY = """
INSERT INTO ledger_movements (id, public_id, wallet_id, kind, reference, hold_id, available_after_microusd, created_at,
    pipeline_code, duration_seconds)
SELECT :first + 2 * i + step, 'mv_' || (:first + 2 * i + step), :wallet, (ARRAY['hold', 'capture'])[step + 1],
    'tr_' || (:first + 2 * i), CASE step WHEN 1 THEN :first + 2 * i END, :funds - (i + 1) * CAST(:price AS bigint),
    now() - (:count - i) * (interval '300 days' / :count), CASE step WHEN 1 THEN 'whisper-base' END,
    CASE step WHEN 1 THEN 60 END
FROM generate_series(0, :count - 1) AS i, generate_series(0, 1) AS step ORDER BY i, step;
"""
ENTRIES = """
INSERT INTO ledger_entries (movement_id, book, amount_microusd)
SELECT id, book, amount FROM ledger_movements
JOIN (VALUES ('hold', 'top_up', -CAST(:price AS bigint)), ('hold', 'held_top_up', :price),
    ('capture', 'held_top_up', -:price), ('capture', 'charged', :price)) AS parts (of_kind, book, amount)
ON of_kind = kind
WHERE wallet_id = :wallet AND id >= :first;
"""
BALANCES = """
UPDATE wallets SET top_up_microusd = top_up_microusd - CAST(:spent AS bigint),
    charged_microusd = charged_microusd + CAST(:spent AS bigint) WHERE id = :wallet;
"""
USAGE = """
INSERT INTO usage_days
SELECT wallet_id, (created_at AT TIME ZONE 'UTC')::date, pipeline_code, '', count(*), sum(duration_seconds),
    count(*) * CAST(:price AS bigint)
FROM ledger_movements WHERE kind = 'capture' AND wallet_id = :wallet GROUP BY 1, 2, 3;
"""


def write_history(session: Session, account: Account, transcriptions: int) -> None:
    """Captured holds of the account over the last 300 days, two movements each."""
    wallet = wallets.lock_wallet(session, account.id)
    first = session.scalar(text("SELECT coalesce(max(id), 0) + 1 FROM ledger_movements"))
    values = {
        "wallet": wallet.id,
        "first": first,
        "count": transcriptions,
        "price": PRICE_MICROUSD,
        "spent": transcriptions * PRICE_MICROUSD,
        "funds": FUNDS_MICROUSD,
    }
    session.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in (HISTORY, ENTRIES, BALANCES, USAGE):
        session.execute(text(statement), values)
    session.execute(text("SELECT setval('ledger_movements_id_seq', (SELECT max(id) FROM ledger_movements))"))


def make_account(session: Session, email: str) -> Account:
    account = Account(email=email, email_confirmed=True)
    session.add(account)
    session.flush()
    wallets.open_wallet(session, account, monthly_credit_microusd=0, top_up_microusd=FUNDS_MICROUSD)
    return account


def make_transcription(session: Session, account: Account) -> Transcription:
    transcription = Transcription(
        account_id=account.id,
        source=Source.UPLOAD,
        title="A minute",
        pipeline_code="whisper-base",
        price_per_minute_microusd=PRICE_MICROUSD,
        stage=Stage.FETCHING,
        duration_seconds=60.0,
    )
    session.add(transcription)
    session.flush()
    return transcription


def complete(session: Session, transcription: Transcription) -> None:
    wallets.capture_price(session, transcription, PRICE_MICROUSD)
    transcription.status, transcription.completed_at = Status.COMPLETED, db.now(session)


def fail(session: Session, transcription: Transcription) -> None:
    wallets.release_hold(session, transcription)
    transcription.status, transcription.completed_at = Status.FAILED, db.now(session)
    transcription.error_code = "canceled"


def milliseconds(act: Callable[[Session], object]) -> float:
    started = time.perf_counter()
    with db.transaction() as session:
        act(session)
    return (time.perf_counter() - started) * 1000


def measure(account: Account, repeat: int) -> dict[str, list[float]]:
    """Milliseconds of each operation, as often as asked."""
    times: dict[str, list[float]] = {}

    def timed(name: str, act: Callable[[Session], object]) -> None:
        times.setdefault(name, []).append(milliseconds(act))

    for number in range(repeat):
        with db.transaction() as session:
            transcription = make_transcription(session, account)

        def merged(session: Session, row: Transcription = transcription) -> Transcription:
            return session.get_one(Transcription, row.id)

        timed("hold", lambda session: wallets.hold_price(session, merged(session)))
        if number % 2:
            timed("capture", lambda session: complete(session, merged(session)))
        else:
            timed("release", lambda session: fail(session, merged(session)))
        timed("grant credit", lambda session: wallets.adjust(session, account, 1, reason="bench"))
        timed("check at submission", lambda session: wallets.check_funds(session, account, PRICE_MICROUSD))
        timed("wallet and month", lambda session: spending.month_of(session, wallets.wallet_of(session, account)))
        timed(
            "usage of the month",
            lambda session: spending.usage_of(session, account, first=None, last=None, group_by="day"),
        )
        timed("spending by key", lambda session: spending.spending_by_key(session, account))
        timed("page of the statement", lambda session: statements.statement(session, account, limit=50, cursor=None))
    return times


def usage_of_the_month(session: Session, account: Account) -> object:
    return spending.usage_of(session, account, first=None, last=None, group_by="day")


def report(empty: dict[str, list[float]], full: dict[str, list[float]], entries: int) -> None:
    print(f"{'ms':24}{'empty':>9}{f'{entries:,} entries':>22}{'slowest 5 %':>14}{'ratio':>8}")
    for name, times in full.items():
        before, after = statistics.median(empty[name]), statistics.median(times)
        slow = statistics.quantiles(times, n=20)[-1]
        print(f"{name:24}{before:9.2f}{after:22.2f}{slow:14.2f}{after / before:8.2f}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.wallet", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=200)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="transcribe-bench-") as name:
        data_dir = Path(name)
        data_dir.chmod(0o711)  # the database server is not root
        with running(data_dir):
            runtime.wire(from_env({"DATA_DIR": name, "SECRET_KEY": "bench"}))
            migrations.upgrade(db.engine())
            with db.transaction() as session:
                accounts = [make_account(session, f"{number}@example.com") for number in range(OTHER_WALLETS + 1)]
            empty = measure(accounts[0], options.repeat)
            with db.transaction() as session:
                busy = make_account(session, "busy@example.com")
            of_one = options.entries // 2 // ENTRIES_PER_TRANSCRIPTION
            for account in accounts[1:]:
                with db.transaction() as session:
                    write_history(session, account, of_one // OTHER_WALLETS)
            with db.transaction() as session:
                write_history(session, busy, of_one)
            with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
            full = measure(busy, options.repeat)
            with db.transaction() as session:
                entries = session.scalar(text("SELECT count(*) FROM ledger_entries"))
                started = time.perf_counter()
                breaches = audit(session)
                audited = time.perf_counter() - started
            report(empty, full, entries or 0)
            print(f"audit: {audited:.1f} s, {len(breaches)} breaches")
            assert breaches == []
            db.engine().dispose()


if __name__ == "__main__":
    main()
