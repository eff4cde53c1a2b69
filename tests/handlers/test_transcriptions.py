"""The use cases behind pages and API alike; what only JSON shows is in tests/api_v1."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import db
from errors import Conflict, Invalid, NotFound, NotReady, PipelineNotFound, TranscriptionFailed, UrlNotAllowed
from handlers import transcriptions
from handlers.library import Filters, list_transcriptions
from handlers.speakers import speakers
from handlers.transcriptions import Details, Options
from jobs import queues
from jobs.queues import DUE, QueueName
from models import Account, Source, Status, Transcription
from tests.factories import make_completed, make_media, make_transcription

URL = "https://example.com/a.mp3"


def create(session: Session, account: Account, *, url: str = URL, **options: Any) -> Transcription:
    return transcriptions.create_transcription(
        session, account, source=Source.EXTERNAL_URL, url=url, options=Options(**options), details=Details()
    )


def test_a_new_one_is_queued_once_committed_and_not_before(session: Session, alice: Account) -> None:
    session.commit()
    with db.transaction() as inner:
        create(inner, alice)
        assert queues.waiting(QueueName.FETCH) == set()

    assert queues.waiting(QueueName.FETCH) == {DUE}


def test_what_is_rolled_back_is_never_queued(session: Session, alice: Account) -> None:
    session.commit()

    def create_and_fail() -> None:
        with db.transaction() as inner:
            create(inner, alice)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        create_and_fail()

    assert queues.waiting(QueueName.FETCH) == set()
    assert session.scalars(select(Transcription)).all() == []


def test_ids_sort_by_their_time(session: Session, alice: Account) -> None:
    ids = [create(session, alice).public_id for _ in range(3)]

    assert all(public_id.startswith("tr_") for public_id in ids)
    assert [public_id[:13] for public_id in ids] == sorted(public_id[:13] for public_id in ids)


def test_the_accounts_default_pipeline_is_used_while_it_is_installed(session: Session, alice: Account) -> None:
    for default in ("whisper-base", "whisper-gone", None):
        alice.default_pipeline_code = default
        assert create(session, alice).pipeline_code == "whisper-base"


def test_an_unknown_pipeline_is_refused(session: Session, alice: Account) -> None:
    with pytest.raises(PipelineNotFound):
        create(session, alice, pipeline_code="whisper-gone")


def test_an_unknown_language_is_refused(session: Session, alice: Account) -> None:
    with pytest.raises(Invalid):
        create(session, alice, language="tlh")


def test_an_impossible_url_is_refused(session: Session, alice: Account) -> None:
    with pytest.raises(UrlNotAllowed):
        create(session, alice, url="file:///etc/passwd")


VERBS: dict[str, Callable[[Session, Account, str], object]] = {
    "get": transcriptions.get_transcription,
    "result": transcriptions.completed_transcription,
    "update": lambda session, account, public_id: transcriptions.update_transcription(
        session, account, public_id, title="Mine"
    ),
    "cancel": transcriptions.cancel_transcription,
    "retry": transcriptions.retry_transcription,
    "delete": transcriptions.delete_transcription,
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_P41_charlie_finds_nothing_of_alices(
    session: Session, alice: Account, charlie: Account, verb: Callable[[Session, Account, str], object]
) -> None:
    transcription = make_completed(session, alice)

    with pytest.raises(NotFound) as theirs:
        verb(session, charlie, transcription.public_id)
    with pytest.raises(NotFound) as missing:
        verb(session, charlie, "tr_0")

    assert theirs.value.message == missing.value.message


def test_charlies_list_is_his_own(session: Session, alice: Account, charlie: Account) -> None:
    make_transcription(session, alice)
    mine = make_transcription(session, charlie)

    page = list_transcriptions(session, charlie, Filters(), limit=10, cursor=None)

    assert [row.public_id for row in page.rows] == [mine.public_id]


def test_a_result_is_ready_or_says_why_not(session: Session, alice: Account) -> None:
    with pytest.raises(NotReady) as waiting:
        transcriptions.completed_transcription(session, alice, make_transcription(session, alice).public_id)
    failed = make_transcription(session, alice, status=Status.FAILED, error_code="stalled", error_message="Retry.")
    with pytest.raises(TranscriptionFailed) as outcome:
        transcriptions.completed_transcription(session, alice, failed.public_id)

    assert waiting.value.retry_after_seconds
    assert (outcome.value.code, outcome.value.message) == ("stalled", "Retry.")
    assert TranscriptionFailed.code == "transcription_failed"


def test_speakers_come_in_order_with_their_seconds(session: Session, alice: Account) -> None:
    transcription = make_completed(session, alice, texts=["a", "b", "c"])
    transcriptions.update_transcription(session, alice, transcription.public_id, speaker_names={"S2": "Ada"})

    found = [(each.label, each.name, each.seconds) for each in speakers(session, transcription)]

    assert found == [("S1", "S1", 10.0), ("S2", "Ada", 5.0)]


def test_segments_are_read_from_a_number_on(session: Session, alice: Account) -> None:
    transcription = make_completed(session, alice, texts=["a", "b", "c", "d"])

    some = transcriptions.segments(session, transcription, first=1, count=2)

    assert [segment.text for segment in some] == ["b", "c"]


def test_segments_are_grouped_for_windows(session: Session, alice: Account) -> None:
    transcription = make_completed(session, alice, texts=["a", "b", "c"])

    assert list(transcriptions.segment_spans(session, transcription, 2)) == [(0, 2, 0.0, 10.0), (1, 1, 10.0, 15.0)]


def test_a_retry_of_what_is_no_longer_kept_is_refused(session: Session, alice: Account) -> None:
    failed = make_transcription(session, alice, status=Status.FAILED, source=Source.UPLOAD, url=None)

    with pytest.raises(Conflict):
        transcriptions.retry_transcription(session, alice, failed.public_id)


def test_a_recording_in_the_store_can_be_transcribed(session: Session, alice: Account) -> None:
    media = make_media(session, alice)

    transcription = transcriptions.transcribe_media(
        session, alice, media=media, options=Options(), details=Details(title="Sample")
    )

    assert (transcription.source, transcription.media_id, transcription.title) == (Source.UPLOAD, media.id, "Sample")
