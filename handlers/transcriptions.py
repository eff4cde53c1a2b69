"""What a person can do with transcriptions. Pages, API and jobs call these; every lookup is scoped by account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

import runtime
from db import now, on_commit
from errors import Canceled, Conflict, Invalid, NotFound, NotReady, TranscriptionFailed
from handlers.activities import record
from handlers.artifacts import order_artifacts
from handlers.events import announce, take_turn
from handlers.finding import found
from handlers.lines import note_positions
from handlers.measurements import Measure, measure
from handlers.media import forget_media, hours_of, keep_as_wished
from handlers.pipelines import choose_pipeline, language_of
from handlers.speakers import speakers
from handlers.tags import set_tags
from handlers.uploads import use_upload
from handlers.wallets import check_funds, release_hold
from jobs.queues import QueueName, enqueue, ring
from models import (
    LEGAL_MOVES,
    Account,
    Action,
    ApiKey,
    Artifact,
    ArtifactKind,
    ArtifactStatus,
    Chunk,
    Citation,
    Media,
    Passage,
    Question,
    Retention,
    Segment,
    Source,
    Status,
    Tag,
    Transcription,
    retention_of,
)
from outbound.addresses import check_url
from outbound.file_names import file_name
from rendering.transcriptions import Related
from telemetry import tracing

WITH_ALL_THAT_IS_SHOWN = (
    joinedload(Transcription.media),
    joinedload(Transcription.api_key),
    selectinload(Transcription.tags),
    selectinload(Transcription.artifacts),
)
WITH_CONTENTS = (
    joinedload(Transcription.media).undefer(Media.waveform),
    joinedload(Transcription.api_key),
    selectinload(Transcription.artifacts).undefer(Artifact.content),
)
RETRY_AFTER_SECONDS = 2
MAX_LABELS = 50
KEPT = Transcription.trashed_at.is_(None)
ASKED_FOR = (
    Transcription.account_id == bindparam("account_id"),
    KEPT,
    Transcription.public_id == bindparam("public_id"),
)
# Made once, since making it takes longer than running it.
SHOWN = (
    select(Transcription)
    .where(*ASKED_FOR)
    .options(
        joinedload(Transcription.media),
        joinedload(Transcription.api_key),
        joinedload(Transcription.tags),
        joinedload(Transcription.artifacts),
    )
)
# What is asked for most: one row, where that with all artifacts as rows of theirs takes nearly twice the time.
STATUS = select(
    Transcription,
    select(func.jsonb_object_agg(Artifact.kind, Artifact.status))
    .where(Artifact.transcription_id == Transcription.id)
    .scalar_subquery(),
    select(func.array_agg(aggregate_order_by(Tag.name, Tag.key)))
    .where(Tag.transcription_id == Transcription.id)
    .scalar_subquery(),
    select(ApiKey.public_id).where(ApiKey.id == Transcription.api_key_id).scalar_subquery(),
).where(*ASKED_FOR)


@dataclass(frozen=True, slots=True)
class Options:
    """How a recording is to be transcribed; the defaults are the API's."""

    pipeline_code: str | None = None
    language: str = "auto"
    diarize: bool = True
    speakers_expected: int | None = None
    vocabulary: Sequence[str] = ()
    max_cost_microusd: int | None = None
    retention: Retention | None = None  # None is the account's.


@dataclass(frozen=True, slots=True)
class Details:
    """What its owner says about a transcription and may change later."""

    title: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()


def create_transcription(
    session: Session,
    account: Account,
    *,
    source: Source,
    url: str | None = None,
    url_headers: Mapping[str, str] | None = None,
    upload_id: str | None = None,
    options: Options,
    details: Details,
    api_key: ApiKey | None = None,
    request_id: str | None = None,
) -> Transcription:
    """Register a recording, at a URL or uploaded, and queue its first stage once committed."""
    keep_account(session, account)
    transcription = _new_transcription(account, options, details, api_key, request_id)
    transcription.source = source
    if source is Source.EXTERNAL_URL:
        check_url(url or "", allowed_hosts=runtime.config().fetch_allowed_hosts)
        transcription.url, transcription.url_headers = url, dict(url_headers) if url_headers else None
        name = _name_in_url(url or "")
    else:
        media = use_upload(session, account, upload_id or "")
        transcription.upload_id, transcription.media_id = upload_id, media.id
        name = media.filename
    transcription.title = details.title or (name or "Recording")[:300]
    return _accept(session, account, transcription, details.tags, api_key)


