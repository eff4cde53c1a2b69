"""Mails: notices reach their account's owner by mail as well, where a mail server is set up.

A notice is due for mailing until its mail is handed in. It is claimed by putting it off, so a mail that was handed in
at the moment of a crash comes twice, under the same id, and none is lost.
"""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from handlers import mailed_links, notices
from models import Account, Notice
from runtime import config

AGAIN_AFTER = timedelta(minutes=5)
# What could not be handed in for so long is old news; it stays on the dashboard.
GIVE_UP_AFTER = timedelta(days=3)
# Nobody waits for a link any longer, but asks for another.
LINKS_GIVE_UP_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Mail:
    """What is to be handed in, and the notice that it is about."""

    notice_id: int
    to: str
    subject: str
    text: str
    message_id: str


def claim(session: Session) -> Mail | None:
    """The next mail, which nobody else claims for some minutes; None where there is none.

    Only addresses that their owner has confirmed get mail: a stranger's could otherwise be made to. Links that are
    asked for go to others, too, a few a day (`mailed_links`), and soon or not at all.
    """
    now = func.clock_timestamp()
    due = (
        select(Notice, Account)
        .join(Account, Account.id == Notice.account_id)
        .where(
            Notice.mail_due_at <= now,
            Notice.created_at > now - GIVE_UP_AFTER,
            Notice.dismissed_at.is_(None),
            Account.email_confirmed | Notice.kind.in_(mailed_links.KINDS),
            Notice.kind.not_in(mailed_links.KINDS) | (Notice.created_at > now - LINKS_GIVE_UP_AFTER),
        )
        .order_by(Notice.mail_due_at)
        .limit(1)
        .options(joinedload(Notice.webhook_endpoint))
        .with_for_update(of=Notice, skip_locked=True)
    )
    row = session.execute(due).one_or_none()
    if row is None:
        return None
    notice, account = row
    session.execute(update(Notice).where(Notice.id == notice.id).values(mail_due_at=now + AGAIN_AFTER))
    base_url = config().base_url
    if notice.kind in mailed_links.KINDS:
        subject, text = mailed_links.mail_of(notice, account)
    else:
        where = "webhooks" if notice.webhook_endpoint else "account"
        subject, text = notices.subject(notice), f"{notices.body(notice)}\n\n{base_url}/settings/{where}"
    return Mail(notice.id, account.email, subject, f"{text}\n", f"{notice.public_id}@{urlsplit(base_url).hostname}")


def keep_as_sent(session: Session, mail: Mail) -> None:
    """Nothing more is to be handed in for its notice."""
    session.execute(update(Notice).where(Notice.id == mail.notice_id).values(mail_due_at=None))
