"""How far something is, for whoever watches."""

from collections.abc import Callable
from dataclasses import dataclass

from transcribe_client.models import Transcription


@dataclass(frozen=True)
class Progress:
    """`stage` is `uploading`, then those of the service (`queued`, `fetching`, `transcribing`, `understanding`), then
    `completed` or `failed`; `fraction` runs from 0 to 1, once for the upload and once for the transcription."""

    stage: str
    fraction: float
    transcription_id: str | None = None


OnProgress = Callable[[Progress], None]


def progress_of(transcription: Transcription) -> Progress:
    return Progress(transcription.stage or transcription.status, transcription.progress, transcription.id)