def transcribe_media(
    session: Session, account: Account, *, media: Media, options: Options, details: Details
) -> Transcription:
    """Register a recording that is in the store already."""
    keep_account(session, account)
    transcription = _new_transcription(account, options, details, None, None)
    transcription.source, transcription.media_id = Source.UPLOAD, media.id
    transcription.title = details.title or media.filename or "Recording"
    return _accept(session, account, transcription, details.tags)


def made_of_upload(session: Session, account: Account, upload_id: str) -> Transcription | None:
    """The first transcription that an upload was used for, if it is still there."""
    query = owned(account, KEPT, Transcription.upload_id == upload_id).order_by(Transcription.public_id).limit(1)
    return session.scalar(query)


def get_transcription(
    session: Session, account: Account, public_id: str, *, with_contents: bool = False
) -> Transcription:
    """The account's transcription with its media, key and artifacts, or NotFound.

    The waveform of its media and what its artifacts say is only there if asked for.
    """
    if with_contents:
        whole = owned(account, KEPT, Transcription.public_id == public_id).options(*WITH_CONTENTS)
        transcription = found(session, whole)
    else:
        transcription = found(session, SHOWN, {"account_id": account.id, "public_id": public_id})
    note_positions(session, [transcription])
    return transcription


def get_status(session: Session, account: Account, public_id: str) -> tuple[Transcription, Related]:
    """The account's transcription with what is shown beside it, or NotFound; its relationships are not loaded."""
    row = session.execute(STATUS, {"account_id": account.id, "public_id": public_id}).one_or_none()
    if row is None:
        raise NotFound()
    transcription, artifacts, tags, api_key_id = row
    note_positions(session, [transcription])
    statuses = {ArtifactKind(kind): ArtifactStatus(status) for kind, status in (artifacts or {}).items()}
    return transcription, Related(statuses, tags or (), api_key_id)


def update_transcription(
    session: Session,
    account: Account,
    public_id: str,
    *,
    title: str | None = None,
    labels: Mapping[str, str] | None = None,
    tags: Sequence[str] | None = None,
    speaker_names: Mapping[str, str] | None = None,
) -> Transcription:
    """Change what is given and leave the rest; a speaker's empty name goes back to the label."""
    transcription = locked_transcription(session, account, public_id)
    if title is not None:
        transcription.title, transcription.title_given = title, True
    if labels is not None:
        transcription.labels = dict(labels)
    if tags is not None:
        set_tags(session, transcription, tags)
    if speaker_names is not None:
        known = {speaker.label for speaker in speakers(session, transcription)}
        unknown = sorted(set(speaker_names) - known)
        if unknown:
            raise Invalid(f"There is no speaker {unknown[0]} in this transcription.", param="speakers")
        names = {**transcription.speaker_names, **speaker_names}
        transcription.speaker_names = {label: name for label, name in names.items() if name}
        if transcription.status is Status.COMPLETED:
            # The search knows speakers by their names.
            order_artifacts(session, transcription, {ArtifactKind.SEARCH})
    session.flush()
    return get_transcription(session, account, public_id)


def cancel_transcription(session: Session, account: Account, public_id: str) -> Transcription:
    """End a processing transcription as failed with `canceled`; its worker stops at its next step."""
    transcription = locked_transcription(session, account, public_id)
    if transcription.is_final:
        raise Conflict(f"Only a processing transcription can be canceled; this one is {transcription.status}.")
    fail(session, transcription, code=Canceled.code, message=Canceled.default_message)
    if transcription.provider_state is not None:
        # The job finds it canceled, and tells the provider.
        on_commit(session, lambda: enqueue(QueueName.POLL, public_id))
    return get_transcription(session, account, public_id)


