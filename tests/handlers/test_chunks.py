"""The chunks of a long recording: claimed once, held under a lease, and gone with the transcribing (P8–P13)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import db
from handlers import chunks, leases, processing, sweeps
from handlers.chunks import ChunkLease, ChunkLost, Span
from handlers.processing import Engine, Fetched, Lease
from handlers.transcriptions import cancel_transcription, delete_transcription, retry_transcription
from jobs import queues
from jobs.queues import QueueName
from models import Account, Chunk, Segment, Stage, Status, Transcription, WordTimes
from speech import transcript as speech
from speech.engines.client import EngineResult
from speech.transcript import Transcript, Word
from tests.factories import make_account, make_transcription

SPANS = [Span(None, 0, 10), Span(None, 10, 20), Span(None, 20, 30)]
SAID = (
    speech.Segment(0.0, 2.0, "Hello there.", (Word(0.0, 1.0, "Hello", 0.9), Word(1.0, 2.0, "there.")), None, 0.8),
    speech.Segment(2.0, 3.0, "Bye."),
)


@pytest.fixture
def lead(session: Session, alice: Account) -> Lease:
    """The lease of Alice's two hours, cut into three chunks."""
    return led(session, make_transcription(session, alice))


def led(session: Session, transcription: Transcription, spans: Sequence[Span] = SPANS) -> Lease:
    fetching = processing.claim(session, transcription.public_id, Stage.FETCHING, "lead")
    assert fetching is not None
    processing.keep_media(session, fetching, Fetched(f"media/{transcription.public_id}", 5, "0" * 64, "talk.flac"))
    processing.hold_and_queue_recognition(
        session, fetching, duration_seconds=7200.0, content_type="audio/flac", truncated=False
    )
    session.flush()
    lease = processing.claim(session, transcription.public_id, Stage.TRANSCRIBING, "lead")
    assert lease is not None
    chunks.keep_plan(session, lease, spans, "en")
    return lease


def take(session: Session, lead: Lease, holder: str = "w") -> ChunkLease:
    chunk = chunks.claim_chunk(session, lead.public_id, holder)
    assert chunk is not None
    return chunk


def heard(*segments: speech.Segment) -> EngineResult:
    return EngineResult(Transcript("en" if segments else None, 7200.0, 3.0, segments, 2.5), "base", 1.25)


def lapse(session: Session, chunk: ChunkLease) -> None:
    session.execute(
        update(Chunk).where(Chunk.id == chunk.chunk_id).values(lease_until=func.now() - timedelta(1)),
        execution_options={"synchronize_session": False},
    )


def row(session: Session, number: int) -> Chunk:
    query = select(Chunk).where(Chunk.number == number).execution_options(populate_existing=True)
    return session.scalars(query).one()


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Chunk)) or 0


# Claiming


def test_chunks_are_taken_in_order_each_once(session: Session, lead: Lease) -> None:
    taken = [take(session, lead) for _ in SPANS]

    assert [chunk.span for chunk in taken] == SPANS
    assert chunks.claim_chunk(session, lead.public_id, "w") is None
    assert {(chunk.language, chunk.vocabulary) for chunk in taken} == {("en", ())}


@pytest.mark.usefixtures("committed")
def test_P08_of_many_workers_at_once_each_has_another_chunk() -> None:
    with db.transaction() as session:
        transcription = make_transcription(session, make_account(session))
        lead = led(session, transcription, [Span(None, first, first + 1) for first in range(6)])

    def claim(number: int) -> ChunkLease | None:
        with db.transaction() as session:
            return chunks.claim_chunk(session, lead.public_id, f"w{number}")

    with ThreadPoolExecutor(8) as pool:
        taken = [chunk.number for chunk in pool.map(claim, range(8)) if chunk is not None]

    assert sorted(taken) == list(range(6))


def test_what_is_not_being_transcribed_has_no_chunk_to_take(session: Session, alice: Account) -> None:
    waiting = make_transcription(session, alice)

    for public_id in (waiting.public_id, "tr_0"):
        assert chunks.claim_chunk(session, public_id, "w") is None


