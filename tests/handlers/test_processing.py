"""The life of a transcription as its worker sees it (P8–P13)."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

import db
from errors import (
    AppError,
    MaxCostExceeded,
    MediaUndecodable,
    SourceRefused,
    SourceUnreachable,
    TranscriptionFailed,
)
from handlers import leases, processing
from handlers.processing import Fetched, Lease, LeaseLost
from handlers.transcriptions import cancel_transcription, delete_transcription
from jobs import queues
from jobs.queues import DUE, QueueName
from models import Account, Media, Segment, Stage, Status, Transcription, WordTimes
from runtime import store
from speech import transcript as speech
from speech.transcript import Transcript, Word
from tests.factories import complete, make_account, make_media, make_transcription

ENGINE = processing.Engine("base", WordTimes.MEASURED)
HEARD = (
    speech.Segment(0.0, 2.0, "Hello there.", (Word(0.0, 1.0, "Hello", 0.9), Word(1.0, 2.0, "there.")), "S1", 0.8),
    speech.Segment(2.0, 3.0, "Bye.", None, "S2"),
)
FILE = Fetched("media/x", 5, "0" * 64, "talk.flac")


@pytest.fixture
def waiting(session: Session, alice: Account) -> Transcription:
    """Alice's, queued to be fetched."""
    return make_transcription(session, alice, url_headers={"Cookie": "hush"})


def take(session: Session, transcription: Transcription, stage: Stage = Stage.FETCHING, holder: str = "w") -> Lease:
    session.flush()
    lease = processing.claim(session, transcription.public_id, stage, holder)
    assert lease is not None
    session.refresh(transcription)
    return lease


def lapse(session: Session, transcription: Transcription) -> None:
    """Let the lease run out, as that of a worker that died."""
    session.flush()
    session.execute(
        update(Transcription).where(Transcription.id == transcription.id).values(lease_until=func.now() - timedelta(1))
    )


def fetched(session: Session, transcription: Transcription, seconds: float = 60.0) -> Lease:
    """Past the first stage: the lease of the second."""
    lease = take(session, transcription)
    processing.keep_media(session, lease, FILE)
    processing.hold_and_queue_recognition(
        session, lease, duration_seconds=seconds, content_type="audio/flac", truncated=False
    )
    return take(session, transcription, Stage.TRANSCRIBING)


def heard(*segments: speech.Segment, speech_seconds: float = 3.0, transcribed_seconds: float = 3.0) -> Transcript:
    return Transcript("en" if segments else None, 60.0, speech_seconds, segments, transcribed_seconds)


def texts(session: Session) -> Sequence[str]:
    return session.scalars(select(Segment.text).order_by(Segment.number)).all()


def codes(transcription: Transcription) -> list[str]:
    return [warning["code"] for warning in transcription.warnings]


# Claiming


def test_P08_a_waiting_one_is_claimed_once(session: Session, waiting: Transcription) -> None:
    take(session, waiting)

    assert processing.claim(session, waiting.public_id, Stage.FETCHING, "other") is None
    assert waiting.started_at is not None
    assert waiting.public_stage == "fetching"


@pytest.mark.usefixtures("committed")
def test_P08_of_many_workers_at_once_one_has_the_lease() -> None:
    with db.transaction() as session:
        public_id = make_transcription(session, make_account(session)).public_id

    def claim(number: int) -> Lease | None:
        with db.transaction() as session:
            return processing.claim(session, public_id, Stage.FETCHING, f"w{number}")

    with ThreadPoolExecutor(8) as pool:
        leases = list(pool.map(claim, range(8)))

    assert sum(lease is not None for lease in leases) == 1


def test_another_stage_is_not_claimed(session: Session, waiting: Transcription) -> None:
    assert processing.claim(session, waiting.public_id, Stage.TRANSCRIBING, "w") is None


