"""The log of activity: what goes into it with what was done, and that nothing comes out of it but what is old."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import runtime
from handlers import accounts, activities, api_keys, exports, shares, transcriptions, trash, wallets, webhook_endpoints
from handlers.activities import About, Filters
from handlers.callers import acting_as
from models import Account, Action, Activity, Actor, Plan
from tests.factories import PASSWORD, make_completed, make_media


def done(session: Session, account: Account | None = None, about: About | None = None) -> list[Activity]:
    """What is on record, the oldest first."""
    session.flush()
    query = select(Activity).order_by(Activity.id)
    if account is not None:
        query = query.where(Activity.account_id == account.public_id)
    if about is not None:
        query = query.where(Activity.action.in_(activities.actions_about(about)))
    return list(session.scalars(query))


def actions(session: Session, account: Account) -> list[Action]:
    return [activity.action for activity in done(session, account)]


def test_a_key_is_on_record_by_its_id_and_by_nothing_secret(session: Session, alice: Account) -> None:
    key, plaintext = api_keys.create_api_key(session, alice, name="Nightly")
    api_keys.revoke_api_key(session, alice, key.public_id)
    api_keys.revoke_api_key(session, alice, key.public_id)
    made, revoked = done(session, alice)
    assert (made.action, made.object_id) == (Action.KEY_CREATED, key.public_id)
    assert (revoked.action, revoked.object_id) == (Action.KEY_REVOKED, key.public_id)
    row = session.execute(text("SELECT string_agg(activities::text, '') FROM activities")).scalar_one()
    assert plaintext not in row
    assert "Nightly" not in row


def test_what_is_rolled_back_leaves_nothing(session: Session, alice: Account) -> None:
    nested = session.begin_nested()
    api_keys.create_api_key(session, alice, name="Nightly")
    assert actions(session, alice) == [Action.KEY_CREATED]
    nested.rollback()
    assert actions(session, alice) == []


def test_the_life_of_a_transcription_is_on_record(session: Session, alice: Account) -> None:
    media = make_media(session, alice)
    public_id = make_completed(session, alice, media_id=media.id).public_id
    exports.export(session, alice, public_id, ["srt", "txt"])
    transcriptions.delete_media(session, alice, public_id)
    trash.trash_transcription(session, alice, public_id)
    trash.restore_transcription(session, alice, public_id)
    transcriptions.delete_transcription(session, alice, public_id)
    found = done(session, alice)
    assert [activity.action for activity in found] == [
        Action.EXPORTED,
        Action.MEDIA_DELETED,
        Action.TRASHED,
        Action.RESTORED,
        Action.DELETED,
    ]
    assert {activity.object_id for activity in found} == {public_id}
    assert found[0].details == {"format": "srt txt"}


def test_what_the_trash_is_emptied_of_is_on_record_as_the_services_doing(session: Session, alice: Account) -> None:
    row = make_completed(session, alice)
    trash.trash_transcription(session, alice, row.public_id)
    with acting_as(Actor.OWNER):
        trash.empty_trash(session, alice)
    trash.remove_expired_trash(session)
    emptied, deleted = done(session, alice)[-2:]
    assert (emptied.action, emptied.actor) == (Action.TRASH_EMPTIED, Actor.OWNER)
    assert (deleted.action, deleted.actor, deleted.object_id) == (Action.DELETED, Actor.SERVICE, row.public_id)


def test_links_and_webhooks_are_on_record(session: Session, alice: Account) -> None:
    share = shares.create_share(session, alice, make_completed(session, alice).public_id, password="open sesame 12")
    shares.update_share(session, alice, share.public_id, password=None)
    shares.revoke_share(session, alice, share.public_id)
    shares.bring_back_share(session, alice, share.public_id)
    endpoint, _ = webhook_endpoints.create_endpoint(session, alice, url="http://127.0.0.1/hook")
    webhook_endpoints.update_endpoint(session, alice, endpoint.public_id, enabled=False)
    webhook_endpoints.rotate_secret(session, alice, endpoint.public_id)
    webhook_endpoints.delete_endpoint(session, alice, endpoint.public_id)
    assert [activity.action.value for activity in done(session, alice)] == [
        "share.created",
        "share.changed",
        "share.revoked",
        "share.restored",
        "webhook_endpoint.created",
        "webhook_endpoint.changed",
        "webhook_endpoint.secret_rotated",
        "webhook_endpoint.deleted",
    ]


def test_an_account_is_on_record_from_its_making_to_beyond_its_end(session: Session) -> None:
    account = accounts.create_account(session, email="dora@example.com", password=PASSWORD)
    accounts.change_password(session, account, current=PASSWORD, new="another one, longer")
    accounts.set_monthly_cap(session, account, 5_000_000)
    accounts.set_plan(session, account, Plan.PRO)
    accounts.set_plan(session, account, Plan.PRO)
    accounts.connect_identity(session, account, provider="github", subject="1")
    wallets.adjust(session, account, 2_500_000, reason="For the trouble")
    accounts.delete_account(session, account)
    assert actions(session, account) == [
        Action.ACCOUNT_CREATED,
        Action.PASSWORD_CHANGED,
        Action.CAP_CHANGED,
        Action.PLAN_CHANGED,
        Action.SIGN_IN_CONNECTED,
        Action.WALLET_ADJUSTED,
        Action.ACCOUNT_DELETED,
    ]
    assert done(session, account, About.WALLET)[0].details == {"change_usd": "2.500000"}


def test_who_acted_is_on_record(session: Session, alice: Account) -> None:
    with acting_as(Actor.API_KEY, actor_id="key_1", address="203.0.113.9", user_agent="curl/8", request_id="req_1"):
        api_keys.create_api_key(session, alice, name="one")
    api_keys.create_api_key(session, alice, name="two")
    first, second = done(session, alice)
    assert (first.actor, first.actor_id, first.address) == (Actor.API_KEY, "key_1", "203.0.113.9")
    assert (first.user_agent, first.request_id) == ("curl/8", "req_1")
    assert (second.actor, second.actor_id, second.address) == (Actor.SERVICE, None, None)


@pytest.mark.parametrize(
    "statement",
    [
        update(Activity).values(object_id="changed"),
        delete(Activity),
        text("TRUNCATE activities"),
        text("SET LOCAL transcribe.removes_old_activities = 'on'; DELETE FROM activities"),
    ],
    ids=["change", "remove", "empty", "remove what is not old"],
)
def test_nothing_on_record_is_changed_or_removed(session: Session, alice: Account, statement: object) -> None:
    api_keys.create_api_key(session, alice, name="one")
    session.flush()
    with pytest.raises(IntegrityError, match="only added to"), session.begin_nested():
        session.execute(statement)  # type: ignore[call-overload]


def grow_old(session: Session, days: int) -> None:
    """As if everything on record had been done so long ago."""
    session.flush()
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(update(Activity).values(created_at=func.now() - timedelta(days=days)))
    session.execute(text("SET LOCAL session_replication_role = origin"))


@pytest.mark.parametrize(("days", "removed"), [(39, 0), (41, 1)])
def test_what_is_old_is_removed(
    session: Session, alice: Account, monkeypatch: pytest.MonkeyPatch, days: int, removed: int
) -> None:
    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), activity_kept_days=40))
    api_keys.create_api_key(session, alice, name="one")
    grow_old(session, days)
    assert activities.remove_old(session) == removed
    assert len(done(session)) == 1 - removed


def test_the_scheduler_alone_removes_what_is_old(session: Session, alice: Account) -> None:
    api_keys.create_api_key(session, alice, name="one")
    grow_old(session, 500)
    assert activities.remove_old(session) == 1
    api_keys.create_api_key(session, alice, name="two")
    grow_old(session, 500)
    with pytest.raises(IntegrityError, match="only added to"), session.begin_nested():
        session.execute(delete(Activity))


def test_an_account_reads_its_own_log_page_by_page(session: Session, alice: Account, charlie: Account) -> None:
    api_keys.create_api_key(session, charlie, name="his")
    made = [api_keys.create_api_key(session, alice, name=str(number))[0].public_id for number in range(5)]
    seen: list[str | None] = []
    cursor = None
    while True:
        page = activities.activities(session, Filters(account_id=alice.public_id), limit=2, cursor=cursor)
        seen += [activity.object_id for activity in page.rows]
        if (cursor := page.next_cursor) is None:
            break
    assert sorted(map(str, seen)) == sorted(made)


def test_every_action_is_about_something_one_can_choose() -> None:
    assert {action for about in About for action in activities.actions_about(about)} == set(Action)