def retry_transcription(
    session: Session,
    account: Account,
    public_id: str,
    *,
    api_key: ApiKey | None = None,
    request_id: str | None = None,
) -> Transcription:
    """A new transcription of a failed one's source with its options: a final status never changes again."""
    keep_account(session, account)
    failed = get_transcription(session, account, public_id)
    if failed.status is not Status.FAILED:
        raise Conflict(f"Only a failed transcription can be retried; this one is {failed.status}.")
    if failed.media_id is None and failed.url is None:
        raise Conflict("What this transcription was made of is no longer kept. Send it again.")
    options = Options(
        pipeline_code=next(iter(failed.failed_pipeline_codes), failed.pipeline_code),
        language=failed.language_requested,
        diarize=failed.diarize,
        speakers_expected=failed.speakers_expected,
        vocabulary=failed.vocabulary,
        max_cost_microusd=failed.max_cost_microusd,
        retention=retention_of(failed.media_kept_hours),
    )
    details = Details(title=failed.title if failed.title_given else None, labels=failed.labels)
    again = _new_transcription(account, options, details, api_key, request_id)
    again.source, again.url, again.url_headers = failed.source, failed.url, failed.url_headers
    again.upload_id = failed.upload_id
    again.media_id = failed.media_id
    again.title = failed.title
    return _accept(session, account, again, [tag.name for tag in failed.tags], api_key)


def delete_media(session: Session, account: Account, public_id: str) -> None:
    """Delete the recording and keep what was heard in it; nothing where there is none. Raises NotFound, Conflict."""
    transcription = locked_transcription(session, account, public_id)
    if not transcription.is_final:
        raise Conflict("The recording is still needed. Wait until the transcription is final, or cancel it.")
    forget_media(session, transcription)
    record(session, Action.MEDIA_DELETED, account, public_id)


def delete_transcription(session: Session, account: Account, public_id: str) -> None:
    """Remove text, media and all that was made of them for good, from the trash too; a job still at work on it finds
    nothing and stops. Raises NotFound."""
    remove(session, found(session, owned(account, Transcription.public_id == public_id).with_for_update()))
    record(session, Action.DELETED, account, public_id)


def remove(session: Session, transcription: Transcription) -> None:
    """Remove a locked transcription for good."""
    if not transcription.is_final:
        release_hold(session, transcription)
    _forget_audio(session, transcription)
    _forget_questions(session, transcription)
    forget_media(session, transcription)
    session.delete(transcription)
    session.flush()


def completed_transcription(session: Session, account: Account, public_id: str) -> Transcription:
    """A completed one with all that was made of it; NotReady while processing, its own error when it failed."""
    transcription = transcribed(session, account, public_id)
    if transcription.status is Status.PROCESSING:
        raise NotReady(retry_after_seconds=RETRY_AFTER_SECONDS)
    return transcription


def transcribed(session: Session, account: Account, public_id: str) -> Transcription:
    """One whose transcript is kept, with what was made of it so far; NotReady, or its own error when it failed."""
    transcription = get_transcription(session, account, public_id, with_contents=True)
    if transcription.status is Status.FAILED:
        raise_own_error(transcription)
    if not transcription.has_transcript:
        raise NotReady(retry_after_seconds=RETRY_AFTER_SECONDS)
    return transcription


def raise_own_error(transcription: Transcription) -> NoReturn:
    """Refuse what a failed transcription has not, with the error that it failed with."""
    error = TranscriptionFailed(transcription.error_message)
    error.code = transcription.error_code or error.code
    raise error


def segments(
    session: Session, transcription: Transcription, *, first: int = 0, count: int | None = None
) -> list[Segment]:
    """Segments in time order, from number `first` on, all of them or at most `count`."""
    query = select(Segment).where(Segment.transcription_id == transcription.id, Segment.number >= first)
    return list(session.scalars(query.order_by(Segment.number).limit(count)))


