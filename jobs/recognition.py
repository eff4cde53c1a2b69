"""The second stage: the engine process hears the decoded audio, and its segments are stored as they come."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from db import transaction
from handlers import chunks
from handlers.processing import Engine, Lease, keep_transcript
from handlers.transcriptions import audio_key, channels_key
from jobs import sharing
from jobs.channels import turns_of_channels
from jobs.recorder import Recorder
from jobs.speakers import WORDS_SHARE, with_speakers
from models import Transcription, WordTimes
from runtime import config, store
from speech import calls
from speech.diarization import SpeakerTurn
from speech.engines import client
from speech.engines.client import EngineResult
from speech.transcript import Transcript


def work(lease: Lease, scratch: Path) -> None:
    with transaction() as session:
        transcription, shown = chunks.resume(session, lease)
    # Of a shared recording, voices are taken with the words, chunk by chunk.
    are_voices_left = transcription.diarize and not sharing.is_shared(transcription)
    recorder = Recorder(lease, WORDS_SHARE if are_voices_left else 1.0, shown)
    turns = turns_of_channels(transcription, scratch, recorder.tick)
    heard, model = _each_channel(transcription, turns, scratch, recorder) or _mix(
        transcription, turns, scratch, recorder
    )
    with transaction() as session:
        engine = Engine(model, WordTimes.MEASURED)
        keep_transcript(session, lease, heard, engine, stored=recorder.heard[: recorder.stored])


def _mix(
    transcription: Transcription, turns: Sequence[SpeakerTurn] | None, scratch: Path, recorder: Recorder
) -> tuple[Transcript, str]:
    """The transcript of the mono recording with its speakers, and the model that heard it."""
    with store().local_copy(audio_key(transcription.public_id), scratch=scratch, on_tick=recorder.tick) as pcm:
        result = _whole(transcription, pcm, recorder)
        heard = with_speakers(
            transcription,
            result.transcript,
            pcm,
            of_channels=turns,
            voices=_voices(transcription, recorder),
            on_tick=recorder.tick,
            on_progress=recorder.progress.speakers,
        )
    return heard, result.model


def _voices(transcription: Transcription, recorder: Recorder) -> Sequence[tuple[int, bytes]]:
    """Those that were taken with the words of a shared recording; none of another."""
    if not sharing.is_shared(transcription):
        return []
    with transaction() as session:
        return chunks.voices(session, recorder.lease)


def _whole(transcription: Transcription, pcm: Path, recorder: Recorder) -> EngineResult:
    if sharing.is_shared(transcription):
        return sharing.hear(transcription, pcm, [None], recorder)[None]
    return client.transcribe(
        config().engine_socket,
        pcm,
        language=_language(transcription),
        vocabulary=transcription.vocabulary,
        on_tick=recorder.tick,
        on_segments=recorder.segments,
        on_progress=recorder.progress.words,
    )


def _each_channel(
    transcription: Transcription, turns: Sequence[SpeakerTurn] | None, scratch: Path, recorder: Recorder
) -> tuple[Transcript, str] | None:
    """The same of a call whose channels are kept, heard one by one; None of any other recording."""
    if turns is None:
        return None
    with ExitStack() as files:
        copy = store().local_copy(channels_key(transcription.public_id), scratch=scratch, on_tick=recorder.tick)
        try:
            channels = files.enter_context(copy)
        except KeyError:
            return None
        if sharing.is_shared(transcription):
            sides = calls.busier_first(turns)
            parts = sharing.hear(transcription, channels, [calls.SIDES.index(side) for side in sides], recorder)
            result = calls.joined({side: parts[calls.SIDES.index(side)] for side in sides}, _language(transcription))
        else:
            result = calls.transcribe(
                config().engine_socket,
                channels,
                turns,
                language=_language(transcription),
                vocabulary=transcription.vocabulary,
                on_tick=recorder.tick,
                on_progress=recorder.progress.words,
            )
    return result.transcript, result.model


def _language(transcription: Transcription) -> str | None:
    return None if transcription.language_requested == "auto" else transcription.language_requested