def test_one_bell_waits_while_chunks_are_free(session: Session, lead: Lease) -> None:
    rung = []
    session.commit()
    for _ in SPANS:
        queues.connection().flushdb()
        with db.transaction() as inner:
            take(inner, lead)
        rung.append(queues.queue(QueueName.TRANSCRIBE).count)

    assert rung == [1, 1, 0]


# Holding


def test_a_lease_that_ran_out_is_taken_by_another_and_counted(session: Session, lead: Lease) -> None:
    late = take(session, lead)
    lapse(session, late)

    again = take(session, lead, "other")

    assert (again.number, row(session, 0).crashes, row(session, 0).done) == (0, 1, 0.0)
    with pytest.raises(ChunkLost):
        chunks.renew_chunk(session, late, done=0.5)
    with pytest.raises(ChunkLost):
        chunks.keep_heard(session, late, heard(*SAID))


def test_P10_the_third_crash_of_a_chunk_is_the_last(session: Session, lead: Lease) -> None:
    for _ in range(processing.MAX_CRASHES):
        lapse(session, take(session, lead))

    assert chunks.claim_chunk(session, lead.public_id, "w") is None

    session.expire_all()
    ended = session.scalars(select(Transcription)).one()
    assert (ended.status, ended.error_code, ended.charged_microusd) == (Status.FAILED, "processing_crashed", 0)
    assert count(session) == 0


def test_renewing_tells_how_far_it_is(session: Session, lead: Lease) -> None:
    chunk = take(session, lead)
    lapse(session, chunk)

    chunks.renew_chunk(session, chunk, done=0.5)

    assert [(state.done, state.is_free, state.is_heard) for state in chunks.states(session, lead.transcription_id)] == [
        (0.5, False, False),
        (0.0, True, False),
        (0.0, True, False),
    ]


def test_P13_handing_back_is_no_crash(session: Session, lead: Lease) -> None:
    chunks.hand_back_chunk(session, take(session, lead))

    assert (take(session, lead).number, row(session, 0).crashes) == (0, 0)


def test_P09_a_restarted_worker_takes_over_what_its_predecessor_held(session: Session, lead: Lease) -> None:
    take(session, lead, "host.a")
    take(session, lead, "host.ab")

    leases.expire_leases_of(session, "host.a")

    assert [state.is_free for state in chunks.states(session, lead.transcription_id)] == [True, False, True]


# Keeping


def test_what_was_heard_is_kept_whole(session: Session, lead: Lease) -> None:
    chunks.keep_heard(session, take(session, lead), heard(*SAID))
    chunks.keep_heard(session, take(session, lead), heard())
    chunks.keep_heard(session, take(session, lead), heard())

    (span, first), (_, second), _ = chunks.results(session, lead)

    assert (span, first.transcript.segments, first.model, first.engine_seconds) == (SPANS[0], SAID, "base", 1.25)
    assert (first.transcript.language, first.transcript.speech_seconds, first.transcript.coverage) == (
        "en",
        3.0,
        2.5 / 3,
    )
    assert (second.transcript.segments, second.transcript.language) == ((), None)


def test_voices_are_kept_beside_the_words(session: Session, lead: Lease) -> None:
    first, second, third = (take(session, lead) for _ in SPANS)
    chunks.keep_heard(session, third, heard(*SAID), b"third")
    chunks.keep_heard(session, first, heard(*SAID), b"first")
    chunks.keep_heard(session, second, heard(), b"second")

    assert chunks.voices(session, lead) == [(0, b"first"), (10, b"second"), (20, b"third")]


def test_voices_of_some_chunks_only_are_of_no_use(session: Session, lead: Lease) -> None:
    for voices in (b"first", None, b"third"):
        chunks.keep_heard(session, take(session, lead), heard(*SAID), voices)

    assert chunks.voices(session, lead) == []


