"""The thread of the scheduler that hands in mails: a mail server may be slow, and nothing else should be."""

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from db import transaction
from handlers import mails
from outbound.mail import MailRefused, MailServer, MailUnavailable

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 10.0


def mail_until(stopping: threading.Event, server: MailServer) -> None:
    """Hand in what is due until it is time to stop."""
    while not stopping.wait(LOOK_EVERY_SECONDS):
        try:
            while not stopping.is_set() and hand_in_next(server):
                pass
        except SQLAlchemyError as error:
            log.warning("mails wait for the database", extra={"reason": type(error).__name__})


def hand_in_next(server: MailServer) -> bool:
    """Whether a mail was due and the server is worth asking for the next one."""
    with transaction() as session:
        mail = mails.claim(session)
    if mail is None:
        return False
    try:
        server.send(to=mail.to, subject=mail.subject, text=mail.text, message_id=mail.message_id)
    except MailUnavailable as error:
        log.warning("a mail waits for its server", extra={"reason": str(error)})
        return False
    except MailRefused as error:
        log.warning("a mail was refused", extra={"reason": str(error)})
    with transaction() as session:
        mails.keep_as_sent(session, mail)
    return True
