"""Accounts: made, changed, deleted; and the sign-ins at other places that belong to them."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import db
from errors import Invalid, NotFound
from handlers import accounts, api_keys, sign_in
from handlers.transcriptions import audio_key
from handlers.wallets import wallet_of
from models import Account, ApiKey, Identity, Media, Plan, Segment, SignInSession, Transcription
from runtime import store
from tests.factories import PASSWORD, make_account, make_completed, make_media, make_transcription

HASHER = accounts._hasher
NEW_PASSWORD = "a quite different one"


def test_an_account_is_made_with_what_it_is_given(session: Session) -> None:
    account = accounts.create_account(
        session, email=" Alice@Example.COM ", password=PASSWORD, plan=Plan.PRO, top_up_microusd=5
    )

    assert (account.email, account.plan) == ("alice@example.com", Plan.PRO)
    assert wallet_of(session, account).top_up_microusd == 5
    assert accounts.is_password(account, PASSWORD)


def test_P43_a_password_is_kept_as_argon2id(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_hasher", HASHER)

    account = accounts.create_account(session, email="a@example.com", password=PASSWORD)

    assert (account.password_hash or "").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@example.com", " Alice@Example.com "])
def test_one_address_has_one_account(session: Session, alice: Account, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.create_account(session, email=email, password=None)

    assert refused.value.param == "email"
    assert session.scalar(select(func.count()).select_from(Account)) == 1


@pytest.mark.parametrize(
    "email", ["", "alice", "@example.com", "a@", "a@b@c", "a b@c.d", "a@b..c", "a@b.", "a\x00@b.c", "x" * 320 + "@b.c"]
)
def test_what_is_no_address_is_refused(session: Session, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.create_account(session, email=email, password=None)

    assert refused.value.param == "email"


@pytest.mark.parametrize("password", ["", "seven77", "x" * 129, "password", "PassWord1", "qwertyuiop", "12345678"])
def test_P43_a_weak_password_is_refused(session: Session, password: str) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.create_account(session, email="a@example.com", password=password)

    assert refused.value.param == "password"


@pytest.mark.parametrize("password", ["ächt gut ☕", "        x", "zq" * 64, "a\x00bcdefgh"])
def test_P43_a_password_may_hold_any_character(session: Session, password: str) -> None:
    account = accounts.create_account(session, email="a@example.com", password=password)

    assert accounts.is_password(account, password)
    assert not accounts.is_password(account, password + "x")


def test_an_account_without_a_password_has_none_that_is_right(session: Session) -> None:
    account = accounts.create_account(session, email="a@example.com", password=None)

    assert not accounts.is_password(account, "nobody's password")
    assert not accounts.is_password(account, "")


def test_changing_the_password_ends_every_session(session: Session, alice: Account, charlie: Account) -> None:
    mine, others = sign_in.start_session(session, alice), sign_in.start_session(session, charlie)

    accounts.change_password(session, alice, current=PASSWORD, new=NEW_PASSWORD)

    assert accounts.is_password(alice, NEW_PASSWORD)
    assert sign_in.find_session(session, mine) is None
    assert sign_in.find_session(session, others) is not None


def test_the_present_password_must_be_told(session: Session, alice: Account) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.change_password(session, alice, current="wrong", new=NEW_PASSWORD)

    assert refused.value.param == "current_password"
    assert accounts.is_password(alice, PASSWORD)


def test_a_weak_new_password_is_refused(session: Session, alice: Account) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.change_password(session, alice, current=PASSWORD, new="short")

    assert refused.value.param == "new_password"


def test_deleting_an_account_removes_everything_it_had(session: Session, alice: Account, tmp_path: Path) -> None:
    media = make_media(session, alice)
    make_completed(session, alice, media_id=media.id)
    unfinished = make_transcription(session, alice)
    (tmp_path / "pcm").write_bytes(b"\0\0")
    store().put_file(audio_key(unfinished.public_id), tmp_path / "pcm")
    api_keys.create_api_key(session, alice, name="script")
    sign_in.start_session(session, alice)
    session.add(Identity(account_id=alice.id, provider="google", subject="1"))
    session.commit()

    with db.transaction() as inner:
        accounts.delete_account(inner, alice)

    for table in (Account, ApiKey, Identity, Media, Segment, SignInSession, Transcription):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    keys = [media.object_key, audio_key(unfinished.public_id)]
    assert [store().size_bytes(key) for key in keys] == [None, None]


def test_deleting_an_account_leaves_the_others(session: Session, alice: Account, charlie: Account) -> None:
    make_completed(session, charlie)

    accounts.delete_account(session, alice)

    assert session.scalars(select(Account.id)).all() == [charlie.id]
    assert session.scalar(select(func.count()).select_from(Transcription)) == 1


def test_an_unknown_address_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        accounts.account_by_email(session, "nobody@example.com")


# Sign-ins at other places (P46)


def linked(session: Session, subject: str, email: str | None, *, verified: bool = True) -> Account:
    return accounts.account_for_identity(session, provider="google", subject=subject, email=email, verified=verified)


def test_a_first_sign_in_elsewhere_makes_an_account(session: Session) -> None:
    account = linked(session, "1", "New@example.com")

    assert (account.email, account.password_hash) == ("new@example.com", None)
    assert linked(session, "1", "new@example.com").id == account.id


@pytest.fixture
def bob(session: Session) -> Account:
    """An operator made the account, so its address is his."""
    return make_account(session, email="bob@example.com", email_confirmed=True)


def test_a_confirmed_address_links_to_its_account(session: Session, bob: Account) -> None:
    assert linked(session, "1", "BOB@example.com").id == bob.id


def test_an_account_that_was_signed_up_for_is_never_joined(session: Session, alice: Account) -> None:
    with pytest.raises(Invalid):
        linked(session, "1", "alice@example.com")
    accounts.connect_identity(session, alice, provider="google", subject="1")
    assert linked(session, "1", "alice@example.com").id == alice.id


def test_an_identity_is_connected_to_one_account(session: Session, alice: Account, bob: Account) -> None:
    accounts.connect_identity(session, alice, provider="google", subject="1")
    with pytest.raises(Invalid):
        accounts.connect_identity(session, bob, provider="google", subject="1")


@pytest.mark.parametrize(("email", "verified"), [("alice@example.com", False), (None, True), ("", True)])
def test_P46_an_unconfirmed_address_links_to_nothing(
    session: Session, alice: Account, email: str | None, verified: bool
) -> None:
    with pytest.raises(Invalid):
        linked(session, "1", email, verified=verified)

    assert session.scalar(select(func.count()).select_from(Identity)) == 0


def test_a_link_outlives_a_change_of_address_there(session: Session, bob: Account) -> None:
    linked(session, "1", "bob@example.com")

    assert linked(session, "1", "other@example.com", verified=False).id == bob.id


def test_the_same_subject_elsewhere_is_somebody_else(session: Session, bob: Account) -> None:
    linked(session, "1", "bob@example.com")

    other = accounts.account_for_identity(
        session, provider="github", subject="1", email="ada@example.com", verified=True
    )

    assert other.id != bob.id


def test_an_address_is_in_use_whoever_made_the_account(session: Session) -> None:
    make_account(session, email="bob@example.com")

    with pytest.raises(Invalid):
        accounts.create_account(session, email="BOB@example.com", password=None)
