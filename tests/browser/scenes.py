"""What there is to see on the pages, as somebody has it who has used the service for a while.

Each function adds to what an account has, in the session that it is given.
"""

import io
import math
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from handlers import api_keys, shares, trash, webhook_endpoints
from handlers.artifacts import Made, keep_artifact
from handlers.questions import answer_within, put_question
from handlers.tags import set_tags
from models import (
    Account,
    ApiKey,
    ArtifactKind,
    DeliveryState,
    Question,
    Segment,
    SharePart,
    Source,
    Stage,
    Status,
    Transcription,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from tests import factories

SAMPLES_A_SECOND = 8_000
SECONDS_A_LINE = 5

# Ada asks and Ben answers, one line each.
INTERVIEW = (
    "So when did you first hear the recording?",
    "In the archive, late one evening. The tape was so quiet I took it for silence.",
    "And then somebody coughed.",
    "Then somebody coughed, and I turned the volume up as far as it went.",
    "What did you hear?",
    "Two people speaking about the harbour, and about what the new bridge would cost.",
    "How high was the budget?",
    "Nine million, they said, and both of them laughed.",
    "Was anybody else there with you?",
    "Only the archivist, who wanted to go home.",
    "Will you publish all of it?",
    "We send the first part to the museum by Friday, and the rest once it is restored.",
)
UNSURE = frozenset({"coughed,", "harbour,", "archivist,"})


@dataclass(frozen=True, slots=True)
class Library:
    """One transcription of each kind that a list can show."""

    interview: Transcription
    silent: Transcription
    processing: Transcription
    failed: Transcription
    trashed: Transcription


@dataclass(frozen=True, slots=True)
class Programs:
    """What an account's programs work with."""

    key: ApiKey
    revoked: ApiKey
    endpoint: WebhookEndpoint
    delivery: WebhookDelivery


def library(session: Session, account: Account) -> Library:
    return Library(
        interview=interview(session, account),
        silent=factories.make_completed(session, account, texts=[], title="Empty room.wav", charged_microusd=0),
        processing=factories.make_transcription(
            session,
            account,
            title="Council, 3 March.mp3",
            stage=Stage.TRANSCRIBING,
            progress=0.4,
            duration_seconds=3_723.0,
            quoted_microusd=310_250,
            **factories.at_work(session),
        ),
        failed=factories.make_transcription(session, account, title="Lecture.mov", status=Status.FAILED),
        trashed=_trashed(session, account),
    )


def interview(session: Session, account: Account, **values: object) -> Transcription:
    """A minute of two named speakers with a recording that plays, and everything that is made of a transcript."""
    audio = recording(SECONDS_A_LINE * len(INTERVIEW))
    media = factories.make_media(
        session, account, audio, filename="archive.wav", content_type="audio/wav", waveform=outline(len(INTERVIEW))
    )
    found = factories.make_completed(
        session,
        account,
        texts=list(INTERVIEW),
        **{
            "title": "The tape in the archive",
            "source": Source.UPLOAD,
            "url": None,
            "media_id": media.id,
            "speaker_names": {"S1": "Ada", "S2": "Ben"},
            "labels": {"reel": "12 B"},
            **values,
        },
    )
    set_tags(session, found, ["Museum", "Tape"])
    _doubt(session, found)
    _understand(session, found)
    factories.make_searchable(session, found)
    return found


def long_meeting(session: Session, account: Account, segments: int = 5_000) -> Transcription:
    """As many lines as hours of recording have; the recording itself is shorter, so that making it is quick."""
    media = factories.make_media(session, account, recording(60), filename="meeting.wav", content_type="audio/wav")
    texts = [
        f"Then somebody speaks about matter number {number}, at length and with care." for number in range(segments)
    ]
    return factories.make_completed(session, account, texts=texts, title="The long meeting", media_id=media.id)


def shared(session: Session, account: Account, transcription: Transcription) -> tuple[str, str]:
    """The addresses of two share links: one that shows everything to anyone, and one with a password."""
    open_to_all = shares.create_share(session, account, transcription.public_id, parts=list(SharePart))
    locked = shares.create_share(session, account, transcription.public_id, password=factories.PASSWORD)
    return str(shares.address(open_to_all)), str(shares.address(locked))


def programs(session: Session, account: Account) -> Programs:
    """A key that is used and one that was revoked, and an endpoint that refused what it was told."""
    key, _ = api_keys.create_api_key(session, account, name="Nightly import")
    revoked, _ = api_keys.create_api_key(session, account, name="Old laptop")
    api_keys.revoke_api_key(session, account, revoked.public_id)
    endpoint, _ = webhook_endpoints.create_endpoint(
        session, account, url="http://127.0.0.1:9/hooks/transcribe", description="The newsroom"
    )
    delivery = webhook_endpoints.send_test(session, account, endpoint.public_id)
    now = factories.db_now(session)
    session.add(
        WebhookAttempt(
            delivery_id=delivery.id,
            number=1,
            attempted_at=now,
            url=endpoint.url,
            signature="v1,c2lnbmF0dXJl",
            status=503,
            duration_ms=41,
            answer="try again later",
        )
    )
    delivery.state, delivery.finished_at = DeliveryState.FAILED, now
    delivery.attempts_count, delivery.tries, delivery.last_status = 1, 1, 503
    session.flush()
    return Programs(key, revoked, endpoint, delivery)


def spending(session: Session, account: Account, days: int = 24) -> None:
    """Something transcribed and paid for on most of the last days."""
    made = [
        (factories.make_completed(session, account, title="Standup.mp3").public_id, ago)
        for ago in range(days)
        for _ in range(ago % 4)
    ]
    session.execute(TRIGGERS_ASIDE)
    for reference, ago in made:
        session.execute(BACKDATED, {"reference": reference, "ago": ago})
    session.execute(SUMS_OF_DAYS_FORGOTTEN)
    session.execute(SUMS_OF_DAYS)


def answered(session: Session, account: Account, asked: str = "How high was the budget?") -> Question:
    """A question with what was found in the account's transcripts."""
    put = put_question(session, account, asked)
    return answer_within(session, account, put.public_id)


@cache
def recording(seconds: int) -> bytes:
    """A WAV that rises and falls as speech does."""
    moments = numpy.arange(seconds * SAMPLES_A_SECOND) / SAMPLES_A_SECOND
    loudness = numpy.abs(numpy.sin(math.pi * moments / SECONDS_A_LINE) * numpy.sin(math.tau * 1.7 * moments))
    samples = 128 + 90 * loudness * numpy.sin(math.tau * 180 * moments)
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(SAMPLES_A_SECOND)
        sound.writeframes(samples.astype(numpy.uint8).tobytes())
    return file.getvalue()


def outline(lines: int) -> bytes:
    """What such a recording looks like to who seeks in it."""
    moments = numpy.linspace(0, lines, 1_500)
    loudness = numpy.abs(numpy.sin(math.pi * moments) * numpy.sin(math.tau * 1.7 * SECONDS_A_LINE * moments))
    return bytes((255 * loudness).astype(numpy.uint8))


# The ledger keeps its own time, and refuses to be changed; a superuser may set its triggers aside.
TRIGGERS_ASIDE = text("SET LOCAL session_replication_role = replica")
BACKDATED = text(
    "UPDATE ledger_movements SET created_at = created_at - make_interval(days => :ago) WHERE reference = :reference"
)
SUMS_OF_DAYS_FORGOTTEN = text("DELETE FROM usage_days")
SUMS_OF_DAYS = text("""
    INSERT INTO usage_days (wallet_id, day, pipeline_code, api_key_id, transcriptions, seconds, charged_microusd)
    SELECT wallet_id, (created_at AT TIME ZONE 'UTC')::date, pipeline_code, coalesce(api_key_id, ''),
        count(*), sum(duration_seconds), coalesce(sum(amount_microusd), 0)
    FROM ledger_movements LEFT JOIN ledger_entries ON movement_id = ledger_movements.id AND book = 'charged'
    WHERE kind = 'capture' GROUP BY 1, 2, 3, 4
""")


def _trashed(session: Session, account: Account) -> Transcription:
    made = factories.make_completed(session, account, title="Wrong file.mp3")
    return trash.trash_transcription(session, account, made.public_id)


def _segments(session: Session, transcription: Transcription) -> Sequence[Segment]:
    query = select(Segment).where(Segment.transcription_id == transcription.id).order_by(Segment.number)
    return session.scalars(query).all()


def _doubt(session: Session, transcription: Transcription) -> None:
    """Leave the engine unsure of some words."""
    for segment in _segments(session, transcription):
        segment.words = [
            [start, end, word, 0.3 if word in UNSURE else confidence]
            for start, end, word, confidence in segment.words or []
        ]


def _understand(session: Session, transcription: Transcription) -> None:
    def line(number: int) -> dict[str, float]:
        return {"start": float(number * SECONDS_A_LINE), "end": float((number + 1) * SECONDS_A_LINE)}

    halves = {"start": 0.0, "end": 30.0}, {"start": 30.0, "end": 60.0}
    contents = {
        ArtifactKind.CHAPTERS: [
            {"title": "A quiet tape", **halves[0], "summary": "How the recording was found."},
            {"title": "The budget of the bridge", **halves[1], "summary": "What is heard on it, and what comes next."},
        ],
        ArtifactKind.TOPICS: [
            {"label": "archive", "score": 1.0, "mentions": [line(1), line(9)]},
            {"label": "budget", "score": 0.8, "mentions": [line(6), line(7)]},
        ],
        ArtifactKind.SUMMARY: {
            "short": "Ben tells how he found a quiet tape, and what two people say on it about a bridge.",
            "bullets": [
                {"text": "The tape was so quiet that it was taken for silence.", **line(1)},
                {"text": "The bridge was to cost nine million.", **line(7)},
            ],
            "key_phrases": ["the archive", "the new bridge"],
            "action_items": [{"text": "Send the first part to the museum by Friday.", "owner": "Ben", **line(11)}],
        },
    }
    for kind, content in contents.items():
        keep_artifact(session, transcription, kind, Made(content, "extractive", "all-MiniLM-L6-v2"))
