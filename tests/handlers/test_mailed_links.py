"""Links that are mailed: who gets one, what it is good for, and for how long."""

import re
import time
from dataclasses import replace
from datetime import timedelta
from unittest.mock import Mock

import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import runtime
from errors import Invalid, RateLimited
from handlers import accounts, mailed_links, sign_in
from handlers.guessing import FAILURES_PER_ADDRESS
from handlers.sign_in import Browser
from jobs.mailing import hand_in_next
from models import Account, Action, Activity, Notice, NoticeKind, SignInSession
from outbound.mail import MailServer
from tests.factories import PASSWORD, make_account

NEW = "correct horse battery staple"
HERE = Browser("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "192.0.2.7")


@pytest.fixture(autouse=True)
def _here(with_mail: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), base_url="https://t.example.com"))


@pytest.fixture
def server() -> Mock:
    return Mock(spec=MailServer)


@pytest.fixture
def ada(session: Session) -> Account:
    return make_account(session, email="ada@example.com")


def token_in(server: Mock, path: str) -> str:
    """That of the last mail."""
    found = re.search(rf"https://t\.example\.com/{path}/(\S+)", server.send.call_args.kwargs["text"])
    assert found, server.send.call_args
    return found[1]


def reset_token(session: Session, server: Mock, email: str = "ada@example.com") -> str:
    mailed_links.ask_for_password(session, email=email, browser=HERE)
    assert hand_in_next(server)
    return token_in(server, "reset")


# A new password


def test_a_link_sets_a_password_once_and_signs_everybody_out(session: Session, ada: Account, server: Mock) -> None:
    sign_in.start_session(session, ada)
    token = reset_token(session, server, " Ada@Example.com ")
    sent = server.send.call_args.kwargs
    assert (sent["to"], sent["subject"]) == ("ada@example.com", "Set a new password")
    assert "with Firefox on Linux from 192.0.2.7" in sent["text"]

    assert mailed_links.reset_password(session, token, NEW) == ada
    assert sign_in.sign_in(session, email=ada.email, password=NEW) == ada
    assert sign_in.sign_in(session, email=ada.email, password=PASSWORD) is None
    assert session.scalars(select(SignInSession)).all() == []
    assert mailed_links.reset_password(session, token, "another one entirely") is None
    # Whoever reads the mailbox has confirmed it, and is told that the password was changed.
    assert ada.email_confirmed
    assert hand_in_next(server)
    assert server.send.call_args.kwargs["subject"] == "Your password was changed"
    acts = session.scalars(select(Activity.action).order_by(Activity.id)).all()
    assert acts[-2:] == [Action.ADDRESS_CONFIRMED, Action.PASSWORD_CHANGED]


def test_an_account_that_signs_in_elsewhere_gets_its_first_password(session: Session, server: Mock) -> None:
    accounts.create_account(session, email="ada@example.com", password=None, email_confirmed=True)
    token = reset_token(session, server)
    assert mailed_links.reset_password(session, token, NEW)
    assert sign_in.sign_in(session, email="ada@example.com", password=NEW)


def test_a_weak_password_is_refused_and_the_link_stays_good(session: Session, ada: Account, server: Mock) -> None:
    token = reset_token(session, server)
    with pytest.raises(Invalid):
        mailed_links.reset_password(session, token, "password1")
    assert mailed_links.reset_password(session, token, NEW)


def test_guesses_at_the_old_password_are_forgotten_with_it(session: Session, ada: Account, server: Mock) -> None:
    for _ in range(sign_in.FAILURES_PER_ACCOUNT + 1):
        sign_in.note_failure(session, email=ada.email, address="192.0.2.1")
    with pytest.raises(RateLimited):
        sign_in.refuse_if_guessing(session, email=ada.email, address="192.0.2.2")
    mailed_links.reset_password(session, reset_token(session, server), NEW)
    sign_in.refuse_if_guessing(session, email=ada.email, address="192.0.2.2")


def test_a_password_that_was_changed_meanwhile_ends_the_link(session: Session, ada: Account, server: Mock) -> None:
    token = reset_token(session, server)
    accounts.change_password(session, ada, current=PASSWORD, new=NEW)
    assert mailed_links.account_of(session, NoticeKind.RESET_PASSWORD, token) is None


