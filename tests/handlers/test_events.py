"""One event for each transcription that becomes final, whatever ends it, in the transaction that ends it."""

import json
import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import db
from handlers import events, processing, sweeps, transcriptions, trash
from handlers.imports import import_transcript
from handlers.processing import Engine, claim
from handlers.transcriptions import Details
from handlers.understanding import understand_again
from models import Account, Event, EventType, Stage, Transcription, WordTimes
from speech.transcript import Segment as Heard
from speech.transcript import Transcript
from tests.factories import complete, make_account, make_completed, make_transcription

ENGINE = Engine("base", WordTimes.NONE)
SAID = Transcript("en", 10.0, 5.0, (Heard(0.0, 5.0, "Hello."),))
NOTHING = Transcript(None, 10.0, 0.0, ())


def told(session: Session) -> list[tuple[EventType, str, str]]:
    """Type, status and, if it has one, error of each event."""
    found = []
    for event in session.scalars(select(Event).order_by(Event.public_id)):
        shown = json.loads(event.body)["data"]
        found.append((event.type, shown["status"], (shown["error"] or {}).get("code", "")))
    return found


def heard(session: Session, account: Account, transcript: Transcript) -> None:
    row = make_transcription(session, account, stage=Stage.TRANSCRIBING, quoted_microusd=900, duration_seconds=10.0)
    lease = claim(session, row.public_id, Stage.TRANSCRIBING, "test")
    assert lease is not None
    complete(session, lease, transcript, ENGINE)


def imported(session: Session, account: Account) -> None:
    content = "1\n00:00:00,000 --> 00:00:01,000\nHello.\n"
    row = import_transcript(session, account, format="srt", content=content, details=Details())
    lease = claim(session, row.public_id, Stage.UNDERSTANDING, "test")
    assert lease is not None
    processing.complete(session, lease)


def canceled(session: Session, account: Account) -> None:
    transcriptions.cancel_transcription(session, account, make_transcription(session, account).public_id)


def trashed(session: Session, account: Account) -> None:
    trash.trash_transcription(session, account, make_transcription(session, account).public_id)


def stalled(session: Session, account: Account) -> None:
    make_transcription(session, account, created_at=func.now() - sweeps.GIVE_UP_AFTER * 2)
    sweeps.fail_stalled(session)


COMPLETED, FAILED = EventType.COMPLETED, EventType.FAILED


@pytest.mark.parametrize(
    ("ends", "event"),
    [
        (lambda session, account: heard(session, account, SAID), (COMPLETED, "completed", "")),
        (lambda session, account: heard(session, account, NOTHING), (COMPLETED, "completed", "")),
        (imported, (COMPLETED, "completed", "")),
        (canceled, (FAILED, "failed", "canceled")),
        (trashed, (FAILED, "failed", "canceled")),
        (stalled, (FAILED, "failed", "stalled")),
    ],
    ids=["heard", "silent", "imported", "canceled", "trashed", "stalled"],
)
def test_H10_each_end_is_one_event(
    session: Session, alice: Account, ends: Callable[[Session, Account], None], event: tuple[EventType, str, str]
) -> None:
    ends(session, alice)
    assert told(session) == [event]


def test_what_is_understood_anew_is_not_final_anew(session: Session, alice: Account) -> None:
    heard(session, alice, SAID)
    row = session.scalars(select(Transcription)).one()
    transcriptions.update_transcription(session, alice, row.public_id, title="Another")
    understand_again(session, alice, row.public_id)
    lease = claim(session, row.public_id, Stage.UNDERSTANDING, "test")
    assert lease is not None
    processing.complete(session, lease)

    assert len(told(session)) == 1


def test_an_end_that_is_rolled_back_is_told_nobody(committed: None) -> None:
    with db.transaction() as session:
        account = make_account(session)
        row = make_transcription(session, account)
    with db.transaction() as session:
        transcriptions.cancel_transcription(session, account, row.public_id)
        session.rollback()
    with db.transaction() as session:
        assert told(session) == []


def test_an_event_that_commits_later_sorts_later(committed: None) -> None:
    """Who asks for everything since the newest event must not miss one whose transaction was slower."""
    with db.transaction() as session:
        account = make_account(session)
        slow, quick = (make_transcription(session, account).public_id for _ in range(2))
    held, committed_in_order = threading.Event(), []

    def end_slowly() -> None:
        with db.transaction() as session:
            transcriptions.cancel_transcription(session, account, slow)
            held.set()
            time.sleep(0.3)
            committed_in_order.append(slow)

    thread = threading.Thread(target=end_slowly)
    thread.start()
    held.wait(5)
    with db.transaction() as session:
        transcriptions.cancel_transcription(session, account, quick)
        committed_in_order.append(quick)
    thread.join()

    with db.transaction() as session:
        rows = events.list_events(session, account, since=None, kind=None, limit=10, cursor=None).rows
        names = [json.loads(event.body)["data"]["id"] for event in rows]
    assert committed_in_order == [slow, quick]
    assert names == [quick, slow]


def test_the_audit_holds_after_all_of_it(session: Session, alice: Account) -> None:
    for end in (canceled, imported):
        end(session, alice)
    make_completed(session, alice)
    # The fixture audits when the test ends.
    assert len(told(session)) == 3
