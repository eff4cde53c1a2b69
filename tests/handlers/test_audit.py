"""The audit speaks up for every rule, and names the row."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from billing import ledger
from billing.audit import MOST_ROWS_PER_CHECK, RULES, audit
from handlers import accounts, ledger_audits, transcriptions, wallets
from models import Account, LedgerMovement, Status, Transcription, Wallet
from tests.factories import make_account, make_transcription


@dataclass
class Scene:
    """One owner's money: credit that expired, a payment, a transcription of each outcome and one on its way."""

    session: Session
    owner: Account
    wallet: Wallet
    completed: Transcription
    failed: Transcription
    processing: Transcription

    def movement(self, kind: str) -> LedgerMovement:
        """The last of a kind."""
        query = select(LedgerMovement).where(LedgerMovement.kind == kind).order_by(LedgerMovement.id.desc())
        return self.session.scalars(query.limit(1)).one()

    def change(self, table: str, assignment: str, where: str = "true", **values: Any) -> None:
        self.session.execute(text(f"UPDATE {table} SET {assignment} WHERE {where}"), values)

    def change_movement(self, kind: str, assignment: str, **values: Any) -> str:
        movement = self.movement(kind)
        self.change("ledger_movements", assignment, f"id = {movement.id}", **values)
        return f"movement {movement.public_id}"

    def change_entry(self, kind: str, book: str, assignment: str) -> str:
        movement = self.movement(kind)
        self.change("ledger_entries", assignment, f"movement_id = {movement.id} AND book = '{book}'")
        return f"movement {movement.public_id}"

    def change_transcription(self, transcription: Transcription, assignment: str) -> str:
        self.change("transcriptions", assignment, f"id = {transcription.id}")
        return f"transcription {transcription.public_id}"

    def change_wallet(self, assignment: str) -> str:
        self.change("wallets", assignment, f"id = {self.wallet.id}")
        return f"wallet {self.wallet.public_id}"

    def change_usage(self, assignment: str) -> str:
        self.change("usage_days", assignment)
        return self.usage

    def delete(self, table: str, where: str = "true") -> None:
        self.session.execute(text(f"DELETE FROM {table} WHERE {where}"))

    def delete_movement(self, kind: str) -> None:
        movement = self.movement(kind)
        self.delete("ledger_entries", f"movement_id = {movement.id}")
        self.delete("ledger_movements", f"id = {movement.id}")

    @property
    def usage(self) -> str:
        day = self.movement("capture").created_at.date()
        return f"usage of wallet {self.wallet.id} on {day}, whisper-base, dashboard"


@pytest.fixture
def scene(session: Session) -> Scene:
    owner = make_account(session, monthly_credit_microusd=1_000, top_up_microusd=5_000)
    wallet = wallets.wallet_of(session, owner)
    ledger.expire(session, wallet)
    ledger.top_up(session, wallet, 4_000, payment_id="pi_1")
    completed = make_transcription(session, owner, status=Status.COMPLETED)
    failed = make_transcription(session, owner, status=Status.FAILED, quoted_microusd=300)
    return Scene(session, owner, wallet, completed, failed, make_transcription(session, owner, quoted_microusd=200))


Tampering = Callable[[Scene], str]


def capture_without_usage(scene: Scene) -> str:
    usage = scene.usage
    scene.delete("usage_days")
    return usage


def usage_without_capture(scene: Scene) -> str:
    usage = scene.usage
    scene.delete_movement("capture")
    return usage


def lost_release(scene: Scene) -> str:
    scene.delete_movement("release")
    return f"transcription {scene.failed.public_id}"


def lost_hold(scene: Scene) -> str:
    scene.delete_movement("hold")
    return f"transcription {scene.processing.public_id}"


def lost_transcription(scene: Scene) -> str:
    scene.delete("transcriptions", f"id = {scene.processing.id}")
    return f"movement {scene.movement('hold').public_id}"


def lost_event(scene: Scene) -> str:
    scene.delete("events", f"transcription_id = {scene.completed.id}")
    return f"transcription {scene.completed.public_id}"


def wrong_event(scene: Scene) -> str:
    scene.change("events", "type = 'transcription.completed'")
    return f"transcription {scene.failed.public_id}"


def lost_wallet(scene: Scene) -> str:
    scene.change_wallet("account_id = NULL")
    return f"account {scene.owner.public_id}"


def too_much_expired(scene: Scene) -> str:
    scene.change_entry("expiry", "monthly_credit", "amount_microusd = -1001")
    return f"period {scene.movement('expiry').reference}"


