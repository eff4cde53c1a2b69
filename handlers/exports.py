"""A completed transcription as the document that exports are written from, and checking many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from errors import NotFound, NotReady
from exports.document import Chapter, Document, Point
from handlers.activities import record
from handlers.speakers import Speaker, speakers
from handlers.stored_segments import as_segment
from handlers.transcriptions import (
    KEPT,
    RETRY_AFTER_SECONDS,
    completed_transcription,
    owned,
    raise_own_error,
    segments,
    transcribed,
)
from models import Account, Action, ArtifactKind, Segment, Status, Transcription
from speech import transcript as speech


@dataclass(frozen=True, slots=True)
class Exportable:
    """One revision of a transcription: its rows, from which a result is told, and the document made of them."""

    transcription: Transcription
    segments: Sequence[Segment]
    speakers: Sequence[Speaker]
    document: Document


def exportable(session: Session, account: Account, public_id: str, *, only_first: int | None = None) -> Exportable:
    """The transcription as it stands, all of it or the first segments. NotReady, or its own error, unless completed."""
    _hold_still(session, account, public_id)
    return _exportable(session, completed_transcription(session, account, public_id), only_first)


def export(session: Session, account: Account, public_id: str, format_codes: Sequence[str]) -> Exportable:
    """The whole of it, to be saved in these formats, which goes on record."""
    source = exportable(session, account, public_id)
    record(session, Action.EXPORTED, account, public_id, format=" ".join(format_codes))
    return source


def heard(session: Session, account: Account, public_id: str) -> Exportable:
    """The same as soon as the transcript is kept, whatever is still to be made of it. NotReady, or its own error."""
    _hold_still(session, account, public_id)
    return _exportable(session, transcribed(session, account, public_id))


def check_exportable(session: Session, account: Account, public_ids: Sequence[str]) -> None:
    """Refuse a list in which one is not the account's (NotFound) or not completed, in one query whatever its length."""
    query = owned(account, KEPT, Transcription.public_id.in_(public_ids))
    found = {transcription.public_id: transcription for transcription in session.scalars(query)}
    for public_id in public_ids:
        transcription = found.get(public_id)
        if transcription is None:
            raise NotFound()
        if transcription.status is Status.PROCESSING:
            raise NotReady(retry_after_seconds=RETRY_AFTER_SECONDS)
        if transcription.status is Status.FAILED:
            raise_own_error(transcription)


def _hold_still(session: Session, account: Account, public_id: str) -> None:
    """Wait for a change under way and hold off the next, since each query sees what was committed before it alone."""
    row = owned(account, Transcription.public_id == public_id).with_only_columns(Transcription.id)
    session.execute(row.with_for_update(read=True))


def _exportable(session: Session, transcription: Transcription, only_first: int | None = None) -> Exportable:
    rows = segments(session, transcription, count=only_first)
    people = speakers(session, transcription)
    return Exportable(transcription, rows, people, _document(transcription, rows, people))


def _document(transcription: Transcription, rows: Sequence[Segment], people: Sequence[Speaker]) -> Document:
    names = {speaker.label: speaker.name for speaker in people}
    summary = _content(transcription, ArtifactKind.SUMMARY) or {}
    return Document(
        title=transcription.title,
        language=transcription.language,
        duration_seconds=transcription.duration_seconds or 0.0,
        made_at=transcription.completed_at or transcription.created_at,
        segments=[_segment(row, names) for row in rows],
        chapters=[
            Chapter(made["title"], made["start"], made["end"], made["summary"])
            for made in _content(transcription, ArtifactKind.CHAPTERS) or []
        ],
        summary=summary.get("short", ""),
        points=[Point(made["text"], made["start"]) for made in summary.get("bullets", [])],
        actions=[
            Point(f"{made['owner']}: {made['text']}" if made.get("owner") else made["text"], made["start"])
            for made in summary.get("action_items", [])
        ],
        topics=[made["label"] for made in _content(transcription, ArtifactKind.TOPICS) or []],
    )


def _segment(row: Segment, names: Mapping[str, str]) -> speech.Segment:
    speaker = names.get(row.speaker, row.speaker) if row.speaker else None
    return as_segment([row.start, row.end, row.text, row.words, speaker, row.confidence])


def _content(transcription: Transcription, kind: ArtifactKind) -> Any:
    artifact = transcription.artifact(kind)
    return artifact.content if artifact else None
