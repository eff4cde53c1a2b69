"""Mails handed in to a real server on loopback."""

from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.running import free_port
from outbound.mail import MailRefused, MailServer, MailUnavailable

TO = {"to": "ada@example.com", "subject": "Günstig", "text": "Für dich.\n", "message_id": "ntc_1@transcribe.example"}


class Mailbox:
    """Takes what comes, but for what it is told to answer."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"
        self.recipient_answer = ""

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, to: str, options: list[str]) -> str:
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        if self.answer.startswith("250"):
            self.mails.append(BytesParser(EmailMessage, policy=default).parsebytes(content))
        return self.answer


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[MailServer]:
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield MailServer("127.0.0.1", port, "Transcribe <hello@transcribe.example>")
    controller.stop()


def test_a_mail_arrives_as_it_was_written(server: MailServer, mailbox: Mailbox) -> None:
    server.send(**TO)

    (mail,) = mailbox.mails
    assert (mail["From"], mail["To"]) == ("Transcribe <hello@transcribe.example>", "ada@example.com")
    assert (mail["Subject"], mail.get_content().strip()) == ("Günstig", "Für dich.")
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == ("<ntc_1@transcribe.example>", "auto-generated")


def test_a_line_break_makes_no_header(server: MailServer, mailbox: Mailbox) -> None:
    with pytest.raises(MailRefused):
        server.send(**{**TO, "subject": "Hello\nBcc: eve@example.com"})
    with pytest.raises(MailRefused):
        server.send(**{**TO, "to": "ada@example.com\nBcc: eve@example.com"})
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("recipient", "data", "kind"),
    [
        ("550 no such user", "250 OK", MailRefused),
        ("450 try later", "250 OK", MailUnavailable),
        ("", "554 not this", MailRefused),
        ("", "451 not now", MailUnavailable),
    ],
)
def test_what_a_server_says_decides_whether_to_try_again(
    server: MailServer, mailbox: Mailbox, recipient: str, data: str, kind: type[Exception]
) -> None:
    mailbox.recipient_answer, mailbox.answer = recipient, data
    with pytest.raises(kind):
        server.send(**TO)


def test_nobody_there_is_worth_another_try() -> None:
    with pytest.raises(MailUnavailable):
        MailServer("127.0.0.1", 9, "hello@transcribe.example").send(**TO)


def test_a_password_is_not_sent_in_the_clear(server: MailServer, mailbox: Mailbox) -> None:
    with_password = MailServer(server.host, server.port, server.sender, username="ada", password="secret")
    with pytest.raises(MailUnavailable):
        with_password.send(**TO)
    assert mailbox.mails == []
    assert "secret" not in repr(with_password)