@pytest.mark.parametrize(
    ("channel", "wishes", "with_voices"),
    [
        (None, {}, True),
        (None, {"speakers_expected": 3}, True),
        (None, {"speakers_expected": 1}, False),
        (None, {"diarize": False}, False),
        (0, {}, False),
    ],
)
def test_voices_are_wanted_where_speakers_are_told_apart_by_them(
    session: Session, alice: Account, channel: int | None, wishes: dict[str, Any], with_voices: bool
) -> None:
    lead = led(session, make_transcription(session, alice, **wishes), [Span(channel, 0, 10)])

    assert take(session, lead).with_voices is with_voices


def test_an_overtaken_lead_gets_no_results(session: Session, lead: Lease) -> None:
    processing.hand_back(session, lead)
    session.flush()

    for ask in (chunks.results, chunks.voices):
        with pytest.raises(processing.LeaseLost):
            ask(session, lead)


def test_who_begins_again_shows_what_is_known_up_to_the_first_gap(session: Session, lead: Lease) -> None:
    first, _, third = (take(session, lead) for _ in SPANS)
    chunks.keep_heard(session, first, heard(*SAID))
    chunks.keep_heard(session, third, heard(SAID[1]))
    processing.add_segments(session, lead, [*SAID, SAID[1]], first_number=0, done=0.9)

    _, shown = chunks.resume(session, lead)

    assert tuple(shown) == SAID
    assert session.scalars(select(Segment.text).order_by(Segment.number)).all() == ["Hello there.", "Bye."]


def test_of_a_call_nothing_is_shown_before_it_is_whole(session: Session, alice: Account) -> None:
    lead = led(session, make_transcription(session, alice), [Span(0, 0, 10), Span(1, 0, 10)])
    chunks.keep_heard(session, take(session, lead), heard(*SAID))

    assert chunks.resume(session, lead)[1] == []


# The end


def test_chunks_are_gone_once_the_transcript_is_kept(session: Session, lead: Lease) -> None:
    late = take(session, lead)
    whole = heard(*SAID).transcript

    processing.keep_transcript(session, lead, whole, Engine("base", WordTimes.MEASURED))

    assert count(session) == 0
    with pytest.raises(ChunkLost):
        chunks.keep_heard(session, late, heard(*SAID))


@pytest.mark.parametrize("end", ["cancel", "delete", "stall"])
def test_P12_chunks_are_gone_when_it_ends_otherwise(session: Session, alice: Account, lead: Lease, end: str) -> None:
    chunk = take(session, lead)
    if end == "cancel":
        cancel_transcription(session, alice, lead.public_id)
    elif end == "delete":
        delete_transcription(session, alice, lead.public_id)
    else:
        session.execute(update(Transcription).values(created_at=func.now() - timedelta(days=2)))
        sweeps.fail_stalled(session)

    assert count(session) == 0
    with pytest.raises(ChunkLost):
        chunks.renew_chunk(session, chunk, done=0.5)


def test_a_retry_begins_without_chunks(session: Session, alice: Account, lead: Lease) -> None:
    chunks.keep_heard(session, take(session, lead), heard(*SAID))
    cancel_transcription(session, alice, lead.public_id)

    again = retry_transcription(session, alice, lead.public_id)

    assert (count(session), chunks.states(session, again.id)) == (0, [])


def test_the_chunks_of_others_stay(session: Session, alice: Account, charlie: Account, lead: Lease) -> None:
    other = led(session, make_transcription(session, charlie))
    cancel_transcription(session, alice, lead.public_id)

    assert [state.span for state in chunks.states(session, other.transcription_id)] == SPANS
    assert take(session, other).public_id == other.public_id


@pytest.mark.parametrize(
    "values",
    [
        {"after_sample": 0},
        {"channel": 2},
        {"done": 1.5},
        {"lease_token": "w/1"},
        {"heard_at": func.now()},
        {"number": 1},
    ],
    ids=["no samples", "a third channel", "more than all", "half a lease", "half heard", "twice"],
)
def test_the_database_refuses_a_chunk_that_cannot_be(session: Session, lead: Lease, values: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            update(Chunk).where(Chunk.number == 0).values(**values), execution_options={"synchronize_session": False}
        )