def test_what_is_gone_or_final_is_not_claimed(session: Session, alice: Account) -> None:
    done = make_transcription(session, alice, status=Status.COMPLETED)

    for public_id in (done.public_id, "tr_0"):
        assert processing.claim(session, public_id, Stage.FETCHING, "w") is None


def test_what_is_not_due_is_not_claimed(session: Session, waiting: Transcription) -> None:
    waiting.due_at += timedelta(minutes=1)
    session.flush()

    assert processing.claim(session, waiting.public_id, Stage.FETCHING, "w") is None


def test_a_claim_keeps_the_request_id(session: Session, alice: Account) -> None:
    transcription = make_transcription(session, alice, request_id="req_mine")

    assert take(session, transcription).request_id == "req_mine"


def test_P10_a_lapsed_lease_counts_as_a_crash(session: Session, waiting: Transcription) -> None:
    take(session, waiting)
    lapse(session, waiting)

    take(session, waiting)

    assert waiting.crashes == 1


def test_P10_the_third_crash_is_the_last(session: Session, waiting: Transcription) -> None:
    for _ in range(3):
        take(session, waiting)
        lapse(session, waiting)

    assert processing.claim(session, waiting.public_id, Stage.FETCHING, "w") is None

    session.refresh(waiting)
    assert (waiting.status, waiting.error_code) == (Status.FAILED, "processing_crashed")
    assert (waiting.charged_microusd, waiting.lease_token) == (0, None)


def test_P09_a_worker_that_starts_anew_knows_its_leases_are_dead(session: Session, alice: Account) -> None:
    mine, others, similar = (make_transcription(session, alice) for _ in range(3))
    for transcription, holder in ((mine, "host.fetch_1"), (others, "host.fetch_2"), (similar, "host.fetchX1")):
        take(session, transcription, holder=holder)

    leases.expire_leases_of(session, "host.fetch_1")

    assert take(session, mine).public_id == mine.public_id
    for transcription in (others, similar):
        assert processing.claim(session, transcription.public_id, Stage.FETCHING, "w") is None


# Holding


def test_renewing_moves_the_lease_and_the_progress(session: Session, waiting: Transcription) -> None:
    lease = take(session, waiting)
    until = waiting.lease_until
    assert until is not None

    processing.renew(session, lease, 0.5)

    assert waiting.progress == 0.5
    assert waiting.lease_until is not None
    assert waiting.lease_until > until


@pytest.mark.parametrize(("told", "shown"), [(0.4, 0.5), (None, 0.5), (0.6, 0.6), (1.7, 1.0)])
def test_progress_never_goes_back(session: Session, waiting: Transcription, told: float | None, shown: float) -> None:
    lease = take(session, waiting)
    processing.renew(session, lease, 0.5)

    processing.renew(session, lease, told)

    assert waiting.progress == shown


def test_progress_stays_through_a_crash(session: Session, waiting: Transcription) -> None:
    lease = fetched(session, waiting)
    processing.add_segments(session, lease, HEARD, first_number=0, done=0.9)
    reached = waiting.progress
    lapse(session, waiting)

    again = take(session, waiting, Stage.TRANSCRIBING)
    processing.begin_recognition(session, again)
    processing.add_segments(session, again, HEARD[:1], first_number=0, done=0.1)

    assert waiting.progress == reached


def test_P13_handing_back_counts_as_no_crash(session: Session, waiting: Transcription) -> None:
    for _ in range(5):
        processing.hand_back(session, take(session, waiting))

    assert take(session, waiting)
    assert waiting.crashes == 0


def test_P13_what_is_handed_back_is_queued_at_once(session: Session, waiting: Transcription) -> None:
    lease = take(session, waiting)
    session.commit()

    with db.transaction() as inner:
        processing.hand_back(inner, lease)

    assert queues.waiting(QueueName.FETCH) == {DUE}


