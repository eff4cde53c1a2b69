"""Accounts from before there was a ledger: migration 0002 gives each a wallet with what it had and what it spent."""

from collections.abc import Iterator

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

import db
import migrations
from billing.audit import audit
from handlers import spending, statements, wallets
from models import Account, LedgerMovement, Transcription, Wallet
from tests.scratch_database import scratch_database

ACCOUNT = """
INSERT INTO accounts (id, public_id, email, email_confirmed, plan, monthly_credit_microusd, top_up_microusd)
VALUES (:id, 'acct_' || :id, :id || '@example.com', true, 'free', :monthly_credit, :top_up)
"""
KEY = """
INSERT INTO api_keys (id, public_id, account_id, name, key_sha256, prefix, last_four)
VALUES (7, 'key_7', 1, 'script', 'x', 'tsk_live_', 'abcd')
"""
TRANSCRIPTION = """
INSERT INTO transcriptions (public_id, account_id, api_key_id, source, pipeline_code, language_requested, diarize,
    vocabulary, title, title_given, metadata, speaker_names, status, stage, progress, warnings, crashes, tries,
    price_per_minute_microusd, quoted_microusd, charged_microusd, duration_seconds, error_code, completed_at)
VALUES (:name, :account, :key, 'external_url', 'whisper-base', 'auto', true, '[]', 'Talk', false, '{}', '{}',
    CAST(:status AS text), 'transcribing', 0.5, '[]', 0, 0, 5000, CAST(:quoted AS bigint), :charged,
    :quoted / 5000.0 * 60, :error,
    CASE WHEN CAST(:status AS text) <> 'processing' THEN now() - interval '40 days' END)
"""
# name, account, key, status, quoted, charged
TRANSCRIPTIONS = [
    ("tr_charged", 1, None, "completed", 900, 900),
    ("tr_by_key", 1, 7, "completed", 1_234_567, 1_234_567),
    ("tr_silent", 1, None, "completed", 800, 0),
    ("tr_refused", 1, None, "failed", None, 0),
    ("tr_crashed", 1, 7, "failed", 700, 0),
    ("tr_fetching", 1, None, "processing", None, None),
    ("tr_held", 1, None, "processing", 600, None),
    ("tr_beyond_its_means", 2, None, "completed", 300, 300),
    ("tr_held_beyond_its_means", 2, None, "processing", 200, None),
]


@pytest.fixture
def scratch(app: Flask) -> Iterator[Engine]:
    """A database of its own at migration 0001, with three accounts: one with everything, one without money, one new."""
    with scratch_database("before_the_ledger", "0001") as engine:
        with engine.begin() as connection:
            write_history(Session(connection))
        yield engine


def write_history(session: Session) -> None:
    for number, monthly_credit, top_up in ((1, 500_000, 10_000_000), (2, 0, 0), (3, 0, 0)):
        session.execute(text(ACCOUNT), {"id": number, "monthly_credit": monthly_credit, "top_up": top_up})
    session.execute(text(KEY))
    names = ("name", "account", "key", "status", "quoted", "charged")
    for row in TRANSCRIPTIONS:
        values = dict(zip(names, row, strict=True))
        session.execute(text(TRANSCRIPTION), {**values, "error": "canceled" if "failed" in row else None})


@pytest.fixture
def migrated(scratch: Engine) -> Iterator[Session]:
    migrations.upgrade(scratch)
    with Session(scratch) as session:
        yield session


def downgrade(engine: Engine) -> None:
    config = migrations.alembic_config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        connection.commit()


def wallet_of(session: Session, number: int) -> Wallet:
    return wallets.wallet_of(session, session.get_one(Account, number))


def test_a_migrated_ledger_holds(migrated: Session) -> None:
    assert audit(migrated) == []
    assert len(migrated.scalars(select(Wallet)).all()) == 3


def test_nobody_has_less_or_more_than_before(migrated: Session) -> None:
    has = [(each.monthly_credit_microusd, each.top_up_microusd) for each in (wallet_of(migrated, n) for n in (1, 2, 3))]

    assert has == [(500_000, 10_000_000), (0, 0), (0, 0)]


def test_what_was_charged_stays_charged(migrated: Session) -> None:
    assert [wallet_of(migrated, number).charged_microusd for number in (1, 2, 3)] == [1_235_467, 300, 0]


def test_what_was_quoted_for_work_on_its_way_is_held(migrated: Session) -> None:
    assert [wallet_of(migrated, number).held_microusd for number in (1, 2, 3)] == [600, 200, 0]


def test_what_is_on_its_way_ends_as_any_other(migrated: Session) -> None:
    held = {
        row.public_id: row
        for row in migrated.scalars(select(Transcription).where(Transcription.status == "processing"))
    }

    wallets.capture_price(migrated, held["tr_held"], 600)
    wallets.release_hold(migrated, held["tr_held_beyond_its_means"])
    wallets.release_hold(migrated, held["tr_fetching"])

    assert (wallet_of(migrated, 1).held_microusd, wallet_of(migrated, 1).charged_microusd) == (0, 1_236_067)
    assert (wallet_of(migrated, 2).held_microusd, wallet_of(migrated, 2).available_microusd) == (0, 200)


def test_each_key_spent_what_it_spent(migrated: Session) -> None:
    spent = spending.spending_by_key(migrated, migrated.get_one(Account, 1))

    assert {name: (each.this_month_microusd, each.all_time_microusd) for name, each in spent.items()} == {
        "dashboard": (0, 900),
        "key_7": (0, 1_234_567),
    }


def test_what_was_charged_was_charged_back_then(migrated: Session) -> None:
    days = migrated.scalars(select(LedgerMovement.created_at).where(LedgerMovement.kind == "capture")).all()

    assert {(db.now(migrated) - day).days for day in days} == {40}


def test_the_owner_reads_where_it_came_from(migrated: Session) -> None:
    lines = list(statements.statement(migrated, migrated.get_one(Account, 1), limit=1_000, cursor=None).rows)[::-1]

    assert [line.reason for line in lines if line.reason] == [
        "Carried over",
        "For transcriptions made before the wallet was",
    ]
    assert lines[-1].available_after == 10_500_000


def test_the_period_that_was_carried_over_ends_as_any_other(migrated: Session) -> None:
    migrated.execute(
        text("UPDATE wallets SET period_ends_at = clock_timestamp(), period_anchor_at = clock_timestamp()")
    )

    assert wallet_of(migrated, 1).monthly_credit_microusd == 500_000
    assert audit(migrated) == []


def test_the_way_back_leaves_what_everybody_has(scratch: Engine) -> None:
    migrations.upgrade(scratch)

    downgrade(scratch)

    with scratch.connect() as connection:
        rows = connection.execute(
            text("SELECT id, monthly_credit_microusd, top_up_microusd FROM accounts ORDER BY id")
        ).all()
    assert rows == [(1, 500_000, 10_000_000), (2, 0, 0), (3, 0, 0)]
    assert not {"wallets", "ledger_movements", "ledger_entries", "usage_days"} & set(inspect(scratch).get_table_names())


def test_there_and_back_and_there_again(scratch: Engine) -> None:
    for _ in range(2):
        migrations.upgrade(scratch)
        downgrade(scratch)
    migrations.upgrade(scratch)

    with Session(scratch) as session:
        assert audit(session) == []
        assert wallet_of(session, 1).available_microusd == 10_500_000
