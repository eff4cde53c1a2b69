"""The same speaker under the same label in every chunk, as far as neighbouring chunks overlap.

Voxtral's labels begin anew with each request. What both chunks heard tells who is who: a label of the later chunk that
says the same words at the same time as one of the earlier chunk is that speaker. Whoever is not heard in the overlap
gets a label of its own: two labels may then be one person, but hardly one label two.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from speech.providers.stitching import Part
from speech.transcript import Segment

# Two hearings of one word are at most this far apart.
APART_SECONDS = 1.5
FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Linked:
    """The parts with labels that hold for the whole recording. `is_whole` is false where later parts have labels that
    could not be matched, though earlier ones have speakers whom these may be."""

    parts: tuple[Part, ...]
    is_whole: bool


def linked(parts: Sequence[Part]) -> Linked:
    done: list[Part] = []
    is_whole = True
    names = set[str]()
    for number, part in enumerate(parts):
        known = _matches(done[-1], part) if done else {}
        heard = dict.fromkeys(segment.speaker for segment in part.segments if segment.speaker)
        labels = {label: known.get(label, f"{number}:{label}") for label in heard}
        is_whole = is_whole and not (names - set(labels.values()) and set(labels.values()) - names)
        names |= set(labels.values())
        done.append(replace(part, segments=tuple(_renamed(segment, labels) for segment in part.segments)))
    return Linked(tuple(done), is_whole)


def _matches(earlier: Part, later: Part) -> dict[str, str]:
    """The earlier part's speaker for each label of the later one of whom most words in the overlap are also its."""
    heard = _words(earlier, later.chunk.start)
    votes = Counter[tuple[str, str]]()
    spoken = Counter[str]()
    for at, sound, label in _timed_words(later):
        near = [(abs(moment - at), speaker) for moment, speaker in heard[sound] if abs(moment - at) <= APART_SECONDS]
        if near:
            votes[label, min(near)[1]] += 1
            spoken[label] += 1
    matches: dict[str, str] = {}
    for (label, speaker), count in votes.most_common():
        is_clear = count >= FEWEST_WORDS and 2 * count > spoken[label]
        if is_clear and label not in matches and speaker not in matches.values():
            matches[label] = speaker
    return matches


def _words(part: Part, since: float) -> dict[str, list[tuple[float, str]]]:
    words = defaultdict[str, list[tuple[float, str]]](list)
    for at, sound, speaker in _timed_words(part):
        if at >= since - APART_SECONDS:
            words[sound].append((at, speaker))
    return words


def _timed_words(part: Part) -> list[tuple[float, str, str]]:
    """The middle, the letters and the speaker of each word."""
    return [
        ((word.start + word.end) / 2, "".join(filter(str.isalnum, word.text.casefold())), segment.speaker)
        for segment in part.segments
        if segment.speaker
        for word in segment.words or ()
    ]


def _renamed(segment: Segment, labels: dict[str, str]) -> Segment:
    return replace(segment, speaker=labels[segment.speaker] if segment.speaker else None)