Write = Callable[[Session, Lease], object]
WRITES: dict[str, Write] = {
    "renew": lambda session, lease: processing.renew(session, lease, 0.9),
    "hand_back": processing.hand_back,
    "keep_media": lambda session, lease: processing.keep_media(session, lease, FILE),
    "hold": lambda session, lease: processing.hold_and_queue_recognition(
        session, lease, duration_seconds=1.0, content_type="audio/flac", truncated=False
    ),
    "begin_recognition": processing.begin_recognition,
    "add_segments": lambda session, lease: processing.add_segments(session, lease, HEARD, first_number=7, done=1.0),
    "complete": lambda session, lease: complete(session, lease, heard(*HEARD), ENGINE, stored=HEARD),
    "fail": lambda session, lease: processing.fail_with(session, lease, MediaUndecodable()),
    "retry": lambda session, lease: processing.fail_with(session, lease, SourceUnreachable()),
}


def everything(session: Session) -> list[Any]:
    session.flush()
    tables = ("transcriptions", "segments", "media")
    return [session.execute(text(f"SELECT t::text FROM {table} t ORDER BY id")).all() for table in tables]


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_P11_an_overtaken_worker_can_change_nothing(session: Session, waiting: Transcription, write: Write) -> None:
    overtaken = fetched(session, waiting)
    processing.add_segments(session, overtaken, HEARD[:1], first_number=0, done=0.5)
    lapse(session, waiting)
    take(session, waiting, Stage.TRANSCRIBING, holder="successor")
    before = everything(session)

    with pytest.raises(LeaseLost):
        write(session, overtaken)

    assert everything(session) == before


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_P11_a_canceled_one_is_changed_no_more(
    session: Session, alice: Account, waiting: Transcription, write: Write
) -> None:
    lease = fetched(session, waiting)
    cancel_transcription(session, alice, waiting.public_id)
    before = everything(session)

    with pytest.raises(LeaseLost):
        write(session, lease)

    assert everything(session) == before


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_P11_a_deleted_one_comes_back_by_no_write(
    session: Session, alice: Account, waiting: Transcription, write: Write
) -> None:
    lease = take(session, waiting)
    delete_transcription(session, alice, waiting.public_id)
    before = everything(session)

    with pytest.raises(LeaseLost):
        write(session, lease)

    assert everything(session) == before


# The first stage


def test_what_was_fetched_is_kept_and_its_headers_forgotten(session: Session, waiting: Transcription) -> None:
    lease = take(session, waiting)

    processing.keep_media(session, lease, FILE)

    media = session.get_one(Media, waiting.media_id)
    assert (media.object_key, media.size_bytes, media.filename) == ("media/x", 5, "talk.flac")
    assert waiting.url_headers is None


@pytest.mark.parametrize(("given", "title"), [(False, "talk.flac"), (True, "Board")])
def test_the_medias_name_is_the_title_unless_one_was_given(
    session: Session, alice: Account, given: bool, title: str
) -> None:
    transcription = make_transcription(session, alice, title="Board", title_given=given)

    processing.keep_media(session, take(session, transcription), FILE)

    assert transcription.title == title


def test_P18_the_price_is_held_before_recognition(session: Session, waiting: Transcription) -> None:
    fetched(session, waiting, seconds=61.5)

    assert (waiting.duration_seconds, waiting.quoted_microusd, waiting.charged_microusd) == (61.5, 5_125, None)
    assert waiting.stage is Stage.TRANSCRIBING


def test_recognition_is_queued_once_committed(session: Session, waiting: Transcription) -> None:
    lease = take(session, waiting)
    session.commit()

    with db.transaction() as inner:
        processing.hold_and_queue_recognition(
            inner, lease, duration_seconds=1.0, content_type="audio/flac", truncated=False
        )

    assert queues.waiting(QueueName.TRANSCRIBE) == {DUE}


def test_a_cut_off_file_is_told(session: Session, waiting: Transcription) -> None:
    processing.hold_and_queue_recognition(
        session, take(session, waiting), duration_seconds=1.0, content_type="audio/flac", truncated=True
    )

    assert codes(waiting) == ["media_truncated"]


