"""Speaker turns put to words: who says each word, and segments cut where the speaker changes.

Turns know nothing of words, and words are timed to a tenth of a second or two at best. So a change of speaker has a
price, low after a sentence and high within one, and is made only where the turns speak for it for longer than that.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from speech.providers.voices import numbered
from speech.transcript import Segment, Word

# Seconds for which the turns must contradict the speaker so far: after a sentence, after a comma or pause, elsewhere.
AFTER_SENTENCE, AFTER_CLAUSE, WITHIN_CLAUSE = 0.1, 0.25, 0.5
PAUSE_SECONDS = 0.4
SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！", "؟", "।")
CLAUSE_ENDS = (",", ";", ":", "–", "—", "、", "，", "；", "：", "،")
CLOSING = "\"'”’»)]」』）"
# What is in nobody's turn is said by whoever speaks nearest to it, if no further off than this.
REACH_SECONDS = 2.0
# In a pause of this length somebody else may have said something.
ANSWER_SECONDS = 0.6


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """When a speaker has the word. Turns of different speakers may overlap."""

    start: float
    end: float
    speaker: str


def assign(segments: Iterable[Segment], turns: Iterable[SpeakerTurn]) -> tuple[Segment, ...]:
    """The segments with their speakers, cut between words where the speaker changes.

    Speakers are named S1, S2, … in the order in which they first say something; a segment far from any turn has none.
    The parts of a segment have its text between them, word for word, and stay inside its times. A segment without
    words goes whole to whom most of it belongs to.
    """
    timeline = _Timeline(turns)
    return numbered([part for segment in segments for part in _parts(segment, timeline)])


def interleaved(voices: Iterable[Iterable[Segment]]) -> tuple[Segment, ...]:
    """One transcript of several that were heard apart, each with its speaker's name, in the order in which they speak.

    Segments are cut at pauses, so that what another says there comes between. Speakers are named as by `assign`.
    """
    parts = [part for segments in voices for segment in segments for part in _at_pauses(segment)]
    return numbered(sorted(parts, key=lambda part: (part.start, part.end)))


def _at_pauses(segment: Segment) -> Iterator[Segment]:
    words = segment.words or ()
    ends = [number for number, (one, other) in enumerate(pairwise(words), 1) if other.start - one.end >= ANSWER_SECONDS]
    return _cut(segment, [end - start for start, end in pairwise([0, *ends, len(words)])]) if ends else iter([segment])


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A time during which nobody begins or stops to speak."""

    start: float
    end: float
    speakers: tuple[str, ...]


class _Timeline:
    """Who speaks at any moment."""

    def __init__(self, turns: Iterable[SpeakerTurn]) -> None:
        changes = sorted(
            change for turn in turns for change in ((turn.start, 1, turn.speaker), (turn.end, -1, turn.speaker))
        )
        speaking = Counter[str]()
        self._stretches: list[_Stretch] = []
        for (start, change, speaker), (end, _, _) in pairwise(changes):
            speaking[speaker] += change
            present = tuple(+speaking)
            if present and start < end:
                self._stretches.append(_Stretch(start, end, present))

    def heard(self, start: float, end: float) -> Mapping[str, float]:
        """For how many seconds of start..end each speaker speaks; where nobody does, all of it is the nearest one's."""
        place = max(0, bisect_right(self._stretches, start, key=lambda stretch: stretch.start) - 1)
        nearest = self._nearest(place, start, end)
        seconds = Counter[str]()
        while place < len(self._stretches) and self._stretches[place].start < end:
            stretch = self._stretches[place]
            shared = min(end, stretch.end) - max(start, stretch.start)
            if shared > 0:
                seconds.update(dict.fromkeys(stretch.speakers, shared))
            place += 1
        return seconds or dict.fromkeys(nearest, end - start)

    def _nearest(self, place: int, start: float, end: float) -> tuple[str, ...]:
        """Who speaks nearest to start..end, `place` being the last stretch that begins before it."""
        around = [
            (max(stretch.start - end, start - stretch.end), stretch.speakers)
            for stretch in self._stretches[place : place + 2]
        ]
        distance, speakers = min(around, default=(REACH_SECONDS, ()))
        return speakers if distance < REACH_SECONDS else ()


def _parts(segment: Segment, timeline: _Timeline) -> Iterator[Segment]:
    if not segment.words:
        heard = timeline.heard(segment.start, segment.end)
        yield replace(segment, speaker=max(heard, key=lambda name: heard[name], default=None))
        return
    speakers = _speakers(segment.words, [timeline.heard(word.start, word.end) for word in segment.words])
    runs = [len(list(run)) for _, run in groupby(speakers)]
    if len(runs) == 1:
        yield replace(segment, speaker=speakers[0])
        return
    first = 0
    for part, count in zip(_cut(segment, runs), runs, strict=True):
        yield replace(part, speaker=speakers[first])
        first += count


def _cut(segment: Segment, runs: Iterable[int]) -> Iterator[Segment]:
    """The segment in parts of so many words each, which are all of its words."""
    first, read = 0, 0
    for count in runs:
        words = (segment.words or ())[first : first + count]
        first += count
        is_last = first == len(segment.words or ())
        end = len(segment.text) if is_last else _after(segment.text, read, words)
        yield replace(
            segment,
            start=segment.start if first == count else words[0].start,
            end=segment.end if is_last else words[-1].end,
            text=segment.text[read:end].strip(),
            words=words,
            confidence=_confidence(words, segment.confidence),
        )
        read = end


def _speakers(words: Sequence[Word], heard: Sequence[Mapping[str, float]]) -> list[str | None]:
    """Each word's speaker: of all ways to share them out, the one that agrees longest with what was heard, less the
    price of its changes (found as by Viterbi)."""
    names = list(dict.fromkeys(name for seconds in heard for name in seconds))
    if len(names) < 2:
        return [names[0] if names else None] * len(words)
    agreed = [heard[0].get(name, 0.0) for name in names]
    choices: list[list[int]] = []
    for (before, word), seconds in zip(pairwise(words), heard[1:], strict=True):
        price = _price(before, word)
        leader = max(range(len(names)), key=agreed.__getitem__)
        choices.append([leader if agreed[leader] - price > agreed[own] else own for own in range(len(names))])
        agreed = [max(agreed[leader] - price, agreed[own]) + seconds.get(names[own], 0.0) for own in range(len(names))]
    path = [max(range(len(names)), key=agreed.__getitem__)]
    for choice in reversed(choices):
        path.append(choice[path[-1]])
    return [names[number] for number in reversed(path)]


def _price(before: Word, word: Word) -> float:
    said = before.text.rstrip(CLOSING)
    if said.endswith(SENTENCE_ENDS):
        return AFTER_SENTENCE
    if said.endswith(CLAUSE_ENDS) or word.start - before.end >= PAUSE_SECONDS:
        return AFTER_CLAUSE
    return WITHIN_CLAUSE


def _after(text: str, read: int, words: Iterable[Word]) -> int:
    """Where in the text, from `read` on, the words have been said; spaces are not compared."""
    left = sum(len("".join(word.text.split())) for word in words)
    while left and read < len(text):
        left -= not text[read].isspace()
        read += 1
    return read


def _confidence(words: Iterable[Word], whole: float | None) -> float | None:
    known = [word.confidence for word in words if word.confidence is not None]
    return round(sum(known) / len(known), 3) if known else whole