@pytest.mark.parametrize(("minutes", "is_good"), [(59, True), (61, False)])
def test_a_link_ends_with_its_hour(
    session: Session, ada: Account, server: Mock, monkeypatch: pytest.MonkeyPatch, minutes: int, is_good: bool
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(TimestampSigner, "get_timestamp", lambda _: int(time.time()) - minutes * 60)
        token = reset_token(session, server)
    assert (mailed_links.account_of(session, NoticeKind.RESET_PASSWORD, token) == ada) is is_good


@pytest.mark.parametrize("spoilt", ["", "x", "x.y.z", "é", "\x00", "WyJhIl0.x.y"])
def test_what_nobody_signed_is_no_link(session: Session, ada: Account, spoilt: str) -> None:
    for kind in mailed_links.KINDS:
        assert mailed_links.account_of(session, kind, spoilt) is None


def test_a_link_of_one_kind_is_none_of_the_other(session: Session, ada: Account, server: Mock) -> None:
    reset = reset_token(session, server)
    assert mailed_links.confirm(session, reset) is None
    mailed_links.ask_to_confirm(session, ada)
    assert hand_in_next(server)
    assert mailed_links.reset_password(session, token_in(server, "confirm"), NEW) is None


def test_links_outlive_a_change_of_the_secret_key(
    session: Session, ada: Account, server: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = reset_token(session, server)
    before = runtime.config()
    monkeypatch.setattr(runtime, "_config", replace(before, secret_key="x" * 40, secret_key_fallbacks=()))
    assert mailed_links.account_of(session, NoticeKind.RESET_PASSWORD, token) is None
    kept = replace(before, secret_key="x" * 40, secret_key_fallbacks=(before.secret_key,))
    monkeypatch.setattr(runtime, "_config", kept)
    assert mailed_links.account_of(session, NoticeKind.RESET_PASSWORD, token) == ada


# Who gets mail


def test_nobody_is_mailed_about_an_address_without_an_account(session: Session, ada: Account, server: Mock) -> None:
    for email in ("nobody@example.com", "", "no address", "a\x00b"):
        mailed_links.ask_for_password(session, email=email, browser=HERE)
    assert not hand_in_next(server)


def test_a_mailbox_is_not_filled(session: Session, ada: Account, server: Mock) -> None:
    for _ in range(3):
        mailed_links.ask_for_password(session, email=ada.email, browser=HERE)
    assert hand_in_next(server)
    assert not hand_in_next(server)
    for _ in range(9):
        session.execute(update(Notice).values(created_at=Notice.created_at - timedelta(minutes=6)))
        mailed_links.ask_for_password(session, email=ada.email, browser=HERE)
    assert len(session.scalars(select(Notice)).all()) == mailed_links.MOST_A_DAY


def test_who_asks_too_often_waits(session: Session, ada: Account) -> None:
    for number in range(FAILURES_PER_ADDRESS):
        mailed_links.ask_for_password(session, email=f"{number}@example.com", browser=HERE)
    with pytest.raises(RateLimited):
        mailed_links.ask_for_password(session, email=ada.email, browser=HERE)


def test_a_link_that_could_not_be_handed_in_within_an_hour_is_not(session: Session, ada: Account, server: Mock) -> None:
    mailed_links.ask_for_password(session, email=ada.email, browser=HERE)
    session.execute(update(Notice).values(created_at=Notice.created_at - timedelta(minutes=61)))
    assert not hand_in_next(server)


def test_where_no_mail_is_sent_none_waits(session: Session, ada: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), mail=None))
    mailed_links.ask_for_password(session, email=ada.email, browser=HERE)
    mailed_links.ask_to_confirm(session, ada)
    assert session.scalars(select(Notice)).all() == []


# A confirmed address


def test_an_address_is_confirmed_by_its_link(session: Session, ada: Account, server: Mock) -> None:
    mailed_links.ask_to_confirm(session, ada)
    assert hand_in_next(server)
    sent = server.send.call_args.kwargs
    assert (sent["to"], sent["subject"]) == ("ada@example.com", "Confirm your address")
    for _ in range(2):  # Some mail programs open a link twice.
        assert mailed_links.confirm(session, token_in(server, "confirm")) == ada
    assert ada.email_confirmed
    assert session.scalars(select(Activity.action)).all().count(Action.ADDRESS_CONFIRMED) == 1
    mailed_links.ask_to_confirm(session, ada)
    assert not hand_in_next(server)
