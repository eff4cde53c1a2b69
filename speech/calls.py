"""A call with one voice a channel, each channel heard by itself: nothing is lost where both speak at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from speech.diarization import SpeakerTurn, interleaved
from speech.engines import client
from speech.engines.client import EngineResult
from speech.transcript import Transcript

# In the order in which their samples take turns, and the names of the voices on them.
SIDES = LEFT, RIGHT = "left", "right"


def transcribe(
    socket_path: Path,
    channels: Path,
    turns: Sequence[SpeakerTurn],
    *,
    language: str | None,
    vocabulary: Sequence[str],
    on_tick: Callable[[], None],
    on_progress: Callable[[float, float], None],
) -> EngineResult:
    """What the engine hears in `channels` (16 kHz s16le, left and right in turn), as one transcript with its speakers.

    Where no language is given it is that of the channel on which more is said: a few words of assent tell it badly.
    Callbacks and errors are those of `client.transcribe`; there are no segments before the end, since half of a
    conversation makes no sense.
    """
    heard: dict[str, EngineResult] = {}
    for name in busier_first(turns):
        before = len(heard)
        heard[name] = client.transcribe(
            socket_path,
            channels,
            channel=SIDES.index(name),
            language=language,
            vocabulary=vocabulary,
            on_tick=on_tick,
            on_segments=lambda segments: None,
            on_progress=lambda done, total, before=before: on_progress(before * total + done, 2 * total),  # type: ignore[misc]
        )
        language = language or heard[name].transcript.language
    return joined(heard, language)


def joined(heard: Mapping[str, EngineResult], language: str | None) -> EngineResult:
    """Both sides as one; no language is that of the first of them that has one."""
    language = language or next(filter(None, (result.transcript.language for result in heard.values())), None)
    return EngineResult(
        transcript=_joined({name: result.transcript for name, result in heard.items()}, language),
        model=next(iter(heard.values())).model,
        engine_seconds=sum(result.engine_seconds for result in heard.values()),
    )


def busier_first(turns: Sequence[SpeakerTurn]) -> list[str]:
    """The sides, the one on which more is said first."""
    spoken = {name: sum(turn.end - turn.start for turn in turns if turn.speaker == name) for name in SIDES}
    return sorted(SIDES, key=lambda name: -spoken[name])


def _joined(voices: Mapping[str, Transcript], language: str | None) -> Transcript:
    segments = interleaved([[replace(part, speaker=name) for part in voice.segments] for name, voice in voices.items()])
    duration_seconds = max(voice.duration_seconds for voice in voices.values())
    speech_seconds = sum(voice.speech_seconds for voice in voices.values())
    transcribed_seconds = sum(voice.transcribed_seconds for voice in voices.values())
    # Two who speak at once speak for longer than the recording lasts; it is counted once, as everywhere.
    once = min(1.0, duration_seconds / speech_seconds) if speech_seconds else 1.0
    return Transcript(
        language=language if segments else None,
        duration_seconds=duration_seconds,
        speech_seconds=speech_seconds * once,
        segments=segments,
        transcribed_seconds=transcribed_seconds * once,
    )
