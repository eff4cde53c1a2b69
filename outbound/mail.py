"""Plain text mails over SMTP. The one module that imports smtplib."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate

SECONDS = 15.0
PERMANENT = range(500, 600)


class MailUnavailable(Exception):
    """The server did not take the mail now; trying again may help."""


class MailRefused(Exception):
    """The server will not take this mail."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in, and in whose name.

    `implicit_tls` speaks TLS from the first byte; otherwise STARTTLS is used where it is offered. A password is only
    ever sent over TLS.
    """

    host: str
    port: int
    sender: str
    implicit_tls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    def send(self, *, to: str, subject: str, text: str, message_id: str) -> None:
        """Hand in a mail. `message_id`, without brackets, is what a repetition is known by.

        Raises MailUnavailable, MailRefused. Takes 15 seconds for each step of the conversation at most.
        """
        try:
            message = self._message(to, subject, text, message_id)
        except ValueError:
            raise MailRefused("the address is none") from None
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            ((code, _),) = error.recipients.values()
            raise _failure(code) from None
        except smtplib.SMTPDataError as error:
            raise _failure(error.smtp_code) from None
        except (smtplib.SMTPException, OSError) as error:
            # What the server says may quote the address or the credentials.
            raise MailUnavailable(type(error).__name__) from None

    def try_to_connect(self) -> None:
        """Nothing where the server answers and takes the password; MailUnavailable or MailRefused. Sends no mail."""
        try:
            with self._connected() as server:
                server.noop()
        except smtplib.SMTPAuthenticationError as error:
            raise MailRefused(f"{error.smtp_code} to the user or the password") from None
        except (smtplib.SMTPException, OSError) as error:
            raise MailUnavailable(type(error).__name__) from None

    def _message(self, to: str, subject: str, text: str, message_id: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = Address(addr_spec=to)
        message["Subject"] = subject
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{message_id}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it.
        message.set_content(text)
        return message

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        trust = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=trust)
            if self.implicit_tls
            else smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        ) as server:
            server.ehlo()
            if not self.implicit_tls and (self.username or server.has_extn("starttls")):
                server.starttls(context=trust)
                server.ehlo()
            if self.username:
                server.login(self.username, self.password or "")
            yield server


def _failure(code: int) -> MailRefused | MailUnavailable:
    """What a reply code of SMTP means for the mail (RFC 5321, 4.2.1)."""
    return MailRefused(str(code)) if code in PERMANENT else MailUnavailable(str(code))
