"""One transcript out of the transcripts of overlapping chunks, each word of an overlap said once.

Where two chunks overlap, both heard the same words. They are aligned by what they say and when, and the seam is laid
where both agree; the earlier chunk is believed before it and the later one after. Their words must have times,
estimated ones will do.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from speech.providers.chunks import Chunk
from speech.transcript import Segment, Word, within

# Two hearings of one word are at most this far apart: the times of words inside a segment are estimates.
APART_SECONDS = 4.0
ALONE_SECONDS = 1.0
# The least by which a segment begins after the one before it in the other chunk, so that sorting keeps their order.
INSTANT = 0.001


@dataclass(frozen=True, slots=True)
class Part:
    """A chunk and what was heard in it: segments in time order, in seconds of the whole recording, with words."""

    chunk: Chunk
    segments: tuple[Segment, ...]


def stitched(parts: Sequence[Part]) -> tuple[Segment, ...]:
    """The segments of all parts, which are in time order; those in which a seam lies are cut there."""
    whole: list[Segment] = []
    earlier: Chunk | None = None
    for part in parts:
        segments = _inside(part)
        overlap = (part.chunk.start, earlier.end) if earlier else (0.0, 0.0)
        if overlap[0] < overlap[1]:
            kept, dropped = _seam(_spoken(whole), _spoken(segments), overlap)
            whole = _first_words(whole, kept)
            segments = _after(whole, _last_words(segments, dropped))
        whole += segments
        earlier = part.chunk
    return tuple(whole)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A word to be compared: what remains of it without case and punctuation, and its middle in seconds."""

    sound: str
    at: float


def _seam(earlier: Sequence[_Spoken], later: Sequence[_Spoken], overlap: tuple[float, float]) -> tuple[int, int]:
    """How many words of the earlier chunk are kept, and how many of the later one are dropped."""
    begins = next(
        (number for number, word in enumerate(earlier) if word.at >= overlap[0] - APART_SECONDS), len(earlier)
    )
    ends = next((number for number, word in enumerate(later) if word.at > overlap[1] + APART_SECONDS), len(later))
    middle = sum(overlap) / 2
    agreed = _agreed(earlier[begins:], later[:ends], middle)
    if agreed:
        return begins + agreed[0], agreed[1]
    if not any(word.at < overlap[1] for word in later) or not any(word.at >= overlap[0] for word in earlier):
        return len(earlier), 0
    return sum(word.at < middle for word in earlier), sum(word.at < middle for word in later)


def _agreed(earlier: Sequence[_Spoken], later: Sequence[_Spoken], middle: float) -> tuple[int, int] | None:
    """How many words of each come before the seam: it follows a word that both heard, of the longest run of such words
    the last before the middle. Where all are later, it goes before the first of them.
    """
    runs: list[list[tuple[int, int]]] = []
    for mine, its in _aligned(earlier, later):
        if runs and runs[-1][-1] == (mine - 1, its - 1):
            runs[-1].append((mine, its))
        else:
            runs.append([(mine, its)])
    # A word alone may be another one that sounds the same.
    runs = [run for run in runs if len(run) > 1 or abs(earlier[run[0][0]].at - later[run[0][1]].at) <= ALONE_SECONDS]
    longest = max(map(len, runs), default=0)
    pairs = [pair for run in runs if len(run) == longest for pair in run]
    before = [pair for pair in pairs if earlier[pair[0]].at <= middle]
    if before:
        return before[-1][0] + 1, before[-1][1] + 1
    return pairs[0] if pairs else None


def _aligned(earlier: Sequence[_Spoken], later: Sequence[_Spoken]) -> list[tuple[int, int]]:
    """The places of the words that both heard, in order: a longest common subsequence in which nearness in time counts.

    Time decides which of several equal words is meant, as in "no, no, no".
    """
    best = [[0.0] * (len(later) + 1) for _ in range(len(earlier) + 1)]
    for mine in range(len(earlier) - 1, -1, -1):
        for its in range(len(later) - 1, -1, -1):
            likeness = _likeness(earlier[mine], later[its])
            both = best[mine + 1][its + 1] + likeness if likeness else 0.0
            best[mine][its] = max(best[mine + 1][its], best[mine][its + 1], both)
    pairs = []
    mine = its = 0
    while mine < len(earlier) and its < len(later):
        likeness = _likeness(earlier[mine], later[its])
        if likeness and best[mine][its] == best[mine + 1][its + 1] + likeness:
            pairs.append((mine, its))
            mine, its = mine + 1, its + 1
        elif best[mine][its] == best[mine + 1][its]:
            mine += 1
        else:
            its += 1
    return pairs


def _likeness(one: _Spoken, other: _Spoken) -> float:
    if one.sound != other.sound:
        return 0.0
    return max(0.0, 1.0 - abs(one.at - other.at) / APART_SECONDS)


def _spoken(segments: Sequence[Segment]) -> list[_Spoken]:
    return [_Spoken(_sound(word.text), (word.start + word.end) / 2) for word in _words(segments)]


def _words(segments: Sequence[Segment]) -> Iterator[Word]:
    for segment in segments:
        yield from segment.words or ()


def _sound(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum()) or plain


def _inside(part: Part) -> list[Segment]:
    return [within(segment, part.chunk.start, part.chunk.end) for segment in part.segments]


def _first_words(segments: Sequence[Segment], count: int) -> list[Segment]:
    kept = []
    for segment in segments:
        words = segment.words or ()
        if count > 0:
            kept.append(segment if len(words) <= count else _part(segment, 0, count))
        count -= len(words)
    return kept


def _last_words(segments: Sequence[Segment], dropped: int) -> list[Segment]:
    kept = []
    for segment in segments:
        words = segment.words or ()
        if dropped < len(words):
            kept.append(segment if dropped <= 0 else _part(segment, dropped, len(words)))
        dropped -= len(words)
    return kept


def _part(segment: Segment, first: int, after: int) -> Segment:
    """The segment's words `first` to `after`."""
    words = segment.words or ()
    text = segment.text[_position(segment.text, words[:first]) : _position(segment.text, words[:after])].strip()
    return replace(
        segment,
        start=words[first].start if first else segment.start,
        end=segment.end if after == len(words) else words[after - 1].end,
        text=text,
        words=words[first:after],
    )


def _position(text: str, words: Sequence[Word]) -> int:
    """Where in the text the words have all been said; spaces are not compared."""
    left = sum(len("".join(word.text.split())) for word in words)
    for position, character in enumerate(text):
        if left == 0:
            return position
        left -= not character.isspace()
    return len(text)


def _after(earlier: Sequence[Segment], later: Sequence[Segment]) -> list[Segment]:
    """The later chunk's segments, none beginning before the last that is kept of the earlier one."""
    if not earlier:
        return list(later)
    floor = earlier[-1].start + INSTANT
    placed = []
    for segment in later:
        if segment.start < floor:
            segment = within(segment, floor, max(floor, segment.end))
            floor += INSTANT
        placed.append(segment)
    return placed