def number_at(session: Session, transcription: Transcription, seconds: float) -> int:
    """The number of the first segment that is not over by then; behind the last, the one that would follow."""
    going_on = func.min(Segment.number).filter(Segment.end > seconds)
    query = select(func.coalesce(going_on, func.max(Segment.number) + 1, 0))
    number: int = session.scalars(query.where(Segment.transcription_id == transcription.id)).one()
    return number


def characters_count(session: Session, transcription: Transcription) -> int:
    """How long its text is, without the times and speakers around it."""
    query = select(func.coalesce(func.sum(func.length(Segment.text)), 0))
    count: int = session.scalars(query.where(Segment.transcription_id == transcription.id)).one()
    return count


def segment_spans(session: Session, transcription: Transcription, size: int) -> Sequence[tuple[int, int, float, float]]:
    """The segments in groups of `size` by number: (group, how many, first start, last end)."""
    group = Segment.number // size
    query = (
        select(group, func.count(), func.min(Segment.start), func.max(Segment.end))
        .where(Segment.transcription_id == transcription.id)
        .group_by(group)
        .order_by(group)
    )
    return [(number, count, start, end) for number, count, start, end in session.execute(query)]


def fail(session: Session, transcription: Transcription, *, code: str, message: str) -> None:
    """End a processing transcription as failed: the hold is released and its decoded audio forgotten."""
    take_turn(session, transcription.account_id)
    release_hold(session, transcription)
    for derived in (Segment, Passage, Artifact, Chunk):
        session.execute(delete(derived).where(derived.transcription_id == transcription.id))
    finish(session, transcription, Status.FAILED, error_code=code, error_message=message)


def finish(
    session: Session,
    transcription: Transcription,
    status: Status,
    *,
    error_code: str | None = None,
    error_message: str | None = None,
) -> None:
    """Make a processing transcription final: no lease, no decoded audio, never another status, and an event of it.

    Its account's turn has been taken (`handlers.events.take_turn`), before the wallet was locked.
    """
    assert status in LEGAL_MOVES[transcription.status]
    transcription.status, transcription.completed_at = status, now(session)
    transcription.error_code, transcription.error_message = error_code, error_message
    end_work(transcription)
    transcription.url_headers = transcription.url_headers if status is Status.FAILED else None
    _forget_audio(session, transcription)
    keep_as_wished(session, transcription)
    seconds = transcription.duration_seconds or 0.0
    measure(session, Measure.FINISHED, seconds, status=status.value, code=error_code or "")
    session.flush()
    announce_final(session, transcription)


def announce_final(session: Session, transcription: Transcription) -> None:
    """Write the event of what has just become final, which shows it as the API does."""
    artifacts = select(Artifact).where(Artifact.transcription_id == transcription.id)
    parts = {
        "media": transcription.media_id and session.get(Media, transcription.media_id),
        "api_key": transcription.api_key_id and session.get(ApiKey, transcription.api_key_id),
        "tags": session.scalars(select(Tag).where(Tag.transcription_id == transcription.id).order_by(Tag.key)).all(),
        "artifacts": session.scalars(artifacts.execution_options(populate_existing=True)).all(),
    }
    # By hand, and not for long: what a query with its options loads would be loaded with every refresh from here on.
    for name, value in parts.items():
        set_committed_value(transcription, name, value)
    announce(session, transcription)
    session.expire(transcription, list(parts))


def end_work(transcription: Transcription) -> None:
    """No job has anything to do for it any more."""
    transcription.lease_token = transcription.lease_until = None
    transcription.to_understand = False


def audio_key(public_id: str) -> str:
    """Where the decoded audio lies while a transcription is processing."""
    return f"audio/{public_id}.s16le"


def channels_key(public_id: str) -> str:
    """Where both channels of a call with one voice a channel lie, as long as `audio_key` does."""
    return f"audio/{public_id}.channels.s16le"


def turns_key(public_id: str) -> str:
    """Where it is written who speaks when in such a call."""
    return f"audio/{public_id}.turns.json"


def audio_keys(public_id: str) -> tuple[str, ...]:
    """Where anything may lie that was made of the sound."""
    return audio_key(public_id), channels_key(public_id), turns_key(public_id)