@pytest.mark.parametrize(("limit", "admitted"), [(4_999, False), (5_000, True), (0, False)])
def test_more_than_the_limit_is_not_spent(session: Session, alice: Account, limit: int, admitted: bool) -> None:
    transcription = make_transcription(session, alice, max_cost_microusd=limit)

    if admitted:
        fetched(session, transcription, seconds=60.0)
    else:
        with pytest.raises(MaxCostExceeded):
            fetched(session, transcription, seconds=60.0)


# The second stage


def test_segments_are_stored_as_they_come(session: Session, waiting: Transcription) -> None:
    lease = fetched(session, waiting)

    processing.add_segments(session, lease, HEARD[:1], first_number=0, done=0.5)
    processing.add_segments(session, lease, HEARD[1:], first_number=1, done=1.0)

    assert texts(session) == ["Hello there.", "Bye."]
    assert session.scalars(select(Segment.words).order_by(Segment.number)).all() == [
        [[0.0, 1.0, "Hello", 0.9], [1.0, 2.0, "there.", None]],
        None,
    ]


def test_P19_completing_charges_what_was_held(session: Session, waiting: Transcription) -> None:
    lease = fetched(session, waiting)
    processing.add_segments(session, lease, HEARD, first_number=0, done=1.0)

    complete(session, lease, heard(*HEARD), ENGINE, stored=HEARD)

    assert (waiting.status, waiting.progress, waiting.public_stage) == (Status.COMPLETED, 1.0, None)
    assert waiting.charged_microusd == waiting.quoted_microusd == 5_000
    assert (waiting.language, waiting.speakers_count, waiting.warnings) == ("en", 2, [])
    assert (waiting.completed_at is not None, waiting.lease_token) == (True, None)
    assert len(texts(session)) == 2


def test_completing_stores_what_was_not_stored_yet(session: Session, waiting: Transcription) -> None:
    lease = fetched(session, waiting)
    processing.add_segments(session, lease, HEARD[:1], first_number=0, done=0.5)

    complete(session, lease, heard(*HEARD), ENGINE, stored=HEARD[:1])

    assert texts(session) == ["Hello there.", "Bye."]


def test_what_was_stored_already_is_not_written_again(session: Session, waiting: Transcription) -> None:
    lease = fetched(session, waiting)
    processing.add_segments(session, lease, HEARD[:1], first_number=0, done=0.5)
    before = session.scalars(select(Segment.id)).all()

    complete(session, lease, heard(*HEARD), ENGINE, stored=HEARD[:1])

    assert session.scalars(select(Segment.id).order_by(Segment.number)).all()[:1] == before


def test_what_was_stored_and_is_otherwise_after_all_is_replaced(session: Session, waiting: Transcription) -> None:
    lease = fetched(session, waiting)
    processing.add_segments(session, lease, HEARD, first_number=0, done=0.5)

    complete(session, lease, heard(HEARD[1]), ENGINE, stored=HEARD)

    assert texts(session) == ["Bye."]


def test_recognising_again_replaces_the_first_attempt(session: Session, waiting: Transcription) -> None:
    lease = fetched(session, waiting)
    processing.add_segments(session, lease, HEARD, first_number=0, done=0.5)
    lapse(session, waiting)

    again = take(session, waiting, Stage.TRANSCRIBING)
    processing.begin_recognition(session, again)
    processing.add_segments(session, again, HEARD[1:], first_number=0, done=1.0)
    complete(session, again, heard(*HEARD[1:]), ENGINE, stored=HEARD[1:])

    assert texts(session) == ["Bye."]


def test_silence_is_completed_and_costs_nothing(session: Session, waiting: Transcription) -> None:
    lease = fetched(session, waiting)

    complete(session, lease, heard(speech_seconds=0.0, transcribed_seconds=0.0), ENGINE, stored=())

    assert (waiting.status, codes(waiting)) == (Status.COMPLETED, ["no_speech"])
    assert (waiting.quoted_microusd, waiting.charged_microusd) == (5_000, 0)
    assert (waiting.language, waiting.speakers_count) == (None, None)


