"""The second stage of a hosted pipeline: one step with its provider, which either has an answer or is asked again."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from db import transaction
from errors import PipelineUnavailable, TranscriptionFailed
from handlers.measurements import provider_measured
from handlers.processing import (
    DECODED,
    RECOGNISED,
    Engine,
    Lease,
    ask_again,
    begin_recognition,
    keep_state,
    keep_transcript,
    renew,
)
from handlers.transcriptions import audio_key, provider_key
from jobs.channels import turns_of_channels
from jobs.lease import RENEW_EVERY_SECONDS
from jobs.speakers import with_speakers
from jobs.stages import Came
from models import Media, Source, Transcription, WordTimes
from outbound.share_links import direct_download_url
from runtime import config, installed_pipelines, store
from speech.engines import client
from speech.providers.provider import Heard, Later, Provider, Recording, Wishes
from speech.transcript import Transcript, covered_seconds, in_order, overlaps

log = logging.getLogger(__name__)

# A provider may queue a recording for hours before it fetches it.
ADDRESS_LASTS_SECONDS = 6 * 3600
PAUSE_SECONDS = 2.0  # between segments, counted as part of the speech around them
BILLED_OTHERWISE_SECONDS = 2.0


class LeaseNotebook:
    """What is known of one transcription's work at its provider, kept under the lease."""

    def __init__(self, lease: Lease, transcription: Transcription, scratch: Path) -> None:
        self._lease, self._scratch = lease, scratch
        self._state: Mapping[str, Any] = transcription.provider_state or {}
        # Another pipeline that takes over must not find this one's.
        self._files = provider_key(lease.public_id, transcription.pipeline_code)
        self._done = 0.0
        self._last = time.monotonic()

    @property
    def state(self) -> Mapping[str, Any]:
        return self._state

    def keep(self, **changes: Any) -> None:
        with transaction() as session:
            self._state = keep_state(session, self._lease, changes)

    def keep_file(self, name: str, content: bytes) -> None:
        path = self._scratch / "kept"
        path.write_bytes(content)
        store().put_file(f"{self._files}/{name}", path, on_tick=self.tick)

    def kept_file(self, name: str) -> bytes | None:
        try:
            with store().local_copy(f"{self._files}/{name}", scratch=self._scratch, on_tick=self.tick) as path:
                return path.read_bytes()
        except KeyError:
            return None

    def tick(self, done: float | None = None) -> None:
        self._done = max(self._done, done or 0.0)
        if time.monotonic() - self._last >= RENEW_EVERY_SECONDS:
            with transaction() as session:
                renew(session, self._lease, DECODED + (RECOGNISED - DECODED) * self._done)
            self._last = time.monotonic()


def work(lease: Lease, scratch: Path) -> Came | None:
    with transaction() as session:
        transcription = begin_recognition(session, lease)
        media = session.get_one(Media, transcription.media_id)
    provider = provider_of(transcription.pipeline_code)
    notebook = LeaseNotebook(lease, transcription, scratch)
    with ExitStack() as files:

        def copy_of(key: str) -> Path:
            return files.enter_context(store().local_copy(key, scratch=scratch, on_tick=notebook.tick))

        pcm = copy_of(audio_key(lease.public_id))
        recording = Recording(
            media=copy_of(media.object_key),
            content_type=media.content_type,
            size_bytes=media.size_bytes,
            pcm=pcm,
            duration_seconds=transcription.duration_seconds or 0.0,
            address=_address(transcription, media),
            speech=_Speech(pcm, notebook.tick),
        )
        with provider_measured(installed_pipelines()[transcription.pipeline_code].provider):
            answer = provider.advance(recording, _wishes(transcription), notebook)
        if isinstance(answer, Later):
            with transaction() as session:
                ask_again(session, lease, after_seconds=answer.seconds)
            return Came.AGAIN
        heard = with_speakers(
            transcription,
            _transcript(answer, recording),
            pcm,
            of_channels=turns_of_channels(transcription, scratch, notebook.tick),
            on_tick=notebook.tick,
            on_progress=lambda done, total: None,
        )
    _compare_bill(answer, recording)
    with transaction() as session:
        engine = Engine(answer.model, WordTimes(answer.word_times), answer.billed_seconds)
        keep_transcript(session, lease, heard, engine)
    return Came.DONE


def provider_of(pipeline_code: str) -> Provider:
    """The client of a pipeline's hosted engine; PipelineUnavailable when its key was taken away meanwhile."""
    pipeline = installed_pipelines().get(pipeline_code)
    if pipeline is None or pipeline.connect is None or not pipeline.is_available:
        raise PipelineUnavailable()
    return pipeline.connect()


def tell_canceled(pipeline_code: str, state: Mapping[str, Any]) -> None:
    """Let the provider know that nobody waits any more."""
    try:
        provider = provider_of(pipeline_code)
    except PipelineUnavailable:
        return
    provider.cancel(state)


class _Speech:
    """Where somebody speaks, asked of the engine process once and only if it matters."""

    def __init__(self, pcm: Path, tick: Callable[[], None]) -> None:
        self._pcm, self._tick = pcm, tick
        self._spans: Sequence[tuple[float, float]] | None = None

    def __call__(self) -> Sequence[tuple[float, float]]:
        if self._spans is None:
            self._spans = client.speech_spans(config().engine_socket, self._pcm, on_tick=self._tick)
        return self._spans


def _wishes(transcription: Transcription) -> Wishes:
    language = transcription.language_requested
    return Wishes(
        language=None if language == "auto" else language,
        diarize=transcription.diarize,
        speakers_expected=transcription.speakers_expected,
        vocabulary=tuple(transcription.vocabulary),
    )


def _address(transcription: Transcription, media: Media) -> Callable[[], str] | None:
    """A URL from which a provider fetches the recording: of our copy in a bucket, else the customer's own.

    Without a bucket, what is not at a public URL of its own is served by us, which works where BASE_URL is public.
    """
    own = transcription.source is Source.EXTERNAL_URL and not transcription.url_headers
    if own and not store().is_public and transcription.url is not None:
        url = direct_download_url(transcription.url)
        return lambda: url
    return lambda: store().presigned_get(
        media.object_key, content_type=media.content_type, expires_seconds=ADDRESS_LASTS_SECONDS
    )


def _transcript(answer: Heard, recording: Recording) -> Transcript:
    segments = in_order(answer.segments, recording.duration_seconds)
    try:
        speech = recording.speech()
    except TranscriptionFailed:
        # The transcript is what was paid for; how much of the speech it covers is then not known.
        log.warning("the speech of a provider's transcript was not measured")
        speech = [(segment.start, segment.end) for segment in segments]
    heard = [(segment.start - PAUSE_SECONDS / 2, segment.end + PAUSE_SECONDS / 2) for segment in segments]
    return Transcript(
        language=answer.language if segments else None,
        duration_seconds=recording.duration_seconds,
        speech_seconds=covered_seconds(speech),
        segments=segments,
        transcribed_seconds=covered_seconds(overlaps(speech, heard)),
    )


def _compare_bill(answer: Heard, recording: Recording) -> None:
    """Our own measure is what the customer pays; where the provider's differs, somebody should look."""
    if answer.billed_seconds is None:
        return
    sent = recording.duration_seconds if answer.sent_seconds is None else answer.sent_seconds
    difference = answer.billed_seconds - sent
    if abs(difference) > BILLED_OTHERWISE_SECONDS:
        log.warning("a provider bills another length", extra={"difference_seconds": round(difference, 2)})
