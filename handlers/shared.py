"""A shared transcript for whoever has its link: no account and no id leads here, nothing but the secret of the address.

Each of these shows what the link's parts say and not a word more; every request asks anew whether it is still open.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, contains_eager

from errors import NotFound
from exports import FORMATS
from exports.document import Document, Point
from handlers import guessing
from handlers.accounts import is_password_of
from handlers.activities import record
from handlers.exports import Exportable, exportable
from handlers.guessing import Subject
from handlers.shares import hash_of
from handlers.speakers import Speaker, speakers
from handlers.transcriptions import KEPT
from models import Account, Action, Artifact, ArtifactKind, Media, Share, SharePart, Transcription

FAILURES_PER_SHARE = 5
SECRET = re.compile(r"[a-z2-7]{32}")
FORMATS_OF_CHAPTERS = frozenset({"chapters_youtube", "chapters_podcast"})


def shared(session: Session, secret: str, *, with_contents: bool = False) -> Share:
    """The link that an address ends in, with its transcription and media, and what was made of it only if asked for.

    NotFound, the same for whatever reason: no such link, expired, revoked, its transcription in the trash or deleted.
    """
    if not SECRET.fullmatch(secret):
        raise _nothing()
    is_open = or_(Share.expires_at.is_(None), Share.expires_at > func.now())
    query = (
        select(Share)
        .join(Share.transcription)
        .where(Share.secret_sha256 == hash_of(secret), Share.revoked_at.is_(None), is_open, KEPT)
        .options(contains_eager(Share.transcription).joinedload(Transcription.media))
    )
    if with_contents:
        of_transcription = contains_eager(Share.transcription)
        query = query.options(
            of_transcription.joinedload(Transcription.media).undefer(Media.waveform),
            of_transcription.selectinload(Transcription.artifacts).undefer(Artifact.content),
        )
    share = session.scalar(query)
    if share is None:
        raise _nothing()
    return share


def is_share_password(session: Session, share: Share, password: str, *, address: str) -> bool:
    """Whether this is the link's password, counted against link and network address when it is not.

    RateLimited after too many wrong ones, as in signing in.
    """
    subjects = _of_share(share), guessing.of_address(address)
    guessing.refuse_if_guessing(session, subjects)
    if is_password_of(share.password_hash, password):
        guessing.forget_failures(session, _of_share(share))
        return True
    guessing.note_failure(session, subjects)
    return False


def note_opening(session: Session, share: Share) -> None:
    """Count that somebody opened it: a number in its row, and nothing about who it was."""
    session.execute(
        update(Share)
        .where(Share.id == share.id)
        .values(openings=Share.openings + 1, last_opened_at=func.now())
        .execution_options(synchronize_session=False)
    )


def shown_speakers(session: Session, share: Share) -> Sequence[Speaker]:
    """Who speaks: by name where names are shared, else by number."""
    people = speakers(session, share.transcription)
    if share.shows(SharePart.SPEAKERS):
        return people
    return [replace(speaker, name=f"Speaker {number}") for number, speaker in enumerate(people, start=1)]


def shown_artifact(share: Share, kind: ArtifactKind) -> object:
    """The content of what was made of the transcript, as far as it is shared; None where it is not, or not there."""
    artifact = share.transcription.artifact(kind)
    if artifact is None or not share.shows(SharePart(kind.value)):
        return None
    if kind is ArtifactKind.SUMMARY and artifact.content and not share.shows(SharePart.SPEAKERS):
        # Who has to do something is called by name.
        items = artifact.content.get("action_items") or []
        return {**artifact.content, "action_items": [{**item, "owner": None} for item in items]}
    return artifact.content


def offered_formats(share: Share) -> Sequence[str]:
    """The codes of the formats it can be saved in. The API's own result is none of them: it has the owner's ids."""
    if not share.shows(SharePart.EXPORTS):
        return []
    return [
        code
        for code, kind in FORMATS.items()
        if kind.render is not None and (code not in FORMATS_OF_CHAPTERS or share.shows(SharePart.CHAPTERS))
    ]


def shared_exportable(session: Session, share: Share, format_code: str) -> Exportable:
    """What a file is made of for whoever has the link: nothing that the page does not show."""
    account = session.get_one(Account, share.account_id)
    source = exportable(session, account, share.transcription.public_id)
    record(session, Action.EXPORTED, account, source.transcription.public_id, format=format_code, share=share.public_id)
    return replace(source, document=_as_shared(share, source, shown_speakers(session, share)))


def _as_shared(share: Share, source: Exportable, people: Sequence[Speaker]) -> Document:
    document = source.document
    names = {speaker.label: speaker.name for speaker in people}
    spoken = zip(document.segments, source.segments, strict=True)
    has_summary = share.shows(SharePart.SUMMARY)
    return replace(
        document,
        segments=[replace(segment, speaker=names.get(row.speaker or "")) for segment, row in spoken],
        chapters=document.chapters if share.shows(SharePart.CHAPTERS) else (),
        topics=document.topics if share.shows(SharePart.TOPICS) else (),
        summary=document.summary if has_summary else "",
        points=document.points if has_summary else (),
        actions=_actions(share, document) if has_summary else (),
    )


def _actions(share: Share, document: Document) -> Sequence[Point]:
    """What is to be done, and by whom only where names are shared."""
    if share.shows(SharePart.SPEAKERS):
        return document.actions
    summary: Any = shown_artifact(share, ArtifactKind.SUMMARY) or {}
    return [Point(item["text"], item["start"]) for item in summary.get("action_items") or []]


def _nothing() -> NotFound:
    return NotFound(
        "This link does not work. It may be incomplete, have expired or been taken back. "
        "Ask whoever sent it to you for another."
    )


def _of_share(share: Share) -> Subject:
    return f"share:{share.public_id}", FAILURES_PER_SHARE
