"""Transcript, Segment and Word: what every pipeline produces and every export reads.

Times are seconds from the start of the media. The dataclasses carry no rules; `in_order` is where a pipeline turns
what an engine said into what the rest of the service may rely on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

# From when to when, in seconds.
Span = tuple[float, float]
# Whoever reads it against the recording looks at words of which the engine was less sure.
UNSURE_BELOW = 0.5


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word, punctuation attached, without surrounding spaces. `confidence` is 0..1."""

    start: float
    end: float
    text: str
    confidence: float | None = None


def is_unsure(confidence: float | None) -> bool:
    """Whether a word of this confidence is to be marked; one that nothing is known of is not."""
    return confidence is not None and confidence < UNSURE_BELOW


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech by one speaker. `words` is None where the engine times no words; `confidence` is 0..1."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...] | None = None
    speaker: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """The whole outcome: segments in time order inside 0..duration_seconds.

    `language` is the engine's own code, None where nothing was said. `speech_seconds` is how much of the media is
    speech, `transcribed_seconds` how much of that speech the segments cover.
    """

    language: str | None
    duration_seconds: float
    speech_seconds: float
    segments: tuple[Segment, ...]
    transcribed_seconds: float = 0.0

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)

    @property
    def coverage(self) -> float:
        """The transcribed share of the speech, 0..1; 1 where there was no speech to miss."""
        if self.speech_seconds <= 0:
            return 1.0
        return min(1.0, self.transcribed_seconds / self.speech_seconds)


def in_order(segments: Iterable[Segment], duration_seconds: float) -> tuple[Segment, ...]:
    """The segments in time order and inside the media, empty ones left out.

    A segment may reach into the next only where another speaker has it (two people talking at once); otherwise the
    later one starts where the earlier ended. Words are monotone and lie inside their segment.
    """
    ordered: list[Segment] = []
    for segment in sorted(segments, key=lambda segment: (segment.start, segment.end)):
        same_speaker = bool(ordered) and ordered[-1].speaker == segment.speaker
        placed = within(segment, ordered[-1].end if same_speaker else 0.0, duration_seconds)
        if placed.text:
            ordered.append(placed)
    return tuple(ordered)


def within(segment: Segment, earliest: float, latest: float) -> Segment:
    """The segment and its words moved inside earliest..latest seconds, its text without surrounding spaces."""
    start, end = _span(segment.start, segment.end, earliest, latest)
    words = None if segment.words is None else words_within(segment.words, start, end)
    return replace(segment, start=start, end=end, text=segment.text.strip(), words=words)


def later(segment: Segment, seconds: float) -> Segment:
    """The segment so much later, to the millisecond."""
    words = segment.words and tuple(
        replace(word, start=round(word.start + seconds, 3), end=round(word.end + seconds, 3)) for word in segment.words
    )
    start, end = round(segment.start + seconds, 3), round(segment.end + seconds, 3)
    return replace(segment, start=start, end=end, words=words)


def words_within(words: Iterable[Word], start: float, end: float) -> tuple[Word, ...]:
    """The words, each starting no earlier than the one before ended, all inside start..end seconds."""
    within: list[Word] = []
    earliest = start
    for word in words:
        word_start, word_end = _span(word.start, word.end, earliest, end)
        within.append(replace(word, start=word_start, end=word_end))
        earliest = word_end
    return tuple(within)


def covered_seconds(spans: Iterable[Span]) -> float:
    """How many seconds the spans cover together, overlaps counted once. Spans are (start, end) in seconds."""
    total, reached = 0.0, 0.0
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def overlaps(some: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The stretches that lie in a span of both, in seconds; each is in time order and overlaps itself nowhere."""
    found: list[Span] = []
    left, right = list(some), list(others)
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            found.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return found


def _span(start: float, end: float, earliest: float, latest: float) -> tuple[float, float]:
    start = min(max(start, earliest), latest)
    return start, min(max(start, end), latest)
