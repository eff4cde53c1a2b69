"""A transcript that a customer brings along, read into ours: `read_transcript` is the only door."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from speech.imports.bounds import Unreadable
from speech.imports.captions import read_srt, read_vtt
from speech.imports.exported import read_json
from speech.imports.found import Found
from speech.imports.speakers import labelled
from speech.transcript import Segment, Transcript, covered_seconds, in_order

__all__ = ["Imported", "Unreadable", "read_transcript"]

READERS: Mapping[str, Callable[[str], Found]] = {"srt": read_srt, "vtt": read_vtt, "json": read_json}


@dataclass(frozen=True, slots=True)
class Imported:
    """The transcript, its speakers labelled `S1`, `S2`, …, and the names that go with these labels."""

    transcript: Transcript
    speaker_names: dict[str, str]


def read_transcript(format: str, content: str) -> Imported:  # noqa: A002
    """What a file in one of the formats `srt`, `vtt` and `json` says. Raises Unreadable.

    The duration is where the last segment ends, unless the file itself says that it is longer. All of what the
    segments cover counts as speech.
    """
    if format not in READERS:
        raise Unreadable("A transcript can be read from srt, vtt or json.")
    found = READERS[format](content.removeprefix("\ufeff"))
    duration = max([found.duration_seconds, *(segment.end for segment in found.segments)])
    labels = labelled(sorted(found.segments, key=_times), found.names)
    # Captions may overlap by far: one that had to start later comes after whoever spoke meanwhile.
    segments = sorted(in_order(labels.segments, duration), key=_times)
    if not segments:
        raise Unreadable("The transcript has no text.")
    return Imported(_transcript(found.language, duration, segments), labels.names)


def _times(segment: Segment) -> tuple[float, float]:
    return segment.start, segment.end


def _transcript(language: str | None, duration_seconds: float, segments: Sequence[Segment]) -> Transcript:
    covered = covered_seconds((segment.start, segment.end) for segment in segments)
    return Transcript(language, duration_seconds, covered, tuple(segments), transcribed_seconds=covered)
