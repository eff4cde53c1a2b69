"""The first stage: the recording comes in, is decoded in a confined process, and its length is known."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from sqlalchemy.orm import Session

from db import transaction
from errors import MediaUndecodable, UploadCorrupted
from handlers.processing import Fetched, Lease, LeaseLost, held, hold_and_queue_recognition, keep_media
from handlers.transcriptions import audio_key
from jobs.channels import keep_channels
from jobs.lease import ticker
from models import Media, Source, Transcription
from outbound.download import download
from outbound.share_links import direct_download_url
from runtime import config, installed_pipelines, store
from speech.audio import DecodedAudio, decode
from speech.waveform import waveform
from storage.media_types import media_type

DECODE_DEADLINE_SECONDS = 900
READ_BYTES = 1024**2
LENGTH_IS_EXACT = frozenset({"flac", "aiff", "mov,mp4,m4a,3gp,3g2,mj2"})  # Elsewhere it is an estimate or a filler.
DECLARED_TOO_LONG, SLACK_SECONDS = 1.05, 1.0  # Headers of variable-rate files and raw AAC are estimates.


def work(lease: Lease, scratch: Path) -> None:
    tick = ticker(lease)
    with transaction() as session:
        transcription = held(session, lease)
        uploaded = _uploaded(session, transcription)
        object_key = _stored_object(session, transcription)
    if object_key is None:
        object_key = _fetch(lease, transcription, scratch)
    pcm = scratch / "audio.s16le"
    with store().local_copy(object_key, scratch=scratch, on_tick=tick) as media:
        if uploaded is not None:
            _refuse_if_changed(media, uploaded, on_tick=tick)
        decoded = decode(
            media,
            pcm,
            max_seconds=_longest(transcription),
            deadline_seconds=DECODE_DEADLINE_SECONDS,
            on_tick=tick,
        )
    _refuse_if_cut(decoded)
    outline = waveform(pcm, on_tick=tick)
    store().put_file(audio_key(lease.public_id), pcm, on_tick=tick)
    keep_channels(transcription, decoded, on_tick=tick)
    with transaction() as session:
        hold_and_queue_recognition(
            session,
            lease,
            duration_seconds=decoded.duration_seconds,
            content_type=media_type(decoded.container),
            truncated=_is_truncated(decoded),
            waveform=outline,
        )


def _stored_object(session: Session, transcription: Transcription) -> str | None:
    if transcription.media_id is None:
        return None
    return session.get_one(Media, transcription.media_id).object_key


def _uploaded(session: Session, transcription: Transcription) -> str | None:
    """The SHA-256 that was given for an upload: of one in parts, no store could check it."""
    if transcription.source is not Source.UPLOAD or transcription.media_id is None:
        return None
    return session.get_one(Media, transcription.media_id).sha256


def _refuse_if_changed(media: Path, sha256: str, *, on_tick: Callable[[], None]) -> None:
    digest = hashlib.sha256()
    with media.open("rb") as file:
        while chunk := file.read(READ_BYTES):
            digest.update(chunk)
            on_tick()
    if digest.hexdigest() != sha256:
        raise UploadCorrupted()


def _fetch(lease: Lease, transcription: Transcription, scratch: Path) -> str:
    assert transcription.url is not None
    target, tick = scratch / "media", ticker(lease)
    downloaded = download(
        direct_download_url(transcription.url),
        target,
        headers=transcription.url_headers or {},
        allowed_hosts=config().fetch_allowed_hosts,
        max_bytes=min(config().max_media_bytes, installed_pipelines()[transcription.pipeline_code].max_size_bytes),
        deadline_seconds=config().fetch_deadline_seconds,
        on_tick=tick,
    )
    object_key = f"media/{lease.public_id}.{token_hex(8)}"
    store().put_file(object_key, target, on_tick=tick)
    fetched = Fetched(object_key, downloaded.size_bytes, downloaded.sha256, downloaded.filename)
    try:
        with transaction() as session:
            keep_media(session, lease, fetched)
    except LeaseLost:
        store().delete(object_key)
        raise
    return object_key


def _longest(transcription: Transcription) -> float:
    return min(config().max_media_seconds, installed_pipelines()[transcription.pipeline_code].max_duration_seconds)


def _refuse_if_cut(decoded: DecodedAudio) -> None:
    """MediaUndecodable for a file that is only part of what was recorded: better sent again than half transcribed.

    A recorder that crashed leaves no length in the header, and what it left is transcribed.
    """
    if decoded.container in LENGTH_IS_EXACT and _is_truncated(decoded):
        raise MediaUndecodable(
            f"The file breaks off after {decoded.duration_seconds:.0f} of {decoded.declared_seconds:.0f} seconds: "
            "it was not sent completely. Send it again."
        )


def _is_truncated(decoded: DecodedAudio) -> bool:
    declared = decoded.declared_seconds
    return declared is not None and declared > decoded.duration_seconds * DECLARED_TOO_LONG + SLACK_SECONDS
