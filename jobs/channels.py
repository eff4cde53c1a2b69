"""What of a call with one voice a channel goes from the fetch to the recognition: who speaks when, and both channels.

Channels are asked wherever speakers are wished for, unless more of them are expected than there are channels, or one.
"""

import json
from collections.abc import Callable
from pathlib import Path

from handlers.transcriptions import channels_key, turns_key
from models import Transcription
from runtime import installed_pipelines, store
from speech.audio import DecodedAudio
from speech.diarization import SpeakerTurn


def keep_channels(transcription: Transcription, decoded: DecodedAudio, *, on_tick: Callable[[], None]) -> None:
    """Store the turns, and for an engine of our own both channels, each without the other's echo."""
    if decoded.turns is None or decoded.stereo is None or not _are_asked(transcription):
        return
    path = decoded.stereo.with_name("turns")
    path.write_text(json.dumps([[turn.start, turn.end, turn.speaker] for turn in decoded.turns]))
    store().put_file(turns_key(transcription.public_id), path, on_tick=on_tick)
    if installed_pipelines()[transcription.pipeline_code].connect is None:
        # Not at the top: what forks loads no numpy.
        from speech.channels import keep_apart

        keep_apart(decoded.stereo, decoded.turns, on_tick=on_tick)
        store().put_file(channels_key(transcription.public_id), decoded.stereo, on_tick=on_tick)


def turns_of_channels(
    transcription: Transcription, scratch: Path, on_tick: Callable[[], None]
) -> tuple[SpeakerTurn, ...] | None:
    """The stored turns; None of a recording that is no such call, or where channels are not asked."""
    if not _are_asked(transcription):
        return None
    try:
        with store().local_copy(turns_key(transcription.public_id), scratch=scratch, on_tick=on_tick) as path:
            return tuple(SpeakerTurn(*turn) for turn in json.loads(path.read_bytes()))
    except KeyError:
        return None


def _are_asked(transcription: Transcription) -> bool:
    return transcription.diarize and transcription.speakers_expected in (None, 2)