def expired_without_a_grant(scene: Scene) -> str:
    scene.delete_movement("grant")
    return f"period {scene.movement('expiry').reference}"


SETTLED = "a finished transcription's hold is settled, a completed one's captured, a failed one's released"
ONLY = "only a capture charges, and only a hold sets aside"
USAGE = "the usage of a day is the sum of its captures"
BELONGS = "a settlement belongs to a hold of the same wallet and transcription"
TOLD = "whatever has ended since events are kept has the event of its end"
PERIODS = "a period has at most the credit it was granted, and expires no more"

TAMPERINGS: list[tuple[str, Tampering]] = [
    (
        "the entries of a movement sum to zero",
        lambda scene: scene.change_entry("top_up", "top_up", "amount_microusd = 4001"),
    ),
    ("a balance is the sum of its entries", lambda scene: scene.change_wallet("top_up_microusd = 999")),
    ("a balance is the sum of its entries", lambda scene: scene.change_wallet("charged_microusd = 899")),
    ("a balance is the sum of its entries", lambda scene: scene.change_wallet("owed_microusd = -1")),
    (
        "the sum of all entries is zero",
        lambda scene: scene.change_entry("top_up", "paid_in", "amount_microusd = -1") and "ledger_entries",
    ),
    (
        "no balance of a customer was ever below zero",
        lambda scene: scene.change_entry("hold", "top_up", "amount_microusd = -8101"),
    ),
    (
        "what was owed was never less than nothing",
        lambda scene: scene.change_entry("top_up", "top_up", "book = 'owed'"),
    ),
    (
        "a movement says rightly what was available after it",
        lambda scene: scene.change_movement("release", "available_after_microusd = 8101"),
    ),
    (
        "a settlement undoes its hold exactly",
        lambda scene: scene.change_entry("capture", "held_top_up", "amount_microusd = -899"),
    ),
    (
        "a settlement undoes its hold exactly",
        lambda scene: scene.change_entry("release", "held_top_up", "book = 'held_monthly_credit'"),
    ),
    (BELONGS, lambda scene: scene.change_movement("capture", "reference = 'tr_other'")),
    (BELONGS, lambda scene: scene.change_movement("capture", "wallet_id = wallet_id + 1")),
    (BELONGS, lambda scene: scene.change_movement("release", "hold_id = :grant", grant=scene.movement("grant").id)),
    (ONLY, lambda scene: scene.change_entry("adjustment", "granted", "book = 'charged'")),
    (ONLY, lambda scene: scene.change_entry("capture", "charged", "amount_microusd = -900")),
    (ONLY, lambda scene: scene.change_entry("top_up", "top_up", "book = 'held_top_up'")),
    (ONLY, lambda scene: scene.change_entry("hold", "held_top_up", "amount_microusd = -200")),
    (ONLY, lambda scene: scene.change_entry("release", "held_top_up", "amount_microusd = 300")),
    ("what is held is the sum of the open holds", lambda scene: scene.change_wallet("held_top_up_microusd = 201")),
    (
        SETTLED,
        lambda scene: scene.change_transcription(scene.processing, "status = 'completed', completed_at = now()"),
    ),
    (
        SETTLED,
        lambda scene: scene.change_transcription(
            scene.failed, "status = 'processing', completed_at = NULL, error_code = NULL"
        ),
    ),
    (SETTLED, lambda scene: scene.change_transcription(scene.processing, "quoted_microusd = NULL")),
    (SETTLED, lambda scene: scene.change_transcription(scene.failed, "status = 'completed', error_code = NULL")),
    (SETTLED, lambda scene: scene.change_transcription(scene.completed, "status = 'failed', error_code = 'canceled'")),
    (SETTLED, lost_release),
    (SETTLED, lost_hold),
    ("a hold that is open has its transcription", lost_transcription),
    (
        "a transcription shows what it was charged",
        lambda scene: scene.change_transcription(scene.completed, "charged_microusd = 899"),
    ),
    (
        "a transcription shows what it was charged",
        lambda scene: scene.change_transcription(scene.failed, "charged_microusd = 1"),
    ),
    (USAGE, lambda scene: scene.change_usage("charged_microusd = 899")),
    (USAGE, lambda scene: scene.change_usage("transcriptions = 2")),
    (USAGE, lambda scene: scene.change_usage("seconds = 10.7")),
    (USAGE, capture_without_usage),
    (USAGE, usage_without_capture),
    (PERIODS, too_much_expired),
    (PERIODS, expired_without_a_grant),
    (TOLD, lost_event),
    (TOLD, wrong_event),
    (
        TOLD,
        lambda scene: scene.change_transcription(
            scene.failed, "status = 'processing', completed_at = NULL, error_code = NULL"
        ),
    ),
    ("every account has a wallet", lost_wallet),
]