@pytest.mark.parametrize(("transcribed", "warned"), [(2.2, ["low_coverage"]), (2.25, []), (3.0, []), (9.0, [])])
def test_speech_that_was_not_transcribed_is_told(
    session: Session, waiting: Transcription, transcribed: float, warned: list[str]
) -> None:
    lease = fetched(session, waiting)

    complete(session, lease, heard(*HEARD, transcribed_seconds=transcribed), ENGINE, stored=())

    assert codes(waiting) == warned


# Failing


@pytest.mark.parametrize("outcome", [MediaUndecodable(), SourceRefused(), TranscriptionFailed(), MaxCostExceeded()])
def test_P10_a_final_refusal_fails_at_once(session: Session, waiting: Transcription, outcome: AppError) -> None:
    processing.fail_with(session, take(session, waiting), outcome)

    assert (waiting.status, waiting.error_code) == (Status.FAILED, outcome.code)
    assert (waiting.error_message, waiting.charged_microusd) == (outcome.message, 0)


def test_P10_what_may_pass_is_tried_three_times_more(session: Session, waiting: Transcription) -> None:
    delays = []
    for _ in range(3):
        processing.fail_with(session, take(session, waiting), SourceUnreachable())
        delays.append(waiting.due_at - session.scalars(select(func.clock_timestamp())).one())
        waiting.due_at -= timedelta(minutes=1)
    assert waiting.status is Status.PROCESSING

    processing.fail_with(session, take(session, waiting), SourceUnreachable())

    assert [round(delay.total_seconds()) for delay in delays] == [1, 2, 4]
    assert (waiting.status, waiting.error_code) == (Status.FAILED, "source_unreachable")
    assert waiting.crashes == 0


def test_what_waits_for_another_try_is_not_queued_yet(session: Session, waiting: Transcription) -> None:
    lease = take(session, waiting)
    session.commit()

    with db.transaction() as inner:
        processing.fail_with(inner, lease, SourceUnreachable())

    assert queues.waiting(QueueName.FETCH) == set()
    assert processing.claim(session, waiting.public_id, Stage.FETCHING, "w") is None


@pytest.mark.parametrize(("outcome", "kept"), [(MediaUndecodable(), False), (TranscriptionFailed(), True)])
def test_a_refused_recording_is_not_kept(session: Session, alice: Account, outcome: AppError, kept: bool) -> None:
    media = make_media(session, alice)
    transcription = make_transcription(session, alice, media_id=media.id)
    lease = take(session, transcription)
    session.commit()

    with db.transaction() as inner:
        processing.fail_with(inner, lease, outcome)

    assert (store().size_bytes(media.object_key) is not None) is kept
    session.refresh(transcription)
    assert (transcription.media_id is not None) is kept


def test_a_failure_leaves_no_text(session: Session, waiting: Transcription) -> None:
    lease = fetched(session, waiting)
    processing.add_segments(session, lease, HEARD, first_number=0, done=0.5)

    processing.fail_with(session, lease, TranscriptionFailed())

    assert texts(session) == []


def test_when_the_hearing_began_and_last_got_further_is_kept(session: Session, alice: Account) -> None:
    transcription = make_transcription(session, alice, stage=Stage.TRANSCRIBING)
    lease = take(session, transcription, Stage.TRANSCRIBING)
    processing.begin_recognition(session, lease)
    began = transcription.transcribing_since
    processing.renew(session, lease, 0.5)
    further = transcription.progressed_at

    processing.renew(session, lease, 0.4)
    processing.renew(session, lease)
    processing.begin_recognition(session, lease)

    assert began is not None
    assert further is not None
    assert began < further
    assert (transcription.transcribing_since, transcription.progressed_at) == (began, further)
