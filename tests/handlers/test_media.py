"""Recordings are kept as long as their owner wants, and no longer."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from errors import Conflict
from handlers import media, processing, transcriptions
from handlers.processing import Engine
from handlers.transcriptions import Details, Options
from models import Account, Media, Retention, Source, Stage, Status, Transcription, WordTimes
from runtime import store
from speech.transcript import Segment, Transcript
from tests.factories import commit, complete, make_completed, make_media, make_transcription

HEARD = Transcript(segments=(Segment(0.0, 1.0, "Hello."),), language="en", duration_seconds=1.0, speech_seconds=1.0)
ENGINE = Engine("base", WordTimes.NONE)


def finished(session: Session, account: Account, recording: Media, hours: int | None) -> Transcription:
    """One that a worker has just completed."""
    transcription = make_transcription(
        session,
        account,
        stage=Stage.TRANSCRIBING,
        duration_seconds=1.0,
        quoted_microusd=100,
        media_id=recording.id,
        media_kept_hours=hours,
    )
    lease = processing.claim(session, transcription.public_id, Stage.TRANSCRIBING, "test")
    assert lease is not None
    commit(session, lambda inner: complete(inner, lease, HEARD, ENGINE))
    return transcriptions.get_transcription(session, account, transcription.public_id)


def is_stored(key: str) -> bool:
    return store().size_bytes(key) is not None


def test_a_recording_stays_where_nothing_else_is_wished(session: Session, alice: Account) -> None:
    recording = make_media(session, alice)

    transcription = finished(session, alice, recording, None)

    assert (transcription.media, transcription.media_expires_at) == (recording, None)
    assert is_stored(recording.object_key)


def test_after_success_it_is_deleted_once_transcribed(session: Session, alice: Account) -> None:
    recording = make_media(session, alice)
    key = recording.object_key

    transcription = finished(session, alice, recording, 0)

    assert transcription.media is None
    assert not is_stored(key)
    assert len(transcriptions.segments(session, transcription)) == 1


def test_after_success_a_failed_one_keeps_it_to_be_tried_again(session: Session, alice: Account) -> None:
    recording = make_media(session, alice)
    transcription = make_transcription(session, alice, media_id=recording.id, media_kept_hours=0)

    transcriptions.cancel_transcription(session, alice, transcription.public_id)
    again = transcriptions.retry_transcription(session, alice, transcription.public_id)

    assert (again.media_id, again.media_kept_hours) == (recording.id, 0)


def test_after_some_hours_it_is_deleted_by_the_sweep_and_not_before(session: Session, alice: Account) -> None:
    recording = make_media(session, alice)
    key = recording.object_key
    transcription = finished(session, alice, recording, 24)
    assert transcription.completed_at is not None
    assert transcription.media_expires_at == transcription.completed_at + timedelta(hours=24)

    media.delete_expired_media(session)
    assert transcription.media_id == recording.id

    session.execute(update(Transcription).values(media_expires_at=func.now() - timedelta(seconds=1)))
    commit(session, media.delete_expired_media)

    row = select(Transcription.media_id, Transcription.media_expires_at)
    assert session.execute(row).one() == (None, None)
    assert session.scalars(select(Media.id)).all() == []
    assert not is_stored(key)


def test_hours_count_for_a_failed_one_too(session: Session, alice: Account) -> None:
    transcription = make_transcription(session, alice, media_id=make_media(session, alice).id, media_kept_hours=1)

    transcriptions.cancel_transcription(session, alice, transcription.public_id)

    assert transcription.media_expires_at is not None


def test_a_recording_that_a_retry_needs_is_not_deleted(session: Session, alice: Account) -> None:
    recording = make_media(session, alice)
    failed = make_transcription(session, alice, status=Status.FAILED, media_id=recording.id, media_kept_hours=1)
    failed.media_expires_at = func.now() - timedelta(seconds=1)
    again = transcriptions.retry_transcription(session, alice, failed.public_id)

    commit(session, media.delete_expired_media)

    assert (failed.media_id, again.media_id) == (None, recording.id)
    assert is_stored(recording.object_key)


def test_the_requests_wish_comes_before_the_accounts(session: Session, alice: Account) -> None:
    alice = media.set_retention(session, alice, "after_success")

    def hours(wish: Retention | None) -> int | None:
        made = transcriptions.create_transcription(
            session,
            alice,
            source=Source.EXTERNAL_URL,
            url="https://example.com/a.mp3",
            options=Options(retention=wish),
            details=Details(),
        )
        return made.media_kept_hours

    assert [hours(wish) for wish in (None, "keep", "after_success", 48)] == [0, None, 0, 48]


def test_a_recording_can_be_deleted_and_its_text_stay(session: Session, alice: Account) -> None:
    recording = make_media(session, alice)
    transcription = make_completed(session, alice, media_id=recording.id)

    key = recording.object_key

    for _ in range(2):
        commit(session, lambda inner: transcriptions.delete_media(inner, alice, transcription.public_id))

    assert transcription.media_id is None
    assert not is_stored(key)
    assert len(transcriptions.segments(session, transcription)) == 2


def test_a_recording_at_work_is_not_deleted(session: Session, alice: Account) -> None:
    transcription = make_transcription(session, alice, media_id=make_media(session, alice).id)

    with pytest.raises(Conflict):
        transcriptions.delete_media(session, alice, transcription.public_id)
