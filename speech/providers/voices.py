"""The same speaker under the same label in every chunk, though a provider's labels begin anew with each request.

A speaker gets a name from the chunk in which it was heard first, and a clip of its voice goes along with later chunks
under that name. Whoever a later chunk heard and was not told of, because four voices are all that can be sent or
because it was heard at the same time as another chunk, gets a name of its own: two labels may then be one person, but
never one label two.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from speech.transcript import Segment

MOST_VOICES = 4
# The provider takes clips of 2 to 10 s.
SHORTEST_CLIP_SECONDS = 2.2
LONGEST_CLIP_SECONDS = 9.0
# Segments begin and end roughly where the voice does; a clip keeps away from both ends, and so from others' voices.
EDGE_SECONDS = 0.25
LONGEST_GAP_SECONDS = 1.0
NAME = re.compile(r"voice_\d+_\d+")


@dataclass(frozen=True, slots=True)
class Voice:
    """A clip, in seconds of the recording, in which nobody but the named speaker speaks."""

    name: str
    start: float
    end: float


def named(segments: Iterable[Segment], chunk_number: int) -> tuple[Segment, ...]:
    """The segments of one chunk with names for its provider's labels, the same whenever this is done."""
    names: dict[str, str] = {}
    renamed = []
    for segment in segments:
        label = (segment.speaker or "").strip()
        if label and not NAME.fullmatch(label):
            label = names.setdefault(label, f"voice_{chunk_number}_{len(names) + 1}")
        renamed.append(replace(segment, speaker=label or None))
    return tuple(renamed)


def voices(chunks: Iterable[Sequence[Segment]]) -> tuple[Voice, ...]:
    """A clip of each of up to four speakers: those of earlier chunks first, in a chunk those who speak most.

    Each chunk holds named segments in time order. Who never speaks alone for long enough has no clip.
    """
    found: dict[str, Voice] = {}
    for segments in chunks:
        spoken: dict[str, float] = {}
        for segment in segments:
            if segment.speaker:
                spoken[segment.speaker] = spoken.get(segment.speaker, 0.0) + segment.end - segment.start
        clips = _clips(segments)
        for name in sorted(clips.keys() - found.keys(), key=lambda name: (-spoken[name], name)):
            found[name] = clips[name]
    return tuple(found.values())[:MOST_VOICES]


def numbered(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """The segments with speakers `S1`, `S2`, … in the order in which they first speak."""
    labels: dict[str, str] = {}
    for segment in segments:
        if segment.speaker:
            labels.setdefault(segment.speaker, f"S{len(labels) + 1}")
    return tuple(replace(segment, speaker=labels[segment.speaker] if segment.speaker else None) for segment in segments)


def _clips(segments: Sequence[Segment]) -> Mapping[str, Voice]:
    """Of each speaker the middle of the longest stretch in which nobody else speaks, where it is long enough."""
    longest: dict[str, Voice] = {}
    for stretch in _stretches(segments):
        start, end = stretch.start + EDGE_SECONDS, stretch.end - EDGE_SECONDS
        spare = max(0.0, end - start - LONGEST_CLIP_SECONDS) / 2
        clip = Voice(stretch.name, round(start + spare, 3), round(end - spare, 3))
        known = longest.get(clip.name)
        if clip.end - clip.start >= SHORTEST_CLIP_SECONDS and (
            known is None or clip.end - clip.start > known.end - known.start
        ):
            longest[clip.name] = clip
    return longest


def _stretches(segments: Sequence[Segment]) -> Iterator[Voice]:
    """Where one speaker alone has the word: its segments without long gaps, as far as nobody else's reach into them."""
    stretch: Voice | None = None
    reached: dict[str | None, float] = {}
    for segment, interrupted_at in zip(segments, _interruptions(segments), strict=True):
        others_until = max((end for speaker, end in reached.items() if speaker != segment.speaker), default=0.0)
        start, end = max(segment.start, others_until), min(segment.end, interrupted_at)
        reached[segment.speaker] = max(segment.end, reached.get(segment.speaker, 0.0))
        if stretch and stretch.name == segment.speaker and segment.start - stretch.end <= LONGEST_GAP_SECONDS:
            stretch = replace(stretch, end=max(stretch.end, end))
            continue
        if stretch:
            yield stretch
        stretch = Voice(segment.speaker, start, end) if segment.speaker and end > start else None
    if stretch:
        yield stretch


def _interruptions(segments: Sequence[Segment]) -> list[float]:
    """For each segment the time at which another speaker begins next."""
    times = [math.inf] * len(segments)
    for number in range(len(segments) - 2, -1, -1):
        following = segments[number + 1]
        is_other = following.speaker != segments[number].speaker
        times[number] = following.start if is_other else times[number + 1]
    return times
