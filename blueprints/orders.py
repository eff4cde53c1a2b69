"""What a request asks to have transcribed, as the handlers take it: the same for the page, a create and a quote."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from sqlalchemy.orm import Session

from billing.prices import from_usd
from blueprints.inputs import NewTranscription
from handlers import links, quotes, transcriptions
from handlers.imports import import_transcript, quote_import
from handlers.links import Ordered, Sum
from handlers.quotes import Quote
from handlers.transcriptions import Details, Options
from handlers.webhook_endpoints import tell_of
from models import Account, ApiKey, Source, Transcription


class What(TypedDict):
    source: Source
    url: str | None
    url_headers: Mapping[str, str] | None
    upload_id: str | None
    options: Options


class Alike(TypedDict):
    """What all links of one form have in common."""

    url_headers: Mapping[str, str] | None
    options: Options
    details: Details


def order(
    session: Session, account: Account, wanted: NewTranscription, *, api_key: ApiKey | None, request_id: str
) -> Transcription:
    """Register the recording that is wanted to be transcribed, or the transcript that is brought along."""
    details = _details_of(wanted)
    if wanted.transcript is None:
        what = _what_of(wanted)
        return transcriptions.create_transcription(
            session, account, **what, details=details, api_key=api_key, request_id=request_id
        )
    return import_transcript(
        session,
        account,
        format=wanted.transcript.format,
        content=wanted.transcript.content,
        language=wanted.language,
        details=details,
        api_key=api_key,
        request_id=request_id,
    )


def order_and_tell(
    session: Session, account: Account, wanted: NewTranscription, *, api_key: ApiKey | None, request_id: str
) -> tuple[Transcription, str | None]:
    """The same, with the secret of its `webhook_url`, where it has one."""
    transcription = order(session, account, wanted, api_key=api_key, request_id=request_id)
    if wanted.webhook_url is None:
        return transcription, None
    (secret,) = tell_of(session, [transcription], wanted.webhook_url)
    return transcription, secret


def order_links(
    session: Session,
    account: Account,
    wanted: NewTranscription,
    urls: Sequence[str],
    *,
    request_id: str,
    attempt: str | None,
) -> Ordered:
    """Register the recordings at all these links in the same way."""
    return links.order_links(
        session,
        account,
        urls=urls,
        **_alike(wanted),
        webhook_url=wanted.webhook_url,
        request_id=request_id,
        attempt=attempt,
    )


def quote_of(session: Session, account: Account, wanted: NewTranscription) -> Quote:
    """What that would cost."""
    if wanted.transcript is None:
        return quotes.quote(session, account, **_what_of(wanted))
    return quote_import(format=wanted.transcript.format, content=wanted.transcript.content)


def quote_of_links(session: Session, account: Account, wanted: NewTranscription, urls: Sequence[str]) -> Sum:
    """What all these links would cost."""
    return links.quote_links(session, account, urls=urls, **_alike(wanted))


def _what_of(wanted: NewTranscription) -> What:
    return {
        "source": Source(wanted.source),
        "url": wanted.url,
        "url_headers": wanted.url_headers,
        "upload_id": wanted.upload_id,
        "options": _options_of(wanted),
    }


def _alike(wanted: NewTranscription) -> Alike:
    return {
        "url_headers": wanted.url_headers,
        "options": _options_of(wanted),
        "details": _details_of(wanted),
    }


def _details_of(wanted: NewTranscription) -> Details:
    return Details(title=wanted.title, labels=wanted.metadata, tags=wanted.tags)


def _options_of(wanted: NewTranscription) -> Options:
    return Options(
        pipeline_code=wanted.pipeline_code,
        language=wanted.language,
        diarize=wanted.diarize,
        speakers_expected=wanted.speakers_expected,
        vocabulary=wanted.vocabulary,
        max_cost_microusd=None if wanted.max_cost_usd is None else from_usd(str(wanted.max_cost_usd)),
        retention=None if wanted.retention is None else wanted.retention.media,
    )
