"""Notices by mail: each once, to confirmed addresses, again when the server was away."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db import now
from handlers import mails, webhook_endpoints
from jobs.mailing import hand_in_next
from models import Account, DisabledReason, EventType, Notice, WebhookEndpoint
from outbound.mail import MailRefused, MailServer, MailUnavailable
from tests.factories import make_account


@pytest.fixture
def server() -> Mock:
    return Mock(spec=MailServer)


def switch_off(session: Session, account: Account) -> None:
    """An endpoint of the account that has failed for days."""
    endpoint = WebhookEndpoint(
        account_id=account.id, url="https://hooks.example.com/a", event_types=[EventType.FAILED.value], secret=b"s" * 32
    )
    session.add(endpoint)
    session.flush()
    webhook_endpoints.switch_off(session, [endpoint.id], DisabledReason.FAILING)


@pytest.fixture
def ada(session: Session) -> Account:
    return make_account(session, email="ada@example.com", email_confirmed=True)


def test_p27_an_owner_is_mailed_once_about_an_endpoint_that_was_switched_off(
    session: Session, ada: Account, server: Mock
) -> None:
    switch_off(session, ada)

    assert hand_in_next(server)
    assert not hand_in_next(server)

    (call,) = server.send.call_args_list
    assert call.kwargs["to"] == "ada@example.com"
    assert call.kwargs["subject"] == "A webhook endpoint was switched off"
    assert "hooks.example.com has answered nothing well for 5 days" in call.kwargs["text"]
    assert "/settings/webhooks" in call.kwargs["text"]
    assert call.kwargs["message_id"].startswith("ntc_")


def test_a_stranger_is_not_mailed_for_an_address_that_nobody_confirmed(session: Session, server: Mock) -> None:
    switch_off(session, make_account(session, email="victim@example.com"))
    assert not hand_in_next(server)
    server.send.assert_not_called()


def test_a_mail_waits_for_a_server_that_is_away(session: Session, ada: Account, server: Mock) -> None:
    switch_off(session, ada)
    server.send.side_effect = MailUnavailable("ConnectionRefusedError")
    assert not hand_in_next(server)
    assert mails.claim(session) is None

    session.execute(update(Notice).values(mail_due_at=now(session)))
    server.send.side_effect = None
    assert hand_in_next(server)
    first, second = (call.kwargs["message_id"] for call in server.send.call_args_list)
    assert first == second


def test_a_mail_that_is_refused_is_not_tried_again(session: Session, ada: Account, server: Mock) -> None:
    switch_off(session, ada)
    server.send.side_effect = MailRefused("[550]")
    assert hand_in_next(server)
    session.execute(update(Notice).where(Notice.mail_due_at.is_not(None)).values(mail_due_at=now(session)))
    assert not hand_in_next(server)


@pytest.mark.parametrize("change", [{"dismissed_at": True}, {"created_at": True}], ids=["dismissed", "old"])
def test_nobody_is_mailed_what_is_over(session: Session, ada: Account, server: Mock, change: dict[str, bool]) -> None:
    switch_off(session, ada)
    session.execute(update(Notice).values({name: now(session) - timedelta(days=4) for name in change}))
    assert not hand_in_next(server)
