"""The notices at the top of a page, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from handlers import notices
from models import Account, NoticeKind


@dataclass(frozen=True, slots=True)
class ShownNotice:
    public_id: str
    subject: str
    body: str
    is_urgent: bool


def shown_notices(session: Session, account: Account) -> Sequence[ShownNotice]:
    """What the account's owner has not dismissed, newest first; for a page's `notices`."""
    return [
        ShownNotice(
            notice.public_id, notices.subject(notice), notices.body(notice), notice.kind is NoticeKind.CAP_REACHED
        )
        for notice in notices.open_notices(session, account)
    ]