def provider_key(public_id: str, name: str) -> str:
    """Where a part of a provider's answer lies while a transcription is processing."""
    return f"provider/{public_id}/{name}"


def _forget_audio(session: Session, transcription: Transcription) -> None:
    """Remove what only a processing transcription needs: the decoded audio, a provider's answers."""
    keys, parts = audio_keys(transcription.public_id), provider_key(transcription.public_id, "")
    has_parts = transcription.provider_state is not None or transcription.failed_pipeline_codes

    def forget() -> None:
        for each in [*keys, *(runtime.store().keys(parts) if has_parts else ())]:
            runtime.store().delete(each)

    on_commit(session, forget)


def _forget_questions(session: Session, transcription: Transcription) -> None:
    """Delete what was asked of it alone, and what was answered from it."""
    cites_it = select(Citation.question_id).where(Citation.transcription_id == transcription.id)
    is_about_it = Question.transcription_ids == [transcription.public_id]
    session.execute(
        delete(Question)
        .where(Question.account_id == transcription.account_id, Question.id.in_(cites_it) | is_about_it)
        .execution_options(synchronize_session=False)
    )


def _new_transcription(
    account: Account, options: Options, details: Details, api_key: ApiKey | None, request_id: str | None
) -> Transcription:
    pipeline = choose_pipeline(account, options.pipeline_code)
    if len(details.labels) > MAX_LABELS:
        raise Invalid(f"metadata takes up to {MAX_LABELS} pairs.", param="metadata")
    return Transcription(
        account_id=account.id,
        api_key_id=api_key.id if api_key else None,
        pipeline_code=pipeline.code,
        language_requested=language_of(pipeline, options.language),
        diarize=options.diarize,
        speakers_expected=options.speakers_expected,
        vocabulary=list(options.vocabulary),
        max_cost_microusd=options.max_cost_microusd,
        media_kept_hours=account.media_kept_hours if options.retention is None else hours_of(options.retention),
        title_given=bool(details.title),
        labels=dict(details.labels),
        price_per_minute_microusd=runtime.tariff().price_per_minute(pipeline.code, account.plan),
        request_id=request_id,
        trace_parent=tracing.trace_parent(),
    )


def keep_account(session: Session, account: Account) -> None:
    """Wait for whoever is deleting the account, NotFound when it is gone: nothing is ordered behind a deletion's back.

    Comes before any other lock: account, transcription, wallet.
    """
    if session.scalar(select(Account.id).where(Account.id == account.id).with_for_update(read=True)) is None:
        raise NotFound()


def _accept(
    session: Session,
    account: Account,
    transcription: Transcription,
    tags: Sequence[str],
    api_key: ApiKey | None = None,
) -> Transcription:
    check_funds(session, account, transcription.price_per_minute_microusd)
    session.add(transcription)
    session.flush()
    if tags:
        set_tags(session, transcription, tags)
    on_commit(session, lambda: ring(QueueName.FETCH))
    its_tags = select(Tag).where(Tag.transcription_id == transcription.id).order_by(Tag.key)
    parts = {
        "media": transcription.media_id and session.get(Media, transcription.media_id),
        "api_key": api_key,
        "tags": session.scalars(its_tags).all() if tags else [],
        "artifacts": [],
    }
    # What is new is known: it need not be asked for.
    for name, value in parts.items():
        set_committed_value(transcription, name, value)
    return transcription


def owned(account: Account, *conditions: ColumnElement[bool]) -> Select[Transcription]:
    """The account's transcriptions that meet the conditions, with those in the trash unless they say `KEPT`."""
    return select(Transcription).where(Transcription.account_id == account.id, *conditions)


def locked_transcription(session: Session, account: Account, public_id: str) -> Transcription:
    """The account's transcription with its row locked, or NotFound."""
    return found(session, owned(account, KEPT, Transcription.public_id == public_id).with_for_update())


def _name_in_url(url: str) -> str | None:
    """The last part of the path, until the media's own name is known."""
    return file_name(None, url.rstrip("/")) or urlsplit(url).hostname
