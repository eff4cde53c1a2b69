"""Transcripts that customers bring along: stored, understood and searched like our own, with no audio and no charge."""

from sqlalchemy.orm import Session

from errors import Invalid
from handlers.artifacts import order_artifacts
from handlers.processing import RECOGNISED, store_segments
from handlers.quotes import Quote
from handlers.tags import set_tags
from handlers.transcriptions import Details, get_transcription, keep_account
from handlers.wallets import hold_price
from models import Account, ApiKey, Source, Transcription, WordTimes
from speech.imports import Imported, Unreadable, read_transcript
from speech.pipelines import IMPORT_CODE
from telemetry import tracing

TITLE = "Imported transcript"


def import_transcript(
    session: Session,
    account: Account,
    *,
    format: str,  # noqa: A002
    content: str,
    language: str = "auto",
    details: Details,
    api_key: ApiKey | None = None,
    request_id: str | None = None,
) -> Transcription:
    """Store a transcript and queue its understanding. Raises Invalid where it cannot be read."""
    imported = _read(format, content)
    keep_account(session, account)
    transcription = _new(account, imported, language, details)
    transcription.api_key_id, transcription.request_id = api_key.id if api_key else None, request_id
    transcription.trace_parent = tracing.trace_parent()
    session.add(transcription)
    session.flush()
    set_tags(session, transcription, details.tags)
    store_segments(session, transcription.id, imported.transcript.segments)
    # Of nothing: what is completed settles a hold.
    hold_price(session, transcription)
    order_artifacts(session, transcription)
    session.flush()
    return get_transcription(session, account, transcription.public_id)


def quote_import(*, format: str, content: str) -> Quote:  # noqa: A002
    """What it costs to bring a transcript along: nothing, if it can be read. Raises Invalid."""
    return Quote(
        pipeline_code=IMPORT_CODE,
        duration_seconds=_read(format, content).transcript.duration_seconds,
        is_estimate=False,
        price_per_minute_microusd=0,
        total_microusd=0,
        affordable=True,
        remarks=(),
    )


def _read(format: str, content: str) -> Imported:  # noqa: A002
    try:
        return read_transcript(format, content)
    except Unreadable as fault:
        raise Invalid(str(fault), param="transcript.content") from None


def _new(account: Account, imported: Imported, language: str, details: Details) -> Transcription:
    heard = imported.transcript
    speakers = {segment.speaker for segment in heard.segments} - {None}
    return Transcription(
        account_id=account.id,
        source=Source.TRANSCRIPT,
        pipeline_code=IMPORT_CODE,
        language_requested=language,
        language=heard.language if language == "auto" else language,
        title=details.title or TITLE,
        title_given=bool(details.title),
        labels=dict(details.labels),
        speaker_names=imported.speaker_names,
        speakers_count=len(speakers) or None,
        duration_seconds=heard.duration_seconds,
        speech_seconds=heard.speech_seconds,
        transcribed_seconds=heard.transcribed_seconds,
        word_times=WordTimes.MEASURED if any(segment.words for segment in heard.segments) else WordTimes.NONE,
        price_per_minute_microusd=0,
        progress=RECOGNISED,
    )
