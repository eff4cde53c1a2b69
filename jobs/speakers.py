"""Who said what, for a transcript whose own engine tells nobody apart."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from errors import TranscriptionFailed
from jobs.scratch import scratch_directory
from models import Transcription
from runtime import config
from speech.diarization import SpeakerTurn, assign
from speech.engines import client
from speech.transcript import Transcript

log = logging.getLogger(__name__)

TRIES = 3
# Of the work, where voices are taken too.
WORDS_SHARE = 0.85
Answer = TypeVar("Answer")


def take_voices(
    pcm: Path,
    target: Path,
    *,
    span: tuple[int, int] | None = None,
    on_tick: Callable[[], None],
    on_progress: Callable[[float, float], None],
) -> None:
    """`client.take_voices`, tried again where the engine went away."""
    _patiently(
        lambda: client.take_voices(
            config().engine_socket, pcm, span=span, target=target, on_tick=on_tick, on_progress=on_progress
        )
    )


def with_speakers(
    transcription: Transcription,
    heard: Transcript,
    pcm: Path,
    *,
    of_channels: Sequence[SpeakerTurn] | None = None,
    voices: Sequence[tuple[int, bytes]] = (),
    on_tick: Callable[[], None],
    on_progress: Callable[[float, float], None],
) -> Transcript:
    """The transcript with our own speaker labels; as it was where it needs none, or the speakers cannot be found.

    Where a recording has one voice a channel, the turns `of_channels` are known, and decide even where the engine named
    speakers: it has heard voices, mixed, and guessed. `voices` are those of the recording's parts, each with its first
    sample, where they were taken already. The words are what was paid for: trouble with the speakers never costs them.
    """
    if not transcription.diarize or not heard.segments:
        return heard
    if of_channels is not None:
        return replace(heard, segments=assign(heard.segments, of_channels))
    if any(segment.speaker is not None for segment in heard.segments):
        return heard
    try:
        turns = _turns(transcription, heard, pcm, voices, on_tick, on_progress)
    except TranscriptionFailed:
        log.exception("the speakers of a transcript were not found")
        return heard
    return replace(heard, segments=assign(heard.segments, turns))


def _turns(
    transcription: Transcription,
    heard: Transcript,
    pcm: Path,
    voices: Sequence[tuple[int, bytes]],
    on_tick: Callable[[], None],
    on_progress: Callable[[float, float], None],
) -> list[SpeakerTurn]:
    if transcription.speakers_expected == 1:
        return [SpeakerTurn(0.0, heard.duration_seconds, "S1")]
    with scratch_directory(transcription.public_id) as scratch:
        files = [(first, scratch / f"voices.{first}") for first, _ in voices]
        for (_, target), (_, taken) in zip(files, voices, strict=True):
            target.write_bytes(taken)
        if not files:
            files = [(0, scratch / "voices")]
            take_voices(pcm, files[0][1], on_tick=on_tick, on_progress=on_progress)
        return _patiently(
            lambda: client.speaker_turns(
                config().engine_socket,
                files,
                speakers_expected=transcription.speakers_expected,
                on_tick=on_tick,
            )
        )


def _patiently(ask: Callable[[], Answer]) -> Answer:
    """What the engine answers, asked again where it went away."""
    for _ in range(TRIES - 1):
        try:
            return ask()
        except client.EngineUnavailable:
            log.warning("the engine went away while it looked for speakers")
    return ask()
