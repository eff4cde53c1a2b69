"""What an account's owner is told on the dashboard: about their spending, once per month, kind and cap, and about
endpoints that were switched off. What is about signing in goes out by mail alone: whoever reads the dashboard may be
the one that it tells of.

A notice has a subject and a text, since a mail carries it as well (`handlers.mails`).
"""

from collections.abc import Sequence
from datetime import UTC
from urllib.parse import urlsplit

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, contains_eager

from billing.prices import dollars
from handlers.finding import found
from handlers.spending import FIRST_OF_MONTH, Month
from models import Account, DisabledReason, Notice, NoticeKind, WebhookEndpoint
from public_ids import new_id
from webhooks.schedule import GIVE_UP_AFTER

NEAR_PERCENT = 80
SECURITY = {
    NoticeKind.NEW_SIGN_IN: (
        "A new sign-in to your account",
        "Your account was signed in to with a browser that had not been used for it before.",
    ),
    NoticeKind.PASSWORD_CHANGED: ("Your password was changed", "The password of your account was changed."),
    NoticeKind.TWO_FACTOR_ON: (
        "Two-factor sign-in is on",
        "From now on, signing in to your account takes a code of your authenticator app.",
    ),
    NoticeKind.TWO_FACTOR_OFF: (
        "Two-factor sign-in is off",
        "Signing in to your account takes no code of an authenticator app any more.",
    ),
    NoticeKind.CODES_REFUSED: (
        "Wrong codes at your account",
        "Somebody who has your password, or a browser that is signed in, gave several wrong codes.",
    ),
}
IF_IT_WAS_NOT_YOU = "If that was not you, change your password, which signs every other browser out."


def note_spending(session: Session, account: Account, month: Month) -> None:
    """Leave a notice when what is spent and held passed 80 % of the cap, and when it reached the whole of it."""
    cap = account.monthly_cap_microusd
    if cap is None:
        return
    if month.committed_microusd >= cap:
        _leave(session, account, month, NoticeKind.CAP_REACHED)
    elif month.committed_microusd * 100 >= cap * NEAR_PERCENT:
        _leave(session, account, month, NoticeKind.CAP_NEAR)


def note_refusal(session: Session, account: Account, month: Month) -> None:
    """Leave the notice that something was not started because of the cap."""
    if account.monthly_cap_microusd is not None:
        _leave(session, account, month, NoticeKind.CAP_REACHED)


def note_security(
    session: Session, account: Account, kind: NoticeKind, *, device: str | None = None, address: str | None = None
) -> None:
    """Have the owner told by mail of what concerns signing in, where their address is confirmed."""
    if account.email_confirmed:
        session.add(Notice(account_id=account.id, kind=kind, device=device, address=address))


def open_notices(session: Session, account: Account) -> Sequence[Notice]:
    """What was not dismissed yet and still holds: of this month and of the present cap, and of endpoints that are still
    switched off. Newest first."""
    cap = select(Account.monthly_cap_microusd).where(Account.id == account.id).scalar_subquery()
    of_this_cap = (Notice.month == FIRST_OF_MONTH) & (Notice.cap_microusd == cap)
    query = (
        select(Notice)
        .outerjoin(Notice.webhook_endpoint)
        .where(
            Notice.account_id == account.id,
            Notice.dismissed_at.is_(None),
            of_this_cap | WebhookEndpoint.disabled_reason.is_not(None),
        )
        .options(contains_eager(Notice.webhook_endpoint))
    )
    return session.scalars(query.order_by(Notice.public_id.desc())).all()


def dismiss(session: Session, account: Account, public_id: str) -> None:
    notice = found(session, select(Notice).where(Notice.account_id == account.id, Notice.public_id == public_id))
    session.execute(
        update(Notice).where(Notice.id == notice.id, Notice.dismissed_at.is_(None)).values(dismissed_at=func.now())
    )


def subject(notice: Notice) -> str:
    if notice.kind in SECURITY:
        return SECURITY[notice.kind][0]
    if notice.kind is NoticeKind.ENDPOINT_SWITCHED_OFF:
        return "A webhook endpoint was switched off"
    if notice.kind is NoticeKind.CAP_NEAR:
        return f"80 % of your monthly cap of {dollars(notice.cap_microusd or 0)} is used"
    return f"Your monthly cap of {dollars(notice.cap_microusd or 0)} is reached"


def body(notice: Notice) -> str:
    if notice.webhook_endpoint is not None:
        return _about_endpoint(notice.webhook_endpoint)
    if notice.kind in SECURITY:
        return _about_security(notice)
    assert notice.month is not None
    used = f"{dollars(notice.spent_microusd or 0)} is spent or held in {notice.month:%B %Y}."
    if notice.kind is NoticeKind.CAP_NEAR:
        return f"{used} Transcriptions stop at the cap; you can change it under Settings, Account."
    return (
        f"{used} New transcriptions are refused until next month, or until you raise the cap under Settings, Account."
    )


def _about_security(notice: Notice) -> str:
    facts = [f"When: {notice.created_at.astimezone(UTC):%d %B %Y, %H:%M} UTC"]
    facts += [f"With: {notice.device}"] if notice.device else []
    facts += [f"From: {notice.address}"] if notice.address else []
    return "\n\n".join([SECURITY[notice.kind][1], "\n".join(facts), IF_IT_WAS_NOT_YOU])


def _about_endpoint(endpoint: WebhookEndpoint) -> str:
    host = urlsplit(endpoint.url).hostname
    why = (
        "answered that it is gone (410)"
        if endpoint.disabled_reason is DisabledReason.GONE
        else f"has answered nothing well for {GIVE_UP_AFTER.days} days"
    )
    return f"{host} {why}. It is told of nothing more until you switch it on under Settings, Webhooks."


def _leave(session: Session, account: Account, month: Month, kind: NoticeKind) -> None:
    session.execute(
        upsert(Notice)
        .values(
            public_id=new_id("ntc"),
            account_id=account.id,
            kind=kind,
            month=month.starts_on,
            cap_microusd=account.monthly_cap_microusd,
            spent_microusd=month.committed_microusd,
        )
        .on_conflict_do_nothing(index_elements=["account_id", "month", "kind", "cap_microusd"])
    )
