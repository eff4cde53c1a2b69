"""The notices at the top of a page, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from handlers import notices
from models import Account, Notice, NoticeKind


@dataclass(frozen=True, slots=True)
class ShownNotice:
    public_id: str
    subject: str
    body: str
    is_urgent: bool
    remedy: str
    remedy_url: str


def shown_notices(session: Session, account: Account) -> Sequence[ShownNotice]:
    """What the account's owner has not dismissed, newest first; for a page's `notices`."""
    return [_shown(notice) for notice in notices.open_notices(session, account)]


def _shown(notice: Notice) -> ShownNotice:
    if notice.webhook_endpoint is not None:
        remedy = "Look at the endpoint"
        url = url_for("pages.webhooks.show", endpoint_id=notice.webhook_endpoint.public_id)
    else:
        remedy, url = "Change the cap", url_for("pages.settings.account", _anchor="monthly-cap")
    is_urgent = notice.kind is not NoticeKind.CAP_NEAR
    return ShownNotice(
        notice.public_id, notices.subject(notice), notices.body(notice), is_urgent, remedy=remedy, remedy_url=url
    )
