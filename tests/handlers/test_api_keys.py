"""API keys: their form, their limit, their end (P38–P40)."""

import re
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from errors import InvalidApiKey, NotFound, TooManyKeys
from handlers import api_keys
from models import Account, ApiKey
from tests.factories import make_account


def make_key(session: Session, account: Account) -> tuple[ApiKey, str]:
    return api_keys.create_api_key(session, account, name="script")


def test_P38_a_key_is_what_scanners_look_for() -> None:
    for _ in range(50):
        assert re.fullmatch(r"tsk_(live|test)_[0-9A-Za-z]{36}", api_keys.new_plaintext())


def test_P38_the_last_six_characters_are_the_checksum_of_the_others() -> None:
    plaintext, number = api_keys.new_plaintext(), 0
    for character in plaintext[-6:]:
        number = number * 62 + api_keys.BASE62.index(character)

    assert number == zlib.crc32(plaintext[:-6].encode())


def test_P38_no_single_changed_character_is_well_formed() -> None:
    plaintext = api_keys.new_plaintext()

    for position, character in enumerate(plaintext):
        changed = plaintext[:position] + ("x" if character != "x" else "y") + plaintext[position + 1 :]
        assert not api_keys.is_well_formed(changed)


@pytest.mark.parametrize("plaintext", ["", "tsk_live_", "x" * 45, "\u0661" * 45, "tsk_live_" + "é" * 36])
def test_what_is_no_key_is_refused(session: Session, plaintext: str) -> None:
    with pytest.raises(InvalidApiKey):
        api_keys.authenticate(session, plaintext)


def test_a_key_leads_to_its_account(session: Session, alice: Account) -> None:
    key, plaintext = make_key(session, alice)

    found = api_keys.authenticate(session, plaintext)

    assert (found.id, found.account.id) == (key.id, alice.id)


def test_P39_only_a_hash_and_the_last_four_are_stored(session: Session, alice: Account) -> None:
    key, plaintext = make_key(session, alice)

    row = session.execute(text("SELECT api_keys::text FROM api_keys WHERE id = :id"), {"id": key.id}).scalar_one()

    assert plaintext not in row
    assert plaintext[9:-4] not in row
    assert (key.prefix, key.last_four, len(key.key_sha256)) == ("tsk_live_", plaintext[-4:], 32)


def test_the_twenty_first_key_is_refused(session: Session, alice: Account) -> None:
    keys = [make_key(session, alice)[0] for _ in range(20)]

    with pytest.raises(TooManyKeys):
        make_key(session, alice)
    api_keys.revoke_api_key(session, alice, keys[0].public_id)

    assert make_key(session, alice)


def test_the_limit_is_each_accounts_own(session: Session, alice: Account) -> None:
    for _ in range(20):
        make_key(session, alice)

    assert make_key(session, make_account(session))


def test_P40_revoking_one_leaves_the_others(session: Session, alice: Account) -> None:
    (first, first_plaintext), (_, second_plaintext) = make_key(session, alice), make_key(session, alice)

    api_keys.revoke_api_key(session, alice, first.public_id)

    with pytest.raises(InvalidApiKey):
        api_keys.authenticate(session, first_plaintext)
    assert api_keys.authenticate(session, second_plaintext)
    assert first not in api_keys.active_api_keys(session, alice)


def test_revoking_twice_keeps_the_first_time(session: Session, alice: Account) -> None:
    key, _ = make_key(session, alice)
    api_keys.revoke_api_key(session, alice, key.public_id)
    key.revoked_at = long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    session.flush()

    api_keys.revoke_api_key(session, alice, key.public_id)

    assert key.revoked_at == long_ago


def test_P41_charlie_cannot_revoke_alices_key(session: Session, alice: Account, charlie: Account) -> None:
    key, plaintext = make_key(session, alice)

    with pytest.raises(NotFound):
        api_keys.revoke_api_key(session, charlie, key.public_id)

    assert api_keys.authenticate(session, plaintext)


@pytest.mark.parametrize(("age_seconds", "updated"), [(None, True), (50, False), (70, True)])
def test_P40_last_use_is_noted_once_a_minute(
    session: Session, alice: Account, age_seconds: int | None, updated: bool
) -> None:
    key, plaintext = make_key(session, alice)
    before = None if age_seconds is None else datetime.now(UTC) - timedelta(seconds=age_seconds)
    key.last_used_at = before
    session.flush()

    api_keys.authenticate(session, plaintext)

    session.refresh(key)
    assert (key.last_used_at != before) is updated