@pytest.fixture
def tampered(scene: Scene) -> Scene:
    """A scene whose ledger may be written over: its triggers and foreign keys rest."""
    assert audit(scene.session) == []
    scene.session.info["ledger_is_tampered_with"] = True
    scene.session.execute(text("SET LOCAL session_replication_role = replica"))
    return scene


@pytest.mark.parametrize(("rule", "tampering"), TAMPERINGS)
def test_a_breach_is_named(tampered: Scene, rule: str, tampering: Tampering) -> None:
    row = tampering(tampered)

    assert row in [breach.row for breach in audit(tampered.session) if breach.rule == rule]


def test_every_rule_has_its_tampering() -> None:
    assert {rule for rule, _ in TAMPERINGS} == set(RULES)


def test_a_clean_ledger_has_no_breach(scene: Scene, charlie: Account) -> None:
    transcriptions.delete_transcription(scene.session, scene.owner, scene.completed.public_id)
    accounts.delete_account(scene.session, scene.owner)
    make_transcription(scene.session, charlie, status=Status.FAILED)

    assert audit(scene.session) == []


def test_an_empty_ledger_has_no_breach(session: Session) -> None:
    assert audit(session) == []


def test_at_most_twenty_rows_of_a_rule_are_told(tampered: Scene) -> None:
    for _ in range(MOST_ROWS_PER_CHECK + 1):
        make_account(tampered.session)
    tampered.delete("wallets")

    breaches = [breach for breach in audit(tampered.session) if breach.rule == "every account has a wallet"]

    assert len(breaches) == MOST_ROWS_PER_CHECK


# For operators


def test_the_scheduler_says_it_in_the_log(tampered: Scene, caplog: pytest.LogCaptureFixture) -> None:
    ledger_audits.audit_ledger(tampered.session)
    assert caplog.records == []

    row = tampered.change_wallet("top_up_microusd = 999")
    ledger_audits.audit_ledger(tampered.session)

    assert (caplog.records[0].levelno, vars(caplog.records[0])["row"]) == (logging.ERROR, row)


def test_what_came_of_it_is_kept(tampered: Scene) -> None:
    assert ledger_audits.last_audit(tampered.session) is None
    ledger_audits.audit_ledger(tampered.session)
    assert last_breaches(tampered.session) == {}

    tampered.change_wallet("top_up_microusd = 999")
    ledger_audits.audit_ledger(tampered.session)

    assert last_breaches(tampered.session)["a balance is the sum of its entries"] == 1


def last_breaches(session: Session) -> dict[str, Any]:
    kept = ledger_audits.last_audit(session)
    assert kept is not None
    return kept.breaches


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["wallet", "audit", *arguments])


def test_the_command_is_content_with_a_ledger_that_holds(app: Flask, scene: Scene) -> None:
    scene.session.commit()

    assert (run(app).exit_code, run(app).stdout) == (0, "The ledger holds.\n")
    assert json.loads(run(app, "--json").stdout) == {"ok": True, "breaches": []}


def test_the_command_exits_1_and_names_the_row(app: Flask, tampered: Scene) -> None:
    row = tampered.change_wallet("top_up_microusd = 999")
    tampered.session.commit()

    result = run(app)

    assert result.exit_code == 1
    assert f"row: {row}" in result.stdout.splitlines()
    assert "detail: top_up is 999, entries sum to 7900" in result.stdout.splitlines()


def test_the_command_names_the_row_in_json(app: Flask, tampered: Scene) -> None:
    row = tampered.change_wallet("top_up_microusd = 999")
    tampered.session.commit()

    result = run(app, "--json")

    assert (result.exit_code, json.loads(result.stdout)["ok"]) == (1, False)
    assert json.loads(result.stdout)["breaches"][0] == {
        "rule": "a balance is the sum of its entries",
        "row": row,
        "detail": "top_up is 999, entries sum to 7900",
    }


def test_what_ended_before_the_first_event_that_is_kept_needs_none(scene: Scene) -> None:
    old = make_transcription(scene.session, scene.owner, status=Status.FAILED)
    scene.change_transcription(old, "completed_at = now() - interval '31 days'")
    scene.delete("events", f"transcription_id = {old.id}")

    assert audit(scene.session) == []
